//! Contacts, their addresses, and the noes that outlive them.

use std::collections::{HashMap, HashSet};

use super::blind::{Blind, blind, in_step};
use super::db::{Arg, DbError, Row, Tx, sql};
use crate::clock::new_id;
use crate::domain::handle::kind_of;
use crate::domain::id::{AddressId, ContactId};
use crate::domain::private::Private;
use crate::vault::{Place, Vault};

/// Parameters in one `in (..)` list.
const LIST: usize = 500;

/// What a decision needs to know of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Its language, when known.
    pub language: Option<String>,
    /// Answers nobody has read.
    pub unread: i64,
    /// Whether it said no.
    pub opted_out: bool,
    /// `not_in_group` or `wrong_number`, until staff lift it.
    pub left_out: Option<String>,
    /// The newest outbound message or answered call, unix milliseconds.
    pub contacted_at: Option<i64>,
    /// The campaign of calls that is about to call it.
    pub calling: Option<String>,
}

const COLUMNS: &str = "c.id, c.language, c.unread, c.opted_out, c.left_out, c.contacted_at, c.calling";

fn read(row: &Row) -> Result<Contact, DbError> {
    Ok(Contact {
        id: row.id(0)?,
        language: row.get(1)?,
        unread: row.int(2)?,
        opted_out: row.get(3)?,
        left_out: row.get(4)?,
        contacted_at: row.get(5)?,
        calling: row.get(6)?,
    })
}

/// The contact with this address, if we know one.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, blind: &Blind) -> Result<Option<Contact>, DbError> {
    let query =
        sql("select ").push(COLUMNS).push(" from contact c join address a on a.contact_id = c.id where a.blind = $1");
    tx.maybe(query.bind(blind)).await?.as_ref().map(read).transpose()
}

/// The contact that has this address, its row locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn find_locked(tx: &mut Tx, blind: &Blind) -> Result<Option<Contact>, DbError> {
    loop {
        let Some(found) = find(tx, blind).await? else { return Ok(None) };
        let locked = lock(tx, found.id).await?;
        // While we waited for the row, the address may have gone to another.
        let whose = find(tx, blind).await?.map(|again| again.id);
        if locked.is_some() && whose == Some(found.id) {
            return Ok(locked);
        }
    }
}

/// The contact with this id.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>, DbError> {
    let query = sql("select ").push(COLUMNS).push(" from contact c where c.id = $1");
    tx.maybe(query.bind(id)).await?.as_ref().map(read).transpose()
}

/// The contact with this id, its row locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn lock(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>, DbError> {
    let lock = tx.lock_clause(" for update");
    let query = sql("select ").push(COLUMNS).push(" from contact c where c.id = $1").push(lock);
    tx.maybe(query.bind(id)).await?.as_ref().map(read).transpose()
}

/// The contacts that were contacted before and have a number, each with one of them, after an address.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn contacted(
    tx: &mut Tx,
    vault: &Vault,
    after: Option<AddressId>,
    limit: i64,
) -> Result<Vec<(AddressId, Contact, Private)>, DbError> {
    let query = sql("select ").push(COLUMNS).push(
        ", a.id, a.sealed from address a join contact c on c.id = a.contact_id where a.kind = 'phone' \
         and c.contacted_at is not null and a.id > $1 and not exists (select 1 from address o where o.contact_id = c.id \
         and o.kind = 'phone' and o.id < a.id) order by a.id limit $2",
    );
    let rows = tx.all(query.bind(after.unwrap_or(AddressId(uuid::Uuid::nil()))).bind(limit)).await?;
    let one = |row: &Row| {
        let (id, sealed): (AddressId, Vec<u8>) = (row.id(7)?, row.get(8)?);
        let number = Private::new(vault.open_text(place(&id), &sealed)?);
        Ok((id, read(row)?, number))
    };
    rows.iter().map(one).collect()
}

/// The contacts with any of these addresses.
///
/// # Errors
/// As the database has it.
pub async fn find_all(tx: &mut Tx, blinds: &[Blind]) -> Result<HashMap<Blind, Contact>, DbError> {
    Ok(find_linked(tx, blinds).await?.0)
}

