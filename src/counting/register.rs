//! One outcome: registered, with what it came after; and taken back.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Counting, Known, WINDOW_MONTHS};
use crate::audit::On;
use crate::campaign::file::Wanted;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::heard::Heard;
use crate::domain::id::{ContactId, CountedId, TouchId};
use crate::store::counted::{self, Counted, Last};
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact};

/// How an outcome is known.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// It is this contact's.
    Contact(ContactId),
    /// Nobody's: what they answered when they were asked.
    Asked(Heard),
    /// Nobody's: they said the word that the message carried.
    Code,
    /// A row of a file, by its keyed digest; with the contact when the number is one's.
    Row {
        /// The digest.
        once: [u8; 32],
        /// Whose number it is.
        contact: Option<ContactId>,
        /// What the row says.
        heard: Heard,
    },
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It counts.
    New {
        /// Its id.
        id: CountedId,
        /// Whether it came after a message.
        heard: Heard,
    },
    /// It was counted before.
    Before,
}

/// An outcome that was taken back.
#[derive(Clone, Debug)]
pub struct Taken {
    /// It.
    pub outcome: Counted,
}

/// Why an outcome is not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There is none with this id.
    Unknown,
    /// It was taken back before.
    Before,
}

impl Counting {
    /// Registers an outcome of a day. Late ones count; the same one of the same contact on the same day counts once.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn add(
        &self,
        tx: &mut Tx,
        known: &Known,
        wanted: &Wanted,
        day: Date,
        how: How,
        actor: Option<&str>,
    ) -> Result<Added, DbError> {
        let id: CountedId = new_id();
        let person = match how {
            How::Contact(contact) | How::Row { contact: Some(contact), .. } => Some(contact),
            _ => None,
        };
        if let Some(person) = person {
            contact::lock(tx, person).await?;
        }
        let mut once = match how {
            How::Row { once, .. } => Some(once),
            _ => None,
        };
        if let Some(person) = person {
            let marks = self.marks(tx, known, wanted, day, person).await?;
            if counted::is_known(tx, &marks).await? {
                return Ok(Added::Before);
            }
            once = once.or(marks.first().copied());
        }
        let at = self.at(day);
        let last = match person {
            Some(person) => self.last(tx, person, day, at).await?,
            None => None,
        };
        let said = match how {
            How::Asked(heard) | How::Row { heard, .. } => heard,
            How::Code => Heard::Yes,
            How::Contact(_) => Heard::No,
        };
        let heard = match (&last, person) {
            (Some(last), _) if last.campaign == known.campaign => Heard::Yes,
            (Some(_), _) => Heard::Other,
            // Whom we know and never wrote to may have heard of it by somebody else's message.
            (None, Some(_)) if said == Heard::Unknown => Heard::No,
            (None, _) => said,
        };
        let touch: Option<TouchId> = person.map(|_| new_id());
        let one = Counted {
            id,
            campaign: known.campaign.clone(),
            name: wanted.name.clone(),
            day: day.to_string(),
            heard,
            late: known.ends.is_some_and(|ends| day > ends),
            source: source(&how).to_owned(),
            credit: last.as_ref().map(|last| last.campaign.clone()),
            variant: last.as_ref().filter(|_| heard == Heard::Yes).and_then(|last| last.variant.clone()),
            language: last.as_ref().filter(|_| heard == Heard::Yes).and_then(|last| last.language.clone()),
            touch,
            actor: actor.map(str::to_owned),
            once,
            made_at: self.ledger.clock.now_ms(),
            undone_at: None,
        };
        if !counted::add(tx, &one).await? {
            return Ok(Added::Before);
        }
        if let (Some(person), Some(touch)) = (person, touch) {
            let mut entry = Touch::new(TouchKind::Outcome, at);
            entry.id = touch;
            entry.campaign = Some(known.campaign.clone());
            entry.detail = Some(wanted.name.clone());
            entry.actor = actor.map(str::to_owned);
            self.ledger.register(tx, person, &entry).await?;
        }
        let on = person.map_or(On::Campaign(&known.campaign), On::Contact);
        self.ledger.book().note(tx, Act::OutcomeCounted, on).await?;
        Ok(Added::New { id, heard })
    }

    /// Takes an outcome back that was a mistake: with a contact, by a new entry in the ledger.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn take_back(
        &self,
        tx: &mut Tx,
        id: CountedId,
        actor: Option<&str>,
    ) -> Result<Result<Taken, NotTaken>, DbError> {
        let Some(outcome) = counted::get(tx, id).await? else { return Ok(Err(NotTaken::Unknown)) };
        let now = self.ledger.clock.now_ms();
        if !counted::take_back(tx, id, actor, now).await? {
            return Ok(Err(NotTaken::Before));
        }
        let person = match outcome.touch {
            Some(touch) => counted::contact(tx, touch).await?,
            None => None,
        };
        if let Some(person) = person {
            let mut entry = Touch::new(TouchKind::TakenBack, now);
            entry.campaign = Some(outcome.campaign.clone());
            entry.detail = Some(outcome.name.clone());
            entry.actor = actor.map(str::to_owned);
            entry.takes_back = outcome.touch;
            self.ledger.register(tx, person, &entry).await?;
        }
        let on = person.map_or(On::Campaign(&outcome.campaign), On::Contact);
        self.ledger.book().note(tx, Act::OutcomeUncounted, on).await?;
        Ok(Ok(Taken { outcome }))
    }

    /// A digest that tells nothing without the keys; addresses are found by it, so it goes where their index goes.
    pub(super) fn once(&self, parts: &[&str]) -> [u8; 32] {
        self.ledger.vault.find_by(b"outcome", parts.join("\u{1f}").as_bytes())
    }

    /// What an outcome of somebody is known by: a digest for each of their addresses, so that it counts once whether it comes
    /// by hand or from a file, and also when they are forgotten in between.
    async fn marks(
        &self,
        tx: &mut Tx,
        known: &Known,
        wanted: &Wanted,
        day: Date,
        person: ContactId,
    ) -> Result<Vec<[u8; 32]>, DbError> {
        let addresses = contact::addresses(tx, &self.ledger.vault, person).await?;
        Ok(addresses.iter().map(|address| self.mark(known, wanted, day, address.expose())).collect())
    }

    /// The digest for one address.
    pub(super) fn mark(&self, known: &Known, wanted: &Wanted, day: Date, address: &str) -> [u8; 32] {
        self.once(&["person", &known.campaign, &wanted.name, &day.to_string(), address])
    }

    /// What came last to a contact in the months before.
    async fn last(&self, tx: &mut Tx, person: ContactId, day: Date, at: i64) -> Result<Option<Last>, DbError> {
        let first = day.saturating_sub(WINDOW_MONTHS.months());
        counted::last(tx, person, self.midnight(first), at).await
    }

    /// When it happened: now, or at the end of a day that has been.
    fn at(&self, day: Date) -> i64 {
        let now = self.ledger.clock.now_ms();
        self.midnight(day.saturating_add(1.day())).saturating_sub(1).min(now)
    }

    fn midnight(&self, day: Date) -> i64 {
        let zone = self.ledger.clock.zone();
        zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().map_or(i64::MIN, |at| at.as_millisecond())
    }
}

fn source(how: &How) -> &'static str {
    match how {
        How::Contact(_) => "contact",
        How::Asked(_) => "asked",
        How::Code => "code",
        How::Row { .. } => "file",
    }
}
