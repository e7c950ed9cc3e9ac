//! What became of a campaign's messages, folded from counts. Pure.

use std::collections::BTreeMap;

use super::interval::{Interval, Z95, share, wilson};
use crate::store::figures::Count;

/// With fewer than so many, a share says nothing yet.
pub const FEW: i64 = 30;

/// Figures of a campaign, or of a part of it. `planned = waiting + sent + in_doubt + failed + withdrawn`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages.
    pub planned: i64,
    /// Not gone yet.
    pub waiting: i64,
    /// Taken by the gateway.
    pub sent: i64,
    /// Of those sent: arrived.
    pub delivered: i64,
    /// Of those sent: did not arrive.
    pub undelivered: i64,
    /// Unclear, also for good.
    pub in_doubt: i64,
    /// Refused by the gateway.
    pub failed: i64,
    /// Not sent, by reason.
    pub withdrawn: BTreeMap<String, i64>,
    /// People who answered.
    pub answered: i64,
    /// People who gave a friendly answer: a thank-you or a smile, a wish for help, a wish to hear more.
    pub liked: i64,
    /// Answers, by kind; a person may have sent several.
    pub replies: BTreeMap<String, i64>,
    /// People who said no: by an answer, on a call, by hand or through the gateway.
    pub noes: i64,
    /// People who came.
    pub visited: i64,
    /// Times that somebody came.
    pub visits: i64,
    /// Calls that are done, by outcome.
    pub calls: BTreeMap<String, i64>,
    /// Calls that wait.
    pub calls_open: i64,
}

/// A share with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many.
    pub k: i64,
    /// Of how many.
    pub n: i64,
    /// The share, of 1.
    pub share: f64,
    /// Where the true share lies, with 95 % confidence.
    pub interval: Interval,
}

impl Rate {
    /// `k` of `n`. Whoever answers a message that is in doubt may make `k` the larger one.
    pub fn new(k: i64, n: i64) -> Self {
        let n = n.max(k);
        Self { k, n, share: share(k, n), interval: wilson(k, n, Z95) }
    }

    /// Whether there are too few to say anything.
    pub fn is_early(&self) -> bool {
        self.n < FEW
    }
}

impl Figures {
    /// Counts folded into figures.
    pub fn of<'a>(counts: impl IntoIterator<Item = &'a Count>) -> Self {
        let mut figures = Self::default();
        for count in counts {
            figures.add(&count.what, count.n);
        }
        figures
    }

    /// Whether people wrote messages by hand, rather than called.
    pub fn is_by_hand(&self) -> bool {
        self.calls.contains_key("sent") || self.calls.contains_key("could_not")
    }

    fn add(&mut self, what: &str, n: i64) {
        let mut words = what.split(':');
        let (table, word, more) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        match table {
            "message" => self.add_message(word, more, n),
            "reply" => {
                *self.replies.entry(word.to_owned()).or_default() += n;
                let more = [more, words.next()];
                self.answered += if more.contains(&Some("again")) { 0 } else { n };
                self.liked += if more.contains(&Some("liked")) { n } else { 0 };
            }
            "task" => match (word, more) {
                ("done", outcome) => *self.calls.entry(outcome.unwrap_or("other").to_owned()).or_default() += n,
                ("planned" | "open" | "claimed", _) => self.calls_open += n,
                _ => {}
            },
            "touch" => match (word, more) {
                ("opt_out", None) => self.noes += n,
                ("visit", again) => {
                    self.visits += n;
                    self.visited += if again.is_none() { n } else { 0 };
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn add_message(&mut self, state: &str, reason: Option<&str>, n: i64) {
        self.planned += n;
        match state {
            "queued" | "submitting" => self.waiting += n,
            "in_doubt" | "abandoned" => self.in_doubt += n,
            "failed" => self.failed += n,
            "withdrawn" => *self.withdrawn.entry(reason.unwrap_or("other").to_owned()).or_default() += n,
            _ => self.sent += n,
        }
        match state {
            "delivered" | "read" => self.delivered += n,
            "undelivered" => self.undelivered += n,
            _ => {}
        }
    }

    /// Of those sent, how many arrived.
    pub fn delivery(&self) -> Rate {
        Rate::new(self.delivered, self.sent)
    }

    /// Of those sent, how many people answered.
    pub fn answers(&self) -> Rate {
        Rate::new(self.answered, self.sent)
    }

    /// Of those sent, how many people gave a friendly answer.
    pub fn friendly(&self) -> Rate {
        Rate::new(self.liked, self.sent)
    }

    /// Of those sent, how many people said no.
    pub fn refusals(&self) -> Rate {
        Rate::new(self.noes, self.sent)
    }

    /// Answers that may be a no.
    pub fn suspected(&self) -> i64 {
        self.replies.get("suspected").copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(what: &str, n: i64) -> Count {
        Count { what: what.to_owned(), variant: String::new(), language: String::new(), n }
    }

    #[test]
    fn every_message_is_in_one_figure_and_they_add_up() {
        let states =
            crate::domain::message::MessageState::ALL.map(|state| count(&format!("message:{}", state.as_str()), 3));
        let f = Figures::of(&states);
        let withdrawn: i64 = f.withdrawn.values().sum();
        assert_eq!(f.planned, 33);
        assert_eq!(f.planned, f.waiting + f.sent + f.in_doubt + f.failed + withdrawn);
        assert_eq!((f.sent, f.delivered, f.undelivered), (15, 6, 3));
    }

    #[test]
    fn a_person_who_answers_twice_is_one_person_and_two_answers() {
        let f = Figures::of(&[count("reply:thanks", 2), count("reply:other:again", 1), count("reply:suspected", 1)]);
        assert_eq!((f.answered, f.replies.values().sum::<i64>(), f.suspected()), (3, 4, 1));
        let friendly =
            [count("reply:thanks:liked", 2), count("reply:help:again:liked", 1), count("reply:thanks:again", 5)];
        let f = Figures::of(&friendly);
        assert_eq!((f.answered, f.liked, f.replies["thanks"]), (2, 3, 7));
        let f = Figures::of(&[count("touch:visit", 2), count("touch:visit:again", 5), count("touch:opt_out", 1)]);
        assert_eq!((f.visited, f.visits, f.noes), (2, 7, 1));
    }

    #[test]
    fn calls_are_counted_by_how_they_ended() {
        let f = Figures::of(&[count("task:done:talked", 2), count("task:open:no_answer", 1), count("task:dropped", 4)]);
        assert_eq!((f.calls["talked"], f.calls_open), (2, 1));
    }
}
