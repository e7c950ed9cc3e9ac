//! The one writer of webhooks: what came while the last commit ran is stored, applied and committed together.
//!
//! Nobody is answered before that commit is durable. What a webhook tells that is too much for one short transaction takes
//! several, and the webhook goes with the last. When a batch fails, each of it is tried alone, so that one bad webhook costs
//! only itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::effects::Effects;
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
    /// By what it is known again.
    pub hook: NewHook,
    /// What it tells, [`in_order`], or why it cannot be read.
    pub events: Result<Vec<Event>, String>,
    /// Hears that it is committed, or why it is not.
    pub done: oneshot::Sender<Result<(), String>>,
}

impl Job {
    fn weight(&self) -> usize {
        1 + self.events().iter().map(weight).sum::<usize>()
    }

    fn events(&self) -> &[Event] {
        self.events.as_deref().unwrap_or_default()
    }

    fn told(&self) -> Told<'_> {
        Told { account: &self.hook.account, events: self.events() }
    }

    fn replies(&self) -> usize {
        self.events().iter().filter(|event| matches!(event, Event::Reply(_))).count()
    }
}

/// What an account's webhook tells, or a part of it.
#[derive(Clone, Copy)]
struct Told<'a> {
    account: &'a str,
    events: &'a [Event],
}

impl<'a> Told<'a> {
    /// Answers, after who is one person, so that a no is heard of all they have.
    fn first(self) -> impl Iterator<Item = &'a Event> {
        let same = self.events.iter().filter(|event| matches!(event, Event::Same(..)));
        same.chain(self.events.iter().filter(|event| matches!(event, Event::Reply(_) | Event::Notice(_))))
    }

    fn receipts(self) -> impl Iterator<Item = &'a Receipt> {
        self.events.iter().filter_map(|event| match event {
            Event::Receipt(receipt) => Some(receipt),
            Event::Reply(_) | Event::Same(..) | Event::Reached(_) | Event::Notice(_) => None,
        })
    }

    fn reached(self) -> impl Iterator<Item = &'a Reached> {
        self.events.iter().filter_map(|event| match event {
            Event::Reached(reached) => Some(reached),
            Event::Reply(_) | Event::Same(..) | Event::Receipt(_) | Event::Notice(_) => None,
        })
    }
}

/// Events in the order in which they take effect: whose an address is, answers, receipts; at the end what would be news
/// each time it is told.
pub(super) fn in_order(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| match event {
        Event::Reached(_) => 0,
        Event::Same(..) => 1,
        Event::Reply(_) => 2,
        Event::Receipt(_) => 3,
        Event::Notice(_) => 4,
    });
    events
}

fn weight(event: &Event) -> usize {
    match event {
        Event::Reply(_) => 1 + REPLY_WEIGHT,
        Event::Receipt(_) | Event::Same(..) | Event::Reached(_) | Event::Notice(_) => 1,
    }
}

