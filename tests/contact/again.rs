//! Whom to approach again, as a list for the next campaign.

use std::os::unix::fs::PermissionsExt;

use crate::contact::desk::{Desk, complaint};

fn number(n: u32) -> String {
    format!("+467017406{n:02}")
}

#[tokio::test]
async fn who_may_be_approached_again_comes_on_a_list_and_nobody_else() {
    let desk = Desk::new().await;
    for (n, day) in [(5, "2026-04-01"), (6, "2026-11-01"), (7, "2026-03-01"), (9, "2026-02-01")] {
        desk.json(&["contact", "touch", &number(n), "--kind", "message", "--channel", "sms", "--at", day]);
    }
    desk.json(&["contact", "opt-out", &number(7)]);
    desk.json(&["contact", "note", &number(8), "asked for the address"]);
    let written = desk.json(&["list", "again", "again.csv", "--as", "Kari"]);
    assert_eq!((&written["people"], &written["list"]), (&2.into(), &"lists/again.csv".into()));
    let file = desk.path("campaigns/lists/again.csv");
    let list = format!("phone;language\n{};\n{};\n", number(9), number(5));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), list, "longest ago first");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let taken = desk.run(&["list", "again", "again.csv"]);
    assert_eq!(taken.status.code(), Some(2), "{}", complaint(&taken));
    for wrong in ["again", "../again.csv", "a/b.csv", ".csv"] {
        assert_eq!(desk.run(&["list", "again", wrong]).status.code(), Some(2), "{wrong}");
    }
    assert_eq!(desk.json(&["list", "again", "one.csv", "--limit", "1"])["people"], 1);
}
