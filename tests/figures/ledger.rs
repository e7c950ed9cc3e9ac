//! A campaign with people in it, on both databases, with a clock that stands until it is moved.

use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::clock::{Clock, new_id};
use lykt::domain::id::{ContactId, MessageId, PlanId, TaskId};
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::gateway::{Address, ProviderId, Reply};
use lykt::ledger::by_hand::ByHand;
use lykt::ledger::{Ledger, NoSource};
use lykt::report::{By, Report};
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::campaign::{self, Plan};
use lykt::store::message::{self, Letter, NewMessage};
use lykt::store::task::{self, NewTask};
use lykt::store::touch::{Touch, TouchKind};
use lykt::store::{Db, sql};
use lykt::vault::{Keys, Vault};

pub const DAY: i64 = 86_400_000;

pub struct House {
    pub db: Db,
    pub ledger: Ledger,
    plan: PlanId,
    _folder: Option<tempfile::TempDir>,
}

impl House {
    pub async fn both() -> [House; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let postgres = crate::support::postgres::migrated().await;
        let keys = || Vault::new(Keys::generate().unwrap());
        [House::on(&sqlite, keys(), Some(folder)).await, House::on(&postgres, keys(), None).await]
    }

    pub async fn on(url: &str, vault: Vault, folder: Option<tempfile::TempDir>) -> House {
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let ledger = Ledger {
            vault: Arc::new(vault),
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        let house = House { db: Db::open(url).await.unwrap(), ledger, plan: new_id(), _folder: folder };
        let plan = Plan {
            id: house.plan,
            campaign: "vinter".to_owned(),
            hash: String::new(),
            file_hash: String::new(),
            list_hash: String::new(),
            definition: "{}".to_owned(),
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: house.ledger.clock.now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = house.db.begin().await.unwrap();
        campaign::set_plan(&mut tx, &house.ledger.vault, &plan).await.unwrap();
        tx.commit().await.unwrap();
        house
    }

    pub fn days(&self, days: i64) {
        self.ledger.clock.advance_ms(days * DAY);
    }

    /// The person of a number that belongs to nobody.
    fn address(n: usize) -> Private {
        Private::new(format!("+4477009{n:05}"))
    }

    pub async fn contact(&self, n: usize) -> ContactId {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &House::address(n)).await.unwrap();
        tx.commit().await.unwrap();
        contact.id
    }

    /// A message to a person, in this state.
    pub async fn message(
        &self,
        n: usize,
        variant: &str,
        language: &str,
        state: MessageState,
        why: Option<&str>,
    ) -> MessageId {
        let (id, now): (MessageId, i64) = (new_id(), self.ledger.clock.now_ms());
        let contact = self.contact(n).await;
        let letter = Letter { to: House::address(n).expose().clone(), text: "hei".to_owned(), ..Letter::default() };
        let new = NewMessage {
            id,
            contact,
            channel: "sms".to_owned(),
            account: "twilio-oslo".to_owned(),
            variant: variant.to_owned(),
            language: language.to_owned(),
            not_before: now,
            sealed: message::seal(&self.ledger.vault, id, &letter).unwrap(),
        };
        let mut tx = self.db.begin().await.unwrap();
        message::enqueue(&mut tx, "vinter", self.plan, vec![new], now).await.unwrap();
        if state != MessageState::Queued {
            if state != MessageState::Withdrawn {
                let attempt = NewAttempt { message: id, n: 1, token: id.to_string() };
                tx.run_all(attempt::begun("twilio-oslo", &[attempt], 1, now, now)).await.unwrap();
            }
            let begun = message::get(&mut tx, id).await.unwrap().unwrap();
            message::move_state(&mut tx, &begun, state, why, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }

    /// Later news of a message.
    pub async fn news(&self, id: MessageId, state: MessageState) {
        let mut tx = self.db.begin().await.unwrap();
        let message = message::get(&mut tx, id).await.unwrap().unwrap();
        message::move_state(&mut tx, &message, state, None, self.ledger.clock.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A call about a message that is done.
    pub async fn call(&self, message: MessageId, outcome: &str) {
        let now = self.ledger.clock.now_ms();
        let mut tx = self.db.begin().await.unwrap();
        let message = message::get(&mut tx, message).await.unwrap().unwrap();
        let new = NewTask { message: &message, step: 0, due_at: now, lapses_at: now + 5 * DAY, attempts: 2 };
        task::plan(&mut tx, new, now).await.unwrap();
        let ids: Vec<TaskId> = task::ids(&mut tx, true).await.unwrap();
        let found = task::find(&mut tx, ids[0]).await.unwrap().unwrap();
        task::move_state(&mut tx, &found, task::TaskState::Open, None, now).await.unwrap();
        assert!(task::claim(&mut tx, found.id, "amanda", i64::MAX, (0, 0)).await.unwrap());
        assert!(task::done(&mut tx, found.id, "amanda", outcome, now).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn answers(&self, n: usize, id: &str, text: &str) {
        let reply = Reply {
            from: Address::new(House::address(n).expose()),
            to: Address::new("x"),
            text: Private::new(text.to_owned()),
            provider_id: ProviderId::parse(id).unwrap(),
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        lykt::inbox::receive(&self.ledger, &mut tx, "twilio-oslo", &reply).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn comes(&self, n: usize) {
        let contact = self.contact(n).await;
        let mut tx = self.db.begin().await.unwrap();
        let visit = Touch::new(TouchKind::Visit, self.ledger.clock.now_ms());
        self.ledger.register(&mut tx, contact, &visit).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Staff write to a person themselves, outside campaigns.
    pub async fn by_hand(&self, n: usize) {
        let contact = self.contact(n).await;
        let mut tx = self.db.begin().await.unwrap();
        let now = self.ledger.clock.now_ms();
        let entry = ByHand::Message.entry(now, Some("instagram".to_owned()), "", Some("Kari"));
        self.ledger.by_hand_with(&mut tx, contact, &entry).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn says_no(&self, n: usize) {
        let contact = self.contact(n).await;
        let mut tx = self.db.begin().await.unwrap();
        self.ledger.opt_out(&mut tx, contact, NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn erase(&self) {
        lykt::retention::erase(
            &self.db,
            &self.ledger,
            lykt::retention::Keep {
                entries: "12 months".parse().unwrap(),
                texts: "90 days".parse().unwrap(),
                webhooks: "7 days".parse().unwrap(),
            },
        )
        .await
        .unwrap();
    }

    pub async fn forget(&self, n: usize) {
        let mut tx = self.db.begin().await.unwrap();
        lykt::retention::forget(&self.ledger, &mut tx, &House::address(n)).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn report(&self, by: Option<By>) -> Report {
        let mut tx = self.db.read().await.unwrap();
        lykt::report::read(&mut tx, "vinter", by).await.unwrap().unwrap()
    }

    pub async fn rows(&self, count: &'static str) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(sql(count)).await.unwrap().unwrap().int(0).unwrap()
    }
}
