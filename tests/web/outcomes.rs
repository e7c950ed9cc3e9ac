//! Outcomes on the pages: two taps without anybody, one from a contact's page, and the year.

use axum::http::StatusCode;
use lykt::store::{contact, sql};

use crate::web::campaigns::running;
use crate::web::desk::{Desk, VINTER, number};

const OUTCOME: &str =
    "\n[[outcome]]\nname = \"first_dose\"\ntitle.nb = \"Første dose\"\ntitle.en = \"First dose\"\ngoal = 20\n";

async fn with_outcomes() -> Vec<Desk> {
    let desks = Desk::both(4, "").await;
    for desk in &desks {
        desk.write("vinter.toml", format!("{VINTER}{OUTCOME}"));
        running(desk, 4).await;
    }
    desks
}

#[tokio::test]
async fn where_no_campaign_names_outcomes_there_is_no_place_for_them() {
    let place = "href=\"/outcomes\"";
    for desk in Desk::both(4, "").await {
        running(&desk, 4).await;
        for path in ["/today", "/inbox"] {
            assert!(!desk.get("Stian", path).await.says(place), "{path}");
        }
    }
    for desk in with_outcomes().await {
        desk.get("Stian", "/today").await.must_say(&[place]);
        assert!(!desk.get("Noor", "/today").await.says(place));
    }
}

#[tokio::test]
async fn staff_register_an_outcome_with_two_taps_and_take_it_back() {
    for desk in with_outcomes().await {
        let page = desk.get("Stian", "/outcomes").await;
        page.must_say(&["First dose", "value=\"yes\"", "action=\"/outcomes\"", "Gratis vaksine"]);
        let done = desk.post("Stian", "/outcomes", "campaign=vinter&outcome=first_dose&heard=yes&day=").await;
        assert_eq!(done.leads_to.as_deref(), Some("/outcomes?done=registered"));
        desk.post("Stian", "/outcomes", "campaign=vinter&outcome=first_dose&heard=no&day=2026-12-01").await;
        let page = desk.get("Stian", "/outcomes?done=registered").await;
        page.must_say(&["Registered.", "after our message", "Stian"]);
        let undo = page.body.split("action=\"").find(|at| at.contains("/undo\"")).unwrap().split('"').next().unwrap();
        let undone = desk.post("Berit", undo, "").await;
        assert_eq!(undone.leads_to.as_deref(), Some("/outcomes?done=undone"));
        let again = desk.post("Berit", undo, "").await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "twice is once");
        let report = desk.get("Berit", "/campaigns/vinter/report").await;
        report.must_say(&[
            "First dose",
            "<b>1</b> of 20",
            "<title>First dose</title>",
            "report/outcome-first_dose.svg",
        ]);
    }
}

#[tokio::test]
async fn what_is_no_outcome_is_nowhere() {
    for desk in with_outcomes().await {
        for form in [
            "campaign=vinter&outcome=none&heard=yes",
            "campaign=none&outcome=first_dose&heard=yes",
            "campaign=vinter&outcome=first_dose&heard=perhaps",
            "campaign=vinter&outcome=first_dose&heard=yes&day=2026-12-04",
            "campaign=vinter&outcome=first_dose&heard=yes&day=never",
        ] {
            assert_eq!(desk.post("Stian", "/outcomes", form).await.status, StatusCode::NOT_FOUND, "{form}");
        }
        let nil = "/outcomes/00000000-0000-7000-8000-000000000000/undo";
        assert_eq!(desk.post("Stian", nil, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.get("Noor", "/outcomes").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_outcome_is_registered_on_a_contacts_page() {
    for desk in with_outcomes().await {
        let ledger = &desk.ledger;
        let address = lykt::domain::private::Private::new(number(0).replace(' ', ""));
        let mut tx = desk.db.read().await.unwrap();
        let id = contact::find(&mut tx, &ledger.vault.blind(address.expose())).await.unwrap().unwrap().id;
        drop(tx);
        desk.get("Stian", &format!("/contacts/{id}")).await.must_say(&["value=\"first_dose\"", "First dose"]);
        let form = "campaign=vinter&outcome=first_dose";
        let done = desk.post("Stian", &format!("/contacts/{id}/outcome"), form).await;
        assert_eq!(done.leads_to, Some(format!("/contacts/{id}")));
        desk.post("Stian", &format!("/contacts/{id}/outcome"), form).await;
        desk.get("Stian", &format!("/contacts/{id}")).await.must_say(&["Outcome", "first_dose"]);
        let mut tx = desk.db.read().await.unwrap();
        let counted = tx.maybe(sql("select count(*) from counted where source = 'contact'")).await.unwrap().unwrap();
        assert_eq!(counted.int(0).unwrap(), 1, "once a day");
        drop(tx);
        let peer = desk.post("Noor", &format!("/contacts/{id}/outcome"), form).await;
        assert_eq!(peer.status, StatusCode::NOT_FOUND, "whom a peer does not know is nobody");
    }
}

#[tokio::test]
async fn the_report_and_the_year_come_for_excel_as_plots_and_in_print() {
    for desk in with_outcomes().await {
        for _ in 0..6 {
            desk.post("Stian", "/outcomes", "campaign=vinter&outcome=first_dose&heard=yes").await;
        }
        for _ in 0..2 {
            desk.post("Stian", "/outcomes", "campaign=vinter&outcome=first_dose&heard=no").await;
        }
        let svg = desk.get("Berit", "/campaigns/vinter/report/whole.svg").await;
        assert_eq!((svg.status, svg.kind.as_str()), (StatusCode::OK, "image/svg+xml"));
        svg.must_say(&["<title>", "<desc>"]);
        for wrong in [
            "/campaigns/vinter/report/none.svg",
            "/campaigns/vinter/report/whole",
            "/year/1066",
            "/year/x",
            "/year/2026/a.csv",
        ] {
            assert_eq!(desk.get("Berit", wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(desk.get("Berit", "/year").await.leads_to.as_deref(), Some("/year/2026"));
        let year = desk.get("Berit", "/year/2026").await;
        year.must_say(&[
            "the year 2026",
            "month by month",
            "First dose (vinter)",
            "<td class=\"n\">8</td>",
            "<td class=\"n\">–</td>",
        ]);
        assert!(!year.says("NaN") && !year.says(" style="), "{}", year.body);
        desk.get("Berit", "/year/2026/year.csv").await.must_say(&[
            "year,table,row,column,count,hidden",
            "2026,year,outcomes,12,8,false",
            "2026,outcomes,vinter/first_dose,no,,true",
        ]);
    }
}
