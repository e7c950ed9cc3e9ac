//! The card of a message by hand: where it goes and its text to who holds it, and its own three outcomes.

use axum::http::StatusCode;
use lykt::campaign::file::Definition;
use lykt::clock::new_id;
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::store::message::{self, Letter, NewMessage};
use lykt::store::task::{self, NewTask};
use lykt::store::{calling, campaign, contact};
use serde_json::json;

use crate::web::staff::Service;

/// A message to `instagram:anna` on today's list; the id of its task.
async fn listed(service: &Service) -> String {
    let (house, vault) = (&service.house, &service.house.tasks.ledger.vault);
    let window = json!({ "days": ["mon"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    let definition: Definition = serde_json::from_value(json!({
        "name": "hei", "title": "Hei", "goal": null, "basis": "DPIA", "starts": "2026-12-01", "ends": "2027-01-31",
        "list": "a.csv", "columns": { "handle": "kallenavn" }, "platform": "instagram", "where": {},
        "channels": ["manual"], "account": "manual", "sender": "Amanda", "image": { "path": "media/four.png", "hash": "ab12" }, "require_language": false,
        "variants": [], "window": window, "rate": "10/day", "follow_ups": [],
        "calls": { "attempts": 1, "within": "7 days" },
    }))
    .unwrap();
    let (plan, now, id) = (new_id(), house.clock.now_ms(), new_id());
    let plan = campaign::Plan {
        id: plan,
        campaign: "hei".to_owned(),
        hash: String::new(),
        file_hash: String::new(),
        list_hash: String::new(),
        definition: serde_json::to_string(&definition).unwrap(),
        targets: 1,
        eligible: 1,
        left_out: "{}".to_owned(),
        made_at: now,
        made_by: None,
        summary: None,
    };
    let mut tx = house.db.begin().await.unwrap();
    assert!(campaign::set_plan(&mut tx, vault, &plan).await.unwrap());
    let address = Private::new("instagram:anna".to_owned());
    let contact = contact::find_or_create(&mut tx, vault, &address, now).await.unwrap().id;
    let letter = Letter { to: address.expose().clone(), text: "Hei fra Amanda".to_owned(), ..Letter::default() };
    let new = NewMessage {
        id,
        contact,
        channel: "manual".to_owned(),
        account: "manual".to_owned(),
        variant: "a".to_owned(),
        language: "nb".to_owned(),
        not_before: now,
        sealed: message::seal(vault, id, &letter).unwrap(),
    };
    message::enqueue(&mut tx, "hei", plan.id, vec![new], now).await.unwrap();
    calling::begin(&mut tx, "hei", &[(id, contact)], now).await.unwrap();
    let message = message::get(&mut tx, id).await.unwrap().unwrap();
    let new = NewTask { message: &message, step: 0, due_at: now, lapses_at: now + 7 * 86_400_000, attempts: 1 };
    task::plan(&mut tx, new, now).await.unwrap();
    tx.commit().await.unwrap();
    house.tasks.step(&house.db).await.unwrap();
    let mut tx = house.db.read().await.unwrap();
    task::of_contact(&mut tx, contact).await.unwrap()[0].id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_a_message_by_hand_sees_where_it_goes_and_copies_its_text() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let task = format!("/tasks/{}", listed(&service).await);
        assert!(service.get_in(&kari, "/today", "nb").await.body.contains("Skriv på instagram"));
        let before = service.get(&kari, &task).await.body;
        assert!(!before.contains("Hei fra Amanda") && !before.contains("/media/"), "nobody holds it yet");
        assert!(before.contains("instagram: hei"), "{before}");
        assert_eq!(service.post(&kari, &format!("{task}/take"), "").await.to, task);
        let card = service.get(&kari, &task).await.body;
        for part in [
            "instagram:anna",
            "Hei fra Amanda",
            "/media/ab12.png",
            "data-copy",
            "/outcome/sent",
            "/outcome/could_not",
            "/outcome/opt_out",
        ] {
            assert!(card.contains(part), "{part} in {card}");
        }
        assert!(!card.contains("/outcome/talked") && !card.contains("tel:"), "{card}");
        let wrong = service.post(&kari, &format!("{task}/outcome/talked"), "").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(service.post(&kari, &format!("{task}/outcome/sent"), "note=").await.to, task);
        let saved = service.get(&kari, &task).await.body;
        assert!(saved.contains("It is sent") && saved.contains("Undo (") && !saved.contains("Next call"), "{saved}");
    }
}
