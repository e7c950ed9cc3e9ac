//! Counts the decisions of a plan and folds them into its hash.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::mark::Mark;
use super::planned::{Kind, Planned};
use super::sample::Samples;
use super::source::Source;
use crate::domain::decision::Decision;
use crate::domain::gather::Gather;
use crate::domain::hex::hex;
use crate::domain::id::PlanId;
use crate::ledger::Ledger;
use crate::store::campaign::Plan;
use crate::store::target::Target;
use crate::store::{Chunks, DbError};

/// The counts of a plan that is being made.
pub(super) struct Tally {
    targets: i64,
    counts: BTreeMap<Decision, i64>,
    rewritten: i64,
    withdrawn: BTreeMap<Decision, i64>,
    hash: Sha256,
    samples: Samples,
}

impl Tally {
    pub fn new(source: &Source<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{}\n", source.file_hash, source.list_hash));
        Self {
            targets: 0,
            counts: BTreeMap::new(),
            rewritten: 0,
            withdrawn: BTreeMap::new(),
            hash,
            samples: Samples::default(),
        }
    }

    /// How many there are so far.
    pub fn targets(&self) -> i64 {
        self.targets
    }

    pub fn add(&mut self, target: &Target, text: Option<&str>, mark: &Mark) {
        if let Some(text) = text {
            self.samples.add(target, text);
        }
        self.targets += 1;
        *self.counts.entry(target.decision).or_default() += 1;
        match target.decision {
            Decision::Eligible => self.rewritten += i64::from(mark.waits),
            why if mark.waits => *self.withdrawn.entry(why).or_default() += 1,
            _ => {}
        }
        let Target { n, line, decision, again_at, channel, variant, language, .. } = target;
        let word = decision.as_str();
        self.hash.update(format!("{n} {line} {word} {again_at:?} {channel:?} {variant:?} {language:?}\n"));
    }

    pub fn finish(
        mut self,
        id: PlanId,
        source: &Source<'_>,
        ledger: &Ledger,
        kind: Kind,
        kept: bool,
    ) -> Result<(Planned, Samples), DbError> {
        let definition = serde_json::to_string(source.definition).map_err(|_| DbError::Unknown("campaign"))?;
        self.hash.update(&definition);
        let eligible = self.counts.remove(&Decision::Eligible).unwrap_or(0);
        let words: BTreeMap<&str, i64> = self.counts.iter().map(|(why, n)| (why.as_str(), *n)).gather();
        let plan = Plan {
            id,
            campaign: source.definition.name.clone(),
            hash: hex(self.hash.finalize()),
            file_hash: source.file_hash.to_owned(),
            list_hash: source.list_hash.to_owned(),
            definition,
            targets: self.targets,
            eligible,
            left_out: serde_json::to_string(&words).map_err(|_| DbError::Unknown("plan"))?,
            made_at: ledger.clock.now_ms(),
            made_by: source.by.map(str::to_owned),
            summary: None,
        };
        let (rewritten, withdrawn) = match kind {
            Kind::Change => (self.rewritten, self.withdrawn),
            Kind::Fresh | Kind::Supplement => (0, BTreeMap::new()),
        };
        let samples = self.samples;
        Ok((
            Planned {
                plan,
                left_out: self.counts,
                kind,
                kept,
                rewritten,
                partners: Vec::new(),
                withdrawn,
                ask_ms: 0,
                chunks: Chunks::default(),
            },
            samples,
        ))
    }
}
