//! A picture campaign by WhatsApp with SMS in its stead: who is not on WhatsApp gets the SMS, also when that is told only
//! later; a doubt falls back to nothing; each person is reached once.

use serde_json::{Value, json};

use crate::fault_gateway::{Accept, Fault, FaultGateway};
use crate::journey::house::wait;
use crate::journey::whatsapp::{CAMPAIGN, house, number, tell};
use crate::support::postgres;

/// Four languages, and both channels.
fn campaign() -> String {
    let en = "text.en = \"Hi! This is {{ sender }} in {{ region }}. Free doctor and lawyer. Reply STOP to opt out.\"";
    let more = "text.th = \"สวัสดี {{ sender }} {{ region }} หมอและทนายฟรี ตอบ STOP เพื่อหยุด\"\n\
        text.ro = \"Salut! Sunt {{ sender }} din {{ region }}. Medic gratuit. Raspunde STOP ca sa nu mai scriem.\"";
    CAMPAIGN
        .replace("channels = [\"whatsapp\"]", "channels = [\"whatsapp\", \"sms\"]")
        .replace("gateway = { whatsapp = \"wa-oslo\" }", "gateway = { whatsapp = \"wa-oslo\", sms = \"twilio-oslo\" }")
        .replace(en, &format!("{en}\n{more}"))
}

/// Whether a message went by WhatsApp, and not by SMS.
fn by_whatsapp(accept: &Accept) -> bool {
    accept.sid.starts_with("wamid.")
}

async fn a_campaign(database: Option<&str>) {
    let gateway = FaultGateway::start().await;
    let house = house(&gateway, database);
    house.write("campaigns/vinter.toml", &campaign());
    let languages = ["nb", "en", "th", "ro", "nb", "th", "en"];
    let rows = (5..12).zip(languages).map(|(n, language)| format!("{};{language};Oslo\n", number(n)));
    house.write("campaigns/lists/vinter.csv", &format!("telefon;språk;sted\n{}", rows.collect::<String>()));
    let hooks = house.hooks();
    let daemon = house.serve();
    for n in [5, 6, 7, 8, 10, 11] {
        house.json(&["contact", "opt-in", &number(n), "--channel", "whatsapp", "--as", "Kari", "--reason", "on paper"]);
    }
    // 5 agreed to WhatsApp, and asked for SMS.
    house.json(&["contact", "prefer", &number(5), "--channel", "sms", "--as", "Kari"]);
    // 10 agreed to WhatsApp, and wrote by SMS last: they stay where they are.
    gateway.reply(&hooks, "twilio-oslo", &number(10), "+4759440000", "Hei, når har dere åpent?").await;
    let unread = house.json(&["inbox", "list"]);
    house.json(&["inbox", "read", unread[0]["id"].as_str().unwrap(), "--as", "Kari"]);
    // 6 is not on WhatsApp, says Meta at once; 8 is left in doubt.
    gateway.fail_for(&format!("whatsapp:{}", number(6)), Some(Fault::Refuse(131_026)));
    gateway.fail_for(&format!("whatsapp:{}", number(8)), Some(Fault::AcceptThenDrop));

    let plan = house.json(&["plan", "vinter"]);
    assert_eq!(plan["eligible"], json!(7), "{plan}");
    house.json(&["approve", "vinter", "--people", "7"]);
    wait("everybody's first message has gone", || house.count("accepted") == 6 && house.count("in_doubt") == 1);
    let went = |n: u32, whatsapp: bool| {
        gateway.accepts().iter().filter(|a| a.to == number(n) && by_whatsapp(a) == whatsapp).count()
    };
    let both = |n| (went(n, true), went(n, false));
    assert_eq!([5, 6, 7, 8, 9, 10, 11].map(both), [(0, 1), (0, 1), (1, 0), (1, 0), (0, 1), (0, 1), (1, 0)]);

    // That 7 was never on WhatsApp is told by a callback, twice: one SMS follows.
    let seventh = gateway.accepts().into_iter().find(|accept| accept.to == number(7)).unwrap();
    let failed = |stamp: &str| {
        json!({ "statuses": [{ "id": seventh.sid, "status": "failed", "timestamp": stamp,
            "biz_opaque_callback_data": seventh.token, "recipient_id": number(7).trim_start_matches('+'),
            "errors": [{ "code": 131_026, "title": "Message undeliverable" }] }] })
    };
    for stamp in ["1", "2"] {
        tell(&gateway, &hooks, "messages", failed(stamp)).await;
    }
    wait("the SMS has gone in its stead", || both(7) == (1, 1) && house.count("accepted") == 6);
    tell(&gateway, &hooks, "messages", failed("3")).await;
    // A failure for another reason than that the person is not there falls back to nothing.
    let eleventh = gateway.accepts().into_iter().find(|accept| accept.to == number(11)).unwrap();
    let other = json!({ "statuses": [{ "id": eleventh.sid, "status": "failed", "timestamp": "1",
        "recipient_id": "46", "errors": [{ "code": 131_053, "title": "Media upload error" }] }] });
    tell(&gateway, &hooks, "messages", other).await;
    assert_eq!(house.count("undelivered"), 1);

    let states: Value = house.json(&["status", "vinter"])["messages"].clone();
    let all: i64 = states.as_object().unwrap().values().filter_map(Value::as_i64).sum();
    assert_eq!((all, &states["accepted"], &states["in_doubt"]), (7, &json!(5), &json!(1)), "{states}");
    assert_eq!([8, 11].map(both), [(1, 0), (1, 0)], "a doubt and another failure stay where they are");
    let check = house.json(&["contact", "check", &number(7)]);
    assert_eq!(check["reasons"], json!(["cooldown"]), "one approach in the ledger: {check}");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn sms_stands_in_for_whatsapp_on_sqlite() {
    a_campaign(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sms_stands_in_for_whatsapp_on_postgresql() {
    let url = postgres::empty().await;
    a_campaign(Some(&url)).await;
}
