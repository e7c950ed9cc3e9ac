//! What differs between two versions of a campaign, key by key, in the words of the campaign file.
//!
//! The values are the campaign's own words: for a terminal, never for a log. A log takes the keys.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file::Definition;
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, Text};
use crate::{say, text};

/// The longest value that is shown beside the other on one line.
const SHORT: usize = 30;

/// A key whose value is another now.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key, as the campaign file has it: `message.variant.personal.text.nb`.
    pub key: String,
    /// What it was; `None` when the key is new.
    was: Option<String>,
    /// What it is; `None` when the key is gone.
    is: Option<String>,
}

/// All keys that differ, in order.
pub fn between(was: &Definition, is: &Definition) -> Vec<Difference> {
    let (mut was, mut is) = (keys(was), keys(is));
    was.retain(|key, value| match is.get(key) {
        Some(same) if same == value => {
            is.remove(key);
            false
        }
        _ => true,
    });
    let gone = was.keys().filter(|key| !is.contains_key(*key)).cloned().collect::<Vec<_>>();
    let mut differences: Vec<Difference> = is
        .into_iter()
        .map(|(key, is)| Difference { was: was.get(&key).cloned(), is: Some(is), key })
        .chain(gone.into_iter().map(|key| Difference { was: was.get(&key).cloned(), is: None, key }))
        .collect();
    differences.sort_by(|one, other| one.key.cmp(&other.key));
    differences
}

impl Difference {
    /// The difference as a person reads it: one line, or the key and a line for each line that goes or comes.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let key = inert(&self.key);
        if [SETTINGS, SERVICES].contains(&self.key.as_str()) || self.key.ends_with(PICTURE) {
            let Text { en, nb } = other_bytes();
            return vec![format!("{key}: {}", say!(lang, "{en}", "{nb}"))];
        }
        let short = |value: &Option<String>| match value {
            Some(value) if value.is_empty() => Some("\"\"".to_owned()),
            Some(value) => (value.chars().count() <= SHORT && !value.contains('\n')).then(|| inert(value)),
            None => Some(say!(lang, "(nothing)", "(ingenting)")),
        };
        if let (Some(was), Some(is)) = (short(&self.was), short(&self.is)) {
            return vec![format!("{key}: {was} -> {is}")];
        }
        let (was, is) = (self.was.as_deref().unwrap_or_default(), self.is.as_deref().unwrap_or_default());
        let mut lines = vec![format!("{key}:")];
        lines.extend(changed_lines(was, is).into_iter().map(|(sign, line)| format!("  {sign} {}", inert(line))));
        lines
    }
}

/// A value that only tells that settings are others.
const SETTINGS: &str = "message.gateway (settings)";
/// A key whose value only tells that services are others.
const SERVICES: &str = "services";
/// How a key ends whose value only tells that bytes are others.
const PICTURE: &str = " (picture)";

fn other_bytes() -> Text {
    text!("not what it was", "ikke som det var")
}

/// The lines that go (`-`) and come (`+`), without those that both begin and end with.
fn changed_lines<'a>(was: &'a str, is: &'a str) -> Vec<(char, &'a str)> {
    let (was, is): (Vec<&str>, Vec<&str>) = (was.lines().collect(), is.lines().collect());
    let head = was.iter().zip(&is).take_while(|(one, other)| one == other).count();
    let (was, is) = (&was[head..], &is[head..]);
    let tail = was.iter().rev().zip(is.iter().rev()).take_while(|(one, other)| one == other).count();
    let gone = was[..was.len() - tail].iter().map(|line| ('-', *line));
    gone.chain(is[..is.len() - tail].iter().map(|line| ('+', *line))).collect()
}

/// A campaign as keys of its file and their values.
fn keys(definition: &Definition) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    // A definition that does not become JSON has no keys to compare; it never was stored either.
    if let Ok(Value::Object(fields)) = serde_json::to_value(definition) {
        for (field, value) in fields {
            flatten(&word(&field), &value, &mut keys);
        }
    }
    keys
}

/// A field of a definition as its key in the campaign file.
fn word(field: &str) -> String {
    match field {
        "list" | "columns" | "where" | "wait_for_partners" => format!("targets.{field}"),
        "channels" | "sender" | "image" | "require_language" => format!("message.{field}"),
        "account" => "message.gateway".to_owned(),
        "account_digest" => SETTINGS.to_owned(),
        "services_digest" => SERVICES.to_owned(),
        "variants" => "message.variant".to_owned(),
        "rate" => "window.rate".to_owned(),
        "follow_ups" => "follow_up".to_owned(),
        _ => field.to_owned(),
    }
}

