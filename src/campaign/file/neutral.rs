//! Names that others may read on a screen: the sender, the title, the file, the picture. They say what the service is for
//! only where somebody wanted that.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::checked::Checked;
use super::mistake::{Mistake, Mistakes, Severity};
use crate::campaign::lint::{House, reveals};
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::text;

/// Warns of each name that a word of it gives away.
pub(super) fn judge(checked: &Checked, house: &House, m: &mut Mistakes) {
    let Some(campaign) = &checked.definition else { return };
    let (table, _) = DeTable::parse_recoverable(&checked.source);
    let root = table.get_ref();
    let message = root.get("message").and_then(|value| value.get_ref().as_table());
    let span = |table: Option<&DeTable<'_>>, key: &str| {
        table.and_then(|table| table.get(key)).map(|value: &toml::Spanned<DeValue<'_>>| value.span())
    };
    let mut languages: BTreeSet<&str> =
        campaign.variants.iter().flat_map(|v| v.texts.keys().map(String::as_str)).gather();
    languages.insert("en");
    let mut judge = |name: &str, span: Option<Range<usize>>, whose: Text| {
        // Names of files are written with strokes and dots.
        let said = name.replace(['_', '.', '/'], " ");
        if let Some(at) = languages.iter().find_map(|language| reveals(&said, language, house)) {
            m.lint(told(&said[at], &whose, span.unwrap_or(0..0)));
        }
    };
    let title = span(Some(root), "title");
    judge(
        &campaign.title,
        title.clone(),
        text!("the title, which stands on pages and in mail", "tittelen, som står på sider og i e-post"),
    );
    judge(
        &campaign.name,
        title,
        text!("the file's name, which is the campaign's", "filnavnet, som er kampanjens navn"),
    );
    if let Some(sender) = &campaign.sender {
        judge(sender, span(message, "sender"), sender_shown());
    }
    if let Some(image) = &campaign.image {
        judge(&image.path, span(message, "image"), picture_kept());
    }
    let variants = message.and_then(|message| message.get("variant")).and_then(|value| value.get_ref().as_array());
    let tables = variants.into_iter().flatten().map(|variant| variant.get_ref().as_table());
    for (variant, table) in campaign.variants.iter().zip(tables) {
        if let Some(sender) = &variant.sender {
            judge(sender, span(table, "sender"), sender_shown());
        }
        if let Some(image) = &variant.image {
            judge(&image.path, span(table, "image"), picture_kept());
        }
    }
    for (channel, account) in campaign.routes() {
        if let Some(from) = house.senders.get(account) {
            let place = span(message, "gateway").or_else(|| span(message, "channels"));
            let account = crate::domain::inert::inert(account);
            let channel = channel.as_str();
            judge(
                from,
                place,
                text!("the name that {account} sends {channel} as", "navnet som {account} sender {channel} som"),
            );
        }
    }
}

fn sender_shown() -> Text {
    text!("the sender, whom a locked screen shows", "avsenderen, som låst skjerm viser")
}

fn picture_kept() -> Text {
    text!("the picture's name, which stands in your folder", "bildets navn, som står i mappen deres")
}

fn told(word: &str, whose: &Text, span: Range<usize>) -> Mistake {
    let Text { en, nb } = whose;
    Mistake {
        severity: Severity::Warning,
        code: "reveals",
        span,
        text: text!(
            "`{word}` stands in {en}: others can read it there",
            "`{word}` står i {nb}: der kan andre lese det"
        ),
        help: text!(
            "give it a name that fits anybody; if you want it so, take the word out of the list: `remove` in your file of words",
            "gi det et navn som passer hvem som helst; vil dere ha det slik, ta ordet ut av listen: `remove` i ordfilen deres"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::folder::{Folder, VALID};
    use crate::campaign::file::lint;
    use crate::campaign::lint::{House, Words};

    fn found(text: &str, house: &House) -> Vec<(String, String)> {
        let mut checked = Folder::new().check(text);
        lint(&mut checked, house);
        let revealing = checked.mistakes.iter().filter(|mistake| mistake.code == "reveals");
        revealing.map(|mistake| (mistake.text.en.clone(), text[mistake.span.clone()].to_owned())).collect()
    }

    fn named(found: &[(String, String)]) -> Vec<&str> {
        found.iter().map(|(said, _)| said.split(':').next().unwrap()).collect()
    }

    #[test]
    fn a_name_that_says_what_the_service_is_for_is_warned_of_at_its_place() {
        let house = House { words: Words::ours(), ..House::default() };
        assert_eq!(found(VALID, &house), []);
        let titled = VALID.replacen("title", "title = \"Hivtest for sexarbeidere\" # title", 1);
        let warned = found(&titled, &house);
        assert_eq!(named(&warned), ["`Hivtest` stands in the title, which stands on pages and in mail"]);
        assert_eq!(warned[0].1, "\"Hivtest for sexarbeidere\"");
        let sent = VALID.replacen("sender", "sender = \"Escort help\" # sender", 1);
        assert_eq!(named(&found(&sent, &house)), ["`Escort` stands in the sender, whom a locked screen shows"]);
    }

    #[test]
    fn the_name_of_the_account_counts_and_a_word_that_somebody_chose_does_not() {
        let senders = [("oslo".to_owned(), "STI-klinikk".to_owned())];
        let house = House { words: Words::ours(), senders: BTreeMap::from(senders), ..House::default() };
        let warned = found(VALID, &house);
        assert_eq!(named(&warned).len(), 1, "{warned:?}");
        let chosen = Words::ours().with("[nb]\nremove = \"sti\"\n[en]\nremove = \"sti\"\n").unwrap();
        assert_eq!(found(VALID, &House { words: chosen, ..house }), []);
    }
}
