//! Routines: recurring tasks of the organisation, from its files. Each slot becomes a task once, on whichever node; what
//! was missed is seen and does not pile up. Knows no contact.

mod debrief;
mod hand;
mod list;
mod review;
mod slots;

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::campaign::file::practice::{Platform, Routine, Service, Shelf};
use crate::domain::holidays::Holidays;
use crate::ledger::Ledger;
use crate::settings::Settings;
pub use debrief::Weighed;
pub use hand::NoRoutine;
pub use list::{Duty, Standing};

/// The routines of an organisation. Cheap to clone; clones share what they have read of the files.
#[derive(Clone)]
pub struct Routines {
    /// The files.
    pub shelf: Shelf<Routine>,
    /// The services, each of which is looked at now and then.
    pub services: Shelf<Service>,
    /// The platforms, each of which is looked at on its day.
    pub platforms: Shelf<Platform>,
    ledger: Ledger,
    holidays: Holidays,
}

impl Routines {
    /// The routines whose files stand among the campaigns of these settings.
    pub fn of(ledger: Ledger, settings: &Settings) -> Self {
        let folder = settings.path(&settings.campaigns.folder);
        Self::in_folder(folder, ledger, settings.organisation.holidays)
    }

    /// The routines of the files in a folder of campaigns.
    pub fn in_folder(folder: PathBuf, ledger: Ledger, holidays: Holidays) -> Self {
        Self {
            shelf: Shelf::of(folder.clone()),
            services: Shelf::of(folder.clone()),
            platforms: Shelf::of(folder),
            ledger,
            holidays,
        }
    }

    /// All of them: those of the files, and what is to be looked at again on its day.
    fn all(&self) -> Vec<Routine> {
        let services = self.services.look().entries;
        let mut all = self.shelf.look().entries;
        all.extend(services.iter().map(review::of_service));
        all.extend(self.platforms.look().entries.iter().filter_map(review::of_platform));
        all
    }

    /// When a day begins for people, in milliseconds: nobody looks before eight.
    fn morning(&self, day: Date) -> i64 {
        let at = self.ledger.clock.zone().to_ambiguous_timestamp(day.at(8, 0, 0, 0)).compatible();
        at.map_or(i64::MAX, Timestamp::as_millisecond)
    }
}
