//! What Twilio's codes mean to us, in answers and in status callbacks alike.
//!
//! Source: the error dictionary at `https://www.twilio.com/docs/api/errors/CODE`, read in 2026; for codes of the 63000
//! series also its table of the WhatsApp errors behind them. Codes by which Twilio says that a provider or it has
//! trouble of its own (63010, 63012, 63023) say nothing.

use std::time::Duration;

use crate::gateway::verdict::Class;

/// The meaning of a code; `Other` when we do not know it.
pub fn class_of(code: u32) -> Class {
    match code {
        // The number: not valid, a landline, inactive, the sender itself, not on WhatsApp.
        21211 | 21266 | 21614 | 21635 | 30005 | 30006 | 63003 | 63024 => Class::BadNumber,
        // The person said no to this sender, or blocked it by hand.
        21610 | 63014 => Class::OptedOut,
        // The secret, the account, the sender, the service, the permissions; on WhatsApp also the money, the number's
        // certificate, and an account that Meta has closed.
        10001 | 20003 | 20005 | 20404 | 21212 | 21408 | 21601 | 21603 | 21606 | 21607 | 21608 | 21609 | 21659
        | 21660 | 21701 | 21703 | 21704 | 21705 | 30002 | 30024 | 30032 | 30034 | 63007 | 63008 | 63020 | 63022
        | 63112 => Class::Config,
        // This sender does not reach this country; the next number may be fine.
        21612 => Class::Unroutable,
        // The text is too long or missing, the picture cannot be had, the window has closed, a place's value is not taken.
        21602 | 21617 | 21619 | 21620 | 21623 | 21654 | 12300 | 30011 | 30019 | 63013 | 63016 | 63019 | 63021 => {
            Class::Content
        }
        // The template is missing, refused, paused or disabled, or has other places than ours.
        63027 | 63028 | 63040 | 63041 | 63042 => Class::Template,
        // The carrier or the handset blocked it; on WhatsApp among those on whom Meta tries out what happens without.
        30004 | 63032 => Class::Blocked,
        // Filtered as unwanted; what follows will be filtered too.
        30007 => Class::Filtered,
        // Off, out of reach, roaming.
        30003 => Class::Unreachable,
        // Queues and rates.
        20429 | 21611 | 30001 | 30022 | 63017 => Class::Throttled,
        // The person gets too many offers, or we have written first to as many as we may: it is over after a day.
        63018 | 63049 => Class::Capped,
        // It waited past its validity, or for a window that never came.
        30036 | 30047 => Class::Expired,
        _ => Class::Other,
    }
}

/// How long what is capped waits.
pub(super) const CAPPED: Duration = Duration::from_hours(24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_to_the_provider_is_a_no_and_a_full_queue_is_not() {
        assert!(class_of(21610).is_a_no() && class_of(63014).is_a_no());
        assert_eq!((class_of(21611), class_of(20429)), (Class::Throttled, Class::Throttled));
    }

    #[test]
    fn who_is_not_on_whatsapp_was_never_reached_and_who_has_had_enough_waits_a_day() {
        assert!(class_of(63003).never_reached_never_will() && class_of(63024).never_reached_never_will());
        for doubtful in [63010, 63012, 63016, 63018, 63021, 63023, 63032, 63049] {
            assert!(!class_of(doubtful).never_reached_never_will(), "{doubtful}");
        }
        assert_eq!((class_of(63018), class_of(63049)), (Class::Capped, Class::Capped));
    }

    #[test]
    fn a_code_from_next_year_is_other() {
        assert_eq!(class_of(39_999), Class::Other);
        assert_eq!(class_of(0), Class::Other);
    }
}
