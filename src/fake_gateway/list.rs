//! The gateway's list of messages, newest first, in pages: what it took, what people wrote, what another system sent; true
//! or not, as the faults have it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::answer;
use super::chance::sid;
use super::fault::{Fault, Lie};
use super::gateway::{FaultGateway, Shared};
use super::message::Entry;
use super::plan::Plan;
use super::shape::Shape;
use super::twilio::ACCOUNT_SID;
use super::wire::{json, status};
use super::{elks, twilio};
use crate::gateway::form;

impl FaultGateway {
    /// The gateway's clock; the machine's when nothing else is said.
    pub fn set_clock(&self, now_ms: impl Fn() -> i64 + Send + Sync + 'static) {
        self.plan().clock = Arc::new(now_ms);
    }

    /// A person writes, and no webhook tells it; the gateway's id for it.
    pub fn hears(&self, from: &str, to: &str, text: &str) -> String {
        self.add(true, from, to, text)
    }

    /// The gateway takes a message that is not a request's: a late one, or another system's.
    pub fn takes(&self, from: &str, to: &str, text: &str) -> String {
        self.add(false, from, to, text)
    }

    fn add(&self, incoming: bool, from: &str, to: &str, text: &str) -> String {
        let mut plan = self.plan();
        let sid = Shape::Twilio.id(&sid(1_000_000_000 + plan.others.len() as u64, from));
        plan.put(Shape::Twilio, incoming, &sid, (from, to), text);
        sid
    }

    /// How far a message came, as the list says from now on; with no callback.
    pub fn becomes(&self, sid: &str, status: &'static str, code: Option<u32>) {
        self.plan().statuses.insert(sid.to_owned(), (status, code));
    }

    /// No page of the list is longer.
    pub fn set_page(&self, most: usize) {
        self.plan().page = Some(most);
    }

    /// After so many good pages of the list, the next one meets this fault.
    pub fn fail_list(&self, after: usize, fault: Fault) {
        let pages = &mut self.plan().list_faults;
        pages.extend(std::iter::repeat_n(None, after));
        pages.push_back(Some(fault));
    }

    /// How many pages of the list were asked for.
    pub fn pages(&self) -> usize {
        self.plan().pages
    }
}

impl Plan {
    /// Everything that fits, newest first, with its lies.
    fn listed(&self, shape: Shape, fits: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut all = Vec::new();
        for (n, accept) in self.accepts.iter().enumerate().filter(|(_, accept)| accept.shape == shape) {
            let own =
                |sid: &str, body: &str| self.entry(false, sid.to_owned(), &accept.from, &accept.to, body, accept.at_ms);
            match self.faults.of_list(n as u64) {
                Some(Lie::Missing) => continue,
                Some(Lie::Doubled) => all.push(own(&shape.id(&sid(n as u64, "doubled")), &accept.body)),
                Some(Lie::Foreign) => all.push(own(&shape.id(&sid(n as u64, "foreign")), "Your parcel is here")),
                Some(Lie::SecondPage) | None => {}
            }
            all.push(own(&accept.sid, &accept.body));
        }
        let others = self.others.iter().filter(|other| other.shape == shape);
        all.extend(others.map(|o| self.entry(o.incoming, o.sid.clone(), &o.from, &o.to, &o.body, o.at_ms)));
        all.retain(|entry| fits(entry) && !self.erased.contains(&entry.sid));
        all.sort_by_key(|entry| std::cmp::Reverse(entry.at_ms));
        all
    }

    fn entry(&self, incoming: bool, sid: String, from: &str, to: &str, body: &str, at_ms: i64) -> Entry {
        let first = if incoming { "received" } else { "sent" };
        let (status, code) = self.statuses.get(&sid).copied().unwrap_or((first, None));
        let (from, to, body) = (from.to_owned(), to.to_owned(), body.to_owned());
        Entry { incoming, sid, from, to, body, at_ms, status, code }
    }
}

