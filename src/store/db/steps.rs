//! The steps of the schema, and taking them.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::look::{self, Schema};
use super::{Db, DbError, LEFT_ALONE, wash};

/// The migrations, in order; forward only, the same text for both databases.
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "the house", include_str!("../../../migrations/0001_house.sql")),
    (2, "supplements", include_str!("../../../migrations/0002_supplements.sql")),
    (4, "what providers list", include_str!("../../../migrations/0004_listing.sql")),
    (5, "calls", include_str!("../../../migrations/0005_calls.sql")),
    (7, "credit", include_str!("../../../migrations/0007_credit.sql")),
    (8, "access", include_str!("../../../migrations/0008_access.sql")),
    (9, "direct messages", include_str!("../../../migrations/0009_direct.sql")),
    (11, "staff", include_str!("../../../migrations/0011_staff.sql")),
    (12, "who planned", include_str!("../../../migrations/0012_second_person.sql")),
    (13, "answers move", include_str!("../../../migrations/0013_answers_move.sql")),
    (16, "by state", include_str!("../../../migrations/0016_by_state.sql")),
    (17, "by hand", include_str!("../../../migrations/0017_by_hand.sql")),
    (18, "queue by channel", include_str!("../../../migrations/0018_queue_by_channel.sql")),
    (20, "witness", include_str!("../../../migrations/0020_witness.sql")),
    (22, "who was opened", include_str!("../../../migrations/0022_who_was_opened.sql")),
    (23, "way in", include_str!("../../../migrations/0023_way_in.sql")),
    (24, "alarm", include_str!("../../../migrations/0024_alarm.sql")),
    (25, "audit", include_str!("../../../migrations/0025_audit.sql")),
    (26, "erasure", include_str!("../../../migrations/0026_erasure.sql")),
    (27, "second", include_str!("../../../migrations/0027_second.sql")),
    (28, "recovery", include_str!("../../../migrations/0028_recovery.sql")),
    (29, "outcomes", include_str!("../../../migrations/0029_outcomes.sql")),
    (30, "friendly answers", include_str!("../../../migrations/0030_friendly_answers.sql")),
    (33, "routines", include_str!("../../../migrations/0033_routine.sql")),
    (34, "market", include_str!("../../../migrations/0034_market.sql")),
    (37, "partners", include_str!("../../../migrations/0037_partners.sql")),
    (38, "verdicts", include_str!("../../../migrations/0038_verdict.sql")),
    (39, "debrief", include_str!("../../../migrations/0039_debrief.sql")),
    (40, "keeper", include_str!("../../../migrations/0040_keeper.sql")),
    (41, "absence", include_str!("../../../migrations/0041_absence.sql")),
    (42, "met", include_str!("../../../migrations/0042_met.sql")),
    (43, "fewer indexes", include_str!("../../../migrations/0043_fewer_indexes.sql")),
    (44, "made at", include_str!("../../../migrations/0044_made_at.sql")),
    (45, "welcome back", include_str!("../../../migrations/0045_welcome_back.sql")),
    (46, "ids of messages", include_str!("../../../migrations/0046_message_ids.sql")),
    (47, "parted", include_str!("../../../migrations/0047_parted.sql")),
    (48, "wrote at", include_str!("../../../migrations/0048_wrote_at.sql")),
    (49, "answers without an id", include_str!("../../../migrations/0049_answers_without_id.sql")),
    (50, "tries", include_str!("../../../migrations/0050_tries.sql")),
    (51, "why a second person is asked", include_str!("../../../migrations/0051_why.sql")),
    (52, "the cooldown of the parted", include_str!("../../../migrations/0052_waits_from.sql")),
    (53, "no raw webhooks that took effect", include_str!("../../../migrations/0053_no_raw.sql")),
];
/// A connection that is left alone while it migrates is hung up on, as a transaction is: the lock of whoever migrates belongs
/// to a connection. From PostgreSQL 14 on.
const IDLE: &str = "select set_config(name, $1, false) from pg_settings where name = 'idle_session_timeout'";

impl Db {
    /// Brings it to this version.
    pub(super) async fn migrate(&self) -> Result<(), DbError> {
        // Whoever migrates has the database to itself, also to find that there is nothing to do.
        if self.is_current().await { Ok(()) } else { self.migrate_to(|_| true).await }
    }

    async fn is_current(&self) -> bool {
        let Ok(mut tx) = self.read().await else { return false };
        look::schema(&mut tx).await.is_ok_and(|schema| schema == Schema::Current)
    }

    /// Takes the steps that are wanted and were not taken.
    pub(super) async fn migrate_to(&self, wanted: impl Fn(i64) -> bool) -> Result<(), DbError> {
        let migrator = Migrator::with_migrations(wanted_steps(wanted));
        match self {
            // These connections wait for a lock by themselves.
            Db::Sqlite { read, .. } => migrator.run(read).await,
            Db::Postgres(pool) => {
                let mut one = pool.acquire().await?;
                sqlx::query(IDLE).bind(LEFT_ALONE).execute(&mut *one).await?;
                let done = migrator.run(&mut *one).await;
                if done.is_ok() {
                    wash::unsample(&mut one).await?;
                    sqlx::query(IDLE).bind("0").execute(&mut *one).await?;
                }
                done
            }
        }
        .map_err(DbError::Migrate)
    }
}

/// A step as the migrator has it.
pub(super) fn step((version, name, text): &(i64, &'static str, &'static str)) -> Migration {
    let text = AssertSqlSafe(*text).into_sql_str();
    Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, text, false)
}

fn wanted_steps(wanted: impl Fn(i64) -> bool) -> Vec<Migration> {
    MIGRATIONS.iter().filter(|(version, ..)| wanted(*version)).map(step).collect()
}
