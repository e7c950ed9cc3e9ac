//! The JSON schema of a file beside campaigns, for editors: completion and red lines as one types. Built from the one list
//! of keys that the parser reads by. Whether a place exists or a name is taken, only `check` can tell.

use serde_json::{Map, Value, json};

use super::entry::{MOST_NAME, Readable};
use super::kind::Kind;
use super::platform::Platform;
use super::question::{MOST, Question};
use super::routine::Routine;
use super::service::Service;
use crate::campaign::file::editor::{FROM_ONE, date, span, text, texts, tongues, unknown};
use crate::campaign::file::schema::{self, Key};

/// The keys that take a text for both languages, or one for each.
const BOTH: [&str; 7] = ["title", "about", "hours", "cost", "audience", "rules", "text"];

impl Kind {
    /// The schema, as it is printed; draft 7, which taplo and every common editor read.
    pub fn schema_for_editors(self) -> Value {
        match self {
            Kind::Routines => whole::<Routine>(),
            Kind::Services => whole::<Service>(),
            Kind::Platforms => whole::<Platform>(),
            Kind::Questions => whole::<Question>(),
        }
    }
}

fn whole<T: Readable>() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": format!("Lykt: {}", T::KIND.folder()),
        "type": "object",
        "properties": { T::SECTION: { "type": "array", "items": one::<T>() } },
        "required": [T::SECTION],
        "additionalProperties": unknown(),
    })
}

/// A table of the file.
fn one<T: Readable>() -> Value {
    let keys = schema::of(T::KEYS, T::SECTION).map(|key| (key.name.to_owned(), described(key)));
    let mut one = json!({
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "required": T::REQUIRED,
        "additionalProperties": unknown(),
    });
    if T::KIND == Kind::Routines {
        // On a schedule, or when a profile was not used for long.
        one["anyOf"] = json!([
            { "required": ["cron"], "not": { "required": ["unused"] } },
            { "required": ["unused", "platform"], "not": { "required": ["cron"] } },
        ]);
    }
    one
}

/// What a key takes, with its example.
fn described(key: &Key) -> Value {
    let mut shape = shape(key);
    shape["description"] = json!(key.example);
    shape
}

/// What a key takes.
fn shape(key: &Key) -> Value {
    match (key.section, key.name) {
        (_, "name") => json!({ "type": "string", "pattern": format!("^\\s*[a-z0-9_-]{{1,{MOST_NAME}}}\\s*$") }),
        ("routine", "cron") => schedule(),
        ("routine", "unused" | "within") => span(FROM_ONE),
        ("service", "kind") => json!({ "type": "string", "pattern": "^\\s*[a-z][a-z0-9_]{0,39}\\s*$" }),
        ("service", "where") => json!({ "type": "array", "minItems": 1, "items": text() }),
        ("service", "text") => texts(),
        ("service", "languages") => tongues(),
        ("question", "answers") => json!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": MOST,
            "propertyNames": { "pattern": "^[a-z0-9_-]*$" },
            "additionalProperties": both(),
        }),
        (_, name) if BOTH.contains(&name) => both(),
        _ => as_shown(key),
    }
}

/// What a key takes whose example says it all.
fn as_shown(key: &Key) -> Value {
    let example: Option<toml::Table> = key.example.parse().ok();
    match example.and_then(|mut table| table.remove(key.name)) {
        Some(toml::Value::Array(_)) => json!({ "type": "array", "items": text() }),
        Some(toml::Value::Boolean(_)) => json!({ "type": "boolean" }),
        Some(toml::Value::Datetime(_)) => date(),
        _ => text(),
    }
}

/// A text for both languages, or one for each.
fn both() -> Value {
    let tongue = "^([nN][bBnNoO]|[eE][nN])([-_.@].*)?$";
    let each = json!({
        "type": "object",
        "minProperties": 1,
        "properties": { "nb": text(), "en": text() },
        "patternProperties": { tongue: text() },
        "additionalProperties": unknown(),
    });
    json!({ "anyOf": [text(), each] })
}

