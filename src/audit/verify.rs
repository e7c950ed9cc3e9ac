//! Walks the chain, a page at a time, and says where it is not as it was written.
//!
//! What is cut off at the end leaves a chain that is whole in itself: only the anchor tells. A database that was put back
//! from a backup looks the same, until a person has confirmed it; the entry of that, which nobody can forge, stands for it.

use std::path::Path;

use super::Book;
use super::anchor::{self, Anchor, Anchored};
use super::chain::seal;
use crate::domain::act::Act;
use crate::domain::lang::Text;
use crate::store::audit::{self, Entry, Head};
use crate::store::{Db, DbError, Tx};
use crate::text;

/// Entries read at a time.
const PAGE: i64 = 500;

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were looked at and are as they were written.
    pub good: i64,
    /// The number of the last entry.
    pub last: i64,
    /// The number of the last entry that was forgotten on time; 0 when none was.
    pub forgotten: i64,
    /// Up to which entry the chain is anchored outside the database; `None` when it is nowhere.
    pub anchored: Option<i64>,
    /// The hash of the last entry.
    pub end: Vec<u8>,
    /// Whether the anchor is at the last entry.
    pub fresh: bool,
    /// What is wrong.
    pub broken: Option<Break>,
}

/// How a chain is broken, and at which entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// An entry is not as it was written: changed, moved or put in.
    Changed(i64),
    /// An entry is missing.
    Missing(i64),
    /// Entries before this one went, and no entry says that they were forgotten on time.
    Beginning(i64),
    /// The end is not where the database says it is.
    End(i64),
    /// Entries that were there when the chain was anchored are gone: the first of them.
    Cut(i64),
    /// The entry at the anchor is another one than was seen.
    Another(i64),
    /// As the two before, and a backup was put back; nobody has confirmed that yet. The first entry that is gone.
    Restored(i64),
    /// The anchor itself was changed.
    Anchor,
}

impl Break {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Break::Changed(_) => "changed",
            Break::Missing(_) => "missing",
            Break::Beginning(_) => "beginning",
            Break::End(_) => "end",
            Break::Cut(_) => "cut",
            Break::Another(_) => "another",
            Break::Restored(_) => "restored",
            Break::Anchor => "anchor",
        }
    }

    /// At which entry.
    pub fn entry(self) -> Option<i64> {
        match self {
            Break::Changed(n)
            | Break::Missing(n)
            | Break::Beginning(n)
            | Break::End(n)
            | Break::Cut(n)
            | Break::Another(n)
            | Break::Restored(n) => Some(n),
            Break::Anchor => None,
        }
    }

    /// What a person reads.
    pub fn text(self) -> Text {
        match self {
            Break::Changed(n) => text!(
                "entry {n} of the audit is not as it was written: changed, moved, or put in by somebody",
                "oppføring {n} i revisjonsloggen er ikke slik den ble skrevet: endret, flyttet, eller satt inn av noen"
            ),
            Break::Missing(n) => {
                text!("entry {n} of the audit is missing", "oppføring {n} i revisjonsloggen mangler")
            }
            Break::Beginning(n) => text!(
                "the audit begins with entry {n}, and no entry says that those before it were forgotten on time",
                "revisjonsloggen begynner med oppføring {n}, og ingen oppføring sier at de før den ble glemt i rett tid"
            ),
            Break::End(n) => text!(
                "the audit does not end where it says: look at entry {n}",
                "revisjonsloggen slutter ikke der den sier: se på oppføring {n}"
            ),
            Break::Cut(n) => text!(
                "entries of the audit are gone from {n} on: cut off, or an older database is in its place",
                "oppføringer i revisjonsloggen er borte fra {n} av: kuttet av, eller en eldre database står i stedet"
            ),
            Break::Another(n) => text!(
                "entry {n} of the audit is another one than was seen: another or older database is in its place",
                "oppføring {n} i revisjonsloggen er en annen enn den som ble sett: en annen eller eldre database står i stedet"
            ),
            Break::Restored(n) => text!(
                "a backup was put back; entries of the audit from {n} on went with the database before it. `lykt doctor --confirm-restore` says that a person knows",
                "en sikkerhetskopi er lagt tilbake; oppføringer i revisjonsloggen fra {n} av gikk med databasen før den. `lykt doctor --confirm-restore` sier at en person vet det"
            ),
            Break::Anchor => text!(
                "the file that anchors the audit was changed by somebody, or belongs to other keys",
                "filen som forankrer revisjonsloggen, er endret av noen, eller hører til andre nøkler"
            ),
        }
    }
}

