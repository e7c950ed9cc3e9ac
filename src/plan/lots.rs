//! Which version of a message each person gets: drawn by lot, and as many of each within a language and a region. Pure.
//!
//! In each such group the lots lie in an urn, as many for a version as its weight; each is drawn once before they are all
//! put back. What is drawn depends on the person, so that the order of a list says nothing.

use std::collections::HashMap;

use crate::store::blind::Blind;

/// The urns of a plan.
#[derive(Debug)]
pub(super) struct Lots {
    weights: Vec<u64>,
    seed: u64,
    urns: HashMap<(String, String), Vec<u64>>,
}

impl Lots {
    /// Urns for versions of these weights, in this campaign.
    pub fn new(campaign: &str, weights: impl IntoIterator<Item = u32>) -> Self {
        let weights: Vec<u64> = weights.into_iter().map(u64::from).collect();
        let common = weights.iter().copied().fold(0, gcd).max(1);
        let seed = campaign.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Self { weights: weights.into_iter().map(|weight| weight / common).collect(), seed, urns: HashMap::new() }
    }

    /// The version that this person would get; nothing is taken yet.
    pub fn look(&self, group: &(String, String), person: &Blind) -> usize {
        self.look_among(group, person, &self.all()).unwrap_or(0)
    }

    /// The same, among versions that fit them; `None` when none does.
    pub fn look_among(&self, group: &(String, String), person: &Blind, fits: &[bool]) -> Option<usize> {
        let urn = self.urns.get(group).unwrap_or(&self.weights);
        let among = |urn: &[u64]| -> Vec<u64> {
            urn.iter().zip(fits).map(|(lots, fits)| if *fits { *lots } else { 0 }).collect()
        };
        // Others may have drawn all that fit.
        let urn =
            Some(among(urn)).filter(|urn| urn.iter().any(|lots| *lots > 0)).unwrap_or_else(|| among(&self.weights));
        let (head, _) = person.split_at(8);
        let lot = head.iter().fold(self.seed, |sum, byte| sum.rotate_left(8) ^ u64::from(*byte));
        let mut left = lot % urn.iter().sum::<u64>().max(1);
        for (n, lots) in urn.iter().enumerate() {
            if left < *lots {
                return Some(n);
            }
            left -= lots;
        }
        None
    }

    /// Takes a lot for a version out of the urn of a group: also for somebody who has that version from before.
    pub fn take(&mut self, group: (String, String), version: usize) {
        let all = self.all();
        self.take_among(group, version, &all);
    }

    /// The same, for somebody whom only these versions fit: they are put back when all of them are drawn.
    pub fn take_among(&mut self, group: (String, String), version: usize, fits: &[bool]) {
        let urn = self.urns.entry(group).or_insert_with(|| self.weights.clone());
        if let Some(lots) = urn.get_mut(version) {
            *lots = lots.saturating_sub(1);
        }
        if urn.iter().zip(fits).all(|(lots, fits)| !fits || *lots == 0) {
            for ((lots, weight), _) in urn.iter_mut().zip(&self.weights).zip(fits).filter(|(_, fits)| **fits) {
                *lots = *weight;
            }
        }
    }

    fn all(&self) -> Vec<bool> {
        vec![true; self.weights.len()]
    }
}

fn gcd(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { gcd(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u64) -> Blind {
        let mut blind = [0; 32];
        // Spread as a digest is.
        blind[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        blind
    }

    fn draw(lots: &mut Lots, group: &(String, String), person: &Blind) -> usize {
        let version = lots.look(group, person);
        lots.take(group.clone(), version);
        version
    }

    fn group(language: &str, region: &str) -> (String, String) {
        (language.to_owned(), region.to_owned())
    }

    #[test]
    fn a_group_has_as_many_of_each_version_at_any_time() {
        let mut lots = Lots::new("vinter", [1, 1]);
        let mut counts: HashMap<_, [i64; 2]> = HashMap::new();
        for n in 0..999 {
            let group = group(["nb", "en", "th"][n as usize % 3], ["oslo", "bergen"][n as usize / 7 % 2]);
            counts.entry(group.clone()).or_default()[draw(&mut lots, &group, &person(n))] += 1;
            assert!(counts.values().all(|[a, b]| (a - b).abs() <= 1), "after {n}");
        }
        assert_eq!(counts.len(), 6);
    }

    #[test]
    fn weights_are_kept_and_the_order_of_the_list_tells_nothing() {
        let (mut lots, group) = (Lots::new("vinter", [20, 10]), group("nb", ""));
        let drawn: Vec<usize> = (0..300).map(|n| draw(&mut lots, &group, &person(n))).collect();
        assert_eq!(drawn.iter().filter(|version| **version == 0).count(), 200);
        // Every third is not always the same version.
        let thirds = |n: usize| drawn.iter().skip(n).step_by(3).filter(|version| **version == 1).count();
        assert!((0..3).all(|n| (10..60).contains(&thirds(n))), "{:?}", [thirds(0), thirds(1), thirds(2)]);
    }

    #[test]
    fn whom_only_some_versions_fit_draws_among_these_and_the_others_stay_for_the_rest() {
        let (mut lots, group) = (Lots::new("vinter", [2, 1, 1]), group("nb", "alta"));
        let plain = [false, true, true];
        let mut counts = [0; 3];
        for n in 0..101 {
            let version = lots.look_among(&group, &person(n), &plain).unwrap();
            lots.take_among(group.clone(), version, &plain);
            counts[version] += 1;
            assert!(counts[0] == 0 && i64::abs(counts[1] - counts[2]) <= 1, "{counts:?} after {n}");
        }
        assert_eq!(lots.look_among(&group, &person(1), &[false; 3]), None);
    }

    #[test]
    fn who_has_a_version_from_before_keeps_it_and_counts() {
        let (mut lots, group) = (Lots::new("vinter", [1, 1]), group("nb", "oslo"));
        lots.take(group.clone(), 1);
        assert_eq!(lots.look(&group, &person(1)), 0);
        assert_eq!(lots.look(&group, &person(2)), 0);
        let nobody: Vec<u32> = Vec::new();
        assert_eq!(Lots::new("x", nobody).look(&group, &person(1)), 0);
    }
}
