//! Registers how a call ended. What happened is never refused, as long as the person held the task.

use jiff::Timestamp;

use super::Tasks;
use super::outcome::{Left, Next, Outcome, next};
use super::refusal::Refusal;
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::handle::kind_of;
use crate::domain::id::{TaskId, TouchId};
use crate::domain::private::Private;
use crate::ledger::NoSource;
use crate::store::contact::{self, Contact};
use crate::store::outcome::{Ended, LedTo, Was};
use crate::store::task::{self, Task, TaskState};
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, message, outcome, waiting};

/// A call that ended, as the person tells it.
#[derive(Clone, Debug)]
pub struct Registered {
    /// How it ended.
    pub outcome: Outcome,
    /// When they asked to be called, for [`Outcome::CallLater`], or visited, for [`Outcome::WantsVisit`].
    pub at: Option<Timestamp>,
    /// What was said; sealed.
    pub note: Option<Private>,
    /// What they speak, for [`Outcome::OtherLanguage`].
    pub language: Option<String>,
    /// Whether it weighs on who called: counted, and nothing of it kept.
    pub heavy: bool,
}

impl Registered {
    /// A call of which nothing but its end is told.
    pub fn new(outcome: Outcome) -> Self {
        Self { outcome, at: None, note: None, language: None, heavy: false }
    }
}

/// What became of the task.
#[derive(Clone, Debug)]
pub struct Done {
    /// The task as it was before.
    pub task: Task,
    /// How the call ended.
    pub outcome: Outcome,
    /// What follows.
    pub next: Next,
}

/// How a contact stood before a call was registered.
struct Before {
    contact: Option<Contact>,
    no: bool,
    others: Vec<Task>,
}

