//! `[[message.variant]]`: the versions of a message, each with its texts and the way out that they offer.

use std::collections::BTreeMap;
use std::path::Path;

use super::account::AccountFacts;
use super::definition::{Provided, Variant};
use super::message::{image, pictures, sender};
use super::mistake::{Mistakes, short};
use super::provided;
use super::section::{Said, Section};
use super::texts::{self, Texts, Words};
use crate::campaign::way_out::{self, WayOut};
use crate::domain::channel::Channel;
use crate::domain::gather::Gather;
use crate::domain::language;
use crate::text;

/// What the texts of a message are judged by.
pub(super) struct Judge<'a> {
    /// What texts may name.
    pub words: &'a Words<'a>,
    /// The folder that images lie in.
    pub folder: &'a Path,
    /// The accounts that send, as far as they are known.
    pub accounts: Vec<&'a AccountFacts>,
    /// Whether people can answer the account that sends.
    pub takes_replies: bool,
    /// The organisation's languages.
    pub languages: &'a [String],
    /// Whether people of other languages are left out.
    pub require_language: bool,
    /// By which channels they go, in the order in which they are tried.
    pub channels: &'a [Channel],
    /// Whether the account for WhatsApp knows templates by ids; `None` when no account is known.
    pub template_ids: Option<bool>,
}

