//! `lykt contact export`: everything we know about a person, for the person. Noted, since it shows what is sealed.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::second::pass;
use super::{AddressArgs, Desk};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::ContactId;
use crate::domain::matter::Matter;
use crate::second::Wish;
use crate::store::contact::Contact;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact, direct, message, reply, task, touch};

impl Desk<'_> {
    /// Prints everything about a person as JSON, with or without `--json`.
    pub(super) async fn export(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let blind = ledger.vault.blind(address.expose());
        let no = !contact::noes(&mut tx, &[blind]).await?.is_empty();
        let Some(person) = contact::find(&mut tx, &blind).await? else {
            println!("{:#}", json!({ "known": false, "opted_out": no }));
            return Ok(Exit::Done);
        };
        let (id, matter) = (person.id.to_string(), Matter::Export);
        let wish = Wish { matter, about: person.id.0.as_bytes(), shown: &id };
        let mut tx = match pass(self.ctx, &self.app, tx, wish).await? {
            Ok(tx) => tx,
            Err(exit) => return Ok(exit),
        };
        let mut noted = Touch::new(TouchKind::Revealed, ledger.clock.now_ms());
        noted.actor.clone_from(&self.ctx.actor);
        noted.detail = Some("export".to_owned());
        ledger.register(&mut tx, person.id, &noted).await?;
        let all = self.everything(&mut tx, &person).await?;
        ledger.book().note(&mut tx, Act::ContactExported, On::Contact(person.id)).await?;
        tx.commit().await?;
        println!("{all:#}");
        Ok(Exit::Done)
    }

    async fn everything(&self, tx: &mut Tx, person: &Contact) -> Result<Value, DbError> {
        let vault = &self.app.ledger.vault;
        let addresses = contact::addresses(tx, vault, person.id).await?;
        let history = touch::history(tx, vault, person.id).await?;
        Ok(json!({
            "known": true,
            "contact": person.id.to_string(),
            "addresses": addresses.iter().map(|address| address.expose().clone()).collect::<Vec<_>>(),
            "language": person.language,
            "opted_out": person.opted_out,
            "left_out": person.left_out,
            "contacted_at": person.contacted_at.map(|at| self.moment(at)),
            "history": history.iter().map(|entry| self.entry_json(entry)).collect::<Vec<_>>(),
            "messages": self.messages(tx, person.id).await?,
            "sent_by_hand": self.sent_by_hand(tx, person.id).await?,
            "replies": self.replies(tx, person.id).await?,
            "tasks": self.tasks(tx, person.id).await?,
        }))
    }

    async fn messages(&self, tx: &mut Tx, id: ContactId) -> Result<Vec<Value>, DbError> {
        let messages = message::of_contact(tx, id).await?;
        messages
            .into_iter()
            .map(|(m, sealed)| {
                let letter = message::open(&self.app.ledger.vault, m.id, &sealed)?;
                Ok(json!({
                    "id": m.id.to_string(), "campaign": m.campaign, "state": m.state.as_str(), "at": self.moment(m.state_at),
                    "channel": m.channel, "language": m.language, "text": letter.text, "image": letter.media.is_some(),
                }))
            })
            .collect()
    }

    async fn sent_by_hand(&self, tx: &mut Tx, id: ContactId) -> Result<Vec<Value>, DbError> {
        let one = |d: direct::Direct| {
            let letter = direct::open(&self.app.ledger.vault, &d)?;
            Ok(json!({
                "id": d.id.to_string(), "kind": d.kind.as_str(), "state": d.state.as_str(), "at": self.moment(d.made_at),
                "channel": d.channel, "by": d.made_by, "text": letter.text,
            }))
        };
        direct::of_contact(tx, id).await?.into_iter().map(one).collect()
    }

    async fn replies(&self, tx: &mut Tx, id: ContactId) -> Result<Vec<Value>, DbError> {
        let replies = reply::of_contact(tx, &self.app.ledger.vault, id).await?;
        let one = |reply: &reply::Reply| {
            json!({
                "id": reply.id.to_string(), "at": self.moment(reply.received_at), "kind": reply.kind.as_str(),
                "channel": reply.channel, "language": reply.language, "campaign": reply.campaign,
                "text": reply.text.expose(),
            })
        };
        Ok(replies.iter().map(one).collect())
    }

    async fn tasks(&self, tx: &mut Tx, id: ContactId) -> Result<Vec<Value>, DbError> {
        let one = |task: &task::Task| {
            json!({
                "id": task.id.to_string(), "kind": task.kind, "campaign": task.campaign, "state": task.state.as_str(),
                "reason": task.reason, "due": self.moment(task.due_at), "outcome": task.outcome,
            })
        };
        Ok(task::of_contact(tx, id).await?.iter().map(one).collect())
    }
}
