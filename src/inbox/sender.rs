//! Who answered, as the ledger knows people: a phone number whenever the provider's word for the sender is one.

use crate::domain::phone::{PhoneNumber, Region};
use crate::domain::private::Private;

/// Digits without a plus may begin with a country's code from this length on,
const WITH_COUNTRY: usize = 10;
/// and be a number of the region from this one on; shorter ones are a service's short code.
const NATIONAL: usize = 7;
/// The way most answers come, which providers leave unsaid.
const SMS: &str = "sms";
/// The ways on which people have a phone number; elsewhere digits are an id of the platform's own.
const NUMBERED: [&str; 5] = [SMS, "mms", "whatsapp", "rcs", "tel"];

/// Somebody who answered.
pub(super) struct Sender {
    /// The number in E.164; else what the provider wrote (a short code, a name, an id on a platform).
    pub address: Private,
    /// How the answer came.
    pub channel: String,
}

impl Sender {
    /// Reads the provider's word. `whatsapp:+46..` is the person with that number: a no on one channel stops all. Some
    /// gateways leave the country out: then it is the organisation's region.
    pub fn read(written: &str, region: Region) -> Self {
        let written = written.trim();
        let (channel, plain) = match written.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest.trim()),
            _ => (SMS.to_owned(), written),
        };
        let number = NUMBERED.contains(&channel.as_str()).then(|| e164(plain, region)).flatten();
        let address = number.unwrap_or_else(|| written.to_owned());
        Self { address: Private::new(address), channel }
    }
}

fn is_scheme(word: &str) -> bool {
    (1..=20).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The number as lists are read, so that both are one person; a number that no plan knows stays as it is.
fn e164(plain: &str, region: Region) -> Option<String> {
    let spaced = |c: &char| !matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')');
    let written: String = plain.chars().filter(spaced).collect();
    let abroad = written.strip_prefix('+').or_else(|| written.strip_prefix("00"));
    let digits = abroad.unwrap_or(&written);
    let whole = format!("+{digits}");
    let dialled = PhoneNumber::dialled(&whole, region)?;
    let national = || (digits.len() >= NATIONAL).then(|| PhoneNumber::parse(digits, region).ok()).flatten();
    let number = match abroad {
        Some(_) => dialled,
        None if digits.starts_with('0') || digits.len() < WITH_COUNTRY => national()?,
        None => PhoneNumber::of_today(&whole, region).or_else(national).unwrap_or(dialled),
    };
    Some(number.expose().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> (String, String) {
        read_in("SE", written)
    }

    fn read_in(region: &str, written: &str) -> (String, String) {
        let sender = Sender::read(written, Region::parse(region).unwrap());
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
            ("mms:+46701740605", "mms"),
            ("sms:46701740605", "sms"),
            ("tel:+46701740605", "tel"),
            ("0046701740605", "sms"),
            ("+46 70-174 06 05", "sms"),
            ("0701740605", "sms"),
            ("070-174 06 05", "sms"),
            ("whatsapp:070 174 06 05", "whatsapp"),
        ] {
            assert_eq!(read(written), pair("+46701740605", channel), "{written}");
        }
    }

    #[test]
    fn a_number_without_its_country_belongs_to_the_region() {
        assert_eq!(read_in("NO", "91234567").0, "+4791234567");
        assert_eq!(read_in("US", "6505551212").0, "+16505551212");
        assert_eq!(read_in("US", "4791234567").0, "+4791234567", "most gateways write the country without a plus");
        assert_eq!(read_in("NO", "0701740605").0, "0701740605", "no number of that region");
    }

    #[test]
    fn who_is_called_by_a_number_of_before_is_the_person_of_today() {
        assert_eq!(read("whatsapp:+551187654321"), pair("+5511987654321", "whatsapp"));
        assert_eq!(read("5215512345678").0, "+525512345678");
    }

    #[test]
    fn a_number_that_no_plan_knows_is_still_a_number() {
        assert_eq!(read("+999123"), pair("+999123", "sms"));
        assert_eq!(read("447700900123"), pair("+447700900123", "sms"));
    }

    #[test]
    fn digits_of_another_platform_are_nobodys_phone() {
        for (written, channel) in [
            ("messenger:42424242", "messenger"),
            ("Messenger:46701740605", "messenger"),
            ("instagram:17841400000000000", "instagram"),
            ("instagram:46701740605", "instagram"),
            ("viber:+46701740605", "viber"),
        ] {
            assert_eq!(read_in("NO", written), pair(written, channel), "{written}");
        }
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
