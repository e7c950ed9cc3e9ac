//! Many persons go through everything, and nothing of them stands anywhere; after their day nothing of them is left, and
//! whoever said no is still left alone.
//!
//! `LYKT_PLANTED=10000` is the long form; its figures stand in `docs/threat-model.md`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::ledger::Ledger;
use lykt::retention::{self, Keep};
use lykt::store::{Db, sql};
use lykt::vault::{Keys, Vault};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

use crate::fault_gateway::FaultGateway;
use crate::journey::house::{House, list, wait};
use crate::journey::leaks::any_of;
use crate::support::postgres::{Fsync, Server};

/// Every name, handle and text holds one of these: whoever finds it in any shape has found a person.
const MARKS: [&str; 3] = ["Qvanzeline", "qvanzo_nick", "qvanzi-said"];
/// A longer run of digits, in whatever base, is no number of a telephone.
const LONGEST_NUMBER: usize = 24;
/// How many answers are on their way at the same time.
const AT_ONCE: usize = 32;

fn people() -> usize {
    std::env::var("LYKT_PLANTED").ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// The list of numbers, each with a name of its own.
fn named(csv: &str) -> String {
    let mut lines = csv.lines();
    let mut said = format!("{};navn\n", lines.next().unwrap());
    for (n, line) in lines.enumerate() {
        said += &format!("{line};{} {n}\n", MARKS[0]);
    }
    said
}

/// A campaign by hand to as many handles.
fn by_hand(house: &House, people: usize) {
    let mut csv = String::from("kallenavn;språk\n");
    for n in 0..people {
        csv += &format!("{}{n};nb\n", MARKS[1]);
    }
    house.write("campaigns/lists/hei.csv", &csv);
    let file = fs::read_to_string(house.root().join("campaigns/vinter.toml")).unwrap();
    let (head, _) = file.split_once("[[follow_up]]").unwrap();
    let file = head
        .replace("lists/vinter.csv", "lists/hei.csv")
        .replace("phone = \"telefon\"", "handle = \"kallenavn\"")
        .replace(", name = \"navn\"", "")
        .replace("{{ name }}", "du")
        .replace("[targets]", "[targets]\nplatform = \"instagram\"")
        .replace(
            "channels = [\"sms\"]\ngateway = { sms = \"twilio-oslo\" }",
            "channels = [\"manual\"]\nwithin = \"7 days\"",
        )
        .replace("1000/s", "20000/day");
    house.write("campaigns/hei.toml", &file);
}

/// Everybody answers: every tenth with a no.
async fn answer(gateway: &FaultGateway, house: &House, numbers: &[String]) -> BTreeSet<String> {
    let mut noes = BTreeSet::new();
    let mut told: JoinSet<bool> = JoinSet::new();
    for (n, number) in numbers.iter().enumerate() {
        let text = if n % 10 == 3 { "STOPP".to_owned() } else { format!("{} {n}", MARKS[2]) };
        if n % 10 == 3 {
            noes.insert(number.clone());
        }
        while told.len() >= AT_ONCE {
            assert!(told.join_next().await.unwrap().unwrap());
        }
        let (gateway, hooks, number) = (gateway.clone(), house.hooks(), number.clone());
        told.spawn(
            async move { gateway.reply(&hooks, "twilio-oslo", &number, "+4759440000", &text).await.is_success() },
        );
    }
    while let Some(ended) = told.join_next().await {
        assert!(ended.unwrap());
    }
    noes
}

/// What somebody who is not signed in is shown.
fn page(house: &House, path: &str, headers: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: lykt.example.org\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    assert!(said.starts_with(b"HTTP/1.1 "));
    said
}

/// Every file under a folder but lists, campaigns and keys, which are the organisation's own. What goes away meanwhile is
/// left out.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.is_dir() {
            true if name == "campaigns" => {}
            true => files(&path, found),
            false if name.ends_with(".keys") || name == "lykt.toml" => {}
            false => found.extend(fs::read(&path).ok().map(|bytes| (name, bytes))),
        }
    }
}

