//! `lykt plan` says what would change before it says for whom.

use crate::folder::desk::Desk;

#[tokio::test]
async fn a_plan_begins_with_what_differs_from_the_approved_one() {
    let desk = Desk::on(None).await;
    let shown = |args: &[&str]| String::from_utf8(desk.house.lykt(args).stdout).unwrap();
    assert!(!shown(&["plan", "vinter"]).contains("approved:"), "nothing differs");
    let text = desk.text().replace("Gratis lege", "Gratis tannlege").replace("until = \"20:00\"", "until = \"19:00\"");
    desk.write(&text);
    let told = shown(&["plan", "vinter"]);
    assert!(told.starts_with("Not as it was approved:\n"), "{told}");
    assert!(told.contains("\n  window.until: 20:00 -> 19:00\n"), "{told}");
    assert!(told.contains("\n  message.variant.personal.text.nb:\n    - Hei!"), "{told}");
    assert!(told.contains("\n    + Hei!") && told.contains("Gratis tannlege"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(shown(&["plan", "vinter", "--lang", "nb"]).starts_with("Ikke som da den ble godkjent:\n"));
    let json = shown(&["plan", "vinter", "--json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
}
