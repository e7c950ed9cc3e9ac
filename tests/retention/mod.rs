//! Forgetting on time, on both databases, with a clock that stands until it is moved.

mod person;
mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use lykt::clock::{Clock, new_id};
use lykt::domain::decision::Decision;
use lykt::domain::id::{MessageId, PlanId};
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::gateway::{Address, ProviderId, Reply};
use lykt::inbox;
use lykt::ledger::{Ledger, NoSource};
use lykt::retention::{self, Erased, Erasure, Keep};
use lykt::settings::Retention;
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::campaign::{self, Plan};
use lykt::store::message::{self, Letter, NewMessage};
use lykt::store::target::{self, Target};
use lykt::store::task::{self, NewTask};
use lykt::store::touch::{Touch, TouchKind};
use lykt::store::{Db, hook, notice, sql};
use lykt::vault::{Keys, Vault};

use crate::support::{postgres, tally};

const DAY: i64 = 86_400_000;
const PERSON: &str = "+46701740605";
const OTHER: &str = "+46701740606";

struct House {
    db: Db,
    ledger: Ledger,
    folder: Option<tempfile::TempDir>,
}

impl House {
    async fn both() -> [House; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("lykt.db").display());
        let postgres = postgres::migrated().await;
        [House::on(&sqlite, Some(folder)).await, House::on(&postgres, None).await]
    }

    async fn on(url: &str, folder: Option<tempfile::TempDir>) -> House {
        let clock = Clock::manual(TimeZone::get("Europe/Oslo").unwrap(), "2026-12-03T12:00:00+01:00".parse().unwrap());
        let vault = Arc::new(Vault::new(Keys::generate().unwrap()));
        let ledger = Ledger {
            vault,
            clock,
            cooldown: "6 months".parse().unwrap(),
            region: lykt::domain::phone::Region::default(),
        };
        House { db: Db::open(url).await.unwrap(), ledger, folder }
    }

    async fn erase(&self) -> Erased {
        self.erase_after("12 months").await
    }

    async fn erase_after(&self, keep: &str) -> Erased {
        retention::erase(
            &self.db,
            &self.ledger,
            Keep {
                entries: keep.parse().unwrap(),
                texts: "90 days".parse().unwrap(),
                webhooks: "7 days".parse().unwrap(),
            },
        )
        .await
        .unwrap()
    }

    fn days(&self, days: i64) {
        self.ledger.clock.advance_ms(days * DAY);
    }

    async fn answers(&self, from: &str, id: &str, text: &str) {
        let reply = Reply {
            from: Address::new(from),
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
        inbox::receive(&self.ledger, &mut tx, "twilio-oslo", &reply).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    async fn touches(&self, address: &str, kind: TouchKind) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(address.to_owned())).await.unwrap();
        let mut entry = Touch::new(kind, self.ledger.clock.now_ms());
        entry.counts = kind == TouchKind::Message;
        self.ledger.register(&mut tx, contact.id, &entry).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn opts_out(&self, address: &str) {
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(address.to_owned())).await.unwrap();
        self.ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn forget(&self, address: &str) -> Erasure {
        let mut tx = self.db.begin().await.unwrap();
        let ended = retention::forget(&self.ledger, &mut tx, &Private::new(address.to_owned())).await.unwrap();
        tx.commit().await.unwrap();
        ended
    }

    async fn reasons(&self, address: &str) -> Vec<Decision> {
        let mut tx = self.db.read().await.unwrap();
        self.ledger.check(&mut tx, &Private::new(address.to_owned())).await.unwrap().reasons
    }

    async fn rows(&self, count: &'static str) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(sql(count)).await.unwrap().unwrap().int(0).unwrap()
    }

    async fn run(&self, statement: &'static str) {
        let mut tx = self.db.begin().await.unwrap();
        tx.run(sql(statement)).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn tally(&self) -> BTreeMap<(String, String), i64> {
        tally::sums(&mut self.db.read().await.unwrap()).await
    }

    async fn plan(&self) -> PlanId {
        let plan = Plan {
            id: new_id(),
            campaign: "vinter".to_owned(),
            hash: String::new(),
            file_hash: String::new(),
            list_hash: String::new(),
            definition: "{}".to_owned(),
            targets: 1,
            eligible: 1,
            left_out: "{}".to_owned(),
            made_at: self.ledger.clock.now_ms(),
            made_by: None,
            summary: None,
        };
        let mut tx = self.db.begin().await.unwrap();
        campaign::set_plan(&mut tx, &self.ledger.vault, &plan).await.unwrap();
        let target = Target {
            n: 0,
            line: 2,
            decision: Decision::Eligible,
            again_at: None,
            channel: None,
            variant: None,
            language: None,
            blind: Some(self.ledger.vault.blind(PERSON)),
            sealed: Some(vec![1]),
        };
        target::add(&mut tx, plan.id, vec![target]).await.unwrap();
        tx.commit().await.unwrap();
        plan.id
    }

    /// A message to the person, in this state, with a call that follows.
    async fn message(&self, plan: PlanId, state: MessageState) -> MessageId {
        let (id, now): (MessageId, i64) = (new_id(), self.ledger.clock.now_ms());
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap();
        let letter = Letter { to: PERSON.to_owned(), text: "hei".to_owned(), ..Letter::default() };
        let new = NewMessage {
            id,
            contact: contact.id,
            channel: "sms".to_owned(),
            account: "twilio-oslo".to_owned(),
            variant: "personal".to_owned(),
            language: "nb".to_owned(),
            not_before: now,
            sealed: message::seal(&self.ledger.vault, id, &letter).unwrap(),
        };
        message::enqueue(&mut tx, "vinter", plan, vec![new], now).await.unwrap();
        if state != MessageState::Queued {
            let attempt = NewAttempt { message: id, n: 1, token: id.to_string() };
            tx.run_all(attempt::begun("twilio-oslo", &[attempt], 1, now, now)).await.unwrap();
            let begun = message::get(&mut tx, id).await.unwrap().unwrap();
            if state != MessageState::Submitting {
                message::move_state(&mut tx, &begun, state, None, now).await.unwrap();
            }
            let call = NewTask { message: &begun, step: 0, due_at: now, lapses_at: now + DAY, attempts: 1 };
            task::plan(&mut tx, call, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }
}

#[tokio::test]
async fn a_person_who_opted_out_is_erased_after_a_year_and_still_left_alone() {
    for house in House::both().await {
        house.answers(PERSON, "SM1", "STOPP").await;
        house.days(364);
        assert_eq!(house.erase().await, Erased::default(), "not a day too early");
        house.days(1);
        let erased = house.erase().await;
        assert_eq!((erased.replies, erased.touches, erased.contacts), (1, 2, 1));
        assert_eq!(house.rows("select count(*) from address").await, 0);
        assert_eq!(house.rows("select count(*) from no").await, 1);
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut], "imported again, it still counts");
        let mut tx = house.db.begin().await.unwrap();
        let again = house.ledger.contact(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap();
        assert!(again.opted_out);
    }
}

#[tokio::test]
async fn what_may_be_a_no_is_one_when_it_goes_before_anybody_has_read_it() {
    for house in House::both().await {
        house.answers(PERSON, "SM1", "nei").await;
        house.answers(OTHER, "SM2", "Når har dere åpent?").await;
        assert_eq!(house.reasons(PERSON).await, [Decision::Held]);
        house.days(365);
        house.erase().await;
        assert_eq!(house.rows("select count(*) from contact").await, 0, "no entry keeps them any longer");
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut]);
        assert_eq!(house.reasons(OTHER).await, []);
    }
}

