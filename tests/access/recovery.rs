//! Recovery codes: what opens the door when the telephone is lost, once each.

use std::collections::BTreeSet;

use lykt::access::{Own, Recovery, Refusal, SignIn};
use lykt::domain::private::Private;
use lykt::domain::role::Role;
use lykt::store::sql;

use crate::access::house::{HOUR, House, Person, address};

/// How many codes are left after one was taken; `None` when it was not.
fn left(ended: &SignIn) -> Option<i64> {
    match ended {
        SignIn::Welcome { recovery: Recovery::Left(left), .. } => Some(*left),
        SignIn::Wrong => None,
        other => panic!("{other:?}"),
    }
}

/// The newest acts in the audit, the last first.
pub async fn acts(house: &House, many: usize) -> Vec<(String, Option<i64>)> {
    let mut tx = house.db.read().await.unwrap();
    let rows = tx.all(sql("select act, many from audit order by n desc")).await.unwrap();
    rows.iter().take(many).map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect()
}

#[tokio::test]
async fn ten_codes_come_with_the_second_factor_and_each_opens_the_door_once() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        assert_eq!(amanda.recovery.iter().collect::<BTreeSet<_>>().len(), 10);
        for (n, code) in amanda.recovery.iter().enumerate() {
            let typed = if n % 2 == 0 { code.clone() } else { code.replace('-', " ").to_uppercase() };
            let many = 9 - i64::try_from(n).unwrap();
            assert_eq!(left(&house.tries(&amanda, Some(typed)).await), Some(many));
            assert_eq!(acts(&house, 2).await[0], ("recovery_used".to_owned(), Some(many)));
            house.clock.advance_ms(600_000);
            assert_eq!(left(&house.tries(&amanda, Some(code.clone())).await), None, "a code was taken twice");
            house.clock.advance_ms(600_000);
        }
        let id = house.access.users().await.unwrap()[0].id;
        assert_eq!(house.access.recovery_left(id).await.unwrap(), 0);
        let mut again = Person { recovery: Vec::new(), ..amanda.clone() };
        house.comes_in(&mut again).await;
        assert_eq!(again.recovery.len(), 10, "whoever has none left gets new ones with the app");
        assert_eq!(acts(&house, 1).await[0].0, "recovery_made");
        house.comes_in(&mut again).await;
        assert_eq!(house.access.recovery_left(id).await.unwrap(), 10, "and no others while there are some");
    }
}

#[tokio::test]
async fn a_recovery_code_is_taken_once_also_by_two_nodes_at_the_same_time() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        let other = House {
            access: house.restarted(),
            db: house.db.clone(),
            clock: house.clock.clone(),
            ledger: house.ledger.clone(),
            folder: None,
        };
        for code in amanda.recovery.iter().take(3) {
            let (one, two) =
                tokio::join!(house.tries(&amanda, Some(code.clone())), other.tries(&amanda, Some(code.clone())));
            let taken = [left(&one), left(&two)].iter().flatten().count();
            assert_eq!(taken, 1, "{one:?} {two:?}");
            house.clock.advance_ms(600_000);
        }
    }
}

#[tokio::test]
async fn a_recovery_code_opens_nothing_without_its_owner_and_their_password() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        let bo = house.person("Bo", Role::Staff).await;
        let code = || Some(amanda.recovery[0].clone());
        let guess = Person { password: "noe helt annet enn det".to_owned(), ..amanda.clone() };
        assert_eq!(left(&house.tries(&guess, code()).await), None);
        assert_eq!(left(&house.tries(&bo, code()).await), None, "somebody else's");
        house.access.disable("Amanda", None).await.unwrap().unwrap();
        assert_eq!(left(&house.tries(&amanda, code()).await), None, "whose door is closed");
        house.access.enable("Amanda", None).await.unwrap().unwrap();
        assert_eq!(left(&house.tries(&amanda, code()).await), Some(9), "none of that used it up");
        house.access.reset_factor("Amanda", None).await.unwrap().unwrap();
        let ended = house.tries(&amanda, Some(amanda.recovery[1].clone())).await;
        assert!(matches!(ended, SignIn::Enrol { .. }), "a lost telephone takes its codes with it: {ended:?}");
    }
}

