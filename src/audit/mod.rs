//! The audit: what people, tokens and the command line did and read, each entry sealed to the one before.
//!
//! Who acts is said once, where they come in ([`acting`]); what they do is noted where it is done, in the same transaction
//! ([`Book::note`]). What the daemon does by itself is nobody's act and leaves no entry. An entry holds words of the program,
//! ids and counts: never a number, a handle, a name of a person or a text. Knows no page and no rule.

mod anchor;
mod chain;
mod keeper;
mod verify;

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::act::Act;
use crate::domain::id::{ContactId, MessageId, ReplyId, TaskId, TokenId, UserId};
use crate::store::audit::{self, Entry};
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
pub use keeper::{Keeper, forget};
pub use verify::{Break, Verdict, since_anchor, whole};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody who is signed in.
    User(UserId),
    /// Another system.
    Token(TokenId),
    /// The command line, as this user of the operating system.
    Terminal(u32),
    /// Another organisation, which has the key of its pair with us.
    Partner,
    /// The daemon itself.
    House,
    /// Somebody who did not show who they are.
    Nobody,
}

/// Upon what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On<'a> {
    /// Nothing in particular.
    Nothing,
    /// A contact.
    Contact(ContactId),
    /// A task.
    Task(TaskId),
    /// An answer.
    Reply(ReplyId),
    /// A message.
    Message(MessageId),
    /// A user.
    User(UserId),
    /// A token.
    Token(TokenId),
    /// A campaign, by its name, which is a file's.
    Campaign(&'a str),
    /// A key, by its version.
    Key(u8),
    /// A partner, by its name in the settings.
    Partner(&'a str),
}

tokio::task_local! {
    static WHO: Who;
}

/// Does something as somebody: what is noted meanwhile is theirs.
pub async fn acting<T>(who: Who, work: impl Future<Output = T>) -> T {
    WHO.scope(who, work).await
}

/// Who acts just now, for work that goes on in another thread; `None` for the daemon's own.
pub fn who() -> Option<Who> {
    WHO.try_get().ok()
}

/// Does something in another thread as who began it.
pub async fn as_before<T>(who: Option<Who>, work: impl Future<Output = T>) -> T {
    match who {
        Some(who) => acting(who, work).await,
        None => work.await,
    }
}

/// Who runs this program, for the command line.
pub fn terminal() -> Who {
    use std::os::unix::fs::MetadataExt;
    Who::Terminal(std::fs::metadata("/proc/self").map_or(u32::MAX, |of| of.uid()))
}

/// Where the end of the chain is anchored: beside the witness.
pub fn anchor_beside(witness: &Path) -> PathBuf {
    witness.with_extension("audit")
}

/// What entries are sealed and dated with.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    /// The keys.
    pub vault: &'a Vault,
    /// The clock.
    pub clock: &'a Clock,
}

impl Book<'_> {
    /// Notes an act in its own transaction: both stand, or neither. The daemon's own doing is not noted.
    ///
    /// # Errors
    /// As the database has it; the caller must then let go of the transaction.
    pub async fn note(&self, tx: &mut Tx, act: Act, on: On<'_>) -> Result<(), DbError> {
        self.note_many(tx, act, on, None).await
    }

    /// The same, with how many it was about.
    ///
    /// # Errors
    /// As [`note`](Self::note).
    pub async fn note_many(
        &self,
        tx: &mut Tx,
        act: Act,
        on: On<'_>,
        many: impl Into<Option<i64>>,
    ) -> Result<(), DbError> {
        match who() {
            Some(who) => self.note_by(tx, who, act, on, many.into()).await,
            None => Ok(()),
        }
    }

    /// Notes, in a transaction of its own, what somebody reads before it is shown to them, or does outside the database
    /// before it is done.
    ///
    /// # Errors
    /// As the database has it; nothing may be shown or done then.
    pub async fn note_alone(&self, db: &Db, act: Act, on: On<'_>, many: impl Into<Option<i64>>) -> Result<(), DbError> {
        if who().is_none() {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        self.note_many(&mut tx, act, on, many).await?;
        tx.commit().await
    }

    /// Notes an act of somebody in particular.
    ///
    /// # Errors
    /// As [`note`](Self::note).
    pub async fn note_by(&self, tx: &mut Tx, who: Who, act: Act, on: On<'_>, many: Option<i64>) -> Result<(), DbError> {
        let head = audit::lock(tx).await?;
        let ((who, who_id, who_os), (on_kind, on_id, on_name)) = (who.columns(), on.columns());
        let mut entry = Entry {
            n: head.n + 1,
            at: self.clock.now_ms(),
            who: who.to_owned(),
            who_id,
            who_os,
            act: act.as_str().to_owned(),
            on_kind: on_kind.map(str::to_owned),
            on_id,
            on_name,
            many,
            hash: Vec::new(),
        };
        entry.hash = chain::seal(self.vault, &head.hash, &entry).to_vec();
        audit::append(tx, &entry).await
    }
}

impl Who {
    /// The words that an entry may begin with.
    pub const WORDS: [&str; 6] = ["user", "token", "terminal", "partner", "house", "nobody"];

    fn columns(self) -> (&'static str, Option<Uuid>, Option<i64>) {
        match self {
            Who::User(id) => ("user", Some(id.0), None),
            Who::Token(id) => ("token", Some(id.0), None),
            Who::Terminal(uid) => ("terminal", None, Some(uid.into())),
            Who::Partner => ("partner", None, None),
            Who::House => ("house", None, None),
            Who::Nobody => ("nobody", None, None),
        }
    }
}

impl On<'_> {
    fn columns(self) -> (Option<&'static str>, Option<Uuid>, Option<String>) {
        match self {
            On::Nothing => (None, None, None),
            On::Contact(id) => (Some("contact"), Some(id.0), None),
            On::Task(id) => (Some("task"), Some(id.0), None),
            On::Reply(id) => (Some("reply"), Some(id.0), None),
            On::Message(id) => (Some("message"), Some(id.0), None),
            On::User(id) => (Some("user"), Some(id.0), None),
            On::Token(id) => (Some("token"), Some(id.0), None),
            On::Campaign(name) => (Some("campaign"), None, Some(name.to_owned())),
            On::Key(version) => (Some("key"), None, Some(version.to_string())),
            On::Partner(name) => (Some("partner"), None, Some(name.to_owned())),
        }
    }
}
