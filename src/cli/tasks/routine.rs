//! `lykt tasks` for the task of a routine: see it, take it, give it back, say that it is done.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::table::{Table, tell};
use super::{Desk, TasksCommand, quoted};
use crate::campaign::file::practice::Routine;
use crate::domain::id::TaskId;
use crate::domain::inert::inert;
use crate::domain::lang::Lang;
use crate::say;
use crate::store::routine;
use crate::tasks::routine::{Duty, NoRoutine};

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    Show,
    Claim,
    Release,
    Done,
    Undo,
}

impl Desk<'_> {
    /// The routine's task that a command means, if it means one.
    pub(super) async fn of_a_routine(&self, command: &TasksCommand) -> anyhow::Result<Option<(TaskId, Hand)>> {
        let (args, hand) = match command {
            TasksCommand::Show(args) => (&args.task, Hand::Show),
            TasksCommand::Claim(args) => (args, Hand::Claim),
            TasksCommand::Release(args) => (args, Hand::Release),
            TasksCommand::Done(args) if args.outcome.is_none() => (&args.task, Hand::Done),
            TasksCommand::Undo(args) => (&args.task, Hand::Undo),
            _ => return Ok(None),
        };
        let mut tx = self.db.read().await?;
        let found = self.routines.find(&mut tx, &args.id).await?;
        let [id] = found[..] else { return Ok(None) };
        let alone = self.tasks.find(&mut tx, &args.id).await?.is_empty();
        Ok(alone.then_some((id, hand)))
    }

    /// Does it, and says so.
    pub(super) async fn with_routine(&self, id: TaskId, hand: Hand, who: &str) -> anyhow::Result<Exit> {
        if hand == Hand::Show {
            return self.show_routine(id).await;
        }
        let mut tx = self.db.begin().await?;
        let did = match hand {
            Hand::Claim => self.routines.claim(&mut tx, id, who).await?,
            Hand::Release => self.routines.release(&mut tx, id, who).await?,
            Hand::Done => self.routines.done(&mut tx, id, who).await?,
            Hand::Show | Hand::Undo => self.routines.undo(&mut tx, id, who).await?,
        };
        let task = match did {
            Ok(task) => task,
            Err(why) => return Ok(self.refuse_routine(why)),
        };
        tx.commit().await?;
        let (lang, id, who) = (self.ctx.lang, id.short(), quoted(who));
        if self.ctx.json {
            println!("{}", json!({ "id": task.id.to_string(), "routine": task.routine, "state": task.state.as_str() }));
            return Ok(Exit::Done);
        }
        println!(
            "{}",
            match hand {
                Hand::Claim => say!(
                    lang,
                    "{id} is yours. Afterwards: lykt tasks done {id} --as {who}",
                    "{id} er din. Etterpå: lykt tasks done {id} --as {who}"
                ),
                Hand::Release => say!(lang, "{id} is free for others.", "{id} er ledig for andre."),
                Hand::Done => say!(
                    lang,
                    "Done. A mistake? Within a day: lykt tasks undo {id} --as {who}",
                    "Gjort. Ble det feil? Innen et døgn: lykt tasks undo {id} --as {who}"
                ),
                _ => say!(lang, "Taken back: it is to be done.", "Tatt tilbake: det skal gjøres."),
            }
        );
        Ok(Exit::Done)
    }

    async fn show_routine(&self, id: TaskId) -> anyhow::Result<Exit> {
        let mut tx = self.db.read().await?;
        let Some(duty) = self.routines.open(&mut tx).await?.into_iter().find(|duty| duty.task.id == id) else {
            return Ok(self.refuse_routine(NoRoutine::Over));
        };
        let past = routine::past(&mut tx).await?.remove(&duty.routine.name).unwrap_or_default();
        if self.ctx.json {
            println!("{}", self.routine_line(&duty));
            return Ok(Exit::Done);
        }
        let lang = self.ctx.lang;
        println!("{}", inert(duty.routine.title.pick(lang)));
        if let Some(about) = &duty.routine.about {
            tell(&inert(about.pick(lang)));
        }
        let owner = owner(&duty.routine, lang);
        let due = self.local(duty.task.slot);
        println!("{}", say!(lang, "Owner: {owner}. Since {due}.", "Eier: {owner}. Siden {due}."));
        if let Some((at, by)) = past.done {
            let (at, by) = (self.local(at), inert(&by));
            println!("{}", say!(lang, "Last done {at} by {by}.", "Sist gjort {at} av {by}."));
        }
        Ok(Exit::Done)
    }

    fn refuse_routine(&self, why: NoRoutine) -> Exit {
        if self.ctx.json {
            println!("{}", json!({ "refused": why.as_str() }));
        }
        super::refuse(why.explain().pick(self.ctx.lang).to_owned())
    }

    /// The routines of the day.
    pub(super) fn duties(&self, duties: &[Duty]) {
        if duties.is_empty() {
            return;
        }
        let lang = self.ctx.lang;
        let mut table = Table::new([
            say!(lang, "routine", "rutine"),
            say!(lang, "since", "siden"),
            say!(lang, "what", "hva"),
            say!(lang, "taken by", "tatt av"),
            say!(lang, "owner", "eier"),
        ]);
        for duty in duties {
            let taken = duty.task.claimed_by.as_deref().map_or_else(|| say!(lang, "free", "ledig"), inert);
            let title = inert(duty.routine.title.pick(lang));
            table.row([duty.task.id.short(), self.local(duty.task.slot), title, taken, owner(&duty.routine, lang)]);
        }
        println!("\n{table}");
        println!("{}", say!(lang, "Done? lykt tasks done ID --as NAME", "Gjort? lykt tasks done ID --as NAVN"));
    }

    /// As the other tasks are shown in JSON; it is about nobody.
    pub(super) fn routine_line(&self, duty: &Duty) -> Value {
        json!({
            "id": duty.task.id.to_string(),
            "kind": "routine",
            "due": self.moment(duty.task.slot),
            "contact": null,
            "state": duty.task.state.as_str(),
            "why": duty.routine.title.en,
            "routine": duty.routine.name,
            "owner": duty.routine.owner,
            "substitute": duty.routine.substitute,
            "taken_by": duty.task.claimed_by,
        })
    }
}

/// Whose a routine is.
fn owner(routine: &Routine, lang: Lang) -> String {
    routine.owner.as_deref().map_or_else(|| say!(lang, "anybody", "alle"), inert)
}
