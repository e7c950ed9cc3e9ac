//! The keys of a campaign file, each with an example that can be copied: the one list of what may be written where.

/// A key, the section it belongs in and an example of it.
pub(super) struct Key {
    pub section: &'static str,
    pub name: &'static str,
    pub example: &'static str,
}

pub(super) const fn key(section: &'static str, name: &'static str, example: &'static str) -> Key {
    Key { section, name, example }
}

/// Every key, in the order in which they are written.
pub(super) const KEYS: &[Key] = &[
    key("", "title", "title = \"Gratis HPV-vaksine i Oslo\""),
    key("", "goal", "goal = \"200 personer får første dose innen 31. januar\""),
    key("", "basis", "basis = \"public task, DPIA 2026-04 section 3\""),
    key("", "starts", "starts = 2026-12-01"),
    key("", "ends", "ends = 2027-01-31"),
    key("", "targets", "[targets]"),
    key("", "message", "[message]"),
    key("", "window", "[window]"),
    key("", "follow_up", "[[follow_up]]"),
    key("", "outcome", "[[outcome]]"),
    key("targets", "list", "list = \"lists/oslo-2026-48.csv\""),
    key("targets", "columns", "columns = { phone = \"telefon\", language = \"språk\", region = \"sted\" }"),
    key("targets", "platform", "platform = \"instagram\""),
    key("targets", "wait_for_partners", "wait_for_partners = true"),
    key("targets", "where", "where = { region = [\"Oslo\", \"Bærum\"] }"),
    key("message", "channels", "channels = [\"sms\"]"),
    key("message", "gateway", "gateway = { sms = \"twilio-oslo\" }"),
    key("message", "sender", "sender = \"Amanda\""),
    key("message", "image", "image = \"media/pictograms.png\""),
    key("message", "require_language", "require_language = true"),
    key("message", "script", "script.nb = \"Hei, jeg heter {{ sender }}. Passer det å snakke litt?\""),
    key("message", "attempts", "attempts = 2"),
    key("message", "within", "within = \"7 days\""),
    key("message", "variant", "[[message.variant]]"),
    key("message.variant", "name", "name = \"personal\""),
    key("message.variant", "weight", "weight = 1"),
    key("message.variant", "sender", "sender = \"Noor\""),
    key("message.variant", "image", "image = \"media/noor.jpg\""),
    key(
        "message.variant",
        "text",
        "text.nb = \"Hei! Dette er {{ sender }} fra Lykten. Svar STOPP for å slippe flere.\"",
    ),
    key("message.variant", "template", "template = { name = \"vaccine_offer\", variables = [\"{{ sender }}\"] }"),
    key("message.variant.template", "name", "name = \"vaccine_offer\""),
    key("message.variant.template", "languages", "languages = { nb = \"nb\", en = \"en_US\" }"),
    key("message.variant.template", "variables", "variables = [\"{{ sender }}\", \"{{ region }}\"]"),
    key("message.variant.template", "buttons", "buttons = [\"Ja takk\", \"Stopp\"]"),
    key("window", "days", "days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"),
    key("window", "from", "from = \"11:00\""),
    key("window", "until", "until = \"18:00\""),
    key("window", "holidays", "holidays = \"NO\""),
    key("window", "rate", "rate = \"20/min\""),
    key("follow_up", "kind", "kind = \"call\""),
    key("follow_up", "after", "after = \"3 working days\""),
    key("follow_up", "within", "within = \"7 days\""),
    key("follow_up", "unless", "unless = [\"replied\", \"visited\"]"),
    key("follow_up", "attempts", "attempts = 2"),
    key("follow_up", "script", "script.nb = \"Hei, jeg heter {{ sender }}. Passer det å snakke litt?\""),
    key("outcome", "name", "name = \"first_dose\""),
    key("outcome", "title", "title.nb = \"Første dose\""),
    key("outcome", "goal", "goal = 200"),
    key("outcome", "code", "code = \"lykt\""),
];

