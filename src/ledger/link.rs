//! A nick and a number turn out to be one person, or not to be: their histories become one, and are parted again.
//!
//! The rows of both are locked in the order of their ids. A no of either is a no of both, and stays so when they are
//! parted: only a named person with a reason lifts it. A message goes with the address it was written to.

use std::collections::HashMap;

use super::Ledger;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::id::{AddressId, ContactId};
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::store::blind::Blind;
use crate::store::contact::{self, Contact};
use crate::store::message::{self, Message};
use crate::store::touch::{Touch, TouchKind};
use crate::store::withdrawal;
use crate::store::{DbError, Tx, direct, link, task};
use crate::{text, words};

words! {
    /// Why two are not joined or parted; nothing was changed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Apart {
        /// They are one contact already.
        Joined = "joined",
        /// A message to one of them is being sent. For joining: both have one in doubt, or one would be put aside. For
        /// parting: one is in doubt, or an answer to them waits for its turn.
        UnderWay = "under_way",
        /// An answer of theirs is unread: nobody has seen yet which of the two it is from.
        Unread = "unread",
        /// The contact has no other address, or is not known.
        Alone = "alone",
    }

    /// The word in JSON.
    pub fn as_str;
}

impl Apart {
    /// In words.
    pub fn explain(self) -> Text {
        match self {
            Apart::Joined => text!("They are one contact already.", "De er allerede én kontakt."),
            Apart::UnderWay => text!(
                "A message to one of them is under way or in doubt: try again when it is settled.",
                "En melding til en av dem er på vei eller uavklart: prøv igjen når den er avklart."
            ),
            Apart::Unread => text!(
                "An answer from them is unread: read it first, then part them.",
                "Et svar fra dem er ulest: les det først, og skill dem så."
            ),
            Apart::Alone => text!(
                "This address belongs to no contact with another one.",
                "Denne adressen hører ikke til en kontakt med flere adresser."
            ),
        }
    }
}

