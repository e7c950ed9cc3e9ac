//! The provider files that come with Lykt, and what a file may get wrong.

mod hooks;

use super::*;
use crate::domain::channel::Channel;
use crate::domain::private::Private;
use crate::gateway::exchange::Response;
use crate::gateway::listing::Way;
use crate::gateway::outgoing::{Address, Token};
use std::time::Duration;

use crate::gateway::verdict::{Doubt, Unsent};

/// A file as short as one may be.
const SHORT: &str = r#"
name = "Short"
base_url = "https://api.example.com"
[secrets]
key = "the key"
[send]
path = "/send"
json = { to = "{to}", text = "{text}", ref = "{reference}" }
[[send.answer]]
http = 200
when = { ok = true }
means = "accepted"
id = "id"
[hooks]
format = "json"
verify = { query = { key = "{key}" } }
[[reply]]
when = { text = { present = true } }
from = "from"
text = "text"
[[receipt]]
each = "dlr.*"
id = "id"
status = "s"
is = { 1 = "delivered", 2 = "failed bad_number" }
one_a_part = true
parts = "n"
"#;

/// The mistakes of a file, each with its line.
fn mistakes(source: &str) -> Vec<(usize, String)> {
    let told = |mistake: &Mistake| (mistake.position(source).0, format!("{}; {}", mistake.text.en, mistake.help.en));
    Definition::read(source).err().unwrap_or_default().iter().map(told).collect()
}

fn account() -> Account {
    Account {
        name: "short".to_owned(),
        from: None,
        values: Default::default(),
        secrets: [("key".to_owned(), Private::new("k".to_owned()))].into(),
        base_url: None,
        allow_hosts: Vec::new(),
        hooks_url: "https://lykt.example.org/hooks/short".to_owned(),
    }
}

fn opened(source: &str, account: Account) -> Result<Declarative, String> {
    Declarative::new(Arc::new(Definition::read(source).unwrap()), account).map_err(|why| why.to_string())
}

fn message(text: &str) -> Outgoing {
    Outgoing {
        to: Address::new("+46701740605"),
        channel: Channel::Sms,
        text: Private::new(text.to_owned()),
        media_url: None,
        template: None,
        token: Token::parse("reference-of-the-example").unwrap(),
        validity_s: None,
        deadline_ms: i64::MAX,
    }
}

#[test]
fn every_file_that_comes_with_lykt_does_what_its_provider_documents() {
    for name in providers::names() {
        let source = providers::find(name).unwrap();
        assert_eq!(mistakes(source), [], "{name}");
        let definition = Arc::new(Definition::read(source).unwrap());
        let failed = replay(&definition).into_iter().map(|mistake| {
            let (line, _) = mistake.position(source);
            format!("{name}, line {line}: {}\n{}", mistake.text.en, mistake.help.en)
        });
        assert_eq!(failed.collect::<Vec<_>>().join("\n"), "", "{name}");
        assert!(count(&definition) >= 5, "{name} has examples");
    }
}

