//! A message tried on the organisation's own panel, from the page of its campaign.

use axum::http::StatusCode;
use lykt::store::direct;

use crate::web::desk::{Desk, VINTER};

const PANEL: &str = "[campaigns]\n[organisation.panel]\nfile = \"panel.txt\"\n";

/// Sends the first version in this language to whoever comes first on the page; nobody, when nobody is there.
async fn press(desk: &Desk, language: &str) -> (StatusCode, String) {
    let page = desk.get("Berit", "/campaigns/vinter/try").await;
    let who = page.body.split("name=\"who\" value=\"").nth(1).map_or("", |rest| rest.split('"').next().unwrap());
    let form = format!("variant=personal&language={language}&who={who}");
    let answer = desk.post("Berit", "/campaigns/vinter/try", &form).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_version_goes_to_the_panel_and_the_page_says_what_became_of_it() {
    for desk in Desk::both(3, PANEL).await {
        desk.write("../panel.txt", "+46 70 174 06 05 # Kari, tester\n# nobody\n");
        let page = desk.get("Berit", "/campaigns/vinter/try").await;
        page.must_say(&["Kari, tester", "<option>personal</option>", "<option>nb</option>", "Nobody has tried it yet"]);
        assert!(!page.shows("0605") && !page.shows("06 05"), "a number stands on the page: {}", page.body);
        assert_eq!(press(&desk, "nb").await.0, StatusCode::SEE_OTHER);
        let tests = direct::of_campaign(&mut desk.db.read().await.unwrap(), "vinter").await.unwrap();
        let [test] = tests.as_slice() else { panic!("{} tests", tests.len()) };
        assert_eq!((test.variant.as_deref(), test.made_by.as_str()), (Some("personal"), "Berit"));
        desk.get("Berit", "/campaigns/vinter/try").await.must_say(&["personal", "12:00"]);
    }
}

#[tokio::test]
async fn what_the_panel_said_stands_beside_the_approval() {
    for desk in Desk::both(3, PANEL).await {
        desk.write("../panel.txt", "+46 70 174 06 05\n");
        desk.post("Berit", "/campaigns/vinter/plan", "").await;
        desk.get("Berit", "/campaigns/vinter/plan").await.must_say(&["What the panel made of it", "not tried"]);
        let said = "variant=personal&language=nb&understood=partly&means=noe+om+lege";
        let added = desk.post("Berit", "/campaigns/vinter/verdicts", said).await;
        assert_eq!(added.leads_to.as_deref(), Some("/campaigns/vinter/try#panel"));
        desk.get("Berit", "/campaigns/vinter/plan").await.must_say(&["0 understood, 1 partly, 0 not"]);
        let page = desk.get("Berit", "/campaigns/vinter/try").await;
        page.must_say(&["noe om lege", "0 understood, 1 partly, 0 not"]);
        let undo = page.body.split("action=\"").find(|at| at.contains("/undo\"")).unwrap().split('"').next().unwrap();
        desk.post("Berit", undo, "").await;
        assert!(!desk.get("Berit", "/campaigns/vinter/try").await.says("noe om lege"));
        let wrong = desk.post("Berit", "/campaigns/vinter/verdicts", &said.replace("=nb", "=xx")).await;
        assert!(wrong.status == StatusCode::CONFLICT && wrong.body.contains("no text in this language"));
        assert_eq!(desk.post("Stian", "/campaigns/vinter/verdicts", said).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whoever_is_not_on_the_panel_or_said_no_gets_nothing() {
    for desk in Desk::both(3, PANEL).await {
        desk.get("Berit", "/campaigns/vinter/try").await.must_say(&["cannot be read"]);
        desk.write("../panel.txt", "# nobody yet\n");
        desk.get("Berit", "/campaigns/vinter/try").await.must_say(&["holds no number"]);
        let (status, body) = press(&desk, "nb").await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(body.contains("holds no number"), "{body}");
        desk.write("../panel.txt", "+46701740605\n");
        let (status, body) = press(&desk, "xx").await;
        assert!(status == StatusCode::CONFLICT && body.contains("no text in this language"), "{body}");
        desk.post("Stian", "/contacts/opt-out", "address=%2B46701740605&sure=yes").await;
        let (status, body) = press(&desk, "nb").await;
        assert!(status == StatusCode::CONFLICT && body.contains("does not want to be contacted"), "{body}");
        desk.write("vinter.toml", VINTER.replace("20/min", "often"));
        desk.get("Berit", "/campaigns/vinter/try").await.must_say(&["The file has mistakes"]);
        assert!(direct::of_campaign(&mut desk.db.read().await.unwrap(), "vinter").await.unwrap().is_empty());
    }
}
