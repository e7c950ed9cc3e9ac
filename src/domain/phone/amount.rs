//! Dates, times and prices: digits in ads that are no phone numbers, though some would be valid ones.

use std::ops::Range;

use super::run::{Run, runs};

/// Words after a number that make it an age or a measure of a body, in the languages of ads.
const MEASURES: [&str; 18] = [
    "år",
    "aar",
    "år.",
    "years",
    "year",
    "yrs",
    "yo",
    "y.o.",
    "cm",
    "kg",
    "лет",
    "года",
    "років",
    "ans",
    "años",
    "anos",
    "ani",
    "jahre",
];

/// What digits can be besides a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// A date, a time or a span of them.
    Time,
    /// Two or three round sums; a person may still mean a number.
    Price,
}

/// The same text, of the same length, with no digits where dates, opening hours, ages and measures stand as words of their
/// own, so that they are not read on into a number beside them.
pub(super) fn without_dates(text: &str) -> String {
    let words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let speaks = |word: &&&str| word.contains(char::is_alphanumeric);
    let mut without = String::with_capacity(text.len());
    for (index, word) in words.iter().enumerate() {
        let beside_digits =
            is_digit(words[..index].iter().rfind(speaks).and_then(|word| word.trim().chars().next_back()))
                || is_digit(words[index + 1..].iter().find(speaks).and_then(|word| word.chars().next()));
        let next = words.get(index + 1).map(|next| next.trim().trim_end_matches([',', '.', ';']).to_lowercase());
        let is_measure = word.trim().len() <= 3
            && word.trim().bytes().all(|byte| byte.is_ascii_digit())
            && next.is_some_and(|next| MEASURES.contains(&next.as_str()));
        if is_measure || is_time_word(word, beside_digits) {
            without.extend(word.chars().map(|c| if c.is_ascii_digit() { ';' } else { c }));
        } else {
            without.push_str(word);
        }
    }
    without
}

/// Beside other digits only a date with its century is certain: `22.11.20` may be part of a number there.
fn is_time_word(word: &str, beside_digits: bool) -> bool {
    let mut found = runs(word, &[]);
    let (Some(run), None) = (found.next(), found.next()) else { return false };
    let outside = word.len() - run.written().len();
    let has_century = run.len() == 3 && run.groups().any(|group| group.len() == 4);
    outside <= 4 && !run.glued && amount(&run) == Some(Amount::Time) && (!beside_digits || has_century)
}

/// Sees dates, times and prices by how the digits are grouped.
pub(super) fn amount(run: &Run) -> Option<Amount> {
    if run.plus {
        return None;
    }
    let groups: Vec<&str> = run.groups().collect();
    let gaps: Vec<&str> = run.gaps().map(str::trim).collect();
    if is_time(&groups, &gaps) {
        Some(Amount::Time)
    } else if is_price(&groups) {
        Some(Amount::Price)
    } else {
        None
    }
}

fn is_time(groups: &[&str], gaps: &[&str]) -> bool {
    match (groups, gaps) {
        ([a, b, c], [first, second]) => first == second && matches!(*first, "." | "/" | "-") && is_date(a, b, c),
        ([a, b, c, d], [first, between, last]) => {
            first == last && matches!(*first, "." | ":" | "/") && between != first && is_span(between) && {
                let moment = |a, b| is_clock(a, b) || is_day(a, b);
                moment(a, b) && moment(c, d)
            }
        }
        ([a, b], [between]) if a.len() == 4 && b.len() == 4 && is_span(between) => {
            let hour = |text: &str| is_clock(&text[..2], &text[2..]) && matches!(&text[2..], "00" | "15" | "30" | "45");
            let year = |text| within(text, 1900..2100);
            hour(a) && hour(b) || year(a) && year(b)
        }
        _ => false,
    }
}

fn is_date(a: &str, b: &str, c: &str) -> bool {
    let years = |text: &str| text.len() == 2 || text.len() == 4 && within(text, 1900..2100);
    if a.len() == 4 {
        within(a, 1900..2100) && b.len() <= 2 && c.len() <= 2 && is_day(c, b)
    } else {
        is_day(a, b) && years(c)
    }
}

/// A day and a month, in either order.
fn is_day(a: &str, b: &str) -> bool {
    let pair = |day, month| within(day, 1..32) && within(month, 1..13);
    a.len() <= 2 && b.len() <= 2 && (pair(a, b) || pair(b, a))
}

fn is_clock(hour: &str, minute: &str) -> bool {
    hour.len() <= 2 && minute.len() == 2 && within(hour, 0..25) && within(minute, 0..60)
}

fn is_span(gap: &str) -> bool {
    matches!(gap, "-" | "/" | "\u{2010}" | "\u{2011}" | "\u{2012}" | "\u{2013}" | "\u{2014}" | "\u{2015}" | "--")
}

/// Round sums as they stand in ads: `1500/2500`, `2200 3500`.
fn is_price(groups: &[&str]) -> bool {
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    let round = |group: &&str| {
        (3..=5).contains(&group.len()) && !group.starts_with('0') && (group.ends_with("00") || group.ends_with("50"))
    };
    (2..=3).contains(&groups.len()) && digits <= 9 && groups.iter().all(round)
}

fn within(digits: &str, range: Range<u32>) -> bool {
    digits.parse().is_ok_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::super::run::runs;
    use super::*;

    fn seen(text: &str) -> Option<Amount> {
        amount(&runs(text, &[]).next().expect("a run"))
    }

    #[test]
    fn dates_and_times_are_seen() {
        for text in [
            "24.12.2026",
            "22/11/2026",
            "2026-12-24",
            "3.5.22",
            "21.30-23.45",
            "22.00 – 04.00",
            "2100-2300",
            "22.11-31.12",
            "2025/2026",
        ] {
            assert_eq!(seen(text), Some(Amount::Time), "{text}");
        }
    }

    #[test]
    fn dates_and_ages_are_kept_apart_from_numbers() {
        let gone = |text: &str| without_dates(text).replace(';', "");
        assert_eq!(gone("22 98 39 14 24.12.2026, 24 år"), "22 98 39 14 .., \u{20}år");
        assert_eq!(gone("åpent 10.00-22.00 91"), "åpent 10.00-22.00 91");
        assert_eq!(gone("åpent 10.00-22.00"), "åpent .-.");
        assert_eq!(gone("+47 22.11.20 26"), "+47 22.11.20 26");
    }

    #[test]
    fn prices_are_seen() {
        for text in ["1500/2500", "4500 8000", "2200-3500", "500/800/900"] {
            assert_eq!(seen(text), Some(Amount::Price), "{text}");
        }
    }

    #[test]
    fn usual_ways_to_write_a_number_are_neither() {
        for text in [
            "91 23 45 67",
            "912 34 567",
            "22.82.46.00",
            "9123 4567",
            "0800 500 500",
            "91234567",
            "22-11-20-26",
            "+4500 8000",
        ] {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
