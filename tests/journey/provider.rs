//! A campaign through a provider that only a file describes: a fake of 46elks on loopback, the real program, its file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{CAMPAIGN, House, list, wait};

/// What the provider took, each as it came.
type Taken = Arc<Mutex<Vec<HashMap<String, String>>>>;

/// The person whose message gets a page for an answer.
const DOUBTED: &str = "+4791000000";

async fn take(State(taken): State<Taken>, Form(message): Form<HashMap<String, String>>) -> Response {
    let mut taken = taken.lock().unwrap();
    taken.push(message.clone());
    match message["to"].as_str() {
        DOUBTED => Html("<h1>Welcome</h1>").into_response(),
        to => Json(json!({ "status": "created", "id": format!("s{}", &to[1..]), "to": to })).into_response(),
    }
}

async fn elks() -> (String, Taken) {
    let taken = Taken::default();
    let router =
        Router::new().route("/a1/sms", post(take)).route("/a1/me", get(async || "{}")).with_state(taken.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base_url, taken)
}

/// What the house answers to a webhook: the status and the body.
async fn tell(house: &House, path: &str, form: &str) -> (u16, String) {
    #[expect(clippy::disallowed_methods, reason = "the outside world has its own client")]
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client
        .post(format!("{}{path}", house.hooks().local))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_through_a_provider_that_only_a_file_describes() {
    let (csv, numbers) = list(12);
    let house = House::new(&FaultGateway::start().await, &csv, "1000/s", None);
    let (base_url, taken) = elks().await;
    let port = house.port;
    house.write(
        "lykt.toml",
        &format!(
            "[organisation]\nname = \"Lykten\"\n[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"https://lykt.example.org\"\n\
             [gateways.elks]\nkind = \"declarative\"\nprovider = \"46elks\"\nfrom = \"+46701740699\"\nrate = \"1000/s\"\n\
             base_url = \"{base_url}\"\nvalues = {{ username = \"u1\" }}\n\
             secrets = {{ password = {{ file = \"elks.password\" }}, hook_key = {{ file = \"elks.hook\" }} }}\n\
             [clock]\nstart = \"2026-12-01T12:00:00\"\nday = \"1440 minutes\"\n"
        ),
    );
    house.write("elks.password", "hunter2\n");
    house.write("elks.hook", "open-sesame\n");
    house.write("campaigns/vinter.toml", &CAMPAIGN.replace("RATE", "1000/s").replace("twilio-oslo", "elks"));
    let tested = house.json(&["gateway", "test", "elks"]);
    assert_eq!((&tested[0]["kind"], &tested[0]["test"]), (&"declarative".into(), &"works".into()));

    let eligible = house.approve();
    let daemon = house.serve();
    wait("everybody was written to", || house.count("accepted") + house.count("in_doubt") == eligible);
    assert_eq!(house.count("in_doubt"), 1, "a page is no answer");
    let messages = taken.lock().unwrap().clone();
    let mut to: Vec<&str> = messages.iter().map(|message| message["to"].as_str()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!((messages.len(), to.len() as i64), (numbers.len(), eligible), "each person once");

    // The receipt of the doubted message brings its reference, and settles it.
    let doubted = messages.iter().find(|message| message["to"] == DOUBTED).unwrap();
    let callback = doubted["whendelivered"].strip_prefix("https://lykt.example.org").unwrap();
    let told = tell(&house, callback, "id=s4791000000&status=delivered").await;
    assert_eq!(told, (200, String::new()), "46elks would send a body back to the person");
    assert_eq!((house.count("in_doubt"), house.count("delivered")), (0, 1));

    // A no needs no reference; a stranger's is not heard.
    let stop = format!("direction=incoming&id=s1&from=%2B{}&to=%2B46701740699&message=STOPP", &numbers[3][1..]);
    assert_eq!(tell(&house, "/hooks/elks/inbound?key=guess", &stop).await.0, 403);
    assert_eq!(house.json(&["contact", "check", &numbers[3]])["reasons"][0], "cooldown");
    assert_eq!(tell(&house, "/hooks/elks/inbound?key=open-sesame", &stop).await, (200, String::new()));
    assert_eq!(house.json(&["contact", "check", &numbers[3]])["reasons"][0], "opted_out");

    for (name, bytes) in house.kept() {
        let kept = String::from_utf8_lossy(&bytes);
        for secret in ["hunter2", DOUBTED, "open-sesame"] {
            assert!(!kept.contains(secret) || name.starts_with("elks."), "{secret} in {name}");
        }
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_id_is_one_on_its_day_and_another_on_the_next() {
    let (csv, numbers) = list(1);
    let house = House::new(&FaultGateway::start().await, &csv, "1000/s", None);
    let port = house.port;
    house.write(
        "lykt.toml",
        &format!(
            "[organisation]\nname = \"Lykten\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
             [gateways.sveve]\nkind = \"declarative\"\nprovider = \"sveve\"\nfrom = \"2065\"\nbase_url = \"http://127.0.0.1:1\"\n\
             values = {{ user = \"u1\" }}\n\
             secrets = {{ password = {{ file = \"sveve.password\" }}, hook_key = {{ file = \"sveve.hook\" }} }}\n\
             [clock]\nstart = \"2026-12-01T12:00:00\"\nday = \"20 seconds\"\n"
        ),
    );
    house.write("sveve.password", "hunter2\n");
    house.write("sveve.hook", "open-sesame\n");
    let daemon = house.serve();
    let path = format!("/hooks/sveve/inbound?key=open-sesame&number={}&msg=Ja&shortnumber=2065", &numbers[0][3..]);
    let told = || house.json(&["inbox", "list"]).as_array().unwrap().len();
    assert_eq!(tell(&house, &path, "").await, (200, String::new()));
    assert_eq!(tell(&house, &path, "").await, (200, String::new()));
    assert_eq!(told(), 1, "what is sent again is no news");
    let id = house.json(&["inbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    assert!(house.lykt(&["inbox", "read", &id, "--as", "Kari"]).status.success());
    assert_eq!(tell(&house, &path, "").await, (200, String::new()));
    assert_eq!(tell(&house, &path, "").await, (200, String::new()));
    assert_eq!(told(), 1, "what was read and is said again holds again, once");
    let again = || tokio::runtime::Handle::current().block_on(tell(&house, &path, ""));
    tokio::task::block_in_place(|| {
        wait("the next day's answer is another", || again().0 == 200 && told() == 2);
    });
    drop(daemon);
}