/// The same, and those of them who were linked and may have other addresses. An address begins with a contact of its own:
/// of two that one contact has, at least one remembers another.
///
/// # Errors
/// As the database has it.
pub async fn find_linked(
    tx: &mut Tx,
    blinds: &[Blind],
) -> Result<(HashMap<Blind, Contact>, HashSet<ContactId>), DbError> {
    let (mut found, mut linked) = (HashMap::with_capacity(blinds.len()), HashSet::new());
    for chunk in blinds.chunks(LIST) {
        let query = sql("select ")
            .push(COLUMNS)
            .push(", a.blind, a.origin from address a join contact c on c.id = a.contact_id where a.blind in (");
        for row in tx.all(query.list(chunk).push(")")).await? {
            let contact = read(&row)?;
            if row.get::<Option<uuid::Uuid>>(8)?.is_some() {
                linked.insert(contact.id);
            }
            found.insert(blind(&row, 7)?, contact);
        }
    }
    Ok((found, linked))
}

/// The blind indexes of all addresses of these contacts.
///
/// # Errors
/// As the database has it.
pub async fn blinds_of(tx: &mut Tx, ids: &[ContactId]) -> Result<HashMap<ContactId, Vec<Blind>>, DbError> {
    let mut found: HashMap<ContactId, Vec<Blind>> = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(LIST) {
        let query = sql("select contact_id, blind from address where contact_id in (");
        for row in tx.all(query.list(chunk.iter().copied()).push(")")).await? {
            found.entry(row.id(0)?).or_default().push(blind(&row, 1)?);
        }
    }
    Ok(found)
}

/// The contact with this address; made when there is none. A no that outlived its contact counts again.
///
/// # Errors
/// As the database has it.
pub async fn find_or_create(tx: &mut Tx, vault: &Vault, address: &Private, now_ms: i64) -> Result<Contact, DbError> {
    let blind = vault.blind(address.expose());
    if let Some(contact) = find(tx, &blind).await? {
        return Ok(contact);
    }
    create_all(tx, vault, &[(blind, address.clone())], now_ms).await?;
    find(tx, &blind).await?.ok_or(DbError::Unknown("address"))
}

/// Makes contacts for addresses that have none; an address that has one already keeps it.
///
/// # Errors
/// As the database has it.
pub async fn create_all(tx: &mut Tx, vault: &Vault, new: &[(Blind, Private)], now_ms: i64) -> Result<(), DbError> {
    let noes = noes(tx, &new.iter().map(|(blind, _)| *blind).collect::<Vec<_>>()).await?;
    let (mut contacts, mut addresses) = (Vec::new(), Vec::new());
    for (blind, address) in new {
        let (contact, id): (ContactId, AddressId) = (new_id(), new_id());
        let sealed = vault.seal(place(&id), address.expose().as_bytes())?;
        contacts.push(vec![Arg::from(contact), noes.contains(blind).into(), now_ms.into()]);
        let kind = kind_of(address.expose());
        addresses.push(vec![id.into(), contact.into(), kind.into(), blind.into(), sealed.into()]);
    }
    let made = u64::try_from(addresses.len()).unwrap_or(u64::MAX);
    tx.insert("insert into contact (id, opted_out, made_at)", contacts, "").await?;
    let head = "insert into address (id, contact_id, kind, blind, sealed)";
    let taken = tx.insert(head, addresses, "on conflict (blind) do nothing").await?;
    in_step(tx, vault).await?;
    if taken < made {
        // Another node made some of them meanwhile; ours without an address go again.
        let orphans = sql(
            "delete from contact where made_at = $1 and contacted_at is null and not exists (select 1 from address a where a.contact_id = contact.id)",
        );
        tx.run(orphans.bind(now_ms)).await?;
    }
    Ok(())
}

/// The addresses of a contact, opened.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn addresses(tx: &mut Tx, vault: &Vault, id: ContactId) -> Result<Vec<Private>, DbError> {
    let rows = tx.all(sql("select id, sealed from address where contact_id = $1 order by id").bind(id)).await?;
    rows.iter()
        .map(|row| {
            let address: AddressId = row.id(0)?;
            let sealed: Vec<u8> = row.get(1)?;
            Ok(Private::new(vault.open_text(place(&address), &sealed)?))
        })
        .collect()
}

/// Notes the channel that a contact asked for.
///
/// # Errors
/// As the database has it.
pub async fn set_prefers(tx: &mut Tx, id: ContactId, channel: Option<&str>) -> Result<(), DbError> {
    let query = sql("update contact set prefers = $1 where id = $2").bind(channel.map(str::to_owned)).bind(id);
    tx.run(query.exactly(1, "contact")).await.map(drop)
}

/// The channel that each of these contacts asked for, if any.
///
/// # Errors
/// As the database has it.
pub async fn preferred(tx: &mut Tx, ids: &[ContactId]) -> Result<HashMap<ContactId, String>, DbError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(LIST) {
        let query = sql("select id, prefers from contact where prefers is not null and id in (");
        for row in tx.all(query.list(chunk.iter().copied()).push(")")).await? {
            found.insert(row.id(0)?, row.get(1)?);
        }
    }
    Ok(found)
}

