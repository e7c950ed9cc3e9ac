//! When messages may go out: days, hours and holidays in local time. Reads no clock and knows no campaign.

mod opening;

pub use opening::WindowState;

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::holidays::Holidays;
use crate::domain::lang::Text;
use crate::text;

/// No send begins in a window's last ten minutes.
pub const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// Days and hours in which messages may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Window {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    until: Time,
    holidays: Holidays,
}

/// A window that could not be read or cannot be; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct WindowError(pub Text);

/// Reads a day of the week: `mon`, `Monday`.
pub fn parse_day(written: &str) -> Result<Weekday, WindowError> {
    let word = written.trim().to_lowercase();
    match word.as_str() {
        "mon" | "monday" => Ok(Weekday::Monday),
        "tue" | "tuesday" => Ok(Weekday::Tuesday),
        "wed" | "wednesday" => Ok(Weekday::Wednesday),
        "thu" | "thursday" => Ok(Weekday::Thursday),
        "fri" | "friday" => Ok(Weekday::Friday),
        "sat" | "saturday" => Ok(Weekday::Saturday),
        "sun" | "sunday" => Ok(Weekday::Sunday),
        _ => Err(WindowError(text!(
            "`{word}` is no day: write mon, tue, wed, thu, fri, sat or sun",
            "`{word}` er ingen dag: skriv mon, tue, wed, thu, fri, sat eller sun"
        ))),
    }
}

/// The word for a day of the week: `mon`.
fn day_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

/// Reads a time of day: `11:00` or `11:00:00`.
pub fn parse_time(written: &str) -> Result<Time, WindowError> {
    let word = written.trim();
    let parts: Option<Vec<i8>> = word.split(':').map(two_digits).collect();
    let time = match parts.as_deref() {
        Some(&[hour, minute]) => Time::new(hour, minute, 0, 0).ok(),
        Some(&[hour, minute, second]) => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    };
    time.ok_or_else(|| {
        WindowError(text!(
            "`{word}` is no time of day: write hours and minutes from 00:00 to 23:59, as in \"11:00\"",
            "`{word}` er ikke et klokkeslett: skriv timer og minutter fra 00:00 til 23:59, som i «11:00»"
        ))
    })
}

fn two_digits(part: &str) -> Option<i8> {
    let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| part.parse().ok()).flatten()
}

impl Window {
    /// A window on these days, from the first time until the second, closed on holidays.
    ///
    /// # Errors
    /// No day; an end that is not after the beginning; or no time left before the last ten minutes.
    pub fn new(
        days: impl IntoIterator<Item = Weekday>,
        from: Time,
        until: Time,
        holidays: Holidays,
    ) -> Result<Self, WindowError> {
        let mut week = [false; 7];
        for day in days {
            week[index(day)] = true;
        }
        if week == [false; 7] {
            return Err(WindowError(text!(
                "a window without days never opens: write days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]",
                "en sendetid uten dager åpner aldri: skriv days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"
            )));
        }
        let (begins, ends) = (clock_face(from), clock_face(until));
        if from >= until {
            return Err(WindowError(text!(
                "a window from {begins} until {ends} ends before it begins: write a later time for until \
                 (a window does not pass midnight)",
                "en sendetid fra {begins} til {ends} slutter før den begynner: skriv et senere klokkeslett for until \
                 (sendetiden går ikke over midnatt)"
            )));
        }
        if from.duration_until(until) <= MARGIN {
            return Err(WindowError(text!(
                "nothing could go out from {begins} until {ends}, because no sending begins in the last ten minutes: \
                 write a later time for until",
                "ingenting kunne gå ut fra {begins} til {ends}, for ingen sending begynner i de siste ti minuttene: \
                 skriv et senere klokkeslett for until"
            )));
        }
        Ok(Self { days: week, from, until, holidays })
    }

