//! Every door has a row in `doors.tsv` that says who may come through it, and the house keeps to it.

use axum::http::{Method, StatusCode, header};
use lykt::domain::act::Act;
use lykt::domain::role::Role;
use lykt::domain::scope::Scope;
use lykt::web::{Allow, doors};

use crate::web::desk::Desk;

const ROWS: &str = include_str!("doors.tsv");

#[test]
fn every_door_has_its_row_and_every_row_its_door() {
    let built: Vec<String> = doors()
        .list()
        .iter()
        .map(|door| {
            let who = match door.allow {
                Allow::Anyone => "anyone".to_owned(),
                Allow::Roles(roles) => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
                Allow::Scope(scope) => format!("token {}", scope.as_str()),
            };
            format!("{}\t{}\t{who}", door.method, door.path)
        })
        .collect();
    let rows: Vec<&str> = ROWS.lines().map(|row| row.rsplit_once('\t').unwrap().0).collect();
    let missing: Vec<_> = built.iter().filter(|door| !rows.contains(&door.as_str())).cloned().collect();
    assert!(missing.is_empty(), "tests/web/doors.tsv does not say who may come through:\n{}", missing.join("\n"));
    for row in &rows {
        assert!(built.iter().any(|door| door == row), "a row without a door: {row}");
    }
    assert!(rows.is_sorted(), "keep the rows sorted, so that a door is found");
}

/// Why what changes something is not kept.
const PRIVATE: [&str; 2] = ["only how pages speak", "private: nothing says who answered what"];

/// The words under which a door's use is kept in the audit, or why it is not.
pub fn kept(method: &Method, path: &str) -> Result<Vec<Act>, String> {
    let row = ROWS.lines().find(|row| row.starts_with(&format!("{method}\t{path}\t"))).expect("a row");
    let told = row.rsplit_once('\t').unwrap().1;
    match told.strip_prefix("- ") {
        Some(why) => Err(why.to_owned()),
        None => Ok(told.split(' ').map(|word| Act::parse(word).unwrap_or_else(|| panic!("{word}: {row}"))).collect()),
    }
}

#[test]
fn every_door_says_under_which_words_its_use_is_kept_or_why_it_is_not() {
    let about_people = ["/contacts", "/tasks", "/inbox", "/today", "/check", "/lists/{name}", "/api/v1/tasks"];
    for door in doors().list() {
        match kept(&door.method, door.path) {
            Ok(acts) => assert!(!acts.is_empty(), "{}", door.path),
            Err(why) => {
                assert!(why.len() > 5, "say why the use of {} is not kept", door.path);
                assert!(
                    door.method == Method::GET || PRIVATE.contains(&why.as_str()),
                    "{} changes something",
                    door.path
                );
                let asks = why.starts_with("asks once more");
                assert!(
                    asks || !about_people.iter().any(|of| door.path.starts_with(of)),
                    "{} shows a person",
                    door.path
                );
            }
        }
    }
}

/// An address behind a door, with something in each place that varies.
fn some(path: &str) -> String {
    let name = |part: &str| if part.starts_with('{') { "none".to_owned() } else { part.to_owned() };
    path.split('/').map(name).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn nobody_comes_through_a_door_that_is_not_theirs() {
    let people = [
        ("Berit", Role::Coordinator),
        ("Stian", Role::Staff),
        ("Noor", Role::Peer),
        ("Ada", Role::Admin),
        ("Rut", Role::Auditor),
    ];
    for desk in Desk::both(1, "").await {
        for door in doors().list() {
            let path = some(door.path);
            let (form, asked) = ("application/x-www-form-urlencoded", door.method == Method::GET);
            let stranger =
                desk.send((header::COOKIE, "lykt=x".to_owned()), door.method.clone(), &path, form, vec![]).await;
            match door.allow {
                Allow::Anyone => assert_ne!(stranger.status, StatusCode::UNAUTHORIZED, "{path}"),
                Allow::Roles(_) if asked => {
                    let to = stranger.leads_to.unwrap_or_default();
                    assert!(to.starts_with("/sign-in"), "{path} {}", stranger.status);
                }
                _ => assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{path}"),
            }
            for (who, role) in people {
                let Allow::Roles(roles) = door.allow else { continue };
                let theirs = roles.contains(&role);
                if theirs && !asked {
                    continue;
                }
                let answer = desk.ask(who, door.method.clone(), &path, form, vec![]).await;
                match theirs {
                    true if path == door.path => {
                        let shown = answer.status.is_success() || answer.status.is_redirection();
                        assert!(shown, "{who} {path}: {}", answer.status);
                    }
                    true => assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{who} {path}"),
                    false => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who} {} {path}", door.method),
                }
            }
        }
    }
}

