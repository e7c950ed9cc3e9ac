//! A campaign on WhatsApp through Twilio, with SMS in its stead: who agreed gets the template under its id, who wrote is
//! answered in words, who is not on WhatsApp gets the SMS, also when that is told only later; each person is reached once.

use std::collections::HashMap;
use std::fs;

use serde_json::{Value, json};

use crate::fault_gateway::{ACCOUNT_SID, Accept, Fault, FaultGateway};
use crate::journey::house::{House, wait};
use crate::journey::whatsapp::{self, number};
use crate::support::postgres;

const NB: &str = "HX00000000000000000000000000000001";
const EN: &str = "HX00000000000000000000000000000002";
const OURS: &str = "whatsapp:+46701740699";

fn on(n: u32) -> String {
    format!("whatsapp:{}", number(n))
}

/// The campaign of the Cloud API, moved to Twilio.
fn house(gateway: &FaultGateway, database: Option<&str>) -> House {
    let house = whatsapp::house(gateway, database);
    let settings = fs::read_to_string(house.root().join("lykt.toml")).unwrap();
    let url = gateway.base_url();
    let account = format!(
        "[gateways.twilio-wa]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"twilio.token\" }}\n\
         from = \"{OURS}\"\nrate = \"100/s\"\nbase_url = \"{url}\"\ncontent_url = \"{url}\"\n[clock]"
    );
    house.write("lykt.toml", &settings.replace("[clock]", &account));
    let campaign = whatsapp::CAMPAIGN
        .replace("channels = [\"whatsapp\"]", "channels = [\"whatsapp\", \"sms\"]")
        .replace("{ whatsapp = \"wa-oslo\" }", "{ whatsapp = \"twilio-wa\", sms = \"twilio-oslo\" }")
        .replace("{ en = \"en_US\" }", &format!("{{ nb = \"{NB}\", en = \"{EN}\" }}"));
    house.write("campaigns/vinter.toml", &campaign);
    house
}

fn content(sid: &str, language: &str, status: &str, body: &str, stop: &str) -> Value {
    json!({ "sid": sid, "friendly_name": "vaccine", "language": language, "types": { "twilio/card": { "title": body,
        "media": ["https://lykt.example.org/media/{{3}}"], "actions": [{ "type": "QUICK_REPLY", "title": stop, "id": "1" }] } },
        "approval_requests": { "name": "vaccine", "status": status, "content_type": "twilio/card" } })
}

