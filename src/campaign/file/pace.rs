//! `[window]`: when messages go out, and how fast.

use jiff::civil::Weekday;

use super::mistake::Mistakes;
use super::section::Section;
use crate::domain::holidays::Holidays;
use crate::domain::rate::{Per, Rate};
use crate::domain::window::{Window, parse_day};
use crate::text;

const WEEKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

/// Reads the section; `None` when something in it is missing or wrong.
pub(super) fn read(top: &Section<'_>, m: &mut Mistakes) -> Option<(Window, Rate)> {
    top.need(&["window"], m);
    let section = top.table("window", "window", m)?;
    section.unknown(m);
    section.need(&["from", "until"], m);
    let days = days(&section, m);
    let holidays = holidays(&section, m);
    let rate = rate(&section, m);
    let (from, until) = (section.time("from", m), section.time("until", m));
    let ((from, _), (until, span)) = (from?, until?);
    // Days that were wrong have been told; the times are judged all the same.
    let window = Window::new(days.clone().unwrap_or(WEEKDAYS.to_vec()), from, until, holidays.unwrap_or_default());
    match window {
        Ok(window) => {
            days?;
            holidays?;
            Some((window, rate?))
        }
        Err(error) => {
            let help = text!(
                "write for example: from = \"11:00\" and until = \"18:00\"",
                "skriv for eksempel: from = \"11:00\" og until = \"18:00\""
            );
            m.told("bad_window", &span, &error.0, help);
            None
        }
    }
}

/// Says that no day of the campaign is one on which messages go out.
pub(super) fn never_opens(top: &Section<'_>, m: &mut Mistakes) {
    let span = top.entry("window").map_or_else(|| top.at.clone(), |window| window.span);
    m.warn(
        "never_opens",
        &span,
        text!(
            "no day from starts to ends is one of these days: nothing would ever go out",
            "ingen dag fra starts til ends er en av disse dagene: ingenting ville gå ut"
        ),
        text!(
            "write more days, or other dates; public holidays are closed too",
            "skriv flere dager, eller andre datoer; helligdager er også stengt"
        ),
    );
}

/// The days; Monday to Friday when none are written.
fn days(section: &Section<'_>, m: &mut Mistakes) -> Option<Vec<Weekday>> {
    let Some(entry) = section.entry("days") else { return Some(WEEKDAYS.to_vec()) };
    let said = section.texts("days", m)?;
    let help = text!("write for example: days = [\"mon\", \"tue\"]", "skriv for eksempel: days = [\"mon\", \"tue\"]");
    if said.is_empty() {
        let wrong = text!("without a day nothing ever goes out", "uten en dag går ingenting ut");
        m.error("bad_day", &entry.span, wrong, help);
        return None;
    }
    let mut days = Vec::new();
    for word in &said {
        match parse_day(&word.text) {
            Ok(day) => days.push(day),
            Err(error) => m.told("bad_day", &word.span, &error.0, help.clone()),
        }
    }
    (days.len() == said.len()).then_some(days)
}

fn holidays(section: &Section<'_>, m: &mut Mistakes) -> Option<Holidays> {
    if section.lacks("holidays") {
        m.warn(
            "no_holidays",
            &section.at,
            text!("messages would go out on public holidays too", "meldinger ville gå ut på helligdager også"),
            text!(
                "write holidays = \"NO\", or \"none\" if you mean it",
                "skriv holidays = \"NO\", eller \"none\" om du mener det"
            ),
        );
        return Some(Holidays::None);
    }
    let said = section.text("holidays", m)?;
    let help = text!("write for example: holidays = \"NO\"", "skriv for eksempel: holidays = \"NO\"");
    Holidays::parse(&said.text).map_err(|error| m.told("bad_holidays", &said.span, &error.0, help)).ok()
}

/// The rate; twenty a minute when none is written.
fn rate(section: &Section<'_>, m: &mut Mistakes) -> Option<Rate> {
    if section.entry("rate").is_none() {
        return Some(Rate::new(20, Per::Minute));
    }
    let said = section.text("rate", m)?;
    let help = text!("write for example: rate = \"20/min\"", "skriv for eksempel: rate = \"20/min\"");
    Rate::parse(&said.text).map_err(|error| m.told("bad_rate", &said.span, &error.0, help)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::folder::{Folder, VALID, found};

    #[test]
    fn dates_without_a_day_on_which_anything_goes_out_are_told() {
        let folder = Folder::new();
        let on = |first: &str, last: &str| {
            let text = VALID.replace("2026-12-01", first).replace("2027-01-31", last);
            found(&folder.check(&text)).into_iter().map(|(code, _)| code).collect::<Vec<_>>()
        };
        // Mondays and Tuesdays; the Monday of Easter is a holiday.
        assert_eq!(on("2026-12-02", "2026-12-06"), ["never_opens"]);
        assert_eq!(on("2027-03-29", "2027-03-29"), ["never_opens"]);
        assert_eq!(on("2027-03-29", "2027-03-30"), [""; 0]);
    }
}
