//! Numbers as they were before their country gave everybody longer ones. Nobody can be rung by them any more, but
//! WhatsApp still calls people by them who joined before, and old lists have them.
//!
//! Source: the notices of ANATEL (Brazil, the ninth digit), IFT (Mexico, no 1 behind +52) and ARCEP (Benin, 01 before
//! the old number).

use super::{PhoneNumber, Region, library};

/// The number that a person has today who is called by this one; `None` where no plan has changed so, or the new number
/// is none.
pub(super) fn renewed(e164: &str) -> Option<PhoneNumber> {
    let digits = e164.strip_prefix('+').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let today = match (digits.len(), digits.get(..2)?) {
        (12, "55") if matches!(digits.as_bytes()[4], b'6'..=b'9') => format!("+{}9{}", &digits[..4], &digits[4..]),
        (13, "52") => format!("+52{}", digits.strip_prefix("521")?),
        (11, "22") => format!("+22901{}", digits.strip_prefix("229")?),
        _ => return None,
    };
    library::valid(&today, Region::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_called_by_a_number_of_before_has_the_one_of_today() {
        for (before, today) in [
            ("+551187654321", Some("+5511987654321")),
            ("+5215512345678", Some("+525512345678")),
            ("+22997123456", Some("+2290197123456")),
            ("+551133334444", None),
            ("+5511987654321", None),
            ("+525512345678", None),
            ("+4791234567", None),
            ("+46701740605", None),
            ("+55", None),
            ("551187654321", None),
            ("+ærlig", None),
        ] {
            assert_eq!(renewed(before).as_ref().map(PhoneNumber::expose), today, "{before}");
        }
    }
}
