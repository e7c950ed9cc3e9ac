//! Adding people who work here, and changing who they are.

use lykt::access::{Refusal, SignIn, Weak};
use lykt::domain::private::Private;
use lykt::domain::role::Role;

use crate::access::house::House;

#[tokio::test]
async fn a_drawn_password_is_given_once_and_works() {
    for house in House::both().await {
        let added = house.access.add("Amanda", Role::Peer, None, Some("Siri")).await.unwrap().unwrap();
        let mut amanda = house.newcomer("Bo", Role::Staff).await;
        amanda.name = "Amanda".to_owned();
        amanda.password = added.drawn.unwrap().expose().clone();
        assert_eq!(house.comes_in(&mut amanda).await.visitor.role, Role::Peer);
        let renewed = house.access.set_password("Amanda", None, None).await.unwrap().unwrap();
        house.clock.advance_ms(30_000);
        assert!(matches!(house.tries(&amanda, Some(house.code(&amanda, 0))).await, SignIn::Wrong));
        amanda.password = renewed.drawn.unwrap().expose().clone();
        house.comes_in(&mut amanda).await;
    }
}

#[tokio::test]
async fn two_users_never_have_the_same_name_and_nobody_has_an_empty_one() {
    for house in House::both().await {
        house.newcomer("Amanda", Role::Staff).await;
        let add = async |name: &str| house.access.add(name, Role::Staff, None, None).await.unwrap().map(drop);
        assert_eq!(add("AMANDA ").await, Err(Refusal::Taken));
        for name in ["", "  ", "a\nb", &"a".repeat(81)] {
            assert_eq!(add(name).await, Err(Refusal::NoName));
        }
        assert_eq!(add(&"å".repeat(80)).await, Ok(()));
        assert_eq!(house.access.users().await.unwrap().len(), 2);
        let unknown = house.access.disable("nobody", None).await.unwrap();
        assert_eq!(unknown.map(drop), Err(Refusal::Unknown));
    }
}

#[tokio::test]
async fn a_password_that_anybody_would_try_is_refused() {
    for house in House::both().await {
        let add = async |password: &str| {
            let password = Some(Private::new(password.to_owned()));
            house.access.add("Amanda Lund", Role::Staff, password, None).await.unwrap().map(drop)
        };
        assert_eq!(add("kort").await, Err(Refusal::Weak(Weak::Short)));
        assert_eq!(add("AmandaLund2026").await, Err(Refusal::Weak(Weak::Name)));
        assert_eq!(add("lykten-lykten").await, Err(Refusal::Weak(Weak::Name)));
        assert_eq!(add("passord123456").await, Err(Refusal::Weak(Weak::Common)));
        assert_eq!(add(&"lang".repeat(300)).await, Err(Refusal::Weak(Weak::Long)));
        assert!(house.access.users().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn whoever_is_disabled_does_not_come_in_until_enabled_again() {
    for house in House::both().await {
        let mut amanda = house.person("Amanda", Role::Staff).await;
        house.access.disable("Amanda", Some("Siri")).await.unwrap().unwrap();
        house.clock.advance_ms(60_000);
        assert!(matches!(house.tries(&amanda, Some(house.code(&amanda, 0))).await, SignIn::Wrong));
        house.access.enable("Amanda", Some("Siri")).await.unwrap().unwrap();
        house.comes_in(&mut amanda).await;
    }
}
