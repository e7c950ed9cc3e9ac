//! The JSON schema of a campaign file, for editors: completion and red lines as one types.
//!
//! Built from the one list of keys that the parser reads by. A schema sees one value at a time: whether a list has a
//! column, or a day comes before another, only `check` can tell. Knows no installation.

mod about;
#[cfg(test)]
pub(super) mod tests;

use serde_json::{Map, Value, json};

use super::definition::Unless;
use super::follow_up::MOST_ATTEMPTS;
use super::provided::{LONGEST_TITLE, MOST_BUTTONS};
use super::schema::{self, Key};
use super::texts::OURS;
use crate::domain::channel::Channel;
use crate::domain::holidays::Holidays;
use crate::domain::language;

/// Every channel there will be; those that this version sends on are offered.
const CHANNELS: [&str; 4] = ["sms", "whatsapp", "call", "manual"];

/// The days as they are written.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A count from one on, for [`span`].
pub(super) const FROM_ONE: &str = "0*[1-9][0-9]{0,6}";

/// The schema, as it is printed; draft 7, which taplo and every common editor read.
pub fn schema_for_editors() -> Value {
    let mut whole = section("", &["title", "basis", "starts", "ends", "targets", "message", "window"]);
    whole["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    whole["title"] = json!("Lykt: a campaign file");
    whole["description"] = json!("Whom to reach, what to say, when, how fast, and which calls follow.");
    whole["definitions"] = json!({ "texts": texts() });
    whole
}

/// A text for each language.
pub(super) fn texts() -> Value {
    let [by_region, by_name] = tongue();
    let tongues = language::names().map(|(code, names)| {
        let called = format!("{code}: {}", names.join(", "));
        (code.to_owned(), json!({ "type": "string", "pattern": "\\S", "description": called }))
    });
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": tongues.collect::<Map<String, Value>>(),
        "patternProperties": { by_region: text(), by_name: text() },
        "additionalProperties": unknown(),
    })
}

/// How a language is written: by its code, which may have a region, or by a name.
fn tongue() -> [String; 2] {
    let (names, others) = (language::names(), language::other_codes());
    let codes: Vec<&str> = names.map(|(code, _)| code).chain(others).collect();
    let names: Vec<&str> = language::names().flat_map(|(_, names)| names.iter().copied()).collect();
    [format!("^({})([-_][A-Za-z0-9]{{2,8}})*$", codes.join("|")), format!("^({})$", names.join("|"))]
}

/// Languages, one after the other.
pub(super) fn tongues() -> Value {
    let ways = tongue().map(|pattern| json!({ "type": "string", "pattern": pattern }));
    json!({ "type": "array", "items": { "anyOf": ways } })
}

/// A text that says something.
pub(super) fn text() -> Value {
    json!({ "type": "string", "pattern": "\\S" })
}

