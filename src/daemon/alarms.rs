//! The loop that looks for what is wrong. That the database is away cannot be queued in it, and is told at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::{error, info};

use crate::alarm::Watch;
use crate::clock::boot_ms;
use crate::domain::alarm::Alarm;
use crate::ledger::Ledger;
use crate::store::{Db, DbError};
use crate::tasks::mail::Mailer;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

/// The database as this node sees it.
#[derive(Default)]
struct Away {
    since: Option<i64>,
    told: bool,
}

impl Away {
    /// Notes how a look ended; what is to be told: that it is away, or that this is over.
    fn note(&mut self, works: bool, now: i64) -> Option<bool> {
        if works {
            let over = std::mem::take(self).told;
            return over.then_some(true);
        }
        let since = *self.since.get_or_insert(now);
        let tell = !self.told && now - since >= Alarm::Database.waits_ms();
        self.told |= tell;
        tell.then_some(false)
    }
}

/// Looks until the stop.
pub(super) async fn run(
    db: Db,
    ledger: Ledger,
    alarms: Watch,
    mailer: Arc<Mailer>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut away = Away::default();
    while !*stopped.borrow_and_update() {
        let looked: Result<(), DbError> = alarms.step(&db, &ledger).await;
        let news = away.note(looked.is_ok(), boot_ms());
        match (news, looked) {
            (Some(false), Err(e)) => error!(error = %e, "the database has not answered for a minute"),
            (Some(true), _) => info!("the database answers again"),
            _ => {}
        }
        if let Some(over) = news {
            for way in alarms.ways.iter().copied() {
                let (subject, body) = alarms.words.of(way, Alarm::Database, "", over);
                mailer.shout(way, &subject, &body, ledger.clock.now_ms()).await;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.changed() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_the_database_is_away_is_told_once_and_that_it_is_back_once() {
        let mut away = Away::default();
        let looks = [(false, 0), (false, 30_000), (false, 60_000), (false, 90_000), (true, 100_000), (true, 110_000)];
        let told: Vec<_> = looks.into_iter().map(|(works, at)| away.note(works, at)).collect();
        assert_eq!(told, [None, None, Some(false), None, Some(true), None]);
    }

    #[test]
    fn a_short_absence_is_not_told() {
        let mut away = Away::default();
        let told: Vec<_> =
            [(false, 0), (false, 59_999), (true, 60_000), (false, 61_000)].map(|(w, at)| away.note(w, at)).into();
        assert_eq!(told, [None; 4]);
    }
}
