//! What partners said, asked and agreed to. Knows addresses by their blind index alone.

use std::collections::HashMap;

use uuid::Uuid;

use super::blind::{Blind, blind};
use super::db::{Arg, DbError, Row, Tx, sql};
use crate::clock::new_id;
use crate::domain::id::AddressId;
use crate::domain::partner::{Month, Says};
use crate::domain::private::Private;
use crate::vault::{Place, Vault};

/// What a partner says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// The partner, by its name in the settings.
    pub partner: String,
    /// What it says.
    pub says: Says,
}

fn word(says: Says) -> (&'static str, Option<i64>) {
    match says {
        Says::Nothing => ("nothing", None),
        Says::Wait(month) => ("wait", Some(month.number().into())),
        Says::No => ("no", None),
    }
}

fn read(row: &Row, at: usize) -> Result<Says, DbError> {
    let (word, month): (String, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
    let month = month.and_then(|n| u16::try_from(n).ok()).and_then(Month::from_number);
    match (word.as_str(), month) {
        ("nothing", _) => Ok(Says::Nothing),
        ("wait", Some(month)) => Ok(Says::Wait(month)),
        ("no", _) => Ok(Says::No),
        _ => Err(DbError::Unknown("answer of a partner")),
    }
}

/// Keeps what a partner says of addresses, each until it ends, in the place of what it said before.
///
/// # Errors
/// As the database has it.
pub async fn hear(tx: &mut Tx, partner: &str, said: &[(Blind, Says, i64)], now_ms: i64) -> Result<(), DbError> {
    let row = |(blind, says, ends_at): &(Blind, Says, i64)| {
        let (word, month) = word(*says);
        vec![Arg::from(*blind), partner.into(), word.into(), Arg::Int(month), now_ms.into(), (*ends_at).into()]
    };
    let head = "insert into partner_answer (blind, partner, says, month, heard_at, ends_at)";
    let rest = "on conflict (blind, partner) do update set says = excluded.says, month = excluded.month, \
                heard_at = excluded.heard_at, ends_at = excluded.ends_at";
    tx.insert(head, said.iter().map(row).collect(), rest).await.map(drop)
}

/// What stands in the way of these addresses, by partners: of each the strongest.
///
/// # Errors
/// As the database has it.
pub async fn against(tx: &mut Tx, blinds: &[Blind], now_ms: i64) -> Result<HashMap<Blind, Saying>, DbError> {
    let mut all: HashMap<Blind, Saying> = HashMap::new();
    if blinds.is_empty() {
        return Ok(all);
    }
    let query = sql(
        "select says, month, blind, partner from partner_answer where ends_at > $1 and says <> 'nothing' and blind in (",
    );
    for row in tx.all(query.bind(now_ms).list(blinds).push(") order by partner")).await? {
        let heard = Saying { partner: row.get(3)?, says: read(&row, 0)? };
        let place = all.entry(blind(&row, 2)?).or_insert_with(|| heard.clone());
        if heard.says > place.says {
            *place = heard;
        }
    }
    Ok(all)
}

/// Which of these addresses a partner was asked about, and the answer still holds.
///
/// # Errors
/// As the database has it.
pub async fn known(tx: &mut Tx, partner: &str, blinds: &[Blind], now_ms: i64) -> Result<Vec<Blind>, DbError> {
    if blinds.is_empty() {
        return Ok(Vec::new());
    }
    let query = sql("select blind from partner_answer where partner = $1 and ends_at > $2 and blind in (");
    let rows = tx.all(query.bind(partner).bind(now_ms).list(blinds).push(")")).await?;
    rows.iter().map(|row| blind(row, 0)).collect()
}

/// How many answers are held of a partner that stand in somebody's way, and how many in all.
///
/// # Errors
/// As the database has it.
pub async fn held(tx: &mut Tx, partner: &str) -> Result<(i64, i64), DbError> {
    let query = sql("select coalesce(sum(case when says = 'nothing' then 0 else 1 end), 0), count(*) \
         from partner_answer where partner = $1");
    let row = tx.maybe(query.bind(partner)).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
}

/// Somebody of whom a partner may be told.
pub struct Told {
    /// Their number.
    pub number: Private,
    /// Whether they said no.
    pub no: bool,
    /// When they were contacted last, civil.
    pub contacted_at: Option<i64>,
}

/// The next of those whom a partner may be told of, after an address; and the last one's id, while there are more.
///
/// # Errors
/// As the database has it, and when a number does not open.
pub async fn people(
    tx: &mut Tx,
    vault: &Vault,
    after: Option<AddressId>,
    limit: i64,
) -> Result<(Vec<Told>, Option<AddressId>), DbError> {
    let query =
        sql("select a.id, a.sealed, c.opted_out, c.contacted_at from address a join contact c on c.id = a.contact_id \
         where a.kind = 'phone' and (c.opted_out or c.contacted_at is not null) and a.id > $1 order by a.id limit $2");
    let rows = tx.all(query.bind(after.unwrap_or(AddressId(Uuid::nil()))).bind(limit)).await?;
    let mut last = None;
    let mut told = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: AddressId = row.id(0)?;
        let sealed: Vec<u8> = row.get(1)?;
        let place = Place { table: "address", column: "sealed", row: id.0.as_bytes() };
        let number = Private::new(vault.open_text(place, &sealed)?);
        told.push(Told { number, no: row.get(2)?, contacted_at: row.get(3)? });
        last = Some(id);
    }
    Ok((told, last.filter(|_| rows.len() as i64 == limit)))
}