impl Tasks {
    /// Ends a task that this person holds: an entry in the ledger, and what the outcome leads to.
    ///
    /// A task that was dropped or lapsed while the call was under way takes the outcome too, and does not come back.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn done(
        &self,
        tx: &mut Tx,
        id: TaskId,
        who: &str,
        call: &Registered,
    ) -> Result<Result<Done, Refusal>, DbError> {
        let Some(task) = self.lock(tx, id).await? else { return Ok(Err(Refusal::Unknown)) };
        if !Outcome::of(&task.kind).contains(&call.outcome) {
            return Ok(Err(Refusal::NoOutcome(Outcome::of(&task.kind))));
        }
        let now = self.ledger.clock.now();
        let left = Left {
            attempts: task.attempts_left,
            lapses_at: task.lapses_at,
            before: task.outcome.as_deref().and_then(Outcome::parse),
        };
        let next = match task.state {
            TaskState::Claimed => next(call.outcome, left, now, call.at, &self.hours),
            _ => Ok(Next::Done),
        };
        let next = match next {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let before = self.before(tx, &task).await?;
        let word = call.outcome.as_str();
        let held = match next {
            Next::Again(again) => task::put_off(tx, id, who, word, again).await?,
            Next::Done | Next::NoMore => task::done(tx, id, who, word, now.as_millisecond()).await?,
        };
        if !held {
            let over = task.state == TaskState::Done;
            return Ok(Err(if over { Refusal::Closed(task.state) } else { Refusal::NotHeld }));
        }
        let touch = self.note_call(tx, &task, who, call).await?;
        self.follow(tx, &task, who, call).await?;
        let led_to = self.led_to(tx, &task, &before).await?;
        let ended = Ended {
            id: new_id(),
            task: id,
            touch,
            outcome: call.outcome,
            actor: who.to_owned(),
            at: now.as_millisecond(),
            heavy: call.heavy,
            led_to,
        };
        outcome::add(tx, &ended).await?;
        self.count_heavy(tx, &task, &ended, 1).await?;
        self.count_time(tx, &task).await?;
        if !matches!(next, Next::Again(_)) {
            self.close(tx, &task, word).await?;
        }
        self.ledger.book().note(tx, Act::OutcomeSet, On::Task(id)).await?;
        Ok(Ok(Done { task, outcome: call.outcome, next }))
    }

    async fn before(&self, tx: &mut Tx, task: &Task) -> Result<Before, DbError> {
        let contact = contact::get(tx, task.contact).await?;
        let blinds = contact::blinds(tx, task.contact).await?;
        let no = contact.as_ref().is_some_and(|c| c.opted_out) || !contact::noes(tx, &blinds).await?.is_empty();
        Ok(Before { contact, no, others: outcome::others(tx, task.contact, task.id).await? })
    }

    /// What changed since then.
    async fn led_to(&self, tx: &mut Tx, task: &Task, before: &Before) -> Result<LedTo, DbError> {
        let contact = contact::get(tx, task.contact).await?;
        let open = outcome::others(tx, task.contact, task.id).await?;
        let dropped = before.others.iter().filter(|other| open.iter().all(|still| still.id != other.id));
        let (was, is) = (before.contact.as_ref(), contact.as_ref());
        let language = |contact: Option<&Contact>| contact.and_then(|contact| contact.language.clone());
        let left_out = |contact: Option<&Contact>| contact.and_then(|contact| contact.left_out.clone());
        Ok(LedTo {
            state: task.state.as_str().to_owned(),
            due_at: task.due_at,
            lapses_at: task.lapses_at,
            attempts_left: task.attempts_left,
            outcome: task.outcome.clone(),
            language: task.language.clone(),
            contact_language: (language(was) != language(is)).then(|| Was { word: language(was) }),
            left_out: (left_out(was) != left_out(is)).then(|| Was { word: left_out(was) }),
            no: !before.no && is.is_some_and(|contact| contact.opted_out),
            dropped: dropped.map(|task| task.id.to_string()).collect(),
        })
    }

    /// The entry names no message: taking a message out of the cooldown must not take the call out with it.
    async fn note_call(&self, tx: &mut Tx, task: &Task, who: &str, call: &Registered) -> Result<TouchId, DbError> {
        let kind = match call.outcome {
            _ if !task.is_by_hand() => TouchKind::Call,
            Outcome::Sent => TouchKind::Message,
            _ => TouchKind::Note,
        };
        let mut entry = Touch::new(kind, self.ledger.clock.now_ms());
        entry.channel = Some(self.way(tx, task).await?);
        entry.campaign = task.campaign.clone();
        entry.actor = Some(who.to_owned());
        entry.detail = Some(call.outcome.as_str().to_owned());
        entry.counts = call.outcome == Outcome::Sent || kind == TouchKind::Call && call.outcome.was_answered();
        entry.note = call.note.clone();
        self.ledger.register(tx, task.contact, &entry).await?;
        Ok(entry.id)
    }

    /// How a person is reached in this task: by phone, or on the platform of a handle.
    pub(super) async fn way(&self, tx: &mut Tx, task: &Task) -> Result<String, DbError> {
        let Some(message) = task.message.filter(|_| task.is_by_hand()) else { return Ok("phone".to_owned()) };
        let sealed = waiting::letter(tx, message).await?;
        Ok(kind_of(&message::open(&self.ledger.vault, message, &sealed)?.to).to_owned())
    }

    async fn follow(&self, tx: &mut Tx, task: &Task, who: &str, call: &Registered) -> Result<(), DbError> {
        let now = self.ledger.clock.now_ms();
        let why = call.outcome.as_str();
        match (call.outcome, task.message) {
            (Outcome::OptOut, _) => {
                let source = if task.is_by_hand() { NoSource::ByHand } else { NoSource::Call };
                self.ledger.opt_out(tx, task.contact, source, Some(who)).await.map(drop)
            }
            (Outcome::WrongNumber, _) => self.ledger.leave_out(tx, task.contact, Decision::WrongNumber).await,
            (Outcome::NotInGroup, _) => self.ledger.leave_out(tx, task.contact, Decision::NotInGroup).await,
            (Outcome::NotInService, _) => {
                task::drop_contact(tx, task.contact, why, now).await?;
                // A dead number is given to somebody else one day.
                self.ledger.leave_out(tx, task.contact, Decision::WrongNumber).await
            }
            (Outcome::Thanks, Some(message)) => task::drop_message(tx, message, why, now).await.map(drop),
            (Outcome::OtherLanguage, _) => {
                let Some(language) = &call.language else { return Ok(()) };
                contact::set_language(tx, task.contact, Some(language)).await?;
                outcome::set_language(tx, task.id, language).await
            }
            _ => Ok(()),
        }
    }
}
