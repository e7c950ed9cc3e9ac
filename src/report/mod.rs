//! A campaign in figures: what became of its messages, by version or language, and how sure that is. Reads only.
//!
//! Knows counts, and no person: figures are the same before and after persons are erased.

mod compare;
pub mod csv;
mod figures;
mod hidden;
pub mod interval;
mod market;
pub mod outcomes;
pub mod plot;
pub mod progress;
pub mod room;
pub mod tables;
pub mod workbook;
pub mod yearly;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use compare::{Best, best};
pub use figures::{FEW, Figures, Rate};
use workbook::{Cell, Sheet};

use crate::counting::Known;
use crate::domain::campaign::CampaignState;
use crate::domain::heard::Heard;
use crate::domain::lang::Lang;
use crate::store::figures::{Count, counted};
use crate::store::{DbError, Tx, campaign};
use crate::words;

/// Smaller groups of a language are put together, so that no figure points at a person.
pub const SMALLEST: i64 = 5;
/// The name of languages that were put together.
const REST: &str = "other";

words! {
    /// What a report is broken down by.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum By {
        /// The version of the message.
        Variant = "variant",
        /// The language of the message.
        Language = "language",
    }

    /// The word in JSON.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

/// A campaign in figures.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its name.
    pub campaign: String,
    /// Where it stands.
    pub state: CampaignState,
    /// All of it.
    pub total: Figures,
    /// What it is broken down by, if anything.
    pub by: Option<By>,
    /// Its parts, by name.
    pub groups: Vec<(String, Figures)>,
}

/// Reads a campaign's figures; `None` when it was never planned.
///
/// # Errors
/// As the database has it.
pub async fn read(tx: &mut Tx, name: &str, by: Option<By>) -> Result<Option<Report>, DbError> {
    let Some(campaign) = campaign::get(tx, name).await? else { return Ok(None) };
    let counts = counted(tx, name).await?;
    Ok(Some(Report {
        campaign: campaign.name,
        state: campaign.state,
        total: Figures::of(&counts),
        by,
        groups: by.map(|by| groups(&counts, by)).unwrap_or_default(),
    }))
}

impl Report {
    /// Which version is best at being answered; only versions are drawn by lot, so only they can be compared. It is looked at
    /// once, when the campaign's last day is over: whoever looks again and again finds a winner among equals.
    pub fn best(&self, known: &Known, today: Date) -> Option<Best> {
        let many = self.by == Some(By::Variant) && self.groups.len() > 1;
        many.then(|| match (known.by_place, known.is_over(today)) {
            (true, _) => Best::ByPlace,
            (false, true) => best(&self.groups),
            (false, false) => Best::TooEarly,
        })
    }
}

/// A campaign's figures as sheets of a workbook.
pub fn campaign_sheets(report: &Report, led_to: &outcomes::Outcomes, lang: Lang) -> Vec<Sheet> {
    let t = |en: &str, nb: &str| if lang == Lang::En { en.to_owned() } else { nb.to_owned() };
    let parts = std::iter::once((String::new(), &report.total));
    let parts = parts.chain(report.groups.iter().map(|(name, f)| (name.clone(), f)));
    let figures = parts.map(|(name, f)| {
        let counts = [f.planned, f.sent, f.delivered, f.answered, f.liked, f.noes, f.visited];
        let share = f.answers();
        let shares = [share.share, share.interval.low, share.interval.high];
        let name = std::iter::once(Cell::Text(name));
        let counts = counts.into_iter().map(|n| Cell::Count(Some(n)));
        name.chain(counts).chain(shares.into_iter().map(|n| Cell::Number(Some(n)))).collect()
    });
    let came = led_to.each.iter().map(|came| {
        let heard = Heard::ALL.map(|heard| Cell::Count(Some(came.count(heard))));
        let share = came.share();
        let name = [Cell::Text(came.wanted.title(lang).to_owned()), Cell::Count(Some(came.total))];
        let goal = Cell::Count(came.wanted.goal.map(i64::from));
        let shares = [share.share, share.interval.low, share.interval.high].map(|n| Cell::Number(Some(n)));
        let end = std::iter::once(goal).chain(heard).chain(shares).chain([Cell::Count(Some(came.late))]);
        name.into_iter().chain(end).collect()
    });
    vec![
        Sheet {
            name: t("Figures", "Tall"),
            head: vec![
                t("part", "del"),
                t("planned", "planlagt"),
                t("sent", "sendt"),
                t("arrived", "kommet frem"),
                t("answered", "svarte"),
                t("friendly answer", "vennlig svar"),
                t("said no", "sa nei"),
                t("came", "kom"),
                t("share who answered", "andel som svarte"),
                t("from", "fra"),
                t("to", "til"),
            ],
            rows: figures.collect(),
        },
        Sheet {
            name: t("Outcomes", "Utfall"),
            head: [t("outcome", "utfall"), t("number", "antall"), t("goal", "mål")]
                .into_iter()
                .chain(Heard::ALL.map(|heard| heard.text().pick(lang).to_owned()))
                .chain([t("share after our message", "andel etter meldingen vår"), t("from", "fra"), t("to", "til")])
                .chain([t("after the last day", "etter siste dag")])
                .collect(),
            rows: came.collect(),
        },
    ]
}

