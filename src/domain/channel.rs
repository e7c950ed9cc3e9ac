//! The ways a message can travel.

use crate::domain::span::DAY_MS;
use crate::words;

/// How long after a person's last message WhatsApp takes texts of our own; later only templates.
pub const WHATSAPP_WINDOW_MS: i64 = DAY_MS;

words! {
    /// A way to reach a person.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Channel {
        /// Short message to a mobile number.
        Sms = "sms",
        /// WhatsApp.
        WhatsApp = "whatsapp",
        /// A call by a person, to any phone.
        Call = "call",
        /// A message that a person writes elsewhere: on a portal, or on the platform of a handle.
        Manual = "manual",
    }

    /// The word in campaign files, the database and JSON.
    pub fn as_str;
    /// Reads the word; `None` for a channel this version does not send on.
    pub fn parse;
}

impl Channel {
    /// Whether a person does it, and no account.
    pub fn is_by_people(self) -> bool {
        matches!(self, Channel::Call | Channel::Manual)
    }
}
