//! The schema and the parser in step: the same keys, and the same verdict on right and wrong files.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::tests::folder::{Folder, VALID};
use super::*;

/// What a schema finds wrong with a value; knows the words that ours uses and refuses any other.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let whole = schema_for_editors();
    let mut found = Vec::new();
    judge(&whole, schema, value, at, &mut found);
    found
}

pub(in crate::campaign::file) fn judge(
    whole: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let sees = |other: &Value, value: &Value| {
        let mut found = Vec::new();
        judge(whole, other, value, at, &mut found);
        found.is_empty()
    };
    let matches = |pattern: &Value, text: &str| regex::Regex::new(pattern.as_str().unwrap()).unwrap().is_match(text);
    for (word, rule) in schema.as_object().unwrap() {
        let object = value.as_object();
        let right = match word.as_str() {
            "$schema" | "title" | "description" | "default" | "examples" | "format" | "definitions" => true,
            "patternProperties" | "properties" => {
                for (key, schema) in rule.as_object().unwrap() {
                    let plain = word == "properties";
                    let mine = object.iter().flat_map(|object| object.iter()).filter(|(name, _)| match plain {
                        true => *name == key,
                        false => matches(&json!(key), name),
                    });
                    mine.for_each(|(name, value)| judge(whole, schema, value, &format!("{at}.{name}"), found));
                }
                true
            }
            "additionalProperties" => object.is_none_or(|object| {
                let known = |key: &str| {
                    let named = schema.get("properties").is_some_and(|properties| properties.get(key).is_some());
                    let patterns = schema.get("patternProperties").and_then(Value::as_object);
                    named || patterns.is_some_and(|all| all.keys().any(|pattern| matches(&json!(pattern), key)))
                };
                let unknown = object.iter().filter(|(key, _)| !known(key));
                unknown.for_each(|(key, value)| judge(whole, rule, value, &format!("{at}.{key}"), found));
                true
            }),
            "propertyNames" => object.is_none_or(|object| object.keys().all(|key| sees(rule, &json!(key)))),
            "required" => object.is_none_or(|object| {
                rule.as_array().unwrap().iter().all(|key| object.contains_key(key.as_str().unwrap()))
            }),
            "minProperties" => object.is_none_or(|object| object.len() as u64 >= rule.as_u64().unwrap()),
            "maxProperties" => object.is_none_or(|object| object.len() as u64 <= rule.as_u64().unwrap()),
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64(),
                "boolean" => value.is_boolean(),
                other => panic!("no type {other}"),
            },
            "items" => value.as_array().is_none_or(|items| {
                items.iter().for_each(|item| judge(whole, rule, item, &format!("{at}[]"), found));
                true
            }),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
            "enum" => rule.as_array().unwrap().contains(value),
            "pattern" => value.as_str().is_none_or(|text| matches(rule, text)),
            "anyOf" => rule.as_array().unwrap().iter().any(|other| sees(other, value)),
            "not" => !sees(rule, value),
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/definitions/").unwrap();
                judge(whole, &whole["definitions"][name], value, at, found);
                true
            }
            other => panic!("the test does not know {other}"),
        };
        if !right {
            found.push(format!("{at}: {word}"));
        }
    }
}

/// A file as an editor hands it to the schema.
pub(in crate::campaign::file) fn read(text: &str) -> Value {
    plain(&toml::Value::Table(text.parse().unwrap()))
}

fn schema_takes(text: &str) -> bool {
    faults(&schema_for_editors(), &read(text), "").is_empty()
}

