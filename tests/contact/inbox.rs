//! Answers, until a person has read them.

use crate::contact::desk::{Desk, PERSON, code, complaint, shown};

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
    assert!(text.contains("1 uleste"), "{text}");
}
