//! The day's list: whom to call and why, without a number or a name.

use super::Tasks;
use super::approach::is_by_people;
use super::claim::is_held;
use super::outcome::Outcome;
use crate::domain::id::{TaskId, meant};
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::moment;
use crate::domain::span::HOUR_MS;
use crate::store::task::{self, Task, TaskState};
use crate::store::{DbError, Tx, due, list};
use crate::text;

/// More than this nobody reads.
const MOST: i64 = 1_000;

/// A campaign's name in a reason is cut to this.
const MOST_NAME: usize = 24;
const MOST_PLATFORM: usize = 12;

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The task; one whose lease ran out is open again.
    pub task: Task,
    /// Why, in under 40 characters.
    pub why: Text,
    /// Days since it fell due; 0 today.
    pub overdue_days: i64,
}

/// What came before a task, as far as the list says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Before<'a> {
    days: i64,
    uncertain: bool,
    answered: bool,
    outcome: Option<Outcome>,
    /// Whether the task is the approach itself.
    opens: bool,
    /// Whether it is written, and nobody called: on which platform, empty where that is not known.
    by_hand: Option<&'a str>,
}

impl Tasks {
    /// The day's list, overdue first. Held contacts and those who said no are not on it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn today(&self, tx: &mut Tx) -> Result<Vec<Entry>, DbError> {
        let leases = self.leases(tx).await?;
        let list = due::today(tx, MOST).await?.into_iter().map(|task| free_when_lapsed(task, leases));
        self.entries(tx, list.collect()).await
    }

    /// A task as a line of the list.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn entry(&self, tx: &mut Tx, task: Task) -> Result<Entry, DbError> {
        self.entries(tx, vec![task]).await?.pop().ok_or(DbError::Unknown("task"))
    }

    /// Tasks as lines of the list: one question about all their messages, and one about all answers.
    pub(super) async fn entries(&self, tx: &mut Tx, tasks: Vec<Task>) -> Result<Vec<Entry>, DbError> {
        let messages: Vec<_> = tasks.iter().filter_map(|task| task.message).collect();
        let messages = list::messages(tx, &messages).await?;
        let contacts: Vec<_> = tasks.iter().map(|task| task.contact).collect();
        let answers = list::answers(tx, &contacts).await?;
        let by_hand: Vec<_> = tasks.iter().filter(|task| task.is_by_hand()).map(|task| task.contact).collect();
        let platforms = list::platforms(tx, &by_hand).await?;
        let entry = |task: Task| {
            let message = task.message.and_then(|id| messages.get(&id));
            let before = Before {
                days: self.days_since(task.made_at),
                uncertain: message
                    .is_some_and(|(state, _)| matches!(state, MessageState::InDoubt | MessageState::Abandoned)),
                answered: answers.get(&task.contact).is_some_and(|last| *last >= task.since),
                outcome: task.outcome.as_deref().and_then(Outcome::parse),
                opens: message.is_some_and(|(_, channel)| is_by_people(channel)),
                by_hand: platforms.get(&task.contact).map(String::as_str).or(task.is_by_hand().then_some("")),
            };
            Entry {
                why: why(before, task.campaign.as_deref().unwrap_or_default()),
                overdue_days: self.days_since(task.due_at).max(0),
                task,
            }
        };
        Ok(tasks.into_iter().map(entry).collect())
    }

    /// Finds a task by its id, or by at least four digits of one end of it; the end is what tells tasks apart, because
    /// ids begin with their time. More than one is an ambiguity, none an empty answer.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn find(&self, tx: &mut Tx, written: &str) -> Result<Vec<TaskId>, DbError> {
        for all in [false, true] {
            let found = meant(written, task::ids(tx, all).await?, |id| id.0);
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn days_since(&self, ms: i64) -> i64 {
        let (then, today) = (self.hours.day_of(moment::at(ms)), self.ledger.clock.today());
        let midnight = |day| self.hours.day_began(self.hours.open_at(day));
        let hours = (midnight(today).as_millisecond() - midnight(then).as_millisecond()) / HOUR_MS;
        // A day of a clock change has 23 or 25 hours.
        (hours + 12).div_euclid(24)
    }
}

