//! A database that does not know what its house did last: restored from a backup, or copied. Nothing is sent and nobody is
//! called until what it lacks was fetched, as far as that can be, and a person has said so.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::domain::lang::Text;
use crate::store::{DbError, Tx, meta};
use crate::vault::{Place, Vault};
use crate::{text, words};

/// Where it stands among the facts.
pub(super) const KEY: &str = "quarantine";
/// How the last one ended: who, when, why.
const ENDED: &str = "quarantine.ended";

words! {
    /// How it was noticed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Why {
        /// `lykt restore` wrote it.
        Restored = "restored",
        /// The witness outside the database has seen more than the database knows.
        Behind = "behind",
        /// Another server has the database, and nothing had waited for it.
        TakenOver = "taken_over",
        /// The database says that there was a witness, and there is none that can be read.
        NoWitness = "no_witness",
        /// The witness is of another installation.
        Foreign = "foreign",
        /// Database and witness were copied, on this machine or to another.
        Elsewhere = "elsewhere",
    }

    /// The word in JSON.
    pub fn as_str;
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// How it was noticed.
    pub why: Why,
    /// Up to when the database knows everything, civil.
    pub since: i64,
    /// When it began, civil.
    pub began_at: i64,
    /// How many noes were brought back from outside; `None` until that was done.
    pub noes: Option<u64>,
    /// The accounts whose list of sent messages was entered, and how many were news.
    pub sent: BTreeMap<String, u64>,
}

impl Quarantine {
    /// One that begins now.
    pub fn new(why: Why, since: i64, now: i64) -> Self {
        Self { why, since: since.min(now), began_at: now, noes: None, sent: BTreeMap::new() }
    }
}

impl Why {
    /// What is wrong, as a sentence without its end.
    pub fn explain(self) -> Text {
        match self {
            Why::Restored => {
                text!("the database was restored from a backup", "databasen er lagt tilbake fra en sikkerhetskopi")
            }
            Why::Behind => text!(
                "the database is older than what this machine has seen: it was restored, or exchanged",
                "databasen er eldre enn det denne maskinen har sett: den er lagt tilbake eller byttet ut"
            ),
            Why::TakenOver => text!(
                "a standby has taken the database over, or it was put back to an earlier moment, and what was written last may be lost",
                "en reserve har tatt over databasen, eller den er satt tilbake til et tidligere øyeblikk, og det siste som ble skrevet kan være tapt"
            ),
            Why::NoWitness => text!(
                "the witness file is gone or damaged, so nobody can tell whether the database was restored",
                "vitnefilen er borte eller skadet, så ingen kan si om databasen er lagt tilbake"
            ),
            Why::Foreign => {
                text!("the witness file is another installation's", "vitnefilen hører til en annen installasjon")
            }
            Why::Elsewhere => text!(
                "database and witness are a copy: the original, on another machine or in another folder, may still be running",
                "database og vitne er en kopi: originalen, på en annen maskin eller i en annen mappe, kjører kanskje fortsatt"
            ),
        }
    }
}

/// The quarantine, when there is one.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx) -> Result<Option<Quarantine>, DbError> {
    read(meta::get(tx, KEY).await?)
}

/// Reads what stands under [`KEY`]; nothing stands there once it has ended.
pub(super) fn read(noted: Option<String>) -> Result<Option<Quarantine>, DbError> {
    match noted.filter(|text| !text.is_empty()) {
        Some(text) => serde_json::from_str(&text).map(Some).map_err(|_| DbError::Unknown("quarantine")),
        None => Ok(None),
    }
}

/// Begins one. One that stands keeps its reason; what it had fetched is fetched again, since the older time.
///
/// # Errors
/// As the database has it.
pub async fn begin(tx: &mut Tx, new: Quarantine) -> Result<Quarantine, DbError> {
    let began = match get(tx).await? {
        Some(old) => Quarantine { why: old.why, since: old.since.min(new.since), ..new },
        None => new,
    };
    set(tx, &began).await?;
    Ok(began)
}

/// Notes how far it is.
///
/// # Errors
/// As the database has it.
pub async fn set(tx: &mut Tx, to: &Quarantine) -> Result<(), DbError> {
    meta::set(tx, KEY, &serde_json::to_string(to).map_err(|_| DbError::Unknown("quarantine"))?).await
}

/// Seals who ended the last one with the newest key.
///
/// # Errors
/// As the database has it, and when it does not open.
pub async fn reseal(tx: &mut Tx, vault: &Vault) -> Result<(), DbError> {
    let Some(old) = sealed(tx).await? else { return Ok(()) };
    let place = Place { table: "meta", column: "value", row: ENDED.as_bytes() };
    let old = STANDARD.decode(old).map_err(|_| DbError::Unknown("end of a quarantine"))?;
    meta::set(tx, ENDED, &STANDARD.encode(vault.seal(place, &vault.open(place, &old)?)?)).await
}

/// Who ended the last one, as it is sealed.
///
/// # Errors
/// As the database has it.
pub async fn sealed(tx: &mut Tx) -> Result<Option<String>, DbError> {
    meta::get(tx, ENDED).await
}

/// Ends it: a named person, with a reason, which stays in the database, sealed.
///
/// # Errors
/// As the database has it.
pub async fn end(
    tx: &mut Tx,
    vault: &Vault,
    ended: &Quarantine,
    (by, reason): (&str, &str),
    now: i64,
) -> Result<(), DbError> {
    let told = serde_json::json!({ "by": by, "reason": reason, "at": now, "was": ended }).to_string();
    let place = Place { table: "meta", column: "value", row: ENDED.as_bytes() };
    meta::set(tx, ENDED, &STANDARD.encode(vault.seal(place, told.as_bytes())?)).await?;
    meta::set(tx, KEY, "").await
}