    /// The days of the week on which it opens, Monday first.
    pub fn days(&self) -> impl Iterator<Item = Weekday> + '_ {
        Weekday::Monday.cycle_forward().take(7).filter(|day| self.days[index(*day)])
    }

    /// The time of day at which it opens.
    pub fn from(&self) -> Time {
        self.from
    }

    /// The time of day at which it closes; the first moment outside.
    pub fn until(&self) -> Time {
        self.until
    }

    /// How long a day sends may begin in it: without the last ten minutes.
    pub fn begins_for(&self) -> SignedDuration {
        self.from.duration_until(self.until) - MARGIN
    }

    /// The holidays on which it stays closed.
    pub fn holidays(&self) -> Holidays {
        self.holidays
    }
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn clock_face(time: Time) -> String {
    match time.second() {
        0 => format!("{:02}:{:02}", time.hour(), time.minute()),
        second => format!("{:02}:{:02}:{second:02}", time.hour(), time.minute()),
    }
}

/// The form in which a window is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    days: Vec<String>,
    from: String,
    until: String,
    holidays: Holidays,
}

impl From<Window> for Written {
    fn from(window: Window) -> Self {
        Self {
            days: window.days().map(|day| day_word(day).to_owned()).collect(),
            from: clock_face(window.from),
            until: clock_face(window.until),
            holidays: window.holidays,
        }
    }
}

impl TryFrom<Written> for Window {
    type Error = WindowError;
    fn try_from(written: Written) -> Result<Self, WindowError> {
        let days = written.days.iter().map(|day| parse_day(day)).collect::<Result<Vec<_>, _>>()?;
        Window::new(days, parse_time(&written.from)?, parse_time(&written.until)?, written.holidays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    fn clock(written: &str) -> Time {
        parse_time(written).unwrap()
    }

    fn office() -> Window {
        Window::new(WEEKDAYS, clock("11:00"), clock("18:00"), Holidays::Norway).unwrap()
    }

    #[test]
    fn a_window_that_can_never_be_used_is_refused() {
        let refuse = |days: &[Weekday], from, until| {
            let window = Window::new(days.iter().copied(), clock(from), clock(until), Holidays::Norway);
            window.err().map(|error| error.0.en).unwrap_or_else(|| panic!("{from} to {until} was taken"))
        };
        assert!(refuse(&[], "11:00", "18:00").contains("days"));
        assert!(refuse(&WEEKDAYS, "18:00", "11:00").contains("midnight"));
        assert!(refuse(&WEEKDAYS, "11:00", "11:00").contains("midnight"));
        assert!(refuse(&WEEKDAYS, "11:00", "11:10").contains("ten minutes"));
        assert!(Window::new(WEEKDAYS, clock("11:00"), clock("11:11"), Holidays::Norway).is_ok());
    }

    #[test]
    fn times_and_days_are_read_as_people_write_them() {
        for (written, hour, minute, second) in [("11:00", 11, 0, 0), (" 9:05 ", 9, 5, 0), ("23:59:59", 23, 59, 59)] {
            assert_eq!(parse_time(written), Ok(Time::constant(hour, minute, second, 0)));
        }
        for wrong in ["", "11", "24:00", "11:60", "11.00", "11:00:00:00", "-1:00", "+1:00", "11:000", "11:00 pm", ":"] {
            let Err(error) = parse_time(wrong) else { panic!("{wrong} was taken") };
            assert!(error.0.nb.contains("11:00"));
        }
        assert_eq!(parse_day(" Mon "), Ok(Weekday::Monday));
        for day in Weekday::Monday.cycle_forward().take(7) {
            assert_eq!(parse_day(day_word(day)), Ok(day));
        }
        assert!(parse_day("man").is_err_and(|error| error.0.nb.contains("mon")));
    }

    #[test]
    fn a_window_is_kept_in_its_written_form() {
        let json = serde_json::to_string(&office()).unwrap();
        let written = r#"{"days":["mon","tue","wed","thu","fri"],"from":"11:00","until":"18:00","holidays":"NO"}"#;
        assert_eq!(json, written);
        assert_eq!(serde_json::from_str::<Window>(&json).unwrap(), office());
    }
}
