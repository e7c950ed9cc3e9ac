//! What people meet who do not see well, or use a keyboard, or a small phone: axe looks at every page of every role.

use std::fs;

use serde_json::Value;

use crate::browser::service::Service;
use crate::browser::window::{Scripts, Size, Window};

/// The pages that can be opened by their address alone, of each role.
const PAGES: [(&str, &[&str]); 6] = [
    ("", &["/sign-in", "/nowhere"]),
    ("Amanda", &["/today", "/inbox", "/outcomes", "/market", "/market/annonsetorget", "/account"]),
    ("Kim", &KIM),
    ("Noor", &["/today"]),
    ("Ada", &["/users", "/second"]),
    ("Rut", &["/audit"]),
];

const KIM: [&str; 22] = [
    "/today",
    "/inbox",
    "/answers",
    "/campaigns",
    "/campaigns/vinter",
    "/campaigns/vinter/file",
    "/campaigns/vinter/plan",
    "/campaigns/vinter/plan/cooldown",
    "/campaigns/vinter/languages",
    "/campaigns/vinter/messages",
    "/campaigns/vinter/try",
    "/campaigns/vinter/doubts",
    "/campaigns/vinter/report",
    "/lists/vinter.csv",
    "/market",
    "/outcomes",
    "/year/2026",
    "/routines",
    "/debrief",
    "/hand-over",
    "/absences",
    "/second",
];

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_serious_on_any_page() {
    let service = Service::start();
    let mut found = Vec::new();
    for (size, lang) in [(Size::Phone, "nb-NO"), (Size::Desk, "en-GB")] {
        let window = Window::open(size, lang, Scripts::On).await;
        for (who, pages) in PAGES {
            if !who.is_empty() {
                window.go(service.link(who)).await;
            }
            for page in pages {
                window.go(&service.at(page)).await;
                let title = window.page.title().await.unwrap();
                assert!(*page == "/nowhere" || !title.starts_with("404"), "{page} is there for {who}");
                found.extend(look(&window).await.into_iter().map(|what| format!("{page} ({who}, {size:?}): {what}")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What axe finds on the page that is open, and whether it is wider than the window.
pub async fn look(window: &Window) -> Vec<String> {
    let axe = std::env::var("LYKT_AXE").expect("LYKT_AXE names axe.min.js: run these tests by `tests/run`");
    let axe = fs::read_to_string(&axe).unwrap_or_else(|why| panic!("{axe}: {why}"));
    window.page.execute(axe, vec![]).await.unwrap();
    let run = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations), e => done(String(e)))";
    let violations: Value = window.page.execute_async(run, vec![]).await.unwrap().convert().unwrap();
    let mut found: Vec<String> = violations
        .as_array()
        .unwrap_or_else(|| panic!("axe did not run: {violations}"))
        .iter()
        .filter(|v| matches!(v["impact"].as_str(), Some("serious" | "critical")))
        .map(|v| format!("{}: {} ({})", v["id"], v["help"], v["nodes"][0]["html"]))
        .collect();
    let wide = window
        .page
        .execute("return document.documentElement.scrollWidth - document.documentElement.clientWidth", vec![])
        .await
        .unwrap();
    if wide.convert::<i64>().unwrap() > 0 {
        found.push("the page is wider than the window".to_owned());
    }
    found
}
