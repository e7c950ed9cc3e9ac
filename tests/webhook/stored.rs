//! What is kept, what is refused, and what a provider hears when we cannot keep anything.

use lykt::domain::message::MessageState;
use lykt::webhook::Limits;
use serde_json::json;

use crate::folder::desk::Log;
use crate::support::postgres::{Fsync, Server};
use crate::webhook::house::{House, OURS, SIMULATOR, TWILIO};
use crate::webhook::wire::{self, PUBLIC, ask};

const PERSON: &str = "+447700900101";

fn stop() -> Vec<(&'static str, &'static str)> {
    vec![("MessageSid", "SM1"), ("To", OURS), ("From", PERSON), ("Body", "STOP")]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_wrong_or_foreign_signature_leaves_nothing() {
    for house in House::both().await {
        let path = format!("/hooks/{TWILIO}/inbound");
        let body = wire::form(&stop());
        let unsigned = String::from_utf8(wire::signed_post(&path, &body, "x")).unwrap().replace("X-Twilio", "X-Other");
        assert_eq!(ask(house.port, unsigned.as_bytes()).await.status, 403);
        for signed_url in [format!("https://other.example.org{path}"), format!("{PUBLIC}{path}?token=1"), path.clone()]
        {
            let forged = wire::signed_post(&path, &body, &wire::sign(&signed_url, &stop()));
            assert_eq!(ask(house.port, &forged).await.status, 403, "{signed_url}");
        }
        let changed = wire::form(&[("MessageSid", "SM1"), ("To", OURS), ("From", "+447700900102"), ("Body", "STOP")]);
        let forged = wire::signed_post(&path, &changed, &wire::sign(&format!("{PUBLIC}{path}"), &stop()));
        assert_eq!(ask(house.port, &forged).await.status, 403);
        assert_eq!(house.rows("select count(*) from hook").await, 0);
        assert_eq!(house.rows("select count(*) from contact").await, 0);
        assert_eq!(ask(house.port, &wire::post(&path, &stop())).await.status, 200, "the same, rightly signed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_has_is_not_found() {
    let house = House::both().await.into_iter().next().unwrap();
    for path in [
        "/hooks/nobody/inbound",
        "/hooks/twilio-oslo/other",
        "/hooks/nobody",
        "/hooks",
        "/hooks/nobody/inbound/more",
        "/",
        "/media/../lykt.keys",
    ] {
        assert_eq!(ask(house.port, &wire::post(path, &stop())).await.status, 404, "{path}");
    }
    assert_eq!(ask(house.port, &wire::post(&format!("/hooks/{SIMULATOR}/inbound"), &stop())).await.status, 403);
    assert_eq!(ask(house.port, &wire::get(&format!("/hooks/{TWILIO}/inbound"))).await.status, 405);
    assert_eq!(ask(house.port, &wire::get("/healthz")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slash_at_the_end_of_an_address_costs_no_answer() {
    let house = House::on_sqlite(Limits::default()).await;
    for (n, path) in ["inbound", "inbound/", ""].into_iter().enumerate() {
        let (path, sid) = (format!("/hooks/{TWILIO}/{path}"), format!("SM{n}"));
        let fields = [("MessageSid", sid.as_str()), ("From", PERSON), ("SmsStatus", "received"), ("Body", "x")];
        assert_eq!(ask(house.port, &wire::post(&path, &fields)).await.status, 200, "{path}");
    }
    assert_eq!(house.replies().await.len(), 3);
}

#[tokio::test]
async fn a_wrong_address_is_said_in_the_log_and_shows_no_secret() {
    let (house, log) = (House::on_sqlite(Limits::default()).await, Log::default());
    let listening = log.listen();
    for path in [
        "/hooks/twilio-olso/inbound",
        "/hooks/+447700900101/inbound",
        "/hooks/sikrethemmeligmeget123456/inbound/more?key=hush",
        "/hooks/4f1d8e2b77a0",
    ] {
        assert_eq!(ask(house.port, &wire::post(path, &stop())).await.status, 404, "{path}");
    }
    drop(listening);
    let said = log.take();
    let warnings: Vec<&str> = said.lines().filter(|line| line.contains("no account has")).collect();
    assert_eq!(warnings.len(), 3, "the first, the second and the fourth: {said}");
    assert!(warnings[0].contains("twilio-olso"), "{said}");
    for secret in ["447700", "sikret", "hush", "4f1d", "STOP"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_webhook_that_cannot_be_read_is_kept_and_said_to_be() {
    for house in House::both().await {
        let path = format!("/hooks/{TWILIO}/inbound");
        let fields = [("Body", "no sender and no id")];
        assert_eq!(ask(house.port, &wire::post(&path, &fields)).await.status, 200);
        let kept =
            "select count(*) from hook where problem is not null and done_at is not null and length(sealed) > 20";
        assert_eq!(house.rows(kept).await, 1);
        assert_eq!(house.webhooks.due().await.unwrap(), 0, "and not worked on again and again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_in_any_order_only_raise_the_rank() {
    for house in House::both().await {
        let id = house.message("vinter", PERSON, "tok-00000001").await;
        // Before our own answer came, and out of order; the second delivery of each is no news.
        for (status, state) in [
            ("delivered", MessageState::Delivered),
            ("sent", MessageState::Delivered),
            ("delivered", MessageState::Delivered),
            ("teleported", MessageState::Delivered),
            ("read", MessageState::Read),
            ("undelivered", MessageState::Read),
        ] {
            assert_eq!(house.receipt("SM9", "tok-00000001", status).await.status, 200);
            assert_eq!(house.stands(id).await, state, "{status}");
        }
        assert_eq!(house.receipt("SMnobody", "tok-99999999", "delivered").await.status, 200, "an unknown message");
        assert_eq!(house.rows("select count(*) from touch where kind = 'message'").await, 1);
        assert_eq!(house.rows("select count(*) from hook").await, 6, "each once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_and_the_provider_hears_503_while_the_database_is_away() {
    for house in House::both().await {
        house.db.close().await;
        assert_eq!(house.says(PERSON, "SM1", "STOP").await.status, 503);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_webhook_nothing_readable_is_kept_and_raw_bytes_only_where_it_could_not_be_read() {
    let house = House::both().await.into_iter().next().unwrap();
    house.says("+46701740605", "SM1", "Hilsen Anastasia").await;
    assert_eq!(house.rows("select count(*) from hook where length(sealed) = 0").await, 1);
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(house.folder.path()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("lykt.db") {
            kept.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    assert!(kept.len() > 4096, "the database lies there");
    for secret in ["701740605", "Anastasia", "%37%30%31", "%41%6E%61"] {
        assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_picture_of_a_planned_campaign_is_given_out() {
    let house = House::both().await.into_iter().next().unwrap();
    let media = house.folder.path().join("campaigns/media");
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 0, 0, 9, 0, 0, 0, 9], &[7; 100]].concat();
    std::fs::write(media.join("a.png"), &png).unwrap();
    std::fs::write(media.join("b.png"), &png[..60]).unwrap();
    std::fs::write(media.join("c.png"), &png[..50]).unwrap();
    let hash = |file: &str| lykt::campaign::media::hash(&media.join(file)).unwrap();
    let (planned, other) = (format!("/media/{}.png", hash("a.png")), format!("/media/{}.png", hash("b.png")));
    assert_eq!(ask(house.port, &wire::get(&planned)).await.status, 404, "before the plan");
    house.plan("vinter", Some(json!({ "path": "media/a.png", "hash": hash("a.png") }))).await;
    let own = json!([{ "name": "noor", "weight": 1, "texts": { "nb": "Hei" }, "image": { "path": "media/c.png", "hash": hash("c.png") } }]);
    house.plan_with("noor", None, own).await;
    let face = ask(house.port, &wire::get(&format!("/media/{}.png", hash("c.png")))).await;
    assert_eq!((face.status, face.body), (200, png[..50].to_vec()), "a variant's own");
    let picture = ask(house.port, &wire::get(&planned)).await;
    assert_eq!(picture.status, 200);
    assert!(picture.head.contains("image/png"), "{}", picture.head);
    assert_eq!(picture.body, png);
    for path in [other.as_str(), "/media/a.png", "/media/..%2f..%2flykt.toml", "/media/.png", "/media/x"] {
        assert_eq!(ask(house.port, &wire::get(path)).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_postgresql_is_down_lands_when_it_comes_again() {
    let mut server = Server::start(Fsync::On);
    let house = House::on(&server.create("crashing").await, Limits::default()).await;
    assert_eq!(house.says(PERSON, "SM1", "Hvem er dette?").await.status, 200);
    server.crash();
    assert_eq!(house.says(PERSON, "SM2", "STOP").await.status, 503);
    server.revive();
    assert_eq!(house.says(PERSON, "SM2", "STOP").await.status, 200);
    assert_eq!(house.contact(PERSON).await.map(|contact| (contact.unread, contact.opted_out)), Some((2, true)));
}
