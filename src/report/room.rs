//! What a campaign waits for outside itself: that its provider lets us write to more people, or that answers reach us.
//! Reads only.

use super::progress::Progress;
use crate::clock::Clock;
use crate::domain::message::MessageState;
use crate::gateway::accounts::needs_a_way_in;
use crate::outbox::hears;
use crate::settings::Settings;
use crate::store::{DbError, Tx, opened, way_in};

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

/// The accounts of a campaign that send nothing, because no answer is known to reach us.
///
/// # Errors
/// As the database has it.
pub async fn deaf(
    tx: &mut Tx,
    settings: &Settings,
    progress: &Progress,
    clock: &Clock,
) -> Result<Vec<String>, DbError> {
    let Some(definition) = progress.definition.as_ref().filter(|_| progress.count(&[MessageState::Queued]) > 0) else {
        return Ok(Vec::new());
    };
    let steady = tx.steady_ms(clock).await?;
    let ages = way_in::ages(tx, steady).await?;
    let needs = |account: &str| settings.gateways.get(account).is_some_and(|one| needs_a_way_in(one, settings));
    let routes = definition.routes().into_iter().map(|(_, account)| account);
    Ok(routes.filter(|account| needs(account) && !hears(&ages, account)).map(str::to_owned).collect())
}
