//! Outcomes that count for campaigns: a row each, without a person; months of them when the rows are gone.

use uuid::Uuid;

use super::db::{Arg, DbError, Row, Tx, sql};
use crate::domain::heard::Heard;
use crate::domain::id::{ContactId, CountedId, TouchId};

/// How the kept counts of outcomes begin: `outcome:first_dose:yes`, `outcome:first_dose:no:late`.
pub const WHAT: &str = "outcome";
/// The kept count of outcomes of other campaigns that came after this one's message.
pub const CREDITED: &str = "credited";

/// One outcome.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Its id.
    pub id: CountedId,
    /// Whose outcome it is.
    pub campaign: String,
    /// Which, by its name in the campaign file.
    pub name: String,
    /// The day, as in `2026-12-03`.
    pub day: String,
    /// Whether it came after a message.
    pub heard: Heard,
    /// Whether it came after the campaign's last day.
    pub late: bool,
    /// How it is known: contact, asked, code, file.
    pub source: String,
    /// The campaign whose message came last, when there was one.
    pub credit: Option<String>,
    /// The version of the message that came last.
    pub variant: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// The entry in the ledger, as long as it stands.
    pub touch: Option<TouchId>,
    /// Who registered it.
    pub actor: Option<String>,
    /// What keeps it from being counted twice: a keyed digest.
    pub once: Option<[u8; 32]>,
    /// When it was registered, civil.
    pub made_at: i64,
    /// When it was taken back, civil.
    pub undone_at: Option<i64>,
}

const COLUMNS: &str = "select id, campaign, name, day, heard, late, source, credit, variant, language, touch_id, actor, made_at, undone_at from counted";

fn read(row: &Row) -> Result<Counted, DbError> {
    Ok(Counted {
        id: row.id(0)?,
        campaign: row.get(1)?,
        name: row.get(2)?,
        day: row.get(3)?,
        heard: row.word(4, "outcome", Heard::parse)?,
        late: row.get(5)?,
        source: row.get(6)?,
        credit: row.get(7)?,
        variant: row.get(8)?,
        language: row.get(9)?,
        touch: row.get::<Option<Uuid>>(10)?.map(TouchId),
        actor: row.get(11)?,
        once: None,
        made_at: row.int(12)?,
        undone_at: row.get(13)?,
    })
}

/// Writes an outcome down; false when it was counted before.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, one: &Counted) -> Result<bool, DbError> {
    let row = vec![
        one.id.into(),
        Arg::from(&one.campaign),
        Arg::from(&one.name),
        Arg::from(&one.day),
        one.heard.as_str().into(),
        one.late.into(),
        Arg::from(&one.source),
        one.credit.clone().into(),
        one.variant.clone().into(),
        one.language.clone().into(),
        one.touch.into(),
        one.actor.clone().into(),
        one.once.into(),
        one.made_at.into(),
    ];
    let head = "insert into counted (id, campaign, name, day, heard, late, source, credit, variant, language, touch_id, actor, digest, made_at)";
    Ok(tx.insert(head, vec![row], "on conflict (digest) do nothing").await? == 1)
}

/// Whether an outcome was counted before, by any of these digests.
///
/// # Errors
/// As the database has it.
pub async fn is_known(tx: &mut Tx, marks: &[[u8; 32]]) -> Result<bool, DbError> {
    if marks.is_empty() {
        return Ok(false);
    }
    let query = sql("select 1 from counted where digest in (").list(marks.iter()).push(") limit 1");
    Ok(tx.maybe(query).await?.is_some())
}

/// One outcome.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: CountedId) -> Result<Option<Counted>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// The outcomes of a campaign that were registered last, newest first; those that were taken back are among them.
///
/// # Errors
/// As the database has it.
pub async fn newest(tx: &mut Tx, campaign: &str, limit: i64) -> Result<Vec<Counted>, DbError> {
    let query = sql(COLUMNS).push(" where campaign = $1 order by id desc limit $2");
    tx.all(query.bind(campaign).bind(limit)).await?.iter().map(read).collect()
}

/// The ids of the outcomes of all campaigns that were registered last, newest first.
///
/// # Errors
/// As the database has it.
pub async fn latest(tx: &mut Tx, limit: i64) -> Result<Vec<CountedId>, DbError> {
    let query = sql("select id from counted order by id desc limit $1").bind(limit);
    tx.all(query).await?.iter().map(|row| row.id(0)).collect()
}

/// Notes that an outcome was a mistake; false when that was known. It may be counted anew, unless it is from a file.
///
/// # Errors
/// As the database has it.
pub async fn take_back(tx: &mut Tx, id: CountedId, by: Option<&str>, now_ms: i64) -> Result<bool, DbError> {
    let query =
        sql("update counted set undone_at = $1, undone_by = $2, digest = case when source = 'file' then digest end \
         where id = $3 and undone_at is null");
    Ok(tx.run(query.bind(now_ms).bind(by.map(str::to_owned)).bind(id)).await? == 1)
}

/// Whose entry in the ledger this is.
///
/// # Errors
/// As the database has it.
pub async fn contact(tx: &mut Tx, touch: TouchId) -> Result<Option<ContactId>, DbError> {
    tx.maybe(sql("select contact_id from touch where id = $1").bind(touch)).await?.map(|row| row.id(0)).transpose()
}

