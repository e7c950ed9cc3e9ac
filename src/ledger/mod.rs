//! What happened with whom; may we approach this contact now, and if not, why and when again.
//!
//! Every no and every entry goes through here, so that what follows from it happens in the same transaction.

pub mod agreed;
mod approach;
pub mod by_hand;
pub mod detail;
pub mod health;
mod link;
mod look_up;
mod prefer;
pub mod quarantine;
pub mod timeline;
pub mod trust;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audit::{Book, On};
use crate::clock::Clock;
use crate::domain::act::Act;
use crate::domain::cooldown;
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, MessageId};
use crate::domain::moment;
use crate::domain::phone::Region;
use crate::domain::private::Private;
use crate::domain::span::{MINUTE_MS, Span};
use crate::store::contact::{self, Contact};
use crate::store::message::{self, Message};
use crate::store::partner;
use crate::store::touch::{self, Sent, Touch, TouchKind};
use crate::store::withdrawal;
use crate::store::{DbError, Sql, Tx, task};
use crate::vault::Vault;
use crate::words;
pub use approach::{Answer, Standing};
pub use link::Apart;
pub use look_up::Unclear;

/// The ledger: its keys, its clock and the organisation's cooldown. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    /// Seals what is written.
    pub vault: Arc<Vault>,
    /// Says when it is.
    pub clock: Clock,
    /// The time between two approaches.
    pub cooldown: Span,
    /// Whose numbers may be written without a country code.
    pub region: Region,
}

words! {
    /// Who said no, and how we know.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum NoSource {
        /// By answering.
        Reply = "reply",
        /// The provider says so.
        Provider = "provider",
        /// On a call.
        Call = "call",
        /// A person registered it.
        ByHand = "by_hand",
    }

    /// The word in the database.
    pub fn as_str;
}

impl NoSource {
    /// Reads the word; what is none of them was written by a person.
    pub fn parse(word: &str) -> Self {
        let known = [NoSource::Reply, NoSource::Provider, NoSource::Call];
        known.into_iter().find(|source| source.as_str() == word).unwrap_or(NoSource::ByHand)
    }
}

/// An entry that is so new is one of now.
const JUST_NOW_MS: i64 = MINUTE_MS;