/// What people write when they mean a key, in the words of either language.
const MEANT: &[(&str, &str)] = &[
    ("tittel", "title"),
    ("navn", "name"),
    ("mål", "goal"),
    ("grunnlag", "basis"),
    ("behandlingsgrunnlag", "basis"),
    ("start", "starts"),
    ("begins", "starts"),
    ("end", "ends"),
    ("slutt", "ends"),
    ("stop", "ends"),
    ("liste", "list"),
    ("file", "list"),
    ("kolonner", "columns"),
    ("column", "columns"),
    ("filter", "where"),
    ("hvor", "where"),
    ("plattform", "platform"),
    ("kanaler", "channels"),
    ("channel", "channels"),
    ("account", "gateway"),
    ("konto", "gateway"),
    ("avsender", "sender"),
    ("from_name", "sender"),
    ("bilde", "image"),
    ("picture", "image"),
    ("varianter", "variant"),
    ("vekt", "weight"),
    ("mal", "template"),
    ("knapper", "buttons"),
    ("variabler", "variables"),
    ("tekst", "text"),
    ("body", "text"),
    ("dager", "days"),
    ("day", "days"),
    ("fra", "from"),
    ("til", "until"),
    ("to", "until"),
    ("helligdager", "holidays"),
    ("tempo", "rate"),
    ("speed", "rate"),
    ("sendetid", "window"),
    ("type", "kind"),
    ("etter", "after"),
    ("innen", "within"),
    ("forsøk", "attempts"),
    ("tries", "attempts"),
    ("manus", "script"),
    ("melding", "message"),
    ("mottakere", "targets"),
    ("oppfølging", "follow_up"),
    ("utfall", "outcome"),
    ("outcomes", "outcome"),
    ("kodeord", "code"),
];

/// The keys of a section.
pub(super) fn of(keys: &'static [Key], section: &str) -> impl Iterator<Item = &'static Key> {
    keys.iter().filter(move |key| key.section == section)
}

/// The key of that name in that section.
pub(super) fn find(keys: &'static [Key], section: &str, name: &str) -> Option<&'static Key> {
    of(keys, section).find(|key| key.name == name)
}

/// What was most likely meant by an unknown key: one of the same section, else one that belongs elsewhere.
pub(super) fn meant(keys: &'static [Key], section: &str, written: &str) -> Option<&'static Key> {
    let folded = written.to_lowercase().replace(['-', ' '], "_");
    let word = MEANT.iter().find(|(word, _)| *word == folded).map_or(folded.as_str(), |(_, key)| key);
    let elsewhere = || keys.iter().find(|key| key.name == word);
    find(keys, section, word).or_else(elsewhere).or_else(|| {
        let name = nearest(word, of(keys, section).map(|key| key.name))?;
        find(keys, section, name)
    })
}

/// The word that differs least from what was written, when it differs little.
pub(super) fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().take(60).collect();
    let most = (written.len() / 3).clamp(1, 3);
    let judged = words.into_iter().map(|word| (distance(&written, word), word));
    judged.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// How many letters must be put in, left out, changed or swapped with the next.
fn distance(written: &[char], word: &str) -> usize {
    let word: Vec<char> = word.to_lowercase().chars().take(60).collect();
    let mut rows = vec![(0..=word.len()).collect::<Vec<_>>()];
    for (i, a) in written.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in word.iter().enumerate() {
            let change = rows[i][j] + usize::from(a != b);
            let mut least = change.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == word[j - 1] && written[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[written.len()][word.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        for (written, meant) in [("tilte", "title"), ("strats", "starts"), ("Basis", "basis"), ("gaol", "goal")] {
            assert_eq!(nearest(written, of(KEYS, "").map(|key| key.name)), Some(meant), "{written}");
        }
        assert_eq!(nearest("zebra", of(KEYS, "").map(|key| key.name)), None);
    }

    #[test]
    fn a_key_in_the_wrong_section_or_language_is_understood() {
        let place = |section, written| meant(KEYS, section, written).map(|key| (key.section, key.name));
        assert_eq!(place("", "sender"), Some(("message", "sender")));
        assert_eq!(place("message", "avsender"), Some(("message", "sender")));
        assert_eq!(place("", "follow-up"), Some(("", "follow_up")));
        assert_eq!(place("window", "to"), Some(("window", "until")));
        assert_eq!(place("", "zebra"), None);
    }

    #[test]
    fn every_word_that_people_use_leads_to_a_key() {
        for (word, key) in MEANT {
            assert!(KEYS.iter().any(|known| known.name == *key), "{word} leads to {key}");
        }
    }
}
