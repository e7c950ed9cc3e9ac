//! Phone numbers: what a person wrote, understood as E.164. The only module that knows the phone number library.
//!
//! Google's matcher finds candidates in free text, and this module adds what lists need: odd characters made plain, dates
//! and prices left out, letters that look like digits offered and never guessed. Must not know lists or channels.

mod amount;
mod clean;
mod dialled;
mod find;
mod library;
mod look_alike;
mod problem;
mod renewed;
mod run;
mod spreadsheet;

pub use find::{FEWEST_DIGITS, Found, find_numbers};
pub use library::Region;
pub use problem::{Problem, ProblemCode};
use renewed::renewed;

use crate::domain::private::Private;

/// A phone number in E.164, as `+` and digits; valid, but for those that [`PhoneNumber::dialled`] and
/// [`PhoneNumber::parse_unknown`] take as they stand. Its `Debug` shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(Private<String>);

/// What a number is used for, as far as the numbering plan tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// A mobile phone.
    Mobile,
    /// A landline.
    Fixed,
    /// The country's plan does not tell mobile from landline.
    FixedOrMobile,
    /// Toll-free, premium, service numbers and the like.
    Other,
}

impl PhoneKind {
    /// Whether an SMS can be expected to arrive.
    pub fn takes_sms(self) -> bool {
        matches!(self, PhoneKind::Mobile | PhoneKind::FixedOrMobile)
    }

    /// Whether a person can be called there: not at a service that costs extra, or a short number.
    pub fn takes_calls(self) -> bool {
        self != PhoneKind::Other
    }
}

impl PhoneNumber {
    /// Reads the one number in a text; none, several or a doubtful one is a [`Problem`].
    pub fn parse(text: &str, region: Region) -> Result<Self, Problem> {
        let Found { mut numbers, problem } = find_numbers(text, region);
        match (problem, numbers.pop()) {
            (None, Some(number)) if numbers.is_empty() => Ok(number),
            (None, _) => Err(Problem { code: ProblemCode::Several, suggestion: None }),
            (Some(problem), _) => Err(problem),
        }
    }

    /// Takes back a number that this type gave out before, for example from the database; it is not checked again, because
    /// numbering plans change and a person who said no must still be found.
    pub fn restore(e164: String) -> Self {
        Self(Private::new(e164))
    }

    /// The number itself, `+` and digits. Each call is a place to look at in a review.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What the number is used for.
    pub fn kind(&self) -> PhoneKind {
        library::kind(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norway() -> Region {
        Region::parse("NO").expect("a region")
    }

    #[test]
    fn a_number_does_not_print() {
        let number = PhoneNumber::parse("+46 70 174 06 05", norway()).expect("valid");
        assert_eq!(number.expose(), "+46701740605");
        assert_eq!(format!("{number:?}"), "PhoneNumber((private))");
    }

    #[test]
    fn an_address_is_exactly_one_number() {
        let several = PhoneNumber::parse("070-1740605 / 070-1740606", Region::parse("SE").expect("a region"));
        assert_eq!(several.map_err(|problem| problem.code), Err(ProblemCode::Several));
        assert_eq!(PhoneNumber::parse(" ", norway()).map_err(|problem| problem.code), Err(ProblemCode::Empty));
    }

    #[test]
    fn the_kind_says_whether_an_sms_arrives() {
        let kind = |e164: &str| PhoneNumber::restore(e164.to_owned()).kind();
        assert_eq!(kind("+46701740605"), PhoneKind::Mobile);
        assert_eq!(kind("+4722824600"), PhoneKind::Fixed);
        assert!(kind("+4520123456").takes_sms());
        assert!(!kind("+4780012345").takes_sms() && !kind("+4780012345").takes_calls());
        assert!(kind("+4722824600").takes_calls());
        assert_eq!(kind("nonsense"), PhoneKind::Other);
    }
}
