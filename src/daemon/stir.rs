//! Whether call tasks may have to move. All open ones are looked through when somebody has answered or come, and every few
//! seconds; in between it is only looked at what has fallen due.

use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::domain::holidays::Holidays;
use crate::store::news::{self, Newest};
use crate::store::{Db, DbError, due};
use crate::tasks::Hours;

/// All open tasks are looked through this often, whatever has come.
const ALL_MS: i64 = 5_000;

/// What was looked at last. Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub(super) struct Stir(Arc<Mutex<Look>>);

/// One look at all open tasks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    newest: Newest,
    /// When the next one is due at the latest, steady.
    next_at: i64,
}

impl Stir {
    /// The look that is due now, if one is.
    pub(super) async fn due(&self, db: &Db, clock: &Clock) -> Result<Option<Look>, DbError> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let steady = clock.steady_ms();
        let tonight = Hours::new(clock.zone().clone(), Holidays::None).day_ends(clock.now()).as_millisecond();
        let mut tx = db.read().await?;
        // What comes while it is looked is news the next time.
        let look = Look { newest: news::newest(&mut tx).await?, next_at: steady + ALL_MS };
        let is_due = last.next_at <= steady
            || news::any_since(&mut tx, last.newest).await?
            || due::any_due(&mut tx, tonight, clock.now_ms()).await?;
        Ok(is_due.then_some(look))
    }

    /// All open tasks were looked through.
    pub(super) fn done(&self, look: Look) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = look;
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::clock::new_id;
    use crate::domain::id::{ContactId, TaskId, TouchId};
    use crate::store::{Sql, sql};

    async fn run(db: &Db, statement: Sql) {
        let mut tx = db.begin().await.unwrap();
        tx.run(statement).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn open_tasks_are_looked_through_when_somebody_came_and_every_five_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let clock = Clock::manual(TimeZone::UTC, "2026-12-03T12:00:00Z".parse().unwrap());
        let (stir, contact): (_, ContactId) = (Stir::default(), new_id());
        let looks = async || {
            let look = stir.due(&db, &clock).await.unwrap();
            look.map(|look| stir.done(look)).is_some()
        };
        let comes = async |kind: &str| {
            let entry = sql("insert into touch (id, contact_id, at, kind, counts) values ($1, $2, 0, $3, false)");
            run(&db, entry.bind(new_id::<TouchId>()).bind(contact).bind(kind)).await;
        };
        run(&db, sql("insert into contact (id, made_at) values ($1, 0)").bind(contact)).await;
        assert!(looks().await, "nobody knows what came while nothing ran");
        assert!(!looks().await);
        comes("message").await;
        assert!(!looks().await);
        comes("visit").await;
        assert!(looks().await);
        assert!(!looks().await);
        clock.advance_ms(ALL_MS);
        assert!(looks().await);
        assert!(!looks().await);
        let task = sql("insert into task (id, kind, contact_id, state, due_at, lapses_at, attempts_left, made_at) \
             values ($1, 'call', $2, 'planned', $3, $4, 1, 0)");
        let now = clock.now_ms();
        run(&db, task.bind(new_id::<TaskId>()).bind(contact).bind(now).bind(now + 1)).await;
        assert!(looks().await, "its day has come");
    }
}