/// Where somebody shows. Eight digits in the middle of a provider's id or a digest are chance: of two hundred thousand shapes
/// some always fit.
fn shown(found: &AhoCorasick, bytes: &[u8]) -> Option<Range<usize>> {
    let mut all = found.find_iter(bytes).map(|at| at.range());
    all.find(|at| {
        let before = bytes[..at.start].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let after = bytes[at.end..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let digits = at.len() == 8 && bytes[at.clone()].iter().all(u8::is_ascii_digit);
        !(digits && before + at.len() + after >= LONGEST_NUMBER)
    })
}

/// Where everything is kept that these persons went through.
struct Planted {
    house: House,
    /// The database's address, and its folder when it is not the house's own.
    url: String,
    apart: Option<PathBuf>,
}

impl Planted {
    /// Everything that lies on a disk.
    fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let mut kept = Vec::new();
        files(&self.house.root(), &mut kept);
        match &self.apart {
            Some(folder) => files(folder, &mut kept),
            None => assert!(kept.iter().any(|(name, _)| name == "lykt.db")),
        }
        kept
    }

    /// Looks through all of it; how many bytes that is.
    async fn look(&self, found: &AhoCorasick, when: &str) -> usize {
        if self.apart.is_some() {
            let mut postgresql = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql("checkpoint").execute(&mut postgresql).await.unwrap();
        }
        let kept = self.kept();
        for (name, bytes) in &kept {
            assert_eq!(shown(found, bytes), None, "{when}, {name} shows a number, a name, a handle or a text");
        }
        kept.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// The bytes of the database alone, without its log of writes.
    fn database(&self) -> Vec<u8> {
        match &self.apart {
            None => fs::read(self.house.root().join("lykt.db")).unwrap(),
            Some(folder) => {
                let mut kept = Vec::new();
                files(&folder.join("base"), &mut kept);
                kept.into_iter().flat_map(|(_, bytes)| bytes).collect()
            }
        }
    }

    /// The database, and its ledger more than a year later.
    async fn later(&self) -> (Db, Ledger) {
        let db = Db::open(&self.url).await.unwrap();
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2028-02-01T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::load(&self.house.root().join("lykt.keys")).unwrap()));
        (
            db,
            Ledger {
                vault,
                clock,
                cooldown: "6 months".parse().unwrap(),
                region: lykt::domain::phone::Region::default(),
            },
        )
    }
}

/// Everything sealed, every index and every digest, by which a person might be found.
async fn traces(db: &Db) -> Vec<Vec<u8>> {
    let mut tx = db.read().await.unwrap();
    let mut all = Vec::new();
    for column in [
        "select sealed from address",
        "select blind from address where blind not in (select blind from no)",
        "select sealed from message",
        "select sealed from reply",
        "select sealed from touch where sealed is not null",
        "select sealed from target where sealed is not null",
        "select blind from target where blind is not null and blind not in (select blind from no)",
        "select digest from hook",
    ] {
        let rows = tx.all(sql(column)).await.unwrap();
        assert!(!rows.is_empty(), "{column}");
        all.extend(rows.iter().map(|row| row.get::<Vec<u8>>(0).unwrap()));
    }
    all.iter_mut().for_each(|trace| trace.truncate(20));
    all
}

/// Somebody who reads the figures of the daemon, and nothing else.
fn metrics(house: &House) -> Vec<u8> {
    let made = house.json(&["token", "add", "figures", "--scope", "metrics:read"]);
    let bearer = format!("Authorization: Bearer {}\r\n", made["token"].as_str().unwrap());
    let said = page(house, "/metrics", &bearer);
    assert!(said.windows(14).any(|part| part == b"lykt_messages{"), "{}", String::from_utf8_lossy(&said));
    said
}

