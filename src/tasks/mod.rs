//! What people at the service must do: calls that follow messages or are the approach themselves, the day's list, and
//! the notice that it is there.
//!
//! A task is planned when its message goes out, opens on its day, is claimed by one person at a time, and ends with an
//! outcome. Nothing here rings or writes to a contact.

mod absence;
mod approach;
mod cap;
mod claim;
mod colleague;
pub mod daily;
mod day;
mod definition;
mod done;
mod due;
pub mod follow_up;
mod hand_over;
mod heavy;
mod hours;
mod list;
pub mod mail;
pub mod outcome;
mod place;
mod post;
mod refusal;
mod reveal;
pub mod routine;
mod script;
mod snooze;
pub mod spent;
mod undo;
pub mod when;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::holidays::Holidays;
use crate::domain::span::Span;
use crate::ledger::Ledger;
use crate::settings::Settings;
pub use absence::{Away, NotAway};
pub use claim::Claim;
pub use colleague::{InHand, NotHanded, Passing, in_hand};
pub use day::{Day, PAGE};
pub use definition::Definitions;
pub use done::{Done, Registered};
pub use due::Moved;
pub use hours::Hours;
pub use list::Entry;
pub use refusal::Refusal;
pub use script::Voice;
pub use snooze::Snooze;
pub use undo::Undone;

/// The tasks of an organisation. Cheap to clone; clones share what they have read of campaigns.
#[derive(Clone)]
pub struct Tasks {
    /// What happened with whom.
    pub ledger: Ledger,
    /// When calls may be made.
    pub hours: Hours,
    /// The approved campaigns, for their scripts and conditions.
    pub definitions: Definitions,
    /// So many calls a person and day; 0 for as many as they like.
    pub calls_a_day: u32,
    lease_ms: i64,
}

impl Tasks {
    /// The tasks of an organisation, as its settings have them.
    pub fn of(ledger: Ledger, settings: &Settings) -> Self {
        Self {
            calls_a_day: settings.tasks.calls_a_day,
            ..Self::new(ledger, settings.organisation.holidays, settings.tasks.lease)
        }
    }

    /// The tasks of this house: nobody is called on its holidays, and a claim lasts for `lease`. Nobody's calls are
    /// capped.
    pub fn new(ledger: Ledger, holidays: Holidays, lease: Span) -> Self {
        let ends = lease.add_to(Timestamp::UNIX_EPOCH, &TimeZone::UTC, Holidays::None);
        Self {
            hours: Hours::new(ledger.clock.zone().clone(), holidays),
            definitions: Definitions::new(ledger.vault.clone()),
            lease_ms: ends.as_millisecond(),
            calls_a_day: 0,
            ledger,
        }
    }
}