fn flatten(key: &str, value: &Value, keys: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (field, value) in fields {
                let key = match (key, field.as_str()) {
                    (key, "path") if key.ends_with(".image") => key.to_owned(),
                    (key, "hash") if key.ends_with(".image") => format!("{key}{PICTURE}"),
                    (_, "texts") => format!("{key}.text"),
                    (_, "scripts") => format!("{key}.script"),
                    (_, field) => format!("{key}.{field}"),
                };
                flatten(&key, value, keys);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (n, item) in (1..).zip(items) {
                let mut item = item.clone();
                let name = item.as_object_mut().and_then(|item| item.remove("name"));
                let name = name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_else(|| n.to_string());
                flatten(&format!("{key}.{name}"), &item, keys);
            }
        }
        Value::Array(items) => {
            keys.insert(key.to_owned(), items.iter().map(plain).collect::<Vec<_>>().join(", "));
        }
        _ => {
            keys.insert(key.to_owned(), plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn definition(change: impl Fn(&mut Value)) -> Definition {
        let mut value = json!({
            "name": "vinter", "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-01-01",
            "ends": "2027-01-31", "list": "lists/a.csv", "columns": { "phone": "telefon" }, "where": {},
            "channels": ["sms"], "account": "a", "sender": "Amanda",
            "image": { "path": "media/a.png", "hash": "00" }, "require_language": false,
            "variants": [{ "name": "personal", "weight": 1, "texts": { "nb": "Hei\nNoe mer\nHilsen", "en": "Hi" } }],
            "window": { "days": ["mon", "tue"], "from": "11:00", "until": "18:00", "holidays": "NO" },
            "rate": "20/min",
            "follow_ups": [{ "after": "3 days", "within": "7 days", "unless": [], "attempts": 2, "scripts": {} }],
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    fn shown(lang: Lang, change: impl Fn(&mut Value)) -> Vec<String> {
        between(&definition(|_| {}), &definition(change)).iter().flat_map(|d| d.lines(lang)).collect()
    }

    #[test]
    fn a_campaign_does_not_differ_from_itself() {
        assert_eq!(shown(Lang::En, |_| {}), Vec::<String>::new());
    }

    #[test]
    fn each_key_is_named_as_the_campaign_file_names_it() {
        let told = shown(Lang::En, |value| {
            value["rate"] = json!("30/min");
            value["window"]["days"] = json!(["mon"]);
            value["columns"]["region"] = json!("sted");
            value["image"]["hash"] = json!("01");
            value["follow_ups"][0]["attempts"] = json!(3);
            value["variants"][0]["weight"] = json!(2);
            value["account"] = json!("b");
            value["account_digest"] = json!("77");
            value["ends"] = json!("2027-02-28");
        });
        let expected = [
            "ends: 2027-01-31 -> 2027-02-28",
            "follow_up.1.attempts: 2 -> 3",
            "message.gateway: a -> b",
            "message.gateway (settings): not what it was",
            "message.image (picture): not what it was",
            "message.variant.personal.weight: 1 -> 2",
            "targets.columns.region: (nothing) -> sted",
            "window.days: mon, tue -> mon",
            "window.rate: 20/min -> 30/min",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_variant_of_its_own_sender_and_picture_is_told_by_its_name() {
        let told = shown(Lang::En, |value| {
            value["variants"][0]["sender"] = json!("Noor");
            value["variants"][0]["image"] = json!({ "path": "media/noor.png", "hash": "02" });
        });
        let expected = [
            "message.variant.personal.image: (nothing) -> media/noor.png",
            "message.variant.personal.image (picture): not what it was",
            "message.variant.personal.sender: (nothing) -> Noor",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn of_a_text_only_the_lines_that_changed_are_shown() {
        let told = shown(Lang::Nb, |value| {
            value["variants"][0]["texts"] = json!({ "nb": "Hei\nNoe annet\nHilsen", "th": "สวัสดี" });
        });
        let expected = [
            "message.variant.personal.text.en: Hi -> (ingenting)",
            "message.variant.personal.text.nb:",
            "  - Noe mer",
            "  + Noe annet",
            "message.variant.personal.text.th: (ingenting) -> สวัสดี",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_a_file_says_does_not_command_the_terminal() {
        let told = shown(Lang::En, |value| value["title"] = json!("\u{1b}[31mVinter\u{202e}"));
        assert_eq!(told, ["title: Vinter -> [31mVinter"]);
    }
}
