//! `lykt tasks show`: what to say and what happened before; the number only to who holds the call, and that is noted.

use serde_json::{Value, json};

use super::super::glyph::drawn;
use super::super::table::wrap;
use super::super::{Exit, services};
use super::{Desk, ShowArgs};
use crate::audit::On;
use crate::campaign::directory::How;
use crate::campaign::file::practice::Service;
use crate::domain::act::Act;
use crate::domain::id::ContactId;
use crate::domain::inert::inert;
use crate::domain::place::Place;
use crate::domain::private::Private;
use crate::say;
use crate::store::contact;
use crate::store::task::{self, Task};
use crate::store::touch::{self, Touch, TouchKind};
use crate::store::{DbError, Tx};
use crate::tasks::Entry;

/// All that is shown of a task.
struct Sheet {
    entry: Entry,
    numbers: Vec<Private>,
    script: Option<String>,
    picture: Option<String>,
    history: Vec<Touch>,
    revealed: bool,
    /// What is near them, where their place is known.
    near: Option<(String, Vec<(How, Service)>)>,
}

impl Desk<'_> {
    /// Prints a task; `--reveal` is written down before the number is shown.
    pub(super) async fn show(&self, args: &ShowArgs, who: &str) -> anyhow::Result<Exit> {
        let id = match self.find(&args.task).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        if !args.reveal {
            let mut tx = self.db.read().await?;
            let task = task::find(&mut tx, id).await?.ok_or(DbError::Unknown("task"))?;
            let sheet = self.sheet(&mut tx, task, false).await?;
            drop(tx);
            self.tasks.ledger.book().note_alone(&self.db, Act::TaskOpened, On::Task(id), None).await?;
            self.print(&sheet);
            return Ok(Exit::Done);
        }
        if !self.trusted {
            return Ok(self.refuse_clock());
        }
        let mut tx = self.db.begin().await?;
        let task = match self.tasks.holds(&mut tx, id, who).await? {
            Ok(task) => task,
            Err(refusal) => return Ok(self.refuse(&refusal)),
        };
        let sheet = self.sheet(&mut tx, task, true).await?;
        let mut noted = Touch::new(TouchKind::Revealed, self.tasks.ledger.clock.now_ms());
        noted.actor = Some(who.to_owned());
        noted.detail = Some(sheet.entry.task.kind.clone());
        self.tasks.ledger.register(&mut tx, sheet.entry.task.contact, &noted).await?;
        let on = On::Contact(sheet.entry.task.contact);
        self.tasks.ledger.book().note(&mut tx, Act::NumberShown, on).await?;
        tx.commit().await?;
        self.print(&sheet);
        Ok(Exit::Done)
    }

    async fn sheet(&self, tx: &mut Tx, task: Task, revealed: bool) -> Result<Sheet, DbError> {
        let vault = &self.tasks.ledger.vault;
        Ok(Sheet {
            near: self.near(tx, task.contact).await?,
            numbers: contact::addresses(tx, vault, task.contact).await?,
            script: self.tasks.script(tx, &self.voice, &task).await?,
            picture: self.tasks.picture(tx, &task).await?.map(|image| image.path),
            history: touch::history(tx, vault, task.contact).await?,
            entry: self.tasks.entry(tx, task).await?,
            revealed,
        })
    }

    /// What is near a contact; none where the place is not known, or nothing is.
    async fn near(&self, tx: &mut Tx, contact: ContactId) -> Result<Option<(String, Vec<(How, Service)>)>, DbError> {
        if self.directory.all().is_empty() {
            return Ok(None);
        }
        let written = self.tasks.place(tx, contact).await?.unwrap_or_default();
        let [place] = Place::find(&written)[..] else { return Ok(None) };
        let near = self.directory.near(place);
        Ok((!near.is_empty()).then(|| (place.full(), near)))
    }

    fn print(&self, sheet: &Sheet) {
        if self.ctx.json {
            println!("{}", self.sheet_json(sheet));
            return;
        }
        let lang = self.ctx.lang;
        let task = &sheet.entry.task;
        let field = |name: String, value: &str| println!("{name:<10} {}", hanging(value, 0, 11));
        let by_hand = task.is_by_hand();
        let (kind, whom) = if by_hand {
            (say!(lang, "by hand", "for hånd"), say!(lang, "to", "til"))
        } else {
            (say!(lang, "call", "samtale"), say!(lang, "number", "nummer"))
        };
        field(kind, &format!("{}  {}", task.id.short(), task.id));
        field(whom, &drawn(&sheet.numbers().join(", ")));
        field(say!(lang, "language", "språk"), task.language.as_deref().unwrap_or("?"));
        field(say!(lang, "why", "hvorfor"), sheet.entry.why.pick(lang));
        field(say!(lang, "campaign", "kampanje"), task.campaign.as_deref().unwrap_or("-"));
        field(say!(lang, "due", "frist"), &format!("{} - {}", self.local(task.due_at), self.local(task.lapses_at)));
        let holder = task.claimed_by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        field(say!(lang, "state", "tilstand"), &format!("{}{holder}", task.state.as_str()));
        if let Some(script) = &sheet.script {
            let head = if by_hand {
                say!(lang, "What to write:", "Hva du kan skrive:")
            } else {
                say!(lang, "What to say:", "Hva du kan si:")
            };
            println!("\n{head}\n{}", indent(script));
        }
        if let Some(path) = &sheet.picture {
            let head = say!(lang, "The picture that goes with it:", "Bildet som hører med:");
            println!("\n{head}\n{}", indent(&self.campaigns.join(path).display().to_string()));
        }
        if let Some((place, near)) = &sheet.near {
            println!("\n{}", say!(lang, "Services near {place}:", "Tjenester nær {place}:"));
            for (how, one) in near {
                println!("{}", hanging(&services::in_a_line(*how, one, lang), 2, 4));
            }
        }
        println!("\n{}", say!(lang, "What happened before:", "Hva som har skjedd:"));
        if sheet.history.is_empty() {
            println!("  {}", say!(lang, "nothing", "ingenting"));
        }
        for touch in &sheet.history {
            println!("{}", self.happened(touch, sheet.revealed));
        }
        if !sheet.revealed {
            let id = task.id.short();
            let how = say!(
                lang,
                "The number: lykt tasks claim {id}, then lykt tasks show {id} --reveal, both with --as NAME",
                "Nummeret: lykt tasks claim {id}, så lykt tasks show {id} --reveal, begge med --as NAVN"
            );
            println!("\n{}", hanging(&how, 0, 0));
        }
    }

    fn happened(&self, touch: &Touch, revealed: bool) -> String {
        let lang = self.ctx.lang;
        let head = format!("{} {}", self.local(touch.at), touch.kind.explain().pick(lang));
        let rest: Vec<_> =
            [&touch.channel, &touch.campaign, &touch.detail, &touch.actor].into_iter().flatten().cloned().collect();
        let line = hanging(&inert(&format!("{head}: {}", rest.join(", "))), 2, 4);
        match &touch.note {
            Some(note) if revealed => format!("{line}\n{}", indent(note.expose())),
            _ => line,
        }
    }

    fn sheet_json(&self, sheet: &Sheet) -> Value {
        let task = &sheet.entry.task;
        let history = sheet.history.iter().map(|touch| {
            json!({
                "at": self.moment(touch.at), "kind": touch.kind.as_str(), "channel": touch.channel,
                "campaign": touch.campaign, "actor": touch.actor, "detail": touch.detail,
                "note": touch.note.as_ref().filter(|_| sheet.revealed).map(|note| note.expose().to_owned()),
            })
        });
        let mut value = self.line(&sheet.entry);
        value["numbers"] = json!(sheet.numbers());
        value["revealed"] = json!(sheet.revealed);
        value["campaign"] = json!(task.campaign);
        value["language"] = json!(task.language);
        value["lapses"] = json!(self.moment(task.lapses_at));
        value["attempts_left"] = json!(task.attempts_left);
        value["claimed_by"] = json!(task.claimed_by);
        value["script"] = json!(sheet.script);
        value["picture"] = json!(sheet.picture);
        value["near"] = json!(sheet.near.as_ref().map(|(place, near)| json!({
            "place": place,
            "services": near.iter().map(|(how, one)| services::line(Some(*how), one)).collect::<Vec<_>>(),
        })));
        value["history"] = history.collect();
        value
    }
}

