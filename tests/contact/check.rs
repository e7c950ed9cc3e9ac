//! Checked before anybody is contacted.

use lykt::domain::private::Private;
use lykt::store::keeping::{self, Kept};
use lykt::store::touch::{Touch, TouchKind};
use serde_json::Value;

use crate::contact::desk::{Desk, PERSON, SPELLINGS, code, complaint, shown};

#[tokio::test]
async fn a_hand_over_stands_in_the_history_where_it_happened() {
    let desk = Desk::new().await;
    desk.json(&["contact", "touch", PERSON, "--kind", "message", "--as", "Kim"]);
    let mut tx = desk.db.begin().await.unwrap();
    let known = desk.ledger.contact(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap();
    let since = desk.ledger.clock.now_ms() + 3_600_000;
    let kept = Kept { by: "Amanda".to_owned(), before: "Kim".to_owned(), since };
    keeping::pass_contacts(&mut tx, &[known.id], &kept).await.unwrap();
    let mut later = Touch::new(TouchKind::Visit, since + 1);
    later.actor = Some("Amanda".to_owned());
    desk.ledger.register(&mut tx, known.id, &later).await.unwrap();
    tx.commit().await.unwrap();
    let history = desk.json(&["contact", "history", PERSON]);
    let kinds: Vec<_> = history.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["message", "handed_over", "visit"]);
    assert_eq!((&history[1]["from"], &history[1]["to"]), (&"Kim".into(), &"Amanda".into()));
    for command in ["history", "check"] {
        let shown = desk.run(&["contact", command, PERSON, "--lang", "nb"]);
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(shown.contains("overlatt") && shown.contains("Kim > Amanda"), "{shown}");
    }
}

#[tokio::test]
async fn somebody_unknown_may_be_approached() {
    let desk = Desk::new().await;
    let check = desk.json(&["contact", "check", PERSON]);
    assert_eq!(check["may_approach"], true);
    assert_eq!(
        (&check["reasons"], &check["again_at"], &check["last"]),
        (&Value::Array(vec![]), &Value::Null, &Value::Null)
    );
    let text = shown(&desk.run(&["contact", "check", PERSON]));
    assert!(text.starts_with("Yes: this number may be approached now."), "{text}");
    let text = shown(&desk.run(&["contact", "check", PERSON, "--lang", "nb"]));
    assert!(text.starts_with("Ja: dette nummeret kan kontaktes nå."), "{text}");
}

#[tokio::test]
async fn a_message_by_hand_starts_the_cooldown_for_every_spelling() {
    let desk = Desk::new().await;
    desk.json(&["contact", "touch", PERSON, "--kind", "message", "--channel", "Instagram", "--at", "2026-11-23"]);
    for spelling in SPELLINGS {
        let check = desk.json(&["contact", "check", spelling]);
        assert_eq!(check["may_approach"], false, "{spelling}");
        assert_eq!((&check["reasons"][0], &check["again_at"]), (&"cooldown".into(), &"2027-05-23".into()));
        assert_eq!((&check["last"]["kind"], &check["last"]["channel"]), (&"message".into(), &"instagram".into()));
        assert_eq!(check["last"]["at"], "2026-11-23T12:00:00+01:00");
    }
    let output = desk.run(&["contact", "check", PERSON]);
    assert_eq!(code(&output), 0, "\"may not\" is an answer");
    let text = shown(&output);
    assert!(text.starts_with("No: this number may not be approached before 2027-05-23"), "{text}");
    assert!(text.contains("2026-11-23 12:00") && text.contains("instagram"), "{text}");
}

#[tokio::test]
async fn an_address_may_come_on_stdin() {
    let desk = Desk::new().await;
    let output = desk.say(&["contact", "opt-out", "-"], "0046 70 174 06 05\r\n");
    assert_eq!(code(&output), 0, "{}", complaint(&output));
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"][0], "opted_out");
    let output = desk.say(&["contact", "note", "-", "-"], "+46701740605\nwants to be called Ann\nnot before noon\n");
    assert_eq!(code(&output), 0, "{}", complaint(&output));
    let history = desk.json(&["contact", "history", PERSON]);
    assert_eq!(history[1]["note"], "wants to be called Ann\nnot before noon");
    for empty in ["", "\n", "+46701740605"] {
        assert_eq!(code(&desk.say(&["contact", "note", "-"], empty)), 2, "{empty:?}");
    }
}

