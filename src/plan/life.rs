//! Pause, resume and cancel: each takes effect before the next send begins.

use crate::domain::campaign::CampaignState;
use crate::domain::decision::Decision;
use crate::ledger::Ledger;
use crate::store::{Db, DbError, campaign, message, task};

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
        task::drop_campaign(&mut tx, name, Decision::Cancelled.as_str(), now).await?;
    }
    tx.commit().await?;
    let withdrawn = if order == Order::Cancel { withdraw_all(db, name, now).await? } else { 0 };
    Ok(Outcome::Done { withdrawn })
}

/// Withdraws what waits, a chunk a transaction.
async fn withdraw_all(db: &Db, name: &str, now: i64) -> Result<u64, DbError> {
    let mut withdrawn = 0;
    loop {
        let mut tx = db.begin().await?;
        let some = message::withdraw_campaign(&mut tx, name, Decision::Cancelled, now).await?;
        tx.commit().await?;
        if some == 0 {
            return Ok(withdrawn);
        }
        withdrawn += some;
    }
}
