//! Outcomes from a file of the journal system: a row each, CSV or XLSX. The same row of the same file counts once.
//!
//! A number is only looked for: whoever is not known here does not become a contact.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::{Added, Counting, How, Known, WINDOW_MONTHS};
use crate::campaign::file::Wanted;
use crate::campaign::list::{List, ListError, Row};
use crate::domain::heard::Heard;
use crate::domain::lang::Text;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::store::{Db, DbError, contact};
use crate::{text, words};

/// Rows in one transaction.
const CHUNK: usize = 100;

/// What the columns are called, in either language.
const DATE: &[&str] = &["date", "dato", "day", "dag"];
const OUTCOME: &[&str] = &["outcome", "utfall", "what", "hva"];
const NUMBER: &[&str] = &["number", "nummer", "phone", "telefon", "tlf", "mobil"];
const HEARD: &[&str] = &["heard", "heard of it", "hørt", "hørt om det", "melding", "message"];

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no list.
    #[error(transparent)]
    List(#[from] ListError),
    /// A column is not there.
    #[error("the file has no column {0}")]
    NoColumn(&'static str),
    /// As the database has it.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ImportError {
    /// What a person reads.
    pub fn text(&self) -> Text {
        match self {
            ImportError::NoColumn("date") => text!(
                "the file has no column of dates: call it date or dato",
                "filen har ingen kolonne med datoer: kall den date eller dato"
            ),
            ImportError::NoColumn(_) => text!(
                "the campaign has several outcomes, and the file has no column that says which: call it outcome or utfall",
                "kampanjen har flere utfall, og filen har ingen kolonne som sier hvilket: kall den outcome eller utfall"
            ),
            other => text!("{other}", "{other}"),
        }
    }
}

words! {
    /// Why a row is refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Refused {
        /// The date is none.
        Date = "bad_date",
        /// It has not been yet.
        Future = "future",
        /// It is longer ago than counts are kept by day.
        TooOld = "too_old",
        /// The campaign names no such outcome.
        Outcome = "bad_outcome",
        /// The number is none.
        Number = "bad_number",
        /// Neither a yes nor a no.
        Heard = "bad_heard",
    }

    /// The word in JSON.
    pub fn as_str;
}

impl Refused {
    /// What is wrong, and what to write.
    pub fn text(self) -> Text {
        match self {
            Refused::Date => {
                text!("no date: write 2026-12-03 or 03.12.2026", "ingen dato: skriv 2026-12-03 eller 03.12.2026")
            }
            Refused::Future => text!("this day has not been yet", "denne dagen har ikke vært ennå"),
            Refused::TooOld => text!("more than twelve months ago", "mer enn tolv måneder siden"),
            Refused::Outcome => text!("no outcome of the campaign", "ikke et utfall i kampanjen"),
            Refused::Number => text!(
                "no number; leave it empty if there is none",
                "ikke et nummer; la den stå tom hvis det ikke er noe"
            ),
            Refused::Heard => text!(
                "neither yes nor no; leave it empty if nobody asked",
                "verken ja eller nei; la den stå tom hvis ingen har spurt"
            ),
        }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Rows read.
    pub rows: u64,
    /// Outcomes that count now, by what they came after.
    pub counted: std::collections::BTreeMap<Heard, u64>,
    /// Rows that counted before.
    pub before: u64,
    /// Rows with a number that is nobody's here: counted without anybody.
    pub strangers: u64,
    /// Rows that are refused, by line.
    pub refused: Vec<(u64, Refused)>,
}

/// Where the columns stand among those that are read.
struct Columns {
    outcome: Option<usize>,
    number: Option<usize>,
    heard: Option<usize>,
}

/// A row that is understood.
struct Understood<'a> {
    wanted: &'a Wanted,
    day: Date,
    number: Option<Private>,
    heard: Heard,
}

