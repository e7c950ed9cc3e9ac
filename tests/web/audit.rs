//! What people do and read through the pages is kept in the audit, in the words of `doors.tsv`; the auditor reads it.

use axum::http::{Method, StatusCode, header};
use lykt::domain::act::Act;
use lykt::domain::role::Role;
use lykt::domain::scope::Scope;
use lykt::store::Db;
use lykt::store::audit::{Entry, after};

use crate::web::desk::Desk;
use crate::web::doors::kept;
use crate::web::staff::Service;

const NUMBER: &str = "%2B46701740605";

async fn entries(db: &Db, after_n: usize) -> Vec<Entry> {
    after(&mut db.read().await.unwrap(), i64::try_from(after_n).unwrap(), 1_000).await.unwrap()
}

/// Whether what a door left in the audit is what its row says: at least one word of it, and no other.
fn fits(method: &Method, door: &str, left: &[Entry]) {
    let left: Vec<_> = left.iter().map(|entry| Act::parse(&entry.act).unwrap()).collect();
    match kept(method, door) {
        Ok(words) => {
            assert!(!left.is_empty(), "{method} {door} left nothing in the audit");
            assert!(
                left.iter().all(|act| words.contains(act)),
                "{method} {door} left {left:?}, and its row has {words:?}"
            );
        }
        Err(_) => assert!(left.is_empty(), "{method} {door} left {left:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_leave_a_word_in_the_audit_for_whatever_they_do_with_a_person_and_no_person() {
    for service in Service::both().await {
        let (kari, rut) = (service.worker("Kari", Role::Staff).await, service.worker("Rut", Role::Auditor).await);
        let people = service.calls(2).await;
        let db = &service.house.db;
        let one = service.contact("+46701740605").await;
        let nick = service.contact("instagram:hemmelig_kallenavn").await;
        let (task, other) = (service.id(&people[0]).await, service.id(&people[1]).await);
        let steps = [
            ("GET", "/today", "/today".to_owned(), ""),
            ("POST", "/check", "/check".to_owned(), "address=%2B46701740605"),
            ("POST", "/check", "/check".to_owned(), "address=%2B46701740699"),
            ("GET", "/contacts/{id}", format!("/contacts/{one}"), ""),
            ("GET", "/contacts/{id}/opt-out", format!("/contacts/{one}/opt-out"), ""),
            ("POST", "/contacts/{id}/number", format!("/contacts/{one}/number"), ""),
            ("POST", "/contacts/{id}/touch", format!("/contacts/{one}/touch"), "kind=note&note=hemmelig+notat"),
            ("POST", "/contacts/{id}/touch", format!("/contacts/{one}/touch"), "kind=nothing"),
            ("POST", "/contacts/{id}/agreed", format!("/contacts/{one}/agreed"), "to=whatsapp&how=spoken"),
            ("POST", "/contacts/{id}/link", format!("/contacts/{one}/link"), "other=instagram%3Ahemmelig_kallenavn"),
            ("POST", "/contacts/{id}/opt-out", format!("/contacts/{one}/opt-out"), ""),
            ("POST", "/contacts", "/contacts".to_owned(), "address=%2B46701740650&kind=visit"),
            ("POST", "/contacts/opt-out", "/contacts/opt-out".to_owned(), "address=%2B46701740651&sure=yes"),
            ("GET", "/tasks/{id}", format!("/tasks/{task}"), ""),
            ("POST", "/tasks/{id}/take", format!("/tasks/{task}/take"), ""),
            ("POST", "/tasks/{id}/number", format!("/tasks/{task}/number"), ""),
            ("GET", "/tasks/{id}/outcome/{word}", format!("/tasks/{task}/outcome/opt_out"), ""),
            ("POST", "/tasks/{id}/outcome/{word}", format!("/tasks/{task}/outcome/talked"), "note=hemmelig"),
            ("POST", "/tasks/{id}/undo", format!("/tasks/{task}/undo"), ""),
            ("POST", "/tasks/{id}/snooze", format!("/tasks/{task}/snooze"), "until=half_hour"),
            ("POST", "/today/next", "/today/next".to_owned(), ""),
            ("POST", "/tasks/{id}/hand-over", format!("/tasks/{other}/hand-over"), "to=Kari"),
            ("POST", "/tasks/{id}/release", format!("/tasks/{other}/release"), ""),
            ("GET", "/inbox", "/inbox".to_owned(), ""),
        ];
        assert_ne!(one, nick);
        for (method, door, path, form) in steps {
            let before = entries(db, 0).await.len();
            let answer =
                if method == "GET" { service.get(&kari, &path).await } else { service.post(&kari, &path, form).await };
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.body);
            let left = entries(db, before).await;
            fits(&method.parse().unwrap(), door, &left);
            assert!(left.iter().all(|entry| entry.who == "user"), "{left:?}");
        }
        let all = entries(db, 0).await;
        for act in [Act::TaskTaken, Act::NumberShown, Act::OutcomeSet, Act::OutcomeUndone, Act::Linked, Act::OptedOut] {
            assert!(all.iter().any(|entry| entry.act == act.as_str()), "{act:?} is not there: {all:?}");
        }
        let written = format!("{all:?}");
        for planted in ["4670174", "070174", "hemmelig", "instagram", "Kari"] {
            assert!(!written.contains(planted), "{planted} stands in the audit");
        }
        // Whoever reads it reads who, what and upon which id.
        let page = service.get(&rut, "/audit").await.body;
        for told in ["Number shown", "Kari", &one.to_string(), "up to entry"] {
            assert!(page.contains(told), "{told} is missing:\n{page}");
        }
        assert!(service.get_in(&rut, "/audit?act=opted_out", "nb").await.body.contains("Nei registrert</strong>"));
        let none = service.get(&rut, "/audit?day=2026-01-01").await.body;
        assert!(none.contains("No entries."), "{none}");
        assert_eq!(service.get(&rut, &format!("/contacts/{one}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(service.get(&kari, "/audit").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coordinators_administrators_and_other_systems_do_too() {
    for desk in Desk::both(3, "").await {
        let token = desk.token(Scope::ContactsCheck).await;
        desk.write("lists/gal.csv", "telefon\n+46 70 174 O6 07\n");
        desk.plan("Berit").await;
        let planned = entries(&desk.db, 0).await;
        assert_eq!(planned.last().map(|entry| (entry.act.as_str(), entry.many)), Some(("planned", Some(3))));
        let steps = [
            ("Berit", "GET", "/campaigns/{name}/messages", "/campaigns/vinter/messages", ""),
            ("Berit", "GET", "/campaigns/{name}/plan", "/campaigns/vinter/plan", ""),
            ("Berit", "GET", "/campaigns/{name}/plan/{why}", "/campaigns/vinter/plan/eligible", ""),
            ("Berit", "POST", "/campaigns/{name}/approve", "/campaigns/vinter/approve", "people=3"),
            ("Berit", "POST", "/campaigns/{name}/cancel", "/campaigns/vinter/cancel", ""),
            ("Berit", "GET", "/campaigns/{name}/report.csv", "/campaigns/vinter/report.csv", ""),
            ("Berit", "POST", "/lists/{name}/row", "/lists/gal.csv/row", "line=2"),
            ("Berit", "POST", "/lists/{name}/delete", "/lists/oslo.csv/delete", ""),
            ("Berit", "POST", "/answers/remove", "/answers/remove", "key=none&language=nb&kind=thanks&text="),
            ("Ada", "POST", "/users", "/users", "name=Ny&role=auditor"),
            ("Ada", "GET", "/users", "/users", ""),
            ("Ada", "POST", "/sign-out", "/sign-out", ""),
        ];
        for (who, method, door, path, form) in steps {
            let (before, method) = (entries(&desk.db, 0).await.len(), method.parse::<Method>().unwrap());
            let kind = "application/x-www-form-urlencoded";
            let answer = desk.ask(who, method.clone(), path, kind, form.into()).await;
            assert!(answer.status.as_u16() < 400, "{path}: {} {}", answer.status, answer.body);
            fits(&method, door, &entries(&desk.db, before).await);
        }
        let before = entries(&desk.db, 0).await.len();
        let asked = format!("{{\"address\": \"{}\"}}", NUMBER.replace("%2B", "+"));
        let bearer = (header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = desk.send(bearer, Method::POST, "/api/v1/contacts/check", "application/json", asked.into()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let left = entries(&desk.db, before).await;
        fits(&Method::POST, "/api/v1/contacts/check", &left);
        assert_eq!(left[0].who, "token");
        let page = desk.get("Rut", "/audit").await;
        page.must_say(&["Campaign approved", "(3)", "vinter", "contacts:check", "Show"]);
    }
}