/// Has PostgreSQL do something as whoever runs it.
async fn order(url: &str, orders: &[&'static str]) {
    let mut postgresql = PgConnection::connect(url).await.unwrap();
    for order in orders {
        sqlx::raw_sql(*order).execute(&mut postgresql).await.unwrap();
    }
}

async fn go_through(database: Option<(String, PathBuf)>) {
    let people = people();
    let gateway = FaultGateway::start().await;
    let (csv, numbers) = list(people);
    let (url, apart) = database.unzip();
    let house = House::new(&gateway, &named(&csv), "1000/s", url.as_deref());
    let url = url.unwrap_or_else(|| format!("sqlite:{}", house.root().join("lykt.db").display()));
    let campaign = fs::read_to_string(house.root().join("campaigns/vinter.toml")).unwrap();
    let campaign = campaign
        .replace("language = \"språk\"", "language = \"språk\", name = \"navn\"")
        .replace("Hei! Dette", "Hei {{ name }}! Dette")
        .replace("Hi! This", "Hi {{ name }}! This");
    house.write("campaigns/vinter.toml", &campaign);
    by_hand(&house, people);
    let eligible = house.approve();
    let handles = house.json(&["plan", "hei"])["eligible"].as_i64().unwrap();
    assert_eq!((eligible, handles), (people as i64, people as i64));
    house.json(&["approve", "hei", "--people", &handles.to_string()]);
    let mut needles: Vec<String> = numbers.iter().map(|number| number[3..].to_owned()).collect();
    needles.extend(MARKS.map(str::to_owned));
    let found = any_of(&needles);
    gateway.send_receipts(house.hooks(), Duration::from_millis(5), &["delivered"]);
    let daemon = house.serve();
    wait("all are delivered", || house.count("delivered") == eligible);
    assert!(gateway.accepts()[0].body.contains(MARKS[0]), "what went out has the name");
    let noes = answer(&gateway, &house, &numbers).await;
    wait("every answer is in", || house.json(&["inbox", "list"]).as_array().unwrap().len() == people);
    for number in numbers.iter().take(3) {
        house.json(&["contact", "note", number, &format!("{} in a note", MARKS[2])]);
        house.json(&["contact", "export", number, "--as", "Kari"]);
    }
    let nick = format!("instagram:{}{}", MARKS[1], people - 1);
    house.json(&["contact", "touch", &nick, "--kind", "message", "--channel", "instagram"]);
    wait("there is something to do by hand", || !house.json(&["tasks", "today"]).as_array().unwrap().is_empty());
    let task = house.json(&["tasks", "today"])[0]["id"].as_str().unwrap().to_owned();
    house.json(&["tasks", "claim", &task, "--as", "Kari"]);
    let note = format!("{} on the call", MARKS[2]);
    house.json(&["tasks", "done", &task, "--outcome", "sent", "--as", "Kari", "--note", &note]);
    house.json(&["backup", "one.backup"]);
    for path in ["/", "/metrics", "/inbox", "/today", "/nothing/here", &format!("/contact?q={}", numbers[0])] {
        assert_eq!(shown(&found, &page(&house, path, "")), None, "{path} shows somebody who was not asked for");
    }
    assert_eq!(shown(&found, &metrics(&house)), None, "the figures show somebody");
    let planted = Planted { house, url, apart };
    planted.look(&found, "while it runs").await;
    daemon.kill();
    planted.look(&found, "after a crash").await;
    planted.house.serve().terminate();
    let bytes = planted.look(&found, "after a stop").await;
    println!("{people} numbers, names, handles and texts: {} shapes looked for in {bytes} bytes", found.patterns_len());

    if planted.apart.is_some() {
        // PostgreSQL looks at its columns, which it does by itself too.
        order(&planted.url, &["analyze"]).await;
    }
    // Their day comes.
    let (db, ledger) = planted.later().await;
    let left = AhoCorasick::new(traces(&db).await).unwrap();
    assert!(left.is_match(&planted.database()), "they are there before");
    let keep = ["12 months", "90 days", "7 days"].map(|span| span.parse().unwrap());
    let keep = Keep { entries: keep[0], texts: keep[1], webhooks: keep[2] };
    retention::erase(&db, &ledger, keep).await.unwrap();
    let mut tx = db.read().await.unwrap();
    for table in ["contact", "address", "touch", "message", "attempt", "reply", "task", "target", "hook", "direct"] {
        let rows: i64 = tx.maybe(sql("select count(*) from ").push(table)).await.unwrap().unwrap().int(0).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    drop(tx);
    db.close().await;
    if planted.apart.is_some() {
        // PostgreSQL keeps dead rows until somebody who runs it removes them.
        order(&planted.url, &["vacuum full", "checkpoint"]).await;
    }
    assert_eq!(
        left.find(&planted.database()).map(|at| at.range()),
        None,
        "nothing of theirs stands in any page of the file"
    );
    // The same people are imported again.
    let house = planted.house;
    fs::copy(house.root().join("campaigns/vinter.toml"), house.root().join("campaigns/igjen.toml")).unwrap();
    let again = house.json(&["plan", "igjen"]);
    assert_eq!(again["left_out"]["opted_out"].as_u64().unwrap(), noes.len() as u64, "{again}");
    assert_eq!(again["eligible"].as_u64().unwrap(), (people - noes.len()) as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_planted_persons_nothing_shows_and_after_their_day_nothing_is_left_but_their_no() {
    go_through(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_nothing_shows_of_planted_persons_and_after_their_day_nothing_is_left_but_their_no() {
    let server = Server::start(Fsync::Off);
    let url = server.create("planted").await;
    let mut postgresql = PgConnection::connect(&url).await.unwrap();
    let folder: String = sqlx::query_scalar("show data_directory").fetch_one(&mut postgresql).await.unwrap();
    postgresql.close().await.unwrap();
    go_through(Some((url, folder.into()))).await;
}