impl Counting {
    /// Counts the rows of a file. `source` is the file's name as people know it, which keeps the rows of one clinic apart from
    /// those of another; `each` hears how many rows are done.
    ///
    /// # Errors
    /// When the file cannot be read, or lacks a column; what was committed by then counts, and does so once.
    pub async fn import(
        &self,
        db: &Db,
        known: &Known,
        file: &Path,
        source: &str,
        actor: Option<&str>,
        mut each: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        let list = List::open(file)?;
        let find = |names: &[&str]| names.iter().find_map(|name| list.column(name).ok());
        let mut read = vec![find(DATE).ok_or(ImportError::NoColumn("date"))?];
        let mut place = |column: Option<usize>| {
            column.map(|column| {
                read.push(column);
                read.len() - 1
            })
        };
        let columns = Columns { outcome: place(find(OUTCOME)), number: place(find(NUMBER)), heard: place(find(HEARD)) };
        if columns.outcome.is_none() && known.outcomes.len() != 1 {
            return Err(ImportError::NoColumn("outcome"));
        }
        let mut done = Imported::default();
        let mut alike: HashMap<[u8; 32], u64> = HashMap::new();
        let mut rows = list.rows(&read);
        loop {
            let chunk = rows.by_ref().take(CHUNK).collect::<Result<Vec<_>, _>>()?;
            if chunk.is_empty() {
                return Ok(done);
            }
            let mut tx = db.begin().await?;
            for row in &chunk {
                done.rows += 1;
                let one = match self.understand(known, &columns, row) {
                    Ok(one) => one,
                    Err(why) => {
                        done.refused.push((row.line, why));
                        continue;
                    }
                };
                let person = match &one.number {
                    Some(number) => contact::find(&mut tx, &self.ledger.vault.blind(number.expose())).await?,
                    None => None,
                };
                done.strangers += u64::from(one.number.is_some() && person.is_none());
                let once = match &one.number {
                    Some(number) => self.mark(known, one.wanted, one.day, number.expose()),
                    None => {
                        // The second of two rows that say the same is another outcome.
                        let day = one.day.to_string();
                        let mut parts = vec![source, &known.campaign, &one.wanted.name, &day, one.heard.as_str()];
                        let nth = alike.entry(self.once(&parts)).or_default();
                        *nth += 1;
                        let nth = nth.to_string();
                        parts.push(&nth);
                        self.once(&parts)
                    }
                };
                let how = How::Row {
                    once,
                    contact: person.map(|person| person.id),
                    heard: match (&one.number, one.heard) {
                        // We wrote nothing to a number that nobody here has.
                        (Some(_), Heard::Unknown) => Heard::No,
                        (_, heard) => heard,
                    },
                };
                match self.add(&mut tx, known, one.wanted, one.day, how, actor).await? {
                    Added::New { heard, .. } => *done.counted.entry(heard).or_default() += 1,
                    Added::Before => done.before += 1,
                }
            }
            tx.commit().await?;
            each(done.rows);
        }
    }

    fn understand<'a>(&self, known: &'a Known, columns: &Columns, row: &Row) -> Result<Understood<'a>, Refused> {
        let cell =
            |place: Option<usize>| place.and_then(|place| row.cells.get(place)).map_or("", |cell| cell.expose().trim());
        let day = day(cell(Some(0))).ok_or(Refused::Date)?;
        let today = self.ledger.clock.today();
        if day > today {
            return Err(Refused::Future);
        }
        if day < today.saturating_sub(jiff::ToSpan::months(WINDOW_MONTHS)) {
            return Err(Refused::TooOld);
        }
        let wanted = match columns.outcome {
            Some(_) => known.outcome(cell(columns.outcome)),
            None => known.outcomes.first(),
        };
        let wanted = wanted.ok_or(Refused::Outcome)?;
        let number = match cell(columns.number) {
            "" => None,
            written => {
                let number = PhoneNumber::parse(written, self.region).map_err(|_| Refused::Number)?;
                Some(Private::new(number.expose().to_owned()))
            }
        };
        let heard = Heard::answered(cell(columns.heard)).ok_or(Refused::Heard)?;
        Ok(Understood { wanted, day, number, heard })
    }
}

/// A day as journals write it: 2026-12-03, 03.12.2026 or 3.12.2026, with a time behind it or without.
fn day(written: &str) -> Option<Date> {
    let written = written.split([' ', 'T']).next()?;
    if let Ok(day) = written.parse::<Date>() {
        return Some(day);
    }
    let mut parts = written.split(['.', '/']);
    let (day, month, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    if parts.next().is_some() { None } else { Date::new(year, month, day).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_journals_write_it() {
        let third = Date::new(2026, 12, 3).ok();
        for written in
            ["2026-12-03", "03.12.2026", "3.12.2026", "03/12/2026", "2026-12-03 14:05", "2026-12-03T00:00:00"]
        {
            assert_eq!(day(written), third, "{written}");
        }
        for written in ["", "3. desember", "2026-13-03", "31.02.2026", "03.12.26.1"] {
            assert_eq!(day(written), None, "{written}");
        }
    }
}