/// The first address of each of these contacts, opened: a nickname before a number.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn names(tx: &mut Tx, vault: &Vault, ids: &[ContactId]) -> Result<HashMap<ContactId, Private>, DbError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(LIST) {
        let query = sql("select contact_id, id, sealed from address where contact_id in (")
            .list(chunk.iter().copied())
            .push(") order by case kind when 'phone' then 0 else 1 end, id desc");
        for row in tx.all(query).await? {
            let address: AddressId = row.id(1)?;
            let sealed: Vec<u8> = row.get(2)?;
            found.insert(row.id(0)?, Private::new(vault.open_text(place(&address), &sealed)?));
        }
    }
    Ok(found)
}

/// The platforms on which anybody has a handle.
///
/// # Errors
/// As the database has it.
pub async fn platforms(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let rows = tx.all(sql("select distinct kind from address where kind <> 'phone' order by kind")).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// The blind indexes of a contact's addresses.
///
/// # Errors
/// As the database has it.
pub async fn blinds(tx: &mut Tx, id: ContactId) -> Result<Vec<Blind>, DbError> {
    let rows = tx.all(sql("select blind from address where contact_id = $1 order by id").bind(id)).await?;
    rows.iter().map(|row| blind(row, 0)).collect()
}

/// Which of these addresses said no, whether or not a contact is left.
///
/// # Errors
/// As the database has it.
pub async fn noes(tx: &mut Tx, blinds: &[Blind]) -> Result<HashSet<Blind>, DbError> {
    let mut found = HashSet::new();
    for chunk in blinds.chunks(LIST) {
        let query = sql("select blind from no where blind in (").list(chunk).push(")");
        for row in tx.all(query).await? {
            found.insert(blind(&row, 0)?);
        }
    }
    Ok(found)
}

/// Records the no of a contact for each of its addresses, at a civil time. Returns whether it is news.
///
/// # Errors
/// As the database has it.
pub async fn add_no(tx: &mut Tx, id: ContactId, day: &str, source: &str, now_ms: i64) -> Result<bool, DbError> {
    // Read where they are written: whoever waits here while the key of the index is replaced finds them as they are then.
    let noes =
        sql("insert into no (blind, day, source, at) select blind, $1, $2, $3 from address where contact_id = $4 \
         on conflict (blind) do nothing");
    tx.run(noes.bind(day).bind(source).bind(now_ms).bind(id)).await?;
    let news = tx.run(sql("update contact set opted_out = true where id = $1 and opted_out = false").bind(id)).await?;
    Ok(news > 0)
}

/// Lifts the no of a contact; only a named person with a reason may.
///
/// # Errors
/// As the database has it.
pub async fn lift_no(tx: &mut Tx, id: ContactId) -> Result<bool, DbError> {
    tx.run(sql("delete from no where blind in (select blind from address where contact_id = $1)").bind(id)).await?;
    let lifted =
        tx.run(sql("update contact set opted_out = false where id = $1 and opted_out = true").bind(id)).await?;
    Ok(lifted > 0)
}

/// Leaves a contact out of later plans (`not_in_group`, `wrong_number`), or takes it in again.
///
/// # Errors
/// As the database has it.
pub async fn leave_out(tx: &mut Tx, id: ContactId, why: Option<&str>) -> Result<(), DbError> {
    tx.run(sql("update contact set left_out = $1 where id = $2").bind(why).bind(id)).await.map(drop)
}

/// Counts one fewer unread answer, never less than none.
///
/// # Errors
/// As the database has it.
pub async fn lower_unread(tx: &mut Tx, id: ContactId) -> Result<(), DbError> {
    tx.run(sql("update contact set unread = unread - 1 where id = $1 and unread > 0").bind(id)).await.map(drop)
}

/// Counts more unread answers.
///
/// # Errors
/// As the database has it.
pub async fn add_unread(tx: &mut Tx, id: ContactId, by: i64) -> Result<(), DbError> {
    tx.run(sql("update contact set unread = unread + $1 where id = $2").bind(by).bind(id)).await.map(drop)
}

/// Notes the contact's language, or that it is not known.
///
/// # Errors
/// As the database has it.
pub async fn set_language(tx: &mut Tx, id: ContactId, language: Option<&str>) -> Result<(), DbError> {
    tx.run(sql("update contact set language = $1 where id = $2").bind(language).bind(id)).await.map(drop)
}

fn place(id: &AddressId) -> Place<'_> {
    Place { table: "address", column: "sealed", row: id.0.as_bytes() }
}