impl Sheet {
    fn numbers(&self) -> Vec<String> {
        let shown = |number: &Private| if self.revealed { inert(number.expose()) } else { mask(number.expose()) };
        self.numbers.iter().map(shown).collect()
    }
}

/// The beginning and the last two digits of a number; how long it is does not show.
fn mask(number: &str) -> String {
    let head: String = number.chars().take(3).collect();
    let tail: String = number.chars().skip(3).collect();
    let last: String = tail.chars().skip(tail.chars().count().saturating_sub(2)).collect();
    format!("{head} ••• •• •{last}")
}

fn indent(text: &str) -> String {
    text.lines().map(|line| hanging(&inert(line), 2, 2)).collect::<Vec<_>>().join("\n")
}

/// A text that fits a terminal: its first line indented by so much, and the others by so much.
fn hanging(text: &str, first: usize, others: usize) -> String {
    let lines = wrap(text, 78 - others);
    let indented = lines.iter().enumerate().map(|(n, line)| (if n == 0 { first } else { others }, line));
    indented.map(|(by, line)| format!("{:by$}{line}", "")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_number_shows_its_beginning_and_two_digits() {
        assert_eq!(mask("+447700900123"), "+44 ••• •• •23");
        assert_eq!(mask("+4"), "+4 ••• •• •");
    }

    #[test]
    fn a_note_cannot_steer_the_terminal() {
        assert_eq!(indent("one\u{1b}[2J\ntwo"), "  one[2J\n  two");
    }
}
