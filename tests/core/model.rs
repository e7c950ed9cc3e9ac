//! The plain reference model: what there is, in simple maps, written from the design and not from the code.
//!
//! It knows no SQL and none of the product's rules, only its words. It hears of every event and says where each message
//! must stand; `law` says whether one may begin.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use lykt::domain::campaign::CampaignState;
use lykt::domain::id::MessageId;
use lykt::domain::message::MessageState::{self, *};

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;
/// From the intent to the first byte, the gateway's time to answer, and a margin: a lease.
pub const LEASE: i64 = 1_000 + 1_000 + 5_000;
/// The time, as an event finds it.
#[derive(Clone, Copy)]
pub struct Now {
    pub ms: i64,
    pub steady: i64,
}

/// A person, as far as anybody knows: one number or several.
#[derive(Clone, Default)]
pub struct Person {
    pub no: bool,
    pub unread: usize,
    pub left_out: bool,
    /// When they wrote last.
    pub heard_at: i64,
}

#[derive(Clone)]
pub struct Window {
    /// Monday first.
    pub days: [bool; 7],
    /// Minutes of the day.
    pub from: i16,
    pub until: i16,
    pub holidays: bool,
}

pub struct Campaign {
    pub name: String,
    pub state: CampaignState,
    pub window: Window,
    pub starts: Date,
    pub ends: Date,
    pub a_day: Option<usize>,
    /// Whom the plan found eligible, in its order.
    pub eligible: Vec<usize>,
    pub begun: BTreeMap<Date, usize>,
}

pub struct Message {
    pub campaign: usize,
    /// Which number.
    pub to: usize,
    pub state: MessageState,
    pub attempt: i64,
    pub fence: i64,
    pub lease: i64,
    pub not_before: i64,
    pub state_at: i64,
    /// When it went out as far as the house knows, and whether that counts as contact.
    pub out_at: Option<i64>,
    pub counts: bool,
    pub gone: bool,
    /// Calm days on which it could have begun and did not.
    pub waited: usize,
}

/// A request that a provider has seen, and whose it is.
pub struct Request {
    pub message: usize,
    pub n: i64,
    /// When its try began, civil.
    pub at: i64,
    /// Documented not to have reached anybody, though it was taken.
    pub reached_nobody: bool,
    /// The highest of what a callback said of it.
    pub told: u8,
}

/// How a request ended for the node that made it.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    Taken,
    Refused(u32),
    /// 401: the account's own fault.
    Stranger,
    /// Not processed; asked to wait so many milliseconds.
    Throttled(i64),
    /// Not one byte left: no connection, or too late.
    Unsent,
    Doubt,
}

/// News by a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Sent,
    Delivered,
    Read,
    Undelivered(u32),
    Failed(u32),
}

#[derive(Clone, Copy)]
pub enum Cooldown {
    Days(i64),
    Months(i64),
}

pub struct Model {
    pub zone: TimeZone,
    pub cooldown: Cooldown,
    pub person: Vec<usize>,
    pub people: Vec<Person>,
    pub campaigns: Vec<Campaign>,
    pub messages: Vec<Message>,
    pub by_id: HashMap<MessageId, usize>,
    pub requests: Vec<Request>,
    /// When the provider took each request: the truth.
    pub taken: BTreeMap<usize, i64>,
    pub account_paused: bool,
    pub noted_at: i64,
    pub moved: Vec<usize>,
}

impl Model {
    pub fn new(zone: TimeZone, cooldown: Cooldown, people: usize, now: i64) -> Self {
        Self {
            zone,
            cooldown,
            person: (0..people).collect(),
            people: vec![Person::default(); people],
            campaigns: Vec::new(),
            messages: Vec::new(),
            by_id: HashMap::new(),
            requests: Vec::new(),
            taken: BTreeMap::new(),
            account_paused: false,
            noted_at: now,
            moved: Vec::new(),
        }
    }

    pub fn local(&self, ms: i64) -> DateTime {
        self.zone.to_datetime(Timestamp::from_millisecond(ms).unwrap())
    }

    pub fn today(&self, now: Now) -> Date {
        self.local(now.ms).date()
    }

    pub fn of(&self, number: usize) -> &Person {
        &self.people[self.person[number]]
    }

    fn of_mut(&mut self, number: usize) -> &mut Person {
        &mut self.people[self.person[number]]
    }

    pub fn set(&mut self, message: usize, to: MessageState, now: Now) {
        let m = &mut self.messages[message];
        m.state = to;
        m.state_at = now.ms;
        self.moved.push(message);
    }

    /// An intent was committed.
    pub fn begins(&mut self, message: usize, fence: i64, now: Now) {
        self.set(message, Submitting, now);
        let today = self.today(now);
        let m = &mut self.messages[message];
        m.attempt += 1;
        m.fence = fence;
        m.lease = now.steady + LEASE;
        *self.campaigns[m.campaign].begun.entry(today).or_default() += 1;
    }

    pub fn withdraw(&mut self, which: impl Fn(&Self, &Message) -> bool, now: Now) {
        for n in 0..self.messages.len() {
            let m = &self.messages[n];
            if m.state == Queued && !m.gone && which(self, m) {
                self.set(n, Withdrawn, now);
            }
        }
    }

    /// The person's no, however it came.
    pub fn says_no(&mut self, number: usize, now: Now) {
        self.of_mut(number).no = true;
        let person = self.person[number];
        self.withdraw(|model, m| model.person[m.to] == person, now);
    }

    pub fn is_left_out(&mut self, number: usize, now: Now) {
        self.of_mut(number).left_out = true;
        let person = self.person[number];
        self.withdraw(|model, m| model.person[m.to] == person, now);
    }

    pub fn is_lifted(&mut self, number: usize) {
        let person = self.of_mut(number);
        (person.no, person.left_out) = (false, false);
    }

    pub fn answers(&mut self, number: usize, now: Now) {
        let person = self.of_mut(number);
        person.unread += 1;
        person.heard_at = now.ms;
    }

    /// Nobody knows any more whose number it is; that its owner said no is known.
    pub fn stands_alone(&mut self, number: usize) {
        let no = self.of(number).no;
        self.person[number] = self.people.len();
        self.people.push(Person { no, ..Person::default() });
    }

    pub fn is_read(&mut self, number: usize) {
        self.of_mut(number).unread -= 1;
    }

    pub fn cancels(&mut self, campaign: usize, now: Now) {
        self.campaigns[campaign].state = CampaignState::Cancelled;
        self.withdraw(|_, m| m.campaign == campaign, now);
    }
}