#[tokio::test]
async fn what_another_site_sends_changes_nothing() {
    for desk in Desk::both(1, "").await {
        for door in doors().list().iter().filter(|door| door.method == Method::POST) {
            for site in
                [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
            {
                let status = desk.post_from_elsewhere("Berit", &some(door.path), site).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{} from {site:?}", door.path);
            }
        }
    }
}

#[tokio::test]
async fn a_token_opens_the_doors_of_its_scope_and_no_other() {
    for desk in Desk::both(1, "").await {
        for scope in Scope::ALL {
            let token = desk.token(scope).await;
            for door in doors().list() {
                let bearer = (header::AUTHORIZATION, format!("Bearer {token}"));
                let answer = desk.send(bearer, door.method.clone(), &some(door.path), "application/json", vec![]).await;
                match door.allow {
                    Allow::Scope(needed) => {
                        let refused = answer.status == StatusCode::FORBIDDEN;
                        assert_eq!(refused, needed != scope, "{} with {scope:?}: {}", door.path, answer.status);
                        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{}", door.path);
                    }
                    Allow::Roles(_) => {
                        let outside = answer.status == StatusCode::UNAUTHORIZED || answer.leads_to.is_some();
                        assert!(outside, "a token opens {}: {}", door.path, answer.status);
                    }
                    Allow::Anyone => {}
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_the_api_in_json_and_a_person_as_a_page() {
    for desk in Desk::both(1, "").await {
        let json = "application/problem+json";
        for (method, path, status, kind) in [
            (Method::GET, "/api/v1/nothing", StatusCode::NOT_FOUND, json),
            (Method::DELETE, "/api/v1/campaigns", StatusCode::METHOD_NOT_ALLOWED, json),
            (Method::GET, "/nothing", StatusCode::NOT_FOUND, "text/html"),
        ] {
            let answer = desk.ask("Berit", method, path, "text/plain", vec![]).await;
            assert_eq!(answer.status, status, "{path}");
            assert!(answer.kind.starts_with(kind), "{path}: {}", answer.kind);
        }
    }
}

#[tokio::test]
async fn the_figures_for_monitoring_come_for_their_token_and_name_nobody() {
    for desk in Desk::both(2, "").await {
        crate::web::campaigns::running(&desk, 2).await;
        assert_eq!(desk.get("Ada", "/metrics").await.status, StatusCode::UNAUTHORIZED);
        let bearer = (header::AUTHORIZATION, format!("Bearer {}", desk.token(Scope::MetricsRead).await));
        let figures = desk.send(bearer, Method::GET, "/metrics", "text/plain", vec![]).await;
        assert!(figures.kind.starts_with("application/openmetrics-text"), "{}", figures.kind);
        figures.must_say(&[
            "lykt_messages{state=\"queued\"} 2",
            "lykt_campaigns{state=\"running\"} 1",
            "lykt_replies_unread 0",
            "lykt_clock_trusted 1",
            "lykt_answers_total{status=\"4xx\"}",
            "# EOF",
        ]);
        for word in ["vinter", "46701740605", "Kari", "Berit"] {
            assert!(!figures.says(word), "{word} stands in the figures");
        }
        let ready = desk.get("Ada", "/readyz").await;
        assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));
    }
}
