//! Routines on today's page: whose they are, who does them, and nothing of it for a team without any.

use axum::http::StatusCode;
use lykt::domain::holidays::Holidays;
use lykt::domain::role::Role;
use lykt::tasks::routine::Routines;

use crate::web::staff::Service;

const ROUTINES: &str = r#"
[[routine]]
name = "log-in"
title.nb = "Logg inn på X"
title.en = "Log in on X"
about = "Say who we are."
cron = "0 10 * * *"
owner = "Kari"
substitute = "Noor"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_routine_is_taken_done_and_taken_back_on_todays_page() {
    for service in Service::both().await {
        let (kari, anne) = (service.worker("Kari", Role::Staff).await, service.worker("Anne", Role::Staff).await);
        let (noor, other) = (service.worker("Noor", Role::Peer).await, service.worker("Ali", Role::Peer).await);
        assert!(!service.get(&kari, "/today").await.body.contains("Routines"));
        service.write("routines.toml", ROUTINES);
        let folder = service.campaigns();
        let routines = Routines::in_folder(folder, service.house.tasks.ledger.clone(), Holidays::Norway);
        routines.step(&service.house.db).await.unwrap();
        service.house.at("2026-12-04T12:00:00");
        routines.step(&service.house.db).await.unwrap();
        let page = service.get(&kari, "/today").await.body;
        for part in ["Log in on X", "Say who we are.", "Never done", "Kari (Noor)"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(
            service.get_in(&noor, "/today", "nb").await.body.contains("Logg inn på X"),
            "a substitute who is a peer"
        );
        assert!(!service.get(&other, "/today").await.body.contains("Log in on X"), "a peer sees their own only");
        let mut tx = service.house.db.read().await.unwrap();
        let id = routines.open(&mut tx).await.unwrap()[0].task.id;
        drop(tx);
        assert_eq!(service.post(&other, &format!("/routines/{id}/done"), "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(service.post(&kari, &format!("/routines/{id}/take"), "").await.to, "/today");
        let taken = service.post(&anne, &format!("/routines/{id}/take"), "").await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        assert!(taken.body.contains("somebody else has taken it"));
        assert_eq!(service.post(&anne, &format!("/routines/{id}/done"), "").await.to, "/today");
        assert!(service.get(&anne, "/today").await.body.contains("Not done after all"));
        assert!(!service.get(&kari, "/today").await.body.contains("Log in on X"));
        assert_eq!(service.post(&anne, &format!("/routines/{id}/undo"), "").await.to, "/today");
        assert!(service.get(&kari, "/today").await.body.contains("Log in on X"));
        assert_eq!(service.post(&kari, "/routines/none/done", "").await.status, StatusCode::NOT_FOUND);
    }
}
