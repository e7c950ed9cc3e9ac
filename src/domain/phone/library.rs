//! The door to the phone number library: parse, check, find candidates. Nothing else in the house calls it.
//!
//! The library writes what it reads to the `log` crate at trace level, so no bridge from `log` may ever be installed.

use std::ops::Range;

use rlibphonenumber::phonenumber_matcher::{Leniency, PHONE_MATCHER_FACTORY};
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber as Parsed, PhoneNumberFormat, PhoneNumberType};

use super::{PhoneKind, PhoneNumber};

/// The country whose numbers may be written without a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region(rlibphonenumber::Region);

impl Region {
    /// Reads an ISO 3166 code (`NO`, `se`); `None` when no numbering plan is known for it.
    pub fn parse(code: &str) -> Option<Self> {
        let region = rlibphonenumber::Region::from_code(code.trim()).ok()?;
        PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| Self(region))
    }
}

impl Default for Region {
    /// Norway, as in the settings.
    fn default() -> Self {
        Self(rlibphonenumber::Region::NO)
    }
}

/// A number and where in the text it stands.
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) number: PhoneNumber,
    /// A number so short that only its own country dials it, such as a Norwegian 02800.
    pub(super) short: bool,
}

/// What Google's matcher finds at the leniency VALID. It makes as many tries as the text asks for, because counting them
/// down panics in the library when they run out; the length of the text is bounded by the caller.
pub(super) fn matches(text: &str, region: Region) -> Vec<Hit> {
    PHONE_MATCHER_FACTORY
        .matcher_builder(text)
        .leniency(Leniency::Valid)
        .preferred_region(region.0)
        .build()
        .filter(|found| is_written_in_digits(found.raw_string, found.number.national_number))
        .map(|found| Hit {
            range: found.start..found.end(),
            short: found.number.national_number < 1_000_000,
            number: number(&found.number),
        })
        .collect()
}

/// Whether no digit was made from a letter: the library dials `107 ext` as 107 398 when it takes no extension there.
fn is_written_in_digits(written: &str, national: u64) -> bool {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    !written.contains(char::is_alphabetic) || digits.contains(&national.to_string())
}

/// Reads digits, with or without a plus; `None` unless they are a valid number.
pub(super) fn valid(digits: &str, region: Region) -> Option<PhoneNumber> {
    let parsed = PHONE_NUMBER_UTIL.parse(digits, Some(region.0)).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&parsed).then(|| number(&parsed))
}

/// Reads digits, with or without a plus, that are as long as a number may be there, though the plan may not know it.
pub(super) fn possible(digits: &str, region: Region) -> Option<PhoneNumber> {
    let parsed = PHONE_NUMBER_UTIL.parse(digits, Some(region.0)).ok()?;
    // Not one that is dialled only within a town.
    let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&parsed);
    matches!(length, Ok(NumberLengthType::IsPossible)).then(|| number(&parsed))
}

/// What the numbering plan says of an E.164 number.
pub(super) fn kind(e164: &str) -> PhoneKind {
    match PHONE_NUMBER_UTIL.parse(e164, None).map(|parsed| PHONE_NUMBER_UTIL.get_number_type(&parsed)) {
        Ok(PhoneNumberType::Mobile) => PhoneKind::Mobile,
        Ok(PhoneNumberType::FixedLine) => PhoneKind::Fixed,
        Ok(PhoneNumberType::FixedLineOrMobile) => PhoneKind::FixedOrMobile,
        _ => PhoneKind::Other,
    }
}

fn number(parsed: &Parsed) -> PhoneNumber {
    PhoneNumber::restore(PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::E164).into_owned())
}
