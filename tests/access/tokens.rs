//! Tokens of other systems, and what the API answers them.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use lykt::access::Refusal;
use lykt::domain::scope::Scope;
use lykt::settings::Settings;
use lykt::web;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::access::house::House;

/// A number that belongs to nobody.
const NUMBER: &str = "+46701740605";

async fn token(house: &House, name: &str, scopes: &[Scope]) -> String {
    let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
    house.access.add_token(name, &scopes, None).await.unwrap().unwrap().1.expose().clone()
}

/// What the API answers; JSON that is of no success must be the one problem shape.
async fn ask(house: &House, method: &str, path: &str, token: &str, body: Option<&str>) -> (StatusCode, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lykt.toml");
    std::fs::write(&file, "[organisation]\nname = \"Lykten\"\n").unwrap();
    let router = web::router(web::House::new(Settings::load(&file).unwrap(), house.db.clone(), house.ledger.clone()));
    let mut request =
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let request = request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let json: Value = serde_json::from_slice(&bytes).unwrap();
    if !status.is_success() {
        let problem = json.as_object().unwrap();
        assert_eq!(problem["status"], status.as_u16());
        assert!(problem.len() == 3 && problem["code"].is_string() && problem["detail"].is_string(), "{problem:?}");
    }
    (status, json)
}

