//! Files beside campaigns: what is wrong is named by its line, and what our pages show is right.

use std::path::Path;

use super::*;
use crate::campaign::file::Severity;

/// The mistakes of a file: line, code, severity.
fn mistakes(kind: Kind, text: &str) -> Vec<(usize, &'static str)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    std::fs::write(&path, text).unwrap();
    let checked = kind.check(&path, folder.path(), None);
    checked.mistakes.iter().map(|mistake| (checked.position(mistake).0, mistake.code)).collect()
}

/// The blocks of TOML on a page of ours.
pub(super) fn blocks(page: &str) -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    page.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect()
}

fn example(page: &str) -> String {
    blocks(page).remove(0)
}

pub(super) const ROUTINE: &str = "[[routine]]\nname = \"log-in\"\ntitle.nb = \"Logg inn\"\ncron = \"0 10 * * *\"\nowner = \"Kari\"\nsubstitute = \"Ola\"\n";

#[test]
fn the_examples_on_our_pages_have_no_mistake() {
    assert_eq!(mistakes(Kind::Routines, &example("presence.md")), []);
    assert_eq!(mistakes(Kind::Services, &example("services.md")), []);
    assert_eq!(mistakes(Kind::Platforms, &example("market.md")), []);
    let page = blocks("market.md");
    assert_eq!(mistakes(Kind::Routines, &page[1]), []);
    assert_eq!(mistakes(Kind::Questions, &page[2]), []);
}

#[test]
fn a_mistake_in_a_routine_is_named_by_its_line() {
    let with = |from: &str, to: &str| mistakes(Kind::Routines, &ROUTINE.replace(from, to));
    assert_eq!(with("", ""), []);
    assert_eq!(with("0 10", "0 25"), [(4, "bad_cron")]);
    assert_eq!(with("0 10 * * *", "*/5 * * * *"), [(4, "too_often")]);
    assert_eq!(with("log-in", "Logg inn!"), [(2, "bad_name")]);
    assert_eq!(with("owner =", "eier ="), [(1, "missing_key"), (5, "unknown_key")]);
    assert_eq!(with("substitute = \"Ola\"\n", ""), [(5, "no_substitute")]);
    assert_eq!(with("title.nb", "title.th"), [(3, "unknown_language")]);
    assert_eq!(with("cron = \"0 10 * * *\"", "unused = \"60 days\""), [(4, "missing_key")]);
    assert_eq!(with("[[routine]]", "[routine]"), [(1, "wrong_type")]);
    assert_eq!(mistakes(Kind::Routines, &format!("{ROUTINE}{ROUTINE}")), [(7, "duplicate")]);
    assert_eq!(mistakes(Kind::Routines, &format!("{ROUTINE}unused = \"60 days\"\n")), [(7, "twofold")]);
    assert_eq!(mistakes(Kind::Routines, ""), [(1, "missing_section")]);
}

#[test]
fn a_missing_substitute_is_only_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routines.toml");
    std::fs::write(&path, ROUTINE.replace("substitute = \"Ola\"\n", "")).unwrap();
    let (checked, routines) = Routine::read_all(&path, folder.path(), None);
    assert_eq!((checked.mistakes[0].severity, routines.len()), (Severity::Warning, 1));
    assert_eq!((routines[0].title.en.as_str(), routines[0].title.nb.as_str()), ("Logg inn", "Logg inn"));
}

#[test]
fn a_file_is_known_by_its_place() {
    let kind = |path: &str| Kind::of(Path::new(path));
    assert_eq!(kind("campaigns/vinter.toml"), None);
    assert_eq!(kind("campaigns/routines.toml"), Some(Kind::Routines));
    assert_eq!(kind("campaigns/routines/x.toml"), Some(Kind::Routines));
    assert_eq!(kind("campaigns/routines/x.txt"), None);
}

