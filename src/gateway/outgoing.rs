//! What goes out: to whom, what, and by when.

use crate::domain::channel::Channel;
use crate::domain::private::Private;
pub use crate::domain::template::{Template, Variable};

/// Where a message goes or comes from, as the provider writes it; a phone number is E.164. Never printed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address(Private<String>);

impl Address {
    /// Wraps an address that somebody else has checked.
    pub fn new(address: impl Into<String>) -> Self {
        Self(Private::new(address.into()))
    }

    /// The address itself, for the request and the index.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The random word that goes out with one try and comes back in its webhooks: proof that they are about this try.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token(Private<String>);

impl Token {
    /// Reads a token: 8 to 128 characters that need no escaping in a URL; `None` otherwise.
    pub fn parse(word: &str) -> Option<Self> {
        let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (plain && (8..=128).contains(&word.len())).then(|| Self(Private::new(word.to_owned())))
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// One message to one person, ready to go.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The person's address.
    pub to: Address,
    /// The channel it goes by.
    pub channel: Channel,
    /// The text, as the person reads it.
    pub text: Private<String>,
    /// Where the provider fetches the picture, if there is one.
    pub media_url: Option<String>,
    /// The provider's approved template that says it, where one is asked for; `text` is what the person reads then, too.
    pub template: Option<Template>,
    /// This try's token.
    pub token: Token,
    /// How long the provider may hold the message, in seconds; its own limits still apply.
    pub validity_s: Option<u32>,
    /// The steady time in milliseconds after which no byte may leave us.
    pub deadline_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outgoing_message_prints_nothing_of_the_person() {
        let message = Outgoing {
            to: Address::new("+447700900123"),
            channel: Channel::Sms,
            text: Private::new("Hi Amanda".to_owned()),
            media_url: None,
            template: None,
            token: Token::parse("tok_0123456789").unwrap(),
            validity_s: None,
            deadline_ms: 0,
        };
        let shown = format!("{message:?}");
        for secret in ["7700", "Amanda", "0123456789"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_token_that_would_need_escaping_is_none() {
        for bad in ["", "short", "with space!", "a&b=c0000", "blåbær000", &"x".repeat(129)] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
    }
}
