//! A Twilio-shaped server that fails on demand: what the outside world does to us, in one process, on port 0.
//!
//! It counts what it *accepted*, by number, before any fault hides that from the caller: "0 sends" in a test means that
//! [`FaultGateway::accepts`] is empty. Knows nothing of Lykt; include it with `#[path]`.

#[path = "fault_gateway/callbacks.rs"]
mod callbacks;
#[path = "fault_gateway/list.rs"]
mod list;
#[path = "fault_gateway/server.rs"]
mod server;
#[path = "fault_gateway/whatsapp.rs"]
pub mod whatsapp;

pub use callbacks::sign;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use tokio::net::TcpListener;

/// The one account of this gateway.
pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
/// Its secret.
pub const AUTH_TOKEN: &str = "fault-gateway-secret";
/// How often an answer is told that was not taken: as providers do, whose patience is ten seconds too. On a disk under
/// load a commit may take as long.
const TRIES: usize = 8;

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Accepts, then drops the connection without an answer (fault 1).
    AcceptThenDrop,
    /// Accepts and answers 500 (fault 2).
    AcceptThen500,
    /// Accepts and never answers (fault 3).
    AcceptThenHang,
    /// Drops the connection at once and accepts this much later (fault 10).
    AcceptLater(Duration),
    /// Accepts and answers 201 with this body (fault 5).
    AcceptThenSay(String),
    /// Never answers, and does not accept (fault 3).
    Hang,
    /// 429, perhaps with `Retry-After` (fault 4).
    Throttle(Option<u32>),
    /// 200 with this body and type, without accepting (fault 5).
    Say(&'static str, String),
    /// 302 to another address (fault 6).
    Redirect(String),
    /// 401 as Twilio says it (fault 8).
    Unauthorised,
    /// 400 with a code of Twilio's.
    Refuse(u32),
    /// This status with a body that is not Twilio's.
    Status(u16),
    /// Drops the connection; before the body is read, when planned with [`FaultGateway::fail_next`].
    Drop,
}

impl Fault {
    /// The bad bodies of fault 5: HTML, nothing, `{}`, an id of ten kilobytes and one with a NUL.
    pub fn bad_bodies() -> Vec<Fault> {
        let id = |id: &str| format!(r#"{{"sid":"{id}","status":"queued"}}"#);
        let bodies = ["<html>Sign in to the hotel</html>", "", "{}", "[", &id(&"S".repeat(10_240)), &id("SM\\u00001")];
        bodies.map(|body| Fault::Say("application/json", body.to_owned())).into()
    }
}

/// One message that the gateway took.
#[derive(Clone, Debug)]
pub struct Accept {
    /// To whom.
    pub to: String,
    /// From what number, name or messaging service.
    pub from: String,
    /// The text.
    pub body: String,
    /// The gateway's id for it.
    pub sid: String,
    /// The token in the status callback's query.
    pub token: Option<String>,
    /// The status callback as given.
    pub status_callback: Option<String>,
    /// Every field of the form.
    pub fields: HashMap<String, String>,
    /// When, in unix milliseconds.
    pub at_ms: i64,
}

/// Where the gateway finds the webhooks of the program under test.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// Where the program listens: `http://127.0.0.1:PORT`.
    pub local: String,
    /// What it believes it is called, and what signatures cover.
    pub public: String,
}

