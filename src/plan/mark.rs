//! What is known of a target before its letter is written.

use jiff::civil::Date;

use crate::domain::decision::Decision;

/// A decision, and what the letter depends on.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub decision: Decision,
    /// The first day on which it may be approached again.
    pub again_at: Option<Date>,
    /// The contact's language, by its place among the languages.
    pub language: Option<u16>,
    /// Whether the channel is open to the contact.
    pub openness: Openness,
    /// Whether a message of this very campaign waits for it.
    pub waits: bool,
    /// The version of that message, by its place: it stays the same.
    pub variant: Option<u8>,
}

/// Which channels of a campaign are open to somebody; small, because every target has one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Openness {
    /// By which of the routes their account may open a conversation with them: a bit each.
    pub may_open: u8,
    /// Whether they wrote so lately that a text without a template may go by WhatsApp.
    pub in_window: bool,
    /// Which of the routes they asked for, or wrote on last: it comes first.
    pub prefers: Option<u8>,
}
