//! A campaign's life as the outbox sees it: pause, resume, cancel, the end.

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::domain::channel::Channel;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::plan::approve::{Refusal, Yes, approve};
use lykt::plan::life::{Order, Outcome, order};
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::task::{self, TaskState};
use lykt::store::{Tx, campaign, queue, sql};

use crate::fault_gateway::Fault;
use crate::outbox::given::definition;
use crate::outbox::house::{ACCOUNT, DAY, House, SECOND, with_call};

async fn ordered(house: &House, what: Order) -> Outcome {
    order(&house.db, &house.ledger, "vinter", what, Some("Kari")).await.unwrap()
}

#[tokio::test]
async fn after_a_pause_nothing_begins_and_a_resume_goes_on_where_it_was() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "4/s" })).await;
        house.queue("vinter", plan, 0..20).await;
        let mut outbox = house.outbox().await;
        assert!(outbox.step().await.unwrap().began > 0);
        let begun = outbox.step().await.unwrap().under_way;
        ordered(&house, Order::Pause).await;
        for _ in 0..10 {
            house.clock().advance_ms(SECOND);
            assert_eq!(house.drain(&mut outbox).await.began, 0);
        }
        // Those that were under way have ended.
        assert_eq!(house.states("vinter", 20).await["accepted"], begun as i64);
        ordered(&house, Order::Resume).await;
        for _ in 0..10 {
            house.drain(&mut outbox).await;
            house.clock().advance_ms(SECOND);
        }
        assert_eq!((house.states("vinter", 20).await, house.sends()), ([("accepted", 20)].into(), 20));
    }
}

#[tokio::test]
async fn a_pause_that_races_with_a_step_is_followed_by_no_new_try() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..250).await;
        let mut outbox = house.outbox().await;
        let pause = async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            ordered(&house, Order::Pause).await;
            begun(&house).await
        };
        let sends = async {
            while outbox.step().await.unwrap().under_way > 0 {
                outbox.wait().await;
            }
        };
        let (begun_by_then, ()) = tokio::join!(pause, sends);
        assert_eq!(begun(&house).await, begun_by_then, "a try began after the pause");
        house.drain(&mut outbox).await;
        house.states("vinter", 250).await;
    }
}

#[tokio::test]
async fn a_pause_waits_for_the_intents_that_came_first() {
    for house in House::both().await {
        house.one().await;
        let order = std::sync::Mutex::new(Vec::new());
        let mut tx = house.db.begin().await.unwrap();
        assert!(campaign::stays(&mut tx, "vinter", CampaignState::Running).await.unwrap());
        let pause = async {
            ordered(&house, Order::Pause).await;
            order.lock().unwrap().push("pause");
        };
        let intent = async {
            for _ in 0..40 {
                assert!(campaign::stays(&mut tx, "vinter", CampaignState::Running).await.unwrap());
            }
            order.lock().unwrap().push("intent");
            tx.commit().await.unwrap();
        };
        tokio::join!(pause, intent);
        assert_eq!(*order.lock().unwrap(), ["intent", "pause"]);
    }
}

#[tokio::test]
async fn what_is_under_way_when_its_campaign_is_cancelled_never_goes_out_later() {
    for house in House::both().await {
        let plan = house.campaign("vinter", with_call()).await;
        let people = house.queue("vinter", plan, 0..4).await;
        house.gateway.fail_for(&people[0].number, Some(Fault::Throttle(None)));
        house.gateway.fail_for(&people[1].number, Some(Fault::AcceptThenDrop));
        let mut outbox = house.outbox().await;
        assert_eq!(outbox.step().await.unwrap().began, 4);
        house.queue("vinter", plan, 4..10).await;
        assert_eq!(ordered(&house, Order::Cancel).await, Outcome::Done { withdrawn: 6 });
        house.drain(&mut outbox).await;
        house.reap().await;
        let expected = [("accepted", 2), ("in_doubt", 1), ("withdrawn", 7)].into();
        assert_eq!(house.states("vinter", 10).await, expected);
        assert_eq!(house.reason(&people[0]).await.as_deref(), Some("cancelled"));
        // A coordinator who puts the doubt back finds it withdrawn too.
        house.decide(&people[1], MessageState::Queued).await;
        house.reap().await;
        assert_eq!(house.state(&people[1]).await, "withdrawn");
        house.clock().advance_ms(DAY);
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 3);
        assert_eq!(open_calls(&house).await, 0, "a cancelled campaign calls nobody");
        // Late proof is still heard.
        let late = house.gateway.accepts().into_iter().find(|accept| accept.to == people[1].number).unwrap();
        house.receipt(&late, ReceiptStatus::Delivered, None).await;
        assert_eq!(house.state(&people[1]).await, "delivered");
        assert_eq!(open_calls(&house).await, 0);
    }
}

