//! A fact that stands for good, noted by several nodes at the same moment.

use lykt::store::{Db, meta};

use crate::support::postgres;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_note_a_fact_at_once_all_take_the_one_that_stands() {
    let db = Db::open(&postgres::migrated().await).await.unwrap();
    let mut nodes = tokio::task::JoinSet::new();
    let together = std::sync::Arc::new(tokio::sync::Barrier::new(6));
    for n in 0..6 {
        let (db, together) = (db.clone(), together.clone());
        nodes.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            // Each has looked, and none stands.
            assert_eq!(meta::get(&mut tx, "installation").await.unwrap(), None);
            together.wait().await;
            let stands = meta::set_once(&mut tx, "installation", &n.to_string()).await.unwrap();
            tx.commit().await.unwrap();
            stands
        });
    }
    let told = nodes.join_all().await;
    let stands = meta::get(&mut db.read().await.unwrap(), "installation").await.unwrap();
    assert!(told.iter().all(|one| Some(one) == stands.as_ref()), "{told:?} {stands:?}");
}
