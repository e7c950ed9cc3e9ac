//! `lykt tasks done`: say how a call went; what that leads to is told before it is saved.

use std::io::Read;

use serde_json::json;

use super::super::{Exit, record};
use super::{Desk, DoneArgs, quoted};
use crate::domain::language;
use crate::domain::private::Private;
use crate::say;
use crate::tasks::outcome::{Next, Outcome};
use crate::tasks::{Done, Refusal, Registered, when};

/// A note longer than this is no note.
const NOTE_BYTES: u64 = 20_000;

impl Desk<'_> {
    /// Registers how a call went.
    pub(super) async fn done(&self, args: DoneArgs, who: &str) -> anyhow::Result<Exit> {
        let Some(outcome) = args.outcome else {
            let lang = self.ctx.lang;
            eprintln!(
                "{}\n{}",
                say!(lang, "say how it went: --outcome", "si hvordan det gikk: --outcome"),
                self.outcomes(&Outcome::ALL)
            );
            return Ok(Exit::Usage);
        };
        let (at, language) = match self.time(&args, outcome).and_then(|at| Ok((at, self.language(&args, outcome)?))) {
            Ok(said) => said,
            Err(exit) => return Ok(exit),
        };
        let id = match self.find(&args.task).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        let note = note(args.note)?;
        if !record::may_be_saved(self.ctx, note.as_ref().map_or("", |note| note.expose()))? {
            return Ok(Exit::Usage);
        }
        let call = Registered { outcome, at, note, language, heavy: args.heavy };
        let mut tx = self.db.begin().await?;
        let done = match self.tasks.done(&mut tx, id, who, &call).await? {
            Ok(done) => done,
            Err(refusal) => return Ok(self.refuse(&refusal)),
        };
        tx.commit().await?;
        if !self.ctx.json {
            println!("{}: {}", outcome.as_str(), outcome.leads_to().pick(self.ctx.lang));
        }
        self.tell_done(&done, who);
        Ok(Exit::Done)
    }

    fn tell_done(&self, done: &Done, who: &str) {
        if self.ctx.json {
            let due = match done.next {
                Next::Again(again) => Some(self.moment(again.due_at)),
                Next::Done | Next::NoMore => None,
            };
            let state = if due.is_some() { "planned" } else { "done" };
            let id = done.task.id.to_string();
            println!("{}", json!({ "id": id, "outcome": done.outcome.as_str(), "state": state, "due": due }));
            return;
        }
        let (id, who, lang) = (done.task.id.short(), quoted(who), self.ctx.lang);
        println!("{}", done.next.explain(done.outcome, &self.tasks.hours).pick(lang));
        println!(
            "{}",
            say!(
                lang,
                "A mistake? Within a day: lykt tasks undo {id} --as {who}",
                "Ble det feil? Innen et døgn: lykt tasks undo {id} --as {who}"
            )
        );
    }

    /// The ways a task can end, and what each leads to.
    pub(super) fn outcomes(&self, these: &[Outcome]) -> String {
        let line = |outcome: &Outcome| {
            let option = match outcome {
                Outcome::WantsVisit | Outcome::CallLater => " (--at)",
                Outcome::OtherLanguage => " (--language)",
                _ => "",
            };
            format!("  {:<14} {}{option}", outcome.as_str(), outcome.leads_to().pick(self.ctx.lang))
        };
        these.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// What `--at` says; `call_later` needs it, `wants_visit` may have it.
    fn time(&self, args: &DoneArgs, outcome: Outcome) -> Result<Option<jiff::Timestamp>, Exit> {
        let lang = self.ctx.lang;
        let Some(written) = &args.at else {
            return if outcome == Outcome::CallLater { Err(self.refuse(&Refusal::NoTime)) } else { Ok(None) };
        };
        if !matches!(outcome, Outcome::CallLater | Outcome::WantsVisit) {
            return Err(self.usage(&say!(
                lang,
                "--at goes with --outcome call_later and wants_visit only",
                "--at hører bare til --outcome call_later og wants_visit"
            )));
        }
        let at = when::parse(written, self.tasks.ledger.clock.now(), &self.tasks.hours);
        at.map(Some).ok_or_else(|| {
            self.usage(&say!(
                lang,
                "`{written}` is no time: write `15:00`, `tomorrow 10:00`, `fri 14:30` or `2026-12-10 15:00`",
                "`{written}` er ikke et tidspunkt: skriv `15:00`, `i morgen 10:00`, `fre 14:30` eller `2026-12-10 15:00`"
            ))
        })
    }

    /// What `--language` says, as a code.
    fn language(&self, args: &DoneArgs, outcome: Outcome) -> Result<Option<String>, Exit> {
        let lang = self.ctx.lang;
        let Some(written) = &args.language else { return Ok(None) };
        if outcome != Outcome::OtherLanguage {
            return Err(self.usage(&say!(
                lang,
                "--language goes with --outcome other_language only",
                "--language hører bare til --outcome other_language"
            )));
        }
        language::parse(written).map(Some).ok_or_else(|| {
            self.usage(&say!(
                lang,
                "`{written}` is no language we know: write its code or name, as in th, Thai or ไทย",
                "`{written}` er ikke et språk vi kjenner: skriv koden eller navnet, som th, thailandsk eller ไทย"
            ))
        })
    }

    fn usage(&self, why: &str) -> Exit {
        eprintln!("{why}");
        Exit::Usage
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
