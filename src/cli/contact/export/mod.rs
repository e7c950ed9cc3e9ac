//! `lykt contact export`: everything we know about a person, for the person. Noted, since it shows what is sealed.

mod in_json;
mod in_words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::super::Exit;
use super::super::second::pass;
use super::super::table::tell;
use super::{AddressArgs, Desk};
use crate::audit::On;
use crate::campaign::file::Definition;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::gather::Gather;
use crate::domain::id::PlanId;
use crate::domain::matter::Matter;
use crate::domain::private::Private;
use crate::say;
use crate::second::Wish;
use crate::store::audit::Entry;
use crate::store::blind::Blind;
use crate::store::contact::Contact;
use crate::store::direct::Direct;
use crate::store::keeping::{self, Kept};
use crate::store::known::rows_of;
use crate::store::message::{Letter, Message};
use crate::store::no::No;
use crate::store::partner::{self, Saying};
use crate::store::reply::Reply;
use crate::store::task::Task;
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, audit, campaign, contact, direct, link, message, no, reply, task, token, touch, user};

/// A list that named the person.
struct Source {
    campaign: String,
    title: String,
    list: String,
    line: i64,
    basis: String,
    decision: Decision,
    at: i64,
}

/// Everything that is known of a person.
struct Known {
    person: Contact,
    addresses: Vec<Private>,
    prefers: Option<String>,
    kept: Option<Kept>,
    noes: Vec<No>,
    told: Vec<Saying>,
    sources: Vec<Source>,
    history: Vec<Touch>,
    messages: Vec<(Message, Letter)>,
    by_hand: Vec<(Direct, Letter)>,
    replies: Vec<Reply>,
    tasks: Vec<Task>,
    seen: Vec<Entry>,
    names: BTreeMap<Uuid, String>,
}

impl Desk<'_> {
    /// Shows everything about a person: in words that the person can be handed, or as JSON.
    pub(super) async fn export(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let blind = ledger.vault.blind(address.expose());
        let Some(person) = contact::find(&mut tx, &blind).await? else {
            let noes = no::of(&mut tx, &[blind]).await?;
            let sources = self.sources(&mut tx, &[blind]).await?;
            let told = self.told(&mut tx, &[blind]).await?;
            ledger.book().note(&mut tx, Act::ContactExported, On::Nothing).await?;
            tx.commit().await?;
            self.say_unknown(&noes, &told, &sources);
            return Ok(Exit::Done);
        };
        let (id, matter) = (person.id.to_string(), Matter::Export);
        let wish = Wish { matter, about: person.id.0.as_bytes(), shown: &id, why: None };
        let mut tx = match pass(self.ctx, &self.app, tx, wish).await? {
            Ok(tx) => tx,
            Err(exit) => return Ok(exit),
        };
        let mut noted = Touch::new(TouchKind::Revealed, ledger.clock.now_ms());
        noted.actor.clone_from(&self.ctx.actor);
        noted.detail = Some("export".to_owned());
        ledger.register(&mut tx, person.id, &noted).await?;
        ledger.book().note(&mut tx, Act::ContactExported, On::Contact(person.id)).await?;
        let known = self.everything(&mut tx, person).await?;
        tx.commit().await?;
        if self.ctx.json {
            println!("{:#}", self.in_json(&known));
        } else {
            print!("{}", self.in_words(&known));
        }
        Ok(Exit::Done)
    }

    async fn everything(&self, tx: &mut Tx, person: Contact) -> Result<Known, DbError> {
        let vault = &self.app.ledger.vault;
        let id = person.id;
        let blinds = contact::blinds(tx, id).await?;
        // What a link put aside is this person's too.
        let mut all = link::shadows(tx, id).await?;
        all.push(id);
        let (mut messages, mut by_hand) = (Vec::new(), Vec::new());
        let (mut replies, mut tasks, mut history) = (Vec::new(), Vec::new(), Vec::new());
        for one in &all {
            for (m, sealed) in message::of_contact(tx, *one).await? {
                let letter = message::open(vault, m.id, &sealed)?;
                messages.push((m, letter));
            }
            for d in direct::of_contact(tx, *one).await? {
                let letter = direct::open(vault, &d)?;
                by_hand.push((d, letter));
            }
            replies.extend(reply::of_contact(tx, vault, *one).await?);
            tasks.extend(task::of_contact(tx, *one).await?);
            history.extend(touch::history(tx, vault, *one).await?);
        }
        let ids = all.iter().map(|id| id.0);
        let ids = ids.chain(messages.iter().map(|(m, _)| m.id.0)).chain(replies.iter().map(|reply| reply.id.0));
        let ids: Vec<Uuid> = ids.chain(tasks.iter().map(|task| task.id.0)).collect();
        let mut names: BTreeMap<Uuid, String> = user::all(tx).await?.into_iter().map(|u| (u.id.0, u.name)).gather();
        names.extend(token::all(tx).await?.into_iter().map(|token| (token.id.0, token.name)));
        Ok(Known {
            addresses: contact::addresses(tx, vault, id).await?,
            prefers: contact::preferred(tx, &[id]).await?.remove(&id),
            kept: keeping::of(tx, id).await?,
            noes: no::of(tx, &blinds).await?,
            told: self.told(tx, &blinds).await?,
            sources: self.sources(tx, &blinds).await?,
            seen: audit::upon(tx, &ids).await?,
            person,
            history,
            messages,
            by_hand,
            replies,
            tasks,
            names,
        })
    }

    async fn sources(&self, tx: &mut Tx, blinds: &[Blind]) -> Result<Vec<Source>, DbError> {
        let rows = rows_of(tx, blinds).await?;
        let mut plans: BTreeMap<PlanId, (Definition, i64)> = BTreeMap::new();
        for id in rows.iter().map(|row| row.plan).gather::<BTreeSet<_>>() {
            let plan = campaign::plan(tx, &self.app.ledger.vault, id).await?;
            let read = plan.and_then(|plan| Some((serde_json::from_str(&plan.definition).ok()?, plan.made_at)));
            plans.extend(read.map(|read| (id, read)));
        }
        let mut sources = Vec::new();
        for row in rows {
            let Some((definition, at)) = plans.get(&row.plan) else { continue };
            sources.push(Source {
                campaign: definition.name.clone(),
                title: definition.title.clone(),
                list: definition.list.clone(),
                line: row.line,
                basis: definition.basis.clone(),
                decision: row.decision,
                at: *at,
            });
        }
        Ok(sources)
    }

    /// What partners say of these addresses.
    async fn told(&self, tx: &mut Tx, blinds: &[Blind]) -> Result<Vec<Saying>, DbError> {
        let told = partner::against(tx, blinds, self.app.ledger.clock.now_ms()).await?;
        Ok(told.into_values().collect())
    }

    /// Of somebody who is no contact: whether a no is kept, and which lists have the number.
    fn say_unknown(&self, noes: &[No], told: &[Saying], sources: &[Source]) {
        if self.ctx.json {
            let sources = self.sources_json(sources);
            println!(
                "{:#}",
                json!({
                    "known": false, "opted_out": !noes.is_empty(), "partners": self.told_json(told), "sources": sources,
                })
            );
            return;
        }
        let lang = self.ctx.lang;
        tell(&say!(
            lang,
            "We keep nothing about this number or nickname but what stands here.",
            "Vi har ingenting om dette nummeret eller kallenavnet utover det som står her."
        ));
        print!("{}", self.noes_in_words(noes, told));
        print!("{}", self.sources_in_words(sources));
    }
}
