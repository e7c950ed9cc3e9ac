//! What staff did elsewhere, registered by hand: an entry like any other. Never refused; only what cannot be is.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::{Answer, Ledger};
use crate::audit::On;
use crate::clock::Clock;
use crate::domain::act::Act;
use crate::domain::id::ContactId;
use crate::domain::private::Private;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// A message that we wrote elsewhere.
    Message,
    /// A call; whether somebody answered.
    Call {
        /// Whether they did.
        answered: bool,
    },
    /// They came, or we came to them.
    Visit,
    /// A note.
    Note,
}

impl ByHand {
    /// Its entry; a message and an answered call start the cooldown. An empty note is none.
    pub fn entry(self, at: i64, channel: Option<String>, note: &str, actor: Option<&str>) -> Touch {
        let mut entry = Touch::new(TouchKind::Note, at);
        entry.channel = channel;
        entry.actor = actor.map(str::to_owned);
        entry.note = Some(note.trim()).filter(|note| !note.is_empty()).map(|note| Private::new(note.to_owned()));
        match self {
            ByHand::Message => (entry.kind, entry.counts) = (TouchKind::Message, true),
            ByHand::Call { answered } => {
                (entry.kind, entry.counts) = (TouchKind::Call, answered);
                entry.channel.get_or_insert_with(|| "phone".to_owned());
                entry.detail = Some(if answered { "answered" } else { "no_answer" }.to_owned());
            }
            ByHand::Visit => entry.kind = TouchKind::Visit,
            ByHand::Note => {}
        }
        entry
    }
}

/// A word for a channel: letters only, since it is kept in clear. `None` when it is none.
pub fn channel(word: &str) -> Option<String> {
    let word = word.trim().to_lowercase();
    let fits = (1..=30).contains(&word.chars().count()) && word.chars().all(|c| c.is_alphabetic() || "-_".contains(c));
    fits.then_some(word)
}

/// When it happened: `2026-12-01`, `2026-12-01T14:30`, or now. `None` for what is no time, or has not been yet. A day
/// alone is its noon.
pub fn time(clock: &Clock, written: Option<&str>) -> Option<i64> {
    let now = clock.now();
    let Some(written) = written.map(str::trim) else { return Some(now.as_millisecond()) };
    let at = if let Ok(exact) = written.parse::<Timestamp>() {
        exact
    } else if let Ok(day) = written.parse::<Date>()
        && !written.contains(['T', 't', ' ', ':'])
    {
        let noon = clock.zone().to_timestamp(day.at(12, 0, 0, 0)).ok()?;
        if day == clock.today() { noon.min(now) } else { noon }
    } else {
        clock.zone().to_timestamp(written.replacen(' ', "T", 1).parse::<DateTime>().ok()?).ok()?
    };
    (at <= now).then(|| at.as_millisecond())
}

impl Ledger {
    /// Registers what was done with whoever has this address, and says how they stand now.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn by_hand(&self, tx: &mut Tx, address: &Private, entry: &Touch) -> Result<Answer, DbError> {
        let contact = self.contact(tx, address).await?;
        self.by_hand_with(tx, contact.id, entry).await?;
        self.check(tx, address).await
    }

    /// The same, with a contact that is known.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn by_hand_with(&self, tx: &mut Tx, contact: ContactId, entry: &Touch) -> Result<(), DbError> {
        self.register(tx, contact, entry).await?;
        self.book().note(tx, Act::Registered, On::Contact(contact)).await
    }
}