fn groups(counts: &[Count], by: By) -> Vec<(String, Figures)> {
    let mut parts: BTreeMap<String, Vec<Count>> = BTreeMap::new();
    for count in counts {
        let name = match by {
            By::Variant => &count.variant,
            By::Language => &count.language,
        };
        parts.entry(name.clone()).or_default().push(count.clone());
    }
    // What belongs to no message of this campaign is in no part of it.
    parts.remove("");
    if by == By::Language {
        parts = gather(parts);
    }
    parts.into_iter().map(|(name, counts)| (name, Figures::of(&counts))).collect()
}

/// Puts languages of few people together, until no group is small: with the smallest of the others when need be, so
/// that it cannot be found by subtraction either.
fn gather(mut parts: BTreeMap<String, Vec<Count>>) -> BTreeMap<String, Vec<Count>> {
    let people = |counts: &Vec<Count>| Figures::of(counts).planned;
    let mut rest: Vec<Count> = Vec::new();
    while let Some(smallest) = parts.iter().min_by_key(|(_, counts)| people(counts)).map(|(name, _)| name.clone()) {
        let small = parts.get(&smallest).is_some_and(|counts| people(counts) < SMALLEST);
        let still_small = !rest.is_empty() && people(&rest) < SMALLEST;
        if !small && !still_small {
            break;
        }
        rest.extend(parts.remove(&smallest).unwrap_or_default());
    }
    if !rest.is_empty() {
        parts.insert(REST.to_owned(), rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(languages: &[(&str, i64)]) -> Vec<Count> {
        let one = |(language, n): &(&str, i64)| Count {
            what: "message:delivered".to_owned(),
            variant: "personal".to_owned(),
            language: (*language).to_owned(),
            n: *n,
        };
        languages.iter().map(one).collect()
    }

    fn shown(languages: &[(&str, i64)]) -> Vec<(String, i64)> {
        groups(&counts(languages), By::Language).into_iter().map(|(name, f)| (name, f.planned)).collect()
    }

    #[test]
    fn a_language_of_few_people_is_not_shown_alone() {
        let expected = [("en".to_owned(), 40), ("nb".to_owned(), 90), (REST.to_owned(), 6)];
        assert_eq!(shown(&[("nb", 90), ("en", 40), ("th", 4), ("ro", 2)]), expected);
        // One of four alone would be found by subtraction: the next smallest goes with it.
        assert_eq!(shown(&[("nb", 90), ("en", 40), ("th", 4)]), [("nb".to_owned(), 90), (REST.to_owned(), 44)]);
        assert_eq!(shown(&[("nb", 3)]), [(REST.to_owned(), 3)]);
        assert_eq!(shown(&[("nb", 5), ("en", 5)]).len(), 2);
    }

    #[test]
    fn the_parts_add_up_to_the_whole() {
        let counts = counts(&[("nb", 90), ("en", 40), ("th", 4), ("ro", 2)]);
        let parts: i64 = groups(&counts, By::Language).iter().map(|(_, f)| f.planned).sum();
        assert_eq!(parts, Figures::of(&counts).planned);
    }
}
