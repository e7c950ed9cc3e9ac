//! What may and must hold in the model, written from the design and not from the code.

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use lykt::domain::campaign::CampaignState;
use lykt::domain::message::MessageState::{self, *};

use super::model::{Cooldown, DAY, MINUTE, Message, Model, Now, Window};

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

impl Model {
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
