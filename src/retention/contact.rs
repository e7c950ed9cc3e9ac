//! Forgetting one person on request: everything but the counts and the no.

use std::collections::BTreeMap;

use super::{count, keep_noes};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::blind::Blind;
use crate::store::old::{self, Table};
use crate::store::{DbError, Tx, contact, direct, erasure, link, listing, message, partner, second};

/// How a request to be forgotten ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Everything is gone. A no, if there was one, still counts.
    Done {
        /// Whether a no is kept.
        no: bool,
        /// How many messages, both ways, providers still have of them, by account.
        at_providers: BTreeMap<String, u64>,
    },
    /// The address was not known, and no plan named it.
    Unknown,
    /// A message is under way or in doubt: its end would be lost, and the person might get another.
    UnderWay,
    /// An approved plan that names the person is on its way into the outbox: in a moment it is there.
    Planned,
}

/// Forgets the person with this address, unless something about them is under way.
///
/// # Errors
/// As the database has it.
pub async fn forget(ledger: &Ledger, tx: &mut Tx, address: &Private) -> Result<Erasure, DbError> {
    let blind = ledger.vault.blind(address.expose());
    let Some(person) = contact::find_locked(tx, &blind).await? else { return forget_planned(ledger, tx, blind).await };
    let open = message::open_of(tx, "", &[person.id]).await?;
    if open.iter().any(|open| matches!(open.state, MessageState::Submitting | MessageState::InDoubt)) {
        return Ok(Erasure::UnderWay);
    }
    let by_hand = direct::of_contact(tx, person.id).await?;
    if by_hand.iter().any(|d| matches!(d.state, MessageState::Submitting | MessageState::InDoubt)) {
        return Ok(Erasure::UnderWay);
    }
    let blinds = contact::blinds(tx, person.id).await?;
    if forget_plans(tx, &blinds).await?.is_none() {
        return Ok(Erasure::Planned);
    }
    ledger.book().note(tx, Act::ContactErased, On::Contact(person.id)).await?;
    let mut all = link::shadows(tx, person.id).await?;
    all.push(person.id);
    let mut at_providers = BTreeMap::new();
    for id in &all {
        let answers = old::of_contact(tx, Table::Reply, *id).await?;
        keep_noes(ledger, tx, &answers).await?;
        // A list that still has them brings nobody back.
        listing::see_all_of(tx, *id, ledger.clock.now_ms()).await?;
        for (account, n) in erasure::ask_all(tx, *id, ledger.clock.now_ms()).await? {
            *at_providers.entry(account).or_default() += n;
        }
        for table in Table::ALL {
            let rows = old::of_contact(tx, table, *id).await?;
            count(ledger, tx, &rows).await?;
            old::remove(tx, table, &rows).await?;
        }
        direct::remove_of(tx, *id).await?;
    }
    second::forget(tx, &all).await?;
    old::remove_contacts(tx, &all).await?;
    let no = !contact::noes(tx, &blinds).await?.is_empty();
    Ok(Erasure::Done { no, at_providers })
}

/// Forgets somebody who is in plans alone: who is on a list is no contact before their message is written.
async fn forget_planned(ledger: &Ledger, tx: &mut Tx, blind: Blind) -> Result<Erasure, DbError> {
    let no = !contact::noes(tx, &[blind]).await?.is_empty();
    match forget_plans(tx, &[blind]).await? {
        None => Ok(Erasure::Planned),
        Some(0) => Ok(Erasure::Unknown),
        Some(_) => {
            ledger.book().note(tx, Act::ContactErased, On::Nothing).await?;
            Ok(Erasure::Done { no, at_providers: BTreeMap::new() })
        }
    }
}

/// Takes addresses out of all plans, and forgets what partners say of them; in how many places they stood. None when one
/// is on its way into the outbox.
async fn forget_plans(tx: &mut Tx, blinds: &[Blind]) -> Result<Option<u64>, DbError> {
    let mut places = 0;
    for blind in blinds {
        if old::is_on_its_way(tx, blind).await? {
            return Ok(None);
        }
        old::void_plans(tx, blind).await?;
        places += old::blank_targets(tx, blind).await?;
    }
    Ok(Some(places + partner::forget_addresses(tx, blinds).await?))
}