impl Judge<'_> {
    /// Reads all variants; what is wrong with them is told.
    pub fn variants(&self, section: &Section<'_>, m: &mut Mistakes) -> Vec<Variant> {
        let tables = section.tables("variant", "message.variant", m).unwrap_or_default();
        if tables.is_empty() && (section.lacks("variant") || section.entry("variant").is_some()) {
            let at = section.entry("variant").map_or(section.at.clone(), |entry| entry.span);
            m.error(
                "no_variant",
                &at,
                text!("there is no text to send", "det er ingen tekst å sende"),
                text!(
                    "add [[message.variant]] and below it name = \"personal\" and text.nb = \"Hei! ..\"",
                    "legg til [[message.variant]] og under den name = \"personlig\" og text.nb = \"Hei! ..\""
                ),
            );
        }
        let mut variants: Vec<Variant> = Vec::new();
        for table in tables {
            table.unknown(m);
            if let Some(variant) = self.variant(&table, &variants, m) {
                variants.push(variant);
            }
        }
        variants
    }

    fn variant(&self, table: &Section<'_>, before: &[Variant], m: &mut Mistakes) -> Option<Variant> {
        let name = table.text("name", m);
        table.need(&["name", "text"], m);
        if let Some(said) = name.as_ref().filter(|said| before.iter().any(|variant| variant.name == said.text)) {
            let word = short(&said.text);
            m.error(
                "duplicate_variant",
                &said.span,
                text!("two variants are called `{word}`", "to varianter heter `{word}`"),
                text!(
                    "give this one another name, so that reports can tell them apart",
                    "gi denne et annet navn, så rapportene kan skille dem"
                ),
            );
        }
        let weight = table.count("weight", "bad_weight", m).unwrap_or(1);
        let sender = table.entry("sender").and_then(|_| sender(table, m));
        let image = image(table, self.folder, m);
        if image.is_some() {
            pictures(table, &self.accounts, m);
        }
        let texts = texts::read(table, "text", self.words, m);
        if let Some(texts) = &texts {
            self.languages(table, texts, m);
        }
        let texts = texts.unwrap_or_default();
        let template = self.template(table, &texts, m);
        texts.values().for_each(|said| self.way_out(said, m));
        let texts = texts.into_iter().map(|(code, said)| (code, said.text)).gather();
        Some(Variant { name: name?.text, weight, texts, sender, image, template })
    }

    /// Reads the provider's template, which one channel asks for and another does not know.
    fn template(&self, table: &Section<'_>, texts: &Texts, m: &mut Mistakes) -> Option<Provided> {
        let entry = table.entry("template");
        let whatsapp = self.channels.contains(&Channel::WhatsApp);
        match (self.channels, entry) {
            ([], Some(_)) => provided::read(table, texts, self.words, self.template_ids, m),
            (_, Some(_)) if whatsapp => provided::read(table, texts, self.words, self.template_ids, m),
            ([channel, ..], Some(entry)) => {
                let channel = channel.as_str();
                m.error(
                    "no_templates",
                    &entry.key_span,
                    text!("{channel} knows no templates", "{channel} kjenner ingen maler"),
                    text!(
                        "remove it, or write channels = [\"whatsapp\"]",
                        "fjern den, eller skriv channels = [\"whatsapp\"]"
                    ),
                );
                None
            }
            ([Channel::WhatsApp], None) => {
                m.warn(
                    "no_template",
                    &table.at,
                    text!(
                        "without a template only people who wrote on WhatsApp in the last 24 hours get this",
                        "uten en mal får bare folk som har skrevet på WhatsApp det siste døgnet dette"
                    ),
                    text!(
                        "add template = {{ name = \"..\" }} with a template that Meta has approved",
                        "legg til template = {{ name = \"..\" }} med en mal som Meta har godkjent"
                    ),
                );
                None
            }
            (_, None) => None,
        }
    }

    /// Warns of a variant that nobody of unknown language can be given in a language of the house.
    fn languages(&self, table: &Section<'_>, texts: &Texts, m: &mut Mistakes) {
        let codes: BTreeMap<String, String> = texts.keys().map(|code| (code.clone(), String::new())).gather();
        let ours = |written: &String| language::pick_language(Some(written), &codes, &[], true).is_ok();
        if self.require_language || self.languages.is_empty() || codes.is_empty() || self.languages.iter().any(ours) {
            return;
        }
        let names = self.languages.join(", ");
        m.warn(
            "no_house_language",
            &table.at,
            text!(
                "this variant is in none of the organisation's languages ({names})",
                "denne varianten er ikke på noen av organisasjonens språk ({names})"
            ),
            text!(
                "add one, or write require_language = true under [message]",
                "legg til ett, eller skriv require_language = true under [message]"
            ),
        );
    }

    fn way_out(&self, said: &Said, m: &mut Mistakes) {
        match way_out::judge(&said.text) {
            WayOut::ReplyOnly if !self.takes_replies => m.error(
                "reply_only",
                &said.span,
                text!(
                    "people are told to answer, and this sender takes no answers",
                    "folk blir bedt om å svare, og denne avsenderen tar ikke imot svar"
                ),
                text!(
                    "name a link or a number in the text, or use an account that sends from a number",
                    "oppgi en lenke eller et nummer i teksten, eller bruk en konto som sender fra et nummer"
                ),
            ),
            WayOut::None if !said.text.trim().is_empty() => m.warn(
                "no_way_out",
                &said.span,
                text!("this text does not say how to get no more", "denne teksten sier ikke hvordan man slipper flere"),
                text!(
                    "say it in its language, like: Reply STOP to opt out.",
                    "si det på tekstens språk, som: Svar STOPP for å slippe flere."
                ),
            ),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Pictures;
    use super::super::tests::folder::{Folder, PNG, account, change, found};
    use super::*;

    #[test]
    fn a_variant_may_have_a_sender_and_a_picture_of_its_own() {
        let own = "name = \"noor\"\nsender = \"Noor\"\nimage = \"media/noor.png\"\ntext.nb = \"Hei fra {{ sender }}. Svar STOPP\"\n";
        let text = change("[window]", &format!("[[message.variant]]\n{own}[window]"));
        let folder = Folder::new();
        fs::write(folder.path().join("media/noor.png"), [PNG, &[1]].concat()).unwrap();
        let checked = folder.check(&text);
        assert_eq!(found(&checked), []);
        assert_eq!(checked.beside, ["lists/oslo.csv", "media/pictograms.png", "media/noor.png"]);
        let campaign = checked.definition.unwrap();
        assert_eq!((campaign.sender_of("personal"), campaign.sender_of("noor")), ("Amanda", "Noor"));
        let (whole, own) = (campaign.image_of("personal").unwrap(), campaign.image_of("noor").unwrap());
        assert_eq!((whole.path.as_str(), own.path.as_str()), ("media/pictograms.png", "media/noor.png"));
        assert!(whole.hash != own.hash && campaign.images().count() == 2);
        for (from, to, code, line) in [
            ("sender = \"Noor\"", "sender = \" \"", "no_sender", 26),
            ("media/noor.png", "media/none.png", "image_missing", 27),
            ("media/noor.png", "media/text.png", "not_an_image", 27),
            ("image = \"media/noor.png\"", "bilde = \"media/noor.png\"", "unknown_key", 27),
        ] {
            assert_eq!(found(&folder.check(&text.replace(from, to))), [(code, line)], "{to}");
        }
        let each = text.replace("sender   = \"Amanda\"\n", "");
        assert_eq!(found(&folder.check(&each)), [("no_sender", 17)], "the first variant does not say who writes");
        let each = each.replace("name = \"personal\"\n", "name = \"personal\"\nsender = \"Ida\"\n");
        let campaign = folder.check(&each).definition.unwrap();
        assert_eq!((campaign.sender_of("personal"), campaign.sender_of("noor")), ("Ida", "Noor"));
        assert_eq!((campaign.sender.is_none(), campaign.sender_of("gone")), (true, "Ida"));
        let refuses = AccountFacts { pictures: Pictures::Refused, ..account("oslo", true) };
        let only = text.replace("image    = \"media/pictograms.png\"\n", "");
        let checked = folder.check_named("vinter.toml", only.as_bytes(), Some(&[refuses]));
        assert_eq!(found(&checked), [("no_pictures", 26)]);
    }
}
