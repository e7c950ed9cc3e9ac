//! `[message.variant.template]`: the template that a provider has approved, and what goes into its places.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeValue;

use super::definition::{Place, Provided};
use super::mistake::{Mistakes, short};
use super::section::{Entry, Said, Section};
use super::texts::{Texts, Words};
use crate::domain::gather::Gather;
use crate::domain::language;
use crate::text;

/// More buttons than this no template has.
pub(super) const MOST_BUTTONS: usize = 10;
/// The longest title of a button.
pub(super) const LONGEST_TITLE: usize = 25;

/// Reads the section of a variant with these texts; `None` when there is none, or something in it is wrong.
///
/// `by_ids` says whether the account knows templates by ids; `None` when no account is known.
pub(super) fn read(
    variant: &Section<'_>,
    texts: &Texts,
    words: &Words<'_>,
    by_ids: Option<bool>,
    m: &mut Mistakes,
) -> Option<Provided> {
    let section = variant.table("template", "message.variant.template", m)?;
    section.unknown(m);
    section.need(&["name"], m);
    let name = section.text("name", m);
    if let Some(said) = name.as_ref().filter(|said| !is_name(&said.text)) {
        let word = short(&said.text);
        m.error(
            "bad_template",
            &said.span,
            text!("`{word}` is no name of a template", "`{word}` er ikke navnet på en mal"),
            text!(
                "copy it from WhatsApp Manager: small letters, digits and _",
                "kopier det fra WhatsApp Manager: små bokstaver, sifre og _"
            ),
        );
    }
    let mut languages = languages(&section, texts, by_ids, m);
    if by_ids == Some(true) {
        ids(&section, texts, &mut languages, m);
    }
    let variables = variables(&section, words, m);
    let buttons = buttons(&section, m);
    Some(Provided { name: name?.text, languages, variables, buttons })
}