#[tokio::test]
async fn calls_that_a_crash_leaves_to_a_cancelled_campaign_are_dropped() {
    for house in House::both().await {
        let plan = house.campaign("vinter", with_call()).await;
        house.queue("vinter", plan, 0..3).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let now = house.clock().now_ms();
        let mut tx = house.db.begin().await.unwrap();
        // As far as it comes that is killed right after it cancelled.
        let (from, to) = ([CampaignState::Running], CampaignState::Cancelled);
        assert!(campaign::move_state(&mut tx, "vinter", &from, to, None, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(open_calls(&house).await, 3);
        house.reap().await;
        assert_eq!(open_calls(&house).await, 0);
    }
}

#[tokio::test]
async fn the_end_of_one_campaign_has_nothing_to_do_with_another() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..2).await;
        let other = house.campaign("sommer", json!({ "starts": "2027-01-01" })).await;
        house.queue("sommer", other, 2..5).await;
        let plan = house.campaign("var", json!({})).await;
        house.queue("var", plan, 5..6).await;
        assert_eq!(ordered(&house, Order::Cancel).await, Outcome::Done { withdrawn: 2 });
        assert_eq!(house.states("sommer", 3).await, [("queued", 3)].into());
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!(house.campaign_state("var").await, CampaignState::Finished, "what waits is another's");
        house.reap().await;
        assert_eq!(house.campaign_state("var").await, CampaignState::Finished, "and does not open it again");
        assert_eq!(house.campaign_state("sommer").await, CampaignState::Running);
    }
}

#[tokio::test]
async fn nothing_begins_that_does_not_wait_any_more() {
    for house in House::both().await {
        let person = house.one().await;
        let intent = async |tx: &mut Tx| {
            let new = NewAttempt { message: person.message, n: 1, token: "token".to_owned() };
            tx.run_all(attempt::begun(ACCOUNT, &[new], 1, 0, house.clock().now_ms())).await
        };
        let mut tx = house.db.begin().await.unwrap();
        intent(&mut tx).await.unwrap();
        drop(tx);
        ordered(&house, Order::Cancel).await;
        let mut tx = house.db.begin().await.unwrap();
        assert!(intent(&mut tx).await.is_err());
        drop(tx);
        assert_eq!(house.state(&person).await, "withdrawn");
    }
}

#[tokio::test]
async fn a_campaign_is_finished_only_when_nothing_is_open() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..2).await;
        house.gateway.fail_for(&people[0].number, Some(Fault::AcceptThen500));
        house.reap().await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running, "one is in doubt");
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Sent, None).await;
        house.receipt(&house.gateway.accepts()[1], ReceiptStatus::Sent, None).await;
        house.reap().await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Finished);
    }
}

#[tokio::test]
async fn a_campaign_with_calls_to_make_is_not_finished() {
    for house in House::both().await {
        let plan = house.campaign("vinter", with_call()).await;
        house.queue("vinter", plan, 0..1).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Running);
    }
}

#[tokio::test]
async fn an_approval_holds_for_exactly_one_plan_and_one_number_of_people() {
    for house in House::both().await {
        house.plan("vinter", json!({})).await;
        let (planned, changed) = (definition("vinter", json!({})), definition("vinter", json!({ "title": "another" })));
        let yes = |file_hash, list_hash, people| Yes {
            campaign: "vinter",
            file_hash,
            list_hash,
            definition: &planned,
            people,
            by: None,
            second: lykt::settings::SecondPerson::Never,
            understood: 0,
        };
        let say = async |yes: Yes<'_>| approve(&house.db, &house.ledger, &yes).await.unwrap().map(drop);
        assert_eq!(say(yes("other", "list", 1)).await, Err(Refusal::FileChanged));
        assert_eq!(say(yes("file", "other", 1)).await, Err(Refusal::ListChanged));
        let other = Yes { definition: &changed, ..yes("file", "list", 1) };
        assert_eq!(say(other).await, Err(Refusal::FileChanged), "a picture or an account is part of it");
        assert_eq!(say(yes("file", "list", 2)).await, Err(Refusal::People { eligible: 1 }));
        assert_eq!(say(yes("file", "list", 1)).await, Ok(()));
        assert_eq!(say(yes("file", "list", 1)).await, Err(Refusal::State(CampaignState::Approved)));
        assert_eq!(ordered(&house, Order::Pause).await, Outcome::NotNow(CampaignState::Approved));
        assert_eq!(ordered(&house, Order::Cancel).await, Outcome::Done { withdrawn: 0 });
        assert_eq!(ordered(&house, Order::Resume).await, Outcome::NotNow(CampaignState::Cancelled));
    }
}