#[test]
fn every_key_of_the_parser_is_in_the_schema_and_explained_in_both_languages() {
    fn keys(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => object.iter().for_each(|(key, value)| {
                if key == "properties" && value.get("nb").is_none() {
                    found.extend(value.as_object().unwrap().keys().cloned());
                }
                keys(value, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    keys(&schema_for_editors(), &mut found);
    let parser: BTreeSet<String> = schema::KEYS.iter().map(|key| key.name.to_owned()).collect();
    let inner = ["phone", "handle", "language", "sms", "whatsapp"].map(str::to_owned);
    assert_eq!(found, parser.union(&BTreeSet::from(inner)).cloned().collect());
    for key in schema::KEYS {
        let (en, nb) = about::of(key.section, key.name);
        assert!(!en.is_empty() && !nb.is_empty() && en != nb, "{}.{} is not explained", key.section, key.name);
    }
}

#[test]
fn the_example_of_every_key_is_right_by_its_own_shape() {
    for key in schema::KEYS {
        let shape = described(key);
        for example in shape.get("examples").and_then(Value::as_array).into_iter().flatten() {
            assert_eq!(faults(&shape, example, key.name), [""; 0]);
        }
    }
}

#[test]
fn every_example_campaign_is_right_by_the_schema() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    let files = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let examples: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    assert!(!examples.is_empty());
    for path in examples {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(faults(&schema_for_editors(), &read(&text), ""), [""; 0], "{}", path.display());
    }
}

#[test]
fn without_any_one_key_the_parser_and_the_schema_say_the_same() {
    let folder = Folder::new();
    let (mut right, mut wrong) = (0, 0);
    // What another value speaks of, only `check` can miss: here `where` and a text name the region.
    let all = places(&VALID.parse().unwrap(), "").into_iter().filter(|path| path != "targets.columns.region");
    for path in all {
        let mut table: toml::Table = VALID.parse().unwrap();
        remove(&mut table, &path);
        let text = toml::to_string(&table).unwrap();
        let errors = folder.check(&text).errors();
        assert_eq!(errors == 0, schema_takes(&text), "without {path}: {errors} errors\n{text}");
        *if errors == 0 { &mut right } else { &mut wrong } += 1;
    }
    assert!(right > 5 && wrong > 10, "{right} right, {wrong} wrong");
}

/// Where every key stands, as in `message.variant.0.name`.
fn places(table: &toml::Table, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in table {
        let path = format!("{above}{key}");
        match value {
            toml::Value::Table(table) => found.extend(places(table, &format!("{path}."))),
            toml::Value::Array(items) => {
                for (n, item) in items.iter().enumerate().filter_map(|(n, item)| Some((n, item.as_table()?))) {
                    found.extend(places(item, &format!("{path}.{n}.")));
                }
            }
            _ => {}
        }
        found.push(path);
    }
    found
}

fn remove(table: &mut toml::Table, path: &str) {
    match path.split_once('.') {
        None => {
            table.remove(path);
        }
        Some((key, rest)) => match table.get_mut(key).unwrap() {
            toml::Value::Table(table) => remove(table, rest),
            toml::Value::Array(items) => {
                let (n, rest) = rest.split_once('.').unwrap();
                remove(items[n.parse::<usize>().unwrap()].as_table_mut().unwrap(), rest);
            }
            _ => panic!("{path} leads nowhere"),
        },
    }
}

#[test]
fn of_an_unknown_key_that_key_alone_is_marked() {
    let text = VALID.replace("goal   =", "gaol =").replace("rate =", "rat =");
    let mut marked = faults(&schema_for_editors(), &read(&text), "");
    marked.sort();
    assert_eq!(marked, [".gaol: not", ".window.rat: not"]);
}

#[test]
fn buttons_of_templates_are_as_long_as_a_telephone_shows() {
    let shape = described(schema::find(schema::KEYS, "message.variant.template", "buttons").unwrap());
    let takes = |titles: &[&str]| faults(&shape, &serde_json::json!(titles), "").is_empty();
    assert!(takes(&["Ja takk", "x", &"å".repeat(25)]) && takes(&["x"; 10]));
    assert!(!takes(&[&"å".repeat(26)]) && !takes(&[" "]) && !takes(&["x"; 11]));
}

#[test]
fn right_and_wrong_values_get_the_same_verdict_from_both() {
    let folder = Folder::new();
    let days = r#"["mon", "tue"]"#;
    let within = r#""7 days""#;
    let table: &[(&str, &str, bool)] = &[
        // What stands there, what is written instead, whether it is right.
        ("title  =", "tittel =", false),
        ("\"Gratis HPV-vaksine i Oslo\"", "\" \"", false),
        ("\"Gratis HPV-vaksine i Oslo\"", "12", false),
        ("starts = 2026-12-01", "starts = \"today\"", false),
        ("starts = 2026-12-01", "starts = 2026-12-01T10:00:00", false),
        ("starts = 2026-12-01", "starts = 11:00:00", false),
        (days, r#"["mon", "fri", "sat"]"#, true),
        (days, r#"["montag"]"#, false),
        (days, "[]", false),
        (days, "\"mon\"", false),
        ("\"11:00\"", "\"9:05\"", true),
        ("\"11:00\"", "11:00:00", true),
        ("\"11:00\"", "11:00:30", false),
        ("\"11:00\"", "\"11:00:00\"", true),
        ("\"11:00\"", "\"11:00:30\"", false),
        ("\"lists/oslo.csv\"", "\"./lists/oslo.csv\"", true),
        ("\"lists/oslo.csv\"", "\"../secret.csv\"", false),
        ("\"lists/oslo.csv\"", "\"lists/../lists/oslo.csv\"", false),
        ("\"lists/oslo.csv\"", "\"/etc/passwd\"", false),
        ("\"lists/oslo.csv\"", "'C:\\oslo.csv'", false),
        ("\"media/pictograms.png\"", "\"../pictograms.png\"", false),
        ("\"telefon\"", "\"\"", false),
        ("\"11:00\"", "\"11.00\"", false),
        ("\"11:00\"", "\"24:00\"", false),
        ("\"11:00\"", "11", false),
        ("\"NO\"", "\"SE\"", true),
        ("\"NO\"", "\"Norge\"", false),
        ("\"20/min\"", "\"500/day\"", true),
        ("\"20/min\"", "\"20/month\"", false),
        ("\"20/min\"", "\"0/min\"", false),
        ("\"20/min\"", "20", false),
        ("weight = 2", "weight = 1000000", true),
        ("weight = 2", "weight = 0", false),
        ("weight = 2", "weight = 1.5", false),
        ("[\"sms\"]", "[\"fax\"]", false),
        ("[\"sms\"]", "[]", false),
        ("[\"sms\"]", "[\"sms\", \"sms\"]", true),
        ("[\"sms\"]", "[\"sms\", \"call\"]", false),
        ("[\"sms\"]", "[\"manual\", \"sms\"]", false),
        ("{ sms = \"oslo\" }", "{ fax = \"oslo\" }", false),
        ("{ sms = \"oslo\" }", "\"oslo\"", false),
        ("region = \"sted\" }", "navn = \"sted\", region = \"sted\" }", true),
        ("region = \"sted\" }", "sender = \"sted\", region = \"sted\" }", false),
        ("region = \"sted\" }", "\"a b\" = \"sted\", region = \"sted\" }", false),
        ("region = \"sted\" }", "region = 3 }", false),
        ("phone = \"telefon\",", "", false),
        ("[\"Oslo\", \"Bærum\"]", "\"Oslo\"", true),
        ("[\"Oslo\", \"Bærum\"]", "[]", false),
        ("[\"Oslo\", \"Bærum\"]", "[1]", false),
        ("text.en", "text.pt-BR", true),
        ("text.en", "text.engelsk", true),
        ("text.en", "text.xx", false),
        ("text.en = \"Hi", "text.en = \"\" # Hi", false),
        ("\"3 working days\"", "\"1 week\"", true),
        ("\"3 working days\"", "\"3 fortnights\"", false),
        ("\"3 working days\"", "3", false),
        (within, "\"2 weeks\"", true),
        (within, "\"0 days\"", false),
        ("[\"replied\", \"visited\"]", "[]", true),
        ("[\"replied\", \"visited\"]", "[\"answered\"]", false),
        ("attempts = 2", "attempts = 5", true),
        ("attempts = 2", "attempts = 6", false),
        ("kind = \"call\"", "kind = \"visit\"", false),
        ("[[message.variant]]", "[message.variant]", false),
        ("sender   = \"Amanda\"", "require_language = true\nsender = \"Amanda\"", true),
        ("sender   = \"Amanda\"", "require_language = \"yes\"\nsender = \"Amanda\"", false),
        ("sender   = \"Amanda\"", "sender = \"Amanda\"\nsenders = 2", false),
    ];
    for (from, to, right) in table {
        assert_eq!(VALID.matches(from).count(), 1, "{from}");
        let text = VALID.replace(from, to);
        let errors = folder.check(&text).mistakes;
        let errors: Vec<_> = errors.iter().filter(|m| m.severity == super::super::Severity::Error).collect();
        assert_eq!(errors.is_empty(), *right, "the parser of {to}: {errors:?}");
        assert_eq!(schema_takes(&text), *right, "the schema of {to}");
    }
}