fn is_name(word: &str) -> bool {
    word.len() <= 512 && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Where each language is a template under an id of its own, none may be without.
fn ids(section: &Section<'_>, texts: &Texts, languages: &mut BTreeMap<String, String>, m: &mut Mistakes) {
    languages.retain(|_, id| is_id(id));
    let lacking: Vec<&str> = texts.keys().filter(|code| !languages.contains_key(*code)).map(String::as_str).collect();
    if lacking.is_empty() {
        return;
    }
    let at = section.entry("languages").map_or(section.at.clone(), |entry| entry.span);
    let (example, lacking) = (lacking[0].to_owned(), lacking.join(", "));
    m.error(
        "template_id",
        &at,
        text!(
            "with Twilio each language is a template under an id of its own; there is none for {lacking}",
            "hos Twilio er hvert språk en mal med sin egen id; det mangler for {lacking}"
        ),
        text!(
            "copy it from the Content Template Builder: languages = {{ {example} = \"HX..\" }}",
            "kopier den fra Content Template Builder: languages = {{ {example} = \"HX..\" }}"
        ),
    );
}

/// Twilio's id of a template.
fn is_id(word: &str) -> bool {
    word.strip_prefix("HX").is_some_and(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The provider's code for each language that the variant has a text in.
fn languages(section: &Section<'_>, texts: &Texts, by_ids: Option<bool>, m: &mut Mistakes) -> BTreeMap<String, String> {
    let mut codes: BTreeMap<String, String> = texts.keys().map(|code| (code.clone(), code.replace('-', "_"))).gather();
    let Some(table) = section.table("languages", "", m) else { return codes };
    for entry in table.entries() {
        let code = language::parse(entry.key).filter(|code| texts.contains_key(code));
        let theirs = match entry.value {
            DeValue::String(word) if is_code(word.trim()) => Some(word.trim().to_owned()),
            DeValue::String(word) if by_ids != Some(false) && is_id(word.trim()) => Some(word.trim().to_owned()),
            _ => None,
        };
        match (code, theirs) {
            (Some(code), Some(theirs)) => {
                codes.insert(code, theirs);
            }
            (None, _) => {
                let word = short(entry.key);
                m.error(
                    "template_language",
                    &entry.key_span,
                    text!("the variant has no text in `{word}`", "varianten har ingen tekst på `{word}`"),
                    text!("write text.{word} too, or remove this", "skriv text.{word} også, eller fjern dette"),
                );
            }
            (_, None) => m.error(
                "template_language",
                &entry.span,
                text!("this is no language of WhatsApp's", "dette er ikke et av WhatsApps språk"),
                text!(
                    "write its code as WhatsApp Manager does: languages = {{ en = \"en_US\" }}",
                    "skriv koden slik WhatsApp Manager gjør: languages = {{ en = \"en_US\" }}"
                ),
            ),
        }
    }
    codes
}

fn is_code(word: &str) -> bool {
    (2..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What goes into the places: texts in order, or by the places' names.
fn variables(section: &Section<'_>, words: &Words<'_>, m: &mut Mistakes) -> Vec<Place> {
    let Some(entry) = section.entry("variables") else { return Vec::new() };
    let mut one = |name: Option<&str>, text: &str, span: &Range<usize>| {
        words.check(text, span, m);
        Place { name: name.map(str::to_owned), text: text.to_owned() }
    };
    match entry.value {
        DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_str()) => {
            items.iter().filter_map(|item| Some(one(None, item.get_ref().as_str()?, &item.span()))).collect()
        }
        DeValue::Table(table) if table.iter().all(|(_, value)| value.get_ref().is_str()) => {
            let entries: Vec<Entry<'_>> = Section::new("", table, entry.key_span).entries();
            let text = |entry: &Entry<'_>| entry.value.as_str().map(str::to_owned);
            entries.iter().filter_map(|entry| Some(one(Some(entry.key), &text(entry)?, &entry.span))).collect()
        }
        _ => {
            let wanted = text!(
                "a list of texts, or a text for each place by its name",
                "en liste av tekster, eller en tekst for hver plass ved navn"
            );
            section.wrong(&entry, &wanted, m);
            Vec::new()
        }
    }
}

/// The titles of the quick-reply buttons, in order.
fn buttons(section: &Section<'_>, m: &mut Mistakes) -> Vec<String> {
    let said = section.texts("buttons", m).unwrap_or_default();
    let odd = |said: &&Said| said.text.is_empty() || said.text.chars().count() > LONGEST_TITLE;
    if let Some(said) = said.iter().find(odd).or(said.get(MOST_BUTTONS)) {
        m.error(
            "bad_button",
            &said.span,
            text!("no template has such a button", "ingen mal har en slik knapp"),
            text!(
                "write the titles as WhatsApp Manager shows them: at most {MOST_BUTTONS}, of at most {LONGEST_TITLE} characters",
                "skriv titlene slik WhatsApp Manager viser dem: høyst {MOST_BUTTONS}, på høyst {LONGEST_TITLE} tegn"
            ),
        );
    }
    said.into_iter().map(|said| said.text).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{AccountFacts, Checked, check};
    use crate::domain::channel::Channel;

    const CAMPAIGN: &str = "title = \"Vaksine\"\ngoal = \"20\"\nbasis = \"DPIA\"\nstarts = 2026-12-01\nends = 2027-01-31\n\
        [targets]\nlist = \"lists/a.csv\"\ncolumns = { phone = \"telefon\", region = \"sted\" }\n\
        [message]\nchannels = [\"whatsapp\"]\ngateway = { whatsapp = \"wa\" }\nsender = \"Amanda\"\n\
        [[message.variant]]\nname = \"a\"\ntext.nb = \"Hei fra {{ sender }}. Svar STOPP\"\ntext.en = \"Hi. Reply STOP\"\n\
        TEMPLATE\n[window]\nfrom = \"11:00\"\nuntil = \"18:00\"\nholidays = \"NO\"\n";
    const TEMPLATE: &str = "template = { name = \"vaccine\", languages = { en = \"en_US\" }, variables = [\"{{ sender }}\", \"{{ region }}\"], buttons = [\"Stopp\"] }";

    fn checked(from: &str, to: &str) -> Checked {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("lists")).unwrap();
        std::fs::write(folder.path().join("lists/a.csv"), "telefon;sted\n+46701740605;Oslo\n").unwrap();
        let text = CAMPAIGN.replace("TEMPLATE", TEMPLATE);
        assert!(text.contains(from), "{from}");
        let path = folder.path().join("vinter.toml");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let account = |name: &str, channel| AccountFacts {
            name: name.to_owned(),
            channels: vec![channel],
            takes_replies: true,
            pictures: crate::campaign::file::Pictures::Shown,
            template_ids: name == "twilio-wa",
        };
        let accounts =
            [account("wa", Channel::WhatsApp), account("twilio-wa", Channel::WhatsApp), account("oslo", Channel::Sms)];
        check(&path, folder.path(), None, Some(&accounts), &["nb".to_owned()])
    }

    fn codes(from: &str, to: &str) -> Vec<&'static str> {
        checked(from, to).mistakes.iter().map(|mistake| mistake.code).collect()
    }

    #[test]
    fn a_template_is_read_with_a_language_for_each_text() {
        let checked = checked("vaccine", "vaccine");
        assert!(checked.mistakes.is_empty(), "{:?}", checked.mistakes);
        let campaign = checked.definition.unwrap();
        assert_eq!(campaign.channel(), Channel::WhatsApp);
        let template = campaign.variants[0].template.as_ref().unwrap();
        let language = |code: &str| template.languages[code].as_str();
        assert_eq!((template.name.as_str(), language("nb"), language("en")), ("vaccine", "nb", "en_US"));
        assert_eq!(template.variables[1].text, "{{ region }}");
        assert_eq!(template.buttons, ["Stopp"]);
    }

    #[test]
    fn each_mistake_in_a_template_is_told() {
        for (from, to, code) in [
            ("name = \"vaccine\"", "name = \"Vaccine Offer\"", "bad_template"),
            ("name = \"vaccine\", ", "", "missing_key"),
            ("en = \"en_US\"", "th = \"th\"", "template_language"),
            ("en = \"en_US\"", "en = \"English (US)\"", "template_language"),
            ("{{ region }}", "{{ town }}", "unknown_variable"),
            ("variables = [\"{{ sender }}\", \"{{ region }}\"]", "variables = 7", "wrong_type"),
            ("[\"Stopp\"]", "[\"This title is far too long for a button\"]", "bad_button"),
            ("buttons", "button", "unknown_key"),
            ("[\"whatsapp\"]", "[\"whatsapp\", \"sms\"]", "no_gateway"),
            ("whatsapp = \"wa\"", "whatsapp = \"oslo\"", "gateway_channel"),
            ("whatsapp = \"wa\"", "sms = \"oslo\"", "no_gateway"),
        ] {
            let found = codes(from, to);
            assert!(found.contains(&code), "{from} -> {to}: {found:?}");
        }
    }

    #[test]
    fn with_twilio_each_language_has_the_id_of_its_template() {
        let (id, other) = (format!("HX{}", "0a".repeat(16)), format!("HX{}", "0b".repeat(16)));
        let with = |account: &str, languages: String| {
            let folder = TEMPLATE.replace("{ en = \"en_US\" }", &languages);
            let changed = CAMPAIGN.replace("TEMPLATE", &folder).replace("whatsapp = \"wa\"", account);
            checked(&CAMPAIGN.replace("TEMPLATE", TEMPLATE), &changed)
        };
        let twilio = "whatsapp = \"twilio-wa\"";
        let both = with(twilio, format!("{{ nb = \"{id}\", en = \"{other}\" }}"));
        assert!(both.mistakes.is_empty(), "{:?}", both.mistakes);
        let template = both.definition.unwrap().variants.remove(0).template.unwrap();
        assert_eq!(
            (template.languages["nb"].as_str(), template.languages["en"].as_str()),
            (id.as_str(), other.as_str())
        );
        for (account, languages, code, said) in [
            (twilio, format!("{{ nb = \"{id}\" }}"), "template_id", "for en"),
            (twilio, "{ en = \"en_US\" }".to_owned(), "template_id", "for en, nb"),
            (twilio, "{ nb = \"HX12\" }".to_owned(), "template_id", "for en, nb"),
            ("whatsapp = \"wa\"", format!("{{ nb = \"{id}\" }}"), "template_language", "WhatsApp"),
        ] {
            let found = with(account, languages);
            let told = found.mistakes.iter().find(|mistake| mistake.code == code).unwrap();
            assert!(told.text.en.contains(said), "{}", told.text.en);
        }
    }

    #[test]
    fn without_a_template_whatsapp_is_warned_of_and_sms_knows_none() {
        let checked = checked(TEMPLATE, "");
        assert_eq!(checked.mistakes.iter().map(|mistake| mistake.code).collect::<Vec<_>>(), ["no_template"]);
        assert!(checked.definition.is_some());
        let sms = "[\"sms\"]\ngateway = { sms = \"oslo\" }";
        assert_eq!(codes("[\"whatsapp\"]\ngateway = { whatsapp = \"wa\" }", sms), ["no_templates"]);
    }

    #[test]
    fn places_may_have_names() {
        let named = "variables = { first = \"{{ sender }}\", place = \"{{ region }}\" }";
        let checked = checked("variables = [\"{{ sender }}\", \"{{ region }}\"]", named);
        let campaign = checked.definition.unwrap();
        let names: Vec<_> =
            campaign.variants[0].template.as_ref().unwrap().variables.iter().map(|place| place.name.clone()).collect();
        assert_eq!(names, [Some("first".to_owned()), Some("place".to_owned())]);
    }
}