#[tokio::test]
async fn whoever_guesses_recovery_codes_is_slowed_down_and_told_the_same() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        let thief = Person { device: None, from: address(66), ..amanda.clone() };
        let (mut wrong, mut later) = (0, 0);
        for _ in 0..40 {
            match house.tries(&thief, Some("0123-4567-89ab-cdef-0123-4567".to_owned())).await {
                SignIn::Wrong => wrong += 1,
                SignIn::Later { .. } => later += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((wrong, later), (5, 35), "as with a code of the app");
        assert_eq!(left(&house.tries(&amanda, Some(amanda.recovery[0].clone())).await), Some(9));
    }
}

#[tokio::test]
async fn new_codes_end_the_old_ones_and_every_session() {
    for house in House::both().await {
        house.newcomer("Bo", Role::Staff).await;
        let none = house.access.renew_recovery("Bo").await.unwrap().map(drop);
        assert_eq!(none, Err(Refusal::NoFactor), "before there is a factor there is nothing to stand in for");
        let mut amanda = house.newcomer("Amanda", Role::Staff).await;
        let session = house.comes_in(&mut amanda).await;
        let (_, codes) = house.access.renew_recovery("amanda").await.unwrap().unwrap();
        assert_eq!(house.visitor(&session.cookie).await, None);
        assert_eq!(left(&house.tries(&amanda, Some(amanda.recovery[0].clone())).await), None);
        assert_eq!(left(&house.tries(&amanda, Some(codes[0].expose().clone())).await), Some(9));
    }
}

#[tokio::test]
async fn ones_own_codes_and_password_are_changed_by_who_knows_the_password() {
    for house in House::both().await {
        let mut amanda = house.newcomer("Amanda", Role::Peer).await;
        let session = house.comes_in(&mut amanda).await;
        let own = Private::new(amanda.password.clone());
        let wrong = Private::new("noe helt annet enn det".to_owned());
        let me = &session.visitor;
        assert_eq!(house.access.own_recovery(me, &wrong, address(1)).await.unwrap(), Own::Wrong);
        let Own::Done(codes) = house.access.own_recovery(me, &own, address(1)).await.unwrap() else {
            panic!("no codes")
        };
        assert!(house.visitor(&session.cookie).await.is_some(), "whoever asked stays in, and sees them");
        assert_eq!(left(&house.tries(&amanda, Some(amanda.recovery[0].clone())).await), None);
        assert_eq!(left(&house.tries(&amanda, Some(codes[0].expose().clone())).await), Some(9));
        let new = Private::new("blåbær på åsen i høst".to_owned());
        let short = Private::new("kort".to_owned());
        assert_eq!(house.access.own_password(me, (&wrong, &new), address(1)).await.unwrap(), Own::Wrong);
        let refused = house.access.own_password(me, (&own, &short), address(1)).await.unwrap();
        assert!(matches!(refused, Own::Refused(Refusal::Weak(_))), "{refused:?}");
        assert!(house.visitor(&session.cookie).await.is_some());
        assert_eq!(house.access.own_password(me, (&own, &new), address(1)).await.unwrap(), Own::Done(()));
        assert_eq!(house.visitor(&session.cookie).await, None);
        amanda.password = new.expose().clone();
        house.comes_in(&mut amanda).await;
        let guesses = async || house.access.own_recovery(me, &wrong, address(9)).await.unwrap();
        for _ in 0..5 {
            guesses().await;
        }
        assert!(matches!(guesses().await, Own::Later(_)), "guesses are slowed down here too");
    }
}

#[tokio::test]
async fn no_code_stands_readable_in_the_database() {
    let [house, _] = House::both().await;
    let amanda = house.person("Amanda", Role::Staff).await;
    house.clock.advance_ms(HOUR);
    house.tries(&amanda, Some(amanda.recovery[0].clone())).await;
    let files = house.files();
    for code in &amanda.recovery {
        for text in [code.clone(), code.replace('-', "")] {
            assert!(!files.windows(text.len()).any(|part| part == text.as_bytes()), "a code stands in clear");
        }
    }
    assert!(files.windows(6).any(|part| part == b"Amanda"), "the search finds what is there");
}
