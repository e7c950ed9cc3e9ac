//! The first reading of a list: of each number only its blind index and a few bytes. Asks no database.

use sha2::{Digest, Sha256};

use super::error::PlanError;
use super::linked::Linked;
use super::mark::{Mark, Openness};
use super::row::Writer;
use super::seen::{Seen, Stage};
use super::source::Source;
use crate::campaign::list::{List, Row};
use crate::domain::decision::Decision;
use crate::ledger::Ledger;
use crate::store::blind::Blind;

/// Rows between two reports of how far it is.
pub(super) const REPORT: u64 = 1_000;

/// The targets of a list, as they are kept between the two readings.
pub(super) struct Targets {
    /// The numbers in the order of the ledger's index; equal ones in the order of the list.
    pub sorted: Vec<(Blind, u32)>,
    /// What is known of each target, in the order of the list.
    pub marks: Vec<Mark>,
    /// The languages that the marks name by number.
    pub languages: Vec<String>,
    /// Which of them are one person.
    pub linked: Linked,
    /// What was read: the second reading must be of the same.
    pub digest: [u8; 32],
}

impl Targets {
    /// The language of a contact, where we know it.
    pub fn language(&self, mark: &Mark) -> Option<&str> {
        self.languages.get(usize::from(mark.language?)).map(String::as_str)
    }

    /// How many would get the message, as far as the ledger goes.
    pub fn candidates(&self) -> usize {
        self.marks.iter().filter(|mark| mark.decision == Decision::Eligible).count()
    }
}

/// Reads the list once.
pub(super) fn read(
    ledger: &Ledger,
    writer: &Writer,
    source: &Source<'_>,
    each: &mut impl FnMut(Seen<'_>),
) -> Result<Targets, PlanError> {
    let list = List::open(source.list)?;
    let of = list.bytes();
    let columns = writer.columns(&list)?;
    let mut rows = list.rows(&columns);
    let (mut sorted, mut marks) = (Vec::new(), Vec::new());
    let mut digest = Rows::default();
    while let Some(row) = rows.next().transpose()? {
        digest.add(&row);
        for draft in writer.read(&ledger.vault, &row) {
            if let Some(blind) = draft.blind {
                sorted.push((blind, u32::try_from(marks.len()).unwrap_or(u32::MAX)));
            }
            let decision = draft.early.unwrap_or(Decision::Eligible);
            marks.push(Mark {
                decision,
                again_at: None,
                language: None,
                openness: Openness::default(),
                waits: false,
                variant: None,
            });
        }
        if digest.rows.is_multiple_of(REPORT) {
            each(Seen::Stage { stage: Stage::Read, done: rows.bytes_read(), of });
        }
    }
    sorted.sort_unstable();
    Ok(Targets { sorted, marks, languages: Vec::new(), linked: Linked::default(), digest: digest.finish() })
}

/// The digest of the rows that were read, to tell whether two readings saw the same.
#[derive(Default)]
pub(super) struct Rows {
    hash: Sha256,
    /// How many.
    pub rows: u64,
}

impl Rows {
    pub fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.hash.update(row.line.to_be_bytes());
        for cell in &row.cells {
            let cell = cell.expose();
            self.hash.update((cell.len() as u64).to_be_bytes());
            self.hash.update(cell);
        }
    }

    pub fn finish(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}