async fn begun(house: &House) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let query = lykt::store::sql("select count(*) from attempt");
    tx.maybe(query).await.unwrap().unwrap().int(0).unwrap()
}

async fn open_calls(house: &House) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let counts = task::counts(&mut tx, "vinter").await.unwrap();
    let open = [TaskState::Planned, TaskState::Open, TaskState::Claimed];
    open.iter().filter_map(|state| counts.get(state)).sum()
}

#[tokio::test]
async fn what_is_sealed_with_a_key_that_this_node_lacks_waits_and_is_not_lost() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..2).await;
        let mut tx = house.db.begin().await.unwrap();
        let sealed = queue::heads(&mut tx, "vinter", Channel::Sms, i64::MAX, 9).await.unwrap()[0].sealed.clone();
        let other_key = [&[sealed[0] + 1], &sealed[1..]].concat();
        let query = sql("update message set sealed = $1 where id = $2");
        tx.run(query.bind(other_key).bind(people[0].message)).await.unwrap();
        tx.commit().await.unwrap();
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&people[0]).await, house.state(&people[1]).await), ("queued", "accepted"));
        // The key has come.
        let mut tx = house.db.begin().await.unwrap();
        let query = sql("update message set sealed = $1 where id = $2");
        tx.run(query.bind(sealed).bind(people[0].message)).await.unwrap();
        tx.commit().await.unwrap();
        house.clock().advance_ms(60 * SECOND);
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&people[0]).await, "accepted");
    }
}

/// Whatever stands in a message: SQLite hands the head of a queue over as one row.
#[tokio::test]
async fn the_head_of_the_queue_is_what_was_put_there_in_its_order() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..3).await;
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        let (no, contacted) =
            ("update contact set opted_out = $1, left_out = 'wrong_number' where id = $2", 1_700_000_000_000_i64);
        let mut tx = house.db.begin().await.unwrap();
        let odd = sql("update message set sealed = $1, variant = $2, language = $3, attempt = 7 where id = $4");
        let odd = odd.bind(every_byte.clone()).bind("a\"b\\ \u{1F3EE}\n").bind("").bind(people[1].message);
        tx.run(odd).await.unwrap();
        let contact = queue::heads(&mut tx, "vinter", Channel::Sms, i64::MAX, 9).await.unwrap()[2].contact.id;
        tx.run(sql(no).bind(true).bind(contact)).await.unwrap();
        tx.run(
            sql("update contact set contacted_at = $1, language = 'nb' where id = $2").bind(contacted).bind(contact),
        )
        .await
        .unwrap();

        let heads = queue::heads(&mut tx, "vinter", Channel::Sms, i64::MAX, 9).await.unwrap();
        let ids: Vec<_> = heads.iter().map(|head| head.id).collect();
        assert_eq!(ids, people.iter().map(|person| person.message).collect::<Vec<_>>());
        let head = &heads[1];
        assert_eq!((&head.sealed, head.attempt, head.plan), (&every_byte, 7, plan));
        assert_eq!((head.variant.as_str(), head.language.as_str()), ("a\"b\\ \u{1F3EE}\n", ""));
        assert_eq!((head.contact.opted_out, head.contact.contacted_at), (false, None));
        let other = &heads[2].contact;
        assert_eq!((other.opted_out, other.left_out.as_deref()), (true, Some("wrong_number")));
        assert_eq!((other.contacted_at, other.language.as_deref()), (Some(contacted), Some("nb")));
        assert_eq!(queue::heads(&mut tx, "vinter", Channel::Sms, i64::MAX, 2).await.unwrap().len(), 2);
        assert!(queue::heads(&mut tx, "none", Channel::Sms, i64::MAX, 9).await.unwrap().is_empty());
    }
}
