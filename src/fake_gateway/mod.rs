//! A gateway that fails on demand: what the outside world does to us, for tests, benches and people who try Lykt out.
//!
//! Speaks as Twilio, as the WhatsApp Cloud API and as 46elks, all at one address. It counts what it *accepted*, by person,
//! before any fault hides that from the caller: "0 sends" means that [`FaultGateway::accepts`] is empty. It knows nothing of
//! the daemon: what it is told is a provider's request, what it tells is a provider's webhook.

mod content;
mod elks;
mod fault;
mod list;
mod server;
mod shape;
mod tell;
mod twilio;
pub mod whatsapp;

pub use elks::{HOOK_KEY, PASSWORD, USERNAME};
pub use fault::{Callback, Fault, Faults, Lie, Unknown, Word};
pub use shape::Shape;
pub use tell::Hooks;
pub use twilio::{ACCOUNT_SID, AUTH_TOKEN, sign};

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::json;
use tokio::net::TcpListener;

use crate::clock::{Clock, boot_ms};
use crate::gateway::http::Http;
use shape::Asked;

/// Its client waits so long for the daemon to take a callback, as providers do.
const PATIENCE: Duration = Duration::from_secs(10);

/// One message that the gateway took.
#[derive(Clone, Debug)]
pub struct Accept {
    /// As which provider.
    pub shape: Shape,
    /// To whom.
    pub to: String,
    /// From what number, name or messaging service.
    pub from: String,
    /// The text.
    pub body: String,
    /// The gateway's id for it.
    pub sid: String,
    /// The caller's token for this try.
    pub token: Option<String>,
    /// The status callback as given.
    pub status_callback: Option<String>,
    /// Every field of the form; of a JSON document `document` and `kind`.
    pub fields: HashMap<String, String>,
    /// When the head of its request was here, in unix milliseconds.
    pub came_ms: i64,
    /// When it was accepted, in unix milliseconds.
    pub at_ms: i64,
}

impl Accept {
    /// A line of the log.
    fn line(&self) -> String {
        let Accept { shape, to, from, body, sid, came_ms, at_ms, .. } = self;
        json!({ "at": at_ms, "came": came_ms, "as": shape.as_str(), "to": to, "from": from, "text": body, "id": sid })
            .to_string()
    }
}

/// What the gateway does, and what it has seen.
struct Plan {
    latency: Duration,
    next: VecDeque<Fault>,
    by_number: HashMap<String, Fault>,
    faults: Faults,
    /// After each accept: wait this long, then post these statuses here.
    receipts: Option<(Hooks, Duration, Vec<&'static str>)>,
    accepts: Vec<Accept>,
    others: Vec<list::Other>,
    /// What it was asked to delete, by its ids; on no list any more.
    erased: Vec<String>,
    /// How far each message came, as the list has it.
    statuses: HashMap<String, (&'static str, Option<u32>)>,
    page: Option<usize>,
    list_faults: VecDeque<Option<Fault>>,
    templates: serde_json::Value,
    pages: usize,
    /// How many requests met each fault.
    met: BTreeMap<&'static str, usize>,
    /// Forged callbacks, and those of them that were not answered 403.
    forged: (usize, usize),
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    log: Option<Box<dyn Write + Send>>,
}

impl Default for Plan {
    fn default() -> Self {
        let clock = Clock::real(TimeZone::UTC);
        Self {
            latency: Duration::ZERO,
            next: VecDeque::new(),
            by_number: HashMap::new(),
            faults: Faults::default(),
            receipts: None,
            accepts: Vec::new(),
            others: Vec::new(),
            erased: Vec::new(),
            statuses: HashMap::new(),
            page: None,
            list_faults: VecDeque::new(),
            templates: serde_json::Value::Null,
            pages: 0,
            met: BTreeMap::new(),
            forged: (0, 0),
            clock: Arc::new(move || clock.now_ms()),
            log: None,
        }
    }
}

struct Shared {
    plan: Mutex<Plan>,
    requests: AtomicUsize,
    client: Http,
}

/// The running gateway; it ends with its runtime.
#[derive(Clone)]
pub struct FaultGateway {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FaultGateway {
    /// Starts a gateway on a free port of this machine that does everything right.
    ///
    /// # Panics
    /// Where the machine has no free port.
    pub async fn start() -> Self {
        Self::listen(([127, 0, 0, 1], 0).into()).await.expect("a machine has a free port on its loopback address")
    }

    /// Starts a gateway at this address that does everything right.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let client = Http::new(boot_ms, PATIENCE).map_err(io::Error::other)?;
        let shared = Arc::new(Shared { plan: Mutex::default(), requests: AtomicUsize::new(0), client });
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        tokio::spawn(server::serve(listener, shared.clone()));
        Ok(Self { address, shared })
    }

    /// For `base_url` in the settings.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.shared.plan()
    }

    /// Answers this much later from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.plan().latency = latency;
    }

