//! What waits for a second person, as they see and answer it.

use axum::http::StatusCode;
use lykt::domain::matter::Matter;
use lykt::domain::private::Private;
use lykt::second::{Pass, Wish, pass};

use crate::web::desk::Desk;

const TWO: &str = "[access]\nsecond_person = [\"lift\", \"retire\"]\n";

async fn tries(desk: &Desk, matter: Matter, by: &str) -> Pass {
    let mut tx = desk.db.begin().await.unwrap();
    let why = Private::from("She came by & asked.".to_owned());
    let wish = Wish { matter, about: &[1], shown: "1", why: (matter == Matter::Lift).then_some(&why) };
    let passed = pass(&mut tx, &desk.ledger, &[Matter::Lift, Matter::Retire], wish, Some(by)).await.unwrap();
    tx.commit().await.unwrap();
    passed
}

async fn asks(desk: &Desk, matter: Matter, by: &str) -> String {
    match tries(desk, matter, by).await {
        Pass::Waits(ask) => ask.id.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_second_person_sees_what_waits_and_agrees_and_nobody_else_can() {
    for desk in Desk::both(0, TWO).await {
        assert!(!desk.get("Anne", "/campaigns").await.says("Two persons"), "nothing waits, and nothing is said of it");
        let lift = asks(&desk, Matter::Lift, "Berit").await;
        let retire = asks(&desk, Matter::Retire, "Berit").await;
        desk.get("Anne", "/campaigns").await.must_say(&["Two persons"]);
        let page = desk.get("Anne", "/second").await;
        page.must_say(&["lift a no", "Berit", "Because: She came by &#38; asked.", "Agree"]);
        assert!(!page.says("retire a key"), "another role's");
        desk.get("Berit", "/second").await.must_say(&["You asked for this", "retire a key"]);
        let own = desk.post("Berit", &format!("/second/{lift}/agree"), "").await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        own.must_say(&["You asked for this yourself"]);
        assert_eq!(desk.post("Ada", &format!("/second/{lift}/agree"), "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.post("Anne", &format!("/second/{retire}/refuse"), "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.post("Anne", &format!("/second/{lift}/agree"), "").await.leads_to.as_deref(), Some("/second"));
        assert_eq!(desk.post("Anne", &format!("/second/{lift}/agree"), "").await.status, StatusCode::CONFLICT);
        assert_eq!(tries(&desk, Matter::Lift, "Berit").await, Pass::Go);
        assert_eq!(
            desk.post("Ada", &format!("/second/{retire}/refuse"), "").await.leads_to.as_deref(),
            Some("/second")
        );
        desk.get("Ada", "/second").await.must_say(&["Nothing waits"]);
    }
}

#[tokio::test]
async fn everybody_has_an_account_of_their_own_where_the_password_is_asked_for() {
    for desk in Desk::both(0, "").await {
        for who in ["Berit", "Stian", "Noor", "Ada", "Rut"] {
            desk.get(who, "/account").await.must_say(&["My account", "Make ten new codes"]);
        }
        let wrong = desk.post("Noor", "/account/recovery", "password=not+hers").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.must_say(&["That is not your password."]);
        let password = "password=en+lykt+i+m%C3%B8rket+lyser";
        let drawn = desk.post("Noor", "/account/recovery", password).await;
        assert_eq!(drawn.body.matches("<li><code>").count(), 10, "{}", drawn.body);
        desk.get("Noor", "/account").await.must_say(&["<strong id=\"left\">10</strong>"]);
        let new = "new=noe+helt+annet+enn+det";
        let differs = desk.post("Noor", "/account/password", &format!("{password}&{new}&again=noe+annet")).await;
        differs.must_say(&["The two new ones are not the same."]);
        let weak = desk.post("Noor", "/account/password", &format!("{password}&new=kort&again=kort")).await;
        weak.must_say(&["at least 12 characters"]);
        let again = "again=noe+helt+annet+enn+det";
        let done = desk.post("Noor", "/account/password", &format!("{password}&{new}&{again}")).await;
        assert_eq!(done.leads_to.as_deref(), Some("/sign-in"), "{}", done.body);
        assert!(desk.get("Noor", "/today").await.leads_to.unwrap().starts_with("/sign-in"), "all sessions end");
    }
}
