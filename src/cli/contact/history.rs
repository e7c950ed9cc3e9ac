//! `lykt contact history`: the ledger's entries about somebody, oldest first.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::table::{Table, tell};
use super::{AddressArgs, Desk};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::ContactId;
use crate::domain::inert::inert;
use crate::ledger::detail::{explain, way};
use crate::say;
use crate::store::keeping::{self, Kept};
use crate::store::touch::{self, Touch};
use crate::store::{DbError, Tx, contact};

/// What happened with somebody, oldest first, and since when they are whose contact.
#[derive(Default)]
pub(super) struct Story {
    pub(super) entries: Vec<Touch>,
    kept: Option<Kept>,
}

impl Story {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.kept.is_none()
    }

    /// Where the hand-over stands among the entries: before what happened after it.
    fn handed_over(&self) -> Option<(usize, &Kept)> {
        let kept = self.kept.as_ref()?;
        Some((self.entries.partition_point(|entry| entry.at <= kept.since), kept))
    }
}

impl Desk<'_> {
    /// Shows what happened with somebody.
    pub(super) async fn history(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let mut tx = self.app.db.read().await?;
        let blind = self.app.ledger.vault.blind(address.expose());
        let known = contact::find(&mut tx, &blind).await?.map(|known| known.id);
        let story = match known {
            Some(id) => self.story(&mut tx, id).await?,
            None => Story::default(),
        };
        drop(tx);
        let on = known.map_or(On::Nothing, On::Contact);
        self.app.ledger.book().note_alone(&self.app.db, Act::ContactOpened, on, None).await?;
        if self.ctx.json {
            println!("{}", self.story_json(&story));
        } else if story.is_empty() {
            tell(&say!(self.ctx.lang, "Nothing has happened yet.", "Ingenting har skjedd ennå."));
        } else {
            println!("{}", self.table(&story, usize::MAX));
        }
        Ok(Exit::Done)
    }

    /// What happened with a contact.
    pub(super) async fn story(&self, tx: &mut Tx, id: ContactId) -> Result<Story, DbError> {
        let entries = touch::history(tx, &self.app.ledger.vault, id).await?;
        Ok(Story { entries, kept: keeping::of(tx, id).await? })
    }

    fn story_json(&self, story: &Story) -> Value {
        let mut lines: Vec<Value> = story.entries.iter().map(|entry| self.entry_json(entry)).collect();
        if let Some((n, kept)) = story.handed_over() {
            let at = self.moment(kept.since);
            lines.insert(n, json!({ "at": at, "kind": "handed_over", "from": kept.before, "to": kept.by }));
        }
        Value::from(lines)
    }

    pub(super) fn entry_json(&self, entry: &Touch) -> Value {
        json!({
            "id": entry.id.to_string(), "takes_back": entry.takes_back.map(|id| id.to_string()),
            "at": self.moment(entry.at), "kind": entry.kind.as_str(), "channel": entry.channel,
            "campaign": entry.campaign, "actor": entry.actor, "detail": entry.detail, "counts": entry.counts,
            "note": entry.note.as_ref().map(|note| note.expose().clone()),
        })
    }

    /// The last `most` of it.
    pub(super) fn table(&self, story: &Story, most: usize) -> Table {
        let lang = self.ctx.lang;
        let mut table = Table::new([
            say!(lang, "when", "når"),
            say!(lang, "what", "hva"),
            say!(lang, "how", "hvordan"),
            say!(lang, "campaign", "kampanje"),
            say!(lang, "by", "av"),
            say!(lang, "note", "notat"),
        ]);
        let mut rows: Vec<_> = story.entries.iter().map(|entry| self.row(entry)).collect();
        if let Some((n, Kept { by, before, since })) = story.handed_over() {
            let [at, what] = [self.local(*since), say!(lang, "handed over", "overlatt")];
            let how = inert(&format!("{before} → {by}"));
            rows.insert(n, [at, what, how, String::new(), String::new(), String::new()]);
        }
        let before = rows.len().saturating_sub(most);
        for row in rows.into_iter().skip(before) {
            table.row(row);
        }
        table
    }

    fn row(&self, entry: &Touch) -> [String; 6] {
        let (channel, lang) = (entry.channel.as_deref(), self.ctx.lang);
        let how = [channel.map(|word| way(Some(word))), entry.detail.as_deref().map(explain)];
        let how: Vec<&str> = how.iter().flatten().map(|word| word.pick(lang)).collect();
        [
            self.local(entry.at),
            entry.kind.explain().pick(self.ctx.lang).to_owned(),
            inert(&how.join(", ")),
            entry.campaign.clone().unwrap_or_default(),
            inert(entry.actor.as_deref().unwrap_or_default()),
            inert(entry.note.as_ref().map_or("", |note| note.expose())),
        ]
    }
}
