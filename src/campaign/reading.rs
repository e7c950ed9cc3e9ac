//! What is understood of each row of a list, and a list with a row corrected.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::list::{List, ListError};
use crate::domain::handle::masked;
use crate::domain::lang::Text;
use crate::domain::phone::{PhoneNumber, ProblemCode, Region, find_numbers};
use crate::domain::private::Private;

/// Problems that are kept; a list of more has another fault.
const MOST_PROBLEMS: usize = 2_000;

/// A list that was read to its end.
#[derive(Debug)]
pub struct Reading {
    /// How the file was understood.
    pub understood: Text,
    /// Rows.
    pub rows: u64,
    /// Numbers in them.
    pub numbers: u64,
    /// Rows with a problem, by kind.
    pub counts: BTreeMap<ProblemCode, u64>,
    /// The first of them.
    pub problems: Vec<Row>,
}

/// A row as it was understood.
#[derive(Debug)]
pub struct Row {
    /// Its line.
    pub line: u64,
    /// Its numbers, masked.
    pub numbers: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<ProblemCode>,
    /// A number that may be meant.
    pub suggestion: Option<PhoneNumber>,
}

/// What is done to a row.
#[derive(Debug)]
pub enum Mend {
    /// This stands in the column of numbers.
    Number(Private),
    /// The row goes.
    Drop,
}

/// Why a list is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// It cannot be read.
    #[error("the list cannot be read")]
    List(#[from] ListError),
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// Reads a whole list.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path, column: Option<&str>, region: Region) -> Result<Reading, ListError> {
    let list = List::open(path)?;
    let column = list.phone_column(column, region)?;
    let understood = list.understood().clone();
    let mut reading = Reading { understood, rows: 0, numbers: 0, counts: BTreeMap::new(), problems: Vec::new() };
    for row in list.rows(&[column]) {
        let row = row?;
        let row = understand(row.line, row.cells.first(), region);
        reading.rows += 1;
        reading.numbers += row.numbers.len() as u64;
        if let Some(code) = row.problem {
            *reading.counts.entry(code).or_default() += 1;
            if reading.problems.len() < MOST_PROBLEMS {
                reading.problems.push(row);
            }
        }
    }
    Ok(reading)
}

/// Some rows of a list, as they are understood: `many` of them after the first `skip`.
///
/// # Errors
/// When it cannot be read.
pub fn some(
    path: &Path,
    column: Option<&str>,
    region: Region,
    skip: usize,
    many: usize,
) -> Result<Vec<Row>, ListError> {
    let list = List::open(path)?;
    let column = list.phone_column(column, region)?;
    let rows = list.rows(&[column]).skip(skip).take(many);
    rows.map(|row| row.map(|row| understand(row.line, row.cells.first(), region))).collect()
}

/// What stands in the column of numbers of the row on this line, when that row has a problem.
///
/// # Errors
/// When it cannot be read.
pub fn cell(path: &Path, column: Option<&str>, region: Region, line: u64) -> Result<Option<(Private, Row)>, ListError> {
    let list = List::open(path)?;
    let column = list.phone_column(column, region)?;
    for row in list.rows(&[column]) {
        let row = row?;
        if row.line == line {
            let understood = understand(row.line, row.cells.first(), region);
            let cell = row.cells.into_iter().next().unwrap_or_else(|| Private::new(String::new()));
            return Ok(understood.problem.is_some().then_some((cell, understood)));
        }
    }
    Ok(None)
}

/// Writes a list as CSV, all columns of it, with the row on this line mended. Whether there was such a row.
///
/// # Errors
/// When it cannot be read or written.
pub fn mend(
    path: &Path,
    column: Option<&str>,
    region: Region,
    (line, mend): (u64, &Mend),
    to: impl Write,
) -> Result<bool, ReadingError> {
    let list = List::open(path)?;
    let column = list.phone_column(column, region)?;
    let header = list.header().to_vec();
    let columns: Vec<usize> = (0..header.len()).collect();
    let mut out = BufWriter::new(to);
    write(&mut out, header.iter().map(String::as_str))?;
    let mut found = false;
    for row in list.rows(&columns) {
        let mut row = row?;
        if row.line == line && !found {
            found = true;
            match mend {
                Mend::Drop => continue,
                Mend::Number(number) => row.cells[column] = number.clone(),
            }
        }
        write(&mut out, row.cells.iter().map(|cell| cell.expose().as_str()))?;
    }
    out.flush()?;
    Ok(found)
}

/// A line of CSV with `;` between the cells, which spreadsheets here expect.
fn write<'a>(out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (n, cell) in cells.enumerate() {
        if n > 0 {
            out.write_all(b";")?;
        }
        match cell.contains([';', ',', '"', '\r', '\n', '\t']) {
            true => write!(out, "\"{}\"", cell.replace('"', "\"\""))?,
            false => out.write_all(cell.as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

fn understand(line: u64, cell: Option<&Private>, region: Region) -> Row {
    let found = find_numbers(cell.map_or("", |cell| cell.expose().as_str()), region);
    let (problem, suggestion) = match found.problem {
        Some(problem) => (Some(problem.code), problem.suggestion),
        None => (None, None),
    };
    Row { line, numbers: found.numbers.iter().map(|number| masked(number.expose())).collect(), problem, suggestion }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "navn;telefon\n\"Kari; en\";+46701740606\nOla;07O0 nei\nPer;+46701740608\n";

    #[test]
    fn a_mended_row_is_the_only_one_that_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        std::fs::write(&file, LIST).unwrap();
        let region = Region::parse("NO").unwrap();
        let reading = read(&file, None, region).unwrap();
        assert_eq!((reading.rows, reading.numbers, reading.problems.len()), (3, 2, 1));
        assert_eq!(reading.problems[0].line, 3);
        let mended = |line, how: &Mend| {
            let mut out = Vec::new();
            let found = mend(&file, None, region, (line, how), &mut out).unwrap();
            (found, String::from_utf8(out).unwrap())
        };
        let number = Mend::Number(Private::new("+46701740607".to_owned()));
        assert_eq!(mended(3, &number), (true, LIST.replace("07O0 nei", "+46701740607")));
        assert_eq!(mended(3, &Mend::Drop), (true, LIST.replace("Ola;07O0 nei\n", "")));
        assert_eq!(mended(9, &Mend::Drop), (false, LIST.to_owned()));
        assert!(cell(&file, None, region, 2).unwrap().is_none(), "a row without a problem is not shown");
        assert!(cell(&file, None, region, 3).unwrap().is_some());
    }
}
