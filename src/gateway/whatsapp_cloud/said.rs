//! What a person said, whatever kind of message it was: its words, and how many files came with it.
//!
//! Source: Meta's "messages webhook reference" of each type. What is none of them says nothing, and is a message all the
//! same.

use serde_json::Value;

use crate::gateway::json;

/// Of a form that was filled in so many words are read, each up to so many characters.
const MOST_WRITTEN: (usize, usize) = (40, 1_000);

/// The words of a message and how many files it has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Empty where there are none.
    pub words: String,
    /// Pictures, films, sounds and papers.
    pub files: u32,
}

/// Reads a message.
pub(super) fn read(message: &Value) -> Said {
    let kind = message["type"].as_str().unwrap_or_default();
    let of = &message[kind];
    if kind == "edit" && of["message"]["type"] != "edit" {
        return read(&of["message"]);
    }
    let words = match kind {
        "text" => text(&of["body"]),
        // What stands on the button that was pressed.
        "button" => text(&of["text"]),
        "interactive" => interactive(of),
        "reaction" => text(&of["emoji"]),
        "image" | "video" | "audio" | "document" | "sticker" => text(&of["caption"]),
        "location" => [&of["name"], &of["address"]]
            .map(text)
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        "order" => text(&of["text"]),
        "system" => text(&of["body"]),
        _ => String::new(),
    };
    let files = u32::from(["image", "video", "audio", "document", "sticker"].contains(&kind));
    Said { words, files }
}

/// The title of what was chosen; of a form that was filled in, what was written there, else its own words.
fn interactive(of: &Value) -> String {
    let chosen = &of[of["type"].as_str().unwrap_or_default()];
    let title = text(&chosen["title"]);
    let words = if title.is_empty() { filled_in(&chosen["response_json"]) } else { title };
    if words.is_empty() { text(&chosen["body"]) } else { words }
}

/// What somebody wrote and chose in a form, which comes as JSON in a text.
fn filled_in(response: &Value) -> String {
    let mut words = Vec::new();
    match response {
        Value::String(written) => written_in(&json::read(written.as_bytes()).unwrap_or_default(), &mut words),
        response => written_in(response, &mut words),
    }
    words.join(", ")
}

fn written_in(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(word) if !word.trim().is_empty() && words.len() < MOST_WRITTEN.0 => {
            words.push(word.trim().chars().take(MOST_WRITTEN.1).collect());
        }
        Value::Array(items) => items.iter().for_each(|item| written_in(item, words)),
        // The token is ours, and says nothing.
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "flow_token").for_each(|(_, field)| written_in(field, words));
        }
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(message: &Value) -> (String, u32) {
        let Said { words, files } = read(message);
        (words, files)
    }

    #[test]
    fn a_form_that_was_filled_in_is_read_by_what_was_written_there() {
        let form = |response: Value| {
            let reply = json!({ "name": "flow", "body": "Sent", "response_json": response });
            said(&json!({ "type": "interactive", "interactive": { "type": "nfm_reply", "nfm_reply": reply } })).0
        };
        let written = r#"{"flow_token":"f-1","a":"STOPP","b":{"c":[" Anna ",true,7,""]}}"#;
        assert_eq!(form(written.into()), "STOPP, Anna");
        assert_eq!(form(serde_json::from_str(written).unwrap()), "STOPP, Anna", "also where it is no text");
        for nothing in ["", "{", "{}", "7", r#"{"flow_token":"f-1"}"#] {
            assert_eq!(form(nothing.into()), "Sent", "{nothing}");
        }
        let endless = json!({ "a": vec!["x".repeat(2_000); 100] }).to_string();
        assert!(form(endless.into()).len() < 50_000);
    }

    #[test]
    fn every_kind_of_message_has_its_words() {
        for (message, words, files) in [
            (json!({ "type": "text", "text": { "body": "STOPP" } }), "STOPP", 0),
            (json!({ "type": "button", "button": { "text": "Nei takk", "payload": "no" } }), "Nei takk", 0),
            (
                json!({ "type": "interactive", "interactive": { "type": "list_reply", "list_reply": { "title": "Oslo" } } }),
                "Oslo",
                0,
            ),
            (
                json!({ "type": "interactive", "interactive": { "type": "nfm_reply", "nfm_reply": { "body": "Sent" } } }),
                "Sent",
                0,
            ),
            (json!({ "type": "reaction", "reaction": { "emoji": "👍" } }), "👍", 0),
            (json!({ "type": "reaction", "reaction": { "message_id": "x" } }), "", 0),
            (
                json!({ "type": "edit", "edit": { "message": { "type": "text", "text": { "body": "STOPP" } } } }),
                "STOPP",
                0,
            ),
            (json!({ "type": "image", "image": { "caption": "stopp" } }), "stopp", 1),
            (json!({ "type": "sticker", "sticker": { "id": "1" } }), "", 1),
            (json!({ "type": "audio", "audio": { "id": "1", "voice": true } }), "", 1),
            (json!({ "type": "location", "location": { "name": "Lykten", "latitude": 1.0 } }), "Lykten", 0),
            (json!({ "type": "contacts", "contacts": [{}] }), "", 0),
            (json!({ "type": "order", "order": { "text": "takk" } }), "takk", 0),
            (json!({ "type": "unsupported", "errors": [{ "code": 131051 }] }), "", 0),
            (json!({ "type": "hologram", "hologram": { "body": 7 } }), "", 0),
            (json!({}), "", 0),
        ] {
            assert_eq!(said(&message), (words.to_owned(), files), "{message}");
        }
    }
}
