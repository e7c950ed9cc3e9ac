//! A campaign of calls: `channels = ["call"]`. The call is the approach, so there is a script and no text to send.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use toml::de::DeValue;

use super::definition::{Calls, Variant};
use super::follow_up;
use super::message::{Message, sender};
use super::mistake::Mistakes;
use super::section::Section;
use super::texts::{self, Words};
use crate::domain::calls;
use crate::domain::channel::Channel;
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::domain::span::{Span, Unit};
use crate::domain::window::Window;
use crate::text;

/// What belongs to the account of a campaign of calls: it has none.
const NO_ACCOUNT: &str = "call";
/// The name of the one script, in plans and reports.
const SCRIPT: &str = "script";
/// Keys under `[message]` that only calls have.
const ONLY_CALLS: [&str; 3] = ["script", "attempts", "within"];

/// Reads the section of a campaign of calls; `None` when something in it is missing or wrong.
pub(super) fn read(top: &Section<'_>, section: &Section<'_>, words: &Words<'_>, m: &mut Mistakes) -> Option<Message> {
    let needless = [
        (
            "gateway",
            text!("nothing is sent, so there is no account to name", "ingenting sendes, så ingen konto trengs"),
        ),
        ("image", text!("no image can be shown on the phone", "ingen kan se et bilde på telefonen")),
        ("variant", text!("a call has a script and no variants", "en samtale har et manus og ingen varianter")),
    ];
    for (name, why) in needless {
        not_for_calls(section, name, why, m);
    }
    let why = text!("a campaign of calls has no call afterwards", "en ringekampanje har ingen samtale etterpå");
    not_for_calls(top, "follow_up", why, m);
    rate(
        top,
        text!(
            "it is not said how many calls come on the list a day",
            "det står ikke hvor mange samtaler som kommer på listen om dagen"
        ),
        text!(
            "write as many as you have people for: rate = \"30/day\"",
            "skriv så mange som dere har folk til: rate = \"30/day\""
        ),
        m,
    );
    let sender = sender(section, m);
    let require_language = section.truth("require_language", m).unwrap_or(false);
    let attempts = follow_up::attempts(section, m);
    let within = match section.entry("within") {
        Some(_) => follow_up::span(section, "within", m),
        None => Some(Span::new(7, Unit::Days)),
    };
    section.need(&["script"], m);
    let texts = texts::read(section, "script", words, m)?;
    if texts.is_empty() {
        return None;
    }
    let texts = texts.into_iter().map(|(code, said)| (code, said.text)).gather();
    Some(Message {
        channels: vec![Channel::Call.as_str().to_owned()],
        account: NO_ACCOUNT.to_owned(),
        further: BTreeMap::new(),
        sender: Some(sender?),
        image: None,
        require_language,
        variants: vec![Variant {
            name: SCRIPT.to_owned(),
            weight: 1,
            texts,
            sender: None,
            image: None,
            template: None,
        }],
        calls: Some(Calls { attempts, within: within? }),
    })
}

fn not_for_calls(section: &Section<'_>, name: &str, why: Text, m: &mut Mistakes) {
    if let Some(entry) = section.entry(name) {
        let help = match name {
            "variant" => text!(
                "write what to say under [message]: script.nb = \"Hei, ..\"",
                "skriv hva som skal sies under [message]: script.nb = \"Hei, ..\""
            ),
            "follow_up" => text!(
                "remove it; attempts = 2 under [message] says how often a call is tried",
                "fjern den; attempts = 2 under [message] sier hvor ofte det ringes"
            ),
            _ => text!("remove `{name}`", "fjern `{name}`"),
        };
        m.error("not_for_calls", &entry.key_span, why, help);
    }
}

/// How many come on the list a day must be said: people do them.
pub(super) fn rate(top: &Section<'_>, wrong: Text, help: Text, m: &mut Mistakes) {
    let Some(entry) = top.entry("window") else { return };
    let DeValue::Table(table) = entry.value else { return };
    let window = Section::new("window", table, entry.key_span);
    if window.lacks("rate") {
        m.error("no_rate", &window.at, wrong, help);
    }
}