/// A date of the calendar.
pub(super) fn date() -> Value {
    json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

/// A file inside the folder of campaigns, by its path from there.
fn path() -> Value {
    let mut path = text();
    path["not"] = json!({ "pattern": "^\\s*(/|[ -~]:)|\\\\|(^\\s*|/)\\.\\.(/|\\s*$)" });
    path
}

/// What no value is: said of the value and not of the table around it, so that an editor marks one key and not them all.
pub(super) fn unknown() -> Value {
    json!({ "not": { "description": "a key that is not known here" } })
}

/// A table with the keys of a section, and no others.
fn section(name: &'static str, required: &[&str]) -> Value {
    let keys = schema::of(schema::KEYS, name).map(|key| (key.name.to_owned(), described(key)));
    json!({
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "required": required,
        "additionalProperties": unknown(),
    })
}

/// What a key takes, with what it means in both languages and the example of the list of keys.
fn described(key: &Key) -> Value {
    let mut shape = shape(key);
    let (en, nb) = about::of(key.section, key.name);
    shape["description"] = json!(format!("{en}\n\n{nb}"));
    if let Some(example) = example(key) {
        shape["examples"] = json!([example]);
    }
    shape
}

/// What a key takes.
fn shape(key: &Key) -> Value {
    match (key.section, key.name) {
        ("", "starts" | "ends") => date(),
        ("", "targets") => section("targets", &["list", "columns"]),
        ("", "message") => {
            // Calls have a script; messages have an account and texts; what is written by hand has texts alone.
            let sent = json!({ "required": ["gateway", "variant"] });
            let by_hand = json!({
                "required": ["variant"], "properties": { "channels": { "items": { "enum": ["manual"] } } },
            });
            let mut message = section("message", &["channels"]);
            // It is said for all who says hello, or in each variant.
            message["anyOf"] = json!([
                { "required": ["sender"], "anyOf": [{ "required": ["script"] }, sent, by_hand] },
                {
                    "required": ["variant"],
                    "properties": { "variant": { "items": { "required": ["sender"] } } },
                    "anyOf": [sent, by_hand],
                },
            ]);
            message
        }
        ("", "window") => section("window", &["from", "until"]),
        ("", "follow_up") => json!({ "type": "array", "items": section("follow_up", &["kind", "after", "within"]) }),
        ("", "outcome") => json!({ "type": "array", "items": section("outcome", &["name", "title"]) }),
        ("outcome", "name") => json!({ "type": "string", "pattern": "^\\s*[a-z0-9][a-z0-9_-]{0,29}\\s*$" }),
        ("outcome", "goal") => json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }),
        ("outcome", "code") => json!({ "type": "string", "pattern": "^\\s*\\S{2,30}\\s*$" }),
        ("targets", "list") | ("message" | "message.variant", "image") => path(),
        ("targets", "columns") => columns(),
        ("targets", "where") => json!({ "type": "object", "additionalProperties": { "anyOf": [
            { "type": "array", "minItems": 1, "items": { "type": "string" } },
            { "type": "string" },
        ]}}),
        ("message", "channels") => json!({
            "type": "array",
            "minItems": 1,
            "items": { "enum": channels() },
            // What accounts send may stand in for each other; what people do themselves stands alone.
            "anyOf": [
                { "items": { "enum": by_accounts() } },
                { "items": { "enum": [Channel::Call.as_str()] } },
                { "items": { "enum": [Channel::Manual.as_str()] } },
            ],
        }),
        ("message", "gateway") => gateway(),
        ("targets", "wait_for_partners") | ("message", "require_language") => {
            json!({ "type": "boolean", "default": false })
        }
        ("message", "variant") => {
            json!({ "type": "array", "minItems": 1, "items": section("message.variant", &["name", "text"]) })
        }
        ("message.variant", "template") => section("message.variant.template", &["name"]),
        ("message.variant.template", "name") => json!({ "type": "string", "pattern": "^\\s*[a-z0-9_]{1,512}\\s*$" }),
        ("message.variant.template", "languages") => json!({
            "type": "object",
            "additionalProperties": { "type": "string", "pattern": "^\\s*([A-Za-z0-9_]{2,12}|HX[0-9a-fA-F]{32})\\s*$" },
        }),
        ("message.variant.template", "variables") => json!({ "anyOf": [
            { "type": "array", "items": text() },
            { "type": "object", "additionalProperties": text() },
        ]}),
        ("message.variant.template", "buttons") => {
            let title = format!("^\\s*\\S([\\s\\S]{{0,{}}}\\S)?\\s*$", LONGEST_TITLE - 2);
            json!({ "type": "array", "maxItems": MOST_BUTTONS, "items": { "type": "string", "pattern": title } })
        }
        ("message.variant", "weight") => {
            json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1 })
        }
        ("message.variant", "text") | ("message" | "follow_up", "script") | ("outcome", "title") => {
            json!({ "$ref": "#/definitions/texts" })
        }
        ("window", "days") => {
            json!({ "type": "array", "minItems": 1, "items": { "enum": DAYS }, "default": &DAYS[..5] })
        }
        ("window", "from" | "until") => {
            json!({ "type": "string", "pattern": "^\\s*([01]?[0-9]|2[0-3]):[0-5]?[0-9](:00?)?\\s*$" })
        }
        ("window", "holidays") => json!({ "enum": Holidays::ALL.map(Holidays::as_str) }),
        ("window", "rate") => json!({
            "type": "string",
            "default": "20/min",
            "pattern": "^\\s*0*([1-9][0-9]{0,5}|1000000)\\s*/\\s*(s|sec|second|min|minute|h|hour|d|day)\\s*$",
        }),
        ("follow_up", "kind") => json!({ "enum": ["call"] }),
        ("follow_up", "after") => span("[0-9]{1,7}"),
        ("message" | "follow_up", "within") => span(FROM_ONE),
        ("follow_up", "unless") => json!({ "type": "array", "items": { "enum": Unless::ALL.map(Unless::as_str) } }),
        ("message" | "follow_up", "attempts") => {
            json!({ "type": "integer", "minimum": 1, "maximum": MOST_ATTEMPTS, "default": 1 })
        }
        _ => text(),
    }
}

/// The names of variables on the left, of columns on the right. Ranges of signs rather than classes of letters: `\w` is
/// not the same in every editor.
fn columns() -> Value {
    let letter = "[^0-9\\s!-/:-@\\[-^`{-~]";
    let further = "[^\\s!-/:-@\\[-^`{-~]*";
    json!({
        "type": "object",
        "anyOf": [{ "required": ["phone"] }, { "required": ["handle"] }],
        "properties": {
            "phone": named(about::PHONE),
            "handle": named(about::HANDLE),
            "language": named(about::LANGUAGE),
        },
        "propertyNames": { "pattern": format!("^{letter}{further}$"), "not": { "enum": OURS } },
        "additionalProperties": text(),
    })
}

/// A text that says something, and what it is.
fn named(about: &str) -> Value {
    let mut named = text();
    named["description"] = json!(about);
    named
}

fn gateway() -> Value {
    let accounts = by_accounts().into_iter().map(|channel| (channel.to_owned(), named(about::ACCOUNT)));
    json!({
        "type": "object",
        "properties": accounts.collect::<Map<String, Value>>(),
        "minProperties": 1,
        "additionalProperties": unknown(),
    })
}

fn channels() -> Vec<&'static str> {
    CHANNELS.into_iter().filter(|word| Channel::parse(word).is_some()).collect()
}

/// Those that accounts send on.
fn by_accounts() -> Vec<&'static str> {
    let is_sent = |word: &&str| Channel::parse(word).is_some_and(|channel| !channel.is_by_people());
    channels().into_iter().filter(is_sent).collect()
}

/// A length of time with this many before the word.
pub(super) fn span(count: &str) -> Value {
    let words = "(minutes?|hours?|days?|working\\s+days?|weeks?|months?)";
    json!({ "type": "string", "pattern": format!("^\\s*{count}\\s*{words}\\s*$") })
}

/// The example of a key as a value; sections have none.
fn example(key: &Key) -> Option<Value> {
    let table: toml::Table = key.example.parse().ok()?;
    table.get(key.name).filter(|_| !key.example.starts_with('[')).map(plain)
}

/// A value of TOML as editors hand it to the schema: dates and times are texts.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(truth) => json!(truth),
        toml::Value::Datetime(moment) => json!(moment.to_string()),
        toml::Value::Array(items) => items.iter().map(plain).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}
