//! The one writer of webhooks: what came while the last commit ran is stored, applied and committed together.
//!
//! Nobody is answered before that commit is durable. When a batch fails, each of it is tried alone, so that one bad webhook costs
//! only itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::Effects;
use super::way_in::WayIn;
use crate::gateway::{Event, Reached, Receipt};
use crate::inbox::{self, kind};
use crate::store::hook::{self, NewHook};
use crate::store::{Db, DbError, Durable, Tx, way_in};

/// Webhooks that may wait for the writer; more wait outside.
const QUEUE: usize = 1024;
/// What one transaction takes on, so that it stays short: an answer weighs as much as some receipts.
const WEIGHT: usize = 256;
const REPLY_WEIGHT: usize = 8;
/// Waits between tries when two writers met.
const PAUSES_MS: [u64; 4] = [10, 40, 120, 300];

/// A verified webhook on its way into the database.
pub(super) struct Job {
    /// Query and body, as they are kept.
    pub hook: NewHook,
    /// What it tells, or why it cannot be read.
    pub events: Result<Vec<Event>, String>,
    /// Hears that it is committed, or why it is not.
    pub done: oneshot::Sender<Result<(), String>>,
}

impl Job {
    fn weight(&self) -> usize {
        1 + self.replies() * REPLY_WEIGHT + self.events().len()
    }

    fn events(&self) -> &[Event] {
        self.events.as_deref().unwrap_or_default()
    }

    /// Answers, after who is one person, so that a no is heard of all they have.
    fn first(&self) -> impl Iterator<Item = &Event> {
        let same = self.events().iter().filter(|event| matches!(event, Event::Same(..)));
        same.chain(self.events().iter().filter(|event| matches!(event, Event::Reply(_) | Event::Notice(_))))
    }

    fn replies(&self) -> usize {
        self.events().iter().filter(|event| matches!(event, Event::Reply(_))).count()
    }

    fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.events().iter().filter_map(|event| match event {
            Event::Receipt(receipt) => Some(receipt),
            Event::Reply(_) | Event::Same(..) | Event::Reached(_) | Event::Notice(_) => None,
        })
    }

    fn reached(&self) -> impl Iterator<Item = &Reached> {
        self.events().iter().filter_map(|event| match event {
            Event::Reached(reached) => Some(reached),
            Event::Reply(_) | Event::Same(..) | Event::Receipt(_) | Event::Notice(_) => None,
        })
    }
}

/// Writes what is put in its queue.
pub(super) struct Writer {
    pub db: Db,
    pub effects: Effects,
    pub way_in: Arc<WayIn>,
}

impl Writer {
    /// Starts the writer; it ends when nobody holds its queue any more.
    pub(super) fn start(self) -> mpsc::Sender<Job> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(self.run(jobs));
        queue
    }

    async fn run(self, mut jobs: mpsc::Receiver<Job>) {
        // Or the first answer would keep every other writer waiting. Receipts need not wait for it.
        let mut learning = Some(tokio::task::spawn_blocking(kind::learn));
        let mut next = jobs.recv().await;
        while let Some(first) = next.take() {
            let mut weight = first.weight();
            let mut batch = vec![first];
            // Whatever has come meanwhile, and no waiting for more.
            while let Ok(job) = jobs.try_recv() {
                weight += job.weight();
                if weight > WEIGHT {
                    next = Some(job);
                    break;
                }
                batch.push(job);
            }
            if batch.iter().any(|job| job.replies() > 0)
                && let Some(learning) = learning.take()
            {
                let _ = learning.await;
            }
            self.write(batch).await;
            if next.is_none() {
                next = jobs.recv().await;
            }
        }
    }

    async fn write(&self, batch: Vec<Job>) {
        match self.persist(&batch).await {
            // While the disk takes this batch, the next one may be written.
            Ok(durable) => drop(tokio::spawn(async move {
                let kept = durable.wait().await.map_err(|e| e.to_string());
                batch.into_iter().for_each(|job| tell(job, kept.clone()));
            })),
            Err(e @ DbError::Away(_)) => {
                let why = e.to_string();
                batch.into_iter().for_each(|job| tell(job, Err(why.clone())));
            }
            Err(_) => {
                for job in batch {
                    let kept = match self.persist(std::slice::from_ref(&job)).await {
                        Ok(durable) => durable.wait().await,
                        Err(e) => Err(e),
                    };
                    if kept.as_ref().is_err_and(|e| !matches!(e, DbError::Away(_))) {
                        self.salvage(&job).await;
                    }
                    tell(job, kept.map_err(|e| e.to_string()));
                }
            }
        }
    }

    /// Keeps a batch, and tries again where two writers met.
    async fn persist(&self, batch: &[Job]) -> Result<Durable, DbError> {
        for pause in PAUSES_MS {
            match self.take_in(batch).await {
                Err(e) if e.is_conflict() => tokio::time::sleep(Duration::from_millis(pause)).await,
                ended => return ended,
            }
        }
        self.take_in(batch).await
    }

    async fn take_in(&self, batch: &[Job]) -> Result<Durable, DbError> {
        let mut tx = self.db.begin().await?;
        let now = self.effects.ledger.clock.now_ms();
        let new: Vec<_> = batch.iter().map(|job| (&job.hook, job.events.as_ref().err().map(String::as_str))).collect();
        // What came before was committed with all that followed from it.
        let news = hook::add_done(&mut tx, &new, now).await?;
        let fresh: Vec<&Job> = batch.iter().zip(news).filter(|(_, news)| *news).map(|(job, _)| job).collect();
        self.apply(&mut tx, &fresh).await?;
        let heard: Vec<&str> =
            self.way_in.news(batch.iter().map(|job| job.hook.account.as_str())).into_iter().collect();
        if !heard.is_empty() {
            let steady = tx.steady_ms(&self.effects.ledger.clock).await?;
            way_in::note(&mut tx, &heard, steady).await?;
        }
        tx.commit_ahead().await
    }

    /// Answers first, once we know whose they are: a no among them is heard before anything else.
    async fn apply(&self, tx: &mut Tx, fresh: &[&Job]) -> Result<(), DbError> {
        let mut reached: BTreeMap<&str, Vec<&Reached>> = BTreeMap::new();
        for job in fresh {
            reached.entry(&job.hook.account).or_default().extend(job.reached());
        }
        for (account, reached) in reached {
            inbox::reached(&self.effects.ledger, tx, account, &reached).await?;
        }
        let mut receipts: BTreeMap<&str, Vec<&Receipt>> = BTreeMap::new();
        for job in fresh {
            for event in job.first() {
                self.effects.apply(tx, &job.hook.account, event).await?;
            }
            receipts.entry(&job.hook.account).or_default().extend(job.receipts());
        }
        for (account, receipts) in receipts {
            self.effects.settler.receipts(tx, account, &receipts).await?;
        }
        Ok(())
    }

    /// One bad item must not lose the others: each is tried in a transaction of its own. The provider still hears 503
    /// and comes again, so that the bad one is not lost silently; for the others that is no news.
    async fn salvage(&self, job: &Job) {
        for event in job.events().iter().filter(|_| job.events().len() > 1) {
            let Ok(mut tx) = self.db.begin().await else { return };
            if self.effects.apply(&mut tx, &job.hook.account, event).await.is_ok() {
                let _ = tx.commit().await;
            }
        }
    }
}

/// Whoever asked may have hung up.
fn tell(job: Job, kept: Result<(), String>) {
    let _ = job.done.send(kept);
}
