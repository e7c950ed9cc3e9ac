//! The plain reference model: what may and must hold, in simple maps, written from the design and not from the code.
//!
//! It knows no SQL and none of the product's rules, only its words. It hears of every event and says where each message
//! must stand, and whether one may begin.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lykt::domain::campaign::CampaignState;
use lykt::domain::id::MessageId;
use lykt::domain::message::MessageState::{self, *};

const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;
/// From the intent to the first byte, the gateway's time to answer, and a margin: a lease.
pub const LEASE: i64 = 1_000 + 1_000 + 5_000;
/// Holidays of Norway in the years that are played.
const HOLIDAYS: [(i16, i8, i8); 24] = [
    (2026, 4, 2),
    (2026, 4, 3),
    (2026, 4, 5),
    (2026, 4, 6),
    (2026, 5, 1),
    (2026, 5, 14),
    (2026, 5, 17),
    (2026, 5, 24),
    (2026, 5, 25),
    (2026, 12, 25),
    (2026, 12, 26),
    (2027, 1, 1),
    (2027, 3, 25),
    (2027, 3, 26),
    (2027, 3, 28),
    (2027, 3, 29),
    (2027, 5, 1),
    (2027, 5, 6),
    (2027, 5, 16),
    (2027, 5, 17),
    (2027, 12, 25),
    (2027, 12, 26),
    (2026, 1, 1),
    (2028, 1, 1),
];

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

    /// The messages to somebody, by whichever of their numbers.
    fn theirs(&self, number: usize) -> impl Iterator<Item = (usize, &Message)> {
        let person = self.person[number];
        self.messages.iter().enumerate().filter(move |(_, m)| !m.gone && self.person[m.to] == person)
    }

    fn is_over(&self, since: i64, today: Date) -> bool {
        let from = self.local(since).date();
        let again = match self.cooldown {
            Cooldown::Days(days) => from.saturating_add(days.days()),
            Cooldown::Months(months) => from.saturating_add(months.months()),
        };
        again <= today
    }

    fn in_cooldown(&self, number: usize, today: Date) -> bool {
        let since = |m: &Message| m.out_at.filter(|_| m.counts);
        self.theirs(number).any(|(_, m)| since(m).is_some_and(|at| !self.is_over(at, today)))
    }

    /// What a plan must say of these numbers, in the order of its list: who gets it by one number does not by the next.
    pub fn decisions(&self, numbers: &[usize], now: Now) -> Vec<&'static str> {
        let mut gets = BTreeSet::new();
        let decide = |n: &usize| match self.decision(*n, now) {
            "eligible" if !gets.insert(self.person[*n]) => "duplicate",
            why => why,
        };
        numbers.iter().map(decide).collect()
    }

    /// What a plan must say of a number, by the words of the contract.
    pub fn decision(&self, number: usize, now: Now) -> &'static str {
        let person = self.of(number);
        let stands = |states: &[MessageState]| self.theirs(number).any(|(_, m)| states.contains(&m.state));
        match () {
            () if person.no => "opted_out",
            () if person.unread > 0 => "held",
            () if person.left_out => "wrong_number",
            () if stands(&[Submitting, InDoubt]) => "in_doubt",
            () if self.in_cooldown(number, self.today(now)) => "cooldown",
            () if stands(&[Queued]) => "already_planned",
            () => "eligible",
        }
    }

    /// Why a message in the queue may be withdrawn when its turn comes.
    pub fn withdraws(&self, message: usize, now: Now) -> Option<&'static str> {
        let number = self.messages[message].to;
        match self.of(number) {
            person if person.no => Some("opted_out"),
            person if person.left_out => Some("wrong_number"),
            _ => self.in_cooldown(number, self.today(now)).then_some("cooldown"),
        }
    }

    pub fn trusts(&self, now: Now) -> bool {
        (-MINUTE..=DAY).contains(&(now.ms - self.noted_at))
    }

    fn is_inside(&self, window: &Window, ms: i64) -> bool {
        let local = self.local(ms);
        let (date, time) = (local.date(), local.time());
        let day = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = i16::from(time.hour()) * 60 + i16::from(time.minute());
        let holiday = window.holidays && HOLIDAYS.contains(&(date.year(), date.month(), date.day()));
        window.days[day] && !holiday && (window.from..window.until).contains(&minute)
    }

    /// Whether a message may begin now, and why not.
    pub fn may_begin(&self, message: usize, now: Now) -> Result<(), &'static str> {
        let m = &self.messages[message];
        let (campaign, today) = (&self.campaigns[m.campaign], self.today(now));
        let no = |why| Err(why);
        if m.state != Queued {
            return no("it is not in the queue");
        }
        if !self.trusts(now) {
            return no("the clock is in question");
        }
        if campaign.state != CampaignState::Running {
            return no("its campaign does not run");
        }
        if today < campaign.starts || today > campaign.ends {
            return no("it is not one of its campaign's days");
        }
        if (0..=10).any(|minutes| !self.is_inside(&campaign.window, now.ms + minutes * MINUTE)) {
            return no("the window is closed, or closes within ten minutes");
        }
        if self.account_paused {
            return no("the account is paused");
        }
        if now.ms < m.not_before {
            return no("the provider asked to wait");
        }
        let person = self.of(m.to);
        if person.no {
            return no("the person said no");
        }
        if person.unread > 0 {
            return no("nobody has read their answer");
        }
        if person.left_out {
            return no("the person is left out");
        }
        if self.theirs(m.to).any(|(_, other)| matches!(other.state, Submitting | InDoubt)) {
            return no("another message to them is under way or in doubt");
        }
        if self.in_cooldown(m.to, today) {
            return no("they were contacted lately");
        }
        // The truth, whatever the house believes.
        let person = self.person[m.to];
        for (request, at) in &self.taken {
            let one = &self.requests[*request];
            let theirs = self.person[self.messages[one.message].to] == person;
            if theirs && !one.reached_nobody && !self.is_over(*at, today) {
                return no("the provider took a message to them lately");
            }
        }
        let begun = campaign.begun.get(&today).copied().unwrap_or(0);
        if campaign.a_day.is_some_and(|most| begun > most) {
            return no("the campaign has had its share of the day");
        }
        Ok(())
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

    /// Whether a provider may still take a request: one that takes ten minutes is played, one that takes a day is not.
    pub fn may_take(&self, request: usize, now: Now) -> bool {
        let at = self.requests[request].at;
        let young = now.ms - at <= 10 * MINUTE && self.local(at).date() == self.today(now);
        young && !self.taken.contains_key(&request)
    }

    /// Accepts that break the first promise: two of one campaign to one person.
    pub fn twice(&self) -> Option<usize> {
        let mut seen = HashMap::new();
        self.taken.keys().copied().find(|request| {
            let one = &self.requests[*request];
            let m = &self.messages[one.message];
            !one.reached_nobody && seen.insert((m.campaign, m.to), *request).is_some()
        })
    }
}
