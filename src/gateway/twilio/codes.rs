//! What Twilio's codes mean to us, in answers and in status callbacks alike.
//!
//! Source: the error dictionary at `https://www.twilio.com/docs/api/errors/CODE`, read in 2026; for codes of the 63000
//! series also its page on WhatsApp errors.

use crate::gateway::verdict::Class;

/// The meaning of a code; `Other` when we do not know it.
pub fn class_of(code: u32) -> Class {
    match code {
        // The number: not valid, a landline, inactive, the sender itself, not on WhatsApp.
        21211 | 21266 | 21614 | 21635 | 30005 | 30006 | 63003 | 63024 => Class::BadNumber,
        // The person said no to this sender, or blocked it by hand.
        21610 | 63014 => Class::OptedOut,
        // The secret, the account, the sender, the service, the permissions.
        10001 | 20003 | 20005 | 20404 | 21212 | 21408 | 21601 | 21603 | 21606 | 21607 | 21608 | 21609 | 21659
        | 21660 | 21701 | 21703 | 21704 | 21705 | 30002 | 30024 | 30032 | 30034 | 63007 => Class::Config,
        // This sender does not reach this country; the next number may be fine.
        21612 => Class::Unroutable,
        // The text is too long or missing, the picture cannot be had, the template does not fit.
        21602 | 21617 | 21619 | 21620 | 21623 | 21654 | 12300 | 30011 | 30019 | 63016 | 63021 => Class::Content,
        // The carrier or the handset blocked it.
        30004 => Class::Blocked,
        // Filtered as unwanted; what follows will be filtered too.
        30007 => Class::Filtered,
        // Off, out of reach, roaming.
        30003 => Class::Unreachable,
        // Queues and rates.
        20429 | 21611 | 30001 | 30022 | 63017 | 63018 => Class::Throttled,
        // It waited past its validity, or for a window that never came.
        30036 | 30047 => Class::Expired,
        _ => Class::Other,
    }
}

/// Whether a refusal with this code is documented as not processed and safe to ask again.
pub(super) fn may_ask_again(code: u32) -> bool {
    class_of(code) == Class::Throttled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_to_the_provider_is_a_no_and_a_full_queue_is_not() {
        assert!(class_of(21610).is_a_no() && class_of(63014).is_a_no());
        assert!(may_ask_again(21611) && may_ask_again(20429));
        assert!(!may_ask_again(21610));
    }

    #[test]
    fn a_code_from_next_year_is_other() {
        assert_eq!(class_of(39_999), Class::Other);
        assert_eq!(class_of(0), Class::Other);
    }
}