async fn a_campaign(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let house = house(&gateway, database);
    let hooks = house.hooks();
    let daemon = house.serve();

    // The templates are compared with those that Twilio has, a page at a time.
    let nb = "Hei! Dette er {{1}} i {{2}}. Gratis lege og advokat. Svar STOPP for å slippe flere.";
    let en = "Hi! This is {{1}} in {{2}}. Free doctor and lawyer. Reply STOP to opt out.";
    gateway
        .set_templates(json!([content(NB, "nb", "approved", nb, "Stopp"), content(EN, "en", "paused", en, "Stopp")]));
    let check = house.lykt(&["check", "--online", "campaigns/vinter.toml"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(2), "{said}");
    let about = |id: &str| said.contains(&format!("vaccine, {id}"));
    assert!(about(EN) && said.contains("PAUSED") && !about(NB), "{said}");
    gateway
        .set_templates(json!([content(NB, "nb", "approved", nb, "Stopp"), content(EN, "en", "approved", en, "Stopp")]));
    let check = house.lykt(&["check", "--online", "campaigns/vinter.toml"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));

    // Five agreed; 9 wrote first, and is answered in words.
    for n in 5..9 {
        house.json(&["contact", "opt-in", &number(n), "--channel", "whatsapp", "--as", "Kari", "--reason", "on paper"]);
    }
    let sid = "SM0123456789abcdef0123456789abcdef";
    let nine = on(9);
    let wrote = [("From", nine.as_str()), ("To", OURS), ("MessageSid", sid), ("Body", "Hei, har dere lege?")];
    assert!(gateway.reply_on_whatsapp(&hooks, "twilio-wa", &wrote).await.is_success());
    let unread = house.json(&["inbox", "list"]);
    let first = unread[0]["id"].as_str().unwrap().to_owned();
    let answered = house.lykt(&["inbox", "answer", &first, "--text", "Ja, hver dag.", "--as", "Kari", "--now"]);
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    house.json(&["inbox", "read", &first, "--as", "Kari"]);
    wait("the answer goes out", || gateway.accepts().len() == 1);
    let answer = gateway.accepts().remove(0);
    assert_eq!(
        (answer.to.as_str(), answer.from.as_str(), answer.body.as_str()),
        (nine.as_str(), OURS, "Ja, hver dag.")
    );
    assert!(!answer.fields.contains_key("ContentSid"));

    // 6 is not on WhatsApp, says Twilio at once. 10 and 11 have not agreed: they get the SMS.
    gateway.fail_for(&on(6), Some(Fault::Refuse(63_003)));
    let plan = house.json(&["plan", "vinter"]);
    assert_eq!((&plan["eligible"], &plan["left_out"]["cooldown"]), (&json!(6), &json!(1)), "{plan}");
    house.json(&["approve", "vinter", "--people", "6"]);
    wait("everybody's first message has gone", || house.count("accepted") == 6);
    let went = |to: &str| gateway.accepts().iter().filter(|accept| accept.to == to).count();
    let both = |n: u32| (went(&on(n)), went(&number(n)));
    assert_eq!([5, 6, 7, 8, 10, 11].map(both), [(1, 0), (0, 1), (1, 0), (1, 0), (0, 1), (0, 1)]);
    let sent: HashMap<String, Accept> = gateway.accepts().into_iter().map(|a| (a.to.clone(), a)).collect();
    let five = &sent[&on(5)];
    assert_eq!((five.fields["ContentSid"].as_str(), five.from.as_str()), (NB, OURS));
    let places: Value = serde_json::from_str(&five.fields["ContentVariables"]).unwrap();
    assert_eq!((&places["1"], &places["2"]), (&json!("Amanda"), &json!("Oslo")), "{places}");
    assert!(places["3"].as_str().is_some_and(|name| name.ends_with(".png") && !name.contains('/')), "{places}");
    assert!(sent[&number(10)].fields.contains_key("MediaUrl") && !sent[&number(10)].fields.contains_key("ContentSid"));

    // That 7 is not on WhatsApp is told by a callback, twice: one SMS follows. 5's failure is of another kind.
    for _ in 0..2 {
        assert!(gateway.receipt(&hooks, &sent[&on(7)], "undelivered", Some(63_003)).await.is_success());
    }
    wait("the SMS has gone in its stead", || both(7) == (1, 1) && house.count("accepted") == 6);
    assert!(gateway.receipt(&hooks, &sent[&on(5)], "undelivered", Some(63_016)).await.is_success());
    assert_eq!((house.count("undelivered"), both(5)), (1, (1, 0)));
    for status in ["delivered", "read"] {
        assert!(gateway.receipt(&hooks, &sent[&on(8)], status, None).await.is_success());
    }
    assert_eq!(house.count("read"), 1);

    // A button is an answer, and a no is one on every channel; a picture waits for a person like any other answer.
    let eight = on(8);
    let stop = [
        ("From", eight.as_str()),
        ("To", OURS),
        ("MessageSid", "SM0123456789abcdef0123456789abcdee"),
        ("Body", "Stopp"),
        ("ButtonText", "Stopp"),
        ("ButtonPayload", "1"),
    ];
    assert!(gateway.reply_on_whatsapp(&hooks, "twilio-wa", &stop).await.is_success());
    assert_eq!(house.json(&["contact", "check", &number(8)])["reasons"][0], "opted_out");
    let seven = on(7);
    let picture = [
        ("From", seven.as_str()),
        ("To", OURS),
        ("MessageSid", "MM0123456789abcdef0123456789abcdef"),
        ("Body", ""),
        ("NumMedia", "1"),
        ("MediaContentType0", "image/jpeg"),
        ("MediaUrl0", "https://api.twilio.com/never/asked"),
    ];
    assert!(gateway.reply_on_whatsapp(&hooks, "twilio-wa", &picture).await.is_success());
    assert_eq!(house.json(&["contact", "check", &number(7)])["reasons"][0], "held");
    assert_eq!(gateway.counts().values().copied().max(), Some(1), "nobody twice on a channel");
    for (file, bytes) in house.kept() {
        assert!(!bytes.windows(11).any(|part| part == b"ProfileName"), "{file}");
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_by_twilio_with_sms_in_its_stead_on_sqlite() {
    a_campaign(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_by_twilio_with_sms_in_its_stead_on_postgresql() {
    let url = postgres::empty().await;
    a_campaign(Some(&url)).await;
}
