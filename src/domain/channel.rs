//! The ways a message can travel.

use crate::domain::span::DAY_MS;

/// How long after a person's last message WhatsApp takes texts of our own; later only templates.
pub const WHATSAPP_WINDOW_MS: i64 = DAY_MS;

/// A way to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Short message to a mobile number.
    Sms,
    /// WhatsApp.
    WhatsApp,
    /// A call by a person, to any phone.
    Call,
    /// A message that a person writes elsewhere: on a portal, or on the platform of a handle.
    Manual,
}

impl Channel {
    /// The word in campaign files, the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::WhatsApp => "whatsapp",
            Channel::Call => "call",
            Channel::Manual => "manual",
        }
    }

    /// Reads the word; `None` for a channel this version does not send on.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "sms" => Some(Channel::Sms),
            "whatsapp" => Some(Channel::WhatsApp),
            "call" => Some(Channel::Call),
            "manual" => Some(Channel::Manual),
            _ => None,
        }
    }

    /// Whether a person does it, and no account.
    pub fn is_by_people(self) -> bool {
        matches!(self, Channel::Call | Channel::Manual)
    }
}
