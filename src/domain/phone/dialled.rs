//! Numbers that no plan knows: plans change, and a no counts for every number that can be dialled.

use super::amount::without_dates;
use super::clean::clean;
use super::library::{self, Region};
use super::run::{Run, runs};
use super::{FEWEST_DIGITS, PhoneNumber, renewed};

/// The most digits that E.164 allows.
const MOST: usize = 15;

impl PhoneNumber {
    /// The number of today behind `+` and digits; `None` where no plan knows it.
    pub fn of_today(e164: &str, region: Region) -> Option<Self> {
        Self::parse(e164, region).ok().or_else(|| renewed(e164))
    }

    /// The number behind `+` and as many digits as E.164 allows, as providers write it; one that no plan knows stays as it is.
    pub fn dialled(e164: &str, region: Region) -> Option<Self> {
        let digits = e164.strip_prefix('+')?;
        let fits = (1..=MOST).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self::of_today(e164, region).unwrap_or_else(|| Self::restore(e164.to_owned())))
    }

    /// Whether it has as many digits as numbers of its country may have.
    pub fn is_possible(&self, region: Region) -> bool {
        library::possible(self.expose(), region).as_ref() == Some(self)
    }

    /// Reads the one number in a text in which [`parse`](Self::parse) finds none that is valid.
    ///
    /// # Errors
    /// The number that may be meant, if there is one: its country is not written, or what stands around it may belong to it.
    pub fn parse_unknown(text: &str, region: Region) -> Result<Self, Option<Self>> {
        let text = without_dates(&clean(text));
        let mut found = runs(&text, &[]);
        let (Some(run), None) = (found.next(), found.next()) else { return Err(None) };
        let written = run.written().replacen("(0)", "", 1);
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let abroad = if run.plus { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        let e164 = format!("+{}", abroad.unwrap_or(&digits));
        // No country's code begins with a zero.
        let is_e164 = (FEWEST_DIGITS..=MOST).contains(&(e164.len() - 1)) && !e164.starts_with("+0");
        let possible = if is_e164 { library::possible(&e164, region) } else { None };
        let number = Self::restore(e164);
        match possible {
            _ if abroad.is_none() => {
                let here = if digits.len() >= FEWEST_DIGITS { library::possible(&digits, region) } else { None };
                Err(here.or(possible))
            }
            // A zero behind the country's code is dialled within the country alone.
            Some(other) if other != number => Err(Some(other)),
            Some(_) if is_alone(&run) => Ok(number),
            _ if is_e164 && text.trim() == number.expose() => Ok(number),
            _ => Err(is_e164.then_some(number)),
        }
    }
}

/// Whether all groups are one number's, written as people group it: `+447700900123 (24)` may be somebody's age.
fn is_alone(run: &Run) -> bool {
    let is_group = |gap: &str| matches!(gap, " " | "-" | "." | "\u{2010}" | "\u{2011}" | "\u{2012}" | "\u{2013}");
    let code = run.groups().next().map_or(0, |group| group.trim_start_matches("00").len());
    let is_around_area = |n, gap: &str| n < 2 && code <= 3 && gap.contains(['(', ')']);
    !run.glued && run.gaps().enumerate().all(|(n, gap)| is_group(gap) || is_around_area(n, gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, region: &str) -> Result<String, Option<String>> {
        let written = |number: PhoneNumber| number.expose().to_owned();
        let region = Region::parse(region).expect("a region");
        PhoneNumber::parse_unknown(text, region).map(written).map_err(|may_be| may_be.map(written))
    }

    #[test]
    fn a_number_that_no_plan_knows_is_read_when_its_country_is_written() {
        for written in [
            "+447700900123",
            " ＋４４７７００９００１２３ ",
            "+44 7700 900123",
            "+44 (0)7700 900123",
            "(+44) 7700-900-123",
            "+44 (7700) 900.123",
            "00447700900123",
            "0044 7700 900123",
            "tel:+44-7700-900123",
            "WhatsApp: +44 7700 900123 (Anna)",
            "Anna, 24 år, +44 7700 900123",
        ] {
            assert_eq!(read(written, "NO"), Ok("+447700900123".to_owned()), "{written}");
        }
        assert_eq!(read("+999123456", "NO"), Ok("+999123456".to_owned()), "alone, nothing of it can be misread");
    }

    #[test]
    fn what_may_be_another_number_is_understood_and_not_taken() {
        for (written, region, may_be) in [
            ("07700 900123", "GB", Some("+447700900123")),
            ("30 12 34 56", "NO", Some("+4730123456")),
            ("447700900123", "NO", Some("+447700900123")),
            ("+999 123 456", "NO", Some("+999123456")),
            ("+447700900123 (24)", "NO", Some("+44770090012324")),
            ("+44 7700 900123 24", "NO", Some("+44770090012324")),
            ("+46 123456/78", "NO", Some("+4612345678")),
            ("+46123456x", "NO", Some("+46123456")),
            ("+4407700900123", "NO", Some("+447700900123")),
            ("Anna (24): +447700900123", "NO", None),
            ("+447700900123, +447700900124", "NO", None),
            ("+46123", "NO", None),
            ("+0701740605", "NO", None),
            ("0701740605", "NO", None),
            ("+4477009001231234", "NO", None),
            ("12345", "NO", None),
            ("", "NO", None),
        ] {
            assert_eq!(read(written, region), Err(may_be.map(str::to_owned)), "{written}");
        }
    }

    #[test]
    fn what_a_provider_dials_is_the_number_of_today_or_as_it_stands() {
        let dialled =
            |written: &str| PhoneNumber::dialled(written, Region::default()).map(|number| number.expose().to_owned());
        for (written, number) in [
            ("+46701740605", Some("+46701740605")),
            ("+551187654321", Some("+5511987654321")),
            ("+999123", Some("+999123")),
            ("46701740605", None),
            ("+46 701740605", None),
            ("+", None),
            ("+1234567890123456", None),
        ] {
            assert_eq!(dialled(written).as_deref(), number, "{written}");
        }
    }
}
