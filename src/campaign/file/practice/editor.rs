//! The JSON schema of a file beside campaigns, for editors: completion and red lines as one types. Built from the one list
//! of keys that the parser reads by.

use serde_json::{Map, Value, json};

use super::{Kind, Platform, Question, Readable, Routine, Service};
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
    let keys = schema::of(T::KEYS, T::SECTION).map(|key| (key.name.to_owned(), described(key)));
    let unknown = json!({ "not": { "description": "a key that is not known here" } });
    let one = json!({
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "required": ["name"],
        "additionalProperties": unknown.clone(),
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": format!("Lykt: {}", T::KIND.folder()),
        "type": "object",
        "properties": { T::SECTION: { "type": "array", "items": one } },
        "required": [T::SECTION],
        "additionalProperties": unknown,
    })
}

/// What a key takes, with its example.
fn described(key: &Key) -> Value {
    let example: Option<toml::Table> = key.example.parse().ok();
    let example = example.and_then(|mut table| table.remove(key.name));
    let text = json!({ "type": "string", "pattern": "\\S" });
    let mut shape = match &example {
        _ if BOTH.contains(&key.name) => json!({
            "anyOf": [text.clone(), { "type": "object", "minProperties": 1, "additionalProperties": text }],
        }),
        Some(toml::Value::Array(_)) => json!({ "type": "array", "items": text }),
        Some(toml::Value::Boolean(_)) => json!({ "type": "boolean" }),
        Some(toml::Value::Datetime(_)) => json!({ "type": "string", "format": "date" }),
        Some(toml::Value::Table(_)) => json!({ "type": "object", "minProperties": 1 }),
        _ => text,
    };
    shape["description"] = json!(key.example);
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

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
            }
        }
    }
}
