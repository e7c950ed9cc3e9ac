//! What the gateway does, and what it has seen.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::fault::{Fault, Faults};
use super::hooks::Hooks;
use super::message::{Accept, Other};
use super::shape::Shape;
use crate::clock::Clock;

/// What it does from now on, and what came of that.
pub(super) struct Plan {
    pub(super) latency: Duration,
    pub(super) next: VecDeque<Fault>,
    pub(super) by_number: HashMap<String, Fault>,
    pub(super) faults: Faults,
    /// After each accept: wait this long, then post these statuses here.
    pub(super) receipts: Option<(Hooks, Duration, Vec<&'static str>)>,
    pub(super) accepts: Vec<Accept>,
    pub(super) others: Vec<Other>,
    /// What it was asked to delete, by its ids; on no list any more.
    pub(super) erased: Vec<String>,
    /// How far each message came, as the list has it.
    pub(super) statuses: HashMap<String, (&'static str, Option<u32>)>,
    pub(super) page: Option<usize>,
    pub(super) list_faults: VecDeque<Option<Fault>>,
    pub(super) templates: serde_json::Value,
    pub(super) pages: usize,
    /// How many requests met each fault.
    pub(super) met: BTreeMap<&'static str, usize>,
    /// Forged callbacks, and those of them that were not answered 403.
    pub(super) forged: (usize, usize),
    pub(super) clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub(super) log: Option<Box<dyn Write + Send>>,
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

impl Plan {
    /// A message that no request of the daemon made; whether or not a webhook tells it, the list has it.
    pub(super) fn put(&mut self, shape: Shape, incoming: bool, sid: &str, (from, to): (&str, &str), text: &str) {
        let (sid, from, to, body) = (sid.to_owned(), from.to_owned(), to.to_owned(), text.to_owned());
        self.others.push(Other { shape, incoming, sid, from, to, body, at_ms: (self.clock)() });
    }
}
