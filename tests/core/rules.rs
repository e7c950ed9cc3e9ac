//! The pure rules against plain reference models: a walk from day to day, from minute to minute, a table written by hand.

use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lykt::clock::Clock;
use lykt::domain::cooldown;
use lykt::domain::decision::Decision;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::ContactId;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::domain::span::{Span, Unit};
use lykt::domain::window::Window;
use lykt::ledger::{Ledger, Standing};
use lykt::store::contact::Contact;
use lykt::vault::{Keys, Vault};
use proptest::prelude::*;

const NEWS: [ReceiptStatus; 6] = [
    ReceiptStatus::Accepted,
    ReceiptStatus::Sent,
    ReceiptStatus::Undelivered,
    ReceiptStatus::Failed,
    ReceiptStatus::Delivered,
    ReceiptStatus::Read,
];

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

/// Where news leave a message, row by row: from each state by accepted, sent, undelivered, failed, delivered, read. A dot
/// changes nothing.
const TABLE: &str = "
    queued       accepted sent undelivered undelivered delivered read
    submitting   accepted sent undelivered undelivered delivered read
    in_doubt     accepted sent undelivered undelivered delivered read
    abandoned    accepted sent undelivered undelivered delivered read
    withdrawn    accepted sent undelivered undelivered delivered read
    failed       accepted sent undelivered undelivered delivered read
    accepted     .        sent undelivered undelivered delivered read
    sent         .        .    undelivered undelivered delivered read
    undelivered  .        .    .           .           delivered read
    delivered    .        .    .           .           .         read
    read         .        .    .           .           .         .
";

#[test]
fn every_state_moves_by_every_news_as_the_table_says() {
    let mut rows = 0;
    for row in TABLE.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let from = MessageState::parse(words[0]).unwrap();
        for (news, to) in NEWS.iter().zip(&words[1..]) {
            let moved = from.after_receipt(*news).map_or(".", MessageState::as_str);
            assert_eq!(moved, *to, "{from:?} by {news:?}");
        }
        rows += 1;
    }
    assert_eq!(rows, MessageState::ALL.len());
}

/// The Sunday of Easter by Gauss's rule, and what Norway keeps around it.
fn is_holiday(day: Date) -> bool {
    let y = i64::from(day.year());
    let (a, b, c) = (y % 19, y % 4, y % 7);
    let (k, p) = (y / 100, (13 + 8 * (y / 100)) / 25);
    let (m, n) = ((15 - p + k - k / 4) % 30, (4 + k - k / 4) % 7);
    let d = (19 * a + m) % 30;
    let e = (2 * b + 4 * c + 6 * d + n) % 7;
    let mut after = 22 + d + e;
    if (d == 29 && e == 6) || (d == 28 && e == 6 && a > 10) {
        after -= 7;
    }
    let easter = date(day.year(), 3, 1) + (after - 1).days();
    let moves = [-3, -2, 0, 1, 39, 49, 50].iter().any(|by: &i64| easter + by.days() == day);
    moves || [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)].contains(&(day.month(), day.day()))
}

#[test]
fn norways_holidays_are_those_of_a_rule_of_another_making() {
    for day in date(1990, 1, 1).series(1.day()).take_while(|day| day.year() < 2100) {
        assert_eq!(Holidays::Norway.contains(day), is_holiday(day), "{day}");
    }
}

fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// An instant of two years with both odd nights in each, often near them.
fn instants() -> impl Strategy<Value = Timestamp> {
    let near = |written: &str| written.parse::<Timestamp>().unwrap().as_second();
    let nights = [near("2026-03-29T01:00:00Z"), near("2026-10-25T01:00:00Z"), near("2027-03-28T01:00:00Z")];
    let from = near("2026-01-01T00:00:00Z");
    prop_oneof![
        (0..730 * 86_400_i64).prop_map(move |s| from + s),
        (prop::sample::select(nights.to_vec()), -4 * 3600..4 * 3600_i64).prop_map(|(night, s)| night + s),
    ]
    .prop_map(|s| Timestamp::from_second(s).unwrap())
}

fn windows() -> impl Strategy<Value = (Window, Vec<bool>, i64, i64, bool)> {
    let days = prop::collection::vec(any::<bool>(), 7).prop_filter("a day", |days| days.contains(&true));
    (days, 0..1400_i64, 11..600_i64, any::<bool>()).prop_map(|(days, from, long, holidays)| {
        let until = (from + long).min(1439);
        let from = from.min(until - 11);
        let time = |minute: i64| Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).unwrap();
        let all = Weekday::Monday.cycle_forward().take(7).zip(&days).filter(|(_, open)| **open).map(|(day, _)| day);
        let kept = if holidays { Holidays::Norway } else { Holidays::None };
        (Window::new(all, time(from), time(until), kept).unwrap(), days, from, until, holidays)
    })
}

/// Whether the clock on the wall stands inside.
fn is_inside((days, from, until, holidays): (&[bool], i64, i64, bool), at: Timestamp) -> bool {
    let local = oslo().to_datetime(at);
    let day = usize::from(local.date().weekday().to_monday_zero_offset().unsigned_abs());
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    days[day] && !(holidays && is_holiday(local.date())) && (from..until).contains(&minute)
}

fn spans() -> impl Strategy<Value = (u32, Unit)> {
    (0..40_u32, prop::sample::select(vec![Unit::Days, Unit::WorkingDays, Unit::Weeks, Unit::Months]))
}