impl Ledger {
    /// What acts are noted with.
    pub fn book(&self) -> Book<'_> {
        Book { vault: &self.vault, clock: &self.clock }
    }

    /// Where an address stands, whether or not we know it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn standing(&self, tx: &mut Tx, address: &Private) -> Result<Standing, DbError> {
        let blind = self.vault.blind(address.expose());
        let contact = contact::find(tx, &blind).await?;
        let no = contact::noes(tx, &[blind]).await?.contains(&blind);
        let open = match &contact {
            Some(contact) => message::open_of(tx, "", &[contact.id]).await?,
            None => Vec::new(),
        };
        let partner = partner::against(tx, &[blind], self.clock.now_ms()).await?.remove(&blind);
        let open = open.iter().map(|open| (open.state, open.campaign.as_str()));
        Ok(Standing::new(contact.as_ref(), no, open).told(partner))
    }

    /// May this contact be approached now, and if not, why and when again.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn check_contact(&self, tx: &mut Tx, contact: &Contact) -> Result<Answer, DbError> {
        let blinds = contact::blinds(tx, contact.id).await?;
        let no = !contact::noes(tx, &blinds).await?.is_empty();
        let open = message::open_of(tx, "", &[contact.id]).await?;
        let open = open.iter().map(|open| (open.state, open.campaign.as_str()));
        let partner =
            partner::against(tx, &blinds, self.clock.now_ms()).await?.into_values().max_by_key(|heard| heard.says);
        Ok(Standing::new(Some(contact), no, open).told(partner).answer(self))
    }

    /// May this address be approached now, and if not, why and when again.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn check(&self, tx: &mut Tx, address: &Private) -> Result<Answer, DbError> {
        Ok(self.standing(tx, address).await?.answer(self))
    }

    /// The contact with this address, its row locked until the transaction ends; made when there is none.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn contact(&self, tx: &mut Tx, address: &Private) -> Result<Contact, DbError> {
        let blind = self.vault.blind(address.expose());
        loop {
            if let Some(contact) = contact::find_locked(tx, &blind).await? {
                return Ok(contact);
            }
            contact::find_or_create(tx, &self.vault, address, self.clock.now_ms()).await?;
        }
    }

    /// Registers what happened. Never refused.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn register(&self, tx: &mut Tx, contact: ContactId, touch: &Touch) -> Result<(), DbError> {
        let stamped;
        let touch = match touch.at > self.clock.now_ms() - JUST_NOW_MS {
            true => {
                stamped = Touch { at: touch.at.max(trust::now_ms(tx, &self.clock).await?), ..touch.clone() };
                &stamped
            }
            false => touch,
        };
        touch::add(tx, &self.vault, contact, touch).await?;
        // A contact by hand is an approach unless it goes on with one, or answers.
        if touch.is_by_hand()
            && let Some(last) = touch::last_before(tx, contact, touch.id, touch.at).await?
            && self.is_in_cooldown(last, touch.at)
        {
            touch::is_again(tx, touch.id).await?;
        }
        Ok(())
    }

    /// Whether somebody was in touch with a contact too lately for another approach.
    pub fn is_too_soon(&self, contact: &Contact) -> bool {
        contact.contacted_at.is_some_and(|last| self.is_in_cooldown(last, self.clock.now_ms()))
    }

    fn is_in_cooldown(&self, last: i64, at: i64) -> bool {
        cooldown::in_cooldown(moment::at(last), moment::at(at), self.cooldown, self.clock.zone()).is_some()
    }

    /// A person's no: final, on all channels. Queued messages are withdrawn and open call tasks dropped with it.
    /// Returns whether it is news.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn opt_out(
        &self,
        tx: &mut Tx,
        id: ContactId,
        source: NoSource,
        actor: Option<&str>,
    ) -> Result<bool, DbError> {
        let news = self.take_no(tx, id, source).await?;
        // An answer is an entry itself. Who says no again in another way has said it once more: taking the first back as a
        // mistake lifts that no longer.
        if news || actor.is_some() || source == NoSource::Provider {
            let mut entry = Touch::new(TouchKind::OptOut, self.clock.now_ms());
            entry.actor = actor.map(str::to_owned);
            entry.detail = Some(source.as_str().to_owned());
            self.register(tx, id, &entry).await?;
            self.book().note(tx, Act::OptedOut, On::Contact(id)).await?;
        }
        Ok(news)
    }

    /// Takes a no without an entry of its own, which would be kept as long as any; whether it is new.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn take_no(&self, tx: &mut Tx, id: ContactId, source: NoSource) -> Result<bool, DbError> {
        let now = self.clock.now_ms();
        // Joined to another, or forgotten, since it was looked up: whoever says it again finds the right one.
        contact::lock(tx, id).await?.ok_or(DbError::Moved)?;
        let news = contact::add_no(tx, id, &self.clock.today().to_string(), source.as_str(), now).await?;
        withdrawal::of_contact(tx, id, Decision::OptedOut, now).await?;
        task::drop_contact(tx, id, Decision::OptedOut.as_str(), now).await?;
        Ok(news)
    }

    /// Lifts a no: a named person, with a reason. Returns whether there was one.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn opt_in(&self, tx: &mut Tx, id: ContactId, actor: &str, reason: &Private) -> Result<bool, DbError> {
        contact::lock(tx, id).await?;
        let lifted = contact::lift_no(tx, id).await?;
        contact::leave_out(tx, id, None).await?;
        let mut entry = Touch::new(TouchKind::OptIn, self.clock.now_ms());
        entry.actor = Some(actor.to_owned());
        entry.note = Some(reason.clone());
        self.register(tx, id, &entry).await?;
        self.book().note(tx, Act::NoLifted, On::Contact(id)).await?;
        Ok(lifted)
    }

    /// Leaves a contact out of later plans (not in the group, wrong number): what waits for it is withdrawn.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn leave_out(&self, tx: &mut Tx, id: ContactId, why: Decision) -> Result<(), DbError> {
        let now = self.clock.now_ms();
        contact::lock(tx, id).await?;
        contact::leave_out(tx, id, Some(why.as_str())).await?;
        withdrawal::of_contact(tx, id, why, now).await?;
        task::drop_contact(tx, id, why.as_str(), now).await.map(drop)
    }

    /// Notes that a message went out, or counts as if it had: the cooldown runs from `at`.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn message_out(&self, tx: &mut Tx, message: &Message, at: i64, detail: &str) -> Result<(), DbError> {
        tx.run_all(messages_out(&[message], at, detail)).await.map(drop)
    }
}

/// Messages to different contacts went out, or count as if they had.
pub fn messages_out(all: &[&Message], at: i64, detail: &str) -> Vec<Sql> {
    let mut alike: BTreeMap<(&str, &str), Vec<(ContactId, MessageId)>> = BTreeMap::new();
    for message in all {
        alike.entry((&message.campaign, &message.channel)).or_default().push((message.contact, message.id));
    }
    let sent =
        |((campaign, channel), messages): (_, Vec<_>)| touch::sent(Sent { campaign, channel, detail, at }, &messages);
    alike.into_iter().flat_map(sent).collect()
}
