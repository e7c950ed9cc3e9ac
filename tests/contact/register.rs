//! What staff do by hand is registered, and never refused.

use crate::contact::desk::{Desk, PERSON, code, complaint};

#[tokio::test]
async fn an_answered_call_counts_and_an_unanswered_one_does_not() {
    let desk = Desk::new().await;
    assert!(desk.json(&["contact", "touch", PERSON, "--kind", "call"])["again_at"].is_null());
    assert!(desk.json(&["contact", "touch", PERSON, "--kind", "visit"])["again_at"].is_null());
    assert!(desk.json(&["contact", "touch", PERSON, "--kind", "note", "--note", "hei"])["again_at"].is_null());
    assert_eq!(desk.json(&["contact", "check", PERSON])["may_approach"], true);
    let told = desk.json(&["contact", "touch", PERSON, "--kind", "call", "--answered", "--as", "Kari"]);
    assert_eq!(told["again_at"], "2027-06-01");
    let history = desk.json(&["contact", "history", PERSON]);
    let kinds: Vec<_> = history.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["call", "visit", "note", "call"]);
    assert_eq!((&history[3]["detail"], &history[3]["actor"]), (&"answered".into(), &"Kari".into()));
}

#[tokio::test]
async fn what_happened_is_registered_even_after_a_no() {
    let desk = Desk::new().await;
    desk.json(&["contact", "opt-out", PERSON]);
    desk.json(&["contact", "touch", PERSON, "--kind", "message", "--at", "2026-11-30T09:15"]);
    let reasons = desk.json(&["contact", "check", PERSON])["reasons"].clone();
    assert_eq!(reasons, serde_json::json!(["opted_out", "cooldown"]));
}