#[tokio::test]
async fn each_entry_goes_by_its_own_time_and_the_contact_with_its_last() {
    for house in House::both().await {
        house.touches(PERSON, TouchKind::Message).await;
        house.days(200);
        house.touches(PERSON, TouchKind::Visit).await;
        house.touches(OTHER, TouchKind::Note).await;
        house.days(165);
        assert_eq!(house.erase().await.touches, 1);
        assert_eq!(house.rows("select count(*) from contact").await, 2);
        assert_eq!(house.rows("select count(*) from contact where contacted_at is not null").await, 0);
        // 2028 has a 29 February.
        house.days(201);
        let erased = house.erase().await;
        assert_eq!((erased.touches, erased.contacts), (2, 2));
        let tally = house.tally().await;
        assert_eq!(tally[&(String::new(), "touch:visit".to_owned())], 1);
        assert_eq!(tally[&(String::new(), "touch:message:by_hand".to_owned())], 1);
    }
}

#[tokio::test]
async fn the_cooldown_is_never_forgotten_early() {
    for house in House::both().await {
        house.touches(PERSON, TouchKind::Message).await;
        house.days(90);
        house.erase_after("1 month").await;
        assert_eq!(house.reasons(PERSON).await, [Decision::Cooldown]);
        house.days(93);
        house.erase_after("1 month").await;
        assert_eq!(house.reasons(PERSON).await, []);
        assert_eq!(house.rows("select count(*) from contact").await, 0);
    }
}

