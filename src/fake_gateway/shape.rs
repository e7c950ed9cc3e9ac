//! The providers as whom the gateway speaks.

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

impl Shape {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Shape::Twilio => "twilio",
            Shape::WhatsApp => "whatsapp",
            Shape::Elks => "46elks",
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
}
