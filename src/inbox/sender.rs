//! Who answered, as the ledger knows people: a phone number whenever the provider's word for the sender is one.

use crate::domain::phone::{PhoneNumber, Region};
use crate::domain::private::Private;

/// The longest number that E.164 allows.
const LONGEST: usize = 15;
/// Digits without a plus are a number from this length on; shorter ones are a service's short code.
const WITH_COUNTRY: usize = 10;
/// The way most answers come, which providers leave unsaid.
const SMS: &str = "sms";

/// Somebody who answered.
pub(super) struct Sender {
    /// The number in E.164; else what the provider wrote (a short code, a name, an id on a platform).
    pub address: Private,
    /// How the answer came.
    pub channel: String,
}

impl Sender {
    /// Reads the provider's word. `whatsapp:+46..` is the person with that number: a no on one channel stops all.
    pub fn read(written: &str) -> Self {
        let written = written.trim();
        let (channel, plain) = match written.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest.trim()),
            _ => (SMS.to_owned(), written),
        };
        let address = e164(plain).unwrap_or_else(|| written.to_owned());
        Self { address: Private::new(address), channel }
    }
}

fn is_scheme(word: &str) -> bool {
    (1..=20).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The number as lists are read, so that both are one person; a number that no plan knows stays as it is.
fn e164(plain: &str) -> Option<String> {
    let digits = plain.strip_prefix('+').unwrap_or(plain);
    let shortest = if digits.len() < plain.len() { 1 } else { WITH_COUNTRY };
    if !(shortest..=LONGEST).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = format!("+{digits}");
    // With a plus the region says nothing.
    let read = Region::parse("NO").and_then(|any| PhoneNumber::parse(&number, any).ok());
    Some(read.map_or(number, |read| read.expose().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> (String, String) {
        let sender = Sender::read(written);
        (sender.address.expose().clone(), sender.channel)
    }

    fn pair(address: &str, channel: &str) -> (String, String) {
        (address.to_owned(), channel.to_owned())
    }

    #[test]
    fn one_person_has_one_address_on_every_channel() {
        for (written, channel) in [
            ("+46701740605", "sms"),
            (" +46701740605 ", "sms"),
            ("46701740605", "sms"),
            ("whatsapp:+46701740605", "whatsapp"),
            ("WhatsApp: +46701740605", "whatsapp"),
            ("rcs:+46701740605", "rcs"),
        ] {
            assert_eq!(read(written), pair("+46701740605", channel), "{written}");
        }
    }

    #[test]
    fn a_number_that_no_plan_knows_is_still_a_number() {
        assert_eq!(read("+999123"), pair("+999123", "sms"));
        assert_eq!(read("447700900123"), pair("+447700900123", "sms"));
    }

    #[test]
    fn a_sender_without_a_number_is_kept_as_written() {
        for (written, channel) in [
            ("26112", "sms"),
            ("Lykten", "sms"),
            ("whatsapp:NO.1a2b", "whatsapp"),
            ("messenger:1", "messenger"),
            ("", "sms"),
            ("+", "sms"),
            ("+12345678901234567", "sms"),
            ("a b:c", "sms"),
        ] {
            assert_eq!(read(written), pair(written, channel), "{written}");
        }
    }
}
