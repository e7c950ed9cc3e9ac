//! A provider's list of messages by its file, as proof in a doubt: `[list]`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::answer::Table;
use super::call::{Call, Login};
use super::condition::Condition;
use super::document;
use super::path::{Path, Paths, Scene};
use super::ready::Ready;
use super::receipt::{self, STATUSES};
use super::section::{Said, Section};
use super::words::Known;
use crate::domain::message::ReceiptStatus;
use crate::domain::private::Private;
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::listing::{self, Listed, Page, Query, Unlisted, Way};
use crate::gateway::outgoing::Address;
use crate::gateway::verdict::{Class, Code, ProviderId};
use crate::text;

/// What stands in its request besides the account's own values.
pub(super) const NAMES: [&str; 4] = ["from", "to", "since", "next"];

/// How the list is asked for and read.
#[derive(Clone, Debug)]
pub(super) struct List {
    call: Call,
    messages: Path,
    next: Paths,
    incoming: Condition,
    ours: Condition,
    id: Paths,
    from: Paths,
    to: Paths,
    text: Paths,
    media: Paths,
    created: Paths,
    zone: TimeZone,
    status: Paths,
    is: Table<(ReceiptStatus, Option<Class>)>,
    code: Paths,
}

impl List {
    /// Reads `[list]`.
    pub fn read(section: &Section<'_>, known: &Known) -> Self {
        let m = section.m;
        let must = |key: &'static str, example: &str| {
            let said = section.words(key);
            if said.is_empty() {
                section.missing(key, example);
            }
            Paths::read(&said, m)
        };
        let messages = section.text("messages").unwrap_or_else(|| {
            section.missing("messages", "messages = \"data\"");
            Said { text: ".".to_owned(), span: section.at.clone() }
        });
        let zone = section.text("zone").and_then(|said| {
            let zone = TimeZone::get(&said.text);
            if zone.is_err() {
                m.add(
                    &said.span,
                    text!("there is no such time zone", "det finnes ingen slik tidssone"),
                    text!("write UTC or Europe/Oslo", "skriv UTC eller Europe/Oslo"),
                );
            }
            zone.ok()
        });
        let list = Self {
            call: Call::read(section, known, false),
            messages: Path::read(&messages, m),
            next: Paths::read(&section.words("next"), m),
            incoming: Condition::read(section, "incoming"),
            ours: Condition::read(section, "ours"),
            id: must("id", "id = \"id\""),
            from: must("from", "from = \"from\""),
            to: must("to", "to = \"to\""),
            text: must("text", "text = \"message\""),
            media: Paths::read(&section.words("media"), m),
            created: must("created", "created = \"created\""),
            zone: zone.unwrap_or(TimeZone::UTC),
            status: must("status", "status = \"status\""),
            is: Table::read(section, "is", STATUSES, receipt::status),
            code: Paths::read(&section.words("code"), m),
        };
        section.done();
        if list.incoming.is_empty() {
            section
                .missing("incoming", "incoming = { direction = \"in\" }: what tells an answer from a message of ours");
        }
        if !list.next.is_empty() && !list.call.names("next") {
            section.missing("query", "query = { page = \"{next}\" }: what `next` gives must be asked for");
        }
        list
    }

    /// The request for the first page.
    pub fn first(&self, account: &Ready, login: &Login, query: &Query) -> Request {
        self.request(account, login, query, None)
    }

    fn request(&self, account: &Ready, login: &Login, query: &Query, next: Option<&str>) -> Request {
        let find = |name: &str| match name {
            "from" => account.from.clone(),
            "to" => query.to.as_ref().map(|to| to.expose().to_owned()),
            "since" => query.to.is_none().then(|| query.since.as_millisecond().to_string()),
            "next" => next.map(str::to_owned),
            _ => account.word(name),
        };
        // What cannot be filled in is asked of nobody: an address that is none answers as a provider that is away.
        let none = || Request::get(String::new(), crate::gateway::exchange::Auth::None);
        self.call.request(&account.base_url, login, &find).unwrap_or_else(|_| none())
    }

    /// What came of a request for a page.
    pub fn page(&self, account: &Ready, login: &Login, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
        let whole = document::json(listing::body(sent)?).ok_or(Unlisted::Unreadable)?;
        let nothing = serde_json::Value::Null;
        let top = Scene { item: &whole, whole: &whole, beside: &nothing };
        let [messages] = self.messages.all(&top)[..] else { return Err(Unlisted::Unreadable) };
        let messages = messages.as_array().ok_or(Unlisted::Unreadable)?;
        let listed: Vec<Listed> =
            messages.iter().filter_map(|item| self.listed(account, &Scene { item, ..top })).collect();
        let complete = listed.len() == messages.len();
        let next = self.next.word(&top).map_err(|_| Unlisted::Unreadable)?;
        let next = next.map(|next| self.request(account, login, query, Some(&next)));
        let listed = listed.into_iter().filter(|listed| listed.way == query.way).collect();
        Ok(Page { listed, whole: complete, next })
    }

    fn listed(&self, account: &Ready, scene: &Scene<'_>) -> Option<Listed> {
        let word = |paths: &Paths| paths.word(scene).ok().flatten();
        let way = if self.incoming.holds(scene) { Way::In } else { Way::Out };
        let (from, to) = (word(&self.from)?, word(&self.to)?);
        let our_end = if way == Way::In { &to } else { &from };
        let ours = account.from.as_ref() == Some(our_end) && (way == Way::In || self.ours.holds(scene));
        let (status, told) =
            word(&self.status).and_then(|said| self.is.get(&said)).unwrap_or((ReceiptStatus::Accepted, None));
        Some(Listed {
            provider_id: ProviderId::parse(&word(&self.id)?)?,
            way,
            ours,
            from: Address::new(from),
            to: Address::new(to),
            text: Private::new(word(&self.text).unwrap_or_default()),
            media: self.media.count(scene),
            created_at: word(&self.created).and_then(|written| self.time(&written)),
            status,
            code: word(&self.code).as_deref().and_then(Code::parse).filter(|_| status.is_bad()),
            class: status.is_bad().then(|| told.unwrap_or(Class::Other)),
        })
    }

    /// A time with its zone, or one in the provider's.
    fn time(&self, written: &str) -> Option<Timestamp> {
        let local = || self.zone.to_timestamp(written.trim().parse::<DateTime>().ok()?).ok();
        written.trim().parse().ok().or_else(local)
    }
}
