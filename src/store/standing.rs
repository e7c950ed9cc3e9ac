//! What stands in the database at a moment, in figures for monitoring: each read by a small index, none names anybody.

use super::db::{DbError, Tx, sql};
use crate::domain::campaign::CampaignState;
use crate::domain::message::MessageState;
use crate::domain::task::TaskState;

/// Messages that are not over.
const OPEN: [MessageState; 3] = [MessageState::Queued, MessageState::Submitting, MessageState::InDoubt];
/// Tasks that are not over.
const TO_DO: [TaskState; 3] = [TaskState::Planned, TaskState::Open, TaskState::Claimed];

/// The figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Messages that are not over, by state.
    pub messages: Vec<(MessageState, i64)>,
    /// Since when the oldest message in doubt is so, in steady milliseconds.
    pub doubt_since: Option<i64>,
    /// Campaigns by state.
    pub campaigns: Vec<(CampaignState, i64)>,
    /// Answers that nobody has read.
    pub unread: i64,
    /// Tasks that are not over, by state.
    pub tasks: Vec<(TaskState, i64)>,
    /// Accounts that do not send for now.
    pub paused_accounts: i64,
    /// Webhooks that were taken in and wait for their turn, the simulator's future ones apart.
    pub webhooks_waiting: i64,
    /// Notices to staff that were not sent yet.
    pub notices_waiting: i64,
}

/// Reads them, as of a civil time.
///
/// # Errors
/// As the database has it.
pub async fn read(tx: &mut Tx, now_ms: i64) -> Result<Standing, DbError> {
    let mut standing = Standing::default();
    for state in OPEN {
        // One literal for each: the partial indexes know these words.
        let query = match state {
            MessageState::Submitting => {
                "select count(*) from message where state in ('submitting', 'in_doubt') and state = 'submitting'"
            }
            MessageState::InDoubt => "select count(*) from message where state = 'in_doubt'",
            _ => "select count(*) from message where state = 'queued'",
        };
        standing.messages.push((state, count(tx, query).await?));
    }
    let doubt = tx.maybe(sql("select min(doubt_at) from message where state = 'in_doubt'")).await?;
    standing.doubt_since = doubt.map(|row| row.get(0)).transpose()?.flatten();
    let campaigns = tx.all(sql("select state, count(*) from campaign group by state")).await?;
    for row in campaigns {
        standing.campaigns.push((row.word(0, "campaign state", CampaignState::parse)?, row.int(1)?));
    }
    for state in TO_DO {
        let query = sql("select count(*) from task where state = $1").bind(state.as_str());
        let n = tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))?;
        standing.tasks.push((state, n));
    }
    standing.unread = count(tx, "select count(*) from reply where read_at is null").await?;
    standing.notices_waiting = count(tx, "select count(*) from notice where sent_at is null").await?;
    let paused = sql("select count(*) from account_pause where until_ms is null or until_ms > $1");
    standing.paused_accounts = tx.maybe(paused.bind(now_ms)).await?.map_or(Ok(0), |row| row.int(0))?;
    let waiting = sql("select count(*) from hook where done_at is null and due_at <= $1");
    standing.webhooks_waiting = tx.maybe(waiting.bind(now_ms)).await?.map_or(Ok(0), |row| row.int(0))?;
    Ok(standing)
}

async fn count(tx: &mut Tx, query: &'static str) -> Result<i64, DbError> {
    tx.maybe(sql(query)).await?.map_or(Ok(0), |row| row.int(0))
}

/// Whether anything is in the database that would be missed: a person, a campaign, a no, an answer, a user.
///
/// # Errors
/// As the database has it.
pub async fn is_used(tx: &mut Tx) -> Result<bool, DbError> {
    for one in [
        "select 1 from contact limit 1",
        "select 1 from campaign limit 1",
        "select 1 from no limit 1",
        "select 1 from hook limit 1",
        "select 1 from app_user limit 1",
    ] {
        if tx.maybe(sql(one)).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
