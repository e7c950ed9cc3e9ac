//! Plans that are being made: in the background, so that a long list keeps nobody waiting at a blank page.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::error;

use crate::audit;
use crate::campaign::folder::Folder;
use crate::campaign::ready::{NotReady, Ready};
use crate::domain::lang::Text;
use crate::plan::{self, CHUNK, Keep, PlanError, Seen, Source, Stage, Writer};
use crate::text;
use crate::web::House;

/// The plans that are being made, by campaign.
#[derive(Default)]
pub struct Planning(Mutex<HashMap<String, Arc<Making>>>);

/// One plan that is being made, or was.
pub struct Making {
    stage: AtomicU8,
    done: AtomicU64,
    of: AtomicU64,
    ended: watch::Receiver<Option<Ended>>,
}

/// How it ended: `None` when all is well.
pub type Ended = Result<(), Text>;

impl Making {
    /// How it ended, if it did.
    pub fn ended(&self) -> Option<Ended> {
        self.ended.borrow().clone()
    }

    /// Waits for the end.
    pub async fn end(&self) {
        // Whoever makes it ends it, or is gone, which is an end too.
        let _ = self.ended.clone().wait_for(Option::is_some).await;
    }

    /// What it does just now, and how much of it is done, in per cent.
    pub fn told(&self) -> (Text, u64) {
        let of = self.of.load(Ordering::Relaxed).max(1);
        let percent = (self.done.load(Ordering::Relaxed) * 100 / of).min(100);
        let told = match self.stage.load(Ordering::Relaxed) {
            0 => text!("Checks the file and its list", "Sjekker filen og listen"),
            1 => text!("Reads the list", "Leser listen"),
            2 => text!("Asks the ledger", "Spør kontaktloggen"),
            3 => text!("Asks partners", "Spør partnere"),
            _ => text!("Writes the plan", "Skriver planen"),
        };
        (told, percent)
    }

    fn see(&self, seen: &Seen<'_>) {
        if let Seen::Stage { stage, done, of } = seen {
            let stage = match stage {
                Stage::Read => 1,
                Stage::Ask => 2,
                Stage::Partners => 3,
                Stage::Write => 4,
            };
            self.stage.store(stage, Ordering::Relaxed);
            self.done.store(*done, Ordering::Relaxed);
            self.of.store(*of, Ordering::Relaxed);
        }
    }
}

impl Planning {
    /// The plan of a campaign that is being made, or ended just now.
    pub fn of(&self, name: &str) -> Option<Arc<Making>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Forgets one that has ended.
    pub fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Begins to make a plan, unless one of this campaign is being made already.
    pub fn begin(&self, house: &Arc<House>, name: &str, by: &str) -> Arc<Making> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(making) = all.get(name).filter(|making| making.ended().is_none()) {
            return making.clone();
        }
        let (end, ended) = watch::channel(None);
        let making =
            Arc::new(Making { stage: AtomicU8::new(0), done: AtomicU64::new(0), of: AtomicU64::new(1), ended });
        all.insert(name.to_owned(), making.clone());
        let (house, seen, name, by) = (house.clone(), making.clone(), name.to_owned(), by.to_owned());
        let (runtime, who) = (Handle::current(), audit::who());
        // Reading a list blocks: it has a thread of its own.
        tokio::task::spawn_blocking(move || {
            let made = runtime.block_on(audit::as_before(who, make(&house, &name, &by, |now| seen.see(&now))));
            end.send_replace(Some(made));
        });
        making
    }
}

async fn make(house: &House, name: &str, by: &str, each: impl FnMut(Seen<'_>)) -> Ended {
    let ready =
        Folder::named(&house.settings).ready(name, house.ledger.clock.today()).map_err(|why| not_ready(&why))?;
    planned(house, &ready, by, each).await.map_err(|why| match why {
        PlanError::List(why) => why.text(),
        PlanError::ListChanged => text!(
            "The list changed while it was read: wait until it is complete, then plan again.",
            "Listen ble endret mens den ble lest: vent til den er ferdig, og planlegg på nytt."
        ),
        PlanError::Meanwhile(_) => text!(
            "Somebody planned, approved or ended the campaign meanwhile: look again.",
            "Noen har planlagt, godkjent eller avsluttet kampanjen i mellomtiden: se igjen."
        ),
        PlanError::Partner(why) => why,
        PlanError::Db(why) => {
            error!(error = %why, "a plan could not be made");
            text!(
                "The database is away for now: try again in a minute.",
                "Databasen er borte akkurat nå: prøv igjen om et minutt."
            )
        }
    })
}

async fn planned(house: &House, ready: &Ready, by: &str, each: impl FnMut(Seen<'_>)) -> Result<(), PlanError> {
    let writer = Writer::new(&ready.definition, &house.settings)?;
    let partners = house.partners.as_ref().map_err(|why| PlanError::Partner(text!("{why}", "{why}")))?;
    let source = Source {
        definition: &ready.definition,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        list: &ready.list,
        partners: Some(partners),
        chunk: CHUNK,
        by: Some(by),
    };
    plan::make(&house.db, &house.ledger, &writer, &source, Keep::Yes, each).await.map(drop)
}

/// Why a campaign cannot be planned or approved.
pub fn not_ready(why: &NotReady) -> Text {
    match why {
        NotReady::Missing => text!("The campaign's file is gone.", "Kampanjens fil er borte."),
        NotReady::Mistakes(checked) => {
            let n = checked.errors();
            text!(
                "The file has mistakes ({n}): look at the file, where each is shown in its place.",
                "Filen har feil ({n}): se på filen, der hver av dem er vist på sin plass."
            )
        }
    }
}
