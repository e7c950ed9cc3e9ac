//! Lists on the coordinator's desk: uploaded, looked at row by row, corrected, put to use, deleted.

use std::os::unix::fs::PermissionsExt;

use axum::http::{Method, StatusCode};

use crate::web::desk::{Answer, Desk, number};

async fn upload(desk: &Desk, name: &str, bytes: &[u8], replace: bool) -> Answer {
    let mut body = Vec::new();
    if replace {
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"replace\"\r\n\r\nyes\r\n");
    }
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"list\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    body.extend(head.as_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    desk.ask("Berit", Method::POST, "/lists", "multipart/form-data; boundary=x", body).await
}

fn names(desk: &Desk) -> Vec<String> {
    let read = desk.campaigns().join("lists").read_dir().unwrap();
    let mut names: Vec<String> = read.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_uploaded_list_is_ours_alone_to_read_and_shown_with_its_campaigns() {
    for desk in Desk::both(3, "").await {
        let list = format!("telefon\n{}\n", number(7));
        let answer = upload(&desk, "Uke 49.csv", list.as_bytes(), false).await;
        assert_eq!(answer.leads_to.as_deref(), Some("/lists/Uke%2049.csv"), "{}", answer.body);
        let file = desk.campaigns().join("lists/Uke 49.csv");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), list);
        desk.get("Berit", "/lists").await.must_say(&[
            "Uke 49.csv",
            "oslo.csv",
            "/campaigns/vinter",
            "No campaign names it",
        ]);
        assert_eq!(names(&desk), ["Uke 49.csv", "oslo.csv"], "nothing is left beside them");
        assert_eq!(desk.get("Stian", "/lists").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_name_leads_nowhere_and_takes_nobodys_place_unasked() {
    for desk in Desk::both(3, "").await {
        let before = std::fs::read(desk.campaigns().join("lists/oslo.csv")).unwrap();
        for name in ["vinter.toml", ".htaccess", "..", "a.csv.sh"] {
            let answer = upload(&desk, name, b"telefon\n", false).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        let taken = upload(&desk, "oslo.csv", b"telefon\n", false).await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        taken.must_say(&["There is a list of this name already"]);
        assert_eq!(std::fs::read(desk.campaigns().join("lists/oslo.csv")).unwrap(), before);
        assert_eq!(upload(&desk, "../oslo.csv", b"telefon\n", true).await.status, StatusCode::SEE_OTHER);
        assert_eq!(std::fs::read(desk.campaigns().join("lists/oslo.csv")).unwrap(), b"telefon\n");
        assert_eq!(names(&desk), ["oslo.csv"]);
        for path in ["/lists/..%2fvinter.toml", "/lists/none.csv", "/lists/%2e%2e%2f%2e%2e%2fetc%2fpasswd"] {
            assert_eq!(desk.get("Berit", path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn a_list_that_is_too_large_leaves_nothing_behind() {
    for desk in Desk::both(3, "").await {
        let answer = upload(&desk, "stor.csv", &vec![b'1'; 51_000_000], false).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(names(&desk), ["oslo.csv"]);
        let large = upload(&desk, "mindre.csv", &vec![b'\n'; 1_000_000], false).await;
        assert_eq!(large.status, StatusCode::SEE_OTHER, "larger than a form may be: {}", large.body);
    }
}

#[tokio::test]
async fn a_row_is_understood_masked_and_corrected_beside_the_list() {
    for desk in Desk::both(3, "").await {
        let list =
            format!("telefon;språk;kallenavn\n{};nb;\"A; B\"\n+46 70 174 O6 07;nb;Ola\nukjent;nb;Per\n", number(1));
        desk.write("lists/oslo.csv", &list);
        let page = desk.list("/lists/oslo.csv").await;
        page.must_say(&[
            "<b>3</b> rows",
            "<b>2</b> rows to look at",
            "<td class=\"n\">3</td>",
            "<td class=\"n\">4</td>",
        ]);
        let all = desk.list("/lists/oslo.csv?from=0").await;
        all.must_say(&["+46 ··· ·· 606"]);
        assert!(!page.shows("O6") && !all.shows("17406") && !all.says("ukjent"), "nothing of a row but its mask");
        desk.post("Berit", "/lists/oslo.csv/row", "line=3").await.must_say(&["+46 70 174 O6 07"]);
        let sound = desk.post("Berit", "/lists/oslo.csv/row", "line=2").await;
        assert_eq!(sound.status, StatusCode::NOT_FOUND, "a row that is understood is not opened");
        let seen = stamp(&desk, "oslo.csv", 3).await;
        let fixed = |was: &str| format!("line=3&what=number&number=%2B46701740607&was={was}");
        let bad = desk.post("Berit", "/lists/oslo.csv/correct", &format!("line=3&number=12&was={seen}")).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        bad.must_say(&[&format!("value=\"{seen}\"")]);
        let good = desk.post("Berit", "/lists/oslo.csv/correct", &fixed(&seen)).await;
        assert_eq!(good.leads_to.as_deref(), Some("/lists/oslo-corrected.csv"), "{}", good.body);
        assert_eq!(std::fs::read_to_string(desk.campaigns().join("lists/oslo.csv")).unwrap(), list, "as it came");
        let drop = |was: &str| format!("line=4&what=drop&was={was}");
        let over = desk.post("Berit", "/lists/oslo.csv/correct", &drop(&seen)).await;
        assert_eq!(over.status, StatusCode::CONFLICT, "a correction is not thrown away");
        let seen = stamp(&desk, "oslo-corrected.csv", 4).await;
        let dropped = desk.post("Berit", "/lists/oslo-corrected.csv/correct", &drop(&seen)).await;
        assert_eq!(dropped.leads_to.as_deref(), Some("/lists/oslo-corrected.csv"));
        desk.list("/lists/oslo-corrected.csv").await.must_say(&["Every row has a number", "Use these corrections"]);
        let used = desk.post("Berit", "/lists/oslo-corrected.csv/use", "").await;
        assert_eq!(used.leads_to.as_deref(), Some("/lists/oslo.csv"));
        let now = std::fs::read_to_string(desk.campaigns().join("lists/oslo.csv")).unwrap();
        assert_eq!(now, list.replace("+46 70 174 O6 07", "+46701740607").replace("ukjent;nb;Per\n", ""));
        assert_eq!(names(&desk), ["oslo.csv"]);
    }
}

/// The word that a row's page has for the list as it is shown there.
async fn stamp(desk: &Desk, name: &str, line: u32) -> String {
    let page = desk.post("Berit", &format!("/lists/{name}/row"), &format!("line={line}")).await;
    let (_, rest) = page.body.split_once("name=\"was\" value=\"").unwrap_or_else(|| panic!("{}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_correction_meets_the_row_that_was_shown_or_none() {
    for desk in Desk::both(3, "").await {
        desk.write("lists/oslo-corrected.csv", "telefon;kallenavn\nukjent;Eva\nvet ikke;Siri\n");
        let read = || std::fs::read_to_string(desk.campaigns().join("lists/oslo-corrected.csv")).unwrap();
        let seen = stamp(&desk, "oslo-corrected.csv", 2).await;
        let correct = async |form: String| desk.post("Berit", "/lists/oslo-corrected.csv/correct", &form).await.status;
        assert_eq!(correct(format!("line=2&what=drop&was={seen}")).await, StatusCode::SEE_OTHER);
        for late in ["what=drop", "what=number&number=%2B46701740607"] {
            assert_eq!(correct(format!("line=2&{late}&was={seen}")).await, StatusCode::CONFLICT, "{late}");
            assert_eq!(correct(format!("line=2&{late}")).await, StatusCode::CONFLICT, "{late}");
        }
        assert_eq!(read(), "telefon;kallenavn\nvet ikke;Siri\n");
    }
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_with_a_sentence() {
    for desk in Desk::both(3, "").await {
        for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n\0\0", b"<html>", b"+46701740606\n", b"PK\x03\x04broken"] {
            desk.write("lists/a.csv", bytes);
            let page = desk.list("/lists/a.csv").await;
            assert_eq!(page.status, StatusCode::OK);
            page.must_say(&["class=\"wrong\""]);
        }
    }
}

#[tokio::test]
async fn a_list_is_deleted() {
    for desk in Desk::both(3, "").await {
        assert_eq!(desk.post("Berit", "/lists/oslo.csv/delete", "").await.leads_to.as_deref(), Some("/lists"));
        assert!(names(&desk).is_empty());
        assert_eq!(desk.post("Berit", "/lists/oslo.csv/delete", "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_long_list_keeps_nobody_waiting_and_is_read_once() {
    for desk in Desk::both(20_000, "").await {
        let first = desk.get("Berit", "/lists/oslo.csv").await;
        first.must_say(&["The list is being read", "Look again"]);
        desk.list("/lists/oslo.csv").await.must_say(&["<b>20000</b> rows"]);
        desk.get("Berit", "/lists/oslo.csv").await.must_say(&["<b>20000</b> rows"]);
        desk.write("lists/oslo.csv", "telefon\nnobody\n");
        desk.list("/lists/oslo.csv").await.must_say(&["<b>1</b> row</li>"]);
    }
}
