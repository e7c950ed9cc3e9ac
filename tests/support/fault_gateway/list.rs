//! The gateway's list of messages, newest first, in pages: what it took, what people wrote, what another system sent.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::server::{answer, is_known, json, refusal};
use super::{ACCOUNT_SID, Accept, Fault, FaultGateway, Plan, Shared, sid};

/// A message that no request of the program under test made.
#[derive(Clone)]
pub(super) struct Other {
    direction: &'static str,
    sid: String,
    from: String,
    to: String,
    body: String,
    at_ms: i64,
}

impl FaultGateway {
    /// The gateway's clock; the machine's when nothing else is said.
    pub fn set_clock(&self, now_ms: impl Fn() -> i64 + Send + Sync + 'static) {
        self.plan().clock = Some(Arc::new(now_ms));
    }

    /// A person writes, and no webhook tells it; the gateway's id for it.
    pub fn hears(&self, from: &str, to: &str, text: &str) -> String {
        self.add("inbound", from, to, text)
    }

    /// The gateway takes a message that is not a request's: a late one, or another system's.
    pub fn takes(&self, from: &str, to: &str, text: &str) -> String {
        self.add("outbound-api", from, to, text)
    }

    fn add(&self, direction: &'static str, from: &str, to: &str, text: &str) -> String {
        let mut plan = self.plan();
        let at_ms = plan.now_ms();
        let sid = sid(1_000_000 + plan.others.len() as u64, from);
        let (from, to, body) = (from.to_owned(), to.to_owned(), text.to_owned());
        plan.others.push(Other { direction, sid: sid.clone(), from, to, body, at_ms });
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
    fn listed(&self, filter: &HashMap<String, String>) -> Vec<Value> {
        let day = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap().to_string()[..10].to_owned();
        let fits = |name: &str, value: &str| filter.get(name).is_none_or(|wanted| wanted == value);
        let mut all: Vec<(i64, Value)> = Vec::new();
        for Accept { to, from, body, sid, at_ms, .. } in &self.accepts {
            all.push((*at_ms, self.entry("outbound-api", sid, from, to, body, *at_ms)));
        }
        for Other { direction, sid, from, to, body, at_ms } in &self.others {
            all.push((*at_ms, self.entry(direction, sid, from, to, body, *at_ms)));
        }
        // What waits has no day of sending yet, and is in no list by days.
        all.retain(|(at_ms, entry)| {
            fits("To", entry["to"].as_str().unwrap())
                && fits("From", entry["from"].as_str().unwrap())
                && filter.get("DateSent>").is_none_or(|from| entry["status"] != "queued" && day(*at_ms) >= *from)
        });
        all.sort_by_key(|(at_ms, _)| std::cmp::Reverse(*at_ms));
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    fn entry(&self, direction: &str, sid: &str, from: &str, to: &str, body: &str, at_ms: i64) -> Value {
        let first = if direction == "inbound" { "received" } else { "sent" };
        let (status, code) = self.statuses.get(sid).copied().unwrap_or((first, None));
        let at = jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC);
        let at = jiff::fmt::rfc2822::to_string(&at).unwrap();
        let sent = (status != "queued").then_some(&at);
        json!({
            "account_sid": ACCOUNT_SID, "sid": sid, "direction": direction, "from": from, "to": to, "body": body,
            "status": status, "error_code": code, "error_message": null, "num_media": "0", "num_segments": "1",
            "date_created": at, "date_sent": sent, "date_updated": at, "messaging_service_sid": null,
            "price": null, "price_unit": "USD", "api_version": "2010-04-01",
        })
    }
}

/// One page.
pub(super) async fn page(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    Query(filter): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !is_known(&headers) || account != ACCOUNT_SID {
        return refusal(401, 20003);
    }
    let fault = {
        let mut plan = shared.plan.lock().unwrap();
        plan.pages += 1;
        plan.list_faults.pop_front().flatten()
    };
    if let Some(fault) = fault {
        return answer(fault).await;
    }
    let plan = shared.plan.lock().unwrap();
    let number = |name: &str, otherwise: usize| filter.get(name).map_or(otherwise, |n| n.parse().unwrap());
    let size = number("PageSize", 50).min(plan.page.unwrap_or(1000));
    let from = number("Page", 0) * size;
    let all = plan.listed(&filter);
    let messages: Vec<Value> = all.iter().skip(from).take(size).cloned().collect();
    let next = (from + size < all.len()).then(|| {
        let mut url = reqwest::Url::parse("http://list.invalid/").unwrap();
        url.query_pairs_mut().extend_pairs(filter.iter().filter(|(name, _)| !name.starts_with("Page")));
        url.query_pairs_mut().append_pair("PageSize", &size.to_string());
        url.query_pairs_mut().append_pair("Page", &(from / size + 1).to_string()).append_pair("PageToken", "PASM1");
        format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json?{}", url.query().unwrap())
    });
    let page = json!({ "page": from / size, "page_size": size, "messages": messages, "next_page_uri": next });
    json(200, page.to_string())
}
