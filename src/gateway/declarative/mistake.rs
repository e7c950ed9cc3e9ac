//! A mistake in a provider's file: where it stands, what is wrong and what to write instead.

use std::cell::RefCell;
use std::ops::Range;

use crate::domain::inert::inert;
use crate::domain::lang::Text;

/// More mistakes than anybody reads at a time.
const MOST: usize = 50;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands, in bytes of the file.
    pub span: Range<usize>,
    /// What is wrong.
    pub text: Text,
    /// What to write instead.
    pub help: Text,
}

impl Mistake {
    /// The line and the column (in characters), both from 1.
    pub fn position(&self, source: &str) -> (usize, usize) {
        let before = source.get(..self.span.start.min(source.len())).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}

/// The mistakes found so far. Readers share it.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Vec<Mistake>>);

impl Mistakes {
    /// Notes one.
    pub fn add(&self, span: &Range<usize>, text: Text, help: Text) {
        self.0.borrow_mut().push(Mistake { span: span.clone(), text, help });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All of them, in the order of the file; of very many the first.
    pub fn in_order(self) -> Vec<Mistake> {
        let mut all = self.0.into_inner();
        all.sort_by_key(|mistake| mistake.span.start);
        all.dedup();
        all.truncate(MOST);
        all
    }
}

/// The start of what somebody wrote, fit for one line of a sentence.
pub(super) fn short(written: &str) -> String {
    let line = inert(&written.chars().take(400).map(|c| if c.is_whitespace() { ' ' } else { c }).collect::<String>());
    let mut rest = line.trim().chars();
    let start: String = rest.by_ref().take(40).collect();
    if rest.next().is_some() { format!("{start}…") } else { start }
}
