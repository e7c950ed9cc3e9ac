//! Two persons: what the settings name waits for somebody else's yes, which is good once and for a day.

use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::access::{Access, Attempt, Recovery, SignIn};
use lykt::audit::{Who, acting};
use lykt::clock::Clock;
use lykt::domain::matter::Matter;
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::ledger::Ledger;
use lykt::retention::{self, Keep};
use lykt::second::{Answer, Pass, Second, Wish, agree, all, pass, refuse};
use lykt::settings::Settings;
use lykt::store::Db;
use lykt::store::second::Ask;
use lykt::vault::Vault;

use crate::access::house::{HOUR, House, PASSWORD};
use crate::access::recovery::acts;
use crate::access::terminal::Folder;

const LIFT: Wish<'static> = Wish { matter: Matter::Lift, about: b"one", shown: "", why: None };
const ANNE: Second<'static> = Second { name: "Anne", role: Role::Coordinator };
const BERIT: Second<'static> = Second { name: "Berit", role: Role::Coordinator };

/// A house on each database, with two coordinators, somebody of the staff and an administrator.
async fn houses() -> [House; 2] {
    let houses = House::both().await;
    for house in &houses {
        for (name, role) in
            [("Berit", Role::Coordinator), ("Anne", Role::Coordinator), ("Stian", Role::Staff), ("Ada", Role::Admin)]
        {
            house.newcomer(name, role).await;
        }
    }
    houses
}

/// What somebody gets who wants to do something.
async fn tries(house: &House, wish: Wish<'_>, by: &str) -> Pass {
    acting(Who::Terminal(1000), async {
        let mut tx = house.db.begin().await.unwrap();
        let passed = pass(&mut tx, &house.ledger, &[Matter::Lift, Matter::Retire], wish, Some(by)).await.unwrap();
        tx.commit().await.unwrap();
        passed
    })
    .await
}

fn waits(passed: Pass) -> Ask {
    let Pass::Waits(ask) = passed else { panic!("{passed:?}") };
    ask
}

async fn yes(house: &House, ask: &Ask, by: Second<'_>) -> Answer {
    acting(Who::Terminal(1000), agree(&house.db, &house.ledger, ask.id, by)).await.unwrap()
}

#[tokio::test]
async fn what_needs_two_is_done_once_when_somebody_else_has_agreed() {
    for house in houses().await {
        let ask = waits(tries(&house, LIFT, "berit ").await);
        assert_eq!(acts(&house, 1).await[0].0, "second_asked");
        assert_eq!(waits(tries(&house, LIFT, "Berit").await).id, ask.id, "asking again is the same");
        assert_eq!(yes(&house, &ask, Second { name: " BERIT", ..BERIT }).await, Answer::Own);
        for (name, role) in [("Stian", Role::Staff), ("Ada", Role::Admin)] {
            assert_eq!(yes(&house, &ask, Second { name, role }).await, Answer::Role(Role::Coordinator));
        }
        assert_eq!(waits(tries(&house, LIFT, "Berit").await).agreed_by, None, "none of that was a yes");
        assert!(matches!(yes(&house, &ask, ANNE).await, Answer::Done(_)));
        assert_eq!(acts(&house, 1).await[0].0, "second_agreed");
        assert_eq!(yes(&house, &ask, ANNE).await, Answer::Gone, "there is one yes");
        assert_eq!(waits(tries(&house, LIFT, "Stian").await).id, ask.id, "it is done by who asked");
        let other = Wish { about: b"another", ..LIFT };
        assert_ne!(waits(tries(&house, other, "Berit").await).id, ask.id, "a yes is about one thing");
        assert_eq!(tries(&house, LIFT, "Berit").await, Pass::Go);
        assert_ne!(waits(tries(&house, LIFT, "Berit").await).id, ask.id, "a yes is good once");
    }
}

#[tokio::test]
async fn two_at_once_are_one_question_one_yes_and_one_deed() {
    for house in houses().await {
        let (one, two) = tokio::join!(tries(&house, LIFT, "Berit"), tries(&house, LIFT, "Berit"));
        let ask = waits(one);
        assert_eq!(ask.id, waits(two).id);
        let carl = Second { name: "Carl", ..ANNE };
        let (one, two) = tokio::join!(yes(&house, &ask, ANNE), yes(&house, &ask, carl));
        let done = [&one, &two].iter().filter(|answer| matches!(answer, Answer::Done(_))).count();
        assert_eq!(done, 1, "{one:?} {two:?}");
        let (one, two) = tokio::join!(tries(&house, LIFT, "Berit"), tries(&house, LIFT, "Berit"));
        let done = [&one, &two].iter().filter(|passed| ***passed == Pass::Go).count();
        assert_eq!(done, 1, "{one:?} {two:?}");
    }
}

