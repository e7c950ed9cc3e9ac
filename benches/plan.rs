//! Planning a long list against a large ledger, beside the bare SQL for the same look-ups, on both databases.
//!
//!     LYKT_BENCH_TARGETS=1000000 LYKT_BENCH_LEDGER=10000000 cargo bench --bench plan
//!
//! `LYKT_BENCH_ON=sqlite` or `postgres` measures only one; `LYKT_BENCH_DIR` names the folder for the database. Each part
//! runs in a process of its own, so that its peak memory is its own.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use lykt::campaign::file::Definition;
use lykt::clock::{Clock, boot_ms};
use lykt::domain::decision::Decision;
use lykt::domain::id::ContactId;
use lykt::ledger::Ledger;
use lykt::plan::approve::{Yes, approve};
use lykt::plan::enqueue::enqueue;
use lykt::plan::{CHUNK, Keep, Seen, Source, Stage, Writer, make};
use lykt::settings::Settings;
use lykt::store::blind::Blind;
use lykt::store::withdrawal;
use lykt::store::{Chunks, Db, Tx, sql};
use lykt::vault::{Keys, Vault};

#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;

/// Every second number of the list is known to the ledger.
const KNOWN: usize = 2;
const NAME: &str = "bench";

fn main() -> anyhow::Result<()> {
    let part = std::env::var("LYKT_BENCH_PART").unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if part.is_empty() { all() } else { runtime.block_on(run(&part)) }
}

/// How large it is.
fn size(name: &str, small: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(small)
}

fn targets() -> usize {
    size("LYKT_BENCH_TARGETS", 100_000)
}

fn known_to_ledger() -> usize {
    size("LYKT_BENCH_LEDGER", 1_000_000)
}