/// Takes so many numbers from a partner's share of a day; `false`, and noted as refused, when there are not so many left.
///
/// # Errors
/// As the database has it.
pub async fn take_share(tx: &mut Tx, partner: &str, day: &str, n: i64, per_day: i64) -> Result<bool, DbError> {
    let make = sql(
        "insert into partner_day (partner, day, asked, refused) values ($1, $2, 0, 0) on conflict (partner, day) do nothing",
    );
    tx.run(make.bind(partner).bind(day)).await?;
    let take = sql("update partner_day set asked = asked + $1 where partner = $2 and day = $3 and asked + $1 <= $4");
    if tx.run(take.bind(n).bind(partner).bind(day).bind(per_day)).await? == 1 {
        return Ok(true);
    }
    let refuse = sql("update partner_day set refused = refused + $1 where partner = $2 and day = $3");
    tx.run(refuse.bind(n).bind(partner).bind(day)).await?;
    Ok(false)
}

/// How many numbers each partner asked about on a day, and how many it was refused.
///
/// # Errors
/// As the database has it.
pub async fn day(tx: &mut Tx, day: &str) -> Result<HashMap<String, (i64, i64)>, DbError> {
    let rows = tx.all(sql("select partner, asked, refused from partner_day where day = $1").bind(day)).await?;
    rows.iter().map(|row| Ok((row.get(0)?, (row.int(1)?, row.int(2)?)))).collect()
}

/// Notes that a question was answered; `false` when it was before.
///
/// # Errors
/// As the database has it.
pub async fn answered(tx: &mut Tx, id: Uuid, partner: &str, now_ms: i64) -> Result<bool, DbError> {
    let query =
        sql("insert into partner_answered (id, partner, answered_at) values ($1, $2, $3) on conflict (id) do nothing");
    Ok(tx.run(query.bind(Arg::Uuid(Some(id))).bind(partner).bind(now_ms)).await? == 1)
}

/// A partner's terms, as they were told last.
#[derive(Clone, Debug)]
pub struct TheirTerms {
    /// What they say.
    pub text: Private,
    /// Whether somebody accepted just these.
    pub accepted: bool,
    /// Who accepted any, and when.
    pub accepted_by: Option<String>,
}

fn terms_place(id: &Uuid) -> Place<'_> {
    Place { table: "partner_terms", column: "sealed", row: id.as_bytes() }
}

/// Keeps a partner's terms, as they were told last.
///
/// # Errors
/// As the database has it.
pub async fn tell_terms(
    tx: &mut Tx,
    vault: &Vault,
    partner: &str,
    (text, digest): (&str, &[u8; 32]),
    now_ms: i64,
) -> Result<(), DbError> {
    let known = tx.maybe(sql("select digest from partner_terms where partner = $1").bind(partner)).await?;
    if known.map(|row| row.get::<Vec<u8>>(0)).transpose()?.as_deref() == Some(&digest[..]) {
        return Ok(());
    }
    // The row's id is part of what is sealed: it is made anew, and what was accepted goes with the new one.
    let before = terms_row(tx, partner).await?;
    tx.run(sql("delete from partner_terms where partner = $1").bind(partner)).await?;
    let id: Uuid = new_id();
    let sealed = vault.seal(terms_place(&id), text.as_bytes())?;
    let (accepted, by, at) = before.unwrap_or_default();
    let query =
        sql("insert into partner_terms (id, partner, sealed, digest, told_at, accepted, accepted_by, accepted_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)");
    let query = query.bind(Arg::Uuid(Some(id))).bind(partner).bind(sealed).bind(*digest).bind(now_ms);
    tx.run(query.bind(Arg::Bytes(accepted)).bind(Arg::Text(by)).bind(Arg::Int(at))).await.map(drop)
}

type Accepted = (Option<Vec<u8>>, Option<String>, Option<i64>);