/// Walks the whole chain; `progress` is told how many of how many entries were looked at.
///
/// # Errors
/// As the database has it.
pub async fn whole(
    db: &Db,
    book: Book<'_>,
    anchor: &Path,
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> Result<Verdict, DbError> {
    let anchored = anchor::read(anchor, book.vault);
    loop {
        let head = ends(db).await?;
        let verdict = walk(db, book, &anchored, &head, None, progress).await?;
        // The daemon may have forgotten the oldest entries under our feet: then look again.
        if verdict.broken.is_none() || ends(db).await?.from_n == head.from_n {
            return Ok(verdict);
        }
    }
}

/// Walks what came since the chain was anchored.
///
/// # Errors
/// As the database has it.
pub async fn since_anchor(db: &Db, book: Book<'_>, anchor: &Path) -> Result<Verdict, DbError> {
    let anchored = anchor::read(anchor, book.vault);
    loop {
        let head = ends(db).await?;
        let from = match &anchored {
            Anchored::At(anchor) if anchor.n >= head.from_n && anchor.n <= head.n => Some(anchor),
            _ => None,
        };
        let verdict = walk(db, book, &anchored, &head, from, &mut |_, _| {}).await?;
        if verdict.broken.is_none() || ends(db).await?.from_n == head.from_n {
            return Ok(verdict);
        }
    }
}

/// Where the chain is said to end; one that has none ends before its first entry.
async fn ends(db: &Db) -> Result<Head, DbError> {
    let none = Head { n: 0, hash: Vec::new(), from_n: 0, from_hash: Vec::new() };
    Ok(audit::head(&mut db.read().await?).await?.unwrap_or(none))
}

/// One walk, from an anchored entry or from the beginning.
async fn walk(
    db: &Db,
    book: Book<'_>,
    anchored: &Anchored,
    head: &Head,
    from: Option<&Anchor>,
    progress: &mut (dyn FnMut(i64, i64) + Send),
) -> Result<Verdict, DbError> {
    let mut verdict = Verdict {
        good: 0,
        last: head.n,
        forgotten: head.from_n,
        anchored: None,
        end: head.hash.clone(),
        fresh: matches!(anchored, Anchored::At(anchor) if anchor.n == head.n && anchor.is(&head.hash)),
        broken: None,
    };
    let mut at = (head.from_n, head.from_hash.clone());
    if let Some(anchor) = from.filter(|anchor| anchor.n > head.from_n) {
        let seen = audit::after(&mut db.read().await?, anchor.n - 1, 1).await?;
        // When it is another one, the whole walk tells what it is.
        if let Some(seen) = seen.first().filter(|seen| seen.n == anchor.n && anchor.is(&seen.hash)) {
            at = (seen.n, seen.hash.clone());
        }
    }
    let start = at.0;
    let mut differs = None;
    if let Anchored::At(anchor) = anchored {
        verdict.anchored = Some(anchor.n);
        if at.0 == anchor.n && !anchor.is(&at.1) {
            differs = Some(Break::Another(anchor.n));
        }
    }
    while at.0 < head.n {
        let page = audit::after(&mut db.read().await?, at.0, PAGE).await?;
        for entry in page.iter().take_while(|entry| entry.n <= head.n) {
            if let Some(broken) = wrong(book, &at, entry) {
                verdict.broken = Some(broken);
                return Ok(verdict);
            }
            at = (entry.n, entry.hash.clone());
            verdict.good += 1;
            if let Anchored::At(anchor) = anchored
                && anchor.n == entry.n
                && !anchor.is(&entry.hash)
            {
                differs = Some(Break::Another(entry.n));
            }
        }
        if page.iter().all(|entry| entry.n > head.n) {
            verdict.broken = Some(Break::Missing(at.0 + 1));
            return Ok(verdict);
        }
        progress(at.0 - start, head.n - start);
    }
    if at.1 != head.hash {
        verdict.broken = Some(Break::End(head.n));
        return Ok(verdict);
    }
    let mut tx = db.read().await?;
    verdict.broken = match edges(&mut tx, head).await? {
        None => at_the_anchor(&mut tx, anchored, head, differs).await?,
        broken => broken,
    };
    Ok(verdict)
}

/// Whether there is an entry beyond either end, and whether what went from the beginning went on time.
async fn edges(tx: &mut Tx, head: &Head) -> Result<Option<Break>, DbError> {
    let (now, first, last) = audit::head_and_ends(tx).await?;
    let Some(now) = now else { return Ok((last > 0).then_some(Break::End(last))) };
    if last != now.n {
        return Ok(Some(if last > now.n { Break::Changed(now.n + 1) } else { Break::Missing(last + 1) }));
    }
    if first > 0 && first <= now.from_n {
        return Ok(Some(Break::Changed(first)));
    }
    // The newest entry of this kind says which were forgotten, and nothing else does.
    let told = audit::newest(tx, Act::Forgotten.as_str()).await?.and_then(|entry| entry.many).unwrap_or(0);
    Ok((now.from_n == head.from_n && told != head.from_n).then_some(Break::Beginning(head.from_n + 1)))
}

/// Whether what was seen at the anchor is still there. A restore that a person has confirmed since is none of this.
async fn at_the_anchor(
    tx: &mut Tx,
    anchored: &Anchored,
    head: &Head,
    differs: Option<Break>,
) -> Result<Option<Break>, DbError> {
    let anchor = match anchored {
        Anchored::Nowhere => return Ok(None),
        Anchored::Damaged => return Ok(Some(Break::Anchor)),
        Anchored::At(anchor) => anchor,
    };
    let cut = (anchor.n > head.n).then_some(Break::Cut(head.n + 1));
    let Some(gone) = cut.or(differs) else { return Ok(None) };
    if since(tx, Act::RestoreConfirmed, anchor).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(since(tx, Act::Restored, anchor).await?.map_or(gone, |entry| Break::Restored(entry.n))))
}

/// The newest entry of an act, when it is from after the anchor.
async fn since(tx: &mut Tx, act: Act, anchor: &Anchor) -> Result<Option<Entry>, DbError> {
    Ok(audit::newest(tx, act.as_str()).await?.filter(|entry| entry.at > anchor.at))
}

/// What is wrong with an entry that follows another.
fn wrong(book: Book<'_>, before: &(i64, Vec<u8>), entry: &Entry) -> Option<Break> {
    if entry.n != before.0 + 1 {
        return Some(Break::Missing(before.0 + 1));
    }
    (seal(book.vault, &before.1, entry)[..] != entry.hash[..]).then_some(Break::Changed(entry.n))
}