/// All parts on each database, and the table.
fn all() -> anyhow::Result<()> {
    let only = std::env::var("LYKT_BENCH_ON").unwrap_or_default();
    let folder = std::env::var_os("LYKT_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    prepare(folder.path())?;
    println!("{} targets, every second of them among {} in the ledger", targets(), known_to_ledger());
    if only.is_empty() || only == "sqlite" {
        let url = format!("sqlite:{}", folder.path().join("lykt.db").display());
        measure("SQLite", &url, folder.path())?;
    }
    if only.is_empty() || only == "postgres" {
        let server = postgres::Server::start(postgres::Fsync::On);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let url = runtime.block_on(server.create("bench"));
        measure("PostgreSQL", &url, folder.path())?;
    }
    Ok(())
}

fn measure(name: &str, url: &str, folder: &Path) -> anyhow::Result<()> {
    let parts: BTreeMap<&str, Value> = ["fill", "probe", "plan", "enqueue", "cancel"]
        .into_iter()
        .map(|part| Ok((part, in_its_own_process(part, url, folder)?)))
        .collect::<anyhow::Result<_>>()?;
    let get = |part: &str, key: &str| parts[part][key].as_f64().unwrap_or(0.0);
    let seconds = |part: &str, key: &str| format!("{:.1} s", get(part, key) / 1000.0);
    let bare = get("probe", "bare_ms").max(1.0);
    println!("\n{name}");
    let rows = [
        ("filling the ledger", seconds("fill", "ms"), String::new()),
        (
            "bare SQL for the same look-ups",
            seconds("probe", "bare_ms"),
            format!("first time {}", seconds("probe", "cold_ms")),
        ),
        ("  the same in the list's order", seconds("probe", "unsorted_ms"), String::new()),
        (
            "planning: asking the ledger",
            seconds("plan", "ask_ms"),
            format!("{:.2} of bare", get("plan", "ask_ms") / bare),
        ),
        ("planning: writing", seconds("plan", "write_ms"), format!("longest {} ms", get("plan", "longest_write_ms"))),
        ("planning: first reading", seconds("plan", "read_ms"), String::new()),
        ("planning, all of it", seconds("plan", "ms"), format!("peak {:.0} MB", get("plan", "peak_kb") / 1024.0)),
        (
            "approving: into the outbox",
            seconds("enqueue", "ms"),
            format!("peak {:.0} MB", get("enqueue", "peak_kb") / 1024.0),
        ),
        (
            "  of it writing",
            seconds("enqueue", "write_ms"),
            format!("longest {} ms", get("enqueue", "longest_write_ms")),
        ),
        ("cancelling", seconds("cancel", "ms"), format!("longest {} ms", get("cancel", "longest_write_ms"))),
    ];
    for (what, took, note) in rows {
        println!("  {what:<34} {took:>10}   {note}");
    }
    println!("  eligible {}, left out {}", parts["plan"]["eligible"], parts["plan"]["left_out"]);
    Ok(())
}

fn in_its_own_process(part: &str, url: &str, folder: &Path) -> anyhow::Result<Value> {
    let out = Command::new(std::env::current_exe()?)
        .env("LYKT_BENCH_PART", part)
        .env("LYKT_BENCH_URL", url)
        .env("LYKT_BENCH_FOLDER", folder)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(out.status.success(), "the part {part} failed");
    let told: Value = serde_json::from_slice(&out.stdout)?;
    eprintln!("{part}: {told}");
    Ok(told)
}

/// The list, the keys and the settings.
fn prepare(folder: &Path) -> anyhow::Result<()> {
    let mut list = BufWriter::new(std::fs::File::create(folder.join("list.csv"))?);
    writeln!(list, "telefon;språk;sted")?;
    for n in 0..targets() {
        writeln!(list, "{};{};Oslo", number(n), if n % 3 == 0 { "en" } else { "nb" })?;
    }
    list.flush()?;
    std::fs::write(
        folder.join("lykt.toml"),
        "[organisation]\nname = \"Lykten\"\n[gateways.a]\nkind = \"simulator\"\n",
    )?;
    let keys = Keys::generate()?;
    keys.save(&folder.join("lykt.keys"))?;
    Ok(())
}

/// A made-up number: it is looked for in a database made for this, and nothing is ever sent.
fn number(n: usize) -> String {
    format!("9{:07}", (n * 7 + 1_000_000) % 10_000_000)
}

/// What the parts share.
struct House {
    folder: PathBuf,
    url: String,
    db: Db,
    ledger: Ledger,
    definition: Definition,
}

async fn run(part: &str) -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::var_os("LYKT_BENCH_FOLDER").context("no folder")?);
    let url = std::env::var("LYKT_BENCH_URL")?;
    let db = Db::open(&url).await?;
    let vault = Arc::new(Vault::new(Keys::load(&folder.join("lykt.keys"))?));
    let clock = Clock::manual(TimeZone::UTC, "2026-12-01T09:00:00Z".parse()?);
    let ledger = Ledger {
        vault,
        clock,
        cooldown: "6 months".parse().map_err(|_| anyhow::anyhow!("a span"))?,
        region: lykt::domain::phone::Region::default(),
    };
    let house = House { folder, url, db, ledger, definition: definition()? };
    let told = match part {
        "fill" => house.fill().await?,
        "probe" => house.probe().await?,
        "plan" => house.plan().await?,
        "enqueue" => house.enqueue().await?,
        "cancel" => house.cancel().await?,
        other => bail!("no part {other}"),
    };
    house.db.close().await;
    println!("{told}");
    Ok(())
}

