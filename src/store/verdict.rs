//! What people on the panel made of versions of a message. Names nobody on the panel.

use super::db::{Arg, DbError, Row, Tx, sql};
use crate::domain::id::VerdictId;
use crate::domain::private::Private;
use crate::domain::verdict::Understood;
use crate::vault::{Place, Vault};

/// A verdict.
#[derive(Debug)]
pub struct Verdict {
    /// Its id.
    pub id: VerdictId,
    /// Which version.
    pub variant: String,
    /// In which language.
    pub language: String,
    /// Of what they saw.
    pub digest: String,
    /// Whether they understood it.
    pub understood: Understood,
    /// What they say that it means; `None` when they said nothing, or its time is over.
    pub means: Option<Private>,
    /// Who wrote it down.
    pub by: Option<String>,
    /// When, civil.
    pub at: i64,
}

/// Writes a verdict down.
///
/// # Errors
/// As the database has it, and when there is no randomness.
pub async fn add(tx: &mut Tx, vault: &Vault, campaign: &str, new: &Verdict) -> Result<(), DbError> {
    let means = new.means.as_ref().map(|means| vault.seal(place(&new.id), means.expose().as_bytes())).transpose()?;
    let row: Vec<Arg> = vec![
        new.id.into(),
        campaign.into(),
        (&new.variant).into(),
        (&new.language).into(),
        (&new.digest).into(),
        new.understood.as_str().into(),
        means.into(),
        new.by.clone().into(),
        new.at.into(),
    ];
    let head = "insert into verdict (id, campaign, variant, language, digest, understood, sealed, noted_by, noted_at)";
    tx.insert(head, vec![row], "").await.map(drop)
}

/// The verdicts of a campaign, newest first.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn of_campaign(tx: &mut Tx, vault: &Vault, campaign: &str) -> Result<Vec<Verdict>, DbError> {
    let query = sql("select id, variant, language, digest, understood, sealed, noted_by, noted_at from verdict \
         where campaign = $1 order by noted_at desc, id desc");
    tx.all(query.bind(campaign)).await?.iter().map(|row| read(vault, row)).collect()
}

fn read(vault: &Vault, row: &Row) -> Result<Verdict, DbError> {
    let id = row.id(0)?;
    let sealed: Option<Vec<u8>> = row.get(5)?;
    let means = sealed.filter(|sealed| !sealed.is_empty()).map(|sealed| vault.open_text(place(&id), &sealed));
    Ok(Verdict {
        id,
        variant: row.get(1)?,
        language: row.get(2)?,
        digest: row.get(3)?,
        understood: row.word(4, "understood", Understood::parse)?,
        means: means.transpose()?.map(Private::new),
        by: row.get(6)?,
        at: row.int(7)?,
    })
}

/// The ids of a campaign's verdicts.
///
/// # Errors
/// As the database has it.
pub async fn ids(tx: &mut Tx, campaign: &str) -> Result<Vec<VerdictId>, DbError> {
    let query = sql("select id from verdict where campaign = $1").bind(campaign);
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// Takes a verdict of a campaign away again; false when there is none.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, campaign: &str, id: VerdictId) -> Result<bool, DbError> {
    Ok(tx.run(sql("delete from verdict where id = $1 and campaign = $2").bind(id).bind(campaign)).await? == 1)
}

/// Lets go of what was said before a civil time; that there was a verdict stays.
///
/// # Errors
/// As the database has it.
pub async fn forget_words(tx: &mut Tx, before_ms: i64) -> Result<u64, DbError> {
    tx.run(sql("update verdict set sealed = null where noted_at < $1 and sealed is not null").bind(before_ms)).await
}

/// Removes a chunk of verdicts from before a civil time.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from verdict where id in (select id from verdict where noted_at < $1 limit $2)");
    tx.run(query.bind(before_ms).bind(limit)).await
}

fn place(id: &VerdictId) -> Place<'_> {
    Place { table: "verdict", column: "sealed", row: id.0.as_bytes() }
}