impl Ledger {
    /// Makes whoever has these two addresses one contact. Of two open messages the later is withdrawn.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn link(
        &self,
        tx: &mut Tx,
        one: &Private,
        two: &Private,
        actor: Option<&str>,
    ) -> Result<Result<ContactId, Apart>, DbError> {
        loop {
            let (first, second) = (self.known(tx, one).await?, self.known(tx, two).await?);
            // Locked in order, so that two who link the same people wait for one another.
            contact::lock(tx, first.min(second)).await?;
            contact::lock(tx, first.max(second)).await?;
            if (self.known(tx, one).await?, self.known(tx, two).await?) == (first, second) {
                return self.join(tx, first, second, actor).await;
            }
        }
    }

    async fn known(&self, tx: &mut Tx, address: &Private) -> Result<ContactId, DbError> {
        Ok(contact::find_or_create(tx, &self.vault, address, self.clock.now_ms()).await?.id)
    }

    /// Makes two contacts one, as [`link`](Self::link) does.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn join(
        &self,
        tx: &mut Tx,
        one: ContactId,
        two: ContactId,
        actor: Option<&str>,
    ) -> Result<Result<ContactId, Apart>, DbError> {
        if one == two {
            return Ok(Err(Apart::Joined));
        }
        // The older contact stays.
        let (keep, other) = (one.min(two), one.max(two));
        let (Some(kept), Some(joined)) = (contact::lock(tx, keep).await?, contact::lock(tx, other).await?) else {
            return Ok(Err(Apart::UnderWay));
        };
        let messages = self.open(tx, &[keep, other]).await?;
        let doubts = messages.iter().filter(|message| message.state == MessageState::InDoubt).count();
        let sending = messages.iter().any(|message| message.state == MessageState::Submitting);
        let aside = self.puts_doubt_aside(tx, keep, &messages).await?;
        let is_sent = |state: MessageState| state == MessageState::Submitting;
        if doubts > 1 || sending || aside || self.answers(tx, &[keep, other], is_sent).await? {
            return Ok(Err(Apart::UnderWay));
        }
        self.keep_one(tx, &messages, &kept, &joined).await?;
        let now = self.clock.now_ms();
        link::join(tx, keep, other, now).await?;
        for shadow in link::shadows(tx, keep).await? {
            withdrawal::of_contact(tx, shadow, Decision::AlreadyPlanned, now).await?;
        }
        if kept.opted_out || joined.opted_out {
            contact::add_no(tx, keep, &self.clock.today().to_string(), "link", now).await?;
            withdrawal::of_contact(tx, keep, Decision::OptedOut, now).await?;
            task::drop_contact(tx, keep, Decision::OptedOut.as_str(), now).await?;
        } else if let Some(why) = kept.left_out.or(joined.left_out).as_deref().and_then(Decision::parse) {
            self.leave_out(tx, keep, why).await?;
        }
        self.note(tx, keep, TouchKind::Linked, actor).await?;
        self.book().note(tx, Act::Linked, On::Contact(keep)).await?;
        Ok(Ok(keep))
    }

    /// Whether a message in doubt would be put aside, because the contact that is kept has one of its campaign: then
    /// nothing would hold its person until it is settled.
    async fn puts_doubt_aside(&self, tx: &mut Tx, keep: ContactId, open: &[Message]) -> Result<bool, DbError> {
        let kept = message::of_contact(tx, keep).await?;
        let mut doubts = open.iter().filter(|m| m.contact != keep && m.state == MessageState::InDoubt);
        Ok(doubts.any(|m| kept.iter().any(|(kept, _)| kept.campaign == m.campaign)))
    }

    /// Whether an answer to any of them stands so.
    async fn answers(
        &self,
        tx: &mut Tx,
        contacts: &[ContactId],
        so: fn(MessageState) -> bool,
    ) -> Result<bool, DbError> {
        for id in contacts {
            let sent = direct::of_contact(tx, *id).await?;
            if sent.iter().any(|answer| so(answer.state)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What may still lead to something: messages in the outbox, and those that are calls about to be made.
    async fn open(&self, tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<Message>, DbError> {
        let mut open = Vec::new();
        for id in contacts {
            let calling = contact::get(tx, *id).await?.and_then(|contact| contact.calling);
            let all = message::of_contact(tx, *id).await?.into_iter().map(|(message, _)| message);
            let calls = |m: &Message| m.state == MessageState::Accepted && calling.as_ref() == Some(&m.campaign);
            open.extend(all.filter(|message| message.state.is_open() || calls(message)));
        }
        Ok(open)
    }

    /// Withdraws all but one of them: what has begun stays, else the earlier.
    async fn keep_one(
        &self,
        tx: &mut Tx,
        messages: &[Message],
        kept: &Contact,
        joined: &Contact,
    ) -> Result<(), DbError> {
        let waits = |message: &&Message| message.state == MessageState::Queued;
        // Of one campaign only the kept contact's message can go out.
        let rival = |message: &Message| messages.iter().any(|m| m.contact == kept.id && m.campaign == message.campaign);
        let shadowed = |message: &Message| message.contact == joined.id && rival(message);
        let first = messages.iter().min_by_key(|message| (waits(message), shadowed(message), message.id));
        let now = self.clock.now_ms();
        for later in messages.iter().filter(|message| Some(message.id) != first.map(|first| first.id)) {
            match later.state {
                MessageState::Queued => {
                    withdrawal::of(tx, &[later.id], Decision::AlreadyPlanned, now).await?;
                }
                // Its call is dropped, and the message ends with it.
                MessageState::Accepted if kept.calling.is_some() && joined.calling.is_some() => {
                    task::drop_message(tx, later.id, Decision::AlreadyPlanned.as_str(), now).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Parts an address from the contact it was linked to: what had come with it goes back with it, and so do messages that
    /// were written to it; what is not known to stays. The cooldown holds for both.
    ///
    /// # Errors
    /// As the database has it, and when a letter does not open.
    pub async fn unlink(
        &self,
        tx: &mut Tx,
        id: ContactId,
        address: AddressId,
        actor: Option<&str>,
    ) -> Result<Result<ContactId, Apart>, DbError> {
        let Some(whole) = contact::lock(tx, id).await? else { return Ok(Err(Apart::Alone)) };
        let addresses = link::addresses(tx, id).await?;
        let Some((_, origin)) = addresses.iter().find(|(found, _)| *found == address).filter(|_| addresses.len() > 1)
        else {
            return Ok(Err(Apart::Alone));
        };
        let open = message::open_of(tx, "", &[id]).await?;
        // What ends meanwhile would be news of the wrong one.
        let begun = open.iter().any(|open| matches!(open.state, MessageState::Submitting | MessageState::InDoubt));
        if begun || self.answers(tx, &[id], MessageState::is_open).await? {
            return Ok(Err(Apart::UnderWay));
        }
        if whole.unread > 0 {
            return Ok(Err(Apart::Unread));
        }
        let own = addresses.iter().filter(|(_, origin)| origin.is_none()).count();
        let mut linked: Vec<_> = addresses.iter().filter_map(|(_, origin)| *origin).collect();
        linked.sort();
        linked.dedup();
        let parted = match (origin, linked.as_slice()) {
            (Some(origin), _) => *origin,
            // The other side of the only link.
            (None, [other]) if own == 1 => *other,
            (None, _) => link::single_out(tx, address).await?,
        };
        self.follow_addresses(tx, id, parted).await?;
        link::drop_answered(tx, id, parted, self.clock.now_ms()).await?;
        link::part(tx, id, parted).await?;
        for id in [id, parted] {
            self.note(tx, id, TouchKind::Unlinked, actor).await?;
        }
        self.book().note(tx, Act::Unlinked, On::Contact(id)).await?;
        Ok(Ok(parted))
    }

    /// Has each message go or stay with the address it was written to, whichever of the two it came with: what holds that
    /// person has to hold it too.
    async fn follow_addresses(&self, tx: &mut Tx, id: ContactId, parted: ContactId) -> Result<(), DbError> {
        let addresses = link::blinds(tx, id).await?.into_iter();
        let goes: HashMap<Blind, bool> = addresses.map(|(blind, origin)| (blind, origin == Some(parted))).collect();
        let mut messages = message::of_contact(tx, id).await?;
        for shadow in link::shadows(tx, id).await? {
            messages.extend(message::of_contact(tx, shadow).await?);
        }
        for (message, sealed) in messages {
            let to = Private::new(message::open(&self.vault, message.id, &sealed)?.to);
            match goes.get(&self.vault.blind(to.expose())).copied() {
                Some(true) => {
                    let went = link::goes(tx, id, parted, message.id).await?;
                    // They have one of its campaign already.
                    if !went && message.state == MessageState::Queued {
                        withdrawal::of(tx, &[message.id], Decision::AlreadyPlanned, self.clock.now_ms()).await?;
                    }
                }
                Some(false) => link::stays(tx, parted, message.id).await?,
                // Its letter is gone, or neither has the address any more.
                None => {}
            }
        }
        Ok(())
    }

    async fn note(&self, tx: &mut Tx, id: ContactId, kind: TouchKind, actor: Option<&str>) -> Result<(), DbError> {
        let mut entry = Touch::new(kind, self.clock.now_ms());
        entry.actor = actor.map(str::to_owned);
        self.register(tx, id, &entry).await
    }
}
