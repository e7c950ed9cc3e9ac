//! Counts as CSV, out and in: a row a platform and week, the columns named as the figures.

use std::path::Path;

use super::{Count, Counted, Figure, Wrong};
use crate::campaign::list::{List, ListError};
use crate::domain::inert::{cell, inert};
use crate::domain::lang::Text;
use crate::domain::week::Week;
use crate::text;

/// More rows than thirty years of a hundred platforms.
const MOST: usize = 160_000;

/// A row that was read, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line in the file.
    pub line: u64,
    /// The platform, the week and the count.
    pub read: Result<(String, Week, Count), Wrong>,
}

/// All counts; UTF-8, lines as RFC 4180 has them.
pub fn write(counts: &[Counted], day: impl Fn(i64) -> String) -> String {
    let names = Figure::ALL.map(Figure::as_str).join(",");
    let mut out = format!("platform,week,{names},counted_by,counted_at\r\n");
    for one in counts {
        let count = Count::from(one);
        let figures = Figure::ALL.map(|figure| count.get(figure).map(|n| n.to_string()).unwrap_or_default()).join(",");
        let (platform, week, by, at) = (cell(&one.platform), one.week, cell(&one.by), day(one.at));
        out += &format!("{platform},{week},{figures},{by},{at}\r\n");
    }
    out
}

/// Reads counts. `platform` is that of all rows, where the file has no column for it.
///
/// # Errors
/// When the file cannot be read, or has no column for the week.
pub fn read(path: &Path, platform: Option<&str>, known: &[String], latest: Week) -> Result<Vec<Line>, ListError> {
    let list = List::open(path)?;
    let header: Vec<String> = list.header().iter().map(|name| name.trim().to_lowercase()).collect();
    list.column("week").or_else(|_| list.column("uke"))?;
    let all: Vec<usize> = (0..header.len()).collect();
    let mut lines = Vec::new();
    for row in list.rows(&all).take(MOST) {
        let row = row?;
        let cell = |names: &[&str]| {
            let at = header.iter().position(|name| names.contains(&name.as_str()))?;
            row.cells.get(at).map(|cell| cell.expose().trim()).filter(|cell| !cell.is_empty())
        };
        if row.cells.iter().all(|cell| cell.expose().trim().is_empty()) {
            continue;
        }
        let read = || {
            let name = cell(&["platform", "plattform"]).or(platform);
            let name = name.ok_or_else(|| Wrong(text!("no platform is named", "ingen plattform er oppgitt")))?;
            if !known.iter().any(|known| known == name) {
                let (name, known) = (inert(name), known.join(", "));
                return Err(Wrong(text!(
                    "there is no platform `{name}`; there are: {known}",
                    "det finnes ingen plattform `{name}`; det finnes: {known}"
                )));
            }
            let week = cell(&["week", "uke"]).and_then(Week::parse);
            let week = week.ok_or_else(|| {
                Wrong(text!(
                    "the week cannot be read: write 2026-W48, or a day of it",
                    "uken kan ikke leses: skriv 2026-W48, eller en dag i den"
                ))
            })?;
            if week > latest {
                return Err(Wrong(future()));
            }
            let count = Count::parse(|figure| cell(&[figure.as_str(), &figure.text().nb]))?;
            Ok((name.to_owned(), week, count))
        };
        lines.push(Line { line: row.line, read: read() });
    }
    Ok(lines)
}

/// What is said of a week that has not come.
pub(super) fn future() -> Text {
    text!("this week has not come yet", "denne uken har ikke kommet ennå")
}