#[derive(Default)]
struct Plan {
    latency: Duration,
    next: VecDeque<Fault>,
    by_number: HashMap<String, Fault>,
    share: Option<(u64, u64, Vec<Fault>)>,
    /// After each accept: wait this long, then post these statuses here.
    receipts: Option<(Hooks, Duration, Vec<&'static str>)>,
    accepts: Vec<Accept>,
    /// What stands on the list besides the accepts, and how far each message came.
    others: Vec<list::Other>,
    statuses: HashMap<String, (&'static str, Option<u32>)>,
    page: Option<usize>,
    list_faults: VecDeque<Option<Fault>>,
    templates: serde_json::Value,
    pages: usize,
    clock: Option<Arc<dyn Fn() -> i64 + Send + Sync>>,
}

impl Plan {
    fn now_ms(&self) -> i64 {
        let machine = || SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis() as i64);
        self.clock.as_ref().map_or_else(machine, |clock| clock())
    }
}

struct Shared {
    plan: Mutex<Plan>,
    requests: AtomicUsize,
    client: reqwest::Client,
}

/// The running gateway; it ends with its runtime.
#[derive(Clone)]
pub struct FaultGateway {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FaultGateway {
    /// Starts a gateway that does everything right.
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "a gateway of the outside world has its own client")]
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let shared = Arc::new(Shared { plan: Mutex::default(), requests: AtomicUsize::new(0), client });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server::serve(listener, shared.clone()));
        Self { address, shared }
    }

    /// For `base_url` in the settings.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.shared.plan.lock().unwrap()
    }

    /// Answers this much later from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.plan().latency = latency;
    }

    /// The next request meets this fault, after those already planned.
    pub fn fail_next(&self, fault: Fault) {
        self.plan().next.push_back(fault);
    }

    /// Every request to this number meets this fault; `None` lifts it.
    pub fn fail_for(&self, to: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.plan().by_number.insert(to.to_owned(), fault),
            None => self.plan().by_number.remove(to),
        };
    }

    /// One request in `one_in` meets one of these faults, chosen by the seed and the request's number.
    pub fn fail_share(&self, one_in: u64, seed: u64, faults: Vec<Fault>) {
        self.plan().share = Some((one_in, seed, faults));
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

    /// Posts one signed status callback for an accepted message; the answer's status.
    pub async fn receipt(&self, hooks: &Hooks, accept: &Accept, status: &str, code: Option<u32>) -> StatusCode {
        self.shared.receipt(hooks, accept, status, code).await.unwrap_or(StatusCode::BAD_GATEWAY)
    }

    /// Posts one signed answer from a person to an account's inbound hook, again and again while it is not taken; the
    /// last status.
    pub async fn reply(&self, hooks: &Hooks, account: &str, from: &str, to: &str, text: &str) -> StatusCode {
        let sid = sid(self.shared.requests.fetch_add(0, Ordering::SeqCst) as u64, &format!("{from}{text}"));
        self.reply_as(hooks, account, &sid, from, to, text).await
    }

    /// The same with an id of one's own: twice the same id is the same answer told twice.
    pub async fn reply_as(
        &self,
        hooks: &Hooks,
        account: &str,
        sid: &str,
        from: &str,
        to: &str,
        text: &str,
    ) -> StatusCode {
        let fields = [
            ("MessageSid", sid),
            ("SmsSid", sid),
            ("SmsMessageSid", sid),
            ("AccountSid", ACCOUNT_SID),
            ("SmsStatus", "received"),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("From", from),
            ("To", to),
            ("Body", text),
            ("ApiVersion", "2010-04-01"),
        ];
        let url = format!("{}/hooks/{account}/inbound", hooks.public);
        let mut told = StatusCode::BAD_GATEWAY;
        for _ in 0..TRIES {
            told = self.shared.post(hooks, &url, &fields).await.unwrap_or(StatusCode::BAD_GATEWAY);
            if !told.is_server_error() {
                break;
            }
        }
        told
    }
}

impl Shared {
    /// The fault of this request, if any; the planned ones first.
    fn fault(&self, number: u64, to: &str) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        if let Some(fault) = plan.next.pop_front() {
            return Some(fault);
        }
        if let Some(fault) = plan.by_number.get(to) {
            return Some(fault.clone());
        }
        let (one_in, seed, faults) = plan.share.as_ref()?;
        let dice = scramble(*seed, number);
        let hit = dice.is_multiple_of(*one_in.max(&1)) && !faults.is_empty();
        hit.then(|| faults[(dice / one_in.max(&1)) as usize % faults.len()].clone())
    }

    fn accept(self: &Arc<Self>, number: u64, fields: HashMap<String, String>) -> Accept {
        let field = |name: &str| fields.get(name).cloned();
        let to = field("To").unwrap_or_default();
        let status_callback = field("StatusCallback");
        let token = status_callback.as_ref().and_then(|url| {
            let url = reqwest::Url::parse(url).ok()?;
            url.query_pairs().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
        });
        let accept = Accept {
            sid: sid(number, &to),
            from: field("From").or_else(|| field("MessagingServiceSid")).unwrap_or_default(),
            body: field("Body").unwrap_or_default(),
            at_ms: self.plan.lock().unwrap().now_ms(),
            to,
            token,
            status_callback,
            fields,
        };
        let mut plan = self.plan.lock().unwrap();
        plan.accepts.push(accept.clone());
        if let Some((hooks, after, statuses)) = plan.receipts.clone() {
            let (shared, accept) = (self.clone(), accept.clone());
            tokio::spawn(async move {
                for status in statuses {
                    tokio::time::sleep(after).await;
                    shared.receipt_until_taken(&hooks, &accept, status).await;
                }
            });
        }
        accept
    }
}

fn sid(number: u64, salt: &str) -> String {
    let salt = salt
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("SM{:016x}{:016x}", scramble(salt, number), scramble(number, salt))
}

/// A fixed mixing of two numbers (splitmix64): chance without randomness.
fn scramble(seed: u64, number: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
