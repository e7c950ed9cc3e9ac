//! What happens to messages by the passing of time: leases run out, doubts grow old, campaigns end.
//!
//! Leases go by the steady clock. The rest goes by the civil one, and waits when that cannot be trusted: a clock that
//! jumped must not end a campaign.

use std::sync::atomic::{AtomicI64, Ordering};

use tracing::{info, warn};

use super::Settler;
use super::brake::Brake;
use crate::clock::Clock;
use crate::domain::campaign::CampaignState;
use crate::domain::decision::Decision;
use crate::domain::span::DAY_MS;
use crate::ledger::trust;
use crate::store::campaign::{self, Campaign};
use crate::store::{Db, DbError, message, task, waiting, withdrawal};

/// A doubt without proof is given up after this long, in civil milliseconds.
const DOUBT_MS: i64 = DAY_MS;
/// A campaign's messages are counted for the brake this often.
const BRAKE_MS: i64 = 5_000;
/// Rows in one transaction.
const CHUNK: i64 = 200;

/// Does what time demands; a no-op most of the time.
pub struct Reaper {
    db: Db,
    settler: Settler,
    clock: Clock,
    /// Messages under way with an older fence belong to a dead process: only true where one daemon is alone.
    dead_before: i64,
    brake: Brake,
    /// When the brake is looked at next, by this process's steady clock.
    brake_at: AtomicI64,
}

impl Reaper {
    /// A reaper for a daemon that started with this fence.
    pub fn new(db: Db, settler: Settler, clock: Clock, fence: i64) -> Self {
        let dead_before = if db.is_shared() { 0 } else { fence };
        Self { db, settler, clock, dead_before, brake: Brake::default(), brake_at: AtomicI64::new(i64::MIN) }
    }

    /// The same, which also pauses campaigns that fare badly.
    pub fn with_brake(self, brake: Brake) -> Self {
        Self { brake, ..self }
    }

    /// One look at everything that may have run out.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self) -> Result<(), DbError> {
        while self.leases().await? {}
        let mut tx = self.db.read().await?;
        let trusted = trust::is_trusted(&mut tx, &self.clock).await?;
        let all = campaign::all(&mut tx).await?;
        drop(tx);
        for campaign in all.iter().filter(|c| c.state.has_ended()) {
            self.left_over(campaign).await?;
        }
        let doubts_before = trusted.then(|| self.clock.now_ms() - DOUBT_MS);
        self.settler.reap_direct(&self.db, self.dead_before, doubts_before).await?;
        if trusted {
            while self.doubts().await? {}
            for campaign in all.iter().filter(|c| c.state.is_live()) {
                self.end(campaign).await?;
            }
            let steady = self.clock.steady_ms();
            if self.brake_at.load(Ordering::Relaxed) <= steady {
                for campaign in all.iter().filter(|c| c.state == CampaignState::Running) {
                    self.pull_the_brake(campaign).await?;
                }
                self.brake_at.store(steady + BRAKE_MS, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    async fn leases(&self) -> Result<bool, DbError> {
        let mut tx = self.db.read().await?;
        let steady = tx.steady_ms(&self.clock).await?;
        if !message::any_overdue(&mut tx, steady, self.dead_before).await? {
            return Ok(false);
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        let overdue = message::overdue(&mut tx, steady, self.dead_before, CHUNK).await?;
        for m in &overdue {
            self.settler.in_doubt(&mut tx, m, "the sender did not come back").await?;
        }
        tx.commit().await?;
        Ok(overdue.len() as i64 == CHUNK)
    }

    async fn doubts(&self) -> Result<bool, DbError> {
        let before = self.clock.now_ms() - DOUBT_MS;
        let mut tx = self.db.read().await?;
        if message::in_doubt(&mut tx, before, 1).await?.is_empty() {
            return Ok(false);
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        let mut given_up = 0;
        for m in message::in_doubt(&mut tx, before, CHUNK).await? {
            given_up += i64::from(self.settler.abandon(&mut tx, &m).await?);
        }
        tx.commit().await?;
        warn!(messages = given_up, "doubts without proof for a day count as contacted");
        Ok(given_up == CHUNK)
    }

    /// Finds what came back to the queue while its campaign ended, or was left there by a crash. A cancelled campaign
    /// withdraws it; a finished one runs again for it.
    async fn left_over(&self, campaign: &Campaign) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        let calls = !task::left_of_cancelled(&mut tx, &campaign.name, 1).await?.is_empty();
        if !calls && !waiting::waits(&mut tx, &campaign.name).await? {
            return Ok(());
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        let now = self.clock.now_ms();
        if campaign::stays(&mut tx, &campaign.name, CampaignState::Cancelled).await? {
            withdrawal::calls(&mut tx, &campaign.name, CHUNK, now).await?;
            withdrawal::of_campaign(&mut tx, &campaign.name, Decision::Cancelled, CHUNK, now).await?;
        } else if campaign::reopen(&mut tx, &campaign.name, now).await? {
            info!(campaign.name, "something of the finished campaign is left after all; it runs again");
        }
        tx.commit().await
    }

    /// Withdraws what a campaign past its end has left, and finishes campaigns that have nothing left to do.
    async fn end(&self, campaign: &Campaign) -> Result<(), DbError> {
        let Some(plan) = campaign.plan_id else { return Ok(()) };
        let mut tx = self.db.read().await?;
        let ends = self.settler.definition(&mut tx, plan).await?.ends;
        let left = waiting::any_open(&mut tx, &campaign.name).await?;
        let busy = left || task::any_open(&mut tx, &campaign.name).await?;
        drop(tx);
        let now = self.clock.now_ms();
        if left && self.clock.today() > ends {
            let mut tx = self.db.begin().await?;
            let expired = withdrawal::of_campaign(&mut tx, &campaign.name, Decision::Expired, CHUNK, now).await?;
            tx.commit().await?;
            if expired > 0 {
                info!(campaign.name, messages = expired, "the campaign is past its end; what was left is withdrawn");
            }
        }
        if !busy && campaign.state == CampaignState::Running {
            let mut tx = self.db.begin().await?;
            if campaign::finish(&mut tx, &campaign.name, now).await? {
                info!(campaign.name, "the campaign is finished");
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Pauses a campaign that fares badly.
    async fn pull_the_brake(&self, campaign: &Campaign) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        let Some(why) = self.brake.pulls(&mut tx, &campaign.name, campaign.changed_at).await? else { return Ok(()) };
        drop(tx);
        let mut tx = self.db.begin().await?;
        let (from, to) = ([CampaignState::Running], CampaignState::Paused);
        let now = self.clock.now_ms();
        if campaign::move_state(&mut tx, &campaign.name, &from, to, Some(why.as_str()), now).await? {
            warn!(campaign.name, why = why.as_str(), "the campaign fares badly and has paused itself");
        }
        tx.commit().await
    }
}
