//! The notice of the day: how much there is to do and where to look, on a schedule, once a slot on whichever node.
//! It names no contact, number or text; of colleagues, who is away and who stands in.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Tasks;
use crate::clock::Clock;
use crate::domain::hex::hex;
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, number_of};
use crate::domain::moment;
use crate::domain::reply::ReplyKind;
use crate::domain::schedule::Schedule;
use crate::say;
use crate::settings::Settings;
use crate::store::absence::Absence;
use crate::store::{Db, DbError, Tx, audit, message, meta, notice, reply, routine};

/// The schedule's name among the slots that have run.
const SLOTS: &str = "tasks.daily";
/// How far back a slot that was missed is looked for, in days: near ones first.
const LOOK_BACK: [i64; 3] = [1, 8, 400];

/// How staff are told.
#[derive(Clone, Debug)]
pub struct Daily {
    /// When.
    pub schedule: Schedule,
    /// In which language: the organisation's first.
    pub lang: Lang,
    /// Where the house is seen from outside.
    pub public_url: String,
}

impl Daily {
    /// As the settings have it.
    pub fn of(settings: &Settings) -> Self {
        let first = settings.organisation.languages.first();
        Self {
            schedule: settings.tasks.daily.clone(),
            lang: first.and_then(|language| Lang::parse(language)).unwrap_or_default(),
            public_url: settings.server.public_url.clone(),
        }
    }
}

/// What there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Figures {
    due: i64,
    by_hand: i64,
    overdue: i64,
    unread: i64,
    noes: i64,
    doubts: i64,
    routines: i64,
    missed: i64,
}

