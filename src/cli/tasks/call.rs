//! `lykt tasks claim|next|release|done`: take a call, give it back, say how it went.

use std::io::Read;

use serde_json::json;

use super::super::Exit;
use super::{Desk, DoneArgs, TaskArgs};
use crate::domain::private::Private;
use crate::say;
use crate::tasks::outcome::{Next, Outcome};
use crate::tasks::{Claim, Refusal, Registered, short, when};

/// A note longer than this is no note.
const NOTE_BYTES: u64 = 20_000;

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

    /// Registers how a call went.
    pub(super) async fn done(&self, args: DoneArgs, who: &str) -> anyhow::Result<Exit> {
        let at = match self.time(&args) {
            Ok(at) => at,
            Err(exit) => return Ok(exit),
        };
        let id = match self.find(&args.task).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        let call = Registered { outcome: args.outcome, at, note: note(args.note)? };
        let mut tx = self.db.begin().await?;
        let done = match self.tasks.done(&mut tx, id, who, &call).await? {
            Ok(done) => done,
            Err(refusal) => return Ok(self.refuse(&refusal)),
        };
        tx.commit().await?;
        if self.ctx.json {
            let due = match done.next {
                Next::Again(again) => Some(self.moment(again.due_at)),
                Next::Done | Next::NoMore => None,
            };
            let state = if due.is_some() { "planned" } else { "done" };
            println!(
                "{}",
                json!({ "id": id.to_string(), "outcome": done.outcome.as_str(), "state": state, "due": due })
            );
        } else {
            println!("{}", done.next.explain(done.outcome, &self.tasks.hours).pick(self.ctx.lang));
        }
        Ok(Exit::Done)
    }

    /// What `--at` says; only `call_later` has a time, and needs one.
    fn time(&self, args: &DoneArgs) -> Result<Option<jiff::Timestamp>, Exit> {
        let lang = self.ctx.lang;
        let Some(written) = &args.at else {
            return if args.outcome == Outcome::CallLater { Err(self.refuse(&Refusal::NoTime)) } else { Ok(None) };
        };
        if args.outcome != Outcome::CallLater {
            eprintln!(
                "{}",
                say!(lang, "--at goes with --outcome call_later only", "--at hører bare til --outcome call_later")
            );
            return Err(Exit::Usage);
        }
        let at = when::parse(written, self.tasks.ledger.clock.now(), &self.tasks.hours);
        at.map(Some).ok_or_else(|| {
            eprintln!(
                "{}",
                say!(
                    lang,
                    "`{written}` is no time: write `15:00`, `tomorrow 10:00`, `fri 14:30` or `2026-12-10 15:00`",
                    "`{written}` er ikke et tidspunkt: skriv `15:00`, `i morgen 10:00`, `fre 14:30` eller `2026-12-10 15:00`"
                )
            );
            Exit::Usage
        })
    }

    fn tell_claim(&self, claimed: Result<Claim, Refusal>, who: &str) -> Exit {
        let claim = match claimed {
            Ok(claim) => claim,
            Err(refusal) => return self.refuse(&refusal),
        };
        let (id, minutes, lang) = (claim.task.id, claim.lease_ms / 60_000, self.ctx.lang);
        if self.ctx.json {
            println!("{}", json!({ "id": id.to_string(), "state": "claimed", "claimed_by": who, "minutes": minutes }));
            return Exit::Done;
        }
        let id = short(id);
        let who = if who.contains(char::is_whitespace) { format!("\"{who}\"") } else { who.to_owned() };
        println!(
            "{}",
            say!(lang, "The call {id} is yours for {minutes} minutes.", "Samtalen {id} er din i {minutes} minutter.")
        );
        println!(
            "{}",
            say!(
                lang,
                "Number and script: lykt tasks show {id} --reveal --as {who}",
                "Nummer og manus: lykt tasks show {id} --reveal --as {who}"
            )
        );
        println!(
            "{}",
            say!(
                lang,
                "Afterwards: lykt tasks done {id} --as {who} --outcome",
                "Etterpå: lykt tasks done {id} --as {who} --outcome"
            )
        );
        for outcome in Outcome::ALL {
            println!("  {:<13} {}", outcome.as_str(), outcome.leads_to().pick(lang));
        }
        Exit::Done
    }
}

/// The note, from the command line or from stdin; an empty one is none.
fn note(written: Option<String>) -> std::io::Result<Option<Private>> {
    let text = match written.as_deref() {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().take(NOTE_BYTES).read_to_end(&mut bytes)?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Some(text) => text.to_owned(),
        None => return Ok(None),
    };
    let text = text.trim();
    Ok((!text.is_empty()).then(|| Private::new(text.to_owned())))
}