#[tokio::test]
async fn a_question_and_a_yes_end_after_a_day_and_a_no_ends_both() {
    for house in houses().await {
        let ask = waits(tries(&house, LIFT, "Berit").await);
        house.clock.advance_ms(24 * HOUR);
        assert_eq!(yes(&house, &ask, ANNE).await, Answer::Gone, "too late to agree");
        let mut tx = house.db.read().await.unwrap();
        assert_eq!(all(&mut tx, &house.ledger).await.unwrap(), []);
        drop(tx);
        let ask = waits(tries(&house, LIFT, "Berit").await);
        assert!(matches!(yes(&house, &ask, ANNE).await, Answer::Done(_)));
        house.clock.advance_ms(24 * HOUR);
        let late = waits(tries(&house, LIFT, "Berit").await);
        assert_ne!(late.id, ask.id, "too late to do it");
        let no = acting(Who::Terminal(1000), refuse(&house.db, &house.ledger, late.id, ANNE)).await.unwrap();
        assert!(matches!(no, Answer::Done(_)), "{no:?}");
        assert_eq!(acts(&house, 1).await[0].0, "second_refused");
        assert_eq!(yes(&house, &late, ANNE).await, Answer::Gone);
    }
}

#[tokio::test]
async fn why_somebody_asked_stands_sealed_and_goes_with_the_question_after_a_day() {
    for house in houses().await {
        let why = Private::from("she asked us".to_owned());
        let wish = Wish { why: Some(&why), ..LIFT };
        let ask = waits(tries(&house, wish, "Berit").await);
        assert!(!ask.why.as_ref().unwrap().windows(3).any(|bytes| bytes == b"she"));
        let read = lykt::store::second::why(&house.ledger.vault, &ask).unwrap().unwrap();
        assert_eq!(read.expose(), why.expose());
        let kept = async || {
            let keep = ["12 months", "90 days", "7 days"].map(|span| span.parse().unwrap());
            let keep = Keep { entries: keep[0], texts: keep[1], webhooks: keep[2] };
            retention::erase(&house.db, &house.ledger, keep).await.unwrap();
            let mut tx = house.db.read().await.unwrap();
            lykt::store::second::get(&mut tx, ask.id).await.unwrap()
        };
        assert_eq!(kept().await, Some(ask.clone()));
        house.clock.advance_ms(24 * HOUR);
        assert_eq!(kept().await, None);
    }
}

#[tokio::test]
async fn nobody_waits_where_one_is_enough_and_nobody_unknown_asks_where_two_are_needed() {
    for house in houses().await {
        let export = Wish { matter: Matter::Export, ..LIFT };
        let mut tx = house.db.begin().await.unwrap();
        let passed = pass(&mut tx, &house.ledger, &[Matter::Lift], export, None).await.unwrap();
        assert_eq!(passed, Pass::Go);
        let passed = pass(&mut tx, &house.ledger, &[Matter::Lift], LIFT, None).await.unwrap();
        assert_eq!(passed, Pass::Nobody);
        drop(tx);
        assert_eq!(tries(&house, LIFT, "Nobody").await, Pass::Nobody);
        house.access.disable("Berit", None).await.unwrap().unwrap();
        assert_eq!(tries(&house, LIFT, "Berit").await, Pass::Nobody, "whose door is closed");
    }
}

/// An installation where two are needed for everything, and what its people show at the terminal.
struct Installed {
    folder: Folder,
    siri: String,
    berit: Vec<String>,
}

