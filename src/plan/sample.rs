//! What a plan's messages will look like: which of them are shown to a person before the yes, and how many parts they
//! take in all. Holds numbers of rows, never a text or an address.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::letter::letter;
use super::planned::Kind;
use crate::domain::decision::Decision;
use crate::domain::gather::Gather;
use crate::domain::parts::{Encoding, Parts, parts};
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::campaign::Plan;
use crate::store::target::{self, Target};
use crate::store::{DbError, Tx};

/// Messages drawn by lot, of each version and language.
const DRAWN: usize = 5;
/// Messages kept of each length.
const EACH_LENGTH: usize = 2;
/// Uncommon lengths that are shown.
const ODD: usize = 4;

/// What is kept of a plan besides its counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// What it is to its campaign: fresh, supplement, change.
    pub kind: String,
    /// Messages that wait and would be written anew.
    pub rewritten: i64,
    /// Messages that wait and would be withdrawn, by reason.
    pub withdrawn: BTreeMap<String, i64>,
    /// What partners said: a sentence each, in English and Norwegian.
    #[serde(default)]
    pub partners: Vec<(String, String)>,
    /// The versions and languages of the message.
    pub groups: Vec<Group>,
}

/// One version of the message in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// The version.
    pub variant: String,
    /// The language.
    pub language: String,
    /// Its messages by length.
    pub lengths: Vec<Length>,
    /// Rows drawn by lot.
    drawn: Vec<(u64, i64)>,
    /// The longest message: its parts, its units, its row.
    longest: (usize, usize, i64),
}

/// Messages of one length.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Length {
    /// In the dense alphabet or not.
    pub ucs2: bool,
    /// In how many parts.
    pub parts: usize,
    /// For how many people.
    pub people: i64,
    rows: Vec<i64>,
}

impl Group {
    /// People who would get it.
    pub fn people(&self) -> i64 {
        self.lengths.iter().map(|length| length.people).sum()
    }

    /// Parts in all, which is what a provider counts.
    pub fn parts(&self) -> i64 {
        self.lengths.iter().map(|length| length.people * i64::try_from(length.parts).unwrap_or(1)).sum()
    }
}

/// The groups of a plan that is being made.
#[derive(Default)]
pub(super) struct Samples(BTreeMap<(String, String), Group>);

impl Samples {
    /// Looks at one message.
    pub fn add(&mut self, target: &Target, text: &str) {
        let (Some(variant), Some(language), Some(blind)) = (&target.variant, &target.language, &target.blind) else {
            return;
        };
        let Parts { encoding, units, parts } = parts(text);
        let group = self.0.entry((variant.clone(), language.clone())).or_insert_with(|| Group {
            variant: variant.clone(),
            language: language.clone(),
            lengths: Vec::new(),
            drawn: Vec::new(),
            longest: (0, 0, target.n),
        });
        let (head, _) = blind.split_at(8);
        // Keyed digests are as good as lots, and draw the same rows whoever asks.
        let lot = head.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        if group.drawn.len() < DRAWN || group.drawn.last().is_some_and(|(last, _)| lot < *last) {
            group.drawn.push((lot, target.n));
            group.drawn.sort_unstable();
            group.drawn.truncate(DRAWN);
        }
        group.longest = group.longest.max((parts, units, target.n));
        let ucs2 = encoding == Encoding::Ucs2;
        match group.lengths.iter_mut().find(|length| length.ucs2 == ucs2 && length.parts == parts) {
            Some(length) => {
                length.people += 1;
                if length.rows.len() < EACH_LENGTH {
                    length.rows.push(target.n);
                }
            }
            None => group.lengths.push(Length { ucs2, parts, people: 1, rows: vec![target.n] }),
        }
    }

    pub fn finish(self, kind: Kind, rewritten: i64, withdrawn: &BTreeMap<Decision, i64>) -> Summary {
        let mut groups: Vec<Group> = self.0.into_values().collect();
        groups.iter_mut().for_each(|group| group.lengths.sort_by_key(|length| Reverse(length.people)));
        let kind = match kind {
            Kind::Fresh => "fresh",
            Kind::Supplement => "supplement",
            Kind::Change => "change",
        };
        let withdrawn = withdrawn.iter().map(|(why, n)| (why.as_str().to_owned(), *n)).gather();
        Summary { kind: kind.to_owned(), rewritten, withdrawn, partners: Vec::new(), groups }
    }
}

/// Why a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Drawn by lot.
    Drawn,
    /// No other is longer.
    Longest,
    /// Not as long as most, or in another alphabet.
    Odd,
}

/// A message as it would go out.
pub struct Sample {
    /// Why it is shown.
    pub why: Why,
    /// Its text.
    pub text: Private,
    /// Its picture's name under our own `/media/`.
    pub media: Option<String>,
}

/// The messages of a group that are shown.
///
/// # Errors
/// As the database has it, and when a letter does not open.
pub async fn open(tx: &mut Tx, ledger: &Ledger, plan: &Plan, group: &Group) -> Result<Vec<Sample>, DbError> {
    let odd = group.lengths.iter().skip(1).take(ODD).flat_map(|length| length.rows.first());
    let drawn = group.drawn.iter().map(|(_, n)| (*n, Why::Drawn));
    let shown: Vec<(i64, Why)> =
        drawn.chain([(group.longest.2, Why::Longest)]).chain(odd.map(|n| (*n, Why::Odd))).collect();
    let numbers: Vec<i64> = shown.iter().map(|(n, _)| *n).collect();
    let targets = target::numbered(tx, plan.id, &numbers).await?;
    let mut samples = Vec::new();
    for (n, why) in shown {
        let Some(target) = targets.iter().find(|target| target.n == n) else { continue };
        if let Some(letter) = letter(ledger, plan.id, target)? {
            samples.push(Sample { why, text: Private::new(letter.text), media: letter.media });
        }
    }
    Ok(samples)
}

impl Plan {
    /// What is kept of it besides its counts; `None` for plans of older versions.
    pub fn summary(&self) -> Option<Summary> {
        serde_json::from_str(self.summary.as_deref()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(n: i64) -> Target {
        let mut blind = [0; 32];
        blind[0] = u8::try_from(n * 97 % 251).unwrap();
        Target {
            n,
            line: n + 2,
            decision: Decision::Eligible,
            again_at: None,
            channel: None,
            variant: Some("a".to_owned()),
            language: Some("nb".to_owned()),
            blind: Some(blind),
            sealed: None,
        }
    }

    #[test]
    fn every_message_is_counted_and_the_odd_ones_are_kept() {
        let mut samples = Samples::default();
        for n in 0..100 {
            samples.add(&target(n), "Hei fra Amanda");
        }
        samples.add(&target(100), &"Hei ".repeat(50));
        samples.add(&target(101), "Hei 👍");
        let summary = samples.finish(Kind::Fresh, 0, &BTreeMap::new());
        let group = &summary.groups[0];
        assert_eq!((group.people(), group.parts()), (102, 103));
        assert_eq!(group.drawn.len(), DRAWN);
        assert_eq!(group.longest.2, 100);
        assert_eq!(group.lengths.iter().map(|length| length.people).collect::<Vec<_>>(), [100, 1, 1]);
        assert!(group.lengths[1..].iter().any(|length| length.ucs2 && length.rows == [101]));
    }
}
