//! A year of the service on one page: whom we approached, who answered, noes, calls, outcomes, the market. Small numbers are not
//! shown.
//!
//! Knows counts, and no person.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::hidden::{self, Shown};
use super::market;
use super::tables::{Row, Table};
use crate::campaign::file::Wanted;
use crate::domain::heard::Heard;
use crate::domain::lang::{Lang, Text};
use crate::domain::message::MessageState;
use crate::domain::outcome::Outcome;
use crate::domain::reply::ReplyKind;
use crate::market::Market;
use crate::store::counted::{self, Alike};
use crate::store::{DbError, Tx, figures, no};
use crate::{text, words};

/// The first and the last year that anybody can ask for.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// A year in tables.
#[derive(Clone, Debug)]
pub struct Year {
    /// Which.
    pub year: i16,
    /// Its tables; the first has a column for each month.
    pub tables: Vec<Table>,
}

words! {
    /// A figure of the year.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Figure {
        Approached = "approached",
        Answered = "answered",
        Noes = "noes",
        Calls = "calls",
        Visits = "visits",
        Outcomes = "outcomes",
    }

    const ALL;
    fn as_str;
}

use Figure::{Answered, Approached, Calls, Noes, Outcomes, Visits};

impl Figure {
    fn text(self) -> Text {
        match self {
            Approached => text!("Approached", "Henvendelser"),
            Answered => text!("Answered", "Svarte"),
            Noes => text!("Said no", "Sa nei"),
            Calls => text!("Calls", "Samtaler"),
            Visits => text!("Visits", "Besøk"),
            Outcomes => text!("Outcomes", "Utfall"),
        }
    }
}

/// What was counted in a year.
#[derive(Default)]
struct Counts {
    months: BTreeMap<Figure, [i64; 12]>,
    campaigns: BTreeMap<String, [i64; 2]>,
    replies: BTreeMap<String, i64>,
    calls: BTreeMap<String, i64>,
    outcomes: BTreeMap<(String, String), BTreeMap<Heard, i64>>,
}

/// Reads a year; `named` says what the outcomes of a campaign are called.
///
/// # Errors
/// As the database has it.
pub async fn read(
    tx: &mut Tx,
    year: i16,
    zone: &TimeZone,
    named: &BTreeMap<String, Vec<Wanted>>,
    market: &Market,
) -> Result<Year, DbError> {
    let mut counts = Counts::default();
    for (campaign, what, month, n) in figures::of_year(tx, year, &bounds(year, zone)).await? {
        counts.add(campaign, &what, month.min(11), n);
    }
    counts.months.insert(Noes, no::of_year(tx, year).await?);
    for alike in counted::of_year(tx, year).await? {
        counts.came(alike);
    }
    let mut tables = counts.tables(named);
    tables.extend(market::tables(tx, year, market).await?);
    Ok(Year { year, tables })
}

/// The beginnings of the months and the end of the year, civil, unix milliseconds.
fn bounds(year: i16, zone: &TimeZone) -> [i64; 13] {
    std::array::from_fn(|n| {
        let (year, month) = if n < 12 { (year, n as i8 + 1) } else { (year.saturating_add(1), 1) };
        let first = Date::new(year, month, 1).unwrap_or(Date::MAX);
        zone.to_ambiguous_timestamp(first.at(0, 0, 0, 0)).compatible().map_or(i64::MAX, |at| at.as_millisecond())
    })
}