#[tokio::test]
async fn messages_tasks_and_plans_go_and_their_counts_stay() {
    for house in House::both().await {
        let plan = house.plan().await;
        house.message(plan, MessageState::Delivered).await;
        house.answers(PERSON, "SM1", "Takk, det går fint").await;
        let mut tx = house.db.begin().await.unwrap();
        notice::add(&mut tx, "calls", "3", house.ledger.clock.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
        house.days(370);
        let erased = house.erase().await;
        assert_eq!((erased.messages, erased.tasks, erased.replies, erased.notices), (1, 1, 1, 1));
        assert_eq!((erased.plans, erased.contacts), (2, 1), "the plan and its row");
        for table in ["select count(*) from message", "select count(*) from attempt", "select count(*) from target"] {
            assert_eq!(house.rows(table).await, 0, "{table}");
        }
        let tally = house.tally().await;
        let of = |what: &str| tally.get(&("vinter".to_owned(), what.to_owned())).copied();
        assert_eq!((of("message:delivered"), of("task:planned")), (Some(1), Some(1)), "{tally:?}");
        assert_eq!(tally.keys().filter(|(_, what)| what.starts_with("reply:")).count(), 1);
        assert_eq!(house.rows("select count(*) from tally where what = 'message:delivered' and variant = 'personal' and language = 'nb' and month = '2026-12'").await, 1);
    }
}

#[tokio::test]
async fn a_message_in_doubt_stays_until_it_is_settled() {
    for house in House::both().await {
        let plan = house.plan().await;
        house.message(plan, MessageState::InDoubt).await;
        house.days(370);
        let erased = house.erase().await;
        assert_eq!((erased.messages, erased.contacts), (0, 0));
        assert_eq!(house.reasons(PERSON).await, [Decision::InDoubt]);
        assert_eq!(house.rows("select count(*) from plan").await, 1, "its plan is still needed");
    }
}

#[tokio::test]
async fn an_answer_that_is_erased_unread_holds_nobody_any_more() {
    for house in House::both().await {
        house.answers(PERSON, "SM1", "Hvem er dette?").await;
        house.days(300);
        house.touches(PERSON, TouchKind::Visit).await;
        house.days(70);
        house.erase().await;
        assert_eq!(house.reasons(PERSON).await, []);
        assert_eq!(house.rows("select count(*) from contact").await, 1);
    }
}

#[tokio::test]
async fn webhooks_go_after_a_week_and_those_that_could_not_be_applied_after_thirty_days() {
    for house in House::both().await {
        let now = house.ledger.clock.now_ms();
        let mut tx = house.db.begin().await.unwrap();
        for (body, due_at) in [(b"1", now), (b"2", now), (b"3", now + 20 * DAY)] {
            hook::add(&mut tx, &house.ledger.vault, "a", "inbound", body, now, due_at).await.unwrap();
        }
        for (n, hook) in hook::due(&mut tx, &house.ledger.vault, now, 2).await.unwrap().iter().enumerate() {
            hook::done(&mut tx, hook.id, (n == 0).then_some("unreadable"), now).await.unwrap();
        }
        tx.commit().await.unwrap();
        house.days(6);
        assert_eq!(house.erase().await.hooks, 0);
        house.days(1);
        assert_eq!(house.erase().await.hooks, 1, "what was applied");
        house.days(23);
        assert_eq!(house.erase().await.hooks, 0);
        house.days(1);
        assert_eq!(house.erase().await.hooks, 1, "what was not");
    }
}

#[tokio::test]
async fn a_year_of_many_people_goes_chunk_by_chunk() {
    for house in House::both().await {
        let mut tx = house.db.begin().await.unwrap();
        for n in 0..450 {
            let contact = house.ledger.contact(&mut tx, &Private::new(format!("+4670{n:07}"))).await.unwrap();
            let entry = Touch::new(TouchKind::Visit, house.ledger.clock.now_ms());
            house.ledger.register(&mut tx, contact.id, &entry).await.unwrap();
        }
        tx.commit().await.unwrap();
        house.days(366);
        let erased = house.erase().await;
        assert_eq!((erased.touches, erased.contacts), (450, 450));
        assert_eq!(house.tally().await[&(String::new(), "touch:visit".to_owned())], 450);
        assert_eq!(house.erase().await, Erased::default());
    }
}

#[tokio::test]
async fn what_fails_at_night_is_tried_again_and_keeps_nothing_else_from_going() {
    let settings = Retention {
        keep: "12 months".parse().unwrap(),
        texts: "90 days".parse().unwrap(),
        webhooks: "7 days".parse().unwrap(),
        audit: "24 months".parse().unwrap(),
        nightly: "0 3 * * *".parse().unwrap(),
    };
    for house in House::both().await {
        let now = house.ledger.clock.now_ms();
        let mut tx = house.db.begin().await.unwrap();
        hook::add(&mut tx, &house.ledger.vault, "a", "inbound", b"1", now, now).await.unwrap();
        for hook in hook::due(&mut tx, &house.ledger.vault, now, 1).await.unwrap() {
            hook::done(&mut tx, hook.id, None, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        house.days(8);
        let night = async || retention::run_due(&house.db, &house.ledger, &settings).await;
        house.run("alter table verdict rename to away").await;
        assert!(night().await.is_err());
        assert_eq!(house.rows("select count(*) from hook").await, 0, "other tables wait for none that fails");
        house.run("alter table away rename to verdict").await;
        assert!(night().await.unwrap(), "the night is not over");
        assert!(!night().await.unwrap(), "now it is");
        house.days(1);
        assert!(night().await.unwrap());
    }
}
