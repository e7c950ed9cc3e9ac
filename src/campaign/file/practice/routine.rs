//! `[[routine]]`: what recurs, when, and whose it is.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::entry::{Entry, Readable, both, line, name, read_file, span};
use super::kind::Kind;
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::Mistakes;
use crate::campaign::file::schema::{Key, key};
use crate::campaign::file::section::Section;
use crate::domain::lang::Text;
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::text;

/// A task for people comes no oftener than this, in minutes.
const OFTENEST: i64 = 60;

/// A recurring task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    /// What it is known by.
    pub name: String,
    /// What is to be done, in a few words.
    pub title: Text,
    /// How.
    pub about: Option<Text>,
    /// When it comes up.
    pub when: When,
    /// Whose it is; anybody's without one.
    pub owner: Option<String>,
    /// Whose it is when the owner is away.
    pub substitute: Option<String>,
    /// How long it may wait; without it, until the next one comes.
    pub within: Option<Span>,
    /// The platform that doing it uses.
    pub platform: Option<String>,
    /// Whether it asks everybody who works here how the day was.
    pub debrief: bool,
}

/// When a routine comes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// At each slot of a schedule.
    Cron(Box<Schedule>),
    /// When no routine of its platform was done for so long.
    Unused(Span),
    /// On one day, until another day is written in its file.
    Day(Date),
}

impl Entry for Routine {
    const KIND: Kind = Kind::Routines;

    fn name(&self) -> &str {
        &self.name
    }

    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>) {
        read_file(path, folder, today)
    }
}

impl Readable for Routine {
    const SECTION: &'static str = "routine";
    const KEYS: &'static [Key] = &[
        key("", "routine", "[[routine]]"),
        key("routine", "name", "name = \"log-in-x\""),
        key("routine", "title", "title.nb = \"Logg inn på X\""),
        key("routine", "about", "about.nb = \"Svar på meldinger, og legg ut igjen annonsen.\""),
        key("routine", "cron", "cron = \"30 15 * * Mon-Fri\""),
        key("routine", "unused", "unused = \"60 days\""),
        key("routine", "platform", "platform = \"x\""),
        key("routine", "owner", "owner = \"Kari\""),
        key("routine", "substitute", "substitute = \"Ola\""),
        key("routine", "within", "within = \"8 hours\""),
        key("routine", "debrief", "debrief = true"),
    ];
    const REQUIRED: &'static [&'static str] = &["name", "title", "owner"];

    fn read(section: &Section<'_>, _: Option<Date>, m: &mut Mistakes) -> Option<Self> {
        section.need(Self::REQUIRED, m);
        let name = name(section, "name", m);
        let (title, about) = (both(section, "title", m), both(section, "about", m));
        let (owner, substitute) = (line(section, "owner", m), line(section, "substitute", m));
        let platform = line(section, "platform", m);
        if let (Some(owner), None) = (&owner, &substitute)
            && section.lacks("substitute")
        {
            m.warn(
                "no_substitute",
                &owner.span,
                text!("nobody stands in for the owner", "ingen er stedfortreder for den som eier rutinen"),
                text!("add: substitute = \"Ola\"", "legg til: substitute = \"Ola\""),
            );
        }
        let when = when(section, platform.is_some(), m);
        let within = span(section, "within", m);
        let debrief = section.truth("debrief", m).unwrap_or(false);
        Some(Self {
            name: name?,
            title: title?,
            about,
            when: when?,
            owner: Some(owner?.text),
            substitute: substitute.map(|said| said.text),
            within,
            platform: platform.map(|said| said.text),
            debrief,
        })
    }
}

fn when(section: &Section<'_>, on_platform: bool, m: &mut Mistakes) -> Option<When> {
    let (cron, unused) = (section.entry("cron"), section.entry("unused"));
    match (cron, unused) {
        (Some(_), Some(unused)) => {
            m.error(
                "twofold",
                &unused.key_span,
                text!("a routine has either `cron` or `unused`", "en rutine har enten `cron` eller `unused`"),
                text!("remove one of them", "fjern en av dem"),
            );
            None
        }
        (None, Some(unused)) => {
            if !on_platform {
                m.error(
                    "missing_key",
                    &unused.key_span,
                    text!("`unused` needs a `platform`", "`unused` trenger en `platform`"),
                    text!(
                        "add platform = \"x\" here, and to the routines that use the profile",
                        "legg til platform = \"x\" her, og i rutinene som bruker profilen"
                    ),
                );
            }
            span(section, "unused", m).map(When::Unused).filter(|_| on_platform)
        }
        _ => {
            section.need(&["cron"], m);
            let said = section.text("cron", m)?;
            let help = text!("write for example: cron = \"0 10 * * *\"", "skriv for eksempel: cron = \"0 10 * * *\"");
            match Schedule::parse(&said.text) {
                Ok(schedule) if too_often(&schedule) => {
                    let wrong =
                        text!("this comes oftener than once an hour", "denne kommer oftere enn en gang i timen");
                    m.error("too_often", &said.span, wrong, help);
                    None
                }
                Ok(schedule) => Some(When::Cron(Box::new(schedule))),
                Err(error) => {
                    m.told("bad_cron", &said.span, &error.0, help);
                    None
                }
            }
        }
    }
}

/// Whether some of the next slots lie closer together than a task for people may.
fn too_often(schedule: &Schedule) -> bool {
    let slots = std::iter::successors(schedule.next_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC), |slot| {
        schedule.next_after(slot.at, &TimeZone::UTC)
    });
    let at: Vec<i64> = slots.take(100).map(|slot| slot.at.as_second()).collect();
    at.windows(2).any(|pair| pair[1] - pair[0] < OFTENEST * 60)
}
