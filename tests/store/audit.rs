//! The audit on both databases: what was done to it afterwards is found, and where.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::audit::{self, Book, Break, Keeper, On, Who, anchor_beside, since_anchor, whole};
use lykt::clock::{Clock, new_id};
use lykt::domain::act::Act;
use lykt::domain::id::{ContactId, UserId};
use lykt::store::audit::{Entry, Head, after, head};
use lykt::store::{Db, Sql, sql};
use lykt::vault::{Keys, Vault};

use crate::support::postgres;

struct House {
    db: Db,
    vault: Arc<Vault>,
    clock: Clock,
    folder: tempfile::TempDir,
}

impl House {
    async fn both() -> [House; 2] {
        let postgres = postgres::migrated().await;
        [Self::new(None).await, Self::new(Some(postgres)).await]
    }

    async fn new(url: Option<String>) -> House {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let db = Db::open(&url.unwrap_or(sqlite)).await.unwrap();
        let now = "2026-12-03T12:00:00+01:00".parse().unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), now);
        House { db, vault: Arc::new(Vault::new(Keys::generate().unwrap())), clock, folder }
    }

    /// A house whose audit has so many entries, of every shape.
    async fn with(self, entries: usize) -> House {
        let user = Who::User(new_id::<UserId>());
        for n in 0..entries {
            let (who, act, on, many) = match n % 4 {
                0 => (user, Act::Approved, On::Campaign("vinter"), Some(20)),
                1 => (Who::Terminal(1000), Act::LookedUp, On::Nothing, None),
                2 => (user, Act::NumberShown, On::Contact(new_id::<ContactId>()), None),
                _ => (Who::House, Act::KeysRotated, On::Key(2), None),
            };
            self.adds(who, act, on, many).await;
        }
        self
    }

    async fn adds(&self, who: Who, act: Act, on: On<'_>, many: Option<i64>) {
        self.clock.advance_ms(1_000);
        let mut tx = self.db.begin().await.unwrap();
        self.book().note_by(&mut tx, who, act, on, many).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn book(&self) -> Book<'_> {
        Book { vault: &self.vault, clock: &self.clock }
    }

    fn witness(&self) -> PathBuf {
        self.folder.path().join("lykt.witness")
    }

    fn keeper(&self) -> Keeper {
        Keeper::new(self.vault.clone(), self.clock.clone(), &self.witness())
    }

    async fn found(&self) -> Option<Break> {
        let verdict = whole(&self.db, self.book(), &anchor_beside(&self.witness()), &mut |_, _| {}).await.unwrap();
        verdict.broken
    }

    async fn entries(&self) -> Vec<Entry> {
        after(&mut self.db.read().await.unwrap(), 0, 1_000).await.unwrap()
    }

    async fn runs(&self, statements: impl IntoIterator<Item = Sql>) {
        let mut tx = self.db.begin().await.unwrap();
        for statement in statements {
            tx.run(statement).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn head(&self) -> Head {
        head(&mut self.db.read().await.unwrap()).await.unwrap().unwrap()
    }

    /// Cuts the end off as whoever has the database can: so that the head fits.
    async fn cuts_to(&self, n: i64) {
        self.runs([
            sql("delete from audit where n > $1").bind(n),
            sql("update audit_head set n = $1, hash = (select hash from audit where n = $1)").bind(n),
        ])
        .await;
    }
}

/// A change in one column of entry 3, and the way back.
fn changes() -> Vec<(&'static str, &'static str)> {
    vec![
        ("update audit set at = at + 1 where n = 3", "update audit set at = at - 1 where n = 3"),
        ("update audit set who = 'token' where n = 3", "update audit set who = 'user' where n = 3"),
        ("update audit set who_os = 7 where n = 3", "update audit set who_os = null where n = 3"),
        ("update audit set act = 'contact_opened' where n = 3", "update audit set act = 'number_shown' where n = 3"),
        ("update audit set on_kind = 'task' where n = 3", "update audit set on_kind = 'contact' where n = 3"),
        ("update audit set on_name = '' where n = 3", "update audit set on_name = null where n = 3"),
        ("update audit set many = 0 where n = 3", "update audit set many = null where n = 3"),
    ]
}

#[tokio::test]
async fn one_change_in_any_column_is_found_at_its_entry() {
    for house in House::both().await {
        let house = house.with(9).await;
        assert_eq!(house.found().await, None);
        for (change, back) in changes() {
            house.runs([sql(change)]).await;
            assert_eq!(house.found().await, Some(Break::Changed(3)), "{change}");
            house.runs([sql(back)]).await;
            assert_eq!(house.found().await, None, "{back}");
        }
        // The ids, and one bit of the hash.
        let was = house.entries().await.swap_remove(2);
        for (change, was) in [
            ("update audit set who_id = $1 where n = 3", was.who_id),
            ("update audit set on_id = $1 where n = 3", was.on_id),
        ] {
            house.runs([sql(change).bind(new_id::<ContactId>())]).await;
            assert_eq!(house.found().await, Some(Break::Changed(3)), "{change}");
            house.runs([sql(change).bind(was.map(ContactId))]).await;
            assert_eq!(house.found().await, None, "{change}");
        }
        let mut hash = was.hash;
        hash[31] ^= 1;
        house.runs([sql("update audit set hash = $1 where n = 3").bind(hash.clone())]).await;
        assert_eq!(house.found().await, Some(Break::Changed(3)));
        hash[31] ^= 1;
        house.runs([sql("update audit set hash = $1 where n = 3").bind(hash)]).await;
        house.runs([sql("update audit set n = 100 where n = 9")]).await;
        assert_eq!(house.found().await, Some(Break::Missing(9)), "its number");
        house.runs([sql("update audit set n = 9 where n = 100")]).await;
        assert_eq!(house.found().await, None);
    }
}

#[tokio::test]
async fn what_is_missing_moved_or_put_in_is_found() {
    for house in House::both().await {
        let house = house.with(8).await;
        let swap = [
            "update audit set n = -1 where n = 3",
            "update audit set n = 3 where n = 4",
            "update audit set n = 4 where n = -1",
        ];
        house.runs(swap.map(sql)).await;
        assert_eq!(house.found().await, Some(Break::Changed(3)), "two are swapped");
        house.runs(swap.map(sql)).await;
        assert_eq!(house.found().await, None);

        let copy = "insert into audit (n, at, who, act, hash) select 9, at, who, act, hash from audit where n = 8";
        house.runs([sql(copy)]).await;
        assert_eq!(house.found().await, Some(Break::Changed(9)), "one is put in beyond the end");
        house.runs([sql("update audit_head set n = 9")]).await;
        assert_eq!(house.found().await, Some(Break::Changed(9)), "and the head moved there");
        house.runs([sql("update audit_head set n = 8"), sql("delete from audit where n = 9")]).await;

        house.runs([sql("delete from audit where n = 8")]).await;
        assert_eq!(house.found().await, Some(Break::Missing(8)), "the last one, with the head as it was");
        house.runs([sql("delete from audit where n = 5")]).await;
        assert_eq!(house.found().await, Some(Break::Missing(5)), "one in the middle");
        house.runs([sql("delete from audit_head")]).await;
        assert_eq!(house.found().await, Some(Break::End(7)), "no head");
    }
}

#[tokio::test]
async fn the_beginning_goes_only_on_time_and_with_an_entry_that_says_so() {
    for house in House::both().await {
        let house = house.with(6).await;
        let forge = "update audit_head set from_n = 2, from_hash = (select hash from audit where n = 2)";
        house.runs([sql(forge), sql("delete from audit where n <= 2")]).await;
        assert_eq!(house.found().await, Some(Break::Beginning(3)), "whoever has the database cuts it off");
    }
    for house in House::both().await {
        let house = house.with(6).await;
        house.keeper().step(&house.db).await.unwrap();
        let old = house.clock.now_ms();
        house.clock.advance_ms(1_000);
        let house = house.with(2).await;
        assert_eq!(audit::forget(&house.db, house.book(), old).await.unwrap(), 5, "those before that moment");
        assert_eq!(audit::forget(&house.db, house.book(), old).await.unwrap(), 0);
        let head = house.head().await;
        assert_eq!((head.from_n, head.n), (5, 9));
        assert_eq!(house.found().await, None);
        let house = house.with(1).await;
        house.keeper().step(&house.db).await.unwrap();
        assert_eq!(house.found().await, None);
        house.runs([sql("update audit_head set from_n = 6, from_hash = (select hash from audit where n = 6)")]).await;
        house.runs([sql("delete from audit where n = 6")]).await;
        assert_eq!(house.found().await, Some(Break::Beginning(7)), "one more than was forgotten");
    }
}

#[tokio::test]
async fn a_cut_end_is_missed_at_the_anchor_and_an_older_database_is_called_that() {
    for house in House::both().await {
        let house = house.with(5).await;
        let keeper = house.keeper();
        keeper.step(&house.db).await.unwrap();
        assert!(!keeper.is_broken());
        house.cuts_to(3).await;
        assert_eq!(house.found().await, Some(Break::Cut(4)));
        keeper.step(&house.db).await.unwrap();
        assert!(keeper.is_broken(), "and the daemon says so");
        // It goes on, and the entries that come are others than were seen.
        let house = house.with(4).await;
        assert_eq!(house.found().await, Some(Break::Another(5)));

        house.cuts_to(3).await;
        house.adds(Who::Terminal(0), Act::Restored, On::Nothing, None).await;
        assert_eq!(house.found().await, Some(Break::Restored(4)), "a backup was put back");
        house.adds(Who::Terminal(0), Act::RestoreConfirmed, On::Nothing, None).await;
        assert_eq!(house.found().await, None, "and a person knows");
        keeper.step(&house.db).await.unwrap();
        assert!(!keeper.is_broken());
        house.cuts_to(4).await;
        assert_eq!(house.found().await, Some(Break::Cut(5)), "that is no excuse for what comes after");
    }
}

#[tokio::test]
async fn the_daemon_looks_only_at_what_came_since_and_whoever_changes_the_anchor_is_found() {
    for house in House::both().await {
        let house = house.with(5).await;
        house.keeper().step(&house.db).await.unwrap();
        let house = house.with(2).await;
        let anchor = anchor_beside(&house.witness());
        let verdict = since_anchor(&house.db, house.book(), &anchor).await.unwrap();
        assert_eq!((verdict.good, verdict.last, verdict.anchored, verdict.broken), (2, 7, Some(5), None));
        house.runs([sql("update audit set many = 21 where n = 6")]).await;
        let keeper = house.keeper();
        keeper.step(&house.db).await.unwrap();
        assert!(keeper.is_broken());
        house.runs([sql("update audit set many = 20 where n = 6")]).await;
        assert_eq!(house.found().await, None);

        let text = std::fs::read_to_string(&anchor).unwrap();
        std::fs::write(&anchor, text.replace("\"n\":5", "\"n\":4")).unwrap();
        assert_eq!(house.found().await, Some(Break::Anchor));
    }
}

#[tokio::test]
async fn what_is_undone_leaves_no_entry_and_no_gap_and_the_daemons_own_doing_neither() {
    for house in House::both().await {
        let house = house.with(2).await;
        let mut tx = house.db.begin().await.unwrap();
        house.book().note_by(&mut tx, Who::House, Act::Paused, On::Campaign("vinter"), None).await.unwrap();
        drop(tx);
        house.book().note_alone(&house.db, Act::LookedUp, On::Nothing, None).await.unwrap();
        let house = house.with(1).await;
        let acts: Vec<_> = house.entries().await.into_iter().map(|entry| (entry.n, entry.act)).collect();
        assert_eq!(acts.last(), Some(&(3, "approved".to_owned())));
        assert_eq!(house.found().await, None);
    }
}

#[tokio::test]
async fn two_nodes_at_once_leave_no_gap() {
    let url = postgres::migrated().await;
    let (one, other) = (House::new(Some(url.clone())).await, Db::open(&url).await.unwrap());
    let who = Who::User(new_id::<UserId>());
    let many = async |db: &Db| {
        let note = async || {
            let mut tx = db.begin().await.unwrap();
            one.book().note_by(&mut tx, who, Act::LookedUp, On::Nothing, None).await.unwrap();
            tx.commit().await.unwrap();
        };
        for _ in 0..10 {
            tokio::join!(note(), note(), note());
        }
    };
    tokio::join!(many(&one.db), many(&other));
    assert_eq!(one.head().await.n, 60);
    assert_eq!(one.found().await, None);
}
