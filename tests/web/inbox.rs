//! The inbox: reading, taking, answering, being done; and the ready answers.

use axum::http::StatusCode;
use lykt::clock::new_id;
use lykt::domain::id::{DirectId, ReplyId};
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::gateway::{Address, ProviderId, Reply};
use lykt::store::{direct, reply};

use crate::web::staff::Service;

const PERSON: &str = "+46701740605";

/// Somebody writes at noon.
async fn writes(service: &Service, text: &str) -> ReplyId {
    service.house.at("2026-12-08T12:00:00");
    let id = format!("SM{}", new_id::<ReplyId>().0.simple());
    let news = Reply {
        from: Address::new(PERSON),
        to: Address::new("x"),
        text: Private::new(text.to_owned()),
        provider_id: ProviderId::parse(&id).unwrap(),
        media: 0,
        hint: None,
        also: None,
        answers: None,
        keyword: 0,
        written_at: None,
    };
    let mut tx = service.house.db.begin().await.unwrap();
    let ledger = &service.house.tasks.ledger;
    let id = lykt::inbox::receive(ledger, &mut tx, "twilio", &news).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

/// What was sent by hand to whoever wrote this.
async fn sent(service: &Service, id: ReplyId) -> Vec<String> {
    let vault = &service.house.tasks.ledger.vault;
    let mut tx = service.house.db.read().await.unwrap();
    let contact = reply::get(&mut tx, vault, id).await.unwrap().unwrap().contact;
    let all = direct::of_contact(&mut tx, contact).await.unwrap();
    all.iter().map(|d| format!("{} {}", d.made_by, direct::open(vault, d).unwrap().text)).collect()
}

fn written(text: &str) -> String {
    format!("press={}&text={text}", new_id::<DirectId>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_read_taken_answered_and_done() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = writes(&service, "Hvem er dette?").await;
        let list = service.get_in(&kari, "/inbox", "nb").await;
        assert!(list.body.contains("Hvem er dette?") && list.body.contains(&format!("/inbox/{id}")), "{}", list.body);
        assert!(!list.body.contains(PERSON), "nobody asked for the number");
        let page = service.get(&kari, &format!("/inbox/{id}?ready=other")).await;
        assert!(page.body.contains("Kari, Lykten</textarea>"), "{}", page.body);
        assert!(sent(&service, id).await.is_empty(), "choosing is not sending");
        assert_eq!(service.post(&kari, &format!("/inbox/{id}/take"), "").await.status, StatusCode::SEE_OTHER);
        let form = written("Det+er+oss");
        let answered = service.post(&kari, &format!("/inbox/{id}/answer"), &form).await;
        assert_eq!(answered.to, format!("/inbox/{id}"));
        service.post(&kari, &format!("/inbox/{id}/answer"), &form).await;
        assert_eq!(sent(&service, id).await, ["Kari Det er oss"], "the same press twice is one message");
        let page = service.get(&kari, &answered.to).await.body;
        assert!(page.contains("Det er oss") && page.contains("waits for its turn"), "{page}");
        assert!(service.get(&kari, "/inbox").await.body.contains("Hvem er dette?"), "answering is not being done");
        assert_eq!(service.post(&kari, &format!("/inbox/{id}/done"), "").await.to, "/inbox");
        assert!(service.get(&kari, "/inbox").await.body.contains("No unread answers"));
        assert!(service.get(&kari, "/inbox?all=1").await.body.contains("Hvem er dette?"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_do_not_answer_the_same_person() {
    for service in Service::both().await {
        let (kari, ola) = (service.worker("Kari", Role::Staff).await, service.worker("Ola", Role::Staff).await);
        let id = writes(&service, "hei").await;
        service.post(&kari, &format!("/inbox/{id}/take"), "").await;
        let refused = service.post(&ola, &format!("/inbox/{id}/answer"), &written("Hallo")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Kari has taken this answer") && refused.body.contains(">Hallo</textarea>"));
        assert!(sent(&service, id).await.is_empty());
        let stale = service.post(&ola, &format!("/inbox/{id}/hand-over"), "from=&to=Ola").await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stale.body);
        service.post(&kari, &format!("/inbox/{id}/hand-over"), "from=Kari&to=Ola").await;
        service.post(&ola, &format!("/inbox/{id}/answer"), &written("Hallo")).await;
        assert_eq!(sent(&service, id).await, ["Ola Hallo"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_answered_past_what_they_wrote_meanwhile() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = writes(&service, "Når har dere åpent?").await;
        let shown = written("I+morgen");
        writes(&service, "nei").await;
        let refused = service.post(&kari, &format!("/inbox/{id}/answer"), &shown).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("They have written again meanwhile") && refused.body.contains("I morgen</textarea>")
        );
        assert!(sent(&service, id).await.is_empty());
        service.post(&kari, &format!("/inbox/{id}/answer"), &written("Beklager")).await;
        assert_eq!(sent(&service, id).await, ["Kari Beklager"], "now it was read");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_others_are_shown_and_never_obeyed() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let text = format!("<script>alert(1)</script> \u{202e}abc {}", "e\u{301}".repeat(50_000));
        let id = writes(&service, &text).await;
        for path in ["/inbox".to_owned(), format!("/inbox/{id}")] {
            let body = service.get(&kari, &path).await.body;
            assert!(!body.contains("<script>alert") && !body.contains('\u{202e}'), "{path}");
            assert!(body.contains("script") && body.len() < 40_000, "{path}: {}", body.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_words_may_be_anything_that_its_channel_shows() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = writes(&service, " ").await;
        for path in ["/inbox".to_owned(), format!("/inbox/{id}")] {
            let body = service.get(&kari, &path).await.body;
            assert!(body.contains("a picture, a file or something else that this channel shows"), "{path}: {body}");
            let body = service.get_in(&kari, &path, "nb").await.body;
            assert!(body.contains("et bilde, en fil eller noe annet som denne kanalen viser"), "{path}: {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_night_the_second_press_sends() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = writes(&service, "hei").await;
        service.house.at("2026-12-08T22:00:00");
        let warned = service.post(&kari, &format!("/inbox/{id}/answer"), &written("Hallo")).await;
        assert!(warned.status == StatusCode::UNPROCESSABLE_ENTITY && warned.body.contains("name=\"now\""));
        service.post(&kari, &format!("/inbox/{id}/answer"), &format!("{}&now=yes", written("Hallo"))).await;
        assert_eq!(sent(&service, id).await, ["Kari Hallo"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coordinators_write_the_ready_answers_and_staff_use_them() {
    for service in Service::both().await {
        let (kari, ada) = (service.worker("Kari", Role::Staff).await, service.worker("Ada", Role::Coordinator).await);
        assert_eq!(service.get(&kari, "/answers").await.status, StatusCode::NOT_FOUND);
        let wrong = service.post(&ada, "/answers", "key=natt&language=nb&kind=help&text=Hei+{{+navn+}}").await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("There is no navn to fill in"));
        service.post(&ada, "/answers", "key=natt&language=nb&kind=help&text=Ring+{{+organisation+}}").await;
        assert!(service.get(&ada, "/answers").await.body.contains("Ring {{ organisation }}"));
        let id = writes(&service, "hjelp").await;
        let page = service.get(&kari, &format!("/inbox/{id}?ready=natt")).await.body;
        assert!(page.contains(">Ring Lykten</textarea>"), "{page}");
        service.post(&ada, "/answers/remove", "key=natt&language=nb").await;
        assert!(!service.get(&ada, "/answers").await.body.contains("Ring {{"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_said_no_can_be_answered() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let id = writes(&service, "STOPP").await;
        let page = service.get(&kari, &format!("/inbox/{id}")).await.body;
        assert!(page.contains("Nothing can be sent") && !page.contains("<textarea"), "{page}");
        let refused = service.post(&kari, &format!("/inbox/{id}/answer"), &written("Hallo")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent(&service, id).await.is_empty());
    }
}
