//! Who works here, as an administrator sees and changes it.

use axum::http::StatusCode;

use crate::web::desk::Desk;

/// The id of somebody on the page: what stands in the address of their buttons.
fn id(page: &str, name: &str) -> String {
    let row = &page[page.find(name).unwrap_or_else(|| panic!("{name} is not on the page:\n{page}"))..];
    let rest = row.split("/users/").nth(1).unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_new_gets_a_password_that_is_shown_once() {
    for desk in Desk::both(1, "").await {
        let added = desk.post("Ada", "/users", "name=Ellen+Vik&role=staff").await;
        added.must_say(&["Ellen Vik"]);
        let drawn = added.body.split("<code").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).unwrap_or_default();
        assert!(drawn.len() >= 12, "no password is shown:\n{}", added.body);
        let again = desk.get("Ada", "/users").await;
        again.must_say(&["Ellen Vik"]);
        assert!(!again.says(drawn), "it is shown again");
        let taken = desk.post("Ada", "/users", "name=ellen+vik&role=staff").await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(desk.post("Ada", "/users", "name=Ole&role=king").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(desk.post("Ada", "/users", "role=staff").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_change_ends_the_sessions_of_whom_it_is_about() {
    for desk in Desk::both(1, "").await {
        for (name, order, form) in [("Stian", "role", "role=peer"), ("Noor", "disable", ""), ("Anne", "factor", "")] {
            assert_eq!(desk.get(name, "/").await.leads_to.as_deref().map(|to| to.starts_with("/sign-in")), Some(false));
            let page = desk.get("Ada", "/users").await;
            let done = desk.post("Ada", &format!("/users/{}/{order}", id(&page.body, name)), form).await;
            assert_eq!(done.leads_to.as_deref(), Some("/users"), "{name}: {}", done.body);
            let out = desk.get(name, "/today").await.leads_to.unwrap_or_default();
            assert!(out.starts_with("/sign-in"), "{name} is still in: {out}");
        }
    }
}

#[tokio::test]
async fn nobody_changes_themselves_and_nobody_who_is_not_there() {
    for desk in Desk::both(1, "").await {
        let page = desk.get("Ada", "/users").await;
        let own = desk.post("Ada", &format!("/users/{}/disable", id(&page.body, "Ada")), "").await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        own.must_say(&["Nobody changes their own role"]);
        assert_eq!(desk.post("Ada", "/users/none/disable", "").await.status, StatusCode::NOT_FOUND);
        let stian = id(&page.body, "Stian");
        assert_eq!(desk.post("Ada", &format!("/users/{stian}/promote"), "").await.status, StatusCode::NOT_FOUND);
    }
}
