//! Answers, until a person has read them.

use lykt::clock::new_id;
use lykt::domain::private::Private;
use lykt::domain::reply::ReplyKind;
use lykt::store::reply::{self, Reply};

use crate::contact::desk::{Desk, PERSON, code, complaint, shown};

/// So many answers of one person, one a minute.
async fn flood(desk: &Desk, many: i64) {
    let (ledger, now) = (&desk.ledger, desk.ledger.clock.now_ms());
    let mut tx = desk.db.begin().await.unwrap();
    let contact = ledger.contact(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap().id;
    for n in 0..many {
        let reply = Reply {
            id: new_id(),
            contact,
            account: "twilio-oslo".to_owned(),
            channel: "sms".to_owned(),
            provider_id: format!("SM{n}"),
            received_at: now + n * 60_000,
            wrote_at: None,
            kind: ReplyKind::Other,
            language: None,
            campaign: None,
            read_at: None,
            read_by: None,
            owner: None,
            text: Some(Private::new(format!("svar {n}."))),
        };
        assert!(reply::add(&mut tx, &ledger.vault, &reply).await.unwrap());
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_answer_is_listed_shown_and_read() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "Hvem er dette?\u{1b}[2J").await;
    desk.answers("+46701740606", "SM2", "nei").await;
    let list = desk.json(&["inbox", "list"]);
    let kinds: Vec<_> = list.as_array().unwrap().iter().map(|reply| reply["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["suspected", "other"], "noes first");
    let id = list[1]["id"].as_str().unwrap();
    let short = &id[id.len() - 8..];
    let text = shown(&desk.run(&["inbox", "list"]));
    assert!(text.contains(short) && text.contains("Hvem er dette?") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"][0], "held");
    let text = shown(&desk.run(&["inbox", "show", short]));
    assert!(text.contains("Hvem er dette?") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"][0], "held", "showing is not reading");
    assert_eq!(desk.json(&["inbox", "read", short, "--as", "Kari"])["news"], true);
    assert_eq!(desk.json(&["inbox", "read", id, "--as", "Kari"])["news"], false);
    assert_eq!(desk.json(&["contact", "check", PERSON])["may_approach"], true);
    assert_eq!(desk.json(&["inbox", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["inbox", "list", "--all"]).as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_suspected_no_becomes_one_when_staff_say_so() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "nei").await;
    let id = desk.json(&["inbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["inbox", "read", &id, "--opt-out", "--as", "Kari"])["opted_out"], true);
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"], serde_json::json!(["opted_out"]));
}

#[tokio::test]
async fn an_answer_that_is_not_there_is_wrong_use() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "hei").await;
    for id in ["", "1", "zzzz", "00000000-0000-7000-8000-000000000000", "%"] {
        for command in ["show", "read"] {
            let output = desk.run(&["inbox", command, id]);
            assert_eq!(code(&output), 2, "{id}: {}", complaint(&output));
        }
    }
    let text = shown(&desk.run(&["inbox", "list", "--lang", "nb"]));
    assert!(text.contains("1 ulest; det holder personen sin"), "{text}");
}

#[tokio::test]
async fn every_unread_answer_is_listed_and_of_all_the_newest_with_how_many_there_are() {
    let desk = Desk::new().await;
    flood(&desk, 1_003).await;
    assert_eq!(desk.json(&["inbox", "list"]).as_array().unwrap().len(), 1_003);
    let text = shown(&desk.run(&["inbox", "list"]));
    assert!(text.contains("svar 0.") && text.contains("svar 1002.") && text.contains("1003 unread"), "{text}");
    assert!(!text.contains(" of 1003"), "{text}");
    for (lang, told) in [("en", "newest 1000 of 1003 answers"), ("nb", "1000 nyeste av 1003 svar")] {
        let text = shown(&desk.run(&["inbox", "list", "--all", "--lang", lang]));
        assert!(text.contains(told), "{text}");
        let first = text.find("svar 1002.").unwrap();
        assert!(first < text.find("svar 3.").unwrap() && !text.contains("svar 2."), "newest first: {text}");
    }
    let all = desk.json(&["inbox", "list", "--all"]);
    assert_eq!((all.as_array().unwrap().len(), &all[0]["text"]), (1_003, &"svar 1002.".into()));
}
