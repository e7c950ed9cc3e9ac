//! The report on the coordinator's desk.

use axum::http::StatusCode;

use crate::web::campaigns::running;
use crate::web::desk::Desk;

#[tokio::test]
async fn the_report_stands_against_the_goal_and_says_when_it_is_too_early() {
    for desk in Desk::both(4, "").await {
        assert_eq!(desk.get("Berit", "/campaigns/vinter/report").await.status, StatusCode::NOT_FOUND);
        running(&desk, 4).await;
        let page = desk.get("Berit", "/campaigns/vinter/report").await;
        page.must_say(&[
            "20 personer",
            "<b>4</b> planned",
            "too early to tell",
            "<svg class=\"plot\"",
            "reached by phone",
        ]);
        assert!(!page.says("NaN") && !page.says(" style="), "{}", page.body);
    }
}

#[tokio::test]
async fn the_figures_come_as_csv() {
    for desk in Desk::both(4, "").await {
        running(&desk, 4).await;
        let csv = desk.get("Berit", "/campaigns/vinter/report.csv").await;
        assert!(csv.kind.starts_with("text/csv"));
        csv.must_say(&[
            "date,campaign,variant,language,figure",
            "2026-12-03,vinter,,,planned,4,",
            ",personal,,planned,4,",
        ]);
    }
}