/// Makes the day's list and writes its notice when a slot of the schedule has come; whether it did. The first call
/// ever only notes from when on slots count, and of slots that passed while nothing ran only the newest runs.
///
/// # Errors
/// As the database has it; the slot is then not taken.
pub async fn run_due(tasks: &Tasks, db: &Db, daily: &Daily) -> Result<bool, DbError> {
    let clock = &tasks.ledger.clock;
    let mut tx = db.read().await?;
    let last = meta::last_slot(&mut tx, SLOTS).await?;
    drop(tx);
    let Some(last) = last else {
        let mut tx = db.begin().await?;
        meta::take_slot(&mut tx, SLOTS, clock.now_ms()).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let Some(slot) = newest(&daily.schedule, last, clock) else { return Ok(false) };
    tasks.step(db).await?;
    let mut tx = db.begin().await?;
    if !meta::take_slot(&mut tx, SLOTS, slot).await? {
        return Ok(false);
    }
    let figures = count(tasks, &mut tx, last).await?;
    let today = clock.today();
    let away: Vec<Absence> =
        tasks.absences(&mut tx).await?.into_iter().filter(|absence| absence.lasts(today)).collect();
    let open = tasks.hours.are_open(tasks.hours.open_at(today));
    let (subject, mut body) = write(figures, &away, (today, open), daily);
    if let Some(head) = audit::head(&mut tx).await? {
        // Noted in a mail, it is out of reach of whoever has this machine.
        let (n, hash) = (head.n, hex(&head.hash));
        body.push_str(&say!(
            daily.lang,
            "\nThe audit ends with entry {n}: {hash}\n",
            "\nRevisjonsloggen slutter med oppføring {n}: {hash}\n"
        ));
    }
    notice::add(&mut tx, &subject, &body, clock.now_ms()).await?;
    tx.commit().await?;
    Ok(true)
}

/// The newest slot that has come since the last one.
fn newest(schedule: &Schedule, last: i64, clock: &Clock) -> Option<i64> {
    let (now, last) = (clock.now(), Timestamp::from_millisecond(last).ok()?);
    LOOK_BACK
        .into_iter()
        .find_map(|days| {
            let from = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(last).max(last);
            let slots = std::iter::successors(schedule.next_after(from, clock.zone()), |slot| {
                schedule.next_after(slot.at, clock.zone())
            });
            slots.map(|slot| slot.at).take_while(|at| *at <= now).last()
        })
        .map(Timestamp::as_millisecond)
}

async fn count(tasks: &Tasks, tx: &mut Tx, since: i64) -> Result<Figures, DbError> {
    let list = tasks.today(tx).await?;
    let unread = reply::unread(tx).await?;
    let of = |kind| unread.get(&kind).copied().unwrap_or_default();
    Ok(Figures {
        due: list.len() as i64,
        by_hand: list.iter().filter(|entry| entry.task.is_by_hand()).count() as i64,
        overdue: list.iter().filter(|entry| entry.overdue_days > 0).count() as i64,
        unread: unread.values().sum(),
        noes: of(ReplyKind::Suspected) + of(ReplyKind::OptOut),
        doubts: message::doubts(tx).await?,
        routines: routine::open(tx).await?.len() as i64,
        missed: routine::missed_since(tx, since).await?,
    })
}

/// Subject and text of the notice, on a day on which people may be called or not.
fn write(figures: Figures, away: &[Absence], (today, open): (Date, bool), daily: &Daily) -> (String, String) {
    let (lang, url) = (daily.lang, &daily.public_url);
    let Figures { due, by_hand, overdue, unread, noes, doubts, routines, missed } = figures;
    let some = |n, en, nb| number_of(n, en, nb).pick(lang).to_owned();
    let calls = match due {
        _ if by_hand > 0 => some(due, ["task today", "tasks today"], ["oppgave i dag", "oppgaver i dag"]),
        _ if due == 0 || !open => say!(lang, "no calls today", "ingen samtaler i dag"),
        _ => some(due, ["call today", "calls today"], ["samtale i dag", "samtaler i dag"]),
    };
    let by_hand_too = some(by_hand, ["is to be written", "are to be written"], ["skrives"; 2]);
    let overdue_too = some(overdue, ["is overdue", "are overdue"], ["er forfalt fra før"; 2]);
    let mut lines = vec![match overdue {
        _ if by_hand > 0 => say!(
            lang,
            "Tasks on the list: {due}, of which {by_hand_too} by hand and {overdue_too}.",
            "Oppgaver på listen: {due}, hvorav {by_hand_too} for hånd og {overdue_too}."
        ),
        0 => say!(lang, "Calls on the list: {due}.", "Samtaler på listen: {due}."),
        _ => say!(
            lang,
            "Calls on the list: {due}, of which {overdue_too}.",
            "Samtaler på listen: {due}, hvorav {overdue_too}."
        ),
    }];
    if due > by_hand && !open {
        lines.push(say!(
            lang,
            "Nobody is called on a Sunday or a holiday: they wait.",
            "Ingen ringes på en søndag eller helligdag: de venter."
        ));
    }
    if noes > 0 {
        let noes = some(noes, ["says", "say"], ["er eller kan være et nei"; 2]);
        lines.push(say!(
            lang,
            "Unread answers: {unread}, of which {noes} no or may say no. Please read those first: lykt inbox list",
            "Uleste svar: {unread}, hvorav {noes}. Les dem først: lykt inbox list"
        ));
    } else if unread > 0 {
        lines.push(say!(
            lang,
            "Unread answers: {unread}. Nobody who has answered is called before somebody has read it: lykt inbox list",
            "Uleste svar: {unread}. Ingen som har svart blir ringt før noen har lest svaret: lykt inbox list"
        ));
    }
    if doubts > 0 {
        lines.push(say!(
            lang,
            "Messages in doubt: {doubts}: lykt doubt list",
            "Uavklarte meldinger: {doubts}: lykt doubt list"
        ));
    }
    if missed > 0 {
        lines.push(say!(
            lang,
            "Routines to do: {routines}. Missed since the last list: {missed}: lykt routine list",
            "Rutiner å gjøre: {routines}. Ikke gjort siden forrige liste: {missed}: lykt routine list"
        ));
    } else if routines > 0 {
        lines.push(say!(lang, "Routines to do: {routines}.", "Rutiner å gjøre: {routines}."));
    }
    if figures == Figures::default() {
        lines = vec![say!(lang, "Nothing waits today.", "Ingenting venter i dag.")];
    }
    lines.extend(away.iter().map(|Absence { who, substitute, until, .. }| {
        let (who, substitute, day) = (inert(who), inert(substitute), moment::day(lang, *until, today));
        say!(
            lang,
            "{substitute} stands in for {who}, away until {day}.",
            "{substitute} er stedfortreder for {who}, borte til {day}."
        )
    }));
    lines.push(say!(lang, "The day's list: lykt tasks today", "Dagens liste: lykt tasks today"));
    lines.push(url.clone());
    (format!("Lykt: {calls}"), lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    const DAY: Date = jiff::civil::date(2026, 12, 4);

    fn daily(lang: Lang) -> Daily {
        let schedule = Schedule::parse("0 8 * * Mon-Fri").unwrap();
        Daily { schedule, lang, public_url: "https://lykt.example.org".to_owned() }
    }

    fn clock(now: &str) -> Clock {
        Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), now.parse().unwrap())
    }

    fn newest_since(last: &str, now: &str) -> Option<String> {
        let last: Timestamp = last.parse().unwrap();
        let at = newest(&daily(Lang::En).schedule, last.as_millisecond(), &clock(now))?;
        Some(Timestamp::from_millisecond(at).unwrap().to_string())
    }

    #[test]
    fn after_a_pause_only_the_newest_slot_runs() {
        assert_eq!(newest_since("2026-11-02T12:00:00Z", "2026-12-04T12:00:00Z").unwrap(), "2026-12-04T07:00:00Z");
        assert_eq!(newest_since("2026-12-04T07:00:00Z", "2026-12-06T12:00:00Z"), None);
        assert_eq!(newest_since("2026-12-03T07:00:00Z", "2026-12-06T12:00:00Z").unwrap(), "2026-12-04T07:00:00Z");
    }

    #[test]
    fn the_notice_says_how_much_and_where_to_look() {
        let figures =
            Figures { due: 12, by_hand: 0, overdue: 3, unread: 5, noes: 2, doubts: 1, routines: 2, missed: 1 };
        let (subject, body) = write(figures, &[], (DAY, true), &daily(Lang::En));
        assert_eq!(subject, "Lykt: 12 calls today");
        for part in [
            "12, of which 3",
            "5, of which 2",
            "doubt: 1",
            "do: 2. Missed since the last list: 1",
            "lykt tasks today",
            "https://lykt.example.org",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }

    #[test]
    fn on_a_holiday_nobody_is_told_to_call() {
        let (subject, body) = write(Figures { due: 24, ..Figures::default() }, &[], (DAY, false), &daily(Lang::En));
        assert_eq!(subject, "Lykt: no calls today");
        assert!(body.contains("on the list: 24") && body.contains("a Sunday or a holiday: they wait"), "{body}");
    }

    #[test]
    fn a_list_with_messages_by_hand_is_one_of_tasks() {
        let (subject, body) =
            write(Figures { due: 5, by_hand: 2, ..Figures::default() }, &[], (DAY, true), &daily(Lang::En));
        assert_eq!(subject, "Lykt: 5 tasks today");
        assert!(body.contains("5, of which 2"), "{body}");
    }

    #[test]
    fn a_day_with_nothing_to_do_says_so_in_the_organisations_language() {
        let (subject, body) = write(Figures::default(), &[], (DAY, true), &daily(Lang::Nb));
        assert_eq!(subject, "Lykt: ingen samtaler i dag");
        assert!(body.starts_with("Ingenting venter i dag.\n"), "{body}");
    }
}
