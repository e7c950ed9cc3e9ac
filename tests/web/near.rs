//! Services near a person: on the call card, and only for a team that has a directory.

use lykt::domain::role::Role;

use crate::web::staff::Service;

const SERVICES: &str = r#"
[[service]]
name = "olafia"
title = "Olafia <b>"
kind = "sti_test"
where = ["Oslo"]
hours.nb = "man-fre"
hours.en = "Mon-Fri"
anonymous = true
checked = 2026-01-01
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_card_shows_what_is_near_the_place_that_staff_write() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let people = service.calls(1).await;
        let card = format!("/tasks/{}", service.id(&people[0]).await);
        let before = service.get(&kari, &card).await.body;
        assert!(!before.contains("Services near"), "a team without a directory sees nothing of it");
        service.write("services/a.toml", SERVICES);
        let asked = service.get(&kari, &card).await.body;
        assert!(asked.contains("Where is the person?"), "{asked}");
        let near = service.get(&kari, &format!("{card}?near=oslo+kommune")).await.body;
        for part in ["Olafia &#60;b&#62;", "Mon-Fri · anonymous", "checked 2026-01-01", "more than six months ago"] {
            assert!(near.contains(part), "{part}: {near}");
        }
        assert!(
            service.get(&kari, &format!("{card}?near=Alta")).await.body.contains("Nothing in the directory is near")
        );
        let wrong = service.get_in(&kari, &format!("{card}?near=%3Cscript%3E"), "nb").await.body;
        assert!(wrong.contains("Vi kjenner ingen kommune") && !wrong.contains("<script>"), "{wrong}");
        assert!(service.get(&kari, &format!("{card}?near=Her%C3%B8y")).await.body.contains("Herøy (Nordland)"));
    }
}
