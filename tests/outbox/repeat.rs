//! A provider that recognises our reference is asked again with the same one: proof without a list, and never a second
//! message.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use lykt::domain::campaign::CampaignState;
use lykt::gateway::{Accounts, Unsent, Verdict};
use lykt::ledger::NoSource;
use lykt::outbox::doubt::{self, Decided, Decision};
use lykt::outbox::{Outbox, Pace, Reconciler, Tried};
use lykt::settings::Settings;
use lykt::store::sql;
use lykt::store::touch::{Touch, TouchKind};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::outbox::house::{ACCOUNT, DAY, House, MINUTE, Person, SECOND};

/// A phone as gateway: keeps one message a reference, and is silent about the first request for each.
#[derive(Default)]
struct Phone {
    /// Whether it keeps what it is silent about.
    hears: bool,
    /// Answers the later requests so.
    says: Option<(u16, Value)>,
    /// And not before somebody lets it.
    waits: Option<Arc<Semaphore>>,
    asked: BTreeMap<String, usize>,
    kept: BTreeMap<String, String>,
}

type Shared = Arc<Mutex<Phone>>;

async fn take(State(phone): State<Shared>, Json(message): Json<Value>) -> Response {
    let (answer, waits) = answered(&phone, &message);
    if let Some(waits) = waits {
        waits.acquire().await.unwrap().forget();
    }
    answer
}

/// What it says, and what a later request waits for.
fn answered(phone: &Shared, message: &Value) -> (Response, Option<Arc<Semaphore>>) {
    let mut phone = phone.lock().unwrap();
    let (id, to) = (message["id"].as_str().unwrap().to_owned(), message["phoneNumbers"][0].as_str().unwrap());
    let asked = phone.asked.entry(id.clone()).or_default();
    *asked += 1;
    let first = *asked == 1;
    if first {
        if phone.hears {
            phone.kept.insert(id, to.to_owned());
        }
        return ((StatusCode::OK, "<h1>Welcome to the hotel</h1>").into_response(), None);
    }
    let waits = phone.waits.clone();
    if let Some((status, body)) = &phone.says {
        return ((StatusCode::from_u16(*status).unwrap(), Json(body.clone())).into_response(), waits);
    }
    let answer = match phone.kept.insert(id.clone(), to.to_owned()) {
        Some(_) => {
            (StatusCode::CONFLICT, Json(json!({ "message": "message with such ID already exists" }))).into_response()
        }
        None => (StatusCode::ACCEPTED, Json(json!({ "id": id, "state": "Pending" }))).into_response(),
    };
    (answer, waits)
}

async fn phone(hears: bool) -> (String, Shared) {
    let phone = Shared::new(Mutex::new(Phone { hears, ..Phone::default() }));
    let router = Router::new().route("/messages", post(take)).with_state(phone.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base_url, phone)
}

/// A house whose one account is such a phone.
struct Desk {
    house: House,
    accounts: Arc<Accounts>,
    phone: Shared,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn at(house: House, hears: bool) -> Desk {
        let (base_url, phone) = phone(hears).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lykt.toml");
        for secret in ["password", "key"] {
            std::fs::write(folder.path().join(secret), "secret").unwrap();
        }
        let text = format!(
            "[organisation]\nname = \"Lykten\"\n[gateways.{ACCOUNT}]\nkind = \"declarative\"\nprovider = \"android\"\nrate = \"1000/s\"\n\
             base_url = \"{base_url}\"\nvalues = {{ username = \"u\" }}\n\
             secrets = {{ password = {{ file = \"password\" }}, signing_key = {{ file = \"key\" }} }}\n"
        );
        std::fs::write(&file, text).unwrap();
        let accounts = Arc::new(Accounts::open(&Settings::load(&file).unwrap(), house.clock()).unwrap());
        Desk { house, accounts, phone, _folder: folder }
    }

