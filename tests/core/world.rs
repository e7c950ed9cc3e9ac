//! One world from one seed: the real house on a database in memory, a provider that is told what to do, and a model
//! that hears of everything. One thing happens at a time; which, the dice say.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::campaign::file::Definition;
use lykt::clock::Clock;
use lykt::domain::campaign::CampaignState;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::{MessageId, ReplyId};
use lykt::domain::message::MessageState::*;
use lykt::domain::private::Private;
use lykt::gateway::Accounts;
use lykt::ledger::{Ledger, trust};
use lykt::outbox::{Outbox, Pace, Reaper, Settler};
use lykt::settings::Settings;
use lykt::store::{Db, meta, sql};
use lykt::vault::{Keys, Vault};

use crate::core::dice::Dice;
use crate::core::model::{Answer, Cooldown, Model, News, Now, Request};
use crate::core::provider::{FROM, Provider};

pub const ACCOUNT: &str = "twilio";
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// Numbers that are nobody's.
pub const NUMBERS: usize = 40;
const PACE: Pace = Pace { slots: 6, answer_within_ms: 1_000 };
/// Events that are shown of a world that broke.
const SHOWN: usize = 60;
/// Looks for requests that must come.
const PATIENCE: usize = 1_000;

/// A start of a daemon, and what it has not settled yet.
pub struct Node {
    pub outbox: Outbox,
    pub fence: i64,
    /// Tries that ended, in order: message, try, how.
    pub ended: Vec<(usize, i64, Answer)>,
    /// Which requests wait for an answer.
    pub asks: Vec<usize>,
}

pub struct World {
    pub seed: u64,
    pub dice: Dice,
    pub db: Db,
    pub ledger: Ledger,
    pub settler: Settler,
    pub settings: Settings,
    pub provider: Provider,
    pub model: Model,
    pub nodes: Vec<Option<Node>>,
    pub lines: Vec<Arc<Accounts>>,
    pub requeues_absent: bool,
    /// Answers that nobody has read: whose, and when they came.
    /// Those that nobody has read: whose, when, and whether it may be a no.
    pub replies: Vec<(ReplyId, usize, i64, bool)>,
    pub plans: Vec<(usize, Definition, PathBuf)>,
    pub paths: BTreeMap<usize, Vec<News>>,
    pub late: Vec<usize>,
    pub tally: Tally,
    pub checked_at: i64,
    events: VecDeque<String>,
    pub folder: tempfile::TempDir,
    pub keep: &'static str,
}

/// What a world saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub campaign_days: u64,
    pub campaigns: u64,
    pub events: u64,
    pub sends: u64,
    pub doubts: u64,
    pub noes: u64,
    pub deaths: u64,
    pub broken: bool,
}

pub fn number(n: usize) -> String {
    assert!(n < 95, "the numbers that are nobody's are used up");
    format!("+46701740{}", 605 + n)
}

