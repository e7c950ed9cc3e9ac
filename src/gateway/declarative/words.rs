//! The names that may stand in a provider's templates: what Lykt gives, and what the file asks the settings for.

use super::mistake::short;
use super::section::{Section, Value};
use crate::text;

/// Finds the value of a name.
pub(super) type Find<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What Lykt gives for one message, and what each is.
pub(super) const OF_A_MESSAGE: [(&str, &str); 13] = [
    ("to", "the person's number: +4670.."),
    ("from", "the sender, as the settings have it"),
    ("from_kind", "number, short or name: what the sender is"),
    ("text", "the text"),
    ("reference", "Lykt's word for this try: 24 letters, digits, - and _"),
    ("validity", "how many seconds the provider may hold it; not there when it does not matter"),
    ("valid_until", "when that is over, in milliseconds"),
    ("now", "the time in milliseconds"),
    ("encoding", "gsm7 or ucs2: what the text needs"),
    ("parts", "how many SMS it takes"),
    ("media_url", "where the picture is; not there when there is none"),
    ("status_url", "where receipts go"),
    ("inbound_url", "where answers go"),
];

/// What a file asks the settings for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its name in templates, and in the settings.
    pub name: String,
    /// What it is, for whoever writes the settings.
    pub about: String,
    /// What it is when the settings do not say.
    pub default: Option<String>,
    /// Whether it may be missing.
    pub optional: bool,
}

/// Reads `[values]` or `[secrets]`.
pub(super) fn asked(top: &Section<'_>, key: &'static str) -> Vec<Asked> {
    let mut all = Vec::new();
    for (name, node) in top.pairs(key) {
        let word = &name.text;
        let plain = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || OF_A_MESSAGE.iter().any(|(given, _)| given == word) {
            let shown = short(word);
            top.m.add(
                &name.span,
                text!("`{shown}` is no name for a value", "`{shown}` er ikke et navn på en verdi"),
                text!(
                    "use small letters, digits and _, and no name that Lykt itself gives (to, from, text ..)",
                    "bruk små bokstaver, sifre og _, og ikke et navn som Lykt selv gir (to, from, text ..)"
                ),
            );
        }
        let mut one = Asked { name: word.clone(), about: String::new(), default: None, optional: false };
        match &node.value {
            Value::Text(about) => one.about = about.clone(),
            Value::Table(entries) => {
                let section = Section::new(entries, name.span.clone(), top.m);
                one.about = section.text("about").map(|said| said.text).unwrap_or_default();
                // A secret that stands in a file for everybody is none.
                one.default = if key == "values" { section.text("default").map(|said| said.text) } else { None };
                one.optional = section.yes("optional");
                section.done();
            }
            _ => top.m.add(
                &node.span,
                text!("this says nothing", "dette sier ingenting"),
                text!("write what it is: {word} = \"..\"", "skriv hva det er: {word} = \"..\""),
            ),
        }
        all.push(one);
    }
    all
}

/// The names that are known in one place.
pub(super) struct Known(Vec<String>);

impl Known {
    /// Names of the account's own, with or without those of a message.
    pub fn new(account: &[&Asked], of_a_message: bool) -> Self {
        let given = OF_A_MESSAGE.iter().filter(|_| of_a_message).map(|(name, _)| (*name).to_owned());
        Self(given.chain(account.iter().map(|asked| asked.name.clone())).collect())
    }

    /// The same names and these.
    pub fn and(mut self, more: &[&str]) -> Self {
        self.0.extend(more.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Whether a name is one of them.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// All of them, for whoever wrote another.
    pub fn list(&self) -> String {
        self.0.join(", ")
    }
}
