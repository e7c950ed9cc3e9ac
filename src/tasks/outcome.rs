//! What follows from how a call ended. Pure: reads no clock and no database.

use jiff::{Timestamp, ToSpan};

use super::hours::Hours;
use super::refusal::Refusal;
use crate::domain::calls;
use crate::domain::lang::Text;
use crate::domain::moment;
pub use crate::domain::outcome::Outcome;
use crate::domain::span::{Span, Unit};
use crate::store::task::Again;
use crate::text;

/// How far ahead a call may be put off.
const FAR_DAYS: i64 = 60;
/// How long a call that was put off may take, in working days.
const PATIENCE: u32 = 2;
/// How long it may take to hear how a visit went, or to agree on one, in working days.
const VISIT: u32 = 5;

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

impl Next {
    /// What became of the task, told afterwards.
    pub fn explain(self, outcome: Outcome, hours: &Hours) -> Text {
        match self {
            Next::Again(again) => {
                let due = moment::plain(again.due_at, hours.zone());
                match outcome {
                    Outcome::WantsVisit => {
                        text!("back on the list for the visit: {due}", "tilbake på listen for besøket: {due}")
                    }
                    _ => text!("call again: {due}", "ring igjen: {due}"),
                }
            }
            Next::NoMore => text!(
                "done: no try is left, so nobody calls again about this message",
                "gjort: ingen forsøk igjen, så ingen ringer mer om denne meldingen"
            ),
            Next::Done => match outcome {
                Outcome::WrongNumber | Outcome::NotInService => text!(
                    "done: the number is left out until staff lift it",
                    "gjort: nummeret utelates til noen opphever det"
                ),
                Outcome::NotInGroup => text!(
                    "done: left out of later plans until staff lift it",
                    "gjort: utelates fra senere planer til noen opphever det"
                ),
                Outcome::Sent => text!(
                    "done: the message stands in the history, and the cooldown runs",
                    "gjort: meldingen står i loggen, og ventetiden løper"
                ),
                Outcome::CouldNot => text!(
                    "done: it reached nobody, so there is no cooldown",
                    "gjort: den nådde ingen, så det er ingen ventetid"
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

/// What a task has left when a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Tries, with this one.
    pub attempts: i64,
    /// When it lapses.
    pub lapses_at: i64,
    /// How the try before ended.
    pub before: Option<Outcome>,
}

/// What becomes of a task with so much left and this end; `at` is when they asked to be called, or visited.
///
/// # Errors
/// A refusal when `at` is missing, or no time at which anybody may be called.
pub fn next(
    outcome: Outcome,
    left: Left,
    now: Timestamp,
    at: Option<Timestamp>,
    hours: &Hours,
) -> Result<Next, Refusal> {
    match outcome {
        Outcome::CallLater => later(left, now, at.ok_or(Refusal::NoTime)?, hours),
        Outcome::NoAnswer => Ok(tomorrow(left, now, hours)),
        Outcome::OtherLanguage => Ok(in_their_language(left, now, hours)),
        Outcome::WantsVisit => visit(left, now, at, hours),
        _ => Ok(Next::Done),
    }
}

/// A call that was asked for costs no try, and may be made for two working days.
fn later(left: Left, now: Timestamp, at: Timestamp, hours: &Hours) -> Result<Next, Refusal> {
    is_to_come(now, at, hours)?;
    if !hours.are_open(at) {
        return Err(Refusal::NoCallsThen(hours.next_open(at)));
    }
    Ok(put_off(left, left.attempts.max(1), at, PATIENCE, hours))
}

fn tomorrow(left: Left, now: Timestamp, hours: &Hours) -> Next {
    let due_at = next_day(now, hours).as_millisecond();
    let attempts_left = left.attempts - 1;
    if attempts_left <= 0 || due_at >= left.lapses_at {
        return Next::NoMore;
    }
    Next::Again(Again { due_at, lapses_at: left.lapses_at, attempts_left })
}

/// The first time costs no try: the one who calls next speaks the language. Then it does, so that nobody is called for
/// ever by people who do not.
fn in_their_language(left: Left, now: Timestamp, hours: &Hours) -> Next {
    let again = left.before == Some(Outcome::OtherLanguage);
    let attempts_left = if again { left.attempts - 1 } else { left.attempts.max(1) };
    if attempts_left <= 0 {
        return Next::NoMore;
    }
    put_off(left, attempts_left, next_day(now, hours), PATIENCE, hours)
}

/// A wish is not lost when nobody answers once: two tries at least to agree on the visit, or to hear how it went.
fn visit(left: Left, now: Timestamp, at: Option<Timestamp>, hours: &Hours) -> Result<Next, Refusal> {
    let due = match at {
        Some(at) => {
            is_to_come(now, at, hours)?;
            hours.next_open(at)
        }
        None => next_day(now, hours),
    };
    Ok(put_off(left, left.attempts.max(2), due, VISIT, hours))
}

fn put_off(left: Left, attempts_left: i64, due: Timestamp, patience: u32, hours: &Hours) -> Next {
    let last = calls::lapses_on(hours.day_of(due), Span::new(patience, Unit::WorkingDays), hours.holidays());
    let lapses_at = left.lapses_at.max(hours.close_at(last).as_millisecond());
    Next::Again(Again { due_at: due.as_millisecond(), lapses_at, attempts_left })
}

fn is_to_come(now: Timestamp, at: Timestamp, hours: &Hours) -> Result<(), Refusal> {
    let far = hours.day_of(now).saturating_add(FAR_DAYS.days());
    if at <= now || hours.day_of(at) > far { Err(Refusal::BadTime) } else { Ok(()) }
}

fn next_day(now: Timestamp, hours: &Hours) -> Timestamp {
    hours.open_at(calls::due_on(hours.day_of(now), Span::new(1, Unit::WorkingDays), hours.holidays()))
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

    /// So many tries, and weeks to make them.
    fn left(attempts: i64) -> Left {
        Left { attempts, lapses_at: at("2027-01-30T21:00:00").as_millisecond(), before: None }
    }

    fn again(next: Next) -> (String, String, i64) {
        let Next::Again(again) = next else { panic!("{next:?}") };
        let local = |ms| hours().zone().to_datetime(Timestamp::from_millisecond(ms).unwrap()).to_string();
        (local(again.due_at), local(again.lapses_at), again.attempts_left)
    }

    fn ends(outcome: Outcome, left: Left, when: Option<&str>) -> Result<Next, Refusal> {
        next(outcome, left, at("2026-12-04T14:00:00"), when.map(at), &hours())
    }

    #[test]
    fn no_answer_on_a_friday_comes_back_on_monday_while_tries_are_left() {
        let (due, _, tries) = again(ends(Outcome::NoAnswer, left(2), None).unwrap());
        assert_eq!((due.as_str(), tries), ("2026-12-07T09:00:00", 1));
        assert_eq!(ends(Outcome::NoAnswer, left(1), None), Ok(Next::NoMore));
    }

    #[test]
    fn no_answer_on_the_last_day_is_the_end() {
        let today = Left { lapses_at: at("2026-12-04T21:00:00").as_millisecond(), ..left(5) };
        assert_eq!(ends(Outcome::NoAnswer, today, None), Ok(Next::NoMore));
    }

    #[test]
    fn a_call_that_was_asked_for_costs_no_try() {
        let soon = Left { lapses_at: at("2026-12-08T21:00:00").as_millisecond(), ..left(1) };
        let later = again(ends(Outcome::CallLater, soon, Some("2026-12-10T15:00:00")).unwrap());
        assert_eq!(later, ("2026-12-10T15:00:00".to_owned(), "2026-12-14T21:00:00".to_owned(), 1));
    }

    #[test]
    fn a_call_is_put_off_only_to_a_time_for_calls() {
        let later = |when: Option<&str>| ends(Outcome::CallLater, left(2), when);
        assert_eq!(later(None), Err(Refusal::NoTime));
        assert_eq!(later(Some("2026-12-04T13:59:00")), Err(Refusal::BadTime));
        assert_eq!(later(Some("2027-02-03T12:00:00")), Err(Refusal::BadTime));
        assert_eq!(later(Some("2026-12-06T12:00:00")), Err(Refusal::NoCallsThen(at("2026-12-07T09:00:00"))));
        assert_eq!(later(Some("2026-12-04T21:00:00")), Err(Refusal::NoCallsThen(at("2026-12-05T09:00:00"))));
        assert!(later(Some("2026-12-04T20:59:00")).is_ok());
    }

    #[test]
    fn a_call_in_another_language_costs_a_try_from_the_second_time_on() {
        let last_day = Left { lapses_at: at("2026-12-04T21:00:00").as_millisecond(), ..left(1) };
        let first = again(ends(Outcome::OtherLanguage, last_day, None).unwrap());
        assert_eq!(first, ("2026-12-07T09:00:00".to_owned(), "2026-12-09T21:00:00".to_owned(), 1));
        let second = Left { before: Some(Outcome::OtherLanguage), ..left(1) };
        assert_eq!(ends(Outcome::OtherLanguage, second, None), Ok(Next::NoMore));
    }

    #[test]
    fn a_visit_comes_back_on_its_day_or_the_next_one_to_agree_on_it() {
        let agreed = again(ends(Outcome::WantsVisit, left(1), Some("2026-12-06T18:00:00")).unwrap());
        assert_eq!(
            (agreed.0.as_str(), agreed.2),
            ("2026-12-07T09:00:00", 2),
            "a Sunday's visit is asked about on Monday"
        );
        assert_eq!(again(ends(Outcome::WantsVisit, left(3), None).unwrap()).0, "2026-12-07T09:00:00");
        assert_eq!(ends(Outcome::WantsVisit, left(1), Some("2026-12-04T13:00:00")), Err(Refusal::BadTime));
    }

    #[test]
    fn everything_else_ends_the_task() {
        use Outcome::{NotInGroup, NotInService, OptOut, Talked, Thanks, WrongNumber};
        for outcome in [Talked, Thanks, NotInGroup, WrongNumber, NotInService, OptOut] {
            assert_eq!(ends(outcome, left(2), None), Ok(Next::Done));
        }
    }
}
