//! How long each page takes in a full house while webhooks come in, beside the barest answer of the same server in the
//! same run; and how large each is.
//!
//! `cargo bench --bench pages`; `LYKT_BENCH_CONTACTS`, `LYKT_BENCH_TASKS` and `LYKT_BENCH_WEBHOOKS` (a second) fill
//! the house, `LYKT_BENCH_ONLY` takes one database.

#[path = "support/receipts.rs"]
mod receipts;
mod support;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::tz::TimeZone;
use lykt::clock::Clock;
use lykt::domain::role::Role;
use lykt::gateway::http::ensure_crypto;
use lykt::gateway::{Accounts, Address, ProviderId, Reply};
use lykt::store::sql;
use lykt::webhook::{Webhooks, serve};
use lykt::{inbox, web};
use receipts::Receipt;
use support::gateway::{self, Gateway};
use support::house::{ACCOUNT, CAMPAIGN, House, On, number};
use support::measure::{median, peak_mb, reset_peak, size, took};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What a page may take, in milliseconds and in bytes.
const GOAL: (f64, usize) = (100.0, 100_000);
/// How often each page is asked for.
const TIMES: usize = 40;
/// Answers that nobody has read.
const UNREAD: u64 = 300;
/// Answers of people to the same campaign, one after another, in words that every inbox knows.
const SAID: [&str; 4] = ["Takk, jeg har det bra", "Hei! Når har dere åpent?", "nei", "Thanks, can I call you?"];

fn main() -> anyhow::Result<()> {
    ensure_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    match gateway::asked() {
        Some(latency) => runtime.block_on(gateway::be(latency)),
        None => runtime.block_on(figures()),
    }
}

/// How full the house is.
struct Full {
    contacts: u64,
    tasks: u64,
    webhooks: u64,
}

/// Who asks, and for what.
struct Page {
    path: String,
    cookie: String,
    form: Option<String>,
}

async fn figures() -> anyhow::Result<()> {
    let full = Full {
        contacts: size("LYKT_BENCH_CONTACTS", 100_000),
        tasks: size("LYKT_BENCH_TASKS", 10_000),
        webhooks: size("LYKT_BENCH_WEBHOOKS", 500),
    };
    let only = std::env::var("LYKT_BENCH_ONLY").unwrap_or_default().to_lowercase();
    for on in [On::Sqlite, On::Postgres].into_iter().filter(|on| on.name().to_lowercase().contains(&only)) {
        house(on, &full).await?;
    }
    Ok(())
}

async fn house(on: On, full: &Full) -> anyhow::Result<()> {
    let Full { contacts, tasks, webhooks } = full;
    let name = on.name();
    println!("\n{name}: {contacts} contacts, {tasks} tasks, {webhooks} webhooks a second, each page {TIMES} times");
    let gateway = Gateway::start(0)?;
    let clock = Clock::manual(TimeZone::get("Europe/Oslo")?, "2026-12-08T12:00:00+01:00".parse()?);
    let house = House::new(on, clock).await?;
    fill(&house, full, &gateway).await?;
    let settings = house.settings(&gateway.base_url)?;
    let pages = web::House::new(settings.clone(), house.db.clone(), house.ledger.clone());
    let asked = pages_of(&house, &pages).await?;
    let accounts = Arc::new(Accounts::open(&settings, &house.ledger.clock)?);
    let (db, ledger, settler) = (house.db.clone(), house.ledger.clone(), house.settler.clone());
    let door = Arc::new(Webhooks::new(db, ledger, settler, accounts, &settings));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (_stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(listener, door, web::router(pages), stopped));

    let receipts = receipts::signed(&house.db, &["sent", "delivered", "read"]).await?;
    let (ended, posted) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let post = post(address.clone(), receipts, full.webhooks, ended.clone(), posted.clone());
    let poster = tokio::spawn(post);
    reset_peak();
    let (table, took) = took(table(&address, asked)).await?;
    ended.store(true, Ordering::Relaxed);
    poster.await??;
    server.abort();
    print!("{table}");
    let came = posted.load(Ordering::Relaxed) as f64 / took.seconds;
    let load = took.cpu / took.seconds;
    println!("{came:.0} webhooks a second came in meanwhile; {load:.1} cores, peak memory {:.0} MB", peak_mb()?);
    Ok(())
}

