//! Outcomes that a campaign names: registered with a contact or without anybody, from a file, and taken back.
//!
//! An outcome with a contact is an entry in the ledger, and comes after the campaign whose message reached them last, at
//! most twelve months before. What is counted names nobody. Late outcomes count.

pub mod import;
mod register;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::campaign::file::{Definition, Variant, Wanted, wanted};
use crate::campaign::template::{SERVICE, Template};
use crate::domain::id::{CountedId, PlanId, meant};
use crate::domain::lang::Text;
use crate::domain::phone::Region;
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::{DbError, Tx, campaign, counted};
use crate::text;
pub use register::{Added, How, NotTaken, Taken};

/// How long after a message an outcome still counts as having come after it.
pub const WINDOW_MONTHS: i64 = 12;

/// Among so many that were registered last, one is looked for by a part of its id.
const LATEST: i64 = 10_000;

/// Registers outcomes. Cheap to clone.
#[derive(Clone)]
pub struct Counting {
    ledger: Ledger,
    folder: PathBuf,
    region: Region,
    /// Whether a plan names any, for plans that were looked at: what a plan says never changes.
    names: Arc<Mutex<BTreeMap<PlanId, bool>>>,
}

/// A campaign with what counts for it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub campaign: String,
    /// What people call it.
    pub title: String,
    /// Its last day; `None` when only its file still says what counts.
    pub ends: Option<Date>,
    /// What counts.
    pub outcomes: Vec<Wanted>,
    /// Whether some of its variants, and not all, name a service: those go where it is, and not by lot alone.
    pub by_place: bool,
}

impl Known {
    /// The outcome that somebody means, by its name or what it is called.
    pub fn outcome(&self, written: &str) -> Option<&Wanted> {
        self.outcomes.iter().find(|one| one.is_called(written))
    }

    /// Whether its last day is over; a campaign of which nobody knows it is.
    pub fn is_over(&self, today: Date) -> bool {
        self.ends.is_none_or(|ends| today > ends)
    }

    /// The names, for a sentence.
    pub fn names(&self) -> String {
        self.outcomes.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Counting {
    /// For this house.
    pub fn of(ledger: &Ledger, settings: &Settings) -> Self {
        let folder = settings.path(&settings.campaigns.folder);
        Self { ledger: ledger.clone(), folder, region: settings.organisation.region, names: Arc::default() }
    }

    /// Whether any campaign names outcomes: where none does, nobody need see a place for them.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn is_wanted(&self, tx: &mut Tx) -> Result<bool, DbError> {
        for found in campaign::all(tx).await? {
            let Some(plan) = found.plan_id else { continue };
            let looked_at = self.names.lock().unwrap_or_else(PoisonError::into_inner).get(&plan).copied();
            let names = match looked_at {
                Some(names) => names,
                None => self.known(tx, &found.name).await?.is_some_and(|known| !known.outcomes.is_empty()),
            };
            self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(plan, names);
            if names {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What counts for a campaign: as its plan says, else, when that is erased, as its file still does. `None` when it was
    /// never planned.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn known(&self, tx: &mut Tx, name: &str) -> Result<Option<Known>, DbError> {
        let Some(found) = campaign::get(tx, name).await? else { return Ok(None) };
        let plan = match found.plan_id {
            Some(id) => campaign::plan(tx, &self.ledger.vault, id).await?,
            None => None,
        };
        if let Some(is) = plan.and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok()) {
            let Definition { title, ends, outcomes, variants, .. } = is;
            let by_place = is_by_place(&variants);
            return Ok(Some(Known { campaign: found.name, title, ends: Some(ends), outcomes, by_place }));
        }
        let text = std::fs::read_to_string(self.folder.join(format!("{name}.toml"))).unwrap_or_default();
        let (title, outcomes) = (found.name.clone(), wanted(&text));
        Ok(Some(Known { campaign: found.name, title, ends: None, outcomes, by_place: false }))
    }

    /// Outcomes by the id, or a part of it, that somebody wrote; of the latest ones.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn find(&self, tx: &mut Tx, written: &str) -> Result<Vec<CountedId>, DbError> {
        Ok(meant(written, counted::latest(tx, LATEST).await?, |id| id.0))
    }

    /// What counts for each campaign that was planned.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn named(&self, tx: &mut Tx) -> Result<BTreeMap<String, Vec<Wanted>>, DbError> {
        let mut named = BTreeMap::new();
        for found in campaign::all(tx).await? {
            named.extend(self.known(tx, &found.name).await?.map(|known| (known.campaign, known.outcomes)));
        }
        Ok(named)
    }

    /// The campaigns for which outcomes may still come, the latest first.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn all(&self, tx: &mut Tx) -> Result<Vec<Known>, DbError> {
        let oldest = self.ledger.clock.today().saturating_sub(WINDOW_MONTHS.months());
        let mut known = Vec::new();
        for found in campaign::all(tx).await? {
            let one = self.known(tx, &found.name).await?;
            let open = |one: &Known| !one.outcomes.is_empty() && one.ends.is_some_and(|ends| ends >= oldest);
            known.extend(one.filter(open));
        }
        known.sort_by(|one, other| other.ends.cmp(&one.ends).then_with(|| one.campaign.cmp(&other.campaign)));
        Ok(known)
    }
}

fn is_by_place(variants: &[Variant]) -> bool {
    let names = |text: &String| {
        Template::new(text).is_ok_and(|text| text.variables().iter().any(|name| name.starts_with(SERVICE)))
    };
    let some = variants.iter().filter(|variant| variant.texts.values().any(names)).count();
    some > 0 && some < variants.len()
}

/// What is wrong when a campaign names no such outcome.
pub fn no_such(known: &Known, written: &str) -> Text {
    let (name, all) = (crate::domain::inert::inert(written), known.names());
    match known.outcomes.is_empty() {
        true => text!(
            "the campaign names no outcomes: write [[outcome]] in its file, and plan it",
            "kampanjen har ingen utfall: skriv [[outcome]] i filen, og planlegg den"
        ),
        false => text!(
            "there is no outcome {name}; there are: {all}",
            "det finnes ikke noe utfall {name}; det finnes: {all}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_by_place_when_some_and_not_all_name_a_service() {
        let variant = |name: &str, text: &str| Variant {
            name: name.to_owned(),
            weight: 1,
            texts: BTreeMap::from([("nb".to_owned(), text.to_owned())]),
            sender: None,
            image: None,
            template: None,
        };
        let (near, plain) = (variant("near", "Hei! {{ services.sti_test }}"), variant("plain", "Hei! {{ services }}"));
        assert!(is_by_place(&[near.clone(), plain.clone()]));
        assert!(!is_by_place(&[near.clone(), near]));
        assert!(!is_by_place(&[plain.clone(), plain]));
    }
}
