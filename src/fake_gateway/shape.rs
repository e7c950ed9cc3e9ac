//! How a provider speaks: what a request asks for, and how an answer is worded. One file a provider.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Accept, elks, twilio, whatsapp};
use crate::gateway::form;

/// A provider whose language the gateway speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Twilio, API 2010-04-01.
    Twilio,
    /// Meta's Cloud API.
    WhatsApp,
    /// 46elks: a form and a short answer in JSON, as most providers that a file describes.
    Elks,
}

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

impl Shape {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Shape::Twilio => "twilio",
            Shape::WhatsApp => "whatsapp",
            Shape::Elks => "46elks",
        }
    }

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

    /// The gateway's id as this provider writes it.
    pub(super) fn id(self, sid: &str) -> String {
        match self {
            Shape::Twilio => format!("SM{sid}"),
            Shape::WhatsApp => format!("wamid.{sid}=="),
            Shape::Elks => format!("s{sid}"),
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
            (Shape::WhatsApp, 401) => 190,
            (Shape::WhatsApp, 429) => 130_429,
            (Shape::WhatsApp, _) => 131_000,
            (_, 401) => 20_003,
            (_, 429) => 20_429,
            _ => 20_500,
        };
        self.refused(status, code)
    }
}

/// A form's fields; what is no text is left out.
pub(super) fn fields(body: &[u8]) -> HashMap<String, String> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let pairs = form::decode(body).unwrap_or_default().into_iter();
    pairs.filter_map(|(name, value)| Some((text(&name)?, text(&value)?))).collect()
}

/// A parameter of an address.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    fields(url.split_once('?')?.1.as_bytes()).remove(name)
}

pub(super) fn has_login(headers: &HeaderMap, user: &str, secret: &str) -> bool {
    is_authorised(headers, &format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
}

pub(super) fn is_authorised(headers: &HeaderMap, login: &str) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|sent| sent.as_bytes() == login.as_bytes())
}

pub(super) fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

pub(super) fn json(code: u16, body: String) -> Response {
    (status(code), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
