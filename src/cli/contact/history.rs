//! `lykt contact history`: the ledger's entries about somebody, oldest first.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::table::{Table, tell};
use super::{AddressArgs, Desk};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::inert::inert;
use crate::say;
use crate::store::contact;
use crate::store::touch::{self, Touch};

impl Desk<'_> {
    /// Shows what happened with somebody.
    pub(super) async fn history(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let vault = &self.app.ledger.vault;
        let mut tx = self.app.db.read().await?;
        let known = contact::find(&mut tx, &vault.blind(address.expose())).await?.map(|known| known.id);
        let entries = match known {
            Some(id) => touch::history(&mut tx, vault, id).await?,
            None => Vec::new(),
        };
        drop(tx);
        let on = known.map_or(On::Nothing, On::Contact);
        self.app.ledger.book().note_alone(&self.app.db, Act::ContactOpened, on, None).await?;
        if self.ctx.json {
            println!("{}", Value::from(entries.iter().map(|entry| self.entry_json(entry)).collect::<Vec<_>>()));
        } else if entries.is_empty() {
            tell(&say!(self.ctx.lang, "Nothing has happened yet.", "Ingenting har skjedd ennå."));
        } else {
            println!("{}", self.table(&entries));
        }
        Ok(Exit::Done)
    }

    pub(super) fn entry_json(&self, entry: &Touch) -> Value {
        json!({
            "id": entry.id.to_string(), "takes_back": entry.takes_back.map(|id| id.to_string()),
            "at": self.moment(entry.at), "kind": entry.kind.as_str(), "channel": entry.channel,
            "campaign": entry.campaign, "actor": entry.actor, "detail": entry.detail, "counts": entry.counts,
            "note": entry.note.as_ref().map(|note| note.expose().clone()),
        })
    }

    pub(super) fn table(&self, entries: &[Touch]) -> Table {
        let lang = self.ctx.lang;
        let mut table = Table::new([
            say!(lang, "when", "når"),
            say!(lang, "what", "hva"),
            say!(lang, "how", "hvordan"),
            say!(lang, "campaign", "kampanje"),
            say!(lang, "by", "av"),
            say!(lang, "note", "notat"),
        ]);
        for entry in entries {
            let how = [&entry.channel, &entry.detail].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
            table.row([
                self.local(entry.at),
                entry.kind.explain().pick(lang).to_owned(),
                inert(&how),
                entry.campaign.clone().unwrap_or_default(),
                inert(entry.actor.as_deref().unwrap_or_default()),
                inert(entry.note.as_ref().map_or("", |note| note.expose())),
            ]);
        }
        table
    }
}