/// A folder in memory where there is one: what must survive a power cut is tried elsewhere.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl World {
    pub async fn new(seed: u64) -> World {
        let mut dice = Dice::new(seed);
        let folder = folder();
        let starts =
            ["2026-03-20T08:00[Europe/Oslo]", "2026-10-16T08:00[Europe/Oslo]", "2026-12-01T08:00[Europe/Oslo]"];
        let start: jiff::ZonedDateTime = dice.pick(&starts).parse().unwrap();
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let clock = Clock::manual(zone.clone(), start.timestamp());
        let (cooldown, span) = dice.pick(&[
            (Cooldown::Days(7), "1 week"),
            (Cooldown::Days(12), "12 days"),
            (Cooldown::Months(1), "1 month"),
        ]);
        let requeues_absent = dice.one_in(3);
        let absent = if requeues_absent { "requeue" } else { "hold" };
        let file = folder.path().join("lykt.toml");
        std::fs::write(folder.path().join("token"), "secret").unwrap();
        let text = format!(
            "[organisation]\nname = \"Lykten\"\n[server]\npublic_url = \"https://lykt.example.org\"\n[sending]\nanswer_within = \"1 second\"\n\
             way_in = \"never\"\n[gateways.{ACCOUNT}]\nkind = \"twilio\"\naccount_sid = \"AC00000000000000000000000000000001\"\n\
             auth_token = {{ file = \"token\" }}\nfrom = \"{FROM}\"\nrate = \"1000000/s\"\nabsent = \"{absent}\"\nbase_url = \"http://127.0.0.1:9\"\n"
        );
        std::fs::write(&file, text).unwrap();
        let settings = Settings::load(&file).unwrap();
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock: clock.clone(),
            cooldown: span.parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let settler = Settler::new(ledger.clone(), Holidays::Norway);
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let provider = Provider::new();
        let lines = (0..1 + dice.below(3))
            .map(|node| Arc::new(Accounts::open(&settings, &clock).unwrap().over(provider.line(node))));
        let lines: Vec<_> = lines.collect();
        let mut world = World {
            seed,
            model: Model::new(zone, cooldown, NUMBERS, clock.now_ms()),
            nodes: lines.iter().map(|_| None).collect(),
            lines,
            requeues_absent,
            replies: Vec::new(),
            plans: Vec::new(),
            paths: BTreeMap::new(),
            late: Vec::new(),
            tally: Tally::default(),
            checked_at: clock.now_ms(),
            events: VecDeque::new(),
            keep: dice.pick(&["1 month", "2 months"]),
            dice,
            db,
            ledger,
            settler,
            settings,
            provider,
            folder,
        };
        world.note(true).await;
        world
    }

    pub fn line(&self) -> &Accounts {
        &self.lines[0]
    }

    pub fn clock(&self) -> &Clock {
        &self.ledger.clock
    }

    pub fn now(&self) -> Now {
        Now { ms: self.clock().now_ms(), steady: self.clock().steady_ms() }
    }

    /// Remembers an event for whoever has to understand what broke.
    pub fn tell(&mut self, what: String) {
        self.tally.events += 1;
        if self.events.len() == SHOWN {
            self.events.pop_front();
        }
        let local = self.model.local(self.clock().now_ms());
        self.events.push_back(format!("{} {} {what}", local.strftime("%a %F %T"), self.clock().steady_ms()));
    }

    /// Stops everything: a promise is broken, or the model is wrong.
    pub fn broken(&self, why: &str) -> ! {
        let events: Vec<&str> = self.events.iter().map(String::as_str).collect();
        panic!("core: BROKEN with LYKT_SEED={}: {why}\n  {}", self.seed, events.join("\n  "));
    }

    /// Moves the clock on, as time passes.
    pub fn pass(&mut self, ms: i64) {
        self.clock().advance_ms(ms);
    }

    /// The daemons note the time; with `confirm` a person confirms it.
    pub async fn note(&mut self, confirm: bool) {
        let now = self.now();
        let mut tx = self.db.begin().await.unwrap();
        if confirm {
            trust::confirm(&mut tx, &self.ledger.clock).await.unwrap();
        } else {
            let trusted = trust::note(&mut tx, &self.ledger.clock).await.unwrap();
            if trusted != self.model.trusts(now) {
                self.broken("the clock is trusted when it must not be, or not when it may");
            }
        }
        tx.commit().await.unwrap();
        if confirm || self.model.trusts(now) {
            self.model.noted_at = now.ms;
        }
    }

    pub async fn is_born(&mut self, n: usize) {
        let mut tx = self.db.begin().await.unwrap();
        let fence = meta::next_fence(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let accounts = self.lines[n].clone();
        let outbox = Outbox::new(self.db.clone(), self.settler.clone(), self.ledger.clone(), accounts, fence, PACE);
        self.tell(format!("node {n} is born, fence {fence}"));
        self.nodes[n] = Some(Node { outbox, fence, ended: Vec::new(), asks: Vec::new() });
    }

    pub fn dies(&mut self, n: usize) {
        if self.nodes[n].take().is_some() {
            self.tally.deaths += 1;
            self.tell(format!("node {n} dies"));
        }
    }

    /// Lets tasks run as far as they can: requests are made, answers are taken.
    pub async fn settle_down(&mut self) {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    /// Lets what was committed reach the disk: before that no byte leaves.
    async fn reach_the_disk(&mut self) {
        self.settle_down().await;
        self.db.begin().await.unwrap().commit().await.unwrap();
        self.settle_down().await;
    }

    /// One step of a node. `then`: what happens between the commit and the first byte.
    pub async fn step(&mut self, n: usize, then: Then) -> (usize, usize) {
        let Some(mut node) = self.nodes[n].take() else { return (0, 0) };
        let now = self.now();
        let before = self.model.moved.len();
        for (message, try_n, answer) in node.ended.drain(..) {
            self.model.settles(message, try_n, answer, now);
        }
        let settled = self.model.moved.len() - before;
        let first = self.provider.told().asked.len();
        let stepped = match node.outbox.step().await {
            Ok(stepped) => stepped,
            Err(e) => self.broken(&format!("a step failed: {e}")),
        };
        // Until somebody waits for something, no task has run: not a byte has left.
        let fence = node.fence;
        let mut node = Some(node);
        match then {
            Then::Nothing => {}
            Then::Sleeps => self.pass(2 * SECOND),
            Then::Dies => node = None,
        }
        let begun = if stepped.began > 0 { self.intents(fence, stepped.began, now).await } else { Vec::new() };
        if stepped.began + settled > 0 {
            let whom: Vec<String> = begun.iter().map(|m| self.show(*m)).collect();
            self.tell(format!("node {n} steps: {settled} moved, began {whom:?}, then {then:?}"));
        }
        self.reach_the_disk().await;
        // The thread that asked the disk may be slow to say so.
        let all = first + if then == Then::Nothing { begun.len() } else { 0 };
        for _ in 0..PATIENCE {
            if self.provider.told().asked.len() >= all {
                break;
            }
            self.reach_the_disk().await;
        }
        match (then, &mut node) {
            (Then::Nothing, Some(node)) => self.see_requests(node, n, first, &begun),
            _ if self.provider.told().asked.len() > first => self.broken("bytes left of a dead or a late node"),
            (_, Some(node)) => {
                let late = |m: &usize| (*m, self.model.messages[*m].attempt, Answer::Unsent);
                node.ended.extend(begun.iter().map(late));
            }
            (_, None) => {
                self.tally.deaths += 1;
                self.tell(format!("node {n} dies before a byte left"));
            }
        }
        self.nodes[n] = node;
        (stepped.settled, stepped.began)
    }

    /// Reads which intents stand, and asks the model of each whether it may.
    pub async fn intents(&mut self, fence: i64, began: usize, now: Now) -> Vec<usize> {
        let mut tx = self.db.read().await.unwrap();
        let query = sql("select id, attempt from message where state = 'submitting' and fence = $1 order by id");
        let rows = tx.all(query.bind(fence)).await.unwrap();
        drop(tx);
        let mut begun = Vec::new();
        for row in &rows {
            let id: MessageId = row.id(0).unwrap();
            let Some(&m) = self.model.by_id.get(&id) else { self.broken("an unknown message began") };
            if self.model.messages[m].state == Submitting {
                continue;
            }
            if let Err(why) = self.model.may_begin(m, now) {
                self.broken(&format!("{} began, though {why}", self.show(m)));
            }
            self.model.begins(m, fence, now);
            if self.model.messages[m].attempt != row.int(1).unwrap() {
                self.broken(&format!("{} is at another try", self.show(m)));
            }
            begun.push(m);
        }
        if begun.len() != began {
            self.broken(&format!("{began} began and {} stand as intents", begun.len()));
        }
        begun
    }

    /// The requests that a node made just now: exactly its intents.
    pub fn see_requests(&mut self, node: &mut Node, n: usize, first: usize, begun: &[usize]) {
        let asked: Vec<(usize, String, String)> = {
            let told = self.provider.told();
            told.asked.iter().skip(first).map(|asked| (asked.node, asked.to.clone(), asked.text.clone())).collect()
        };
        let mut left = begun.to_vec();
        for (at, (from, to, text)) in (first..).zip(&asked) {
            let fits = |m: &usize| {
                let m = &self.model.messages[*m];
                number(m.to) == *to && text.contains(&self.model.campaigns[m.campaign].name)
            };
            let Some(place) = left.iter().position(fits).filter(|_| *from == n) else {
                self.broken(&format!("node {from} asked the provider for what nobody began"));
            };
            let message = left.remove(place);
            let at_ms = self.model.messages[message].state_at;
            let try_n = self.model.messages[message].attempt;
            self.model.requests.push(Request { message, n: try_n, at: at_ms, reached_nobody: false, told: 0 });
            node.asks.push(at);
            self.tally.sends += 1;
        }
        if !left.is_empty() {
            self.broken("an intent led to no request");
        }
    }

    /// The provider answers a request; the node settles it at its next step.
    pub async fn answer(&mut self, request: usize, sent: lykt::gateway::Sent, answer: Answer) {
        let n = self.provider.told().asked[request].node;
        self.provider.answer(request, sent);
        self.settle_down().await;
        let one = &self.model.requests[request];
        let (message, try_n) = (one.message, one.n);
        if let Some(node) = &mut self.nodes[n]
            && let Some(place) = node.asks.iter().position(|asks| *asks == request)
        {
            node.asks.remove(place);
            node.ended.push((message, try_n, answer));
        }
    }

    pub async fn reap(&mut self) {
        let alone = self.lines.len() == 1;
        let fence = self.nodes.iter().flatten().map(|node| node.fence).next().filter(|_| alone).unwrap_or(0);
        let now = self.now();
        let reaper = Reaper::new(self.db.clone(), self.settler.clone(), self.ledger.clock.clone(), fence);
        reaper.step().await.unwrap();
        self.tell(format!("reaper, dead before {fence}"));
        self.model.reaps(fence, now);
        self.campaigns_end().await;
    }

    /// A campaign may end by itself once nothing of it is open.
    pub async fn campaigns_end(&mut self) {
        let mut tx = self.db.read().await.unwrap();
        let all = lykt::store::campaign::all(&mut tx).await.unwrap();
        drop(tx);
        for found in all {
            let Some(c) = self.model.campaigns.iter().position(|campaign| campaign.name == found.name) else {
                continue;
            };
            let known = self.model.campaigns[c].state;
            let ends = found.state == CampaignState::Finished && known == CampaignState::Running;
            if ends && !self.model.has_open(c) {
                self.model.campaigns[c].state = CampaignState::Finished;
            } else if found.state != known {
                self.broken(&format!("{} is {:?}, and must be {known:?}", found.name, found.state));
            }
        }
    }

    /// A day is over: what lived through it counts.
    pub fn day_is_over(&mut self) {
        let live = self.model.campaigns.iter().filter(|campaign| campaign.state.is_live()).count();
        self.tally.campaign_days += live as u64;
    }

    pub fn address(&self, n: usize) -> Private {
        Private::new(number(n))
    }
}

/// What happens between the commit of intents and their first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Nothing,
    Sleeps,
    Dies,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.campaign_days += other.campaign_days;
        self.campaigns += other.campaigns;
        self.events += other.events;
        self.sends += other.sends;
        self.doubts += other.doubts;
        self.noes += other.noes;
        self.deaths += other.deaths;
        self.broken |= other.broken;
    }
}