impl Installed {
    async fn new() -> Installed {
        let folder = Folder::new();
        let file = folder.0.path().join("lykt.toml");
        let all = "\n[access]\nsecond_person = [\"export\", \"lift\", \"retire\", \"restore\"]\n";
        std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + all).unwrap();
        // The first key still seals what belongs to the key file; the second one seals nothing.
        for _ in 0..2 {
            assert_eq!(folder.code("keys rotate", ""), Some(0));
        }
        for (name, role) in [("Siri", "admin"), ("Ada", "admin"), ("Berit", "coordinator"), ("Anne", "coordinator")] {
            folder.json(&format!("user add {name} --role {role} --password-stdin"), &format!("{PASSWORD}\n"));
        }
        let (siri, _) = enrol(&folder, "Siri").await;
        let (_, berit) = enrol(&folder, "Berit").await;
        Installed { folder, siri, berit }
    }

    fn code(&self, args: &str) -> Option<i32> {
        self.folder.code(args, "")
    }

    /// The only one that waits.
    fn waiting(&self) -> serde_json::Value {
        let list = self.folder.json("second list", "");
        assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
        list[0].clone()
    }
}

/// Sets somebody's second factor up; gives the code that their app shows next, and their recovery codes.
async fn enrol(folder: &Folder, name: &str) -> (String, Vec<String>) {
    let settings = Settings::load(&folder.0.path().join("lykt.toml")).unwrap();
    let db = Db::open(&settings.database_url()).await.unwrap();
    let clock = Clock::real(TimeZone::UTC);
    let vault = Arc::new(Vault::of_file(&folder.0.path().join("lykt.keys")).unwrap());
    let ledger = Ledger {
        vault,
        clock: clock.clone(),
        cooldown: "6 months".parse().unwrap(),
        region: lykt::domain::phone::Region::default(),
    };
    let access = Access::new(db.clone(), ledger, &settings);
    let attempt =
        |code| Attempt { name: name.to_owned(), password: PASSWORD.to_owned().into(), code, device: None, from: None };
    let SignIn::Enrol { secret, .. } = access.sign_in(attempt(None)).await.unwrap() else { panic!("{name}") };
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
    let code = |from_now: u64| totp.generate(clock.wall_seconds() + from_now).to_string();
    let welcome = access.sign_in(attempt(Some(code(0)))).await.unwrap();
    let SignIn::Welcome { recovery: Recovery::Drawn(codes), .. } = welcome else { panic!("{welcome:?}") };
    db.close().await;
    (code(30), codes.iter().map(|code| code.expose().clone()).collect())
}

#[tokio::test]
async fn at_the_terminal_a_no_and_an_export_wait_for_somebody_who_shows_who_they_are() {
    let house = Installed::new().await;
    let (folder, person) = (&house.folder, "+46701740605");
    folder.json(&format!("contact opt-out {person}"), "");
    let lift = format!("--as Anne contact opt-in {person} --reason asked_us");
    assert_eq!(house.code(&lift), Some(3));
    assert_eq!(house.code(&format!("--as Somebody contact opt-in {person} --reason so")), Some(2));
    assert_eq!(folder.json(&format!("contact check {person}"), "")["reasons"][0], "opted_out");
    let ask = house.waiting();
    assert_eq!((&ask["matter"], &ask["asked_by"]), (&"lift".into(), &"Anne".into()));
    assert_eq!(ask["why"], "asked_us", "whoever agrees reads why");
    assert!(!ask.to_string().contains("4670174"), "{ask}");
    let id = ask["id"].as_str().unwrap();
    let yes = |who: &str, shown: &str| folder.code(&format!("--as {who} second agree {id} --password-stdin"), shown);
    assert_eq!(folder.code(&format!("--as Berit second agree {id}"), ""), Some(2), "nobody is asked in a pipe");
    assert_eq!(yes("Berit", &format!("{PASSWORD}\n000000\n")), Some(3), "a name alone is no second person");
    assert_eq!(yes("Berit", &format!("not hers at all\n{}\n", house.berit[0])), Some(3));
    assert_eq!(yes("Berit", &format!("{PASSWORD}\n{}\n", house.berit[0])), Some(0));
    let other_words = format!("--as Anne contact opt-in {person} --reason because");
    assert_eq!(house.code(&other_words), Some(3), "a yes is to the reason that was read");
    assert_eq!(folder.json(&lift, "")["lifted"], true);
    let no = format!("--as Berit second refuse {} --password-stdin", house.waiting()["id"].as_str().unwrap());
    assert_eq!(folder.code(&no, &format!("{PASSWORD}\n{}\n", house.berit[3])), Some(0));
    folder.json(&format!("contact opt-out {person}"), "");
    assert_eq!(house.code(&lift), Some(3), "a yes is good once");
    let no = format!("--as Berit second refuse {} --password-stdin", house.waiting()["id"].as_str().unwrap());
    assert_eq!(folder.code(&no, &format!("{PASSWORD}\n{}\n", house.berit[1])), Some(0));
    let export = format!("--as Anne contact export {person}");
    assert_eq!(house.code(&export), Some(3));
    let own = format!("--as Anne second agree {} --password-stdin", house.waiting()["id"].as_str().unwrap());
    let (_, anne) = enrol(folder, "Anne").await;
    assert_eq!(folder.code(&own, &format!("{PASSWORD}\n{}\n", anne[0])), Some(3), "nobody agrees with themselves");
    let other = own.replace("Anne", "Berit");
    assert_eq!(folder.code(&other, &format!("{PASSWORD}\n{}\n", house.berit[2])), Some(0));
    assert_eq!(folder.json(&export, "")["addresses"][0], person);
    assert_eq!(house.code(&lift), Some(3));
    folder.json(&format!("contact erase {person}"), "");
    assert_eq!(folder.json("second list", ""), serde_json::json!([]), "what was written of them goes with them");
    assert_eq!(folder.json("audit verify", "")["whole"], true);
}