fn definition() -> anyhow::Result<Definition> {
    let window = json!({ "days": ["mon", "tue"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    let texts = json!({
        "nb": "Hei! Dette er {{ sender }} fra {{ organisation }}. Gratis lege i {{ sted }}. Svar STOPP for å slippe flere.",
        "en": "Hi! This is {{ sender }} from {{ organisation }}. Free doctor in {{ sted }}. Reply STOP to opt out.",
    });
    Ok(serde_json::from_value(json!({
        "name": NAME, "title": "Bench", "goal": null, "basis": "DPIA", "starts": "2026-12-01", "ends": "2027-01-31",
        "list": "list.csv", "columns": { "phone": "telefon", "language": "språk", "sted": "sted" }, "where": {},
        "channels": ["sms"], "account": "a", "sender": "Amanda", "image": null, "require_language": false,
        "variants": [{ "name": "a", "weight": 1, "texts": texts }], "window": window, "rate": "20/min", "follow_ups": [],
    }))?)
}

impl House {
    fn blind(&self, n: usize) -> Blind {
        self.ledger.vault.blind(&format!("+47{}", number(n)))
    }

    /// Fills the ledger past our own statements, as fast as each database can.
    async fn fill(&self) -> anyhow::Result<Value> {
        let began = boot_ms();
        let (rows, known) = (known_to_ledger(), targets() / KNOWN);
        // Spread over the whole table, as people who became known in the course of years are.
        let spread = (rows / known.max(1)).max(1);
        let mut blinds = String::new();
        let is_sqlite = self.url.starts_with("sqlite:");
        let mut statements: Vec<String> = Vec::new();
        statements.push("create table known (n bigint primary key, blind bytea)".to_owned());
        for k in 0..known {
            let hex: String = self.blind(k * KNOWN).iter().map(|byte| format!("{byte:02x}")).collect();
            let literal = if is_sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
            blinds.push_str(&format!("{}({}, {literal})", if blinds.is_empty() { "" } else { ", " }, k * spread));
            if k % 1_000 == 999 || k + 1 == known {
                statements.push(format!("insert into known values {}", std::mem::take(&mut blinds)));
            }
        }
        let step = 500_000;
        for from in (0..rows).step_by(step) {
            let to = (from + step).min(rows) - 1;
            let (series, id, random, sealed) = if is_sqlite {
                (
                    format!(
                        "(with recursive s(n) as (select {from} union all select n + 1 from s where n < {to}) select n from s)"
                    ),
                    "unhex(printf('0193%028x', s.n))",
                    "randomblob(32)",
                    "zeroblob(54)",
                )
            } else {
                (
                    format!("(select generate_series({from}, {to}) as n)"),
                    "('0193' || lpad(to_hex(s.n), 28, '0'))::uuid",
                    "sha256(s.n::text::bytea)",
                    "'\\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344'::bytea",
                )
            };
            let early = "1700000000000 + s.n";
            // One in sixty was contacted some weeks ago, one in sixty said no.
            statements.push(format!(
                "insert into contact (id, opted_out, contacted_at, made_at) select {id}, s.n % 60 = 40, \
                 case when s.n % 60 = 0 then 1793000000000 end, {early} from {series} s"
            ));
            statements.push(format!(
                "insert into address (id, contact_id, kind, blind, sealed) select {id}, {id}, 'phone', \
                 coalesce(k.blind, {random}), {sealed} from {series} s left join known k on k.n = s.n"
            ));
            let last = to + 1;
            statements.push(format!(
                "insert into no (blind, day, source) select blind, '2026-01-01', 'reply' from address a join contact c \
                 on c.id = a.contact_id where c.opted_out = true and c.made_at >= 1700000000000 + {from} and c.made_at < 1700000000000 + {last}"
            ));
        }
        statements.push("drop table known".to_owned());
        if is_sqlite {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            let fast = "pragma synchronous = off; pragma cache_size = -2000000; pragma temp_store = memory; pragma wal_autocheckpoint = 100000";
            sqlx::raw_sql(fast).execute(&mut connection).await?;
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
            }
            sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut connection).await?;
            connection.close().await?;
        } else {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql("set synchronous_commit = off").execute(&mut connection).await?;
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
            }
            sqlx::raw_sql("vacuum analyze").execute(&mut connection).await?;
            connection.close().await?;
        }
        Ok(json!({ "ms": boot_ms() - began }))
    }

    /// The look-ups of a plan as plain statements, without a decision: the least that any planner must ask.
    async fn probe(&self) -> anyhow::Result<Value> {
        let mut blinds: Vec<Blind> = (0..targets()).map(|n| self.blind(n)).collect();
        let unsorted_ms = self.look_up(&blinds).await?;
        blinds.sort_unstable();
        let cold_ms = self.look_up(&blinds).await?;
        let bare_ms = self.look_up(&blinds).await?;
        Ok(json!({ "unsorted_ms": unsorted_ms, "cold_ms": cold_ms, "bare_ms": bare_ms }))
    }

    async fn look_up(&self, blinds: &[Blind]) -> anyhow::Result<i64> {
        let began = boot_ms();
        for chunk in blinds.chunks(CHUNK) {
            let mut tx = self.db.read().await?;
            let people = sql("select c.id, c.language, c.unread, c.opted_out, c.left_out, c.contacted_at, a.blind \
                 from address a join contact c on c.id = a.contact_id where a.blind in (");
            let mut ids: Vec<ContactId> = Vec::new();
            for row in tx.all(people.list(chunk).push(")")).await? {
                ids.push(row.id(0)?);
            }
            let open = sql(
                "select contact_id, state, campaign from message where (state in ('queued', 'submitting', 'in_doubt') or campaign = $1) and contact_id in (",
            );
            if !ids.is_empty() {
                tx.all(open.bind(NAME).list(ids).push(")")).await?;
            }
            tx.all(sql("select blind from no where blind in (").list(chunk).push(")")).await?;
        }
        Ok(boot_ms() - began)
    }

    async fn plan(&self) -> anyhow::Result<Value> {
        let settings = Settings::load(&self.folder.join("lykt.toml"))?;
        let writer = Writer::new(&self.definition, &settings)?;
        let list = self.folder.join("list.csv");
        let source = Source {
            definition: &self.definition,
            file_hash: "f",
            list_hash: "l",
            list: &list,
            partners: None,
            chunk: CHUNK,
            by: None,
        };
        let began = boot_ms();
        let mut read_ms = None;
        let planned = make(&self.db, &self.ledger, &writer, &source, Keep::Yes, |seen| {
            if let (Seen::Stage { stage: Stage::Ask, .. }, None) = (seen, read_ms) {
                read_ms = Some(boot_ms() - began);
            }
        })
        .await?;
        let left_out: BTreeMap<&str, i64> = planned.left_out.iter().map(|(why, n)| (why.as_str(), *n)).collect();
        Ok(json!({
            "ms": boot_ms() - began, "read_ms": read_ms, "ask_ms": planned.ask_ms, "write_ms": planned.chunks.ms,
            "longest_write_ms": planned.chunks.longest_ms, "peak_kb": peak_kb()?, "eligible": planned.plan.eligible,
            "left_out": left_out,
        }))
    }

    async fn enqueue(&self) -> anyhow::Result<Value> {
        let mut tx = self.db.read().await?;
        let query = sql("select eligible from plan where campaign = $1").bind(NAME);
        let people = tx.maybe(query).await?.context("no plan")?.int(0)?;
        drop(tx);
        let yes = Yes {
            campaign: NAME,
            file_hash: "f",
            list_hash: "l",
            definition: &self.definition,
            people,
            by: None,
            second: lykt::settings::SecondPerson::Never,
            understood: 0,
        };
        let Ok(plan) = approve(&self.db, &self.ledger, &yes).await? else { bail!("not approved") };
        let began = boot_ms();
        let chunks = enqueue(&self.db, &self.ledger, NAME, plan.id, |_| {}).await?;
        Ok(json!({
            "ms": boot_ms() - began, "write_ms": chunks.ms, "longest_write_ms": chunks.longest_ms,
            "peak_kb": peak_kb()?,
        }))
    }

    async fn cancel(&self) -> anyhow::Result<Value> {
        let (began, mut chunks) = (boot_ms(), Chunks::default());
        let withdraw = async |tx: &mut Tx, rows| withdrawal::of_campaign(tx, NAME, Decision::Cancelled, rows, 1).await;
        while chunks.write(&self.db, withdraw).await? > 0 {}
        Ok(json!({ "ms": boot_ms() - began, "longest_write_ms": chunks.longest_ms }))
    }
}

/// The most memory that this process has held at once.
fn peak_kb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
