//! Finds every phone number in a list cell, and says what is wrong when there is none.
//!
//! The matcher's answer stands, but for dates and prices. What it leaves is looked at once more: signs it does not know,
//! two numbers with only a space between. Whatever needs a guess is a suggestion, never a number.

use std::ops::Range;

use super::amount::{Amount, amount, without_dates};
use super::clean::clean;
use super::library::{self, Region};
use super::run::{Run, runs};
use super::{PhoneNumber, Problem, ProblemCode, look_alike, renewed, spreadsheet};

/// A cell longer than this, in bytes, is a broken file and no phone number.
const LONGEST_CELL: usize = 10_000;
/// A run with fewer digits is no number, unless the country is given.
pub const FEWEST_DIGITS: usize = 7;
/// The longest number there is, with a plus and two zeros for abroad.
const MOST_DIGITS: usize = 18;
/// Runs with more groups are not taken apart.
const MOST_GROUPS: usize = 24;
/// Fewer digits than this are worth no word at all.
const FEWEST_SHORT_DIGITS: usize = 5;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Every valid number, landlines too, in the order of the cell and each once.
    pub numbers: Vec<PhoneNumber>,
    /// What a person should look at.
    pub problem: Option<Problem>,
}

/// Reads the numbers of one list cell; those without a country code belong to the region.
pub fn find_numbers(cell: &str, region: Region) -> Found {
    if cell.len() > LONGEST_CELL {
        return nothing(ProblemCode::TooLong, None);
    }
    let text = clean(cell);
    if text.trim().is_empty() {
        return nothing(ProblemCode::Empty, None);
    }
    if let Some(figure) = spreadsheet::figure(&text) {
        let suggestion = figure.digits.and_then(|digits| library::valid(&digits, region));
        return nothing(ProblemCode::SpreadsheetNumber, suggestion);
    }
    let text = without_dates(&text);
    let mut reading = Reading::default();
    reading.first_look(&text, region);
    reading.second_look(&text, region);
    reading.look_for_letters(&text, region);
    reading.finish(&text)
}

/// The number of today, where a cell is one of before its country's numbers grew.
fn of_today(text: &str) -> Option<PhoneNumber> {
    let plain = |c: &char| !(c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')'));
    let written: String = text.chars().filter(plain).collect();
    match written.strip_prefix("00") {
        Some(abroad) => renewed(&format!("+{abroad}")),
        None => renewed(&written),
    }
}

fn nothing(code: ProblemCode, suggestion: Option<PhoneNumber>) -> Found {
    Found { numbers: Vec::new(), problem: Some(Problem { code, suggestion }) }
}

/// What has been understood of a cell so far.
#[derive(Default)]
struct Reading {
    numbers: Vec<(Range<usize>, PhoneNumber)>,
    /// Dates and times, which nothing else may use,
    times: Vec<Range<usize>>,
    /// and digits that were understood as no number of anybody.
    others: Vec<Range<usize>>,
    look_alike: Option<PhoneNumber>,
    unsure: Option<PhoneNumber>,
    /// Round sums that would be a valid number.
    price: Option<PhoneNumber>,
    not_valid: bool,
}

impl Reading {
    /// Takes what the matcher finds, but for dates, times and prices.
    fn first_look(&mut self, text: &str, region: Region) {
        for hit in library::matches(text, region) {
            let run = runs(&text[hit.range.clone()], &[]).next();
            match run.as_ref().and_then(amount) {
                Some(Amount::Time) => self.times.push(hit.range),
                Some(Amount::Price) => self.price = self.price.take().or(Some(hit.number)),
                None if hit.short && !stands_alone(&hit.range, text) => {}
                None if self.follows_code(&hit, text, region) => {
                    self.not_valid = true;
                    self.others.push(hit.range);
                }
                None if is_in_link(&hit.range, text) => {
                    self.unsure = self.unsure.take().or(Some(hit.number));
                    self.others.push(hit.range);
                }
                None => self.numbers.push((hit.range, hit.number)),
            }
        }
    }