#[tokio::test]
async fn at_the_terminal_a_key_is_retired_and_a_restore_confirmed_by_two() {
    let house = Installed::new().await;
    let folder = &house.folder;
    let keys = || std::fs::read(folder.0.path().join("lykt.keys")).unwrap();
    let before = keys();
    assert_eq!(house.code("keys retire 2"), Some(2), "who?");
    assert_eq!(house.code("--as Ada keys retire 2"), Some(3));
    assert!(keys() == before, "the key is gone without the second");
    let id = house.waiting()["id"].as_str().unwrap().to_owned();
    let coordinator = format!("--as Berit second agree {id} --password-stdin");
    assert_eq!(folder.code(&coordinator, &format!("{PASSWORD}\n{}\n", house.berit[0])), Some(3), "not her role");
    folder.json("backup a.lyktbackup", "");
    let siri = format!("--as Siri second agree {id} --password-stdin");
    assert_eq!(folder.code(&siri, &format!("{PASSWORD}\n{}\n", house.siri)), Some(0));
    assert_eq!(house.code("--as Ada keys retire 2"), Some(0));
    assert!(keys() != before);
    folder.json("restore a.lyktbackup --over --yes", "");
    let confirm = "--as Ada doctor --confirm-restore --reason looked --unfinished";
    assert_eq!(house.code(confirm), Some(3));
    let ask = house.waiting();
    assert_eq!((&ask["matter"], &ask["about"]), (&"restore".into(), &"--unfinished".into()), "{ask}");
    assert_eq!(ask["agreed_by"], serde_json::Value::Null, "a yes from before the restore is not brought back");
    let yes = format!("--as Siri second agree {} --password-stdin", ask["id"].as_str().unwrap());
    let agreed = folder.say(&yes, &format!("{PASSWORD}\n{}\n", house.siri));
    assert_eq!(agreed.status.code(), Some(0), "{agreed:?}");
    assert!(String::from_utf8_lossy(&agreed.stderr).contains("Ten codes"), "a restore brings back no recovery code");
    assert_eq!(
        house.code("--as Ada doctor --confirm-restore --reason looked"),
        Some(3),
        "a yes to what was asked alone"
    );
    assert_eq!(house.code(confirm), Some(0));
    assert_eq!(folder.json("audit verify", "")["whole"], true);
}

#[test]
fn the_doctor_says_what_one_person_may_do_alone_and_when_nobody_can_be_the_second() {
    let folder = Folder::new();
    let says = |state: &str| {
        let told: serde_json::Value = serde_json::from_slice(&folder.say("doctor --json", "").stdout).unwrap();
        let found = told.as_array().unwrap().iter().filter(|found| found["cause"] == "second_person");
        found.filter(|found| found["state"] == state).count()
    };
    assert_eq!((says("ok"), says("warning")), (1, 0), "one person alone may do all of it, and that is said");
    let file = folder.0.path().join("lykt.toml");
    let two = "\n[access]\nsecond_person = [\"retire\"]\n";
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + two).unwrap();
    folder.json("user add Siri --role admin", "");
    assert_eq!((says("ok"), says("warning")), (1, 1), "nobody can be the second");
    folder.json("user add Ada --role admin", "");
    assert_eq!((says("ok"), says("warning")), (1, 0));
}