#[tokio::test]
async fn more_addresses_on_stdin_than_a_command_takes_are_refused_before_anything_is_done() {
    let desk = Desk::new().await;
    let three = "+46701740605\n+46701740606\n+46701740607\n";
    for args in [&["contact", "opt-out", "-"][..], &["contact", "touch", "-", "--kind", "call", "--note", "hi"]] {
        let output = desk.say(args, three);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(complaint(&output).contains("one at a time"), "{args:?}: {}", complaint(&output));
    }
    assert_eq!(code(&desk.say(&["contact", "link", "-", "-"], three)), 2);
    assert_eq!(desk.json(&["contact", "history", PERSON]).as_array().unwrap().len(), 0);
    let output = desk.say(&["contact", "link", "-", "-"], "+46701740605\n+46701740606\n\n");
    assert_eq!(code(&output), 0, "{}", complaint(&output));
}

#[tokio::test]
async fn a_number_from_an_old_program_is_read_through_its_spaces() {
    let desk = Desk::new().await;
    let output = desk.say(&["contact", "opt-out", "-"], b"+46\xa070\xa0174\xa006 05\r\n");
    assert_eq!(code(&output), 0, "{}", complaint(&output));
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"][0], "opted_out");
}

#[tokio::test]
async fn what_is_no_number_is_explained() {
    let desk = Desk::new().await;
    for (written, told) in [
        ("", "nothing is written"),
        ("Amanda", "no phone number"),
        ("+4790O01234", "letters in place of digits"),
        ("+46701740605 / +46701740606", "more than one"),
        ("+46123", "not understood"),
    ] {
        let output = desk.run(&["contact", "check", written]);
        assert_eq!(code(&output), 2, "{written}");
        assert!(complaint(&output).contains(told), "{written}: {}", complaint(&output));
    }
    assert_eq!(desk.json(&["contact", "opt-out", "+46123456"])["news"], true, "no no is turned away");
    assert_eq!(desk.json(&["contact", "check", "+46123456"])["may_approach"], false);
}

#[tokio::test]
async fn whoever_answered_from_a_short_code_can_be_looked_up() {
    let desk = Desk::new().await;
    desk.answers("26112", "SM1", "STOPP").await;
    assert_eq!(desk.json(&["contact", "check", "26112"])["reasons"][0], "opted_out");
    assert_eq!(code(&desk.run(&["contact", "check", "26113"])), 2);
}

#[tokio::test]
async fn words_around_a_number_make_nobody_else_of_it() {
    let desk = Desk::new().await;
    for (n, written) in [
        "WhatsApp: +46701740605 (Anna)",
        "Anna: 0046 70 174 06 06 Oslo",
        "Mobile: +46701740607, ring etter 12",
        "Kontakt: (+46) 70-174 06 08",
        "telegram:+46701740609",
        "kik:+46701740610",
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("+467017406{:02}", n + 5);
        desk.json(&["contact", "opt-out", written]);
        assert_eq!(desk.json(&["contact", "check", &number])["reasons"][0], "opted_out", "{written}");
    }
    for doubtful in [
        "Anna: +46701740611, +46701740612",
        "WhatsApp: 9l234567",
        "hookup: 4OO1234O",
        "Anna: 4,6701740605E+10",
        "Anna: 4.6701740605E+10",
    ] {
        assert_eq!(code(&desk.run(&["contact", "opt-out", doubtful])), 2, "{doubtful}");
    }
    for nick in
        ["instagram:anna0701740613", "facebook:46701740613", "kik:46701740613", "hookup:anna 77", "instagram：anna_x"]
    {
        desk.json(&["contact", "opt-out", nick]);
        assert_eq!(desk.json(&["contact", "check", nick])["reasons"][0], "opted_out", "{nick}");
    }
    assert_eq!(desk.json(&["contact", "check", "+46701740613"])["may_approach"], true);
    let page = "https://facebook.com/profile.php?id=46701740613";
    assert_eq!(desk.json(&["contact", "check", page])["reasons"][0], "opted_out");
    // Whoever was forgotten is known by their no alone, and is not taken for somebody else of that name.
    desk.json(&["contact", "opt-out", "instagram:lin"]);
    desk.json(&["contact", "touch", "hookup:lin", "--kind", "call"]);
    desk.json(&["contact", "erase", "instagram:lin"]);
    assert_eq!(code(&desk.run(&["contact", "check", "lin"])), 2);
}

#[tokio::test]
async fn whoever_wrote_from_an_id_on_a_platform_is_named_by_it_and_is_nobody_with_such_a_number() {
    let desk = Desk::new().await;
    for (n, id) in ["messenger:42424242", "vonage:91234567"].into_iter().enumerate() {
        desk.answers(id, &format!("SM{n}"), "hei").await;
        desk.json(&["contact", "opt-out", id]);
        assert_eq!(desk.json(&["contact", "check", id])["reasons"][0], "opted_out", "{id}");
    }
    assert_eq!(desk.json(&["contact", "check", "+4791234567"])["may_approach"], true);
    assert_eq!(desk.json(&["contact", "check", "facebook:42424242"])["may_approach"], true);
}
