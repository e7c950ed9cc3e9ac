//! A campaign by hand: `channels = ["manual"]`. Staff write each message themselves, on a portal or a platform.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::calls;
use super::definition::Calls;
use super::follow_up;
use super::message::{House, Message, image, senders};
use super::mistake::Mistakes;
use super::section::Section;
use super::texts::Words;
use super::variant::Judge;
use crate::domain::channel::Channel;
use crate::domain::lang::Text;
use crate::domain::span::{Span, Unit};
use crate::text;

/// Whether a file names the channel, whatever else is wrong with it.
pub(super) fn is_meant(top: &Section<'_>) -> bool {
    let Some(DeValue::Table(message)) = top.entry("message").map(|entry| entry.value) else { return false };
    let section = Section::new("message", message, 0..0);
    let Some(DeValue::Array(words)) = section.entry("channels").map(|entry| entry.value) else { return false };
    words.iter().any(|word| word.get_ref().as_str().is_some_and(|word| word.trim() == Channel::Manual.as_str()))
}

/// Reads the section of a campaign by hand; `None` when something in it is missing or wrong.
pub(super) fn read(
    top: &Section<'_>,
    section: &Section<'_>,
    house: &House<'_>,
    words: &Words<'_>,
    m: &mut Mistakes,
) -> Option<Message> {
    let sent = text!("staff send it themselves, so there is no account", "ansatte sender selv, så ingen konto trengs");
    needless(section, "gateway", sent, m);
    for name in ["script", "attempts"] {
        let calls = text!("`{name}` belongs to a campaign of calls", "`{name}` hører til en ringekampanje");
        needless(section, name, calls, m);
    }
    let calls = text!("no call follows a message by hand", "ingen samtale følger en melding som skrives for hånd");
    needless(top, "follow_up", calls, m);
    calls::rate(
        top,
        text!(
            "it is not said how many messages come on the list a day",
            "det står ikke hvor mange meldinger som kommer på listen om dagen"
        ),
        text!(
            "write as many as you have people for: rate = \"10/day\"",
            "skriv så mange som dere har folk til: rate = \"10/day\""
        ),
        m,
    );
    let sender = senders(section, m);
    let require_language = section.truth("require_language", m).unwrap_or(false);
    let within = match section.entry("within") {
        Some(_) => follow_up::span(section, "within", m),
        None => Some(Span::new(7, Unit::Days)),
    };
    let by = [Channel::Manual];
    let languages = house.languages;
    let judge = Judge {
        words,
        folder: house.folder,
        accounts: Vec::new(),
        takes_replies: true,
        languages,
        require_language,
        channels: &by,
        template_ids: None,
    };
    let variants = judge.variants(section, m);
    Some(Message {
        channels: vec![Channel::Manual.as_str().to_owned()],
        account: Channel::Manual.as_str().to_owned(),
        further: BTreeMap::new(),
        sender: sender?,
        image: image(section, house.folder, m),
        require_language,
        variants,
        calls: Some(Calls { attempts: 1, within: within? }),
    })
}

fn needless(section: &Section<'_>, name: &str, why: Text, m: &mut Mistakes) {
    if let Some(entry) = section.entry(name) {
        m.error("not_by_hand", &entry.key_span, why, text!("remove `{name}`", "fjern `{name}`"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Checked;
    use super::super::tests::folder::{by_people, documented, found};

    const BY_HAND: &str = r#"title = "Hei"
goal = "x"
basis = "x"
starts = 2026-12-01
ends = 2026-12-31
[targets]
list = "liste.csv"
platform = "instagram"
columns = { handle = "kallenavn", region = "sted" }
[message]
channels = ["manual"]
sender = "Amanda"
within = "5 days"
[[message.variant]]
name = "a"
text.nb = "Hei fra {{ sender }} i {{ region }}. Svar STOPP for å slippe flere."
[window]
from = "10:00"
until = "18:00"
holidays = "NO"
rate = "10/day"
"#;

    fn read(text: &str) -> Checked {
        by_people(text, "kallenavn;sted;side\nanna;Oslo;instagram\n")
    }

    fn codes(text: &str) -> Vec<(&'static str, usize)> {
        found(&read(text))
    }

    #[test]
    fn a_campaign_by_hand_has_texts_and_no_account() {
        let checked = read(BY_HAND);
        assert_eq!(checked.mistakes, []);
        let campaign = checked.definition.unwrap();
        assert!(campaign.is_by_hand() && !campaign.is_calls());
        assert_eq!((campaign.address(), campaign.platform.as_deref()), ("handle", Some("instagram")));
        assert_eq!(campaign.calls.unwrap().within.to_string(), "5 days");
        let short = read(&BY_HAND.replace("within = \"5 days\"\n", "")).definition.unwrap().calls.unwrap();
        assert_eq!(short.within.to_string(), "7 days");
    }

    #[test]
    fn the_platform_may_stand_in_a_column_and_people_may_be_written_to_by_phone() {
        let column = BY_HAND
            .replace("platform = \"instagram\"\n", "")
            .replace("region = \"sted\"", "platform = \"side\", region = \"sted\"");
        assert_eq!(codes(&column), []);
        let phone = BY_HAND.replace("platform = \"instagram\"\n", "").replace("handle =", "phone =");
        assert_eq!(read(&phone).definition.unwrap().address(), "phone");
    }

    #[test]
    fn what_a_message_by_hand_cannot_have_is_told_with_its_line() {
        for (from, to, code, line) in [
            ("platform = \"instagram\"\n", "", "no_platform", 8),
            ("platform = \"instagram\"", "platform = \"1\"", "bad_platform", 8),
            ("handle =", "nick =", "no_address", 9),
            ("rate = \"10/day\"\n", "", "no_rate", 17),
            ("within = \"5 days\"", "within = \"soon\"", "bad_span", 13),
            ("within = \"5 days\"", "gateway = { sms = \"oslo\" }", "not_by_hand", 13),
            ("within = \"5 days\"", "image = \"a.png\"", "image_missing", 13),
            ("within = \"5 days\"", "attempts = 2", "not_by_hand", 13),
            ("{{ region }}", "{{ handle }}", "address_in_text", 16),
            (
                "[window]",
                "[[follow_up]]\nkind = \"call\"\nafter = \"1 days\"\nwithin = \"2 days\"\n[window]",
                "not_by_hand",
                17,
            ),
        ] {
            assert_eq!(BY_HAND.matches(from).count(), 1, "{from}");
            assert_eq!(codes(&BY_HAND.replace(from, to)), [(code, line)], "{to}");
        }
    }

    #[test]
    fn the_example_in_the_docs_has_no_mistakes() {
        let example = documented("[\"manual\"]");
        let example = example.replace("lists/hei.csv", "liste.csv").replace(", language = \"språk\"", "");
        assert_eq!(codes(&example), []);
    }
}
