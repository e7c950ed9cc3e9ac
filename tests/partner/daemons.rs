//! Two installations from nothing, as docs/working-together.md has it: by line and by hand.
//!
//! `LYKT_PARTNERS=100000` is the long form: as many contacts on each side, and 5,000 targets.

use std::fs;

use lykt::domain::private::Private;
use lykt::store::{Db, contact, sql};
use lykt::vault::{Keys, Vault};
use serde_json::{Value, json};

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list};

/// How many each knows, besides those on the list.
fn contacts() -> usize {
    std::env::var("LYKT_PARTNERS").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

/// How many are on the list.
fn targets() -> usize {
    if contacts() < 1_000 { 60 } else { 5_000 }
}

/// Somebody whom a house knows who is on no list.
fn known(n: usize) -> String {
    format!("+4792{n:06}")
}

/// Fills a house with people whom it has written to.
async fn fill(house: &House) {
    let db = Db::open(&format!("sqlite:{}", house.root().join("lykt.db").display())).await.unwrap();
    let vault = Vault::new(Keys::load(&house.root().join("lykt.keys")).unwrap());
    let noon = "2026-12-01T12:00:00+01:00".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let all: Vec<usize> = (0..contacts()).collect();
    for some in all.chunks(500) {
        let some: Vec<_> = some.iter().map(|n| (vault.blind(&known(*n)), Private::new(known(*n)))).collect();
        let mut tx = db.begin().await.unwrap();
        contact::create_all(&mut tx, &vault, &some, noon).await.unwrap();
        tx.run(sql("update contact set contacted_at = $1 where contacted_at is null").bind(noon).whole())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    db.close().await;
}

/// The section that the document has, filled in.
fn section(name: &str, title: &str, url: &str) -> String {
    format!(
        "[partners.{name}]\ntitle = \"{title}\"\n{url}key = {{ file = \"partner-{name}.key\" }}\nshares = [\"noes\", \"approaches\"]\n\
         asks = [\"noes\", \"approaches\"]\nright = \"agreement of 2026-11-02, GDPR article 6 (1) e\"\nsince = \"2026-11-02\"\n\
         signed = [\"Kari Holm, Lykten\", \"Ola Berg, Fyret\"]\nper_day = 200000\n"
    )
}

/// Two houses whose lists have people in common, with a key that was carried from the one to the other.
async fn two(gateway: &FaultGateway, by_line: bool) -> (House, House, Vec<String>) {
    let (csv, numbers) = list(targets());
    let a = House::new(gateway, &csv, "1000/s", None);
    let b = House::new(gateway, &csv, "1000/s", None);
    a.json(&["partner", "key", "fyret"]);
    fs::rename(a.root().join("partner-fyret.theirs.key"), b.root().join("partner-lykten.key")).unwrap();
    let url = |of: &House| match by_line {
        true => format!("url = \"http://127.0.0.1:{}\"\n", of.port),
        false => String::new(),
    };
    for (house, section) in [(&a, section("fyret", "Fyret", &url(&b))), (&b, section("lykten", "Lykten", &url(&a)))] {
        let settings = fs::read_to_string(house.root().join("lykt.toml")).unwrap();
        house.write("lykt.toml", &settings.replace("[gateways.", &format!("{section}[gateways.")));
    }
    fill(&a).await;
    fill(&b).await;
    (a, b, numbers)
}

/// Of the people on the list, a third were written to by the other one, and a tenth said no.
fn has_been_at_work(house: &House, numbers: &[String]) -> (usize, usize) {
    let (mut wait, mut no) = (0, 0);
    for (n, number) in numbers.iter().enumerate().take(30) {
        match n % 10 {
            0 => {
                house.json(&["contact", "opt-out", number]);
                no += 1;
            }
            1..4 => {
                house.json(&["contact", "touch", number, "--kind", "message", "--channel", "sms"]);
                wait += 1;
            }
            _ => {}
        }
    }
    (wait, no)
}

fn told(out: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

fn left_out(plan: &Value) -> usize {
    usize::try_from(plan["left_out"]["partner_wait"].as_u64().unwrap_or_default()).unwrap()
}

/// Nothing that either keeps shows a number of the other's, and neither has one contact more.
fn shows_nobody(house: &House, numbers: &[String]) {
    let some = numbers.iter().cloned().chain((0..contacts().min(500)).map(known));
    let found = crate::journey::leaks::any_of(&some.map(|number| number[3..].to_owned()).collect::<Vec<_>>());
    for (file, bytes) in house.kept() {
        assert_eq!(found.find(&bytes), None, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_compare_before_a_plan_and_a_stopped_one_delays_nobody() {
    let gateway = FaultGateway::start().await;
    let (a, b, numbers) = two(&gateway, true).await;
    let (wait, no) = has_been_at_work(&b, &numbers);
    let (at_a, at_b) = (a.serve(), b.serve());

    // Before anybody accepted anything, nothing is asked, and nothing is delayed.
    let plan = a.json(&["plan", "vinter"]);
    assert_eq!(left_out(&plan), 0);
    assert!(plan["partners"][0]["silent"].as_str().unwrap().contains("accept"), "{plan}");
    let seen = told(&a.lykt(&["partner", "terms", "fyret"]));
    assert!(seen.contains("Ola Berg") && seen.contains("lykt partner accept fyret"), "{seen}");
    assert_eq!(b.lykt(&["partner", "accept", "lykten"]).status.code(), Some(2), "somebody accepts by name");
    a.json(&["partner", "accept", "fyret", "--as", "Kari"]);
    b.json(&["partner", "accept", "lykten", "--as", "Ola"]);

    let plan = a.json(&["plan", "vinter"]);
    let people = numbers.len();
    assert_eq!(
        plan["partners"],
        json!([{ "partner": "fyret", "asked": people, "wait": wait, "no": no, "silent": null }])
    );
    assert_eq!((left_out(&plan), plan["eligible"].as_u64()), (wait + no, Some((people - wait - no) as u64)));
    let checked = a.json(&["contact", "check", &numbers[1]]);
    assert_eq!(checked["reasons"], json!(["partner_wait"]));
    assert_eq!(checked["partner"]["partner"], "fyret");
    let said = told(&a.lykt(&["contact", "check", &numbers[1]]));
    assert!(said.contains("Fyret has approached this number: wait until 2027-"), "{said}");
    let listed = b.json(&["partner", "list"]);
    assert_eq!((&listed[0]["asked_today"], &listed[0]["terms"]), (&json!(people), &json!("accepted")));
    // What was said a moment ago is not asked again.
    assert_eq!(a.json(&["plan", "vinter"])["partners"][0]["asked"], 0);

    drop(at_b);
    let plan = a.json(&["plan", "vinter"]);
    assert_eq!(left_out(&plan), wait + no, "what it said before holds");
    let (more, _) = list(people + 5);
    a.write("campaigns/lists/vinter.csv", &more);
    let plan = a.json(&["plan", "vinter"]);
    assert!(plan["partners"][0]["silent"].is_string() && plan["eligible"].as_u64().unwrap() > 0, "{plan}");
    let file = fs::read_to_string(a.root().join("campaigns/vinter.toml")).unwrap();
    a.write("campaigns/vinter.toml", &file.replace("[targets]", "[targets]\nwait_for_partners = true"));
    let refused = a.lykt(&["plan", "vinter"]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    assert!(told(&refused).contains("the campaign waits for Fyret"), "{}", told(&refused));
    drop(at_a);
    shows_nobody(&a, &numbers);
    shows_nobody(&b, &numbers);

    assert!(a.json(&["partner", "forget", "fyret"])["forgotten"].as_u64().unwrap() > 0);
    assert_eq!(a.json(&["contact", "check", &numbers[1]])["may_approach"], true);
    for of in [&a, &b] {
        let other = of.json(&["contact", "check", &numbers[5]]);
        assert_eq!(other["last"], Value::Null, "nobody is known by having been asked about");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_carried_by_hand_and_its_answer_back() {
    let gateway = FaultGateway::start().await;
    let (a, b, numbers) = two(&gateway, false).await;
    let (wait, no) = has_been_at_work(&b, &numbers);
    let carry = |from: &House, to: &House, file: &str| {
        fs::rename(from.root().join(file), to.root().join(file)).unwrap();
    };
    for (from, to, name, theirs) in [(&a, &b, "fyret", "lykten"), (&b, &a, "lykten", "fyret")] {
        assert!(from.lykt(&["partner", "terms", name, "--write", "terms.lykt"]).status.success());
        carry(from, to, "terms.lykt");
        let read = to.lykt(&["partner", "terms", theirs, "--read", "terms.lykt"]);
        assert!(read.status.success(), "{}", told(&read));
        fs::remove_file(to.root().join("terms.lykt")).unwrap();
        to.json(&["partner", "accept", theirs, "--as", "Kari"]);
    }
    let people = numbers.len();
    let asked = a.json(&["partner", "ask", "fyret", "vinter", "--write", "question.lykt"]);
    assert_eq!(asked["people"], people);
    let twice = a.lykt(&["partner", "ask", "fyret", "vinter", "--write", "question.lykt"]);
    assert_eq!(twice.status.code(), Some(1), "a file that is there is not written over: {}", told(&twice));
    carry(&a, &b, "question.lykt");
    let answer = b.lykt(&["partner", "answer", "question.lykt", "--write", "answer.lykt"]);
    assert!(answer.status.success(), "{}", told(&answer));
    let again = b.lykt(&["partner", "answer", "question.lykt", "--write", "again.lykt"]);
    assert!(again.status.success(), "the refusal is theirs to read");
    carry(&b, &a, "answer.lykt");
    carry(&b, &a, "again.lykt");
    let refused = a.lykt(&["partner", "take", "again.lykt"]);
    assert_eq!(refused.status.code(), Some(3), "{}", told(&refused));
    let taken = a.json(&["partner", "take", "answer.lykt"]);
    assert_eq!(taken, json!({ "partner": "fyret", "asked": people, "wait": wait, "no": no }));
    assert_eq!(a.lykt(&["partner", "take", "answer.lykt"]).status.code(), Some(3), "an answer is taken once");
    a.write("noise.lykt", "this is no answer");
    assert_eq!(a.lykt(&["partner", "take", "noise.lykt"]).status.code(), Some(3));
    assert_eq!(left_out(&a.json(&["plan", "vinter"])), wait + no);
    shows_nobody(&a, &numbers);
    shows_nobody(&b, &numbers);
}
