//! The rows of a list that are one person by several numbers: only one of them gets the message. Decides nothing of the
//! person; knows only which rows belong together.

use std::collections::{HashMap, HashSet};

use super::mark::Mark;
use crate::domain::decision::Decision;
use crate::domain::id::ContactId;
use crate::store::blind::Blind;
use crate::store::{Db, DbError, contact};

/// Which targets are one person: each by its place in the list, with the place of the person's first. Only people with
/// several numbers in the list stand here, so that a long list costs no more.
#[derive(Default)]
pub(super) struct Linked(HashMap<u32, u32>);

impl Linked {
    /// Finds the rows of people who were linked; `sorted` are the numbers as the ledger was asked for them.
    pub async fn find(
        db: &Db,
        people: &HashSet<ContactId>,
        sorted: &[(Blind, u32)],
        chunk: usize,
    ) -> Result<Self, DbError> {
        let mut rows = HashMap::new();
        let people: Vec<ContactId> = people.iter().copied().collect();
        for some in people.chunks(chunk.max(1)) {
            let mut tx = db.read().await?;
            let all = contact::blinds_of(&mut tx, some).await?;
            drop(tx);
            for blinds in all.into_values() {
                let named: Vec<u32> = blinds.iter().filter_map(|blind| first_with(sorted, blind)).collect();
                if let (Some(first), true) = (named.iter().min().copied(), named.len() > 1) {
                    rows.extend(named.into_iter().map(|n| (n, first)));
                }
            }
        }
        Ok(Self(rows))
    }
}

/// The first target with a number.
fn first_with(sorted: &[(Blind, u32)], blind: &Blind) -> Option<u32> {
    let at = sorted.partition_point(|(other, _)| other < blind);
    sorted.get(at).filter(|(found, _)| found == blind).map(|(_, n)| *n)
}

/// Who of those people has a row by now that gets the message, in the order of the list.
pub(super) struct Met<'a> {
    linked: &'a Linked,
    /// By the person's first row: whether another row of theirs gets it.
    people: HashMap<u32, bool>,
}

impl<'a> Met<'a> {
    pub fn new(linked: &'a Linked) -> Self {
        Self { linked, people: HashMap::new() }
    }

    /// The mark of a target: who would get the message by an earlier row is not asked twice, and a message that waits for
    /// a person is counted with one row.
    pub fn look(&mut self, n: i64, mark: &Mark) -> Mark {
        let Some(person) = self.person(n) else { return *mark };
        match self.people.get(&person) {
            Some(true) if mark.decision == Decision::Eligible => {
                Mark { decision: Decision::Duplicate, again_at: None, waits: false, ..*mark }
            }
            Some(_) => Mark { waits: false, ..*mark },
            None => {
                if mark.waits {
                    self.people.insert(person, false);
                }
                *mark
            }
        }
    }

    /// Notes that a target gets the message.
    pub fn gets(&mut self, n: i64) {
        if let Some(person) = self.person(n) {
            self.people.insert(person, true);
        }
    }

    fn person(&self, n: i64) -> Option<u32> {
        u32::try_from(n).ok().and_then(|n| self.linked.0.get(&n)).copied()
    }
}
