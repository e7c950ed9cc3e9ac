//! Everything in and out with one person, on all channels, oldest first.

use crate::domain::id::ContactId;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::message::Letter;
use crate::store::reply::Reply;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, direct, message, reply, touch};

/// One thing that happened.
#[derive(Debug)]
pub struct Event {
    /// When, civil.
    pub at: i64,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug)]
pub enum What {
    /// They wrote.
    In(Reply),
    /// We wrote: a campaign, or a person by hand.
    Out(Out),
    /// Something of the ledger: a call, a visit, a no, a note.
    Entry(Touch),
}

/// Something that we wrote.
#[derive(Debug)]
pub struct Out {
    /// Its campaign, when it was one's.
    pub campaign: Option<String>,
    /// Who sent it by hand.
    pub by: Option<String>,
    /// How it travelled.
    pub channel: String,
    /// Where it stands.
    pub state: MessageState,
    /// Why it stands there.
    pub reason: Option<String>,
    /// The text; `None` when its time was over.
    pub text: Option<Private>,
}

/// The conversation with a contact. What waits in a campaign's queue, or was withdrawn from it, is no part of it.
///
/// # Errors
/// As the database has it, and when a text does not open.
pub async fn conversation(ledger: &Ledger, tx: &mut Tx, contact: ContactId) -> Result<Vec<Event>, DbError> {
    let vault = &ledger.vault;
    let mut events = Vec::new();
    for reply in reply::of_contact(tx, vault, contact).await? {
        events.push(Event { at: reply.received_at, what: What::In(reply) });
    }
    for (m, sealed) in message::of_contact(tx, contact).await? {
        if matches!(m.state, MessageState::Queued | MessageState::Withdrawn) {
            continue;
        }
        let text = words(message::open(vault, m.id, &sealed)?);
        let out = Out { campaign: Some(m.campaign), by: None, channel: m.channel, state: m.state, reason: None, text };
        events.push(Event { at: m.state_at, what: What::Out(out) });
    }
    for d in direct::of_contact(tx, contact).await? {
        let text = words(direct::open(vault, &d)?);
        let (state, reason) = (d.state, d.reason);
        let out = Out { campaign: None, by: Some(d.made_by), channel: d.channel, state, reason, text };
        events.push(Event { at: d.made_at, what: What::Out(out) });
    }
    let told = |kind| !matches!(kind, TouchKind::Message | TouchKind::Reply | TouchKind::Revealed);
    let entries = touch::history(tx, vault, contact).await?;
    events
        .extend(entries.into_iter().filter(|entry| told(entry.kind)).map(|e| Event { at: e.at, what: What::Entry(e) }));
    events.sort_by_key(|event| event.at);
    Ok(events)
}

fn words(letter: Letter) -> Option<Private> {
    (!letter.is_gone()).then(|| Private::new(letter.text))
}
