//! `lykt report --year`: a year of the whole service, in which small numbers are not shown.

use serde_json::{Value, json};

use super::super::app::App;
use super::super::glyph::drawn;
use super::super::table::{Table, complain};
use super::super::{Ctx, Exit};
use super::{ReportArgs, save};
use crate::counting::Counting;
use crate::market::Market;
use crate::report::tables;
use crate::report::yearly::{self, YEARS};
use crate::say;

pub(super) async fn run(ctx: &Ctx, app: &App, year: i16, args: &ReportArgs) -> anyhow::Result<Exit> {
    if !YEARS.contains(&year) {
        let (first, last) = (YEARS.start(), YEARS.end());
        complain(&say!(ctx.lang, "write a year from {first} to {last}", "skriv et år fra {first} til {last}"));
        return Ok(Exit::Usage);
    }
    let (counting, market) = (Counting::of(&app.ledger, &app.settings), Market::of(app.ledger.clone(), &app.settings));
    let mut tx = app.db.read().await?;
    let named = counting.named(&mut tx).await?;
    let read = yearly::read(&mut tx, year, app.ledger.clock.zone(), &named, &market).await?;
    let lang = ctx.lang;
    if let Some(file) = &args.xlsx {
        let sheets: Vec<_> = read.tables.iter().map(|table| table.sheet(lang)).collect();
        if let Err(exit) = save(ctx, file, &sheets) {
            return Ok(exit);
        }
    }
    if args.csv {
        print!("{}", tables::csv(&read.tables, ("year", &year.to_string())));
    } else if ctx.json {
        let tables: serde_json::Map<String, Value> =
            read.tables.iter().map(|table| (table.name.to_owned(), table.json())).collect();
        println!("{}", json!({ "year": year, "tables": tables }));
    } else if args.xlsx.is_none() {
        show(ctx, &read);
    }
    Ok(Exit::Done)
}

/// The months stand under each other: twelve beside each other are wider than a terminal.
fn show(ctx: &Ctx, read: &yearly::Year) {
    let (lang, year) = (ctx.lang, read.year);
    let number = |n: &Option<i64>| n.map_or("–".to_owned(), |n| n.to_string());
    println!("{}", say!(lang, "The year {year}", "Året {year}"));
    for (n, table) in read.tables.iter().enumerate() {
        println!("\n{}\n", table.title.pick(lang));
        let columns: Vec<String> = table.columns.iter().map(|(_, title)| title.pick(lang).to_owned()).collect();
        let (mut head, mut rows) = (vec![String::new()], Vec::new());
        if n == 0 {
            head.extend(table.rows.iter().map(|row| row.title.pick(lang).to_owned()));
            for (place, column) in columns.into_iter().enumerate() {
                let cells = table.rows.iter().map(|row| row.cells.get(place).map(number).unwrap_or_default());
                rows.push(std::iter::once(column).chain(cells).collect::<Vec<_>>());
            }
        } else {
            head.extend(columns);
            for row in &table.rows {
                rows.push(
                    std::iter::once(row.title.pick(lang).to_owned()).chain(row.cells.iter().map(number)).collect(),
                );
            }
        }
        println!("{}", Table::of(head, rows));
    }
    println!(
        "\n{}",
        drawn(&say!(
            lang,
            "– is a number under five, or one from which such a number could be found.",
            "– er et tall under fem, eller et som et slikt tall kunne regnes ut fra."
        ))
    );
}
