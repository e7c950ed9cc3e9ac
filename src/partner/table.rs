//! What one organisation says of everybody it knows, readable only for numbers that it was asked about.
//!
//! A row a number: the first bytes of the function's output, by which it is found, and what is said, under the next ones.
//! Whoever was not given the output of a number can neither find its row nor read it. Rows of chance fill the table up
//! to a power of two, so that only the order of magnitude shows.

use std::collections::HashMap;

use super::oprf::OUTPUT;
use crate::clock;
use crate::domain::partner::{Month, Says};

const TAG: usize = 12;
const SAID: usize = 3;
const ROW: usize = TAG + SAID;
/// A table is never smaller.
const SMALLEST: usize = 1_024;

/// The bytes of a table.
///
/// # Errors
/// When the system has no randomness.
pub fn write(said: impl IntoIterator<Item = ([u8; OUTPUT], Says)>) -> Result<Vec<u8>, getrandom::Error> {
    let mut rows: Vec<[u8; ROW]> = said.into_iter().filter_map(|(output, says)| row(&output, says)).collect();
    rows.resize(rows.len().max(SMALLEST).next_power_of_two(), [0; ROW]);
    for chance in rows.iter_mut().filter(|row| **row == [0; ROW]) {
        *chance = clock::random()?;
    }
    rows.sort_unstable();
    Ok(rows.concat())
}

fn row(output: &[u8; OUTPUT], says: Says) -> Option<[u8; ROW]> {
    let (kind, month) = match says {
        Says::Nothing => return None,
        Says::Wait(month) => (1, month.number()),
        Says::No => (2, 0),
    };
    let [high, low] = month.to_be_bytes();
    let open = [kind, high, low];
    Some(std::array::from_fn(|n| if n < TAG { output[n] } else { output[n] ^ open[n - TAG] }))
}

/// A table, to look things up in.
pub struct Table<'a>(HashMap<&'a [u8], &'a [u8]>);

impl<'a> Table<'a> {
    /// Reads one; `None` when it is none.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let rows = bytes.chunks_exact(ROW);
        rows.remainder().is_empty().then(|| Self(rows.map(|row| row.split_at(TAG)).collect()))
    }

    /// What is said of the number with this output; `None` when its row is damaged.
    pub fn says(&self, output: &[u8; OUTPUT]) -> Option<Says> {
        let Some(said) = self.0.get(&output[..TAG]) else { return Some(Says::Nothing) };
        let open: [u8; SAID] = std::array::from_fn(|n| said[n] ^ output[TAG + n]);
        match open {
            [1, high, low] => Month::from_number(u16::from_be_bytes([high, low])).map(Says::Wait),
            [2, 0, 0] => Some(Says::No),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_is_found_by_its_output_alone_and_the_size_tells_no_more_than_a_power_of_two() {
        let month = Month::from_day(date(2027, 3, 1));
        let output = |n: usize| std::array::from_fn(|at| u8::try_from((n * 31 + at * 7) % 251).unwrap());
        let said = [(output(1), Says::No), (output(2), Says::Wait(month)), (output(3), Says::Nothing)];
        let bytes = write(said).unwrap();
        assert_eq!(bytes.len(), SMALLEST * ROW);
        let table = Table::read(&bytes).unwrap();
        let says = [1, 2, 3, 4].map(|n| table.says(&output(n)));
        assert_eq!(says, [Some(Says::No), Some(Says::Wait(month)), Some(Says::Nothing), Some(Says::Nothing)]);
        let mut other = output(1);
        other[TAG] ^= 1;
        assert_eq!(table.says(&other), None, "what does not read is no answer");
        assert!(Table::read(&bytes[1..]).is_none());
        let many = (0..1_025_u64)
            .map(|n| (std::array::from_fn(|at| n.to_be_bytes()[at % 8] ^ u8::try_from(at).unwrap()), Says::No));
        assert_eq!(write(many).unwrap().len(), 2_048 * ROW);
    }
}