pub(super) fn free_when_lapsed(task: Task, leases: (i64, i64)) -> Task {
    if task.state != TaskState::Claimed || is_held(&task, leases) {
        return task;
    }
    Task { state: TaskState::Open, claimed_by: None, lease_until: None, ..task }
}

fn why(before: Before<'_>, campaign: &str) -> Text {
    let n = before.days;
    let platform = before.by_hand.map(|platform| clipped(platform, MOST_PLATFORM)).unwrap_or_default();
    let Text { en: sms, nb } = match n {
        _ if !platform.is_empty() => text!("{platform}:", "{platform}:"),
        _ if before.by_hand.is_some() => text!("by hand:", "for hånd:"),
        _ if before.opens => text!("call campaign", "ringekampanje"),
        ..=0 => text!("SMS today", "SMS i dag"),
        1 => text!("SMS yesterday", "SMS i går"),
        _ => text!("SMS {n} days ago", "SMS for {n} dager siden"),
    };
    match before {
        Before { outcome: Some(Outcome::CallLater), .. } => {
            text!("asked to be called then", "ba om å bli ringt da")
        }
        Before { outcome: Some(Outcome::WantsVisit), .. } => text!("wants a visit", "ønsker besøk"),
        Before { outcome: Some(Outcome::OtherLanguage), .. } => {
            text!("speaks another language", "snakker et annet språk")
        }
        Before { outcome: Some(Outcome::NoAnswer), .. } => {
            text!("{sms}, no answer to a call", "{nb}, tok ikke tlf.")
        }
        Before { opens: true, .. } => {
            let name = clipped(campaign, MOST_NAME);
            text!("{sms} {name}", "{nb} {name}")
        }
        Before { answered: true, .. } => text!("{sms}, answered", "{nb}, har svart"),
        Before { uncertain: true, .. } => text!("{sms}, perhaps not arrived", "{nb}, usikker"),
        _ => text!("{sms}, no answer", "{nb}, ikke svart"),
    }
}

/// A name, cut to what a line of the list has room for.
fn clipped(name: &str, most: usize) -> String {
    match name.chars().count() > most {
        true => name.chars().take(most - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_stays_under_forty_characters() {
        for days in [0, 1, 4, 999] {
            for (uncertain, answered) in [(false, false), (true, false), (false, true)] {
                for outcome in Outcome::ALL.into_iter().map(Some).chain([None]) {
                    for opens in [false, true] {
                        let before = Before { days, uncertain, answered, outcome, opens, by_hand: None };
                        let text = why(before, &"vinter-".repeat(8));
                        for said in [&text.en, &text.nb] {
                            assert!(said.chars().count() < 40, "{said}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_reason_says_what_came_before() {
        let before = Before { days: 4, uncertain: false, answered: false, outcome: None, opens: false, by_hand: None };
        assert_eq!(why(before, "").en, "SMS 4 days ago, no answer");
        assert_eq!(why(Before { days: 1, answered: true, ..before }, "").nb, "SMS i går, har svart");
        assert_eq!(why(Before { opens: true, ..before }, "ring").nb, "ringekampanje ring");
        let by_hand = |platform| Before { opens: true, by_hand: Some(platform), ..before };
        assert_eq!(why(by_hand(""), "hei").nb, "for hånd: hei");
        assert_eq!(why(by_hand("instagram"), "hei").en, "instagram: hei");
        let long = why(by_hand(&"a".repeat(40)), &"vinter-".repeat(8)).en;
        assert!(long.chars().count() < 40, "{long}");
        let tried = Before { opens: true, outcome: Some(Outcome::NoAnswer), ..before };
        assert_eq!(why(tried, "ring").en, "call campaign, no answer to a call");
    }
}