/// Warns of a window in which nobody is called.
pub(super) fn hours(top: &Section<'_>, window: &Window, m: &mut Mistakes) {
    let sunday = window.days().any(|day| day == Weekday::Sunday);
    if window.from() >= calls::FROM && window.until() <= calls::UNTIL && !sunday {
        return;
    }
    if let Some(entry) = top.entry("window") {
        m.warn(
            "call_hours",
            &entry.key_span,
            text!(
                "nobody is called before 09:00, after 21:00, on Sundays and holidays, whatever stands here",
                "ingen ringes før 09:00, etter 21:00, på søndager og helligdager, uansett hva som står her"
            ),
            text!(
                "keep from and until between them, and leave out \"sun\"",
                "hold from og until innenfor, og utelat «sun»"
            ),
        );
    }
}

/// Names what stands under `[message]` and only calls have.
pub(super) fn only_calls(section: &Section<'_>, m: &mut Mistakes) {
    for entry in ONLY_CALLS.iter().filter_map(|name| section.entry(name)) {
        let name = entry.key;
        m.error(
            "only_calls",
            &entry.key_span,
            text!("`{name}` belongs to a campaign of calls", "`{name}` hører til en ringekampanje"),
            text!(
                "write it under [[follow_up]] for a call after the message, or channels = [\"call\"]",
                "skriv den under [[follow_up]] for en samtale etter meldingen, eller channels = [\"call\"]"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::Checked;
    use super::super::tests::folder::{by_people, documented, found};

    const CALLS: &str = r#"title = "Ring"
goal = "x"
basis = "x"
starts = 2026-12-01
ends = 2026-12-31
[targets]
list = "liste.csv"
columns = { phone = "telefon", region = "sted" }
[message]
channels = ["call"]
sender = "Amanda"
script.nb = "Hei, jeg heter {{ sender }}. Passer det? {{ region }}"
attempts = 2
within = "5 days"
[window]
from = "10:00"
until = "18:00"
holidays = "NO"
rate = "30/day"
"#;

    fn read(text: &str) -> Checked {
        by_people(text, "telefon;sted\n+44 7700 900101;Oslo\n")
    }

    fn codes(text: &str) -> Vec<(&'static str, usize)> {
        found(&read(text))
    }

    #[test]
    fn a_campaign_of_calls_needs_a_script_and_no_account() {
        let checked = read(CALLS);
        assert_eq!(checked.mistakes, []);
        let campaign = checked.definition.unwrap();
        let calls = campaign.calls.as_ref().unwrap();
        assert_eq!((calls.attempts, calls.within.to_string().as_str()), (2, "5 days"));
        assert_eq!((campaign.channels, campaign.account.as_str()), (vec!["call".to_owned()], "call"));
        let short = read(&CALLS.replace("attempts = 2\nwithin = \"5 days\"\n", "")).definition.unwrap().calls.unwrap();
        assert_eq!((short.attempts, short.within.to_string().as_str()), (1, "7 days"));
    }

    #[test]
    fn what_a_call_cannot_have_is_told_with_its_line() {
        for (from, to, code, line) in [
            ("script.nb", "manus.nb", "unknown_key", 12),
            ("script.nb = \"Hei, jeg heter {{ sender }}. Passer det? {{ region }}\"\n", "", "missing_key", 9),
            ("{{ region }}", "{{ name }}", "unknown_variable", 12),
            ("sender = \"Amanda\"\n", "", "no_sender", 9),
            ("attempts = 2", "attempts = 9", "bad_attempts", 13),
            ("within = \"5 days\"", "within = \"soon\"", "bad_span", 14),
            ("rate = \"30/day\"\n", "", "no_rate", 15),
            ("attempts = 2", "gateway = { sms = \"oslo\" }", "not_for_calls", 13),
            ("attempts = 2", "image = \"media/a.png\"", "not_for_calls", 13),
            ("[window]", "[[message.variant]]\nname = \"a\"\n[window]", "not_for_calls", 15),
            (
                "[window]",
                "[[follow_up]]\nkind = \"call\"\nafter = \"1 days\"\nwithin = \"2 days\"\n[window]",
                "not_for_calls",
                15,
            ),
            ("until = \"18:00\"", "until = \"22:00\"", "call_hours", 15),
        ] {
            assert_eq!(CALLS.matches(from).count(), 1, "{from}");
            assert_eq!(codes(&CALLS.replace(from, to)), [(code, line)], "{to}");
        }
    }

    #[test]
    fn the_example_in_the_docs_has_no_mistakes() {
        let example = documented("[\"call\"]");
        let example = example.replace("lists/ring.csv", "liste.csv");
        assert_eq!(codes(&example), []);
    }
}
