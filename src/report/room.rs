//! Whether a campaign waits because its provider lets us write to no more new people for now. Reads only.

use super::progress::Progress;
use crate::domain::message::MessageState;
use crate::settings::Settings;
use crate::store::{DbError, Tx, opened};

/// Until when a campaign waits, as a civil time: then the first of those who were written to counts no more. `None`
/// when there is room, or nobody waits, or nobody counts.
///
/// # Errors
/// As the database has it.
pub async fn full_until(
    tx: &mut Tx,
    settings: &Settings,
    progress: &Progress,
    now_ms: i64,
) -> Result<Option<i64>, DbError> {
    let Some(definition) = progress.definition.as_ref().filter(|_| progress.count(&[MessageState::Queued]) > 0) else {
        return Ok(None);
    };
    let (told, written) = (opened::told(tx).await?, opened::count(tx, now_ms).await?);
    let mut limits = definition.routes().into_iter().filter_map(|(_, account)| {
        let account = settings.gateways.get(account)?;
        account.messaging_limit(told)
    });
    let is_full = limits.any(|limit| limit.room(written) == 0);
    drop(limits);
    if is_full { opened::next_room(tx, now_ms).await } else { Ok(None) }
}
