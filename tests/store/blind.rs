//! The key of the index is replaced while somebody writes with the old one.

use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::domain::private::Private;
use lykt::keys;
use lykt::store::{Db, DbError, contact, reindex, sql};
use lykt::vault::{Keys, Vault};

use crate::support::postgres;

const NUMBER: &str = "+46701740605";

/// The keys as they were, and the same with one link more for the index.
fn before_and_after() -> (Vault, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lykt.keys");
    let mut keys = Keys::generate().unwrap();
    keys.save(&file).unwrap();
    let before = Vault::new(Keys::load(&file).unwrap());
    keys.add_link().unwrap();
    (before, Vault::new(keys))
}

async fn written(db: &Db, vault: &Vault) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    contact::find_or_create(&mut tx, vault, &Private::new(NUMBER.to_owned()), 0).await?;
    tx.commit().await
}

async fn is_found(db: &Db, vault: &Vault) -> bool {
    let mut tx = db.read().await.unwrap();
    contact::find(&mut tx, &vault.blind(NUMBER)).await.unwrap().is_some()
}

#[tokio::test]
async fn whoever_still_has_the_old_key_of_the_index_writes_nobody_whom_the_new_one_does_not_find() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
    let clock = Clock::manual(TimeZone::UTC, "2026-12-01T12:00:00Z".parse().unwrap());
    for url in [sqlite, postgres::migrated().await] {
        let db = Db::open(&url).await.unwrap();
        let (old, new) = before_and_after();
        let mut tx = db.begin().await.unwrap();
        keys::note(&mut tx, &old).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(keys::fits(&mut db.read().await.unwrap(), &new).await.unwrap(), Some(true));
        keys::forward(&db, &new, &clock, |_, _| ()).await.unwrap();

        assert!(matches!(written(&db, &old).await, Err(DbError::IndexReplaced)));
        written(&db, &new).await.unwrap();
        assert!(is_found(&db, &new).await);
    }
}

#[tokio::test]
async fn whoever_writes_while_the_key_of_the_index_is_replaced_waits_and_is_told() {
    let db = Db::open(&postgres::migrated().await).await.unwrap();
    let (old, new) = before_and_after();
    let mut replacing = db.begin().await.unwrap();
    keys::note(&mut replacing, &old).await.unwrap();
    replacing.commit().await.unwrap();
    assert_eq!(keys::fits(&mut db.read().await.unwrap(), &new).await.unwrap(), Some(true));

    let mut replacing = db.begin().await.unwrap();
    reindex::forward(&mut replacing, &new, |_| ()).await.unwrap();
    let writes = {
        let (db, old) = (db.clone(), std::sync::Arc::new(old));
        tokio::spawn(async move { written(&db, &old).await })
    };
    // It waits for whoever replaces the key.
    let mut looks = db.read().await.unwrap();
    while looks.maybe(sql("select 1 from pg_locks where not granted")).await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    drop(looks);
    new.use_links(new.known_links());
    keys::note(&mut replacing, &new).await.unwrap();
    replacing.commit().await.unwrap();
    assert!(matches!(writes.await.unwrap(), Err(DbError::IndexReplaced)));
    assert!(!is_found(&db, &new).await);
}

/// Whether a lock is waited for. What PostgreSQL tells of its connections stands still in a transaction.
async fn somebody_waits(db: &Db) -> bool {
    let waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    db.read().await.unwrap().maybe(sql(waits)).await.unwrap().is_some()
}

#[tokio::test]
async fn a_no_that_comes_while_the_key_of_the_index_is_replaced_is_found_by_the_new_one() {
    let db = Db::open(&postgres::migrated().await).await.unwrap();
    let (old, new) = before_and_after();
    let mut tx = db.begin().await.unwrap();
    keys::note(&mut tx, &old).await.unwrap();
    tx.commit().await.unwrap();
    written(&db, &old).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let person = contact::find(&mut tx, &old.blind(NUMBER)).await.unwrap().unwrap().id;
    assert_eq!(keys::fits(&mut tx, &new).await.unwrap(), Some(true));
    drop(tx);

    let mut replacing = db.begin().await.unwrap();
    reindex::forward(&mut replacing, &new, |_| ()).await.unwrap();
    let says_no = async {
        let mut tx = db.begin().await.unwrap();
        assert!(contact::add_no(&mut tx, person, "2026-12-01", "reply", 0).await.unwrap());
        tx.commit().await.unwrap();
    };
    let replaces = async {
        while !somebody_waits(&db).await {
            tokio::task::yield_now().await;
        }
        new.use_links(new.known_links());
        keys::note(&mut replacing, &new).await.unwrap();
        replacing.commit().await.unwrap();
    };
    tokio::join!(says_no, replaces);
    let index = [new.blind(NUMBER)];
    assert_eq!(contact::noes(&mut db.read().await.unwrap(), &index).await.unwrap(), index.into());
}
