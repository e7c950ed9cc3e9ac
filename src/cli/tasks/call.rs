//! `lykt tasks claim|next|release`: take a call, give it back.

use serde_json::json;

use super::super::Exit;
use super::{Desk, TaskArgs, quoted};
use crate::domain::lang::number_of;
use crate::domain::outcome::Outcome;
use crate::domain::span::MINUTE_MS;
use crate::say;
use crate::tasks::{Claim, Refusal};

impl Desk<'_> {
    /// Takes one call.
    pub(super) async fn claim(&self, args: &TaskArgs, who: &str) -> anyhow::Result<Exit> {
        let id = match self.find(args).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        if !self.trusted {
            return Ok(self.refuse_clock());
        }
        let mut tx = self.db.begin().await?;
        let claimed = self.tasks.claim(&mut tx, id, who).await?;
        if claimed.is_ok() {
            tx.commit().await?;
        }
        Ok(self.tell_claim(claimed, who))
    }

    /// Takes the first free call.
    pub(super) async fn next(&self, who: &str) -> anyhow::Result<Exit> {
        if !self.trusted {
            return Ok(self.refuse_clock());
        }
        let claimed = self.tasks.next(&self.db, who).await?;
        if matches!(claimed, Err(Refusal::NothingFree)) {
            let told = Refusal::NothingFree.explain(self.tasks.hours.zone());
            println!("{}", if self.ctx.json { "null" } else { told.pick(self.ctx.lang) });
            return Ok(Exit::Done);
        }
        Ok(self.tell_claim(claimed, who))
    }

    /// Gives one back.
    pub(super) async fn release(&self, args: &TaskArgs, who: &str) -> anyhow::Result<Exit> {
        let id = match self.find(args).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        let mut tx = self.db.begin().await?;
        if let Err(refusal) = self.tasks.release(&mut tx, id, who).await? {
            return Ok(self.refuse(&refusal));
        }
        tx.commit().await?;
        if self.ctx.json {
            println!("{}", json!({ "id": id.to_string(), "state": "open" }));
        } else {
            println!("{}", say!(self.ctx.lang, "The call is free for others.", "Samtalen er ledig for andre."));
        }
        Ok(Exit::Done)
    }

    fn tell_claim(&self, claimed: Result<Claim, Refusal>, who: &str) -> Exit {
        let claim = match claimed {
            Ok(claim) => claim,
            Err(refusal) => return self.refuse(&refusal),
        };
        let (id, minutes, lang) = (claim.task.id, claim.lease_ms / MINUTE_MS, self.ctx.lang);
        let (by_hand, outcomes) = (claim.task.is_by_hand(), Outcome::of(&claim.task.kind));
        if self.ctx.json {
            println!("{}", json!({ "id": id.to_string(), "state": "claimed", "claimed_by": who, "minutes": minutes }));
            return Exit::Done;
        }
        let id = id.short();
        let who = quoted(who);
        let minutes = number_of(minutes, ["minute", "minutes"], ["minutt", "minutter"]);
        let minutes = minutes.pick(lang);
        let (yours, shown) = match by_hand {
            true => (
                say!(lang, "The task {id} is yours for {minutes}.", "Oppgaven {id} er din i {minutes}."),
                say!(
                    lang,
                    "Whom, and what to write: lykt tasks show {id} --reveal --as {who}",
                    "Til hvem, og hva: lykt tasks show {id} --reveal --as {who}"
                ),
            ),
            false => (
                say!(lang, "The call {id} is yours for {minutes}.", "Samtalen {id} er din i {minutes}."),
                say!(
                    lang,
                    "Number and script: lykt tasks show {id} --reveal --as {who}",
                    "Nummer og manus: lykt tasks show {id} --reveal --as {who}"
                ),
            ),
        };
        println!("{yours}\n{shown}");
        println!(
            "{}",
            say!(
                lang,
                "Afterwards: lykt tasks done {id} --as {who} --outcome",
                "Etterpå: lykt tasks done {id} --as {who} --outcome"
            )
        );
        println!("{}", self.outcomes(outcomes));
        Exit::Done
    }
}
