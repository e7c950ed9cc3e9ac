//! Why a task cannot be taken or ended, in words that say what to do instead.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::decision::Decision;
use crate::domain::lang::{Text, number_of};
use crate::domain::moment;
use crate::domain::outcome::Outcome;
use crate::store::task::TaskState;
use crate::text;

/// A refusal by a rule; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such task.
    Unknown,
    /// The task is over, or not due yet.
    Closed(TaskState),
    /// The contact must not be called: a no, an unread answer, left out.
    Contact(Decision),
    /// Not now; from then on it may be possible.
    NotNow(Timestamp),
    /// Another person holds it.
    Taken(String),
    /// It is meant for somebody else.
    MeantFor(String),
    /// It would lapse before then.
    Lapses(Timestamp),
    /// This person does not hold it.
    NotHeld,
    /// A task of this kind does not end so, but in one of these ways.
    NoOutcome(&'static [Outcome]),
    /// `call_later` needs to know when.
    NoTime,
    /// The time lies in the past, or more than sixty days ahead.
    BadTime,
    /// Nobody may be called at that time; from the given one on.
    NoCallsThen(Timestamp),
    /// There is nobody free to call.
    NothingFree,
    /// The campaign of calls is on pause.
    Paused,
    /// This person has made so many calls today; from then on there may be more.
    Enough {
        /// How many a day.
        calls: u32,
        /// The next morning for calls.
        again: Timestamp,
    },
    /// No outcome stands that could be taken back.
    NothingToUndo,
    /// A day has passed, or something else has happened with the person since.
    TooLate,
    /// The outcome was a no: it is lifted only with a reason.
    NeedsReason,
    /// The outcome was a no that this person registered, and only they know it for a mistake.
    AnothersNo(String),
}