/// The date after a span, by walking there.
fn walked(from: Date, count: u32, unit: Unit) -> Date {
    let mut day = from;
    match unit {
        Unit::WorkingDays => {
            for _ in 0..count {
                day = day.tomorrow().unwrap();
                while !is_working(day) {
                    day = day.tomorrow().unwrap();
                }
            }
            day
        }
        Unit::Months => {
            let months = i32::from(from.year()) * 12 + i32::from(from.month()) - 1 + count as i32;
            let first = date((months / 12) as i16, (months % 12 + 1) as i8, 1);
            let last = first.last_of_month().day();
            date(first.year(), first.month(), from.day().min(last))
        }
        _ => {
            for _ in 0..count * if unit == Unit::Weeks { 7 } else { 1 } {
                day = day.tomorrow().unwrap();
            }
            day
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn receipts_of_one_message_in_any_order_and_number_end_in_the_best_of_them(
        news in prop::collection::vec(prop::sample::select(NEWS.to_vec()), 1..9),
        from in prop::sample::select(vec![MessageState::Accepted, MessageState::Sent, MessageState::Delivered]),
    ) {
        let best = |status: ReceiptStatus| match status {
            ReceiptStatus::Accepted => 1,
            ReceiptStatus::Sent => 2,
            ReceiptStatus::Undelivered | ReceiptStatus::Failed => 3,
            ReceiptStatus::Delivered => 4,
            ReceiptStatus::Read => 5,
        };
        let start = ["", "accepted", "sent", "undelivered", "delivered", "read"];
        let first = start.iter().position(|word| *word == from.as_str()).unwrap();
        let end = news.iter().fold(from, |state, news| state.after_receipt(*news).unwrap_or(state));
        let must = news.iter().map(|news| best(*news)).max().unwrap().max(first);
        prop_assert_eq!(end.as_str(), start[must]);
    }

    #[test]
    fn a_send_may_begin_when_the_wall_clock_is_inside_now_and_for_ten_minutes(
        (window, days, from, until, holidays) in windows(), at in instants(),
    ) {
        // By the second: the edges of a window are whole minutes.
        let inside = |seconds: i64| is_inside((&days, from, until, holidays), at + seconds.seconds());
        let must = (0..=600).all(inside);
        prop_assert_eq!(window.may_begin_at(at, &oslo()).is_some(), must);
        prop_assert_eq!(window.is_open_at(at, &oslo()), inside(0));
    }

    #[test]
    fn the_next_beginning_is_the_first_minute_at_which_one_may_begin(
        (window, ..) in windows(), at in instants(),
    ) {
        let at = Timestamp::from_second(at.as_second() / 60 * 60).unwrap();
        let walk = (0..3 * 24 * 60_i64).map(|minute| at + (minute * 60).seconds());
        let first = walk.into_iter().find(|moment| window.may_begin_at(*moment, &oslo()).is_some());
        let next = window.next_begin_at(at, &oslo());
        match first {
            Some(first) => prop_assert_eq!(next, Some(first)),
            None => prop_assert!(next.is_none_or(|next| next >= at + (3 * 86_400_i64).seconds())),
        }
    }

    #[test]
    fn a_span_ends_where_a_walk_from_day_to_day_ends(days in 0..4000_i64, (count, unit) in spans()) {
        let from = date(2024, 1, 1) + days.days();
        prop_assert_eq!(Span::new(count, unit).after(from, Holidays::Norway), walked(from, count, unit));
    }

    #[test]
    fn the_cooldown_holds_on_every_day_before_its_last_and_on_none_after(
        last in instants(), later in 0..400_i64, (count, unit) in (0..7_u32, prop::sample::select(vec![Unit::Days, Unit::Weeks, Unit::Months])),
    ) {
        let now = last + (later * 86_400).seconds();
        let (from, today) = (oslo().to_datetime(last).date(), oslo().to_datetime(now).date());
        let again = walked(from, count, unit);
        let held = cooldown::in_cooldown(last, now, Span::new(count, unit), &oslo());
        prop_assert_eq!(held, (today < again).then_some(again));
    }

    #[test]
    fn the_reasons_against_an_approach_stand_in_the_contracts_order(
        flags in any::<(bool, bool, bool, bool, bool)>(), unread in 0..3_i64, group in any::<bool>(), days in 0..400_i64,
    ) {
        let (opted_out, no, left_out, doubt, queued) = flags;
        let clock = Clock::manual(oslo(), "2026-12-03T11:00:00Z".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger { vault, clock: clock.clone(), cooldown: Span::new(6, Unit::Months), region: lykt::domain::phone::Region::default() };
        let last = clock.now_ms() - days * 86_400_000;
        let why = if group { Decision::NotInGroup } else { Decision::WrongNumber };
        let contact = Contact {
            id: ContactId(uuid::Uuid::nil()),
            language: None,
            unread,
            opted_out,
            left_out: left_out.then(|| why.as_str().to_owned()),
            contacted_at: Some(last),
            calling: None,
        };
        let open = [(MessageState::InDoubt, "a", doubt), (MessageState::Queued, "b", queued)];
        let open = open.into_iter().filter(|(.., there)| *there).map(|(state, campaign, _)| (state, campaign));
        let answer = Standing::new(Some(&contact), no, open).answer(&ledger);
        let recent = walked(clock.day_of(last), 6, Unit::Months) > clock.today();
        let all = [
            (opted_out || no, "opted_out"),
            (unread > 0, "held"),
            (left_out, why.as_str()),
            (doubt, "in_doubt"),
            (recent, "cooldown"),
            (queued, "already_planned"),
        ];
        let must: Vec<&str> = all.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect();
        prop_assert_eq!(answer.reasons.iter().map(|why| why.as_str()).collect::<Vec<_>>(), must.clone());
        prop_assert_eq!(answer.may_approach(), must.is_empty());
        prop_assert_eq!(answer.decision().as_str(), *must.first().unwrap_or(&"eligible"));
    }
}