/// The message, or the answered call, of a campaign that came last to a contact between two civil times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The campaign.
    pub campaign: String,
    /// The version they got.
    pub variant: Option<String>,
    /// Its language.
    pub language: Option<String>,
}

/// What came last to a contact, from a civil time to another.
///
/// # Errors
/// As the database has it.
pub async fn last(tx: &mut Tx, contact: ContactId, from_ms: i64, to_ms: i64) -> Result<Option<Last>, DbError> {
    let query = sql("select t.campaign, m.variant, m.language from touch t \
         left join message m on m.contact_id = t.contact_id and m.campaign = t.campaign \
         where t.contact_id = $1 and t.kind in ('message', 'call') and t.counts = true and t.campaign is not null \
         and t.at >= $2 and t.at <= $3 order by t.at desc, t.id desc limit 1");
    let row = tx.maybe(query.bind(contact).bind(from_ms).bind(to_ms)).await?;
    row.map(|row| Ok(Last { campaign: row.get(0)?, variant: row.get(1)?, language: row.get(2)? })).transpose()
}

/// Outcomes that are alike, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Whose.
    pub campaign: String,
    /// Which.
    pub name: String,
    /// The month, as in `2026-12`.
    pub month: String,
    /// Whether after a message.
    pub heard: Heard,
    /// Whether after the campaign's last day.
    pub late: bool,
    /// The version of the message, or nothing.
    pub variant: String,
    /// How many.
    pub n: i64,
}

impl Alike {
    /// What they are kept as.
    pub fn what(name: &str, heard: Heard, late: bool) -> String {
        format!("{WHAT}:{name}:{}{}", heard.as_str(), if late { ":late" } else { "" })
    }

    fn of_what(what: &str) -> Option<(String, Heard, bool)> {
        let mut words = what.split(':').skip(1);
        let (name, heard) = (words.next()?.to_owned(), Heard::parse(words.next()?)?);
        Some((name, heard, words.next() == Some("late")))
    }
}

const ALIKE: &str = "select campaign, name, substr(day, 1, 7), heard, late, coalesce(variant, ''), count(*) from counted where undone_at is null";
const KEPT: &str =
    "select campaign, what, month, variant, cast(sum(n) as bigint) from tally where what like 'outcome:%'";

/// All outcomes of a campaign, those that stand and those of which only the months are kept.
///
/// # Errors
/// As the database has it.
pub async fn of_campaign(tx: &mut Tx, campaign: &str) -> Result<Vec<Alike>, DbError> {
    let standing = sql(ALIKE).push(" and campaign = $1 group by 1, 2, 3, 4, 5, 6").bind(campaign);
    let kept = sql(KEPT).push(" and campaign = $1 group by 1, 2, 3, 4").bind(campaign);
    alike(tx, standing, kept).await
}

/// All outcomes of a year.
///
/// # Errors
/// As the database has it.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<Alike>, DbError> {
    let (from, to) = (format!("{year}-01"), format!("{year}-12-31"));
    let standing = sql(ALIKE).push(" and day >= $1 and day <= $2 group by 1, 2, 3, 4, 5, 6").bind(&from).bind(&to);
    let kept = sql(KEPT).push(" and month >= $1 and month <= $2 group by 1, 2, 3, 4").bind(&from).bind(&to);
    alike(tx, standing, kept).await
}

async fn alike(tx: &mut Tx, standing: super::Sql, kept: super::Sql) -> Result<Vec<Alike>, DbError> {
    let mut all = Vec::new();
    for row in tx.all(standing).await? {
        all.push(Alike {
            campaign: row.get(0)?,
            name: row.get(1)?,
            month: row.get(2)?,
            heard: row.word(3, "outcome", Heard::parse)?,
            late: row.get(4)?,
            variant: row.get(5)?,
            n: row.int(6)?,
        });
    }
    for row in tx.all(kept).await? {
        let Some((name, heard, late)) = Alike::of_what(&row.get::<String>(1)?) else { continue };
        let (campaign, month, variant) = (row.get(0)?, row.get(2)?, row.get(3)?);
        all.push(Alike { campaign, name, month, heard, late, variant, n: row.int(4)? });
    }
    Ok(all)
}

/// How many outcomes of other campaigns came after this one's message.
///
/// # Errors
/// As the database has it.
pub async fn credited(tx: &mut Tx, campaign: &str) -> Result<i64, DbError> {
    let query =
        sql("select (select count(*) from counted where credit = $1 and campaign <> $1 and undone_at is null) + \
         (select cast(coalesce(sum(n), 0) as bigint) from tally where campaign = $1 and what = 'credited')");
    tx.maybe(query.bind(campaign)).await?.map_or(Ok(0), |row| row.int(0))
}

/// Outcomes of days before this one: a chunk; on PostgreSQL locked, those locked elsewhere passed over.
///
/// # Errors
/// As the database has it.
pub async fn old(tx: &mut Tx, before_day: &str, limit: i64) -> Result<Vec<Counted>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = sql(COLUMNS).push(" where day < $1 limit $2").push(lock);
    tx.all(query.bind(before_day).bind(limit)).await?.iter().map(read).collect()
}

/// Removes outcomes, whose months were added to the counts that are kept.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, ids: &[CountedId]) -> Result<(), DbError> {
    tx.run(sql("delete from counted where id in (").list(ids.iter().copied()).push(")")).await.map(drop)
}