    /// Somebody whose message is in doubt.
    async fn doubted(&self) -> Person {
        let person = self.house.one().await;
        let pace = Pace { slots: 8, answer_within_ms: 1_000 };
        let House { db, settler, ledger, .. } = &self.house;
        let fence = self.house.next_fence().await;
        let mut outbox = Outbox::new(db.clone(), settler.clone(), ledger.clone(), self.accounts.clone(), fence, pace);
        self.house.drain(&mut outbox).await;
        assert_eq!(self.house.state(&person).await, "in_doubt");
        person
    }

    /// Looks each half minute for so long, as the daemon does.
    async fn look_for(&self, ms: i64) {
        let House { db, settler, ledger, .. } = &self.house;
        for _ in 0..ms / (30 * SECOND) {
            self.house.clock().advance_ms(30 * SECOND);
            let reconciler = Reconciler::new(db.clone(), ledger.clone(), settler.clone(), self.accounts.clone());
            reconciler.step(ACCOUNT).await.unwrap();
            self.house.reap().await;
        }
    }

    /// A coordinator says that it did not go out.
    async fn requeued(&self, person: &Person) -> Decided {
        let House { db, settler, ledger, .. } = &self.house;
        let why = ("Kari", "she has nothing");
        doubt::decide(db, ledger, settler, person.message, Decision::Requeue, why).await.unwrap()
    }

    /// Has the provider asked about a doubt, and somebody decide before it answers. What they hear.
    async fn decided_meanwhile(&self, person: &Person) -> Decided {
        let waits = Arc::new(Semaphore::new(0));
        self.phone.lock().unwrap().waits = Some(waits.clone());
        let decides = async {
            while self.asked() == [1] {
                tokio::task::yield_now().await;
            }
            let heard = self.requeued(person).await;
            waits.add_permits(1);
            heard
        };
        let ((), heard) = tokio::join!(self.look_for(MINUTE), decides);
        heard
    }

    fn asked(&self) -> Vec<usize> {
        self.phone.lock().unwrap().asked.values().copied().collect()
    }

    fn kept(&self) -> usize {
        self.phone.lock().unwrap().kept.len()
    }
}

async fn desks(hears: bool) -> [Desk; 2] {
    let [sqlite, postgres] = House::both().await;
    [Desk::at(sqlite, hears).await, Desk::at(postgres, hears).await]
}

#[tokio::test]
async fn a_provider_that_has_the_message_says_so_and_sends_nothing() {
    for desk in desks(true).await {
        let person = desk.doubted().await;
        desk.look_for(30 * SECOND).await;
        assert_eq!(desk.asked(), [1], "not before the doubt is a minute old");
        desk.look_for(2 * MINUTE).await;
        assert_eq!(desk.house.state(&person).await, "accepted");
        assert_eq!((desk.asked(), desk.kept()), (vec![2], 1), "asked with the same reference, and once");
        desk.look_for(10 * MINUTE).await;
        assert_eq!(desk.asked(), [2], "nobody asks about what is known");
    }
}

#[tokio::test]
async fn a_message_that_never_came_goes_by_its_repeat() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        assert_eq!(desk.kept(), 0);
        desk.look_for(2 * MINUTE).await;
        assert_eq!((desk.house.state(&person).await, desk.kept()), ("accepted", 1));
        assert!(!desk.house.check(&person).await.may_approach(), "it counts as contacted");
    }
}

#[tokio::test]
async fn a_refusal_of_the_repeat_says_nothing_of_the_first() {
    for desk in desks(true).await {
        let person = desk.doubted().await;
        for (status, body) in [(400, json!({ "message": "no" })), (401, json!({})), (503, json!({ "message": "full" }))]
        {
            desk.phone.lock().unwrap().says = Some((status, body));
            desk.look_for(6 * MINUTE).await;
            assert_eq!(desk.house.state(&person).await, "in_doubt", "{status}");
        }
        assert!(desk.asked()[0] > 3, "asked again at {:?}", desk.asked());
        desk.phone.lock().unwrap().says = None;
        desk.look_for(30 * MINUTE).await;
        assert_eq!((desk.house.state(&person).await, desk.kept()), ("accepted", 1));
    }
}

