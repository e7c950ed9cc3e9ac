//! Two persons: what the settings name is done only when somebody else has agreed to it, once, and within a day.
//!
//! The first one asks by doing it: the command says that it waits. Somebody else with the right role agrees or refuses,
//! and shows who they are: on the page, or at the terminal with password and code. Then the first one does it again, and it
//! is carried out; what was agreed to is used up in the same transaction. Who asks is taken at their word, as everywhere at
//! the terminal, but must be somebody who works here and somebody else. Knows no page and no command.

use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::id::{AskId, ContactId};
use crate::domain::matter::Matter;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::domain::span::DAY_MS;
use crate::ledger::Ledger;
use crate::store::second::{self, Ask};
use crate::store::{Db, DbError, Tx, user};

/// So long can it be agreed to and done, civil milliseconds.
const LASTS: i64 = DAY_MS;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What kind it is.
    pub matter: Matter,
    /// What it is about, exactly: another wish has other bytes.
    pub about: &'a [u8],
    /// The same as others may read it: an id, a key's number, words of the command. Never a person.
    pub shown: &'a str,
    /// Why, as the person says it, for who agrees; other words are another wish.
    pub why: Option<&'a Private>,
}

/// Whether something may be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It may.
    Go,
    /// Somebody else must agree first. The transaction is to be committed, so that it stands.
    Waits(Ask),
    /// It is not said who does it, or nobody of this name works here.
    Nobody,
}

/// What came of agreeing or refusing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It stands.
    Done(Ask),
    /// There is none, or it was agreed to, done, refused or too old already.
    Gone,
    /// Nobody agrees with themselves.
    Own,
    /// Only this role may.
    Role(Role),
}

/// Who agrees or refuses; whoever makes one has seen that it is them.
#[derive(Clone, Copy, Debug)]
pub struct Second<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their role.
    pub role: Role,
}

/// Whether a wish may be carried out now, by this person. What was agreed to is used up with it.
///
/// # Errors
/// As the database has it.
pub async fn pass(
    tx: &mut Tx,
    ledger: &Ledger,
    needed: &[Matter],
    wish: Wish<'_>,
    by: Option<&str>,
) -> Result<Pass, DbError> {
    if !needed.contains(&wish.matter) {
        return Ok(Pass::Go);
    }
    let asker = by.unwrap_or_default().trim().to_lowercase();
    let Some(user) = user::named(tx, &asker).await?.filter(|user| user.disabled_at.is_none()) else {
        return Ok(Pass::Nobody);
    };
    let now = ledger.clock.now_ms();
    second::sweep(tx, now).await?;
    let why = wish.why.map(|why| why.expose().as_bytes()).unwrap_or_default();
    let length = (wish.about.len() as u64).to_be_bytes();
    let wished = Private::new([wish.matter.as_str().as_bytes(), b"\0", &length, wish.about, why].concat());
    let about = ledger.vault.keyed(b"second", wished.expose());
    if let Some(found) = second::about(tx, wish.matter, &about).await? {
        let theirs = found.asker == asker;
        if !(theirs && found.agreed_by.is_some()) {
            return Ok(Pass::Waits(found));
        }
        if second::remove(tx, found.id).await? {
            return Ok(Pass::Go);
        }
    }
    let id = new_id();
    let ask = Ask {
        id,
        matter: wish.matter,
        shown: wish.shown.to_owned(),
        why: wish.why.map(|why| second::seal(&ledger.vault, id, why)).transpose()?,
        asked_by: user.name,
        asker,
        asked_at: now,
        ends_at: now + LASTS,
        agreed_by: None,
    };
    if second::add(tx, &ask, &about).await? {
        note(tx, ledger, Act::SecondAsked, &ask).await?;
        return Ok(Pass::Waits(ask));
    }
    let found = second::about(tx, wish.matter, &about).await?;
    found.map(Pass::Waits).ok_or(DbError::Unknown("what waits for a second person"))
}

/// All that waits for a second person or for who asked, the oldest first.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx, ledger: &Ledger) -> Result<Vec<Ask>, DbError> {
    second::all(tx, ledger.clock.now_ms()).await
}

/// How many wait for the yes of somebody in this role.
///
/// # Errors
/// As the database has it.
pub async fn waiting(tx: &mut Tx, ledger: &Ledger, role: Role) -> Result<usize, DbError> {
    let waits = |ask: &Ask| ask.matter.agrees() == role && ask.agreed_by.is_none();
    Ok(all(tx, ledger).await?.iter().filter(|ask| waits(ask)).count())
}

/// The second person's yes: who asked may do it now, once.
///
/// # Errors
/// As the database has it.
pub async fn agree(db: &Db, ledger: &Ledger, id: AskId, by: Second<'_>) -> Result<Answer, DbError> {
    answer(db, ledger, id, by, Act::SecondAgreed).await
}

/// The second person's no: nothing was asked for any more.
///
/// # Errors
/// As the database has it.
pub async fn refuse(db: &Db, ledger: &Ledger, id: AskId, by: Second<'_>) -> Result<Answer, DbError> {
    answer(db, ledger, id, by, Act::SecondRefused).await
}

async fn answer(db: &Db, ledger: &Ledger, id: AskId, by: Second<'_>, act: Act) -> Result<Answer, DbError> {
    let mut tx = db.begin().await?;
    let now = ledger.clock.now_ms();
    let Some(mut ask) = second::get(&mut tx, id).await?.filter(|ask| ask.ends_at > now) else {
        return Ok(Answer::Gone);
    };
    if ask.matter.agrees() != by.role {
        return Ok(Answer::Role(ask.matter.agrees()));
    }
    if ask.asker == by.name.trim().to_lowercase() {
        return Ok(Answer::Own);
    }
    let stands = match act {
        Act::SecondAgreed => second::agree(&mut tx, id, by.name, now).await?,
        _ => second::remove(&mut tx, id).await?,
    };
    if !stands {
        return Ok(Answer::Gone);
    }
    ask.agreed_by = (act == Act::SecondAgreed).then(|| by.name.to_owned());
    note(&mut tx, ledger, act, &ask).await?;
    tx.commit().await?;
    Ok(Answer::Done(ask))
}

async fn note(tx: &mut Tx, ledger: &Ledger, act: Act, ask: &Ask) -> Result<(), DbError> {
    let contact = || ask.shown.parse::<ContactId>().ok();
    let on = match ask.matter {
        Matter::Export | Matter::Lift => contact().map_or(On::Nothing, On::Contact),
        Matter::Retire => ask.shown.parse().map_or(On::Nothing, On::Key),
        Matter::Restore => On::Nothing,
    };
    ledger.book().note(tx, act, on).await
}
