//! Which version of a message is best at being answered, if that can be told. Pure.
//!
//! A version is named only after the campaign's last day, when nothing waits any more (looking again and again until one
//! happens to lead would find a winner every time), each was sent to enough people, and its lead over every other is beyond chance: Newcombe's
//! interval of the difference leaves out nought, with the 5 % of error shared by all pairs.

use super::figures::{FEW, Figures};
use super::interval::{difference, z_shared};
use crate::domain::lang::Text;
use crate::text;

/// What a comparison says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Best {
    /// Too few were sent, or some still wait.
    TooEarly,
    /// Some versions only go where a service is, so places would be compared with them.
    ByPlace,
    /// The difference may be chance.
    NoDifference,
    /// This one.
    Named(String),
}

impl Best {
    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Best::TooEarly => "too_early",
            Best::ByPlace => "by_place",
            Best::NoDifference => "no_difference",
            Best::Named(_) => "named",
        }
    }

    /// In words.
    pub fn text(&self) -> Text {
        match self {
            Best::Named(name) => text!(
                "More people answer to “{name}” than to the others; chance alone would rarely do that.",
                "Flere svarer på «{name}» enn på de andre; tilfeldigheter alene ville sjelden gitt det."
            ),
            Best::NoDifference => text!(
                "The variants cannot be told apart: the difference may be chance.",
                "Variantene kan ikke skilles: forskjellen kan være tilfeldig."
            ),
            Best::ByPlace => text!(
                "The variants are not compared: some name a service and go only where it is, so places would be compared too.",
                "Variantene sammenlignes ikke: noen nevner et tilbud og går bare dit det finnes, så steder ville blitt sammenlignet også."
            ),
            Best::TooEarly => text!(
                "Too early to tell which variant is best: each needs {FEW} sent, none may wait, and the last day must be over.",
                "For tidlig å si hvilken variant som er best: hver må ha {FEW} sendt, ingen kan vente, og siste dag må være over."
            ),
        }
    }
}

/// Compares versions, which were drawn by lot.
pub fn best(groups: &[(String, Figures)]) -> Best {
    let early = |f: &Figures| f.waiting > 0 || f.sent < FEW;
    if groups.iter().any(|(_, figures)| early(figures)) {
        return Best::TooEarly;
    }
    let rates: Vec<_> = groups.iter().map(|(name, figures)| (name, figures.answers())).collect();
    let z = z_shared(rates.len() * rates.len().saturating_sub(1) / 2);
    let leads = |n: usize| {
        let (first, others) = (&rates[n].1, rates.iter().enumerate().filter(|(m, _)| *m != n));
        others.map(|(_, (_, other))| difference((first.k, first.n), (other.k, other.n), z)).all(|gap| gap.low > 0.0)
    };
    match (0..rates.len()).find(|n| leads(*n)) {
        Some(n) => Best::Named(rates[n].0.clone()),
        None => Best::NoDifference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sent: &[(i64, i64)], waiting: i64) -> Vec<(String, Figures)> {
        let one = |(n, (answered, sent)): (usize, &(i64, i64))| {
            (format!("v{n}"), Figures { answered: *answered, sent: *sent, waiting, ..Figures::default() })
        };
        sent.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_clear_lead_names_the_version() {
        assert_eq!(best(&groups(&[(60, 400), (110, 400)], 0)), Best::Named("v1".to_owned()));
        assert_eq!(best(&groups(&[(60, 400), (70, 400)], 0)), Best::NoDifference);
    }

    #[test]
    fn nothing_is_named_while_some_wait_or_few_were_sent() {
        assert_eq!(best(&groups(&[(60, 400), (110, 400)], 1)), Best::TooEarly);
        assert_eq!(best(&groups(&[(0, 29), (29, 29)], 0)), Best::TooEarly);
    }

    #[test]
    fn of_many_versions_a_lead_must_be_larger() {
        assert_eq!(best(&groups(&[(56, 400), (80, 400)], 0)), Best::Named("v1".to_owned()));
        let many = [(56, 400), (80, 400), (56, 400), (56, 400), (56, 400), (56, 400)];
        assert_eq!(best(&groups(&many, 0)), Best::NoDifference);
    }

    /// Two versions that are equally good: how often one is named must stay near the 5 % that were promised.
    #[test]
    fn equal_versions_are_rarely_told_apart() {
        let mut seed = 7_u64;
        let mut lot = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % 100
        };
        let mut draw = || (0..200).filter(|_| lot() < 14).count() as i64;
        let named = (0..2_000).filter(|_| best(&groups(&[(draw(), 200), (draw(), 200)], 0)) != Best::NoDifference);
        let named = named.count();
        assert!(named < 130, "{named} of 2000");
    }
}