#[tokio::test]
async fn nobody_is_asked_for_whom_somebody_has_reached_by_hand_meanwhile() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        let mut tx = desk.house.db.begin().await.unwrap();
        let mut by_hand = Touch::new(TouchKind::Message, desk.house.clock().now_ms());
        by_hand.counts = true;
        desk.house.ledger.register(&mut tx, person.contact, &by_hand).await.unwrap();
        tx.commit().await.unwrap();
        desk.look_for(20 * MINUTE).await;
        assert_eq!((desk.asked(), desk.kept()), (vec![1], 0), "nothing left us");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_after_a_no_nor_while_the_campaign_is_paused_nor_outside_the_window() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        desk.house.becomes("vinter", CampaignState::Paused).await;
        desk.look_for(5 * MINUTE).await;
        desk.house.becomes("vinter", CampaignState::Running).await;
        desk.house.at_time("2026-12-03T17:55:00");
        desk.look_for(5 * MINUTE).await;
        let mut tx = desk.house.db.begin().await.unwrap();
        desk.house.ledger.opt_out(&mut tx, person.contact, NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
        desk.house.at_time("2026-12-04T11:30:00");
        desk.look_for(20 * MINUTE).await;
        assert_eq!((desk.asked(), desk.kept()), (vec![1], 0), "nothing left us");
        desk.house.clock().advance_ms(DAY);
        desk.house.reap().await;
        assert_eq!(desk.house.state(&person).await, "abandoned");
    }
}

#[tokio::test]
async fn nobody_sends_a_doubt_anew_while_the_provider_is_asked_about_it() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        assert_eq!(desk.decided_meanwhile(&person).await, Decided::BeingAsked);
        assert_eq!((desk.house.state(&person).await, desk.kept()), ("accepted", 1), "it went by its repeat, and once");
    }
}

#[tokio::test]
async fn a_doubt_is_for_a_person_to_decide_again_when_the_provider_has_answered() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        desk.phone.lock().unwrap().says = Some((503, json!({ "message": "full" })));
        assert_eq!(desk.decided_meanwhile(&person).await, Decided::BeingAsked);
        assert_eq!((desk.house.state(&person).await, desk.requeued(&person).await), ("in_doubt", Decided::Done));
        assert_eq!(desk.house.state(&person).await, "queued");
    }
}

#[tokio::test]
async fn a_node_that_died_while_it_asked_keeps_nobody_from_deciding_for_long() {
    for desk in desks(false).await {
        let person = desk.doubted().await;
        desk.phone.lock().unwrap().waits = Some(Arc::new(Semaphore::new(0)));
        let asked = async {
            while desk.asked() == [1] {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = desk.look_for(MINUTE) => panic!("nobody answers"),
            () = asked => {}
        }
        assert_eq!(desk.requeued(&person).await, Decided::BeingAsked);
        desk.house.clock().advance_ms(MINUTE);
        if desk.house.db.is_shared() {
            let mut tx = desk.house.db.begin().await.unwrap();
            tx.run(sql("update look set repeat_until = repeat_until - $1").bind(MINUTE)).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(desk.requeued(&person).await, Decided::Done);
    }
}

#[tokio::test]
async fn how_the_first_request_ended_says_nothing_once_it_was_repeated() {
    for desk in desks(true).await {
        let person = desk.doubted().await;
        desk.phone.lock().unwrap().says = Some((503, json!({ "message": "full" })));
        desk.look_for(MINUTE).await;
        assert_eq!(desk.asked(), [2]);
        // Its sender slept through that, and comes back.
        let verdict = Verdict::NotSent { why: Unsent::PastDeadline, retry_after: None };
        let tried = Tried { message: desk.house.message(&person).await, verdict, later: Vec::new() };
        let mut tx = desk.house.db.begin().await.unwrap();
        desk.house.settler.settle(&mut tx, &tried).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(desk.house.state(&person).await, "in_doubt");
    }
}
