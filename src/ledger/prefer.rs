//! The channel that a person asked for: noted, and by whom.

use super::Ledger;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::channel::Channel;
use crate::domain::id::ContactId;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact};

impl Ledger {
    /// Notes the channel that a person asked for, or that any will do. It comes first in later campaigns that have it;
    /// it opens no channel that is closed to them.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn prefer(
        &self,
        tx: &mut Tx,
        id: ContactId,
        channel: Option<Channel>,
        actor: Option<&str>,
    ) -> Result<(), DbError> {
        contact::lock(tx, id).await?;
        contact::set_prefers(tx, id, channel.map(Channel::as_str)).await?;
        let mut entry = Touch::new(TouchKind::Note, self.clock.now_ms());
        entry.channel = channel.map(|channel| channel.as_str().to_owned());
        entry.actor = actor.map(str::to_owned);
        entry.detail = Some(channel.map_or("prefers_any", |_| "prefers").to_owned());
        self.register(tx, id, &entry).await?;
        self.book().note(tx, Act::Preferred, On::Contact(id)).await
    }
}
