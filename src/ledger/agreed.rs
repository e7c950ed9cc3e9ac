//! A yes to being written to on a channel that asks for one: when, how and by whom it was noted. It lifts no no.

use super::Ledger;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::channel::Channel;
use crate::domain::id::ContactId;
use crate::domain::private::Private;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact};
use crate::words;

words! {
    /// How a person agreed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum How {
        /// They said so.
        Spoken = "spoken",
        /// They wrote it.
        InWriting = "in_writing",
        /// As the note says.
        Other = "other_way",
    }

    /// All ways.
    pub const ALL;
    /// The word in the database, in forms and in JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

/// A yes.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// To which channel.
    pub channel: Channel,
    /// When it was given, unix milliseconds.
    pub at: i64,
    /// How, where it was asked for.
    pub how: Option<How>,
    /// Who notes it.
    pub actor: String,
    /// How we know, in words.
    pub note: Option<Private>,
}

impl Agreed {
    /// A channel on which people can agree to be written to by a provider; `None` for another word.
    pub fn channel(word: &str) -> Option<Channel> {
        Channel::parse(word).filter(|channel| !channel.is_by_people())
    }
}

impl Ledger {
    /// Notes a yes; whether it was noted: not while the person's no stands.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn agree(&self, tx: &mut Tx, id: ContactId, agreed: &Agreed) -> Result<bool, DbError> {
        if contact::lock(tx, id).await?.is_none_or(|contact| contact.opted_out) {
            return Ok(false);
        }
        let mut entry = Touch::new(TouchKind::Agreed, agreed.at);
        entry.channel = Some(agreed.channel.as_str().to_owned());
        entry.actor = Some(agreed.actor.clone());
        entry.detail = agreed.how.map(|how| how.as_str().to_owned());
        entry.note = agreed.note.clone();
        self.register(tx, id, &entry).await?;
        self.book().note(tx, Act::Agreed, On::Contact(id)).await?;
        Ok(true)
    }
}
