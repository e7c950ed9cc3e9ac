//! The weeks of a platform in a row, with those that nobody counted: a gap is seen, and never filled in.

use super::{Count, Counted};
use crate::domain::week::Week as Name;

/// A week of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Which one.
    pub week: Name,
    /// What was counted; `None` in a gap.
    pub count: Option<Count>,
    /// Who counted.
    pub by: Option<String>,
}

/// All weeks from the first count to the last, or to the last one that is over when that is later.
pub fn whole(counts: &[Counted], this_week: Name) -> Vec<Week> {
    let Some(first) = counts.iter().map(|one| one.week).min() else { return Vec::new() };
    let last = counts.iter().map(|one| one.week).max().unwrap_or(first).max(this_week.before());
    let weeks = std::iter::successors(Some(first), |week| Some(week.next()));
    let week = |week: Name| {
        let found = counts.iter().find(|one| one.week == week);
        Week { week, count: found.map(Count::from), by: found.map(|one| one.by.clone()) }
    };
    weeks.take_while(|week| *week <= last).take(MOST).map(week).collect()
}

/// Thirty years.
const MOST: usize = 1_570;
