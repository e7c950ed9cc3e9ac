//! Routines on today's page: whose they are, who does them, and nothing of it for a team without any.

use axum::http::StatusCode;
use lykt::domain::holidays::Holidays;
use lykt::domain::role::Role;
use lykt::store::sql;
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
        assert!(service.get(&kari, "/today").await.body.contains("href=\"/routines\""));
        let all = service.get(&kari, "/routines").await.body;
        for part in ["Log in on X", "To do since", "Kari (Noor)", "Never done"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert_eq!(service.get(&noor, "/routines").await.status, StatusCode::NOT_FOUND, "a peer sees today's only");
        assert_eq!(service.post(&kari, &format!("/routines/{id}/take"), "").await.to, "/today");
        let taken = service.post(&anne, &format!("/routines/{id}/take"), "").await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        assert!(taken.body.contains("somebody else has taken it"));
        assert_eq!(service.post(&anne, &format!("/routines/{id}/done"), "").await.to, "/today");
        assert!(service.get(&anne, "/today").await.body.contains("Not done after all"));
        let all = service.get_in(&kari, "/routines", "nb").await.body;
        assert!(all.contains("Sist gjort") && all.contains("Anne") && all.contains("Neste"), "{all}");
        assert!(!service.get(&kari, "/today").await.body.contains("Log in on X"));
        assert_eq!(service.post(&anne, &format!("/routines/{id}/undo"), "").await.to, "/today");
        assert!(service.get(&kari, "/today").await.body.contains("Log in on X"));
        assert_eq!(service.post(&kari, "/routines/none/done", "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_debrief_has_two_private_taps_and_leaders_see_sums() {
    for service in Service::both().await {
        let (kari, noor) = (service.worker("Kari", Role::Staff).await, service.worker("Noor", Role::Peer).await);
        let leader = service.worker("Berit", Role::Coordinator).await;
        service.write("routines.toml", &ROUTINES.replace("owner", "debrief = true\nowner"));
        let routines = Routines::in_folder(service.campaigns(), service.house.tasks.ledger.clone(), Holidays::Norway);
        routines.step(&service.house.db).await.unwrap();
        service.house.at("2026-12-04T12:00:00");
        routines.step(&service.house.db).await.unwrap();
        for who in [&kari, &noor, &leader] {
            assert!(service.get(who, "/today").await.body.contains("Private: nobody sees who answered what."));
            assert_eq!(service.post(who, "/debrief", "was=heavy").await.to, "/today");
            assert!(!service.get(who, "/today").await.body.contains("Private: nobody sees"), "it is asked once a day");
        }
        service.post(&kari, "/debrief", "was=heavy").await;
        assert_eq!(service.post(&kari, "/debrief", "was=other").await.status, StatusCode::NOT_FOUND);
        assert!(service.get(&leader, "/debrief").await.body.contains("No week is over yet"));
        assert_eq!(service.get(&noor, "/debrief").await.status, StatusCode::NOT_FOUND);
        let mut tx = service.house.db.read().await.unwrap();
        let sums = tx.maybe(sql("select fine, heavy from debrief_week")).await.unwrap().unwrap();
        assert_eq!((sums.int(0).unwrap(), sums.int(1).unwrap()), (0, 3));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_say_that_they_are_away_and_the_substitute_reads_it_on_today() {
    for service in Service::both().await {
        let (kari, anne) = (service.worker("Kari", Role::Staff).await, service.worker("Anne", Role::Staff).await);
        let leader = service.worker("Berit", Role::Coordinator).await;
        service.worker("Noor", Role::Peer).await;
        let form =
            |who: &str, substitute: &str| format!("who={who}&substitute={substitute}&from=2026-12-01&until=2027-02-01");
        // Staff speak for themselves, whatever the form says.
        assert_eq!(service.post(&kari, "/absences", &form("Anne", "Anne")).await.to, "/absences");
        assert!(service.get(&anne, "/today").await.body.contains("You stand in for Kari, away until"));
        assert!(!service.get(&leader, "/today").await.body.contains("You stand in for"));
        let page = service.get(&anne, "/absences").await.body;
        assert!(
            page.contains("<strong>Kari</strong>") && page.contains("</span> Anne<p") && !page.contains("/end"),
            "it is not hers to end: {page}"
        );
        for (who, substitute) in [("Berit", "Noor"), ("Berit", "Nobody"), ("Berit", "Kari"), ("Anne", "Berit")] {
            let refused = service.post(&leader, "/absences", &form(who, substitute)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{who} {substitute}");
        }
        let page = service.get(&leader, "/absences").await.body;
        let end = page.split("action=\"").find(|at| at.contains("/end\"")).unwrap().split('"').next().unwrap();
        service.post(&anne, end, "").await;
        assert!(service.get(&anne, "/today").await.body.contains("You stand in for Kari"), "Anne cannot end it");
        service.post(&leader, end, "").await;
        assert!(!service.get(&anne, "/today").await.body.contains("You stand in for Kari"));
    }
}
