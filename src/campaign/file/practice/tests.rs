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

/// The first block of TOML on a page of ours.
fn example(page: &str) -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

const ROUTINE: &str = "[[routine]]\nname = \"log-in\"\ntitle.nb = \"Logg inn\"\ncron = \"0 10 * * *\"\nowner = \"Kari\"\nsubstitute = \"Ola\"\n";

#[test]
fn the_examples_on_our_pages_have_no_mistake() {
    assert_eq!(mistakes(Kind::Routines, &example("presence.md")), []);
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