async fn terms_row(tx: &mut Tx, partner: &str) -> Result<Option<Accepted>, DbError> {
    let query = sql("select accepted, accepted_by, accepted_at from partner_terms where partner = $1");
    tx.maybe(query.bind(partner)).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// A partner's terms.
///
/// # Errors
/// As the database has it, and when they do not open.
pub async fn terms(tx: &mut Tx, vault: &Vault, partner: &str) -> Result<Option<TheirTerms>, DbError> {
    let query = sql("select id, sealed, digest, accepted, accepted_by from partner_terms where partner = $1");
    let Some(row) = tx.maybe(query.bind(partner)).await? else { return Ok(None) };
    let (id, sealed): (Uuid, Vec<u8>) = (row.get(0)?, row.get(1)?);
    let (digest, accepted): (Vec<u8>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
    let text = Private::new(vault.open_text(terms_place(&id), &sealed)?);
    Ok(Some(TheirTerms { text, accepted: accepted == Some(digest), accepted_by: row.get(4)? }))
}

/// Notes that somebody accepts a partner's terms as they are now; `false` when none were told.
///
/// # Errors
/// As the database has it.
pub async fn accept(tx: &mut Tx, partner: &str, by: &str, now_ms: i64) -> Result<bool, DbError> {
    let query =
        sql("update partner_terms set accepted = digest, accepted_by = $1, accepted_at = $2 where partner = $3");
    Ok(tx.run(query.bind(by).bind(now_ms).bind(partner)).await? == 1)
}

fn question_place(id: &Uuid) -> Place<'_> {
    Place { table: "partner_question", column: "sealed", row: id.as_bytes() }
}

/// Keeps a question that is carried by hand.
///
/// # Errors
/// As the database has it.
pub async fn ask(
    tx: &mut Tx,
    vault: &Vault,
    (id, partner): (Uuid, &str),
    (people, open): (i64, &[u8]),
    now_ms: i64,
) -> Result<(), DbError> {
    let sealed = vault.seal(question_place(&id), open)?;
    let query = sql("insert into partner_question (id, partner, asked_at, people, sealed) values ($1, $2, $3, $4, $5)");
    let query = query.bind(Arg::Uuid(Some(id))).bind(partner).bind(now_ms).bind(people);
    tx.run(query.bind(sealed)).await.map(drop)
}

/// The questions to a partner that are on their way, the newest first.
///
/// # Errors
/// As the database has it.
pub async fn questions(tx: &mut Tx, partner: &str) -> Result<Vec<Uuid>, DbError> {
    let query = sql("select id from partner_question where partner = $1 order by asked_at desc");
    tx.all(query.bind(partner)).await?.iter().map(|row| row.get(0)).collect()
}

/// A question that is on its way, opened.
///
/// # Errors
/// As the database has it, and when it does not open.
pub async fn question(tx: &mut Tx, vault: &Vault, id: Uuid) -> Result<Option<Private<Vec<u8>>>, DbError> {
    let query = sql("select sealed from partner_question where id = $1");
    let Some(row) = tx.maybe(query.bind(Arg::Uuid(Some(id)))).await? else { return Ok(None) };
    let sealed: Vec<u8> = row.get(0)?;
    Ok(Some(Private::new(vault.open(question_place(&id), &sealed)?)))
}

/// Removes a question that was answered: it is answered once.
///
/// # Errors
/// As the database has it.
pub async fn answered_by_hand(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    tx.run(sql("delete from partner_question where id = $1").bind(Arg::Uuid(Some(id)))).await.map(drop)
}

/// Forgets what no longer holds: answers that ended, questions and notes of answers from before a time, days from before
/// a day. How many rows that was.
///
/// # Errors
/// As the database has it.
pub async fn forget_old(tx: &mut Tx, now_ms: i64, before_ms: i64, before_day: &str) -> Result<u64, DbError> {
    let mut gone = tx.run(sql("delete from partner_answer where ends_at <= $1").bind(now_ms)).await?;
    gone += tx.run(sql("delete from partner_question where asked_at < $1").bind(before_ms)).await?;
    gone += tx.run(sql("delete from partner_answered where answered_at < $1").bind(before_ms)).await?;
    gone += tx.run(sql("delete from partner_day where day < $1").bind(before_day)).await?;
    Ok(gone)
}

/// Forgets what partners say of these addresses; how much that was.
///
/// # Errors
/// As the database has it.
pub async fn forget_addresses(tx: &mut Tx, blinds: &[Blind]) -> Result<u64, DbError> {
    if blinds.is_empty() {
        return Ok(0);
    }
    tx.run(sql("delete from partner_answer where blind in (").list(blinds).push(")")).await
}

/// Forgets everything that a partner said and was told, but for its days and the notes of what was answered.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, partner: &str) -> Result<u64, DbError> {
    let mut gone = 0;
    for query in [
        "delete from partner_answer where partner = $1",
        "delete from partner_question where partner = $1",
        "delete from partner_terms where partner = $1",
    ] {
        gone += tx.run(sql(query).bind(partner)).await?;
    }
    Ok(gone)
}

/// Forgets what all partners say: the indexes are replaced, and they will be asked again.
///
/// # Errors
/// As the database has it.
pub async fn forget_answers(tx: &mut Tx) -> Result<(), DbError> {
    tx.run(sql("delete from partner_answer")).await.map(drop)
}