    /// Writes a line of JSON here for each accept.
    pub fn log_to(&self, log: impl Write + Send + 'static) {
        self.plan().log = Some(Box::new(log));
    }

    /// The next request meets this fault, after those already planned.
    pub fn fail_next(&self, fault: Fault) {
        self.plan().next.push_back(fault);
    }

    /// Every request to this number meets this fault; `None` lifts it. `whatsapp:+46..` fails only there.
    pub fn fail_for(&self, to: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.plan().by_number.insert(to.to_owned(), fault),
            None => self.plan().by_number.remove(to),
        };
    }

    /// From now on, requests, lists and callbacks meet their shares of faults.
    pub fn set_faults(&self, faults: Faults) {
        self.plan().faults = faults;
    }

    /// From now on, each accepted message is followed by these statuses, each this much after the last.
    pub fn send_receipts(&self, hooks: Hooks, after: Duration, statuses: &[&'static str]) {
        self.plan().receipts = Some((hooks, after, statuses.to_vec()));
    }

    /// Everything accepted so far, in order.
    pub fn accepts(&self) -> Vec<Accept> {
        self.plan().accepts.clone()
    }

    /// How many messages each number was sent. "Never twice" is: every value is 1.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for accept in &self.plan().accepts {
            *counts.entry(accept.to.clone()).or_default() += 1;
        }
        counts
    }

    /// How many requests for a message came whole, accepted or not.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// What it was asked to delete, in order.
    pub fn erased(&self) -> Vec<String> {
        self.plan().erased.clone()
    }

    /// How many requests met each fault so far.
    pub fn met(&self) -> BTreeMap<&'static str, usize> {
        self.plan().met.clone()
    }

    /// How many callbacks were forged, and how many of them were not refused with 403.
    pub fn forged(&self) -> (usize, usize) {
        self.plan().forged
    }
}

impl Shared {
    /// A test that fails while it holds this must not hide why: what stands here is right at any time.
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of this request, if any; the planned ones first.
    fn fault(&self, number: u64, shape: Shape, to: &str) -> Option<Fault> {
        let mut plan = self.plan();
        let here = format!("{}:{to}", shape.as_str());
        let fault = match plan.next.pop_front() {
            Some(fault) => Some(fault),
            None => plan.by_number.get(&here).or_else(|| plan.by_number.get(to)).cloned(),
        };
        let fault = fault.or_else(|| plan.faults.of_send(number))?;
        *plan.met.entry(fault.as_str()).or_default() += 1;
        Some(fault)
    }

    /// Counts a message as sent, and says so as the plan has it.
    async fn accept(self: &Arc<Self>, number: u64, shape: Shape, asked: Asked, came_ms: i64) -> Accept {
        let (accept, receipts, callback) = {
            let mut plan = self.plan();
            let accept = Accept {
                shape,
                sid: shape.id(&sid(number, &asked.to)),
                to: asked.to,
                from: asked.from,
                body: asked.body,
                token: asked.token,
                status_callback: asked.callback,
                fields: asked.fields,
                came_ms,
                at_ms: (plan.clock)(),
            };
            plan.accepts.push(accept.clone());
            if let Some(log) = &mut plan.log {
                // Whoever reads the log may have read enough.
                let _ = writeln!(log, "{}", accept.line()).and_then(|()| log.flush());
            }
            (accept, plan.receipts.clone(), plan.faults.of_callback(number))
        };
        if let Some((hooks, after, statuses)) = receipts {
            self.tell(hooks, &accept, after, statuses, callback).await;
        }
        accept
    }
}

/// An id that nobody guesses and that is the same in every run.
fn sid(number: u64, salt: &str) -> String {
    let salt = salt
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{:016x}{:016x}", scramble(salt, number), scramble(number, salt))
}

/// A fixed mixing of two numbers (splitmix64): chance without randomness.
pub fn scramble(seed: u64, number: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
