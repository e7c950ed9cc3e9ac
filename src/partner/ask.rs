//! Asks a partner about numbers, and reads its answer.

use serde::{Deserialize, Serialize};
use tracing::info;

use super::Unread;
use super::book::Pair;
use super::oprf::{Blind, ELEMENT};
use super::table::Table;
use super::word::{Bytes, Id, Why, Word};
use crate::audit::On;
use crate::clock;
use crate::domain::act::Act;
use crate::domain::partner::Says;
use crate::domain::private::Private;
use crate::domain::span::DAY_MS;
use crate::ledger::Ledger;
use crate::store::partner;
use crate::store::{Db, DbError};

/// A number of whom nothing was said is asked about again after this long, civil milliseconds.
const NOTHING_MS: i64 = DAY_MS;
/// And one who said no.
const NO_MS: i64 = 90 * DAY_MS;

/// What we asked, as long as the answer has not come.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    /// The question's id.
    pub id: Id,
    numbers: Vec<String>,
    blinds: Vec<[u8; ELEMENT]>,
}

/// What was learnt by a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// How many numbers it was about.
    pub asked: usize,
    /// Of those: how many to wait with.
    pub wait: usize,
    /// Of those: how many said no there.
    pub no: usize,
}

impl std::ops::AddAssign for Learnt {
    fn add_assign(&mut self, more: Self) {
        *self = Self { asked: self.asked + more.asked, wait: self.wait + more.wait, no: self.no + more.no };
    }
}

/// Why an answer says nothing.
#[derive(Debug, thiserror::Error)]
pub enum NoHearing {
    /// It is not theirs, not to this question, or was changed on its way.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// They do not answer, and say why.
    #[error("{}", .0.text().en)]
    Refused(Why),
    /// Their terms are not the ones that somebody here accepted.
    #[error("their terms are new: read them with `lykt partner terms`, and accept them")]
    Terms,
    /// The database is away.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A question about these numbers, sealed for the partner.
///
/// # Errors
/// When the system has no randomness, or a number is empty.
pub fn question(pair: &Pair, ledger: &Ledger, numbers: &[Private]) -> Result<(Asked, Vec<u8>), Unread> {
    let id: Id = clock::random().map_err(|_| Unread)?;
    let mut elements = Vec::with_capacity(numbers.len() * ELEMENT);
    let mut asked = Asked { id, numbers: Vec::with_capacity(numbers.len()), blinds: Vec::with_capacity(numbers.len()) };
    for number in numbers {
        let (blind, element) = Blind::hide(number.expose().as_bytes()).map_err(|_| Unread)?;
        elements.extend_from_slice(&element);
        asked.blinds.push(*blind.to_bytes().expose());
        asked.numbers.push(number.expose().clone());
    }
    let at = ledger.clock.now_ms();
    let word = Word::Question { id, at, terms: pair.ours.clone(), elements: Bytes(elements) };
    Ok((asked, word.seal(&pair.key)?))
}

/// Reads an answer, and keeps what it says as long as it holds.
///
/// # Errors
/// When it is no answer to this question, the partner refuses, its terms are new, or as the database has it; nothing is kept
/// then but new terms.
pub async fn take(db: &Db, ledger: &Ledger, pair: &Pair, asked: &Asked, envelope: &[u8]) -> Result<Learnt, NoHearing> {
    let mut tx = db.begin().await?;
    let (terms, answer) = match Word::open(&pair.key, envelope)? {
        Word::Answer { id, terms, elements, table } if id == asked.id => (terms, Ok((elements.0, table.0))),
        Word::Refusal { why, terms } => (terms, Err(why)),
        _ => return Err(Unread.into()),
    };
    let accepted = pair.heard_terms(&mut tx, ledger, &terms).await?;
    let (elements, table) = match answer {
        Ok(_) if !accepted => {
            tx.commit().await?;
            return Err(NoHearing::Terms);
        }
        Ok(answer) => answer,
        Err(why) => {
            tx.commit().await?;
            return Err(NoHearing::Refused(why));
        }
    };
    let said = read(ledger, asked, &elements, &table)?;
    let heard = Learnt {
        asked: said.len(),
        wait: said.iter().filter(|(_, says, _)| matches!(says, Says::Wait(_))).count(),
        no: said.iter().filter(|(_, says, _)| *says == Says::No).count(),
    };
    for chunk in said.chunks(500) {
        partner::hear(&mut tx, &pair.name, chunk, ledger.clock.now_ms()).await?;
    }
    let many = i64::try_from(said.len()).unwrap_or(i64::MAX);
    ledger.book().note_many(&mut tx, Act::PartnerAsked, On::Partner(&pair.name), many).await?;
    tx.commit().await?;
    info!(partner.name = pair.name, numbers = heard.asked, wait = heard.wait, no = heard.no, "a partner has answered");
    Ok(heard)
}

type Said = Vec<([u8; 32], Says, i64)>;

fn read(ledger: &Ledger, asked: &Asked, elements: &[u8], table: &[u8]) -> Result<Said, Unread> {
    let table = Table::read(table).ok_or(Unread)?;
    if elements.len() != asked.numbers.len() * ELEMENT || asked.blinds.len() != asked.numbers.len() {
        return Err(Unread);
    }
    let now = ledger.clock.now_ms();
    let mut said = Said::with_capacity(asked.numbers.len());
    for ((number, blind), element) in asked.numbers.iter().zip(&asked.blinds).zip(elements.chunks_exact(ELEMENT)) {
        let output = Blind::from_bytes(blind).and_then(|blind| blind.finish(number.as_bytes(), element));
        let says = table.says(&output.map_err(|_| Unread)?).ok_or(Unread)?;
        let ends_at = match says {
            Says::Nothing => now + NOTHING_MS,
            Says::No => now + NO_MS,
            Says::Wait(month) => {
                let first = ledger.clock.zone().to_timestamp(month.first().at(0, 0, 0, 0));
                first.map_err(|_| Unread)?.as_millisecond()
            }
        };
        said.push((ledger.vault.blind(number), says, ends_at));
    }
    Ok(said)
}
