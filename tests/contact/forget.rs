//! A person may see everything, and be forgotten; a no outlives that.

use crate::contact::desk::{Desk, PERSON, code, shown};

#[tokio::test]
async fn an_export_shows_everything_and_is_noted() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "Hvem er dette?").await;
    desk.json(&["contact", "note", PERSON, "liker kaffe"]);
    let all: serde_json::Value =
        serde_json::from_str(&shown(&desk.run(&["contact", "export", PERSON, "--as", "Kari", "--json"]))).unwrap();
    assert_eq!(all["addresses"][0], PERSON);
    assert_eq!(all["replies"][0]["text"], "Hvem er dette?");
    assert_eq!(all["history"][1]["note"], "liker kaffe");
    assert_eq!(all["history"][2]["kind"], "revealed");
    assert_eq!(all["history"][2]["actor"], "Kari");
    let nobody: serde_json::Value =
        serde_json::from_str(&shown(&desk.run(&["contact", "export", "+46701740606", "--json"]))).unwrap();
    assert_eq!(nobody["known"], false);
    let seen: Vec<&str> = all["seen"].as_array().unwrap().iter().map(|seen| seen["act"].as_str().unwrap()).collect();
    assert_eq!(seen, ["registered", "contact_exported"]);
}

#[tokio::test]
async fn an_export_says_who_had_the_contact_before() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "Hvem er dette?").await;
    let reply = desk.json(&["inbox", "list"])[0]["id"].as_str().unwrap().to_owned();
    desk.json(&["inbox", "take", &reply, "--as", "Kari"]);
    desk.json(&["tasks", "hand-over", "--from", "Kari", "--to", "Ola"]);
    let all: serde_json::Value =
        serde_json::from_str(&shown(&desk.run(&["contact", "export", PERSON, "--as", "Kari", "--json"]))).unwrap();
    assert_eq!((&all["handed_over"]["from"], &all["handed_over"]["to"]), (&"Kari".into(), &"Ola".into()), "{all}");
    let words = shown(&desk.run(&["contact", "export", PERSON, "--as", "Kari", "--lang", "en"]));
    assert!(words.contains("Your contact here") && words.contains("Kari before"), "{words}");
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn an_export_is_as_wide_as_the_columns_there_are() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", &"Hvem er dette, og hvor har dere nummeret mitt fra? ".repeat(5)).await;
    let widest = |columns: usize| {
        let mut command = desk.command(&["contact", "export", PERSON, "--as", "Kari"]);
        let text = shown(&command.env("COLUMNS", columns.to_string()).output().unwrap());
        text.lines().map(|line| line.chars().count()).max().unwrap()
    };
    for columns in [50, 80, 100] {
        let widest = widest(columns);
        assert!((columns - 15..=columns).contains(&widest), "{widest} of {columns}");
    }
}

#[tokio::test]
async fn an_export_can_be_handed_over_in_either_language() {
    let desk = Desk::new().await;
    desk.json(&["contact", "touch", PERSON, "--kind", "message", "--channel", "instagram", "--as", "Kari"]);
    desk.answers(PERSON, "SM1", "STOPP\n\u{202e}vær så snill").await;
    desk.json(&["contact", "note", PERSON, "liker kaffe"]);
    let en = shown(&desk.run(&["contact", "export", PERSON, "--as", "Kari", "--lang", "en"]));
    for words in [
        "What Lykten knows about you",
        PERSON,
        "You said no (by answering). We do not write to you",
        "No list that we still have names you.",
        "we took it as: no, registered",
        "| STOPP",
        "note",
        "number shown, exported, Kari",
        "| liker kaffe",
        "contact exported",
        "erased 12 months after it happened, and the text",
        "after 90 days",
    ] {
        assert!(in_one_line(&en).contains(words), "{words} is missing in\n{en}");
    }
    assert!(!en.contains('\u{202e}'), "inert");
    let by_hand = |line: &str| line.contains("message, ") && line.ends_with("Kari");
    assert!(en.lines().any(by_hand), "a message that Kari wrote down is missing in\n{en}");
    let nb = shown(&desk.run(&["contact", "export", PERSON, "--as", "Kari", "--lang", "nb"]));
    for words in ["Det Lykten vet om deg", "Du sa nei (ved å svare)", "notat", "kontakt eksportert", "etter 90 dager"]
    {
        assert!(in_one_line(&nb).contains(words), "{words} is missing in\n{nb}");
    }
    let nobody = shown(&desk.run(&["contact", "export", "+46701740606", "--lang", "en"]));
    assert!(nobody.contains("You have said no to nothing"), "{nobody}");
}

#[tokio::test]
async fn whoever_is_erased_leaves_counts_and_a_no() {
    let desk = Desk::new().await;
    desk.answers(PERSON, "SM1", "STOPP").await;
    desk.json(&["contact", "touch", PERSON, "--kind", "visit", "--note", "kom innom"]);
    let erased = desk.json(&["contact", "erase", PERSON]);
    assert_eq!((&erased["erased"], &erased["no_kept"]), (&true.into(), &true.into()));
    let mut tx = desk.db.read().await.unwrap();
    for count in [
        "select count(*) from contact",
        "select count(*) from address",
        "select count(*) from touch",
        "select count(*) from reply",
    ] {
        assert_eq!(tx.maybe(lykt::store::sql(count)).await.unwrap().unwrap().int(0).unwrap(), 0, "{count}");
    }
    let sums = crate::support::tally::sums(&mut tx).await;
    drop(tx);
    for what in ["reply:opt_out", "touch:visit", "touch:opt_out", "touch:reply"] {
        assert_eq!(sums[&(String::new(), what.to_owned())], 1, "{what}");
    }
    let check = desk.json(&["contact", "check", PERSON]);
    assert_eq!((&check["reasons"][0], &check["last"]), (&"opted_out".into(), &serde_json::Value::Null));
    // Known again, the no still counts.
    desk.json(&["contact", "touch", PERSON, "--kind", "visit"]);
    assert_eq!(desk.json(&["contact", "check", PERSON])["reasons"][0], "opted_out");
    assert_eq!(desk.json(&["contact", "erase", "+46701740606"])["erased"], false);
    assert_eq!(code(&desk.run(&["contact", "erase", "nobody"])), 2);
}
