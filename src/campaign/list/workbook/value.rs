//! What a number in a sheet means: digits, a day, or a figure from which digits may be lost.

use jiff::civil::date;
use jiff::{SignedDuration, ToSpan};

/// A figure of more digits than this might pass for a phone number.
const MOST_PLAIN_DIGITS: usize = 6;
/// From here on a spreadsheet does not keep every digit.
const FIRST_LOSSY: f64 = 1e15;
/// The first number of the year 2100: what lies beyond is no day in anybody's list, and may be a phone number.
const FIRST_NO_DAY: f64 = 73_051.0;

/// How a cell's number is to be shown, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// As a number.
    #[default]
    Number,
    /// As a day or a time.
    Day,
}

impl Format {
    /// The format of one of the numbers that need no code in the workbook.
    pub(super) fn built_in(id: u32) -> Self {
        if matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58) { Format::Day } else { Format::Number }
    }

    /// The format by its code: letters for days and times that are not quoted, escaped or in brackets for a colour.
    pub(super) fn of_code(code: &str) -> Self {
        let mut signs = code.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '"' => drop(signs.by_ref().find(|&c| c == '"')),
                '\\' | '_' | '*' => drop(signs.next()),
                '[' => {
                    let inside: String = signs.by_ref().take_while(|&c| c != ']').collect();
                    let elapsed = |letter| inside.chars().all(|c| c.eq_ignore_ascii_case(&letter));
                    if !inside.is_empty() && ['h', 'm', 's'].into_iter().any(elapsed) {
                        return Format::Day;
                    }
                }
                'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return Format::Day,
                _ => {}
            }
        }
        Format::Number
    }
}

/// The text of a number cell. Whole numbers are their digits and days are days; anything in which a phone number may be
/// hidden but not whole is written so that it never passes for one.
pub(super) fn text(written: &str, format: Format, from_1904: bool) -> String {
    let Ok(number) = written.trim().parse::<f64>() else { return written.to_owned() };
    if !number.is_finite() {
        return String::new();
    }
    match format {
        Format::Number => figure(number),
        // A number that was not meant as a day: its digits are offered, and not used.
        Format::Day => day(number, from_1904).unwrap_or_else(|| format!("{number:E}")),
    }
}

fn figure(number: f64) -> String {
    let plain = number.to_string();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let whole = number.fract() == 0.0 && number.is_sign_positive() && number < FIRST_LOSSY;
    if whole || digits <= MOST_PLAIN_DIGITS { plain } else { format!("{number:E}") }
}

/// The day and the time of day that a number stands for.
fn day(number: f64, from_1904: bool) -> Option<String> {
    let later = if from_1904 { 1_462.0 } else { 0.0 };
    if !(0.0..FIRST_NO_DAY - later).contains(&number) {
        return None;
    }
    let seconds = SignedDuration::try_from_secs_f64((number.fract() * 86_400.0).round()).ok()?;
    let days = SignedDuration::try_from_secs_f64(number.trunc()).ok()?.as_secs();
    // Both count from the day before their first; the one of 1900 also counts a 29 February that never was.
    let zero = if from_1904 { date(1904, 1, 1) } else { date(1899, 12, if days < 60 { 31 } else { 30 }) };
    let moment = zero.at(0, 0, 0, 0).checked_add(days.days()).ok()?.checked_add(seconds).ok()?;
    Some(match (number < 1.0, number.fract() == 0.0) {
        (true, _) => moment.time().strftime("%H:%M").to_string(),
        (_, true) => moment.date().to_string(),
        _ => moment.strftime("%Y-%m-%d %H:%M").to_string(),
    })
}

/// The text with the characters that a workbook writes as `_x000D_`.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut left = text;
    while let Some((before, after)) = left.split_once("_x") {
        plain.push_str(before);
        let sign = after.get(..4).filter(|_| after[4..].starts_with('_'));
        match sign.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(sign) => {
                plain.push(sign);
                left = &after[5..];
            }
            None => {
                plain.push_str("_x");
                left = after;
            }
        }
    }
    plain.push_str(left);
    plain
}
