//! The hours in which people may be called, as moments of a zone. Reads no clock.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::domain::calls;
use crate::domain::holidays::Holidays;

/// When calls may be made: 09:00 to 21:00 of the zone, never on Sundays and holidays.
#[derive(Clone, Debug)]
pub struct Hours {
    zone: TimeZone,
    holidays: Holidays,
}

impl Hours {
    /// The hours of a zone and its holidays.
    pub fn new(zone: TimeZone, holidays: Holidays) -> Self {
        Self { zone, holidays }
    }

    /// The zone they are read in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The days on which nobody works.
    pub fn holidays(&self) -> Holidays {
        self.holidays
    }

    /// Whether anybody may be called then.
    pub fn are_open(&self, at: Timestamp) -> bool {
        calls::may_call_at(at, &self.zone, self.holidays)
    }

    /// The first moment from then on at which anybody may be called.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        if self.are_open(at) {
            return at;
        }
        let now = self.zone.to_datetime(at);
        let mut day = now.date();
        while day < Date::MAX
            && !(calls::may_call_on(day, self.holidays) && (day > now.date() || now.time() < calls::FROM))
        {
            day = day.saturating_add(1.day());
        }
        self.moment(day, calls::FROM)
    }

    /// When the first call of a day may be made.
    pub fn open_at(&self, day: Date) -> Timestamp {
        self.moment(day, calls::FROM)
    }

    /// When a day's last call must have begun.
    pub fn close_at(&self, day: Date) -> Timestamp {
        self.moment(day, calls::UNTIL)
    }

    /// When the local day of a moment began.
    pub fn day_began(&self, at: Timestamp) -> Timestamp {
        self.moment(self.day_of(at), Time::midnight())
    }

    /// When the local day of a moment ends.
    pub fn day_ends(&self, at: Timestamp) -> Timestamp {
        self.moment(self.day_of(at).saturating_add(1.day()), Time::midnight())
    }

    /// The local day of a moment.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    fn moment(&self, day: Date, time: Time) -> Timestamp {
        // Only the end of the calendar, in the year 9999, has no moment.
        self.zone.to_timestamp(day.to_datetime(time)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oslo() -> Hours {
        Hours::new(TimeZone::get("Europe/Oslo").unwrap(), Holidays::Norway)
    }

    fn next(local: &str) -> String {
        let hours = oslo();
        let at = hours.zone().to_timestamp(local.parse().unwrap()).unwrap();
        hours.zone().to_datetime(hours.next_open(at)).to_string()
    }

    #[test]
    fn an_evening_waits_for_the_next_morning_and_a_saturday_evening_for_monday() {
        assert_eq!(next("2026-12-01T12:30:00"), "2026-12-01T12:30:00");
        assert_eq!(next("2026-12-01T06:00:00"), "2026-12-01T09:00:00");
        assert_eq!(next("2026-12-01T21:00:00"), "2026-12-02T09:00:00");
        assert_eq!(next("2026-12-05T21:00:00"), "2026-12-07T09:00:00");
    }

    #[test]
    fn christmas_waits_for_the_first_day_that_is_none() {
        // 25 and 26 December 2026 are holidays, the 27th is a Sunday.
        assert_eq!(next("2026-12-24T21:30:00"), "2026-12-28T09:00:00");
    }

    #[test]
    fn the_day_of_a_clock_change_is_whole() {
        let hours = oslo();
        let at: Timestamp = "2027-03-28T10:00:00+02:00".parse().unwrap();
        assert_eq!(hours.day_ends(at).as_millisecond() - hours.day_began(at).as_millisecond(), 23 * 3_600_000);
    }
}
