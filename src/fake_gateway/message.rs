//! A message: as a request asks for it, as the gateway took it, as its list has it.

use std::collections::HashMap;

use serde_json::json;

use super::shape::Shape;

/// What a request asks for.
#[derive(Default)]
pub(super) struct Asked {
    pub to: String,
    pub from: String,
    pub body: String,
    pub token: Option<String>,
    pub callback: Option<String>,
    pub fields: HashMap<String, String>,
}

/// One message that the gateway took.
#[derive(Clone, Debug)]
pub struct Accept {
    /// As which provider.
    pub shape: Shape,
    /// To whom.
    pub to: String,
    /// From what number, name or messaging service.
    pub from: String,
    /// The text.
    pub body: String,
    /// The gateway's id for it.
    pub sid: String,
    /// The caller's token for this try.
    pub token: Option<String>,
    /// The status callback as given.
    pub status_callback: Option<String>,
    /// Every field of the form; of a JSON document `document` and `kind`.
    pub fields: HashMap<String, String>,
    /// When the head of its request was here, in unix milliseconds.
    pub came_ms: i64,
    /// When it was accepted, in unix milliseconds.
    pub at_ms: i64,
}

impl Accept {
    /// A line of the log.
    pub(super) fn line(&self) -> String {
        let Accept { shape, to, from, body, sid, came_ms, at_ms, .. } = self;
        json!({ "at": at_ms, "came": came_ms, "as": shape.as_str(), "to": to, "from": from, "text": body, "id": sid })
            .to_string()
    }
}

/// A message that no request of the daemon made.
#[derive(Clone)]
pub(super) struct Other {
    pub(super) shape: Shape,
    pub(super) incoming: bool,
    pub(super) sid: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) body: String,
    pub(super) at_ms: i64,
}

/// A message as the list has it.
pub(super) struct Entry {
    pub incoming: bool,
    pub sid: String,
    pub from: String,
    pub to: String,
    pub body: String,
    pub at_ms: i64,
    pub status: &'static str,
    pub code: Option<u32>,
}