#[tokio::test]
async fn a_touch_that_cannot_be_is_wrong_use() {
    let desk = Desk::new().await;
    for args in [
        &["--kind", "visit", "--answered"][..],
        &["--kind", "message", "--at", "2027-01-01"],
        &["--kind", "message", "--at", "soon"],
        &["--kind", "message", "--at", "2026-02-30"],
        &["--kind", "message", "--channel", "+46701740606"],
        &["--kind", "note"],
        &["--kind", "letter"],
        &[],
    ] {
        let output = desk.run(&[&["contact", "touch", PERSON], args].concat());
        assert_eq!(code(&output), 2, "{args:?}: {}", complaint(&output));
    }
    assert_eq!(desk.json(&["contact", "history", PERSON]).as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_no_is_final_until_a_named_person_lifts_it_with_a_reason() {
    let desk = Desk::new().await;
    assert_eq!(desk.json(&["contact", "opt-out", PERSON, "--as", "Kari"])["news"], true);
    assert_eq!(desk.json(&["contact", "opt-out", PERSON])["news"], false);
    for args in [&[][..], &["--as", "Kari"], &["--reason", "asked for it"], &["--as", " ", "--reason", "x"]] {
        assert_eq!(code(&desk.run(&[&["contact", "opt-in", PERSON], args].concat())), 2, "{args:?}");
        assert_eq!(desk.json(&["contact", "check", PERSON])["may_approach"], false);
    }
    let lift = ["contact", "opt-in", PERSON, "--as", "Kari", "--reason", "came by and asked for it"];
    assert_eq!(desk.json(&lift)["lifted"], true);
    assert_eq!(desk.json(&["contact", "check", PERSON])["may_approach"], true);
    assert_eq!(desk.json(&lift)["lifted"], false);
    let history = desk.json(&["contact", "history", PERSON]);
    assert_eq!(history[1]["note"], "came by and asked for it");
    assert_eq!(history.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_note_that_reads_like_a_health_record_is_warned_of_in_the_terminal_too() {
    let desk = Desk::new().await;
    for (lang, told) in [("en", "reads like a health record: gravid"), ("nb", "ligner en journal: gravid")] {
        for args in [
            &["contact", "note", PERSON, "hun er gravid"][..],
            &["contact", "touch", PERSON, "--kind", "visit", "--note", "hun er gravid"],
        ] {
            let output = desk.run(&[args, &["--lang", lang]].concat());
            assert!(code(&output) == 0 && complaint(&output).contains(told), "{args:?}: {}", complaint(&output));
        }
    }
    assert_eq!(
        desk.json(&["contact", "history", PERSON]).as_array().unwrap().len(),
        4,
        "and saved: nobody could be asked"
    );
    let output = desk.run(&["contact", "note", PERSON, "ring etter klokken tolv"]);
    assert!(!complaint(&output).contains("record"), "{}", complaint(&output));
}

#[tokio::test]
async fn a_no_given_as_a_link_is_the_persons_and_a_link_to_nobody_is_refused() {
    let desk = Desk::new().await;
    for (written, address) in [
        ("https://wa.me/46701740690", "+46701740690"),
        ("https://api.whatsapp.com/send?phone=46701740691&text=Hi", "+46701740691"),
        ("whatsapp:46701740692", "+46701740692"),
        ("sms:46701740686", "+46701740686"),
        ("tel:+46-70-174-06-87", "+46701740687"),
        ("https://www.instagram.com/Anna77/?igsh=abc", "instagram:anna77"),
        ("facebook.com/anna.berg", "facebook:anna.berg"),
        ("hookup:anna", "hookup:anna"),
        ("https://ig.me/m/Anna78", "instagram:anna78"),
        ("https://www.instagram.com/stories/Anna79/3141592653589793238/", "instagram:anna79"),
        ("https://www.facebook.com/people/Anna-Berg/1000123/", "https://facebook.com/profile.php?id=1000123"),
        ("https://m.me/anna.b", "facebook:anna.b"),
        ("https://t.me/Anna_80", "telegram:anna_80"),
        ("snapchat.com/add/anna81", "snapchat:anna81"),
        ("https://www.threads.net/@anna82", "threads:anna82"),
        ("https://www.tiktok.com/@anna83", "tiktok:anna83"),
    ] {
        assert_eq!(desk.json(&["contact", "opt-out", written])["news"], true, "{written}");
        assert_eq!(desk.json(&["contact", "check", address])["reasons"][0], "opted_out", "{written}");
    }
    for (written, told) in [
        ("https://example.org/anna", "a link"),
        ("//example.org/anna", "a link"),
        ("https://www.instagram.com/p/Cx1/", "a link"),
        ("https://www.instagram.com/stories/highlights/17900000000000000/", "a link"),
        ("https://www.facebook.com/people/Anna-Berg/", "a link"),
        ("https://t.me/+AbCdEf", "a link"),
        ("https://t.me/46701740693", "a link"),
        ("whatsapp:123", "not understood"),
        ("sms:0701740688", "not understood"),
    ] {
        let output = desk.run(&["contact", "opt-out", written]);
        assert_eq!(code(&output), 2, "{written}");
        assert!(complaint(&output).contains(told), "{written}: {}", complaint(&output));
    }
}

#[tokio::test]
async fn a_no_for_a_number_that_no_plan_knows_is_taken_however_it_is_written() {
    let desk = Desk::new().await;
    for (n, written) in [
        "+447700900100",
        "+44 7700 900101",
        "0044 7700-900102",
        "+44 (0)7700 900103",
        "tel:+44-7700-900104",
        "https://wa.me/447700900105?text=Hi",
        "https://api.whatsapp.com/send?phone=447700900106",
        "WhatsApp: +44 7700 900107 (Anna)",
        "tlf: +44 7700 900108",
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("+4477009001{n:02}");
        assert_eq!(code(&desk.run(&["contact", "check", written])), 2, "{written}: no yes for what may be a slip");
        assert_eq!(desk.json(&["contact", "opt-out", written])["news"], true, "{written}");
        for address in [written, &number] {
            assert_eq!(desk.json(&["contact", "check", address])["reasons"][0], "opted_out", "{written}");
        }
        assert_eq!(desk.json(&["contact", "opt-out", &number])["news"], false, "{written}");
    }
    let told = desk.run(&["contact", "opt-out", "+44 7700 900109", "--lang", "nb"]);
    assert!(code(&told) == 0 && complaint(&told).contains("Ingen nummerplan kjenner"), "{}", complaint(&told));
    // Whoever is called by a number of before is the person of today.
    desk.json(&["contact", "opt-out", "+55 11 8765-4321"]);
    assert_eq!(desk.json(&["contact", "check", "+5511987654321"])["reasons"][0], "opted_out");
}

#[tokio::test]
async fn a_no_that_may_be_somebody_elses_is_refused_and_what_was_understood_is_shown() {
    let desk = Desk::new().await;
    for (written, told) in [
        ("447700900110", "like this, with nothing around it: +447700900110"),
        ("whatsapp:447700900110", "like this, with nothing around it: +447700900110"),
        ("+447700900110 (24)", "+44770090011024"),
        ("+4407700900110", "like this, with nothing around it: +447700900110"),
        ("Anna (24): +447700900110", "not understood"),
        ("+447700900110, +447700900111", "not understood"),
        ("+0701740620", "not understood"),
        ("https://example.org/447700900110", "a link"),
        ("+46 70-174 O6 20", "Did you mean +46701740620?"),
        ("WhatsApp: +46 70-174 O6 20", "Did you mean +46701740620?"),
    ] {
        let output = desk.run(&["contact", "opt-out", written]);
        assert_eq!(code(&output), 2, "{written}");
        assert!(complaint(&output).contains(told), "{written}: {}", complaint(&output));
    }
    let file = desk.path("lykt.toml");
    let settings =
        std::fs::read_to_string(&file).unwrap().replace("[organisation]\n", "[organisation]\nregion = \"GB\"\n");
    std::fs::write(file, settings).unwrap();
    let output = desk.run(&["contact", "opt-out", "07700 900110"]);
    assert!(code(&output) == 2 && complaint(&output).contains(": +447700900110"), "{}", complaint(&output));
    assert_eq!(code(&desk.run(&["contact", "check", "+447700900110"])), 2, "no no was taken");
    assert_eq!(desk.json(&["contact", "check", "+46701740620"])["may_approach"], true);
}