impl Refusal {
    /// When it may be possible, where that can be said.
    pub fn again_at(&self) -> Option<Timestamp> {
        match self {
            Refusal::NotNow(at) | Refusal::NoCallsThen(at) | Refusal::Enough { again: at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Refusal::Unknown => "unknown",
            Refusal::Closed(state) => state.as_str(),
            Refusal::Contact(reason) => reason.as_str(),
            Refusal::NotNow(_) => "not_now",
            Refusal::Taken(_) => "taken",
            Refusal::MeantFor(_) => "meant_for",
            Refusal::Lapses(_) => "lapses",
            Refusal::NotHeld => "not_held",
            Refusal::NoOutcome(_) => "no_outcome",
            Refusal::NoTime => "no_time",
            Refusal::BadTime => "bad_time",
            Refusal::NoCallsThen(_) => "no_calls_then",
            Refusal::NothingFree => "nothing_free",
            Refusal::Paused => "paused",
            Refusal::Enough { .. } => "enough",
            Refusal::NothingToUndo => "nothing_to_undo",
            Refusal::TooLate => "too_late",
            Refusal::NeedsReason => "needs_reason",
            Refusal::AnothersNo(_) => "anothers_no",
        }
    }

    /// The reason in plain words, and what to do instead; times are the zone's.
    pub fn explain(&self, zone: &TimeZone) -> Text {
        match self {
            Refusal::Unknown => text!("there is no such task", "oppgaven finnes ikke"),
            Refusal::Closed(state) => closed(*state),
            Refusal::Contact(reason) => {
                let Text { en, nb } = reason.explain();
                text!("no contact: {en}", "ingen kontakt: {nb}")
            }
            Refusal::NotNow(at) => {
                let at = local(*at, zone);
                text!("nobody is called now; from {at} it is possible", "ingen ringes nå; fra {at} går det")
            }
            Refusal::Taken(by) => text!("{by} has taken this task", "{by} har tatt denne oppgaven"),
            Refusal::MeantFor(owner) => text!(
                "this task is meant for {owner}: ask them to release it, or a coordinator to hand it over",
                "denne oppgaven er ment for {owner}: be dem slippe den, eller en koordinator om å gi den videre"
            ),
            Refusal::Lapses(at) => {
                let at = local(*at, zone);
                text!(
                    "the call cannot wait so long: it lapses {at}",
                    "samtalen kan ikke vente så lenge: den utløper {at}"
                )
            }
            Refusal::NotHeld => text!(
                "you do not hold this task: take it first, or register a call made without it in the person's history",
                "du har ikke tatt oppgaven: ta den først, eller registrer en samtale uten oppgave i personens logg"
            ),
            Refusal::NoOutcome(others) => {
                let words = others.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>().join(", ");
                text!(
                    "this task does not end so: choose one of {words}",
                    "denne oppgaven ender ikke slik: velg en av {words}"
                )
            }
            Refusal::NoTime => {
                text!("say when to call again", "si når det skal ringes igjen")
            }
            Refusal::BadTime => text!(
                "choose a time to come, within sixty days",
                "velg et tidspunkt som ikke er passert, innen seksti dager"
            ),
            Refusal::NoCallsThen(at) => {
                let at = local(*at, zone);
                text!(
                    "nobody is called at that time: 09:00 to 21:00, not on Sundays and holidays; possible from {at}",
                    "ingen ringes på den tiden: 09:00 til 21:00, ikke på søndager og helligdager; mulig fra {at}"
                )
            }
            Refusal::NothingFree => text!("there is nothing free", "det er ingenting ledig"),
            Refusal::Paused => {
                text!(
                    "the campaign is on pause: nobody is called for it",
                    "kampanjen er på pause: ingen ringes for den"
                )
            }
            Refusal::Enough { calls, again } => {
                let again = local(*again, zone);
                let Text { en, nb } = number_of(calls, ["call is", "calls are"], ["samtale er", "samtaler er"]);
                text!(
                    "{en} enough for one day: others take the rest, and you go on from {again}",
                    "{nb} nok for én dag: andre tar resten, og du fortsetter fra {again}"
                )
            }
            Refusal::NothingToUndo => {
                text!("there is no outcome to take back", "det er ikke noe utfall å ta tilbake")
            }
            Refusal::TooLate => text!(
                "too late to take back: a day has passed, or something else has happened with this person since; what is right goes into the history as a note",
                "for sent å ta tilbake: det har gått et døgn, eller noe annet har skjedd med personen siden; det som er riktig, skrives i loggen som et notat"
            ),
            Refusal::NeedsReason => text!(
                "the outcome was a no: say how you know that it was a mistake",
                "utfallet var et nei: si hvordan du vet at det var en feil"
            ),
            Refusal::AnothersNo(by) => text!(
                "the outcome was a no: only {by}, who registered it, can take it back as a mistake; a no is lifted with `lykt contact opt-in`",
                "utfallet var et nei: bare {by}, som registrerte det, kan ta det tilbake som en feil; et nei oppheves med `lykt contact opt-in`"
            ),
        }
    }
}

fn closed(state: TaskState) -> Text {
    match state {
        TaskState::Planned => text!("the task is not due yet", "oppgaven er ikke forfalt ennå"),
        TaskState::Open | TaskState::Claimed => text!("nobody holds the task", "ingen har tatt oppgaven"),
        TaskState::Done => text!("the task is done already", "oppgaven er allerede gjort"),
        TaskState::Dropped => text!("the task is not needed any more", "oppgaven trengs ikke lenger"),
        TaskState::Lapsed => {
            text!("the task has lapsed: nobody did it in time", "oppgaven er utløpt: ingen gjorde den i tide")
        }
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    moment::plain(at.as_millisecond(), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_it_is_possible_in_local_time() {
        let at = "2026-12-07T08:00:00Z".parse().unwrap();
        let text = Refusal::NotNow(at).explain(&TimeZone::get("Europe/Oslo").unwrap());
        assert!(text.en.contains("2026-12-07 09:00") && text.nb.contains("2026-12-07 09:00"), "{text:?}");
    }
}
