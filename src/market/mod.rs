//! The market: how many ads each platform has, week by week, as people counted them, and what the group answers when it
//! is asked. Visits no platform itself, and names nobody.

mod chart;
mod count;
mod csv;
mod series;
mod year;

use crate::audit::On;
use crate::campaign::file::practice::{Platform, Question, Shelf};
use crate::domain::act::Act;
use crate::domain::week::Week;
use crate::ledger::Ledger;
use crate::settings::Settings;
pub use crate::store::market::Counted;
use crate::store::{DbError, Tx, market};
pub use chart::draw;
pub use count::{Count, Figure, Wrong};
pub use csv::{Line, read, write};
pub use series::{Week as OfWeek, whole};
pub use year::{Year, of as year};

/// The market of an organisation. Cheap to clone.
#[derive(Clone)]
pub struct Market {
    /// The platforms.
    pub platforms: Shelf<Platform>,
    /// The questions.
    pub questions: Shelf<Question>,
    ledger: Ledger,
}

impl Market {
    /// The market whose files stand among the campaigns of these settings.
    pub fn of(ledger: Ledger, settings: &Settings) -> Self {
        let folder = settings.path(&settings.campaigns.folder);
        Self { platforms: Shelf::of(folder.clone()), questions: Shelf::of(folder), ledger }
    }

    /// Whether the organisation keeps a market at all.
    pub fn is_kept(&self) -> bool {
        !self.platforms.look().entries.is_empty() || !self.questions.look().entries.is_empty()
    }

    /// The week that it is.
    pub fn this_week(&self) -> Week {
        Week::of(self.ledger.clock.today())
    }

    /// A platform by its name.
    pub fn platform(&self, name: &str) -> Option<Platform> {
        self.platforms.look().entries.into_iter().find(|platform| platform.name == name)
    }

    /// Writes a count down, in the place of an earlier one of the same platform and week; false when it says the same.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn count(
        &self,
        tx: &mut Tx,
        platform: &str,
        week: Week,
        count: &Count,
        by: &str,
    ) -> Result<bool, DbError> {
        let new = count.by(platform, week, by, self.ledger.clock.now_ms());
        let stands = market::history(tx, platform, week).await?.into_iter().find(|one| one.replaced_at.is_none());
        if stands.is_some_and(|stands| Count::from(&stands) == *count) {
            return Ok(false);
        }
        market::add(tx, &new).await?;
        self.ledger.book().note(tx, Act::MarketCounted, On::Nothing).await?;
        Ok(true)
    }

    /// Adds to the tally of an answer this week, or takes away; false when there is no such answer, or less would be left
    /// than nothing.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn tally(&self, tx: &mut Tx, question: &str, answer: &str, n: i64) -> Result<bool, DbError> {
        let asked = self.questions.look().entries;
        let known = asked.iter().filter(|one| one.name == question).flat_map(|one| &one.answers);
        if !known.clone().any(|one| one.name == answer) {
            return Ok(false);
        }
        let counted = market::tally(tx, question, answer, self.this_week(), n).await?;
        if counted {
            self.ledger.book().note(tx, Act::AnswerTallied, On::Nothing).await?;
        }
        Ok(counted)
    }
}