    /// Whether another country's code stands before it: `+66 90000000` is no number of the region, but a wrong one.
    /// Not so where code and number are one number, as in `+47 (0) 91234567`.
    fn follows_code(&self, found: &library::Hit, text: &str, region: Region) -> bool {
        let hit = &found.range;
        let before = text.get(..hit.start).unwrap_or_default();
        let is_between = |c: char| c.is_ascii_digit() || " ()-./".contains(c);
        let code = &before[before.trim_end_matches(is_between).len()..];
        let (start, written) = (hit.start - code.len(), text.get(hit.clone()).unwrap_or_default());
        let is_code = before[..start].ends_with('+') || code.trim_start_matches([' ', '(']).starts_with("00");
        let is_free = self.numbers.iter().all(|(taken, _)| taken.end <= start || hit.start <= taken.start);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let code = digits(&code.replacen("(0)", "", 1));
        let whole = format!("+{}{}", code.trim_start_matches("00"), digits(written));
        let is_short = (1..FEWEST_DIGITS).contains(&code.len()) && !written.starts_with('+');
        is_code && is_free && is_short && library::valid(&whole, region).is_none_or(|number| number != found.number)
    }

    /// Looks at the digits that the matcher left.
    fn second_look(&mut self, text: &str, region: Region) {
        let numbers = self.numbers.iter().map(|(range, _)| range.clone());
        let taken: Vec<_> = numbers.chain(self.times.clone()).chain(self.others.clone()).collect();
        for run in runs(text, &taken) {
            let alone = taken.is_empty();
            match amount(&run) {
                None if run.digit_count() >= FEWEST_SHORT_DIGITS => {}
                Some(Amount::Time) => {
                    self.times.push(run.range());
                    continue;
                }
                _ => continue,
            }
            if let Some(numbers) = certain(&run, region) {
                self.numbers.extend(numbers.into_iter().map(|number| (run.range(), number)));
                continue;
            }
            // Beside a number that was understood, only what looks like one more person is worth a question.
            let worth_asking = |number: &PhoneNumber| alone || run.plus || number.kind().takes_sms();
            if alone || run.plus || run.glued || run.digit_count() > FEWEST_DIGITS {
                match likely(&run, region).filter(worth_asking) {
                    Some(number) => self.unsure = self.unsure.take().or(Some(number)),
                    None => self.not_valid |= alone || run.plus,
                }
            }
        }
    }

    /// Looks for numbers in which letters stand for digits.
    fn look_for_letters(&mut self, text: &str, region: Region) {
        let mut from = 0;
        let mut ends: Vec<Range<usize>> = self.numbers.iter().map(|(range, _)| range.clone()).collect();
        ends.sort_unstable_by_key(|range| range.start);
        ends.push(text.len()..text.len());
        for range in ends {
            let between = text.get(from..range.start).unwrap_or_default();
            from = from.max(range.end);
            for piece in between.split([',', ';', '\n']) {
                let corrected = look_alike::with_digits(piece);
                let hit = corrected.and_then(|corrected| library::matches(&corrected, region).into_iter().next());
                if let Some(hit) = hit.filter(|hit| !hit.short) {
                    self.look_alike = self.look_alike.take().or(Some(hit.number));
                }
            }
        }
    }

