//! How long a session lasts, and what ends it.

use lykt::domain::lang::Lang;
use lykt::domain::role::Role;

use crate::access::house::{HOUR, House, MINUTE};

#[tokio::test]
async fn a_session_knows_its_person_until_they_sign_out() {
    for house in House::both().await {
        let mut amanda = house.newcomer("Amanda", Role::Staff).await;
        let session = house.comes_in(&mut amanda).await;
        assert_eq!(house.visitor(&session.cookie).await.as_ref(), Some(&session.visitor));
        house.access.set_lang(session.visitor.user, Lang::Nb).await.unwrap();
        assert_eq!(house.restarted().visitor(&session.cookie).await.unwrap().unwrap().lang, Some(Lang::Nb));
        house.access.sign_out(&session.cookie).await.unwrap();
        assert_eq!(house.visitor(&session.cookie).await, None);
        for nonsense in ["", "x", "' or 1=1", &"a".repeat(43), &"æ".repeat(43)] {
            assert_eq!(house.visitor(nonsense).await, None);
        }
    }
}

#[tokio::test]
async fn whoever_is_away_for_long_is_signed_out_and_an_administrator_sooner() {
    let [house, _] = House::both().await;
    assert!(house.moves_time());
    let half = HOUR / 2;
    for (role, idle) in [
        (Role::Staff, 8 * HOUR),
        (Role::Peer, 8 * HOUR),
        (Role::Coordinator, HOUR),
        (Role::Admin, half),
        (Role::Auditor, half),
    ] {
        let mut person = house.newcomer(role.as_str(), role).await;
        let session = house.comes_in(&mut person).await;
        house.clock.advance_ms(idle - MINUTE);
        assert!(house.visitor(&session.cookie).await.is_some(), "{role:?}");
        house.clock.advance_ms(idle - MINUTE);
        assert!(house.visitor(&session.cookie).await.is_some(), "being there counts from the last time: {role:?}");
        house.clock.advance_ms(idle);
        assert_eq!(house.visitor(&session.cookie).await, None, "{role:?}");
    }
}

#[tokio::test]
async fn no_session_lasts_longer_than_its_role_may_however_busy() {
    let [house, _] = House::both().await;
    for (role, hours) in
        [(Role::Staff, 16), (Role::Peer, 16), (Role::Coordinator, 12), (Role::Admin, 8), (Role::Auditor, 8)]
    {
        let mut person = house.newcomer(role.as_str(), role).await;
        let session = house.comes_in(&mut person).await;
        let quarters = 4 * hours - 1;
        for quarter in 0..quarters {
            house.clock.advance_ms(HOUR / 4);
            assert!(house.visitor(&session.cookie).await.is_some(), "{role:?} after {quarter} quarters");
        }
        house.clock.advance_ms(HOUR / 4);
        assert_eq!(house.visitor(&session.cookie).await, None, "{role:?}");
    }
}

#[tokio::test]
async fn whoever_signs_in_for_a_short_time_ends_no_longer_session_of_somebody_else() {
    let [house, _] = House::both().await;
    let mut amanda = house.newcomer("Amanda", Role::Staff).await;
    let long = house.comes_in(&mut amanda).await;
    let mut siri = house.newcomer("Siri", Role::Admin).await;
    house.comes_in(&mut siri).await;
    assert!(house.visitor(&long.cookie).await.is_some());
}

#[tokio::test]
async fn a_session_from_before_a_reboot_has_ended() {
    let [house, _] = House::both().await;
    let mut amanda = house.newcomer("Amanda", Role::Staff).await;
    house.clock.advance_ms(100 * HOUR);
    let session = house.comes_in(&mut amanda).await;
    assert!(house.visitor(&session.cookie).await.is_some());
    house.clock.advance_ms(-90 * HOUR);
    assert_eq!(house.visitor(&session.cookie).await, None);
}

#[tokio::test]
async fn every_change_of_password_factor_role_or_access_ends_all_sessions_of_that_user_alone() {
    for house in House::both().await {
        let mut amanda = house.person("Amanda", Role::Staff).await;
        let mut bo = house.newcomer("Bo", Role::Staff).await;
        let other = house.comes_in(&mut bo).await;
        for change in 0..5 {
            let (one, two) = (house.comes_in(&mut amanda).await, house.comes_in(&mut amanda).await);
            let access = &house.access;
            match change {
                0 => access.set_role("amanda", Role::Coordinator, None).await.unwrap().map(drop),
                1 => access.set_password("amanda", Some(amanda.password.clone().into()), None).await.unwrap().map(drop),
                2 => access.reset_factor("amanda", None).await.unwrap().map(drop),
                3 => access.enable("amanda", None).await.unwrap().map(drop),
                _ => access.disable("amanda", None).await.unwrap().map(drop),
            }
            .unwrap();
            for session in [one, two] {
                assert_eq!(house.visitor(&session.cookie).await, None, "change {change}");
            }
            if change == 2 {
                amanda.secret = None;
            }
        }
        assert!(house.visitor(&other.cookie).await.is_some());
    }
}
