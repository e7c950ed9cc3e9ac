//! The debrief: two private taps on today's page, and the weeks of which enough took part.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::domain::debrief::Day;
use crate::domain::inert::inert;
use crate::report::plot;
use crate::store::Tx;
use crate::tasks::routine::Weighed;
use crate::web::frame::page;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/debrief", Allow::STAFF, show).post("/debrief", Allow::CONTACTS, answer)
}

/// What is asked of who is signed in.
pub(super) struct Asked {
    pub title: String,
    pub about: Option<String>,
    pub answers: Vec<(&'static str, String)>,
}

/// The debrief that waits for this person.
pub(super) async fn asked(house: &House, tx: &mut Tx, frame: &Frame, me: &Me) -> Result<Option<Asked>, Failure> {
    let waits = house.routines.debrief(tx, me.name()).await?;
    Ok(waits.map(|routine| Asked {
        title: inert(&frame.say(&routine.title)),
        about: routine.about.as_ref().map(|about| inert(&frame.say(about))),
        answers: Day::ALL.map(|day| (day.as_str(), frame.say(&day.text()))).to_vec(),
    }))
}

/// What was pressed. It stands in no address, so that no log has it.
#[derive(Deserialize)]
struct Pressed {
    was: String,
}

async fn answer(State(house): At, me: Me, Form(pressed): Form<Pressed>) -> Result<Redirect, Failure> {
    let was = Day::parse(&pressed.was).ok_or_else(Failure::missing)?;
    let mut tx = house.db.begin().await?;
    // Whoever could not be asked cannot answer either; a second press is none.
    if house.routines.debrief(&mut tx, me.name()).await?.is_some()
        && house.routines.answer(&mut tx, me.name(), was).await?
    {
        tx.commit().await?;
    }
    Ok(Redirect::to("/today"))
}

#[derive(Template)]
#[template(path = "debrief.html")]
struct Page<'a> {
    f: &'a Frame,
    weeks: Vec<(String, Option<(i64, i64)>)>,
    plots: Vec<(String, String)>,
}

async fn show(State(house): At, frame: Frame) -> Result<Response, Failure> {
    let mut tx = house.db.read().await?;
    let weighed = house.routines.weighed(&mut tx).await?;
    let plots = Day::ALL.map(|day| plot(&frame, day, &weighed)).to_vec();
    let weeks = weighed.iter().rev().map(|one| (one.week.to_string(), one.counts)).collect();
    Ok(page(&Page { f: &frame, weeks, plots: if weighed.is_empty() { vec![] } else { plots } })?.into_response())
}

/// How often the days were so, week by week; a week of too few is a gap.
fn plot(frame: &Frame, day: Day, weighed: &[Weighed]) -> (String, String) {
    let count = |(fine, heavy): (i64, i64)| if day == Day::Fine { fine } else { heavy };
    let name = |one: &Weighed| format!("{:02}", one.week.number().1);
    let columns: Vec<_> = weighed.iter().map(|one| (name(one), one.counts.map(count))).collect();
    let title = frame.say(&day.text());
    let told = frame.t("Answers, week by week", "Svar, uke for uke");
    (title.clone(), plot::columns(&title, told, &columns))
}
