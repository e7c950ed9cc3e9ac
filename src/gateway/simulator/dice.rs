//! Chance without randomness: the same seed, subject and question always fall the same way.

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// From and to, both in.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Range(pub f64, pub f64);

/// Dice for one subject: a person or a try.
#[derive(Clone, Copy)]
pub(super) struct Dice([u8; 32]);

impl Dice {
    pub(super) fn new(seed: u64, subject: &str) -> Self {
        Self(Sha256::new().chain_update(seed.to_be_bytes()).chain_update(subject).finalize().into())
    }

    fn throw(&self, question: &str) -> u64 {
        let hash: [u8; 32] = Sha256::new().chain_update(self.0).chain_update(question).finalize().into();
        hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A number from 0 up to but not including 1.
    pub(super) fn share(&self, question: &str) -> f64 {
        (self.throw(question) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number within a range, the small ones far oftener, as people's delays are.
    pub(super) fn between(&self, question: &str, Range(low, high): Range) -> f64 {
        (1.0 + low) * ((1.0 + high) / (1.0 + low)).powf(self.share(question)) - 1.0
    }

    /// A place in a list by weight; `None` when the weights are nothing.
    pub(super) fn weighted(&self, question: &str, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let total: u64 = weights.clone().map(u64::from).sum();
        let mut left = self.throw(question).checked_rem(total)?;
        weights.map(u64::from).position(|weight| {
            let here = left < weight;
            left = left.saturating_sub(weight);
            here
        })
    }

    /// Sixteen hexadecimal digits.
    pub(super) fn word(&self, question: &str) -> String {
        format!("{:016x}", self.throw(question))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_always_falls_the_same_way() {
        let dice = Dice::new(7, "+447700900123");
        assert_eq!(dice.share("a"), Dice::new(7, "+447700900123").share("a"));
        assert_ne!(dice.share("a"), dice.share("b"));
        assert_ne!(dice.share("a"), Dice::new(8, "+447700900123").share("a"));
    }

    #[test]
    fn shares_and_ranges_keep_their_bounds() {
        for n in 0..1000 {
            let dice = Dice::new(1, &n.to_string());
            assert!((0.0..1.0).contains(&dice.share("x")));
            assert!((2.0..=60.0 + 1e-9).contains(&(dice.between("x", Range(2.0, 60.0)) + 1e-9)));
        }
    }

    #[test]
    fn weights_decide_how_often() {
        let count = |place| {
            (0..4000).filter(|n| Dice::new(1, &n.to_string()).weighted("x", [3, 1].into_iter()) == Some(place)).count()
        };
        assert!((2800..3200).contains(&count(0)), "{}", count(0));
        assert_eq!(Dice::new(1, "x").weighted("x", [0].into_iter()), None);
    }
}
