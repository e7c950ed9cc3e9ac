//! What is wrong at this moment, as far as the database and this node know.

use super::{Seen, Watch};
use crate::domain::alarm::Alarm;
use crate::domain::campaign::{CampaignState, OwnPause};
use crate::domain::span::{DAY_MS, HOUR_MS};
use crate::ledger::{Ledger, quarantine, trust};
use crate::outbox::deaf;
use crate::store::{DbError, Tx, account, campaign, message, node, partner};

/// A doubt may take this long to be settled without anybody's help.
const DOUBT_MS: i64 = HOUR_MS;
/// A node that is silent for longer will not come again.
const GONE_MS: i64 = DAY_MS;

/// Looks.
pub(super) async fn look(watch: &Watch, tx: &mut Tx, ledger: &Ledger, shared: bool) -> Result<Seen, DbError> {
    let clock = &ledger.clock;
    let now = clock.now_ms();
    let mut seen: Seen = watch.troubles.all().into_iter().map(|(account, alarm)| (alarm, account)).collect();
    let mut whole = |alarm, is: bool| is.then(|| seen.insert((alarm, String::new())));
    whole(Alarm::Clock, !trust::clock_fits(tx, clock).await?);
    whole(Alarm::Restored, quarantine::get(tx).await?.is_some());
    whole(Alarm::Doubts, !message::in_doubt(tx, now - DOUBT_MS, 1).await?.is_empty());
    whole(Alarm::Audit, watch.audit.is_broken());
    if let Some(backups) = &watch.backups {
        whole(Alarm::Backup, backups.is_late(tx, clock).await?);
    }
    let today = partner::day(tx, &clock.today().to_string()).await?;
    let refused = today.into_iter().filter(|(_, (_, refused))| *refused > 0);
    seen.extend(refused.map(|(name, _)| (Alarm::Partner, name)));
    let paused = account::paused(tx, now).await?;
    seen.extend(paused.into_keys().map(|account| (Alarm::AccountPaused, account)));
    seen.extend(deaf(tx, &watch.accounts, clock).await?.into_iter().map(|account| (Alarm::Deaf, account)));
    for campaign in campaign::all(tx).await? {
        let by_itself = campaign.reason.as_deref().and_then(OwnPause::parse).is_some();
        if campaign.state == CampaignState::Paused && by_itself {
            seen.insert((Alarm::CampaignPaused, campaign.name));
        }
    }
    if shared {
        let house = tx.house_ms(clock).await?;
        let silent =
            |node: &node::Node| node.stopped_at.is_none() && (node::GONE_MS..GONE_MS).contains(&(house - node.seen_at));
        seen.extend(node::all(tx).await?.into_iter().filter(silent).map(|node| (Alarm::NodeSilent, node.name)));
    }
    Ok(seen)
}
