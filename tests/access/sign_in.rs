//! What lets somebody in, and what does not.

use lykt::access::SignIn;
use lykt::domain::role::Role;

use crate::access::house::{House, Person, address};

#[tokio::test]
async fn the_first_time_a_second_factor_is_set_up_and_then_both_are_asked_for() {
    for house in House::both().await {
        let mut amanda = house.newcomer("Amanda", Role::Staff).await;
        let SignIn::Enrol { secret, url } = house.tries(&amanda, None).await else { panic!("nothing to set up") };
        assert!(url.expose().starts_with("otpauth://totp/Lykten:Amanda?secret="), "{}", url.expose());
        let SignIn::Enrol { secret: again, .. } = house.tries(&amanda, Some("000000".to_owned())).await else {
            panic!("a wrong code ended setting up")
        };
        assert_eq!(secret, again, "the secret stays until it is confirmed");
        let session = house.comes_in(&mut amanda).await;
        assert_eq!(session.visitor.name, "Amanda");
        assert!(matches!(house.tries(&amanda, None).await, SignIn::Wrong), "from now on a code is needed");
        house.comes_in(&mut amanda).await;
    }
}

#[tokio::test]
async fn a_code_is_taken_once_also_by_two_at_the_same_time() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        house.clock.advance_ms(60_000);
        let code = house.code(&amanda, 0);
        let (one, two) =
            tokio::join!(house.tries(&amanda, Some(code.clone())), house.tries(&amanda, Some(code.clone())));
        let welcomes = [&one, &two].iter().filter(|ended| matches!(ended, SignIn::Welcome { .. })).count();
        assert_eq!(welcomes, 1, "{one:?} {two:?}");
        house.clock.advance_ms(20_000);
        assert!(matches!(house.tries(&amanda, Some(code)).await, SignIn::Wrong));
        let earlier = house.code(&amanda, -30);
        assert!(matches!(house.tries(&amanda, Some(earlier)).await, SignIn::Wrong), "nor an earlier one after it");
    }
}

#[tokio::test]
async fn a_code_may_be_half_a_minute_old_or_early_and_no_more() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        for (off, comes_in) in [(-60, false), (-30, true), (60, false), (30, true)] {
            house.clock.advance_ms(600_000);
            let ended = house.tries(&amanda, Some(house.code(&amanda, off))).await;
            assert_eq!(matches!(ended, SignIn::Welcome { .. }), comes_in, "{off} s");
        }
    }
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_a_wrong_code_get_the_same_answer() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        house.clock.advance_ms(60_000);
        let code = house.code(&amanda, 0);
        let nobody = Person { name: "Nobody".to_owned(), ..amanda.clone() };
        let wrong = Person { password: "noe helt annet enn det".to_owned(), ..amanda.clone() };
        assert!(matches!(house.tries(&nobody, Some(code.clone())).await, SignIn::Wrong));
        assert!(matches!(house.tries(&wrong, Some(code.clone())).await, SignIn::Wrong));
        for nonsense in ["", "12345", "1234567", "abcdef", "१२३४५६", &"9".repeat(100_000)] {
            house.clock.advance_ms(600_000);
            assert!(matches!(house.tries(&amanda, Some(nonsense.to_owned())).await, SignIn::Wrong));
        }
    }
}

#[tokio::test]
async fn a_name_is_found_in_any_letters_and_a_password_however_it_is_composed() {
    for house in House::both().await {
        let mut aase = house.person("Åse Lund", Role::Staff).await;
        house.access.set_password("åse lund", Some("blåbær på åsen".to_owned().into()), None).await.unwrap().unwrap();
        aase.name = " ÅSE lund ".to_owned();
        aase.password = "bla\u{30a}bær pa\u{30a} a\u{30a}sen".to_owned();
        house.comes_in(&mut aase).await;
    }
}

#[tokio::test]
async fn while_a_password_is_sprayed_the_person_comes_in_from_a_known_browser_and_from_a_new_one() {
    for house in House::both().await {
        let mut amanda = house.person("Amanda", Role::Staff).await;
        let thief =
            Person { password: "noe helt annet enn det".to_owned(), device: None, from: address(66), ..amanda.clone() };
        let (mut wrong, mut later) = (0, 0);
        for n in 0..2_000 {
            match house.tries(&thief, Some("123456".to_owned())).await {
                SignIn::Wrong => wrong += 1,
                SignIn::Later { seconds } => {
                    assert!(seconds <= 30);
                    later += 1;
                }
                other => panic!("{other:?}"),
            }
            if n == 1_000 {
                house.comes_in(&mut amanda).await;
                let mut elsewhere = Person { device: None, from: address(7), ..amanda.clone() };
                house.comes_in(&mut elsewhere).await;
            }
        }
        assert!(wrong < 20 && later > 1_900, "{wrong} wrong, {later} later");
        let mut here = Person { from: thief.from, ..amanda.clone() };
        house.comes_in(&mut here).await;
        let stolen = Person { device: amanda.device.clone(), ..thief };
        assert!(matches!(house.tries(&stolen, None).await, SignIn::Wrong), "a known browser is slowed by itself alone");
    }
}

#[tokio::test]
async fn while_many_addresses_spray_at_once_a_new_browser_comes_in() {
    for house in House::both().await {
        let amanda = house.person("Amanda", Role::Staff).await;
        let spray = |n: u32| {
            let thief =
                Person { password: format!("noe helt annet {n}"), device: None, from: address(n), ..amanda.clone() };
            let house = &house;
            async move { house.tries(&thief, None).await }
        };
        for n in 100..180 {
            spray(n).await;
        }
        let mut elsewhere = Person { device: None, from: address(7), ..amanda.clone() };
        house.comes_in(&mut elsewhere).await;
    }
}

#[tokio::test]
async fn nothing_of_a_password_a_secret_or_a_cookie_stands_in_the_database() {
    let [house, _] = House::both().await;
    let mut amanda = house.person("Amanda", Role::Staff).await;
    let session = house.comes_in(&mut amanda).await;
    let files = house.files();
    let secret = totp_rs::Secret::try_from_base32(amanda.secret.as_ref().unwrap()).unwrap();
    let private: [&[u8]; 5] = [
        amanda.password.as_bytes(),
        amanda.secret.as_ref().unwrap().as_bytes(),
        secret.as_bytes(),
        session.cookie.as_bytes(),
        amanda.device.as_ref().unwrap().as_bytes(),
    ];
    for text in private {
        assert!(!files.windows(text.len()).any(|part| part == text));
    }
    assert!(files.windows(6).any(|part| part == b"Amanda"), "the search finds what is there");
}