    fn finish(mut self, text: &str) -> Found {
        self.numbers.sort_by_key(|(range, _)| range.start);
        let mut numbers: Vec<PhoneNumber> = Vec::new();
        for (_, number) in self.numbers {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let digits_alone = text.bytes().filter(u8::is_ascii_digit).count() > 2 && !text.contains(char::is_alphabetic);
        let not_valid = self.not_valid || numbers.is_empty() && self.times.is_empty() && digits_alone;
        let unsure = self.unsure.or(if numbers.is_empty() { self.price } else { None });
        let (code, suggestion) = match (self.look_alike, unsure) {
            (Some(number), _) => (ProblemCode::LooksLike, Some(number)),
            (None, Some(number)) if !numbers.contains(&number) => (ProblemCode::Unsure, Some(number)),
            _ if not_valid => (ProblemCode::NotValid, if numbers.is_empty() { of_today(text) } else { None }),
            _ if numbers.is_empty() => (ProblemCode::NoNumber, None),
            _ => return Found { numbers, problem: None },
        };
        Found { numbers, problem: Some(Problem { code, suggestion }) }
    }
}

/// Whether a hit stands in an address of a page or of mail, where digits are mostly something else.
fn is_in_link(hit: &Range<usize>, text: &str) -> bool {
    let before = text.get(..hit.start).unwrap_or_default();
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = text.get(start..).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default().to_lowercase();
    let calls = ["tel:", "sms:", "callto:"].iter().any(|scheme| word.starts_with(scheme));
    // `91234567@example.org` is a number all the same; in `maria.90000000@example.org` it is a year, or anything.
    let mail = word.contains('@') && start < hit.start;
    let links = mail || ["://", "www."].iter().any(|sign| word.contains(sign));
    links && !calls && !before.ends_with('+') && !text.get(hit.clone()).is_some_and(|hit| hit.starts_with('+'))
}

/// Whether a hit is all the digits there are in its place, and not a piece of something longer.
fn stands_alone(hit: &Range<usize>, text: &str) -> bool {
    runs(text, &[]).any(|run| run.len() == 1 && hit.start <= run.range().start && run.range().end <= hit.end)
}

/// The numbers of a run that can be read in one way only.
fn certain(run: &Run, region: Region) -> Option<Vec<PhoneNumber>> {
    if run.glued || run.digit_count() < FEWEST_DIGITS {
        return None;
    }
    if run.has_one_sign()
        && let Some(number) = library::valid(&run.digits(0..run.len()), region)
    {
        return Some(vec![number]);
    }
    // `+47 (0) 912 ..`: a national prefix where the country has none.
    if run.written().contains("(0)") && (run.plus || run.written().starts_with("00")) {
        let digits: String = run.written().replacen("(0)", "", 1).chars().filter(char::is_ascii_digit).collect();
        if let Some(number) = library::valid(&format!("+{}", digits.trim_start_matches("00")), region) {
            return Some(vec![number]);
        }
    }
    apart(run, region).or_else(|| divided(run, region))
}

/// The numbers among things that signs keep apart, when all the others are ages, prices or the like.
fn apart(run: &Run, region: Region) -> Option<Vec<PhoneNumber>> {
    let mut numbers = Vec::new();
    for thing in run.things() {
        let part = run.part(thing.clone());
        match is_number(run, thing, region) {
            Some(number) => numbers.push(number),
            None if amount(&part).is_some() => {}
            None if part.digit_count() < FEWEST_SHORT_DIGITS && !part.plus && !part.written().starts_with('0') => {}
            None => return None,
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// Several numbers with only spaces between them, when every group belongs to one and there is one way to divide them.
fn divided(run: &Run, region: Region) -> Option<Vec<PhoneNumber>> {
    let is_card = run.len() > 3 && run.groups().all(|group| group.len() == 4);
    if is_card || run.len() < 2 || run.len() > MOST_GROUPS {
        return None;
    }
    // For each end: in how many ways the groups before it can be divided, and where the last number of one way begins.
    let mut ways: Vec<(usize, usize)> = vec![(1, 0)];
    for end in 1..=run.len() {
        let mut here = (0, 0);
        for start in (0..end).rev() {
            let before = ways.get(start).map_or(0, |way| way.0);
            if before > 0 && is_number(run, start..end, region).is_some() {
                here = (here.0 + before, start);
            }
        }
        ways.push(here);
    }
    let mut numbers = Vec::new();
    let mut end = run.len();
    while end > 0 {
        let &(count, start) = ways.get(end)?;
        if count != 1 {
            return None;
        }
        numbers.insert(0, is_number(run, start..end, region)?);
        end = start;
    }
    (numbers.len() > 1).then_some(numbers)
}

fn is_number(run: &Run, groups: Range<usize>, region: Region) -> Option<PhoneNumber> {
    let digits = run.digits(groups.clone());
    let fits = (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()) && amount(&run.part(groups)).is_none();
    if fits { library::valid(&digits, region) } else { None }
}

/// The number that a run most likely holds; for a person to confirm.
fn likely(run: &Run, region: Region) -> Option<PhoneNumber> {
    let whole = run.digits(0..run.len());
    let digits = whole.trim_start_matches('+');
    if digits.len() > 40 || run.len() > MOST_GROUPS {
        return None;
    }
    let with_country_code = || (digits.len() > 9).then(|| library::valid(&format!("+{digits}"), region)).flatten();
    let without = || library::valid(digits, region);
    let parts = || {
        // A country is given, so that nothing of it is a number of the region.
        if run.plus || whole.starts_with("00") {
            return None;
        }
        let ends = (0..run.len()).flat_map(|start| (start + 1..=run.len()).map(move |end| start..end));
        let mut parts: Vec<_> = ends.filter_map(|groups| is_number(run, groups, region)).collect();
        let mobile = parts.iter().position(|number| number.kind().takes_sms()).unwrap_or(0);
        (!parts.is_empty()).then(|| parts.swap_remove(mobile))
    };
    library::valid(&whole, region).or_else(with_country_code).or_else(without).or_else(parts)
}

#[cfg(test)]
mod tests;
