//! How a provider speaks: what a request asks for, and how an answer is worded. One file a provider.

use axum::http::HeaderMap;
use axum::response::Response;

use super::message::{Accept, Asked};
use super::shape::Shape;
use super::{elks, twilio, whatsapp};

impl Shape {
    /// Whether a request is our one account's.
    pub(super) fn knows(self, headers: &HeaderMap, account: &str) -> bool {
        match self {
            Shape::Twilio => twilio::knows(headers, account),
            Shape::WhatsApp => whatsapp::knows(headers),
            Shape::Elks => elks::knows(headers),
        }
    }

    /// What a request asks for, or the code of what is wrong with it.
    pub(super) fn read(self, account: &str, body: &[u8]) -> Result<Asked, u32> {
        match self {
            Shape::Twilio => twilio::read(body),
            Shape::WhatsApp => whatsapp::read(account, body),
            Shape::Elks => elks::read(body),
        }
    }

    /// "It is taken."
    pub(super) fn taken(self, accept: &Accept) -> Response {
        match self {
            Shape::Twilio => twilio::taken(accept),
            Shape::WhatsApp => whatsapp::taken(accept),
            Shape::Elks => elks::taken(accept),
        }
    }

    /// "It is not", with a code of the provider's.
    pub(super) fn refused(self, status: u16, code: u32) -> Response {
        match self {
            Shape::Twilio => twilio::refused(status, code),
            Shape::WhatsApp => whatsapp::refused(status, code),
            Shape::Elks => elks::refused(status, code),
        }
    }

    /// "Whose are you?", "not so fast" and "we are broken".
    pub(super) fn refused_as(self, status: u16) -> Response {
        let code = match (self, status) {
            (Shape::WhatsApp, 401) => whatsapp::NO_TOKEN,
            (Shape::WhatsApp, 429) => 130_429,
            (Shape::WhatsApp, _) => 131_000,
            (_, 401) => 20_003,
            (_, 429) => 20_429,
            _ => 20_500,
        };
        self.refused(status, code)
    }
}