/// Events in parts that each fit into one transaction.
fn parts(events: &[Event]) -> Vec<&[Event]> {
    let (mut parts, mut from, mut taken) = (Vec::new(), 0, 0);
    for (at, event) in events.iter().enumerate() {
        taken += weight(event);
        if taken > WEIGHT {
            parts.push(&events[from..at]);
            (from, taken) = (at, weight(event));
        }
    }
    parts.push(&events[from..]);
    parts
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
        let told = match batch {
            [job] => vec![self.up_to_the_last(job).await?],
            _ => batch.iter().map(Job::told).collect(),
        };
        let mut tx = self.db.begin().await?;
        let now = self.effects.ledger.clock.now_ms();
        let new: Vec<_> = batch.iter().map(|job| (&job.hook, job.events.as_ref().err().map(String::as_str))).collect();
        // What came before was committed with all that followed from it.
        let news = hook::add_done(&mut tx, &new, now).await?;
        let fresh: Vec<Told<'_>> = told.into_iter().zip(news).filter(|(_, news)| *news).map(|(told, _)| told).collect();
        self.apply(&mut tx, &fresh).await?;
        let heard: Vec<&str> =
            self.way_in.news(batch.iter().map(|job| job.hook.account.as_str())).into_iter().collect();
        if !heard.is_empty() {
            let steady = tx.steady_ms(&self.effects.ledger.clock).await?;
            way_in::note(&mut tx, &heard, steady).await?;
        }
        tx.commit_ahead().await
    }

    /// Takes in what a webhook tells but for the last part, each part in a transaction of its own; gives back the last, which
    /// goes with the webhook itself. Until that is kept the provider comes again, and what was taken in is no news then.
    async fn up_to_the_last<'a>(&self, job: &'a Job) -> Result<Told<'a>, DbError> {
        let told = job.told();
        let parts = parts(told.events);
        let Some((&last, parts)) = parts.split_last().filter(|(_, parts)| !parts.is_empty()) else { return Ok(told) };
        let mut tx = self.db.read().await?;
        let known = hook::is_known(&mut tx, &job.hook).await?;
        drop(tx);
        for &part in parts.iter().filter(|_| !known) {
            let mut tx = self.db.begin().await?;
            self.apply(&mut tx, &[Told { events: part, ..told }]).await?;
            // Durable with the last, for which the provider waits.
            tx.commit_ahead().await?;
        }
        Ok(Told { events: last, ..told })
    }

    /// Answers first, once we know whose they are: a no among them is heard before anything else.
    async fn apply(&self, tx: &mut Tx, fresh: &[Told<'_>]) -> Result<(), DbError> {
        let mut reached: BTreeMap<&str, Vec<&Reached>> = BTreeMap::new();
        for told in fresh {
            reached.entry(told.account).or_default().extend(told.reached());
        }
        for (account, reached) in reached {
            inbox::reached(&self.effects.ledger, tx, account, &reached).await?;
        }
        let mut receipts: BTreeMap<&str, Vec<&Receipt>> = BTreeMap::new();
        for told in fresh {
            for event in told.first() {
                self.effects.apply(tx, told.account, event).await?;
            }
            receipts.entry(told.account).or_default().extend(told.receipts());
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::clock::Clock;
    use crate::domain::holidays::Holidays;
    use crate::domain::phone::Region;
    use crate::gateway::{Address, ProviderId, Reply};
    use crate::inbox::Receipts;
    use crate::ledger::Ledger;
    use crate::outbox::Settler;
    use crate::settings::Settings;
    use crate::store::sql;
    use crate::vault::{Keys, Vault};

    fn answers(count: u32) -> Vec<Event> {
        let answer = |n| {
            Event::Reply(Reply {
                from: Address::new(format!("+447700900{n:03}")),
                to: Address::new("x"),
                text: "Takk".to_owned().into(),
                provider_id: ProviderId::parse(&format!("SM{n}")).unwrap(),
                media: 0,
                hint: None,
                also: None,
                answers: None,
                keyword: 0,
                written_at: None,
            })
        };
        (0..count).map(answer).collect()
    }

    #[test]
    fn no_part_of_a_large_webhook_is_more_than_one_transaction_takes_on() {
        for count in [0, 1, 28, 29, 1_000] {
            let events = answers(count);
            let parts = parts(&events);
            assert!(parts.iter().all(|part| part.iter().map(weight).sum::<usize>() <= WEIGHT));
            assert_eq!(parts.concat(), events);
            assert_eq!(parts.len() > 1, count > 28);
        }
    }

    #[tokio::test]
    async fn a_large_webhook_that_broke_off_is_taken_in_once_when_it_comes_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lykt.toml");
        std::fs::write(&file, "[organisation]\nname = \"Lykten\"\n[gateways.a]\nkind = \"simulator\"\n").unwrap();
        let settings = Settings::load(&file).unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let ledger = Ledger {
            vault: Arc::new(Vault::new(Keys::generate().unwrap())),
            clock: Clock::manual(TimeZone::UTC, "2026-12-03T12:00:00Z".parse().unwrap()),
            cooldown: "6 months".parse().unwrap(),
            region: Region::default(),
        };
        let hook = NewHook::new(&ledger.vault, "a", "inbound", b"raw", "");
        let settler = Settler::new(ledger.clone(), Holidays::None);
        let effects = Effects { ledger, settler, receipts: Receipts::of(&settings) };
        let writer = Writer { db: db.clone(), effects, way_in: Arc::default() };
        let job = Job { hook, events: Ok(answers(100)), done: oneshot::channel().0 };
        let mut tx = db.begin().await.unwrap();
        writer.apply(&mut tx, &[Told { account: "a", events: parts(job.events())[0] }]).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            writer.persist(std::slice::from_ref(&job)).await.unwrap().wait().await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        for (count, rows) in [
            ("select count(*) from reply", 100),
            ("select count(*) from contact where unread = 1", 100),
            ("select count(*) from hook", 1),
        ] {
            assert_eq!(tx.maybe(sql(count)).await.unwrap().unwrap().int(0).unwrap(), rows, "{count}");
        }
    }
}
