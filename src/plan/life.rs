//! Pause, resume and cancel, and what a change does to an approval: each takes effect before the next send begins.

use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::campaign::{CampaignState, Change};
use crate::domain::decision::Decision;
use crate::domain::id::PlanId;
use crate::ledger::Ledger;
use crate::store::{Chunks, Db, DbError, campaign, notice, supplement, withdrawal};

/// What a coordinator can do with a campaign that lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Begin nothing until further notice.
    Pause,
    /// Go on; everybody is checked again at the intent.
    Resume,
    /// Stop for good: what waits is withdrawn, and its calls with it.
    Cancel,
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; the number of messages that were withdrawn.
    Done {
        /// Messages withdrawn.
        withdrawn: u64,
    },
    /// There is no such campaign.
    Unknown,
    /// The campaign's state does not allow it.
    NotNow(CampaignState),
}

/// Carries out an order.
///
/// # Errors
/// As the database has it.
pub async fn order(db: &Db, ledger: &Ledger, name: &str, order: Order, by: Option<&str>) -> Result<Outcome, DbError> {
    let now = ledger.clock.now_ms();
    let (from, to): (&[CampaignState], CampaignState) = match order {
        Order::Pause => (&[CampaignState::Running], CampaignState::Paused),
        Order::Resume => (&[CampaignState::Paused], CampaignState::Running),
        Order::Cancel => (
            &[CampaignState::Planned, CampaignState::Approved, CampaignState::Running, CampaignState::Paused],
            CampaignState::Cancelled,
        ),
    };
    let mut tx = db.begin().await?;
    let Some(campaign) = campaign::get(&mut tx, name).await? else { return Ok(Outcome::Unknown) };
    if !campaign::move_state(&mut tx, name, from, to, by, now).await? {
        return Ok(Outcome::NotNow(campaign.state));
    }
    if order == Order::Cancel {
        supplement::forget_approved(&mut tx, name).await?;
    }
    let act = match order {
        Order::Pause => Act::Paused,
        Order::Resume => Act::Resumed,
        Order::Cancel => Act::Cancelled,
    };
    ledger.book().note(&mut tx, act, On::Campaign(name)).await?;
    tx.commit().await?;
    let withdrawn = if order == Order::Cancel { withdraw(db, name, now).await? } else { 0 };
    Ok(Outcome::Done { withdrawn })
}

/// Drops the calls of a cancelled campaign, and withdraws what waits: how many messages. What a crash leaves of that,
/// the daemon finds.
async fn withdraw(db: &Db, name: &str, now: i64) -> Result<u64, DbError> {
    let (mut chunks, why) = (Chunks::default(), Decision::Cancelled);
    while chunks.write(db, async |tx, rows| withdrawal::calls(tx, name, rows, now).await).await? > 0 {}
    let mut withdrawn = 0;
    loop {
        match chunks.write(db, async |tx, rows| withdrawal::of_campaign(tx, name, why, rows, now).await).await? {
            0 => return Ok(withdrawn),
            some => withdrawn += some,
        }
    }
}

/// A notice to staff: subject and text. It names no person.
pub type Notice = (String, String);

/// Carries out what a change means for a campaign under a plan: what was approved and has not begun needs a new plan
/// and a new yes, what runs pauses. A list or a service that changes under a running campaign means nothing to those
/// planned before. Where the campaign stands now, when it was moved; staff are told then.
///
/// # Errors
/// As the database has it.
pub async fn void(
    db: &Db,
    ledger: &Ledger,
    (name, plan): (&str, PlanId),
    change: Change,
    tell: impl Fn(CampaignState) -> Notice,
) -> Result<Option<CampaignState>, DbError> {
    let now = ledger.clock.now_ms();
    let moves = [(CampaignState::Approved, CampaignState::Planned), (CampaignState::Running, CampaignState::Paused)];
    let moves = if change.holds() { &moves[..] } else { &moves[..1] };
    let mut tx = db.begin().await?;
    for (from, to) in moves.iter().copied() {
        if campaign::move_with_plan(&mut tx, name, plan, (from, to), change.reason(), now).await? {
            let (subject, body) = tell(to);
            notice::add(&mut tx, &subject, &body, now).await?;
            tx.commit().await?;
            if to == CampaignState::Planned {
                take_back(db, name).await?;
            }
            return Ok(Some(to));
        }
    }
    Ok(None)
}

/// Takes what an approval that no longer stands had put in the outbox out again, a chunk a transaction.
///
/// # Errors
/// As the database has it; called again, it goes on.
pub async fn take_back(db: &Db, name: &str) -> Result<(), DbError> {
    let mut chunks = Chunks::default();
    while chunks.write(db, async |tx, rows| campaign::take_back(tx, name, rows).await).await? > 0 {}
    Ok(())
}
