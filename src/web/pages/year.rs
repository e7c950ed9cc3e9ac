//! A year of the service on one page that prints well: as plots and tables, for Excel and as CSV. Small numbers are not shown.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::campaigns::report::{WORKBOOK, download};
use crate::report::tables::{self, Table};
use crate::report::yearly::{self, YEARS, Year};
use crate::report::{plot, workbook};
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/year", Allow::COORDINATOR, this).get("/year/{year}", Allow::COORDINATOR, show).get(
        "/year/{year}/{file}",
        Allow::COORDINATOR,
        file,
    )
}

#[derive(Template)]
#[template(path = "year.html")]
struct Page<'a> {
    f: &'a Frame,
    year: i16,
    before: Option<i16>,
    after: Option<i16>,
    today: String,
    plots: Vec<(String, String)>,
    months: &'a Table,
    others: &'a [Table],
}

impl Page<'_> {
    /// A number, or that it is too small to show.
    fn number(&self, n: &Option<i64>) -> String {
        n.map_or("–".to_owned(), |n| n.to_string())
    }
}

async fn this(State(house): At) -> Response {
    Redirect::to(&format!("/year/{}", house.ledger.clock.today().year())).into_response()
}

fn checked(written: &str) -> Result<i16, Failure> {
    written.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(Failure::missing)
}

async fn read(house: &House, year: i16) -> Result<Year, Failure> {
    let mut tx = house.db.read().await?;
    let named = house.counting.named(&mut tx).await?;
    Ok(yearly::read(&mut tx, year, house.ledger.clock.zone(), &named, &house.market).await?)
}

async fn show(State(house): At, frame: Frame, Path(year): Path<String>) -> Result<Response, Failure> {
    let year = checked(&year)?;
    let today = house.ledger.clock.today();
    let read = read(&house, year).await?;
    let (months, others) = read.tables.split_first().ok_or_else(Failure::missing)?;
    page(&Page {
        f: &frame,
        year,
        before: YEARS.contains(&(year - 1)).then_some(year - 1),
        after: (year < today.year()).then_some(year + 1),
        today: today.to_string(),
        plots: plots(&frame, months),
        months,
        others,
    })
}

/// A plot for each figure of which a month can be shown, with what it is called.
fn plots(frame: &Frame, months: &Table) -> Vec<(String, String)> {
    let described =
        frame.t("month by month; the same stands in the table", "måned for måned; det samme står i tabellen");
    let drawn = months.rows.iter().filter(|row| row.cells.iter().take(12).flatten().any(|n| *n > 0));
    let one = |row: &tables::Row| {
        let named = months.columns.iter().map(|(_, title)| title.pick(frame.lang).to_owned());
        let columns: Vec<_> = named.zip(row.cells.iter().copied()).take(12).collect();
        let title = row.title.pick(frame.lang).to_owned();
        let svg = plot::columns(&title, described, &columns);
        (title, svg)
    };
    drawn.map(one).collect()
}

async fn file(State(house): At, frame: Frame, Path((year, file)): Path<(String, String)>) -> Result<Response, Failure> {
    let year = checked(&year)?;
    let read = read(&house, year).await?;
    match file.as_str() {
        "year.csv" => {
            let text = tables::csv(&read.tables, ("year", &year.to_string()));
            Ok(download("text/csv; charset=utf-8", &format!("{year}.csv"), text))
        }
        "year.xlsx" => {
            let sheets: Vec<_> = read.tables.iter().map(|table| table.sheet(frame.lang)).collect();
            Ok(download(WORKBOOK, &format!("{year}.xlsx"), workbook::write(&sheets)?))
        }
        _ => Err(Failure::missing()),
    }
}