#[test]
fn an_example_that_a_file_does_not_keep_is_told_with_its_line() {
    for (written, instead, line_of) in [
        ("means = \"accepted s70df", "means = \"accepted s71df", "means = \"accepted s71df"),
        ("message = \"Hej å\"", "message = \"Hej o\"", "sends = "),
        ("basic = [\"username\", \"password\"],", "basic = [\"username\", \"passwort\"],", "sends = "),
        ("delivered ours\"", "sent ours\"", "gives = "),
        ("verified = false", "verified = true", "verified = true"),
    ] {
        let source = providers::find("46elks").unwrap().replacen(written, instead, 1);
        let failed = replay(&Arc::new(Definition::read(&source).unwrap()));
        let [mistake] = failed.as_slice() else { panic!("{instead}: {failed:?}") };
        let (line, _) = mistake.position(&source);
        let shown = source.lines().nth(line - 1).unwrap();
        assert!(shown.contains(line_of) || shown.contains("[[example]]"), "{instead}: {line}: {shown}");
    }
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_line() {
    assert_eq!(mistakes(SHORT), []);
    let mut missed = Vec::new();
    for (written, instead, line, said) in [
        ("name = \"Short\"", "", 3, "`name` is missing"),
        ("name = \"Short\"", "name = 7", 2, "a text in quotes"),
        ("[send]\n", "[send]\nmethod = \"GET\"\n", 7, "by POST or PUT"),
        ("[send]\n", "[send]\nmehtod = \"POST\"\n", 7, "no key `mehtod`"),
        ("path = \"/send\"", "path = \"https://evil.example\"", 7, "a path begins with /"),
        ("{to}", "{too}", 8, "nothing here is called `too`"),
        ("{to}", "{to|sha1}", 8, "no filter `sha1`"),
        ("{to}", "{to", 8, "a bracket"),
        ("json = {", "form = { a = \"b\" }\njson = {", 9, "one body"),
        ("http = 200", "http = \"2yy\"", 10, "no HTTP status"),
        ("\"accepted\"", "\"sent\"", 12, "no end of a try"),
        ("\"accepted\"", "\"refused\"", 12, "no end of a try"),
        ("id = \"id\"\n[hooks]", "[hooks]", 9, "`id` is missing"),
        ("verify = { query = { key = \"{key}\" } }", "", 14, "`verify` is missing"),
        ("verify = { query = { key = \"{key}\" } }", "verify = { ips = \"1.2.3\" }", 16, "no address"),
        ("\"json\"", "\"xml\"", 15, "no format"),
        ("[[reply]]\nwhen = { text = { present = true } }", "[[reply]]\neach = \"dlr.*\"", 14, "takes what belongs"),
        ("from = \"from\"", "from = \"a..b\"", 19, "leads nowhere"),
        ("\"failed bad_number\"", "\"failed nobody\"", 25, "no meaning"),
        ("\"delivered\"", "\"delivered bad_number\"", 25, "no meaning"),
        ("key = \"the key\"", "to = \"the key\"", 5, "no name for a value"),
        ("[secrets]", "[limits]\nreference = 20\n[secrets]", 8, "24 letters"),
        ("[send]", "[[[[[[", 6, "not TOML"),
    ] {
        let source = SHORT.replacen(written, instead, 1);
        assert_ne!(source, SHORT, "{written}");
        let found = mistakes(&source);
        if !found.iter().any(|(at, text)| *at == line && text.contains(said)) {
            missed.push(format!("{instead}: {line} {said}, not {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn no_file_makes_the_reader_panic_or_run_for_ever() {
    for wrong in
        ["", "[", "a = 1", "\u{feff}", "send = 1", "[[send]]", "[send]\nanswer = 1\njson = 1\nform = 2", "name = {"]
    {
        assert!(!mistakes(wrong).is_empty(), "{wrong}");
    }
    assert!(!mistakes(&"[".repeat(20_000)).is_empty());
    assert!(!mistakes(&format!("a = \"{}\"", "x".repeat(300_000))).is_empty());
    let many: String = (0..10_000).map(|n| format!("k{n} = 1\n")).collect();
    assert!(mistakes(&many).len() <= 50);
}

#[test]
fn whatever_is_not_in_the_file_is_in_doubt() {
    let short = opened(SHORT, account()).unwrap();
    let verdict = |status: u16, body: Option<&[u8]>| {
        let body = body.map(<[u8]>::to_vec);
        short.verdict(&message("Hei"), &Ok(Response { status, retry_after: None, body }))
    };
    assert!(matches!(verdict(200, Some(br#"{"ok":true,"id":"a1"}"#)), Verdict::Accepted { .. }));
    let long = format!(r#"{{"ok":true,"id":"{}"}}"#, "x".repeat(10_240));
    for (status, body) in [
        (200, &b"<html>Sign in to the hotel</html>"[..]),
        (200, b""),
        (200, b"{}"),
        (200, b"["),
        (200, br#"{"ok":false,"id":"a1"}"#),
        (200, br#"{"ok":"true "}"#),
        (200, br#"{"ok":true,"id":{"a":1}}"#),
        (200, br#"{"ok":true,"id":""}"#),
        (200, br#"{"ok":true,"id":"a\u0000b"}"#),
        (200, br#"{"ok":true,"id":1e999}"#),
        (200, long.as_bytes()),
        (201, br#"{"ok":true,"id":"a1"}"#),
        (400, br#"{"error":"no"}"#),
        (404, b""),
    ] {
        assert_eq!(verdict(status, Some(body)), Verdict::InDoubt { why: Doubt::Unreadable }, "{status}");
    }
    assert_eq!(verdict(200, None), Verdict::InDoubt { why: Doubt::Unreadable });
    assert_eq!(verdict(302, Some(br#"{"ok":true,"id":"a1"}"#)), Verdict::InDoubt { why: Doubt::Redirect });
    assert_eq!(verdict(503, Some(b"")), Verdict::InDoubt { why: Doubt::ServerError });
    for status in [401, 402, 403] {
        assert_eq!(verdict(status, Some(b"")), Verdict::Refused { code: None, class: Class::Config });
    }
    let full = Response { status: 429, retry_after: Some(Duration::from_secs(30)), body: None };
    let waits = Verdict::NotSent { why: Unsent::Throttled, retry_after: full.retry_after };
    assert_eq!(short.verdict(&message("Hei"), &Ok(full)), waits);
}

#[test]
fn nobody_is_sent_less_than_was_written() {
    let source = SHORT.replace("[send]", "[limits]\ntext = 10\nalphabet = \"gsm7\"\n[send]");
    let short = opened(&source, account()).unwrap();
    let class = |message: Outgoing| short.request(&message, Timestamp::UNIX_EPOCH).err();
    assert_eq!(class(message("Hei på deg")), None);
    assert_eq!(class(message("Hei på deg!")), Some(Class::Content));
    assert_eq!(class(message("Hei ć")), Some(Class::Content));
    let picture = Some("https://lykt.example.org/media/a.png".to_owned());
    assert_eq!(class(Outgoing { media_url: picture, ..message("Hei") }), Some(Class::Content));
}

#[test]
fn settings_that_do_not_fit_the_file_are_named() {
    let why = |account: Account| opened(SHORT, account).err().unwrap_or_default();
    assert!(why(Account { secrets: Default::default(), ..account() }).contains("lacks `key` (the key)"));
    let values = [("colour".to_owned(), "red".to_owned())].into();
    assert!(why(Account { values, ..account() }).contains("`colour`"));
    let at = |url: &str| Account { base_url: Some(url.to_owned()), ..account() };
    assert!(why(at("api.example.com")).contains("no web address"));
    assert!(why(at("http://api.example.com")).contains("https://"));
    assert_eq!(why(at("http://192.168.1.5:8080")), "", "an address in the settings is the operator's permission");
    let inside = SHORT.replace("https://api.example.com", "https://169.254.169.254");
    assert!(opened(&inside, account()).unwrap_err().contains("allow_hosts"));
    let allowed = opened(&inside, Account { allow_hosts: vec!["169.254.169.254".to_owned()], ..account() }).unwrap();
    assert!(allowed.may_go_anywhere());
    assert!(!opened(SHORT, account()).unwrap().may_go_anywhere());
}

#[test]
fn nothing_of_person_or_secret_is_printed() {
    let short = opened(SHORT, account()).unwrap();
    let request = short.request(&message("Hei Amanda"), Timestamp::UNIX_EPOCH).unwrap();
    let shown = format!("{short:?} {request:?} {:?}", account());
    for secret in ["Amanda", "0701740605", "+4670", "reference-of", "\"k\""] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn a_list_is_read_page_by_page_and_a_page_that_is_none_proves_nothing() {
    let mut elks = account();
    elks.values.insert("username".to_owned(), "u1".to_owned());
    elks.secrets =
        ["password", "hook_key"].map(|name| (name.to_owned(), Private::new(name.to_owned()))).into_iter().collect();
    elks.from = Some("+46701740699".to_owned());
    let elks = opened(providers::find("46elks").unwrap(), elks).unwrap();
    assert!(elks.facts().lists && elks.facts().takes_replies);
    let since = Timestamp::from_second(1_489_481_520).unwrap();
    let query = Query { way: Way::Out, to: Some(Address::new("+46701740605")), since };
    assert_eq!(elks.first(&query).url, "https://api.46elks.com/a1/sms?limit=100&to=%2B46701740605");
    let page = |status: u16, body: &str| {
        elks.page(&query, &Ok(Response { status, retry_after: None, body: Some(body.as_bytes().to_vec()) }))
    };
    let body = r#"{"data": [
        {"id": "s1", "created": "2017-03-14T09:52:07.302000", "direction": "outgoing", "from": "+46701740699", "to": "+46701740605", "message": "Hei", "status": "delivered"},
        {"id": "s2", "created": "2017-03-14T08:44:34.608000", "direction": "outgoing-reply", "from": "+46701740699", "to": "+46701740605", "message": "Open", "status": "failed"},
        {"id": "s3", "created": "2017-03-14T08:44:34.135000", "direction": "incoming", "from": "+46701740605", "to": "+46701740699", "message": "Hours?"}
        ], "next": "2017-02-21T14:15:30.427000"}"#;
    let read = page(200, body).unwrap();
    let told: Vec<_> =
        read.listed.iter().map(|one| (one.provider_id.as_str(), one.ours, one.status.as_str())).collect();
    assert_eq!(told, [("s1", true, "delivered"), ("s2", false, "undelivered")]);
    assert_eq!(read.listed[0].created_at.map(|at| at.to_string()).as_deref(), Some("2017-03-14T09:52:07.302Z"));
    assert!(read.whole);
    assert!(read.next.unwrap().url.ends_with("&start=2017-02-21T14%3A15%3A30.427000"));
    let broken = body.replace("\"id\": \"s2\",", "");
    assert!(!page(200, &broken).unwrap().whole, "what cannot be read is not absent");
    assert!(page(200, r#"{"data": []}"#).unwrap().next.is_none());
    for (status, body, why) in [
        (200, "{}", Unlisted::Unreadable),
        (200, r#"{"data": {}}"#, Unlisted::Unreadable),
        (200, "<html>", Unlisted::Unreadable),
        (302, "", Unlisted::Unreadable),
        (403, "", Unlisted::Refused),
        (429, "", Unlisted::Throttled(None)),
        (500, "", Unlisted::Unreachable),
    ] {
        assert_eq!(page(status, body).unwrap_err(), why, "{status} {body}");
    }
}

#[test]
fn a_page_for_people_is_no_answer_to_a_test() {
    let short = SHORT.replace("[hooks]", "[test]\npath = \"/account\"\nworks = 200\nwrong_secret = 401\n[hooks]");
    let short = opened(&short, account()).unwrap();
    let probe = |status, body: &str| {
        short.probe(&Ok(Response { status, retry_after: None, body: Some(body.as_bytes().to_vec()) }))
    };
    assert_eq!(probe(200, "{\"ok\":true}"), Probe::Works);
    assert_eq!(probe(200, "<?xml version=\"1.0\"?><ok/>"), Probe::Works);
    assert_eq!(probe(401, ""), Probe::WrongSecret);
    for page in ["<!DOCTYPE html><title>Log in</title>", "\u{feff}\r\n <HTML lang=en>", "<html>"] {
        assert_eq!(probe(200, page), Probe::Unexpected, "{page}");
        assert_eq!(probe(401, page), Probe::Unexpected, "{page}");
    }
}