impl Counts {
    fn add(&mut self, campaign: String, what: &str, month: usize, n: i64) {
        let mut words = what.split(':');
        let (table, word) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let more: Vec<&str> = words.collect();
        let figure = match table {
            "message" if MessageState::parse(word).is_some_and(MessageState::is_out) => Approached,
            "reply" => {
                *self.replies.entry(word.to_owned()).or_default() += n;
                if more.contains(&"again") {
                    return;
                }
                Answered
            }
            "task" if word == "done" => {
                let ended = more.first().copied().unwrap_or("other");
                if matches!(Outcome::parse(ended), Some(Outcome::Sent | Outcome::CouldNot)) {
                    return;
                }
                *self.calls.entry(ended.to_owned()).or_default() += n;
                Calls
            }
            "touch" if word == "visit" => Visits,
            "touch" if more.contains(&"by_hand") && !more.contains(&"again") => Approached,
            _ => return,
        };
        self.months.entry(figure).or_default()[month] += n;
        let place = match figure {
            Approached => 0,
            Answered => 1,
            _ => return,
        };
        self.campaigns.entry(campaign).or_default()[place] += n;
    }

    fn came(&mut self, alike: Alike) {
        let month = alike.month.get(5..).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1).clamp(1, 12) - 1;
        self.months.entry(Outcomes).or_default()[month] += alike.n;
        let of = self.outcomes.entry((alike.campaign, alike.name)).or_default();
        *of.entry(alike.heard).or_default() += alike.n;
    }

    fn tables(&self, named: &BTreeMap<String, Vec<Wanted>>) -> Vec<Table> {
        let mut tables = vec![self.by_month(), self.by_campaign()];
        let kind = |word: &str| ReplyKind::parse(word).map(ReplyKind::text);
        tables.push(list("answers", text!("Answers", "Svar"), &self.replies, kind));
        let ended = |word: &str| Outcome::parse(word).map(Outcome::text);
        tables.push(list("calls", text!("How calls ended", "Hvordan samtalene endte"), &self.calls, ended));
        tables.push(self.by_outcome(named));
        tables.retain(|table| !table.rows.is_empty());
        tables
    }

    fn by_month(&self) -> Table {
        let row = |figure: Figure| {
            let Shown { mut cells, total } = hidden::row(self.months.get(&figure).unwrap_or(&[0; 12]));
            cells.push(total);
            Row { name: figure.as_str().to_owned(), title: figure.text(), cells }
        };
        let names_nb = ["jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."];
        let names_en = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let months =
            names_en.into_iter().zip(names_nb).zip(1..).map(|((en, nb), n)| (format!("{n:02}"), text!("{en}", "{nb}")));
        Table {
            name: "year",
            title: text!("The year, month by month", "Året, måned for måned"),
            columns: months.chain([whole()]).collect(),
            rows: Figure::ALL.into_iter().map(row).collect(),
        }
    }

    fn by_campaign(&self) -> Table {
        let column = |place: usize| hidden::row(&self.campaigns.values().map(|of| of[place]).collect::<Vec<_>>());
        let (approached, answered) = (column(0), column(1));
        let row = |(n, name): (usize, &String)| Row {
            title: match name.is_empty() {
                true => text!("outside campaigns", "utenom kampanjer"),
                false => text!("{name}", "{name}"),
            },
            name: name.clone(),
            cells: vec![approached.cells[n], answered.cells[n]],
        };
        Table {
            name: "campaigns",
            title: text!("Campaigns", "Kampanjer"),
            columns: [Approached, Answered].map(|figure| (figure.as_str().to_owned(), figure.text())).to_vec(),
            rows: self.campaigns.keys().enumerate().map(row).collect(),
        }
    }

    fn by_outcome(&self, named: &BTreeMap<String, Vec<Wanted>>) -> Table {
        let totals = hidden::row(&self.outcomes.values().map(|of| of.values().sum()).collect::<Vec<i64>>());
        let mut rows = Vec::new();
        for (((campaign, name), of), total) in self.outcomes.iter().zip(&totals.cells) {
            let counts = Heard::ALL.map(|heard| of.get(&heard).copied().unwrap_or_default());
            let mut cells = match total {
                Some(_) => hidden::row(&counts).cells,
                None => vec![None; counts.len()],
            };
            cells.push(*total);
            let called = named.get(campaign).and_then(|all| all.iter().find(|one| one.name == *name));
            let title = |lang| called.map_or(name.as_str(), |one| one.title(lang));
            let (en, nb) = (title(Lang::En), title(Lang::Nb));
            let title = text!("{en} ({campaign})", "{nb} ({campaign})");
            rows.push(Row { name: format!("{campaign}/{name}"), title, cells });
        }
        let heard = Heard::ALL.map(|heard| (heard.as_str().to_owned(), heard.text()));
        Table {
            name: "outcomes",
            title: text!("Outcomes, by what they came after", "Utfall, etter hva de kom av"),
            columns: heard.into_iter().chain([whole()]).collect(),
            rows,
        }
    }
}

