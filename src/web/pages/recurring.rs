//! Routines that have come up, as lines of today's page.

use crate::campaign::file::practice::Routine;
use crate::domain::inert::inert;
use crate::store::Tx;
use crate::store::routine::{self, Past};
use crate::tasks::routine::Duty;
use crate::web::{Failure, Frame, House, Me, person};

/// A routine's task as a line of the list.
pub(super) struct Recurring {
    pub id: String,
    pub title: String,
    pub about: Option<String>,
    pub since: String,
    pub whose: String,
    pub last: String,
    pub taken: Option<String>,
    pub mine: bool,
}

/// What is to be done, as this person sees it.
pub(super) async fn open(house: &House, tx: &mut Tx, frame: &Frame, me: &Me) -> Result<Vec<Recurring>, Failure> {
    let duties = house.routines.open_for(tx, me.name(), me.0.role).await?;
    if duties.is_empty() {
        return Ok(Vec::new());
    }
    let past = routine::past(tx).await?;
    let line = |duty: &Duty| {
        let past = past.get(&duty.routine.name);
        let mut said = last(house, frame, past);
        match past.map_or(0, |past| past.missed) {
            0 => {}
            n => said.push_str(&format!(" · {} {n}", frame.t("not done:", "ikke gjort:"))),
        }
        one(house, frame, me, duty, said)
    };
    Ok(duties.iter().map(line).collect())
}

/// What this person did today, to be taken back.
pub(super) async fn done(house: &House, tx: &mut Tx, frame: &Frame, me: &Me) -> Result<Vec<Recurring>, Failure> {
    let duties = house.routines.done_today(tx, me.name()).await?;
    Ok(duties.iter().map(|duty| one(house, frame, me, duty, String::new())).collect())
}

fn one(house: &House, frame: &Frame, me: &Me, duty: &Duty, last: String) -> Recurring {
    let (task, routine) = (&duty.task, &duty.routine);
    let taken = task.claimed_by.as_deref();
    let mine = taken == Some(me.name());
    Recurring {
        id: task.id.to_string(),
        title: inert(&frame.say(&routine.title)),
        about: routine.about.as_ref().map(|about| inert(&frame.say(about))),
        since: format!("{} {}", frame.t("since", "siden"), person::when(house, frame, task.slot)),
        whose: whose(frame, routine),
        last,
        taken: match taken {
            Some(_) if mine => Some(frame.t("yours", "din").to_owned()),
            other => other.map(inert),
        },
        mine,
    }
}

/// Whose a routine is.
pub(super) fn whose(frame: &Frame, routine: &Routine) -> String {
    match (&routine.owner, &routine.substitute) {
        (Some(owner), Some(other)) => format!("{} ({})", inert(owner), inert(other)),
        (Some(owner), None) => inert(owner),
        (None, _) => frame.t("for anybody", "for alle").to_owned(),
    }
}

/// When it was last done, and by whom.
pub(super) fn last(house: &House, frame: &Frame, past: Option<&Past>) -> String {
    match past.and_then(|past| past.done.as_ref()) {
        Some((at, by)) => {
            format!("{} {} · {}", frame.t("Last done", "Sist gjort"), person::when(house, frame, *at), inert(by))
        }
        None => frame.t("Never done", "Aldri gjort").to_owned(),
    }
}