impl Shared {
    /// The fault of the next page. One that follows another may be a second one.
    fn page_fault(&self, follows: bool) -> Option<Fault> {
        let mut plan = self.plan();
        plan.pages += 1;
        let asked = plan.pages as u64;
        let by_chance = || follows && plan.faults.of_list(asked) == Some(Lie::SecondPage);
        let by_chance = by_chance().then_some(Fault::Status(503));
        plan.list_faults.pop_front().flatten().or(by_chance)
    }
}

/// A message is deleted, with whatever came with it.
pub(super) async fn erase_of_twilio(
    State(shared): State<Arc<Shared>>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !Shape::Twilio.knows(&headers, &account) {
        return Shape::Twilio.refused_as(401);
    }
    let mut plan = shared.plan();
    let sid = file.trim_end_matches(".json");
    let known = plan.accepts.iter().any(|accept| accept.sid == sid) || plan.others.iter().any(|other| other.sid == sid);
    if !known || plan.erased.iter().any(|gone| gone == sid) {
        return twilio::refused(404, 20_404);
    }
    plan.erased.push(sid.to_owned());
    (status(204), "").into_response()
}

type Filter = HashMap<String, String>;

/// A page of Twilio's list.
pub(super) async fn of_twilio(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response {
    if !Shape::Twilio.knows(&headers, &account) {
        return Shape::Twilio.refused_as(401);
    }
    let number = |name: &str| filter.get(name).and_then(|n| n.parse::<usize>().ok());
    if let Some(fault) = shared.page_fault(number("Page").is_some_and(|page| page > 0)) {
        return answer(Shape::Twilio, fault);
    }
    let plan = shared.plan();
    let day = |ms: i64| elks::time(ms)[..10].to_owned();
    let fits = |name: &str, value: &str| filter.get(name).is_none_or(|wanted| wanted == value);
    // What waits has no day of sending yet, and is in no list by days.
    let all = plan.listed(Shape::Twilio, |entry| {
        let since = filter.get("DateSent>");
        let in_time = since.is_none_or(|since| entry.status != "queued" && day(entry.at_ms) >= *since);
        fits("To", &entry.to) && fits("From", &entry.from) && in_time
    });
    let size = number("PageSize").unwrap_or(50).min(plan.page.unwrap_or(1000));
    let page = number("Page").unwrap_or(0);
    let messages: Vec<_> = all.iter().skip(page * size).take(size).map(twilio::listed).collect();
    let next = ((page + 1) * size < all.len()).then(|| {
        let (size, page) = (size.to_string(), (page + 1).to_string());
        let same = filter.iter().filter(|(name, _)| !name.starts_with("Page")).map(|(a, b)| (a.as_str(), b.as_str()));
        let query = same.chain([("PageSize", size.as_str()), ("Page", &page), ("PageToken", "PASM1")]);
        format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json?{}", form::encode(query))
    });
    let said = json!({ "page": page, "page_size": size, "messages": messages, "next_page_uri": next });
    json(200, said.to_string())
}

/// A page of 46elks' list; `start` is the time at which it begins.
pub(super) async fn of_elks(
    State(shared): State<Arc<Shared>>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Response {
    if !Shape::Elks.knows(&headers, "") {
        return Shape::Elks.refused_as(401);
    }
    let start = filter.get("start").filter(|start| !start.is_empty());
    if let Some(fault) = shared.page_fault(start.is_some()) {
        return answer(Shape::Elks, fault);
    }
    let plan = shared.plan();
    let to = filter.get("to").filter(|to| !to.is_empty());
    let all = plan.listed(Shape::Elks, |entry| {
        to.is_none_or(|to| entry.to == *to) && start.is_none_or(|start| elks::time(entry.at_ms) <= *start)
    });
    let size = filter.get("limit").and_then(|n| n.parse().ok()).unwrap_or(100_usize).min(plan.page.unwrap_or(100));
    let next = all.get(size).map(|entry| elks::time(entry.at_ms));
    let messages: Vec<_> = all.iter().take(size).map(elks::listed).collect();
    json(200, json!({ "data": messages, "next": next }).to_string())
}
