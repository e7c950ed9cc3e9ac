//! The plan on the coordinator's desk: by reason, as messages, and its approval.

use axum::http::StatusCode;

use crate::web::campaigns::running;
use crate::web::desk::{Desk, VINTER, list, number};

#[tokio::test]
async fn the_plan_shows_every_reason_and_the_lines_behind_it_without_a_number() {
    for desk in Desk::both(4, "").await {
        desk.write("lists/oslo.csv", list(4) + "none;nb;Ola\n" + format!("{};nb;Ola\n", number(1)).as_str());
        desk.plan("Berit").await;
        let page = desk.get("Berit", "/campaigns/vinter/plan").await;
        page.must_say(&[
            "by Berit",
            "same number or person as an earlier row",
            "no usable number in the row",
            "<strong>4</strong>",
        ]);
        desk.get("Berit", "/campaigns/vinter/plan/invalid").await.must_say(&["<td class=\"n\">6</td>"]);
        desk.get("Berit", "/campaigns/vinter/plan/duplicate").await.must_say(&["<td class=\"n\">7</td>"]);
        let eligible = desk.get("Berit", "/campaigns/vinter/plan/eligible").await;
        eligible.must_say(&["personal"]);
        assert!(!eligible.shows("17406") && !page.shows("17406"), "no number on these pages");
        assert_eq!(desk.get("Berit", "/campaigns/vinter/plan/nonsense").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_long_reason_comes_page_by_page() {
    for desk in Desk::both(150, "").await {
        desk.plan("Berit").await;
        let first = desk.get("Berit", "/campaigns/vinter/plan/eligible").await;
        first.must_say(&["?after=99"]);
        let second = desk.get("Berit", "/campaigns/vinter/plan/eligible?after=99").await;
        second.must_say(&["<td class=\"n\">102</td>"]);
        assert!(!second.says("?after="), "these were the last");
    }
}

#[tokio::test]
async fn messages_look_as_on_a_phone_and_show_nobodys_number() {
    for desk in Desk::both(20, "").await {
        let odd = format!("{};nb;Kari 👍 {}\n", number(20), number(21));
        desk.write("lists/oslo.csv", list(20) + odd.as_str());
        desk.plan("Berit").await;
        let page = desk.get("Berit", "/campaigns/vinter/messages").await;
        page.must_say(&[
            "Amanda",
            "drawn by lot",
            "the longest",
            "unlike most others",
            "holds 70 of them, not 160",
            "👍",
            "Lykten",
        ]);
        assert_eq!(page.body.matches("drawn by lot").count(), 5);
        assert!(!page.shows("900021") && !page.shows("900 021"), "a number in a field is hidden:\n{}", page.body);
    }
}

#[tokio::test]
async fn a_plan_is_approved_by_typing_its_number_of_people() {
    for desk in Desk::both(4, "").await {
        desk.plan("Berit").await;
        for typed in ["3", "", "four", "-4", "99999999999999999999"] {
            let refused = desk.post("Berit", "/campaigns/vinter/approve", &format!("people={typed}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            refused.must_say(&["The plan has 4 people, and another number was typed"]);
        }
        let yes = desk.post("Berit", "/campaigns/vinter/approve", "people=+4").await;
        assert_eq!(yes.leads_to.as_deref(), Some("/campaigns/vinter"));
        let again = desk.post("Berit", "/campaigns/vinter/approve", "people=4").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_change_after_the_plan_voids_it() {
    for desk in Desk::both(4, "").await {
        desk.plan("Berit").await;
        desk.write("vinter.toml", VINTER.replace("Free", "Cheap"));
        desk.post("Berit", "/campaigns/vinter/approve", "people=4").await.must_say(&["has changed since the plan"]);
        desk.write("vinter.toml", VINTER);
        desk.write("lists/oslo.csv", list(5));
        desk.post("Berit", "/campaigns/vinter/approve", "people=4").await.must_say(&["The list has changed"]);
    }
}

#[tokio::test]
async fn a_second_person_approves_where_the_settings_say_so() {
    for (settings, needed) in [("\"always\"", true), ("3", true), ("4", false), ("\"never\"", false)] {
        for desk in Desk::both(4, &format!("[campaigns]\nsecond_person = {settings}\n")).await {
            desk.plan("Berit").await;
            let own = desk.post("Berit", "/campaigns/vinter/approve", "people=4").await;
            if needed {
                assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY, "{settings}");
                own.must_say(&["This house wants two persons"]);
                assert_eq!(
                    desk.post("Anne", "/campaigns/vinter/approve", "people=4").await.status,
                    StatusCode::SEE_OTHER
                );
            } else {
                assert_eq!(own.status, StatusCode::SEE_OTHER, "{settings}");
            }
        }
    }
}

#[tokio::test]
async fn newcomers_join_a_running_campaign_by_an_approval_of_their_own() {
    for desk in Desk::both(4, "").await {
        running(&desk, 4).await;
        desk.write("lists/oslo.csv", list(6));
        desk.plan("Berit").await;
        let page = desk.get("Berit", "/campaigns/vinter/plan").await;
        page.must_say(&["What it would change", "Newcomers:", "2."]);
        assert_eq!(desk.post("Berit", "/campaigns/vinter/approve", "people=2").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn the_languages_stand_beside_each_other_with_what_one_lacks() {
    for desk in Desk::both(3, "").await {
        let page = desk.get("Berit", "/campaigns/vinter/languages").await;
        page.must_say(&["<strong>nb</strong>", "<strong>en</strong>", "Free doctor.", "easy (LIX"]);
        assert!(!page.says("Lacks") && !page.says("Not written"), "{}", page.body);
        let lacking =
            VINTER.replace(", lykten.example. Reply STOP to opt out.", ", Tuesday 12-15. lykten.example. Reply STOP.");
        desk.write("vinter.toml", lacking);
        desk.get("Berit", "/campaigns/vinter/languages").await.must_say(&["Lacks the numbers 12, 15"]);
        let without = VINTER.lines().filter(|line| !line.starts_with("text.en")).collect::<Vec<_>>().join("\n");
        desk.write("vinter.toml", without);
        desk.get("Berit", "/campaigns/vinter/languages").await.must_say(&["Not written"]);
        desk.write("vinter.toml", VINTER.replace("20/min", "often"));
        desk.get("Berit", "/campaigns/vinter/languages").await.must_say(&["The file has mistakes"]);
        assert_eq!(desk.get("Berit", "/campaigns/other/languages").await.status, StatusCode::NOT_FOUND);
    }
}
