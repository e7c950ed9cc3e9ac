//! What stands at the top of a campaign file: title, goal, basis and the days it runs.

use jiff::civil::Date;

use super::mistake::Mistakes;
use super::section::Section;
use crate::text;

/// The top of a file.
pub(super) struct Head {
    pub title: String,
    pub goal: Option<String>,
    pub basis: String,
    pub starts: Date,
    pub ends: Date,
}

/// Reads the keys at the top; `None` when one is missing or wrong.
pub(super) fn read(top: &Section<'_>, today: Option<Date>, m: &mut Mistakes) -> Option<Head> {
    let title = top.text("title", m);
    let goal = top.text("goal", m);
    let basis = top.any_text("basis", m);
    top.need(&["title", "starts", "ends"], m);
    if top.lacks("goal") {
        m.warn(
            "no_goal",
            &top.at,
            text!("no goal is written down", "det er ikke skrevet noe mål"),
            text!(
                "say what the campaign is to reach: goal = \"200 people get their first dose\"",
                "si hva kampanjen skal oppnå: goal = \"200 personer får første dose\""
            ),
        );
    }
    let blank = basis.as_ref().filter(|said| said.text.is_empty());
    if top.lacks("basis") || blank.is_some() {
        m.error(
            "no_basis",
            blank.map_or(&top.at, |said| &said.span),
            text!("it is not said why these numbers may be used", "det står ikke hvorfor disse numrene kan brukes"),
            text!(
                "write the legal basis: basis = \"public task, DPIA 2026-04 section 3\"",
                "skriv behandlingsgrunnlaget: basis = \"offentlig oppgave, DPIA 2026-04 punkt 3\""
            ),
        );
    }
    let (starts, ends) = (top.date("starts", m), top.date("ends", m));
    if let (Some((first, _)), Some((last, span))) = (&starts, &ends) {
        if last < first {
            m.error(
                "ends_before_start",
                span,
                text!(
                    "the campaign ends ({last}) before it starts ({first})",
                    "kampanjen slutter ({last}) før den begynner ({first})"
                ),
                text!(
                    "write a later date for ends, or an earlier one for starts",
                    "skriv en senere dato for ends, eller en tidligere for starts"
                ),
            );
        } else if let Some(today) = today.filter(|today| last < today) {
            m.warn(
                "ended",
                span,
                text!(
                    "the campaign ended on {last}, and today is {today}",
                    "kampanjen sluttet {last}, og i dag er det {today}"
                ),
                text!(
                    "write a later date, or nothing will be sent",
                    "skriv en senere dato, ellers blir ingenting sendt"
                ),
            );
        }
    }
    Some(Head {
        title: title?.text,
        goal: goal.map(|said| said.text),
        basis: basis.map(|said| said.text).filter(|text| !text.is_empty())?,
        starts: starts?.0,
        ends: ends?.0,
    })
}
