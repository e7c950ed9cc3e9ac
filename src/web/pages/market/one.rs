//! One platform: what is known of it, a count of a week, the chart over the years with its gaps, and the table beside it.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::campaign::file::practice::Platform;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::week::Week;
use crate::market::{self, Count, Figure, OfWeek, Wrong};
use crate::store;
use crate::text;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// Weeks in the table; the rest are in the CSV.
const MOST: usize = 104;

/// The doors.
pub(super) fn doors(doors: Doors) -> Doors {
    doors.get("/market/{platform}", Allow::STAFF, show).post("/market/{platform}", Allow::STAFF, count).get(
        "/market/{platform}/counts.csv",
        Allow::STAFF,
        csv,
    )
}

/// A field of the form.
struct Field {
    name: &'static str,
    label: String,
    value: String,
}

/// A row of the table: the week, who counted, and the figures; none in a gap.
struct Row {
    week: String,
    by: String,
    cells: Vec<String>,
    gap: bool,
}

#[derive(Template)]
#[template(path = "market_one.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    title: String,
    facts: Vec<(String, String)>,
    week: String,
    fields: Vec<Field>,
    chart: String,
    heads: Vec<String>,
    rows: Vec<Row>,
    more: bool,
    wrong: Option<String>,
}

async fn show(State(house): At, frame: Frame, Path(name): Path<String>) -> Result<Response, Failure> {
    whole(&house, &frame, &name, None, None).await
}

type Written = HashMap<String, String>;

async fn whole(
    house: &House,
    frame: &Frame,
    name: &str,
    written: Option<&Written>,
    wrong: Option<&Text>,
) -> Result<Response, Failure> {
    let platform = house.market.platform(name).ok_or_else(Failure::missing)?;
    let mut tx = house.db.read().await?;
    let counts = store::market::standing(&mut tx, Some(name)).await?;
    drop(tx);
    let weeks = market::whole(&counts, house.market.this_week());
    let title = inert(&frame.say(&platform.title));
    let value = |name: &str| written.and_then(|written| written.get(name)).map(|word| inert(word)).unwrap_or_default();
    let shown = page(&Page {
        f: frame,
        name,
        facts: facts(frame, &platform),
        week: match value("week") {
            week if week.is_empty() => house.market.this_week().to_string(),
            week => week,
        },
        fields: Figure::ALL
            .map(|figure| Field {
                name: figure.as_str(),
                label: capital(&frame.say(&figure.text())),
                value: value(figure.as_str()),
            })
            .into(),
        chart: market::draw(&weeks, &title, frame.lang),
        heads: Figure::ALL.map(|figure| frame.say(&figure.text())).into(),
        rows: weeks.iter().rev().take(MOST).map(row).collect(),
        more: weeks.len() > MOST,
        wrong: wrong.map(|wrong| frame.say(wrong)),
        title,
    })?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, shown).into_response())
}

fn row(week: &OfWeek) -> Row {
    let cell = |figure| week.count.and_then(|count| count.get(figure)).map(|n| n.to_string()).unwrap_or_default();
    Row {
        week: week.week.to_string(),
        by: week.by.as_deref().map(inert).unwrap_or_default(),
        cells: Figure::ALL.map(cell).into(),
        gap: week.count.is_none(),
    }
}

/// What is known of a platform.
fn facts(frame: &Frame, platform: &Platform) -> Vec<(String, String)> {
    let said = |text: &Option<Text>| text.as_ref().map(|text| frame.say(text));
    let all = [
        (frame.t("Who is there", "Hvem som er der"), said(&platform.audience)),
        (frame.t("Rules", "Regler"), said(&platform.rules)),
        (frame.t("Address", "Adresse"), platform.address.clone()),
        (frame.t("Our profile", "Vår profil"), platform.profile.clone()),
        (frame.t("Owner", "Eier"), platform.owner.clone()),
        (frame.t("Looked at again", "Sjekkes igjen"), platform.review.map(|day| day.to_string())),
    ];
    all.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), inert(&fact?)))).collect()
}

async fn count(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(name): Path<String>,
    Form(written): Form<Written>,
) -> Result<Response, Failure> {
    let platform = house.market.platform(&name).ok_or_else(Failure::missing)?;
    let field = |name: &str| written.get(name).map(String::as_str);
    let week = field("week").and_then(Week::parse).filter(|week| *week <= house.market.this_week());
    let Some(week) = week else {
        let why = text!(
            "Write a week that has come, as 2026-W48, or a day of it.",
            "Skriv en uke som har vært, som 2026-W48, eller en dag i den."
        );
        return whole(&house, &frame, &name, Some(&written), Some(&why)).await;
    };
    let count = match Count::parse(|figure| field(figure.as_str())) {
        Ok(count) => count,
        Err(Wrong(why)) => return whole(&house, &frame, &name, Some(&written), Some(&why)).await,
    };
    let mut tx = house.db.begin().await?;
    house.market.count(&mut tx, &platform.name, week, &count, me.name()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/market/{name}")).into_response())
}

async fn csv(State(house): At, Path(name): Path<String>) -> Result<Response, Failure> {
    let platform = house.market.platform(&name).ok_or_else(Failure::missing)?;
    let mut tx = house.db.read().await?;
    let counts = store::market::standing(&mut tx, Some(&platform.name)).await?;
    let body = market::write(&counts, |at| house.ledger.clock.day_of(at).to_string());
    let kept = format!("attachment; filename=\"{name}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, kept)], body)
        .into_response())
}

/// With a capital, as a label has it.
fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let head: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    head + chars.as_str()
}
