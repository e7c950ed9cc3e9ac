//! What is known of a campaign's messages in doubt, for whoever decides on them.

use super::db::{DbError, Tx, sql};
use crate::domain::id::MessageId;

/// A message in doubt, with its evidence.
#[derive(Debug)]
pub struct Evidence {
    /// The message.
    pub id: MessageId,
    /// The account that sent, or did not.
    pub account: String,
    /// How it travels.
    pub channel: String,
    /// Which version.
    pub variant: String,
    /// In which language.
    pub language: String,
    /// Why it is in doubt, as a word.
    pub reason: Option<String>,
    /// Since when, civil.
    pub since: i64,
    /// How many complete listings did not show it.
    pub absent: i64,
    /// Each try.
    pub tries: Vec<Try>,
}

/// One try to send it.
#[derive(Debug)]
pub struct Try {
    /// When it began, civil.
    pub began_at: i64,
    /// When it ended, civil.
    pub settled_at: Option<i64>,
    /// What it came to, as a word.
    pub verdict: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
    /// Whether the provider gave it a name.
    pub named: bool,
}

/// The oldest doubts of a campaign, at most `limit`.
///
/// # Errors
/// As the database has it.
pub async fn of_campaign(tx: &mut Tx, campaign: &str, limit: i64) -> Result<Vec<Evidence>, DbError> {
    let query =
        sql("select m.id, m.account, m.channel, m.variant, m.language, m.reason, m.state_at, coalesce(l.absent, 0) \
         from message m left join look l on l.message_id = m.id and l.attempt = m.attempt \
         where m.state = 'in_doubt' and m.campaign = $1 order by m.state_at, m.id limit $2");
    let mut found = Vec::new();
    for row in tx.all(query.bind(campaign).bind(limit)).await? {
        found.push(Evidence {
            id: row.id(0)?,
            account: row.get(1)?,
            channel: row.get(2)?,
            variant: row.get(3)?,
            language: row.get(4)?,
            reason: row.get(5)?,
            since: row.int(6)?,
            absent: row.int(7)?,
            tries: Vec::new(),
        });
    }
    if found.is_empty() {
        return Ok(found);
    }
    let query = sql("select message_id, began_at, settled_at, verdict, code, provider_id is not null from attempt where message_id in (")
        .list(found.iter().map(|evidence| evidence.id))
        .push(") order by n");
    for row in tx.all(query).await? {
        let id: MessageId = row.id(0)?;
        let one = Try {
            began_at: row.int(1)?,
            settled_at: row.get(2)?,
            verdict: row.get(3)?,
            code: row.get(4)?,
            named: row.get(5)?,
        };
        if let Some(evidence) = found.iter_mut().find(|evidence| evidence.id == id) {
            evidence.tries.push(one);
        }
    }
    Ok(found)
}
