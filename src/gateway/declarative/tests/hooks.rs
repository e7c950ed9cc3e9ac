//! What webhooks tell by a file, and whose they are.

use super::*;

#[test]
fn one_part_of_several_is_not_the_whole_message() {
    let short = opened(SHORT, account()).unwrap();
    let told = |body: &str| {
        let events = short.parse("", body.as_bytes()).unwrap();
        let Event::Receipt(receipt) = events.first().unwrap() else { panic!("{events:?}") };
        (receipt.status.as_str(), receipt.class.map(Class::as_str))
    };
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":1,"n":1}]}"#), ("delivered", None));
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":1,"n":3}]}"#), ("sent", None));
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":1}]}"#), ("sent", None));
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":2,"n":1}]}"#), ("failed", Some("bad_number")));
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":2,"n":2}]}"#), ("undelivered", Some("other")));
    assert_eq!(told(r#"{"dlr":[{"id":"a","s":"teleported","n":1}]}"#), ("accepted", None));
}

#[test]
fn one_bad_item_never_loses_the_rest_and_nothing_readable_is_an_error() {
    let short = opened(SHORT, account()).unwrap();
    let events = short.parse("", br#"{"dlr":[{"id":"a"},{"s":1},7,null,{"id":"b","s":1}]}"#).unwrap();
    assert_eq!(events.len(), 1);
    for bad in [&b"<html>"[..], b"", b"{}", b"[]", br#"{"dlr":[{"id":"a"}]}"#, br#"{"text":"STOP"}"#] {
        assert!(short.parse("", bad).is_err(), "{}", String::from_utf8_lossy(bad));
    }
    assert!(short.parse("", "[".repeat(100_000).as_bytes()).is_err());
    assert!(short.parse(&"a=1&".repeat(100_000), b"{\"text\":\"a\",\"from\":\"b\"}").is_err());
}

#[test]
fn a_provider_without_ids_tells_the_same_answer_twice_as_one() {
    let short = opened(SHORT, account()).unwrap();
    let id = |body: &str| match short.parse("", body.as_bytes()).unwrap().remove(0) {
        Event::Reply(reply) => reply.provider_id,
        other => panic!("{other:?}"),
    };
    let one = id(r#"{"from":"+46701740605","text":"STOPP","at":1}"#);
    assert_eq!(one, id(r#"{"from":"+46701740605","text":"STOPP","at":1}"#));
    assert_ne!(one, id(r#"{"from":"+46701740605","text":"STOPP","at":2}"#));
    assert_ne!(one, id(r#"{"from":"+46701740606","text":"STOPP","at":1}"#));
}

#[test]
fn what_stands_behind_a_keyword_is_the_answer() {
    let rules = "text = \"text\"\nkeyword = \"word\"\nopt_out = { \"word|upper\" = [\"STOP\", \"STOPP\"] }\n";
    let source = SHORT.replacen("text = \"text\"\n", rules, 1);
    assert_ne!(source, SHORT);
    let short = opened(&source, account()).unwrap();
    let told = |text: &str, word: &str| {
        let body = serde_json::json!({ "from": "+46701740605", "text": text, "word": word }).to_string();
        match short.parse("", body.as_bytes()).unwrap().remove(0) {
            Event::Reply(reply) => (reply.said().to_owned(), reply.hint.is_some()),
            other => panic!("{other:?}"),
        }
    };
    for (text, word, answer) in [
        ("LYKT STOPP", "LYKT", "STOPP"),
        (" lykt\n Stopp, takk", "Lykt", "Stopp, takk"),
        ("ÆRLIG ja", "ærlig", "ja"),
        ("LYKT A ja", "lykt a", "ja"),
        ("LYKT lykt ja", "LYKT", "lykt ja"),
        ("LYKT", "LYKT", "LYKT"),
        ("LYKT ", "LYKT", "LYKT "),
        ("LYKTEN STOPP", "LYKT", "LYKTEN STOPP"),
        ("STOPP LYKT", "LYKT", "STOPP LYKT"),
        ("LYKT STOPP", "LYKT A", "LYKT STOPP"),
        ("LYKT STOPP", "", "LYKT STOPP"),
        ("LYKT STOPP", " ", "LYKT STOPP"),
    ] {
        assert_eq!(told(text, word), (answer.to_owned(), false), "{text}, {word}");
    }
    assert_eq!(told("Stopp LYKT", "stopp"), ("Stopp LYKT".to_owned(), true), "a keyword that is a no stays");
}

#[test]
fn a_webhook_without_the_secret_is_nobodys() {
    let short = opened(SHORT, account()).unwrap();
    let verify = |query: &str| {
        let url = format!("https://lykt.example.org/hooks/short/inbound{query}");
        short.verify(&Hook { method: "POST", url: &url, headers: &[], body: b"{}" })
    };
    assert_eq!(verify("?key=k"), Ok(()));
    assert_eq!(verify(""), Err(Forbidden::Unsigned));
    for wrong in ["?key=", "?key=kk", "?key=K", "?key=x&key=k"] {
        assert_eq!(verify(wrong), Err(Forbidden::WrongSignature), "{wrong}");
    }
    let mut none = account();
    none.secrets.insert("key".to_owned(), Private::new(String::new()));
    assert!(opened(SHORT, none).is_err(), "an empty secret is none");
}

#[test]
fn a_signature_is_good_for_a_while_and_an_address_for_ever() {
    let verify = "verify = { ips = [\"192.0.2.0/24\"], hmac = { key = \"{key}\", over = \"{header:T}.{body}\", header = \"S\", time = \"T\", tolerance_s = 60 } }";
    let short = opened(&SHORT.replace("verify = { query = { key = \"{key}\" } }", verify), account()).unwrap();
    let headers = [("t".to_owned(), "1796115600".to_owned())];
    let hook = Hook { method: "POST", url: "https://a/hooks", headers: &headers, body: b"{}" };
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let admits = |from: &str, second| short.admits(&hook, from.parse().ok(), at(second));
    assert_eq!(admits("192.0.2.9", 1_796_115_650), Ok(()));
    assert_eq!(admits("192.0.2.9", 1_796_115_661), Err(Forbidden::Stale));
    assert_eq!(admits("192.0.2.9", 1_796_115_539), Err(Forbidden::Stale));
    assert_eq!(admits("198.51.100.1", 1_796_115_600), Err(Forbidden::WrongAddress));
    assert_eq!(short.admits(&hook, None, at(1_796_115_600)), Err(Forbidden::WrongAddress));
}