/// Everything that a full house has: half of the people got their message, some of these are to be called, some answered.
async fn fill(house: &House, full: &Full, gateway: &Gateway) -> anyhow::Result<()> {
    let plan = house.campaign().await?;
    let sent = full.contacts / 2;
    house.queue(plan, 0..sent).await?;
    let mut outbox = house.outbox(&gateway.base_url, 256).await?;
    while outbox.step().await?.under_way > 0 {
        outbox.wait().await;
    }
    anyhow::ensure!(gateway.taken(&client()?).await? == sent, "not every message went out");
    house.queue(plan, sent..full.contacts).await?;
    let now = house.ledger.clock.now_ms();
    let mut tx = house.db.begin().await?;
    let due = sql("update task set state = 'open', due_at = $1, lapses_at = $2 \
         where id in (select id from task order by id limit $3)");
    tx.run(due.bind(now - 3_600_000).bind(now + 7 * 86_400_000).bind(full.tasks as i64)).await?;
    tx.commit().await?;
    for n in 0..UNREAD.min(sent) {
        let reply = Reply {
            from: Address::new(number(n * sent / UNREAD.min(sent))),
            to: Address::new("+447700900999"),
            text: SAID[n as usize % SAID.len()].to_owned().into(),
            provider_id: ProviderId::parse(&format!("SMreply{n}")).context("an id of ours is none")?,
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = house.db.begin().await?;
        inbox::receive(&house.ledger, &mut tx, ACCOUNT, &reply).await?;
        tx.commit().await?;
    }
    let lists = house.folder.path().join("campaigns/lists");
    std::fs::create_dir_all(&lists)?;
    let mut list = "telefon;språk;sted\n".to_owned();
    for n in 0..full.contacts {
        writeln!(list, "{};nb;Oslo", number(n))?;
    }
    std::fs::write(lists.join("oslo.csv"), list)?;
    Ok(())
}

/// The pages of a morning and of a day, and who asks for them.
async fn pages_of(house: &House, pages: &web::House) -> anyhow::Result<Vec<Page>> {
    let mut cookies = Vec::new();
    for (name, role) in [("Stian", Role::Staff), ("Berit", Role::Coordinator), ("Ada", Role::Admin)] {
        let Ok(added) = pages.access.add(name, role, None, None).await? else { anyhow::bail!("no {name}") };
        let mut tx = house.db.begin().await?;
        let cookie = pages.access.begin(&mut tx, added.user.id).await?;
        tx.commit().await?;
        cookies.push(format!("__Host-lykt={}", cookie.expose()));
    }
    let mut tx = house.db.read().await?;
    let mut one = async |query| {
        let row = tx.maybe(sql(query)).await?.context("nothing is there")?;
        anyhow::Ok(row.get::<uuid::Uuid>(0)?.to_string())
    };
    let task = one("select id from task where state = 'open' order by id desc limit 1").await?;
    let reply = one("select id from reply where read_at is null order by id limit 1").await?;
    let contact = one("select contact_id from reply where read_at is null order by id limit 1").await?;
    let [staff, coordinator, admin] = &cookies[..] else { anyhow::bail!("three people work here") };
    let page = |path: &str, cookie: &String| Page { path: path.to_owned(), cookie: cookie.clone(), form: None };
    let mut all = vec![
        page("/healthz", staff),
        page("/today", staff),
        page(&format!("/tasks/{task}"), staff),
        page("/inbox", staff),
        page(&format!("/inbox/{reply}"), staff),
        page(&format!("/contacts/{contact}"), staff),
        page("/campaigns", coordinator),
    ];
    let check = format!("address={}", number(1).replace('+', "%2B"));
    all.push(Page { path: "/check".to_owned(), cookie: staff.clone(), form: Some(check) });
    for part in ["", "/live", "/plan", "/messages", "/doubts", "/report"] {
        all.push(page(&format!("/campaigns/{CAMPAIGN}{part}"), coordinator));
    }
    all.extend([page("/lists", coordinator), page("/lists/oslo.csv", coordinator), page("/users", admin)]);
    Ok(all)
}

/// Asks for every page in turn, again and again, and says how long each took.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
async fn table(address: &str, pages: Vec<Page>) -> anyhow::Result<String> {
    let client = client()?;
    let mut times: Vec<Vec<f64>> = pages.iter().map(|_| Vec::new()).collect();
    let mut bytes = vec![0; pages.len()];
    for _ in 0..TIMES {
        for (n, page) in pages.iter().enumerate() {
            let url = format!("{address}{}", page.path);
            let call = match &page.form {
                None => client.get(url),
                Some(form) => client
                    .post(url)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Sec-Fetch-Site", "same-origin")
                    .body(form.clone()),
            };
            let began = Instant::now();
            let answer = call.header("Cookie", &page.cookie).header("Accept-Language", "nb").send().await?;
            // What was signed out would lead to the door, and to nothing that can be measured.
            let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            let shown = answer.status().is_success() || to.starts_with("/contacts/");
            anyhow::ensure!(shown, "{}: {} {to}", page.path, answer.status());
            bytes[n] = answer.bytes().await?.len();
            times[n].push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    let bare = median(times[0].clone());
    let mut table = String::new();
    writeln!(table, "{:<30} {:>8} {:>8} {:>8} {:>8}", "page", "KB", "median", "slowest", "to bare")?;
    for ((page, times), bytes) in pages.iter().zip(times).zip(bytes) {
        let slowest = times.iter().copied().fold(0.0, f64::max);
        let middle = median(times);
        let over = if middle > GOAL.0 || bytes > GOAL.1 { "  over" } else { "" };
        let path: String = page.path.chars().take(30).collect();
        let kb = bytes as f64 / 1_000.0;
        writeln!(table, "{path:<30} {kb:>8.1} {middle:>8.1} {slowest:>8.1} {:>8.1}{over}", middle / bare)?;
    }
    Ok(table)
}

/// Posts so many receipts a second until the end.
async fn post(
    address: String,
    receipts: Vec<Receipt>,
    a_second: u64,
    ended: Arc<AtomicBool>,
    posted: Arc<AtomicU64>,
) -> anyhow::Result<()> {
    let client = client()?;
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let mut left = receipts.into_iter();
    let mut under_way = tokio::task::JoinSet::new();
    while !ended.load(Ordering::Relaxed) {
        tick.tick().await;
        for one in left.by_ref().take((a_second / 50) as usize) {
            let call = client
                .post(format!("{address}{}", one.path))
                .header("X-Twilio-Signature", one.signature)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(one.body);
            let posted = posted.clone();
            under_way.spawn(async move {
                let answer = call.send().await?;
                anyhow::ensure!(answer.status().is_success(), "a webhook was answered {}", answer.status());
                posted.fetch_add(1, Ordering::Relaxed);
                Ok(())
            });
        }
        while let Some(ended) = under_way.try_join_next() {
            ended??;
        }
    }
    Ok(())
}

/// A client as a browser or a provider has one.
fn client() -> anyhow::Result<reqwest::Client> {
    #[expect(clippy::disallowed_methods, reason = "a browser and a provider have clients of their own")]
    let builder = reqwest::Client::builder();
    Ok(builder.no_proxy().tcp_nodelay(true).redirect(reqwest::redirect::Policy::none()).build()?)
}
