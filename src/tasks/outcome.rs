//! How a call can end, and what follows from it. Pure: reads no clock and no database.

use jiff::{Timestamp, ToSpan};

use super::hours::Hours;
use super::refusal::Refusal;
use crate::domain::calls;
use crate::domain::lang::Text;
use crate::domain::span::{Span, Unit};
use crate::store::task::Again;
use crate::text;

/// How far ahead a call may be put off.
const FAR_DAYS: i64 = 60;
/// How long a call that was put off may take.
const PATIENCE: u32 = 2;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// We talked.
    Talked,
    /// "Thanks, no need."
    Thanks,
    /// They asked to be called at another time.
    CallLater,
    /// Nobody answered.
    NoAnswer,
    /// The number is somebody else's.
    WrongNumber,
    /// They do not want contact.
    OptOut,
}

/// What becomes of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is done.
    Done,
    /// It comes back.
    Again(Again),
    /// It is done, because there was no try or no day left.
    NoMore,
}

impl Outcome {
    /// All outcomes, in the order in which they are offered.
    pub const ALL: [Outcome; 6] = [
        Outcome::Talked,
        Outcome::Thanks,
        Outcome::CallLater,
        Outcome::NoAnswer,
        Outcome::WrongNumber,
        Outcome::OptOut,
    ];

    /// The word in the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Talked => "talked",
            Outcome::Thanks => "thanks",
            Outcome::CallLater => "call_later",
            Outcome::NoAnswer => "no_answer",
            Outcome::WrongNumber => "wrong_number",
            Outcome::OptOut => "opt_out",
        }
    }

    /// Reads the word, also with `-` for `_` and in capitals; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether somebody answered: the cooldown runs from such a call.
    pub fn was_answered(self) -> bool {
        self != Outcome::NoAnswer
    }

    /// What it leads to, told before it is chosen.
    pub fn leads_to(self) -> Text {
        match self {
            Outcome::Talked => {
                text!("the task is done; the cooldown runs from today", "oppgaven er gjort; ventetiden løper fra i dag")
            }
            Outcome::Thanks => text!(
                "done, and no more calls after this message; the cooldown runs from today",
                "gjort, og ingen flere samtaler etter denne meldingen; ventetiden løper fra i dag"
            ),
            Outcome::CallLater => {
                text!(
                    "comes back on the list at the time given with --at",
                    "kommer tilbake på listen til tiden gitt med --at"
                )
            }
            Outcome::NoAnswer => {
                text!(
                    "comes back on the next working day while tries are left",
                    "kommer tilbake neste virkedag så lenge det er forsøk igjen"
                )
            }
            Outcome::WrongNumber => text!(
                "this number is left out from now on, until staff lift it",
                "nummeret utelates fra nå av, til noen opphever det"
            ),
            Outcome::OptOut => {
                text!("final: never contacted again on any channel", "endelig: kontaktes aldri igjen, på noen kanal")
            }
        }
    }
}

impl Next {
    /// What became of the task, told afterwards.
    pub fn explain(self, outcome: Outcome, hours: &Hours) -> Text {
        match self {
            Next::Again(again) => {
                let due = hours.zone().to_datetime(super::follow_up::clock_time(again.due_at));
                let due = due.strftime("%Y-%m-%d %H:%M").to_string();
                text!("call again: {due}", "ring igjen: {due}")
            }
            Next::NoMore => text!(
                "done: no try is left, so nobody calls again about this message",
                "gjort: ingen forsøk igjen, så ingen ringer mer om denne meldingen"
            ),
            Next::Done => match outcome {
                Outcome::WrongNumber => text!(
                    "done: the number is left out until staff lift it",
                    "gjort: nummeret utelates til noen opphever det"
                ),
                Outcome::OptOut => text!(
                    "done: the no is kept, and everything that waited for this person is withdrawn",
                    "gjort: neiet er lagret, og alt som ventet på denne personen er trukket tilbake"
                ),
                _ => text!("done: nobody calls again about this message", "gjort: ingen ringer mer om denne meldingen"),
            },
        }
    }
}

/// What becomes of a task with so many tries left and this end; `at` is when they asked to be called.
///
/// # Errors
/// A refusal when `at` is missing, or no time at which anybody may be called.
pub fn next(
    outcome: Outcome,
    attempts_left: i64,
    lapses_at: i64,
    now: Timestamp,
    at: Option<Timestamp>,
    hours: &Hours,
) -> Result<Next, Refusal> {
    match outcome {
        Outcome::CallLater => later(attempts_left, lapses_at, now, at.ok_or(Refusal::NoTime)?, hours),
        Outcome::NoAnswer => Ok(tomorrow(attempts_left - 1, lapses_at, now, hours)),
        _ => Ok(Next::Done),
    }
}

