//! What a campaign led to: its outcomes against their goals, the share that came after a message, and what each cost in
//! messages and staff time. Knows counts, and no person.

use std::collections::BTreeMap;

use super::Figures;
use super::figures::Rate;
use crate::campaign::file::Wanted;
use crate::domain::heard::Heard;
use crate::domain::lang::Lang;
use crate::store::counted::{self, Alike};
use crate::store::figures::Count;
use crate::store::{DbError, Tx, figures};
use crate::tasks::spent;

/// One outcome in figures.
#[derive(Clone, Debug)]
pub struct Came {
    /// What the campaign wants.
    pub wanted: Wanted,
    /// How many in all.
    pub total: i64,
    /// How many by what they came after.
    pub heard: BTreeMap<Heard, i64>,
    /// Of all, how many after the campaign's last day.
    pub late: i64,
    /// How many a month.
    pub months: BTreeMap<String, i64>,
    /// Of those after the message, how many by version.
    pub variants: BTreeMap<String, i64>,
}

/// What a campaign led to, and what went into it.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// Each outcome, as the campaign file has them; then those that it names no more.
    pub each: Vec<Came>,
    /// Outcomes of other campaigns that came after this one's message.
    pub credited: i64,
    /// Messages that went out.
    pub messages: i64,
    /// Seconds that staff spent on the tasks of which the time is known.
    pub seconds: i64,
    /// How many tasks those are.
    pub timed: i64,
    /// How many tasks are done in all.
    pub tasks: i64,
}

impl Came {
    fn new(wanted: Wanted) -> Self {
        let (heard, months, variants) = Default::default();
        Self { wanted, total: 0, heard, late: 0, months, variants }
    }

    fn add(&mut self, alike: &Alike) {
        self.total += alike.n;
        *self.heard.entry(alike.heard).or_default() += alike.n;
        self.late += if alike.late { alike.n } else { 0 };
        *self.months.entry(alike.month.clone()).or_default() += alike.n;
        if !alike.variant.is_empty() {
            *self.variants.entry(alike.variant.clone()).or_default() += alike.n;
        }
    }

    /// How many came so.
    pub fn count(&self, heard: Heard) -> i64 {
        self.heard.get(&heard).copied().unwrap_or_default()
    }

    /// Of those of whom it is known, how many came after the campaign's message.
    pub fn share(&self) -> Rate {
        Rate::new(self.count(Heard::Yes), self.total - self.count(Heard::Unknown))
    }

    /// How much of the goal is reached, of 1.
    pub fn reached(&self) -> Option<f64> {
        self.wanted.goal.map(|goal| self.total as f64 / f64::from(goal.max(1)))
    }
}

impl Outcomes {
    /// All outcomes.
    pub fn total(&self) -> i64 {
        self.each.iter().map(|came| came.total).sum()
    }

    /// Messages for one result; `None` when there is none.
    pub fn messages_each(&self) -> Option<f64> {
        self.per_result(self.messages as f64)
    }

    /// Staff minutes on all tasks that are done: as long on average as those of which the time is known.
    pub fn minutes(&self) -> Option<f64> {
        let average = (self.timed > 0).then(|| self.seconds as f64 / self.timed as f64)?;
        Some(average * self.tasks.max(self.timed) as f64 / 60.0)
    }

    /// Staff minutes for one result; `None` when there is none, or no time is known.
    pub fn minutes_each(&self) -> Option<f64> {
        self.per_result(self.minutes()?)
    }

    fn per_result(&self, spent: f64) -> Option<f64> {
        let results = self.total();
        (results > 0).then(|| spent / results as f64)
    }
}

/// A number with one digit behind the point, or the comma, as people of a language write it.
pub fn decimal(lang: Lang, n: f64) -> String {
    let written = format!("{n:.1}");
    if lang == Lang::Nb { written.replace('.', ",") } else { written }
}

/// Reads what a campaign led to.
///
/// # Errors
/// As the database has it.
pub async fn read(tx: &mut Tx, campaign: &str, wanted: &[Wanted], total: &Figures) -> Result<Outcomes, DbError> {
    let all = counted::of_campaign(tx, campaign).await?;
    let counts = figures::counted(tx, campaign).await?;
    let sum = |what: &str| counts.iter().filter(|count| count.what == what).map(|Count { n, .. }| n).sum();
    Ok(Outcomes {
        each: fold(wanted, &all),
        credited: counted::credited(tx, campaign).await?,
        messages: total.sent,
        seconds: sum(spent::SECONDS),
        timed: sum(spent::TASKS),
        tasks: total.calls.values().sum(),
    })
}

fn fold(wanted: &[Wanted], all: &[Alike]) -> Vec<Came> {
    let mut each: Vec<Came> = wanted.iter().cloned().map(Came::new).collect();
    for alike in all {
        let place = each.iter().position(|came| came.wanted.name == alike.name).unwrap_or_else(|| {
            let (name, titles) = (alike.name.clone(), BTreeMap::new());
            each.push(Came::new(Wanted { name, titles, goal: None, code: None }));
            each.len() - 1
        });
        each[place].add(alike);
    }
    each
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(heard: Heard, month: &str, late: bool, n: i64) -> Alike {
        let (campaign, name, variant) = ("vaksine".to_owned(), "first_dose".to_owned(), String::new());
        Alike { campaign, name, month: month.to_owned(), heard, late, variant, n }
    }

    #[test]
    fn the_share_is_of_those_of_whom_it_is_known() {
        let wanted = Wanted { name: "first_dose".to_owned(), titles: BTreeMap::new(), goal: Some(200), code: None };
        let all = [
            alike(Heard::Yes, "2026-12", false, 191),
            alike(Heard::No, "2026-12", false, 70),
            alike(Heard::Other, "2027-01", true, 4),
            alike(Heard::Unknown, "2027-01", true, 8),
        ];
        let came = &fold(&[wanted], &all)[0];
        assert_eq!((came.total, came.late, came.share().k, came.share().n), (273, 12, 191, 265));
        assert_eq!(came.months["2026-12"], 261);
        assert!(came.reached().is_some_and(|share| (share - 1.365).abs() < 1e-9));
        let outcomes = Outcomes {
            each: vec![came.clone()],
            messages: 546,
            seconds: 600,
            timed: 2,
            tasks: 4,
            ..Outcomes::default()
        };
        assert_eq!(outcomes.messages_each(), Some(2.0));
        assert_eq!(outcomes.minutes(), Some(20.0), "half of the tasks were timed");
        assert!(Outcomes::default().minutes_each().is_none());
    }

    #[test]
    fn an_outcome_that_the_file_names_no_more_is_still_counted() {
        let each = fold(&[], &[alike(Heard::Yes, "2026-12", false, 3)]);
        assert_eq!((each[0].wanted.name.as_str(), each[0].total), ("first_dose", 3));
    }
}
