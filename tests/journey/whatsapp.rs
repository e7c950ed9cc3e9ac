//! A campaign on WhatsApp from outside: who agreed or wrote first gets the template, and a no under an id is a no under
//! the number.

use serde_json::{Value, json};

use crate::fault_gateway::{Fault, FaultGateway, Hooks, whatsapp};
use crate::journey::house::{House, wait};
use crate::support::postgres;

pub const CAMPAIGN: &str = r#"
title = "Gratis vaksine"
goal = "20 personer får første dose"
basis = "public task, DPIA 2026-04 section 3"
starts = 2026-12-01
ends = 2026-12-31

[targets]
list = "lists/vinter.csv"
columns = { phone = "telefon", language = "språk", region = "sted" }

[message]
channels = ["whatsapp"]
gateway = { whatsapp = "wa-oslo" }
sender = "Amanda"
image = "media/four.png"

[[message.variant]]
name = "personal"
text.nb = "Hei! Dette er {{ sender }} i {{ region }}. Gratis lege og advokat. Svar STOPP for å slippe flere."
text.en = "Hi! This is {{ sender }} in {{ region }}. Free doctor and lawyer. Reply STOP to opt out."
[message.variant.template]
name = "vaccine"
languages = { en = "en_US" }
variables = ["{{ sender }}", "{{ region }}"]
buttons = ["Stopp"]

[window]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
until = "20:00"
holidays = "NO"
rate = "10/s"
"#;

/// A picture of one point.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82";

pub fn number(n: u32) -> String {
    format!("+467017406{n:02}")
}

pub fn house(gateway: &FaultGateway, database: Option<&str>) -> House {
    let mut list = String::from("telefon;språk;sted\n");
    for n in 5..12 {
        list += &format!("{};{};Oslo\n", number(n), if n == 6 { "en" } else { "nb" });
    }
    let house = House::new(gateway, &list, "10/s", database);
    let settings = std::fs::read_to_string(house.root().join("lykt.toml")).unwrap();
    let account = format!(
        "[gateways.wa-oslo]\nkind = \"whatsapp_cloud\"\nphone_number_id = \"{}\"\nwaba_id = \"{}\"\naccess_token = {{ file = \"wa.token\" }}\n\
         app_secret = {{ file = \"wa.app\" }}\nverify_token = {{ file = \"wa.verify\" }}\nbase_url = \"{}\"\nrate = \"100/s\"\n[clock]",
        whatsapp::NUMBER_ID,
        whatsapp::WABA_ID,
        gateway.base_url()
    );
    house.write("lykt.toml", &settings.replace("[clock]", &account));
    house.write("wa.token", &format!("{}\n", whatsapp::ACCESS_TOKEN));
    house.write("wa.app", whatsapp::APP_SECRET);
    house.write("wa.verify", "sesame");
    house.write("campaigns/vinter.toml", CAMPAIGN);
    std::fs::create_dir_all(house.root().join("campaigns/media")).unwrap();
    std::fs::write(house.root().join("campaigns/media/four.png"), PNG).unwrap();
    house
}

pub fn text(from: &str, id: &str, words: &str) -> Value {
    let who = from.trim_start_matches('+');
    json!({ "contacts": [{ "wa_id": who, "profile": { "name": "A" } }],
        "messages": [{ "from": who, "id": id, "timestamp": "1", "type": "text", "text": { "body": words } }] })
}

pub async fn tell(gateway: &FaultGateway, hooks: &Hooks, field: &str, value: Value) {
    let told = gateway.meta(hooks, "wa-oslo", field, value).await;
    assert!(told.is_success(), "{told}");
}