pub(super) const SERVICE: &str = "[[service]]\nname = \"olafia\"\ntitle = \"Olafia\"\nkind = \"sti_test\"\nwhere = [\"Oslo\"]\nchecked = 2026-10-01\n";

#[test]
fn a_mistake_in_a_service_is_named_by_its_line() {
    let with = |from: &str, to: &str| mistakes(Kind::Services, &SERVICE.replace(from, to));
    assert_eq!(with("", ""), []);
    assert_eq!(with("\"Oslo\"", "\"Oslo\", \"Thailand\""), [(5, "unknown_place")]);
    assert_eq!(with("Oslo", "Herøy"), [(5, "unknown_place")]);
    assert_eq!(with("[\"Oslo\"]", "[]"), [(5, "empty")]);
    assert_eq!(with("sti_test", "STI-test"), [(4, "bad_kind")]);
    assert_eq!(with("2026-10-01", "\"i fjor\""), [(6, "wrong_type")]);
    assert_eq!(with("checked", "text.xx = \"a\"\nchecked"), [(6, "unknown_language")]);
}

#[test]
fn an_entry_that_nobody_has_looked_at_for_six_months_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.toml");
    std::fs::write(&path, SERVICE).unwrap();
    let codes = |today: &str| {
        let checked = Kind::Services.check(&path, folder.path(), Some(today.parse().unwrap()));
        checked.mistakes.iter().map(|mistake| mistake.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("2027-03-31"), [""; 0]);
    assert_eq!(codes("2027-04-01"), ["old"]);
    assert_eq!(codes("2026-09-30"), ["bad_date"]);
}

#[test]
fn a_sheet_of_services_is_read_as_spreadsheets_write_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let sheet = "name;title;kind;where;checked;anonymous;text.nb\r\n\
        olafia;Olafia;sti_test;Oslo, Akershus;01.10.2026;ja;gratis test\r\n\
        \r\n\
        b;B;sti_test;Atlantis;2026-10-01;;\r\n\
        c;C;lawyer;Norge;i fjor;kanskje;\r\n";
    std::fs::write(&path, sheet).unwrap();
    let (checked, services) = Service::read_all(&path, folder.path(), None);
    let found: Vec<_> = checked.mistakes.iter().map(|m| (checked.position(m).0, m.code)).collect();
    assert_eq!(found, [(4, "unknown_place"), (5, "bad_date"), (5, "wrong_type")]);
    assert_eq!(services.len(), 1);
    let one = &services[0];
    assert_eq!(
        (one.areas.len(), one.anonymous, one.said("nb"), one.said("th")),
        (2, Some(true), "gratis test", "gratis test")
    );
    assert_eq!(one.checked.to_string(), "2026-10-01");
}

#[test]
fn a_mistake_in_a_platform_or_a_question_is_named_by_its_line() {
    let platform = "[[platform]]\nname = \"x\"\ntitle = \"X\"\nreview = 2027-01-01\n";
    assert_eq!(mistakes(Kind::Platforms, platform), []);
    assert_eq!(mistakes(Kind::Platforms, &platform.replace("title", "tittel")), [(3, "unknown_key")]);
    assert_eq!(mistakes(Kind::Platforms, &platform.replace("2027-01-01", "\"snart\"")), [(4, "wrong_type")]);
    let question = "[[question]]\nname = \"where\"\ntext = \"Hvor?\"\nanswers = { x = \"X\" }\n";
    assert_eq!(mistakes(Kind::Questions, question), []);
    assert_eq!(mistakes(Kind::Questions, &question.replace("{ x = \"X\" }", "{}")), [(4, "bad_answers")]);
    assert_eq!(mistakes(Kind::Questions, &question.replace("{ x = \"X\" }", "[\"X\"]")), [(4, "wrong_type")]);
    assert_eq!(mistakes(Kind::Questions, &question.replace("x = \"X\"", "x = \"X\", Y = 3")), [(4, "bad_name")]);
}
