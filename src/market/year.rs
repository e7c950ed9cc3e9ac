//! The figures of a year, for whoever writes about it: how much was counted, and how often each answer was given.

use std::collections::BTreeMap;

use super::{Count, Counted, Figure};
use crate::domain::gather::Gather;
use crate::domain::week::Week;
use crate::store::{DbError, Tx, market};

/// A year of a platform.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Year {
    /// Weeks that were counted.
    pub counted: i64,
    /// Weeks that the year has.
    pub weeks: i64,
    /// Each figure's mean over the weeks in which it was counted.
    pub means: BTreeMap<Figure, f64>,
    /// The week with the fewest ads, and the one with the most.
    pub ads: Option<(i64, i64)>,
}

/// The year of each platform, and how often each answer was given, by question and answer.
///
/// # Errors
/// As the database has it.
pub async fn of(tx: &mut Tx, year: i16) -> Result<(BTreeMap<String, Year>, BTreeMap<(String, String), i64>), DbError> {
    let counts = market::standing(tx, None).await?;
    let mut platforms: BTreeMap<String, Vec<Counted>> = BTreeMap::new();
    for one in counts.into_iter().filter(|one| one.week.number().0 == year) {
        platforms.entry(one.platform.clone()).or_default().push(one);
    }
    let (first, next) = (Week::parse(&format!("{year}-W01")), Week::parse(&format!("{}-W01", year.saturating_add(1))));
    let weeks = first.zip(next);
    let tallies = match weeks {
        Some(weeks) => market::tallies(tx, Some(weeks)).await?,
        None => BTreeMap::new(),
    };
    let length = weeks.map_or(52, |(first, next)| next.since(first));
    Ok((platforms.into_iter().map(|(name, counts)| (name, sum_up(&counts, length))).gather(), tallies))
}

fn sum_up(counts: &[Counted], weeks: i64) -> Year {
    let mut year = Year { counted: counts.len() as i64, weeks, ..Year::default() };
    for figure in Figure::ALL {
        let seen: Vec<i64> = counts.iter().filter_map(|one| Count::from(one).get(figure)).collect();
        if !seen.is_empty() {
            year.means.insert(figure, seen.iter().sum::<i64>() as f64 / seen.len() as f64);
        }
    }
    let ads = || counts.iter().map(|one| one.ads);
    year.ads = ads().min().zip(ads().max());
    year
}
