//! Forms that tell something new take effect once, however often the same page is sent.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// So many are remembered: more than a house sends in a day.
const MOST: usize = 10_000;

/// The forms that were sent lately, each by the word that its page was given.
#[derive(Default)]
pub struct Presses(Mutex<VecDeque<String>>);

/// A form that is taking effect; unless it is done, it may be sent again.
pub struct Press<'a> {
    all: &'a Presses,
    word: Option<String>,
}

impl Presses {
    /// Takes a form in; `None` when the same page was sent before. A form without a word is always new.
    pub fn first(&self, word: &str) -> Option<Press<'_>> {
        let word = Some(word).filter(|word| !word.is_empty()).map(str::to_owned);
        if let Some(word) = &word {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.contains(word) {
                return None;
            }
            if all.len() == MOST {
                all.pop_front();
            }
            all.push_back(word.clone());
        }
        Some(Press { all: self, word })
    }
}

impl Press<'_> {
    /// It has taken effect.
    pub fn done(mut self) {
        self.word = None;
    }
}

impl Drop for Press<'_> {
    fn drop(&mut self) {
        if let Some(word) = &self.word {
            self.all.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|one| one != word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_takes_effect_once_and_one_that_failed_may_be_sent_again() {
        let presses = Presses::default();
        drop(presses.first("a"));
        presses.first("a").unwrap().done();
        assert!(presses.first("a").is_none());
        presses.first("b").unwrap().done();
        assert!(presses.first("").is_some() && presses.first("").is_some());
        for n in 0..MOST {
            presses.first(&format!("{n}")).unwrap().done();
        }
        assert!(presses.first("a").is_some(), "some are remembered, not all");
    }
}