/// A call that was asked for costs no try, and may be made for two working days.
fn later(left: i64, lapses_at: i64, now: Timestamp, at: Timestamp, hours: &Hours) -> Result<Next, Refusal> {
    let far = hours.day_of(now).saturating_add(FAR_DAYS.days());
    if at <= now || hours.day_of(at) > far {
        return Err(Refusal::BadTime);
    }
    if !hours.are_open(at) {
        return Err(Refusal::NoCallsThen(hours.next_open(at)));
    }
    let last = calls::lapses_on(hours.day_of(at), Span::new(PATIENCE, Unit::WorkingDays), hours.holidays());
    let lapses_at = lapses_at.max(hours.close_at(last).as_millisecond());
    Ok(Next::Again(Again { due_at: at.as_millisecond(), lapses_at, attempts_left: left.max(1) }))
}

fn tomorrow(left: i64, lapses_at: i64, now: Timestamp, hours: &Hours) -> Next {
    let due = calls::due_on(hours.day_of(now), Span::new(1, Unit::WorkingDays), hours.holidays());
    let due_at = hours.open_at(due).as_millisecond();
    if left <= 0 || due_at >= lapses_at {
        return Next::NoMore;
    }
    Next::Again(Again { due_at, lapses_at, attempts_left: left })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holidays::Holidays;
    use jiff::tz::TimeZone;

    fn hours() -> Hours {
        Hours::new(TimeZone::get("Europe/Oslo").unwrap(), Holidays::Norway)
    }

    fn at(local: &str) -> Timestamp {
        hours().zone().to_timestamp(local.parse().unwrap()).unwrap()
    }

    fn far() -> i64 {
        at("2027-01-30T21:00:00").as_millisecond()
    }

    #[test]
    fn every_outcome_reads_back_also_with_dashes() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
            assert_eq!(Outcome::parse(&outcome.as_str().replace('_', "-").to_uppercase()), Some(outcome));
        }
        assert_eq!(Outcome::parse("voicemail"), None);
    }

    #[test]
    fn no_answer_on_a_friday_comes_back_on_monday_while_tries_are_left() {
        let friday = at("2026-12-04T14:00:00");
        let again = next(Outcome::NoAnswer, 2, far(), friday, None, &hours()).unwrap();
        let due_at = at("2026-12-07T09:00:00").as_millisecond();
        assert_eq!(again, Next::Again(Again { due_at, lapses_at: far(), attempts_left: 1 }));
        assert_eq!(next(Outcome::NoAnswer, 1, far(), friday, None, &hours()), Ok(Next::NoMore));
    }

    #[test]
    fn no_answer_on_the_last_day_is_the_end() {
        let lapses = at("2026-12-04T21:00:00").as_millisecond();
        assert_eq!(next(Outcome::NoAnswer, 5, lapses, at("2026-12-04T14:00:00"), None, &hours()), Ok(Next::NoMore));
    }

    #[test]
    fn a_call_that_was_asked_for_costs_no_try() {
        let wanted = at("2026-12-10T15:00:00");
        let lapses = at("2026-12-08T21:00:00").as_millisecond();
        let again = next(Outcome::CallLater, 1, lapses, at("2026-12-04T14:00:00"), Some(wanted), &hours()).unwrap();
        let lapses_at = at("2026-12-14T21:00:00").as_millisecond();
        assert_eq!(again, Next::Again(Again { due_at: wanted.as_millisecond(), lapses_at, attempts_left: 1 }));
    }

    #[test]
    fn a_call_is_put_off_only_to_a_time_for_calls() {
        let now = at("2026-12-04T14:00:00");
        let later = |when: Option<&str>| next(Outcome::CallLater, 2, far(), now, when.map(at), &hours());
        assert_eq!(later(None), Err(Refusal::NoTime));
        assert_eq!(later(Some("2026-12-04T13:59:00")), Err(Refusal::BadTime));
        assert_eq!(later(Some("2027-02-03T12:00:00")), Err(Refusal::BadTime));
        assert_eq!(later(Some("2026-12-06T12:00:00")), Err(Refusal::NoCallsThen(at("2026-12-07T09:00:00"))));
        assert_eq!(later(Some("2026-12-04T21:00:00")), Err(Refusal::NoCallsThen(at("2026-12-05T09:00:00"))));
        assert!(later(Some("2026-12-04T20:59:00")).is_ok());
    }

    #[test]
    fn everything_else_ends_the_task() {
        for outcome in [Outcome::Talked, Outcome::Thanks, Outcome::WrongNumber, Outcome::OptOut] {
            assert_eq!(next(outcome, 2, far(), at("2026-12-04T14:00:00"), None, &hours()), Ok(Next::Done));
            assert!(outcome.was_answered());
        }
        assert!(!Outcome::NoAnswer.was_answered());
    }
}
