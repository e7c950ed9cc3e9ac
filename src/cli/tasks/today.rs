//! `lykt tasks today`: the day's list, and the routines that are to be done.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::table::Table;
use super::Desk;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::lang::number_of;
use crate::say;
use crate::store::task::TaskState;
use crate::tasks::Entry;

impl Desk<'_> {
    /// Prints the list, overdue first.
    pub(super) async fn today(&self) -> anyhow::Result<Exit> {
        let mut tx = self.db.read().await?;
        let list = self.tasks.today(&mut tx).await?;
        let duties = self.routines.open(&mut tx).await?;
        drop(tx);
        let many = i64::try_from(list.len()).ok();
        self.tasks.ledger.book().note_alone(&self.db, Act::TasksListed, On::Nothing, many).await?;
        if self.ctx.json {
            let lines =
                list.iter().map(|entry| self.line(entry)).chain(duties.iter().map(|duty| self.routine_line(duty)));
            println!("{}", Value::from(lines.collect::<Vec<_>>()));
            return Ok(Exit::Done);
        }
        let lang = self.ctx.lang;
        if list.is_empty() {
            println!("{}", say!(lang, "No calls today.", "Ingen samtaler i dag."));
        } else {
            self.calls(&list);
        }
        self.duties(&duties);
        Ok(Exit::Done)
    }

    fn calls(&self, list: &[Entry]) {
        let lang = self.ctx.lang;
        let mut table = Table::new([
            say!(lang, "task", "oppgave"),
            say!(lang, "due", "frist"),
            say!(lang, "why", "hvorfor"),
            say!(lang, "taken by", "tatt av"),
            say!(lang, "campaign", "kampanje"),
        ]);
        for entry in list {
            let taken = match (&entry.task.claimed_by, &entry.task.owner) {
                (Some(by), _) => by.clone(),
                (None, Some(owner)) => say!(lang, "for {owner}", "for {owner}"),
                (None, None) => say!(lang, "free", "ledig"),
            };
            let campaign = entry.task.campaign.clone().unwrap_or_default();
            let why = entry.why.pick(lang).to_owned();
            table.row([entry.task.id.short(), self.due(entry), why, taken, campaign]);
        }
        println!("{table}");
        let overdue = list.iter().filter(|entry| entry.overdue_days > 0).count();
        let is_free = |entry: &&Entry| entry.task.state == TaskState::Open && entry.task.owner.is_none();
        let free = list.iter().filter(is_free).count();
        let all = match list.iter().any(|entry| entry.task.is_by_hand()) {
            true => number_of(list.len(), ["task", "tasks"], ["oppgave", "oppgaver"]),
            false => number_of(list.len(), ["call", "calls"], ["samtale", "samtaler"]),
        };
        let (all, free) = (all.pick(lang), number_of(free, ["free"; 2], ["ledig", "ledige"]));
        println!(
            "{}",
            say!(
                lang,
                "{all}, {overdue} overdue, {}. Take one: lykt tasks next --as NAME",
                "{all}, {overdue} forfalt, {}. Ta en: lykt tasks next --as NAVN",
                free.pick(lang)
            )
        );
    }

    /// As CONTRACT has it; the contact is its id, never a number.
    pub(super) fn line(&self, entry: &Entry) -> Value {
        json!({
            "id": entry.task.id.to_string(),
            "kind": entry.task.kind,
            "due": self.moment(entry.task.due_at),
            "contact": entry.task.contact.to_string(),
            "state": entry.task.state.as_str(),
            "why": entry.why.en,
        })
    }

    fn due(&self, entry: &Entry) -> String {
        let (lang, days) = (self.ctx.lang, entry.overdue_days);
        if days > 0 {
            return say!(lang, "{days} d ago", "{days} d siden");
        }
        let local = self.local(entry.task.due_at);
        let time = local.split_once(' ').map_or("", |(_, time)| time);
        say!(lang, "today {time}", "i dag {time}")
    }
}