/// Five fields, or six with the seconds first; only months and weekdays have names.
fn schedule() -> Value {
    let (number, word) = ("[0-9*?/,-]+", "[0-9A-Za-z*?/,-]+");
    json!({ "type": "string", "pattern": format!("^\\s*({number}\\s+){{3,4}}{word}\\s+{word}\\s*$") })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ROUTINE, SERVICE, blocks};
    use super::*;
    use crate::campaign::file::editor::tests::{judge, read};

    const PLATFORM: &str = "[[platform]]\nname = \"x\"\ntitle = \"X\"\nreview = 2027-01-01\n";
    const QUESTION: &str = "[[question]]\nname = \"where\"\ntext = \"Hvor?\"\nanswers = { x = \"X\" }\n";

    fn schema_takes(kind: Kind, text: &str) -> bool {
        let (schema, mut found) = (kind.schema_for_editors(), Vec::new());
        judge(&schema, &schema, &read(text), "", &mut found);
        found.is_empty()
    }

    fn check_takes(kind: Kind, text: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, text).unwrap();
        kind.check(&path, folder.path(), None).errors() == 0
    }

    #[test]
    fn every_key_has_an_example_of_what_it_takes() {
        for kind in Kind::ALL {
            let schema = kind.schema_for_editors();
            let sections = schema["properties"].as_object().unwrap();
            let keys = sections.values().next().unwrap()["items"]["properties"].as_object().unwrap();
            assert!(keys.len() > 2, "{kind:?}");
            for (name, key) in keys {
                let example: toml::Table = key["description"].as_str().unwrap().parse().unwrap();
                assert!(example.contains_key(name), "{kind:?} {name}");
                assert!(key["type"].is_string() || key["anyOf"].is_array(), "{kind:?} {name}");
                let (mut found, value) = (Vec::new(), read(key["description"].as_str().unwrap()));
                judge(&schema, key, &value[name], name, &mut found);
                assert_eq!(found, [""; 0], "{kind:?}");
            }
        }
    }

    #[test]
    fn the_examples_on_our_pages_are_right_by_the_schema() {
        let market = blocks("market.md");
        for (kind, text) in [
            (Kind::Routines, &blocks("presence.md")[0]),
            (Kind::Services, &blocks("services.md")[0]),
            (Kind::Platforms, &market[0]),
            (Kind::Routines, &market[1]),
            (Kind::Questions, &market[2]),
        ] {
            assert!(schema_takes(kind, text), "{kind:?}\n{text}");
        }
    }

    #[test]
    fn without_any_one_line_check_and_schema_say_the_same() {
        for (kind, whole) in [
            (Kind::Routines, ROUTINE),
            (Kind::Services, SERVICE),
            (Kind::Platforms, PLATFORM),
            (Kind::Questions, QUESTION),
        ] {
            for gone in whole.lines() {
                let text = whole.replace(&format!("{gone}\n"), "");
                assert_eq!(schema_takes(kind, &text), check_takes(kind, &text), "without {gone}");
            }
        }
    }

    #[test]
    fn right_and_wrong_values_get_the_same_verdict_from_both() {
        const TITLE: &str = "title.nb = \"Logg inn\"";
        const CRON: &str = "cron = \"0 10 * * *\"";
        const OWNER: &str = "owner = \"Kari\"";
        const KIND: &str = "\"sti_test\"";
        const CHECKED: &str = "checked = 2026-10-01";
        let table = [
            // What stands there, what is written instead, whether it is right.
            (Kind::Routines, ROUTINE, "log-in", "Logg inn!", false),
            (Kind::Routines, ROUTINE, TITLE, "title = \"Logg inn\"", true),
            (Kind::Routines, ROUTINE, TITLE, "title = {}", false),
            (Kind::Routines, ROUTINE, TITLE, "title.th = \"Logg inn\"", false),
            (Kind::Routines, ROUTINE, TITLE, "title.nb = \" \"", false),
            (Kind::Routines, ROUTINE, CRON, "cron = \"0 0 10 * Jan Mon-Fri\"", true),
            (Kind::Routines, ROUTINE, CRON, "cron = \"x\"", false),
            (Kind::Routines, ROUTINE, CRON, "cron = \"0 ti * * *\"", false),
            (Kind::Routines, ROUTINE, CRON, "cron = \"0 10 * * *\"\nunused = \"8 days\"", false),
            (Kind::Routines, ROUTINE, CRON, "cron = \"0 10 * * *\"\nplatform = \"x\"", true),
            (Kind::Routines, ROUTINE, CRON, "unused = \"8 days\"", false),
            (Kind::Routines, ROUTINE, CRON, "unused = \"8 days\"\nplatform = \"x\"", true),
            (Kind::Routines, ROUTINE, CRON, "unused = \"0 days\"\nplatform = \"x\"", false),
            (Kind::Routines, ROUTINE, OWNER, "owner = \"\"", false),
            (Kind::Routines, ROUTINE, OWNER, "owner = \"Kari\"\nwithin = \"8 hours\"", true),
            (Kind::Routines, ROUTINE, OWNER, "owner = \"Kari\"\nwithin = \"8\"", false),
            (Kind::Routines, ROUTINE, OWNER, "owner = \"Kari\"\ndebrief = \"ja\"", false),
            (Kind::Services, SERVICE, KIND, "\"STI\"", false),
            (Kind::Services, SERVICE, KIND, "\"2\"", false),
            (Kind::Services, SERVICE, "[\"Oslo\"]", "[]", false),
            (Kind::Services, SERVICE, "[\"Oslo\"]", "\"Oslo\"", false),
            (Kind::Services, SERVICE, CHECKED, "checked = \"2026-10\"", false),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\ntext = \"x\"", false),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\ntext.xx = \"x\"", false),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\ntext = {}", false),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\ntext.th = \"x\"", true),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\nanonymous = \"ja\"", false),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\nlanguages = [\"nb\"]", true),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\nlanguages = [\"thai\", \"pt-BR\"]", true),
            (Kind::Services, SERVICE, CHECKED, "checked = 2026-10-01\nlanguages = [\"nb\", \"klingonsk\"]", false),
            (Kind::Platforms, PLATFORM, "2027-01-01", "\"snart\"", false),
            (Kind::Platforms, PLATFORM, "title", "tittel", false),
            (Kind::Questions, QUESTION, "{ x = \"X\" }", "{}", false),
            (Kind::Questions, QUESTION, "{ x = \"X\" }", "[\"X\"]", false),
            (Kind::Questions, QUESTION, "{ x = \"X\" }", "{ Y = \"X\" }", false),
            (Kind::Questions, QUESTION, "{ x = \"X\" }", "{ x = { nb = \"X\", en = \"Y\" } }", true),
        ];
        for (kind, whole, from, to, right) in table {
            assert_eq!(whole.matches(from).count(), 1, "{from}");
            let text = whole.replace(from, to);
            assert_eq!(check_takes(kind, &text), right, "check, of {to}");
            assert_eq!(schema_takes(kind, &text), right, "the schema, of {to}");
        }
    }
}
