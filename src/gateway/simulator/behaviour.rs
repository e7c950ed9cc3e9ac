//! How the simulated provider and its people behave: `config/simulator.toml`, checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::reply::ReplyKind;
use crate::gateway::error::Misconfigured;
use crate::gateway::simulator::dice::{Dice, Range};

/// The whole of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Another number, another life.
    pub seed: u64,
    pub(super) answers: Answers,
    pub(super) receipts: Receipts,
    pub(super) replies: Replies,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    pub(super) bad_number: f64,
    pub(super) opted_out: f64,
    pub(super) throttled: f64,
    pub(super) in_doubt: f64,
    pub(super) doubt_ends_after_minutes: Range,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipts {
    pub(super) sent_after_minutes: Range,
    pub(super) delivered_after_minutes: Range,
    pub(super) undelivered: f64,
    pub(super) never_heard_of: f64,
    pub(super) read: f64,
    pub(super) read_after_minutes: Range,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replies {
    pub(super) share: f64,
    pub(super) after_minutes: Range,
    languages: BTreeMap<String, u32>,
    kinds: BTreeMap<String, u32>,
    texts: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// One thing that people say, and what they mean by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// What they mean.
    pub kind: ReplyKind,
    /// The language's tag.
    pub language: &'a str,
    /// What they write.
    pub text: &'a str,
}

impl Behaviour {
    /// Reads the behaviour that is part of the program.
    pub fn compiled_in() -> Result<Self, Misconfigured> {
        Self::parse(include_str!("../../../config/simulator.toml"))
    }

    /// Reads a behaviour and checks its numbers.
    pub fn parse(toml: &str) -> Result<Self, Misconfigured> {
        let behaviour: Self = toml::from_str(toml).map_err(|error| wrong(error.message()))?;
        let Self { answers, receipts, replies, .. } = &behaviour;
        let sums = [
            answers.bad_number + answers.opted_out,
            answers.throttled,
            answers.in_doubt,
            receipts.undelivered + receipts.never_heard_of,
            receipts.read,
            replies.share,
        ];
        if sums.iter().any(|sum| !(0.0..=1.0).contains(sum)) {
            return Err(wrong("shares lie between 0 and 1, also together"));
        }
        let ranges = [
            answers.doubt_ends_after_minutes,
            receipts.sent_after_minutes,
            receipts.delivered_after_minutes,
            receipts.read_after_minutes,
            replies.after_minutes,
        ];
        if ranges.iter().any(|Range(low, high)| !(*low >= 0.0 && low <= high && *high <= 525_600.0)) {
            return Err(wrong("a range of minutes is [from, to], within a year"));
        }
        replies.check()?;
        Ok(behaviour)
    }

    /// Everything people may say, to try the reading of replies on.
    pub fn sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        self.replies.texts.iter().flat_map(|(kind, languages)| {
            let kind = ReplyKind::parse(kind).unwrap_or(ReplyKind::Other);
            languages
                .iter()
                .flat_map(move |(language, texts)| texts.iter().map(move |text| Sentence { kind, language, text }))
        })
    }
}

impl Replies {
    fn check(&self) -> Result<(), Misconfigured> {
        for kind in self.kinds.keys() {
            if ReplyKind::parse(kind).is_none() {
                return Err(wrong(&format!("`{kind}` is no kind of reply")));
            }
            for language in self.languages.keys() {
                let texts = self.texts.get(kind).and_then(|languages| languages.get(language));
                if texts.is_none_or(Vec::is_empty) {
                    return Err(wrong(&format!("no text of kind `{kind}` in `{language}`")));
                }
            }
        }
        let weighs = |weights: &BTreeMap<String, u32>| weights.values().any(|weight| *weight > 0);
        if weighs(&self.kinds) && weighs(&self.languages) { Ok(()) } else { Err(wrong("all weights are 0")) }
    }

    /// What this person answers to this try: always in the person's own language.
    pub(super) fn pick(&self, person: &Dice, attempt: &Dice) -> &str {
        let one = |dice: &Dice, question, weights: &BTreeMap<String, u32>| {
            let place = dice.weighted(question, weights.values().copied())?;
            weights.keys().nth(place).cloned()
        };
        let find = || {
            let language = one(person, "language", &self.languages)?;
            let kind = one(attempt, "kind", &self.kinds)?;
            let texts = self.texts.get(&kind)?.get(&language)?;
            texts.get(attempt.weighted("text", texts.iter().map(|_| 1))?)
        };
        find().map_or("", String::as_str)
    }
}

fn wrong(problem: &str) -> Misconfigured {
    Misconfigured::Simulator(problem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_say_every_kind_of_thing_in_seven_languages_at_least() {
        let behaviour = Behaviour::compiled_in().unwrap();
        for kind in ReplyKind::ALL {
            let languages: std::collections::BTreeSet<_> =
                behaviour.sentences().filter(|said| said.kind == kind).map(|said| said.language).collect();
            assert!(languages.len() >= 7, "{kind:?}: {languages:?}");
        }
    }

    #[test]
    fn a_behaviour_that_cannot_be_is_refused() {
        let good = include_str!("../../../config/simulator.toml");
        for (line, bad) in [
            ("throttled = 0.01", "throttled = 1.5"),
            ("sent_after_minutes = [0, 2]", "sent_after_minutes = [3, 2]"),
            ("thanks = 34", "thx = 34"),
            ("nb = 40", "xx = 40"),
        ] {
            assert!(good.contains(line), "{line}");
            assert!(Behaviour::parse(&good.replace(line, bad)).is_err(), "{bad}");
        }
    }
}