#[tokio::test]
async fn a_token_is_good_until_it_is_revoked() {
    for house in House::both().await {
        let secret = token(&house, "journal", &[Scope::TasksRead]).await;
        assert!(secret.starts_with("lykt_") && secret.len() == 48);
        let bearer = house.access.bearer(&secret).await.unwrap().unwrap();
        assert_eq!((bearer.name.as_str(), bearer.scopes.len()), ("journal", 1));
        assert_eq!(house.access.tokens().await.unwrap()[0].used_on.as_deref(), Some("2026-12-03"));
        let again = house.access.add_token("journal", &BTreeSet::new(), None).await.unwrap();
        assert_eq!(again.map(drop), Err(Refusal::Taken));
        assert!(house.access.revoke("journal").await.unwrap());
        assert!(!house.access.revoke("journal").await.unwrap());
        assert_eq!(house.access.bearer(&secret).await.unwrap(), None);
        for nonsense in ["", "lykt_", &secret[..47], &secret.to_uppercase()] {
            assert_eq!(house.access.bearer(nonsense).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn what_is_registered_by_the_api_counts_and_a_no_stands() {
    for house in House::both().await {
        let secret = token(&house, "journal", &[Scope::ContactsCheck, Scope::TouchesWrite]).await;
        let check = async || {
            let asked = json!({ "address": NUMBER }).to_string();
            let (status, answer) = ask(&house, "POST", "/api/v1/contacts/check", &secret, Some(&asked)).await;
            assert_eq!(status, StatusCode::OK);
            answer
        };
        assert_eq!(check().await, json!({ "may_approach": true, "reasons": [], "again_at": null, "last": null }));
        let call = json!({ "address": NUMBER, "kind": "call", "answered": true, "note": "hei" }).to_string();
        let (status, answer) = ask(&house, "POST", "/api/v1/touches", &secret, Some(&call)).await;
        assert_eq!(
            (status, &answer),
            (StatusCode::CREATED, &json!({ "registered": "call", "again_at": "2027-06-03" }))
        );
        let answer = check().await;
        assert_eq!((&answer["reasons"], &answer["last"]["detail"]), (&json!(["cooldown"]), &json!("answered")));
        let no = json!({ "address": NUMBER, "kind": "opt_out" }).to_string();
        let (status, _) = ask(&house, "POST", "/api/v1/touches", &secret, Some(&no)).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(check().await["reasons"][0], "opted_out");
    }
}

#[tokio::test]
async fn a_no_told_by_the_api_is_taken_for_a_number_that_no_plan_knows_and_nothing_else_is() {
    for house in House::both().await {
        let secret = token(&house, "journal", &[Scope::ContactsCheck, Scope::TouchesWrite]).await;
        let tell = async |address: &str, kind: &str| {
            let told = json!({ "address": address, "kind": kind }).to_string();
            ask(&house, "POST", "/api/v1/touches", &secret, Some(&told)).await
        };
        for (written, number) in [
            ("+447700900120", "+447700900120"),
            ("+44 7700 900121", "+447700900121"),
            ("https://wa.me/447700900122", "0044 7700 900122"),
            ("tel:+44-7700-900123", "+447700900123"),
        ] {
            assert_eq!(tell(written, "call").await.0, StatusCode::UNPROCESSABLE_ENTITY, "{written}");
            assert_eq!(tell(written, "opt_out").await.0, StatusCode::CREATED, "{written}");
            let asked = json!({ "address": number }).to_string();
            let (_, answer) = ask(&house, "POST", "/api/v1/contacts/check", &secret, Some(&asked)).await;
            assert_eq!(answer["reasons"], json!(["opted_out"]), "{written}");
        }
        for (doubtful, why) in [
            ("447700900124", "write + and its digits"),
            ("+46 70-174 O6 20", "letters in place of digits"),
            ("+447700900124, +447700900125", "not a valid number"),
        ] {
            let (status, answer) = tell(doubtful, "opt_out").await;
            let told = answer["detail"].as_str().unwrap();
            assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("address")), "{doubtful}");
            assert!(told.contains(why) && !told.contains(|c: char| c.is_ascii_digit()), "{told}");
        }
    }
}

#[tokio::test]
async fn a_yes_told_by_the_api_needs_a_channel_and_how_and_lifts_no_no() {
    for house in House::both().await {
        let secret = token(&house, "journal", &[Scope::TouchesWrite]).await;
        let tell = async |told: Value| {
            let (status, answer) = ask(&house, "POST", "/api/v1/touches", &secret, Some(&told.to_string())).await;
            (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned())
        };
        let yes = |more: Value| {
            let mut told = json!({ "address": NUMBER, "kind": "agreed", "channel": "whatsapp", "how": "spoken" });
            for (name, value) in more.as_object().unwrap() {
                told[name] = value.clone();
            }
            told
        };
        for (more, status, code) in [
            (json!({}), 201, ""),
            (json!({ "how": "other_way", "note": "at the drop-in" }), 201, ""),
            (json!({ "how": "other_way" }), 422, "note"),
            (json!({ "how": null }), 422, "how"),
            (json!({ "channel": "manual" }), 422, "channel"),
            (json!({ "channel": null }), 422, "channel"),
            (json!({ "kind": "visit" }), 422, "how"),
        ] {
            assert_eq!(tell(yes(more.clone())).await, (status, code.to_owned()), "{more}");
        }
        assert_eq!(tell(json!({ "address": NUMBER, "kind": "opt_out" })).await.0, 201);
        assert_eq!(tell(yes(json!({}))).await, (409, "opted_out".to_owned()));
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_a_problem_and_never_a_fault() {
    for house in House::both().await {
        let secret = token(&house, "journal", &Scope::ALL).await;
        let bad = [
            "",
            "{",
            "[]",
            "null",
            "{\"address\": \"x\"}",
            "{\"address\": \"\\u0000\", \"kind\": \"note\", \"note\": \"\\u0000\"}",
        ];
        for path in ["contacts/check", "touches", "tasks/0/claim", "tasks/01938f2e-7c1a-7000-8000-0000abcdef12/outcome"]
        {
            for body in bad {
                let (status, answer) = ask(&house, "POST", &format!("/api/v1/{path}"), &secret, Some(body)).await;
                assert!(status.is_client_error(), "{path} {body}: {status} {answer}");
            }
        }
        for name in ["a%00b", "%ff", "..%2f..%2fetc", "nowhere"] {
            let (status, _) = ask(&house, "GET", &format!("/api/v1/campaigns/{name}"), &secret, None).await;
            assert!(status.is_client_error(), "{name}: {status}");
        }
    }
}