async fn a_campaign(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let house = house(&gateway, database);
    let hooks = house.hooks();
    let daemon = house.serve();

    // Meta asks whether the address is ours.
    #[expect(clippy::disallowed_methods, reason = "the outside world has its own client")]
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |token: &str| {
        let url = format!(
            "{}/hooks/wa-oslo?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}",
            hooks.local
        );
        let answer = client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(ask("sesame").await, (200, "1158201444".to_owned()));
    assert_eq!(ask("guess").await.0, 403);
    let body = "{\"entry\":[]}";
    let signed = client.post(format!("{}/hooks/wa-oslo", hooks.local)).header("X-Hub-Signature-256", "sha256=00");
    assert_eq!(signed.body(body).send().await.unwrap().status().as_u16(), 403);
    // Signed, and nested deeper than anybody's: kept, and said to be broken.
    let deep = "[".repeat(100_000);
    let signed = client.post(format!("{}/hooks/wa-oslo", hooks.local));
    let signed = signed.header("X-Hub-Signature-256", whatsapp::sign(&deep)).body(deep);
    assert_eq!(signed.send().await.unwrap().status().as_u16(), 400);

    // The templates are compared with the account's.
    let check = house.lykt(&["check", "campaigns/vinter.toml"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    gateway.set_templates(json!([{ "name": "vaccine", "language": "nb", "status": "APPROVED", "components": [
        { "type": "HEADER", "format": "IMAGE" },
        { "type": "BODY", "text": "Hei! Dette er {{1}} i {{2}}. Gratis lege og advokat." },
        { "type": "FOOTER", "text": "Svar STOPP for å slippe flere." },
        { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Stopp" }] } ] }]));
    let check = house.lykt(&["check", "--online", "campaigns/vinter.toml"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(2), "{said}");
    assert!(said.contains("vaccine, en_US") && said.contains("in nb only") && !said.contains("vaccine, nb"), "{said}");

    // Two agreed, one wrote first; the others did not.
    for n in [5, 6, 7, 10] {
        let agreed = ["contact", "opt-in", &number(n), "--channel", "whatsapp", "--as", "Kari", "--reason", "on paper"];
        assert_eq!(house.json(&agreed)["agreed"], "whatsapp");
    }
    tell(&gateway, &hooks, "messages", text(&number(8), "wamid.FIRST", "Hei, har dere lege?")).await;
    let unread = house.json(&["inbox", "list"]);
    let first = unread[0]["id"].as_str().unwrap().to_owned();
    let answer = ["inbox", "answer", &first, "--text", "Ja, hver dag.", "--as", "Kari", "--now"];
    let answered = house.lykt(&answer);
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    wait("the answer goes out", || gateway.accepts().len() == 1);
    assert_eq!(
        (gateway.accepts()[0].to.as_str(), gateway.accepts()[0].body.as_str()),
        (number(8).as_str(), "Ja, hver dag.")
    );

    // 10 is not on WhatsApp. 8 has just been answered, so the cooldown stands.
    gateway.fail_for(&number(10), Some(Fault::Refuse(131_026)));
    let plan = house.json(&["plan", "vinter"]);
    assert_eq!((&plan["eligible"], &plan["left_out"]["not_allowed"]), (&json!(4), &json!(2)), "{plan}");
    house.json(&["approve", "vinter", "--people", "4"]);
    wait("the campaign has gone out", || house.count("accepted") == 3 && house.count("failed") == 1);
    let accepts = gateway.accepts();
    let sent: Vec<Value> =
        accepts[1..].iter().map(|accept| serde_json::from_str(&accept.fields["document"]).unwrap()).collect();
    let of = |n: u32| sent.iter().find(|sent| sent["to"] == number(n)).unwrap();
    assert_eq!(of(5)["template"]["name"], "vaccine");
    assert_eq!(
        (&of(5)["template"]["language"]["code"], &of(6)["template"]["language"]["code"]),
        (&json!("nb"), &json!("en_US"))
    );
    let components = of(5)["template"]["components"].as_array().unwrap();
    assert!(
        components[0]["parameters"][0]["image"]["link"]
            .as_str()
            .unwrap()
            .starts_with("https://lykt.example.org/media/")
    );
    assert_eq!(components[1]["parameters"][1]["text"], "Oslo");

    // A receipt brings an id beside the number; then a no comes under the id alone.
    let told = accepts.iter().find(|accept| accept.to == number(5)).unwrap();
    let status = json!({ "id": told.sid, "status": "delivered", "timestamp": "1", "biz_opaque_callback_data": told.token,
        "recipient_id": number(5).trim_start_matches('+'), "recipient_user_id": "SE.1502576394655843" });
    tell(&gateway, &hooks, "messages", json!({ "statuses": [status] })).await;
    assert_eq!(house.count("delivered"), 1);
    let stop = json!({ "contacts": [{ "user_id": "SE.1502576394655843", "profile": { "username": "@a" } }],
        "messages": [{ "from_user_id": "SE.1502576394655843", "id": "wamid.STOP", "type": "button",
            "button": { "payload": "Stopp", "text": "Stopp" } }] });
    tell(&gateway, &hooks, "messages", stop).await;
    assert_eq!(house.json(&["contact", "check", &number(5)])["reasons"][0], "opted_out");
    let again = ["contact", "opt-in", &number(5), "--channel", "whatsapp", "--as", "Kari", "--reason", "on paper"];
    assert_eq!(house.lykt(&again).status.code(), Some(3), "a yes to a channel lifts no no");

    // Meta knows a person by a number of before, and tells so with the receipt; their no comes under it.
    let told = accepts.iter().find(|accept| accept.to == number(6)).unwrap();
    let before = "46701740650";
    let status =
        json!({ "id": told.sid, "status": "sent", "recipient_id": before, "biz_opaque_callback_data": told.token });
    tell(&gateway, &hooks, "messages", json!({ "statuses": [status] })).await;
    tell(&gateway, &hooks, "messages", text(before, "wamid.BEFORE", "Hei, hvem er dere?")).await;
    assert_eq!(house.json(&["contact", "check", &number(6)])["reasons"][0], "held");

    // A choice in the app's settings is a no too, and Meta's word in a receipt.
    let choice = json!({ "user_preferences": [{ "wa_id": number(6).trim_start_matches('+'), "detail": "User requested to stop",
        "category": "marketing_messages", "value": "stop", "timestamp": 1 }] });
    tell(&gateway, &hooks, "user_preferences", choice).await;
    assert_eq!(house.json(&["contact", "check", &number(6)])["reasons"][0], "opted_out");
    let told = accepts.iter().find(|accept| accept.to == number(7)).unwrap();
    let status = json!({ "id": told.sid, "status": "failed", "recipient_id": "46", "errors": [{ "code": 131_050, "title": "t" }] });
    tell(&gateway, &hooks, "messages", json!({ "statuses": [status] })).await;
    assert_eq!(house.json(&["contact", "check", &number(7)])["reasons"][0], "opted_out");
    assert_eq!(gateway.counts().values().copied().max(), Some(1), "nobody twice");

    // What happens to the template is told to people at the service.
    let paused = json!({ "event": "PAUSED", "message_template_name": "vaccine", "message_template_language": "nb" });
    tell(&gateway, &hooks, "message_template_status_update", paused).await;
    let log = || std::fs::read_to_string(house.root().join("serve.log")).unwrap();
    wait("a notice", || log().contains("vaccine, nb"));
    for secret in [whatsapp::ACCESS_TOKEN, whatsapp::APP_SECRET, "70174060", "SE.15025"] {
        assert!(!log().contains(secret), "{secret}");
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_by_whatsapp_on_sqlite() {
    a_campaign(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_by_whatsapp_on_postgresql() {
    let url = postgres::empty().await;
    a_campaign(Some(&url)).await;
}
