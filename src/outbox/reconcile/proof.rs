//! What a list proves of a message in doubt: that it went out, that it is not there, or nothing. Pure; knows no database.

use jiff::{SignedDuration, Timestamp};

use crate::gateway::listing::{Listed, Way, is_same_text};

/// A message that was taken later than this after its try is not expected any more; absence proves something only then.
pub(super) const HORIZON: SignedDuration = SignedDuration::from_mins(15);
/// The provider's clock and ours differ by less.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// What is listed from this long before a try on may be it even so: a wrong zone must not make a message absent.
pub(super) const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// A message that is looked for.
pub(super) struct Sought<'a> {
    /// To whom it went.
    pub to: &'a str,
    /// Its text.
    pub text: &'a str,
    /// When its first try began.
    pub first_at: Timestamp,
    /// When its last try began.
    pub last_at: Timestamp,
}

/// What a complete list shows of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    /// Exactly one that matches sender, number, text and time, and belongs to no other try.
    Ours(&'a Listed),
    /// No message to this person that could be it and is not known to be another.
    Nothing,
    /// Something to this person that may or may not be it: no proof either way.
    Unclear,
}

/// Judges a complete list. `is_taken`: whether a message on it is known to belong to a try.
pub(super) fn judge<'a>(sought: &Sought<'_>, list: &'a [Listed], is_taken: impl Fn(&Listed) -> bool) -> Shown<'a> {
    let untaken = |listed: &&Listed| listed.way == Way::Out && listed.to.expose() == sought.to && !is_taken(listed);
    let is_same = |listed: &Listed| is_same_text(listed.text.expose(), sought.text);
    let (from, until) = (sought.first_at - SKEW, sought.last_at + HORIZON + SKEW);
    let fits = |listed: &&Listed| {
        listed.ours && listed.created_at.is_some_and(|at| (from..=until).contains(&at)) && is_same(listed)
    };
    let may_be = |listed: &Listed| is_same(listed) || listed.created_at.is_none_or(|at| at >= sought.first_at - NEAR);
    let mut fitting = list.iter().filter(untaken).filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Shown::Ours(one),
        (None, _) if !list.iter().filter(untaken).any(may_be) => Shown::Nothing,
        _ => Shown::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::ReceiptStatus;
    use crate::domain::private::Private;
    use crate::gateway::{Address, ProviderId};

    const TO: &str = "+447700900123";

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn listed(id: &str, minute: i64) -> Listed {
        Listed {
            provider_id: ProviderId::parse(id).unwrap(),
            way: Way::Out,
            ours: true,
            from: Address::new("+447700900999"),
            to: Address::new(TO),
            text: Private::new("Hei - vi er her".to_owned()),
            media: 0,
            created_at: Some(at(minute)),
            status: ReceiptStatus::Sent,
            code: None,
            class: None,
        }
    }

    fn shown(list: &[Listed]) -> Shown<'_> {
        let sought = Sought { to: TO, text: "Hei \u{2013} vi er her", first_at: at(0), last_at: at(3) };
        judge(&sought, list, |listed| listed.provider_id.as_str() == "SMtaken")
    }

    #[test]
    fn exactly_one_that_matches_everything_is_ours() {
        for minute in [-4, 0, 10, 23] {
            let list = [listed("SM1", minute), listed("SMtaken", 0), listed("SMold", -6)];
            assert_eq!(shown(&list), Shown::Ours(&list[0]), "{minute}");
        }
    }

    #[test]
    fn two_that_could_be_ours_prove_nothing() {
        assert_eq!(shown(&[listed("SM1", 0), listed("SM2", 1)]), Shown::Unclear);
    }

    #[test]
    fn one_that_differs_in_anything_is_no_proof_and_no_absence() {
        let one = || listed("SM1", 1);
        for other in [
            Listed { ours: false, ..one() },
            Listed { text: Private::new("Time i morgen".to_owned()), ..one() },
            Listed { text: Private::new(String::new()), ..one() },
            Listed { created_at: None, ..one() },
            listed("SM1", 24),
        ] {
            assert_eq!(shown(std::slice::from_ref(&other)), Shown::Unclear, "{other:?}");
            let list = [other, listed("SM2", 1)];
            assert_eq!(shown(&list), Shown::Ours(&list[1]), "another system's message beside ours");
        }
    }

    #[test]
    fn one_of_another_time_that_could_be_ours_even_so_is_no_absence() {
        for minute in [-6, -60, 120, 7 * 24 * 60, -40 * 24 * 60] {
            assert_eq!(shown(&[listed("SM1", minute)]), Shown::Unclear, "the same text at {minute}");
        }
        let other = |minute| Listed { text: Private::new("Time i morgen".to_owned()), ..listed("SM1", minute) };
        for minute in [-23 * 60, -60, 60, 23 * 60] {
            assert_eq!(shown(&[other(minute)]), Shown::Unclear, "another text at {minute}");
        }
        assert_eq!(shown(&[other(-25 * 60)]), Shown::Nothing, "another text of another day");
    }

    #[test]
    fn what_is_taken_older_inbound_or_anothers_is_nothing() {
        let inbound = Listed { way: Way::In, ..listed("SM1", 1) };
        let another = Listed { to: Address::new("+447700900124"), ..listed("SM2", 1) };
        let old = Listed { text: Private::new("I fjor".to_owned()), ..listed("SM3", -2 * 24 * 60) };
        assert_eq!(shown(&[inbound, another, listed("SMtaken", 1), old]), Shown::Nothing);
        assert_eq!(shown(&[]), Shown::Nothing);
    }
}
