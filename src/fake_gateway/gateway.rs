//! The running gateway: what it is told to do, and what it tells of what it did.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::fault::{Fault, Faults};
use super::hooks::Hooks;
use super::message::Accept;
use super::plan::Plan;
use super::shape::Shape;
use crate::gateway::http::Http;

/// What the gateway and its connections share.
pub(super) struct Shared {
    pub(super) plan: Mutex<Plan>,
    pub(super) requests: AtomicUsize,
    pub(super) client: Http,
}

/// The running gateway; it ends with its runtime.
#[derive(Clone)]
pub struct FaultGateway {
    pub(super) address: SocketAddr,
    pub(super) shared: Arc<Shared>,
}

impl FaultGateway {
    pub(super) fn plan(&self) -> MutexGuard<'_, Plan> {
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
    pub(super) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault of this request, if any; the planned ones first.
    pub(super) fn fault(&self, number: u64, shape: Shape, to: &str) -> Option<Fault> {
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
}