/// A list of counts with their sum, small ones hidden.
fn list(name: &'static str, title: Text, counts: &BTreeMap<String, i64>, called: fn(&str) -> Option<Text>) -> Table {
    let Shown { cells, total } = hidden::row(&counts.values().copied().collect::<Vec<_>>());
    let row = |(word, n): (&String, Option<i64>)| Row {
        title: called(word).unwrap_or_else(|| text!("{word}", "{word}")),
        name: word.clone(),
        cells: vec![n],
    };
    let mut rows: Vec<Row> = counts.keys().zip(cells).map(row).collect();
    if !rows.is_empty() {
        let (name, title) = whole();
        rows.push(Row { name, title, cells: vec![total] });
    }
    Table { name, title, columns: vec![("count".to_owned(), text!("Number", "Antall"))], rows }
}

fn whole() -> (String, Text) {
    ("total".to_owned(), text!("In all", "I alt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_hides_what_is_small_in_every_table() {
        let mut counts = Counts::default();
        counts.add("vinter".to_owned(), "message:delivered", 0, 40);
        counts.add("vinter".to_owned(), "message:withdrawn:cooldown", 0, 99);
        counts.add("hei".to_owned(), "message:sent", 3, 3);
        counts.add("vinter".to_owned(), "reply:thanks:liked", 1, 9);
        counts.add("vinter".to_owned(), "reply:opt_out:again", 1, 2);
        counts.add("vinter".to_owned(), "task:done:talked", 2, 6);
        counts.add("hei".to_owned(), "task:done:sent", 2, 6);
        let tables = counts.tables(&BTreeMap::new());
        let months = &tables[0];
        assert_eq!(months.rows[0].cells[0], None, "40 and 3 would be found from 43");
        assert_eq!(months.rows[0].cells[12], Some(43));
        assert_eq!(months.rows[3].cells[2], Some(6));
        assert_eq!(months.rows[1].cells[1], Some(9), "who answers again is no other person");
        let answers = tables.iter().find(|table| table.name == "answers").unwrap();
        assert!(answers.rows.iter().filter(|row| row.name != "total").all(|row| row.cells == [None]));
        assert_eq!(answers.rows.last().unwrap().cells, [Some(11)]);
        assert!(tables.iter().all(|table| table.name != "outcomes"), "an empty table is none");
    }

    #[test]
    fn a_first_contact_by_hand_is_an_approach_and_a_second_is_none() {
        let mut counts = Counts::default();
        counts.add(String::new(), "touch:message:by_hand", 5, 7);
        counts.add(String::new(), "touch:call:by_hand", 5, 6);
        counts.add(String::new(), "touch:message:again:by_hand", 5, 80);
        counts.add("vinter".to_owned(), "touch:message", 5, 900);
        let tables = counts.tables(&BTreeMap::new());
        assert_eq!(tables[0].rows[0].cells[5], Some(13));
        assert_eq!(tables[1].rows[0].cells[0], Some(13), "outside campaigns");
    }

    #[test]
    fn a_year_is_the_organisations() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let bounds = bounds(2026, &oslo);
        assert!(bounds.is_sorted());
        assert_eq!(jiff::Timestamp::from_millisecond(bounds[0]).unwrap().to_string(), "2025-12-31T23:00:00Z");
        assert_eq!(jiff::Timestamp::from_millisecond(bounds[6]).unwrap().to_string(), "2026-06-30T22:00:00Z");
    }
}
