//! The command on a small list; its numbers are set aside for fiction.

use super::*;

fn look(text: &str, json: bool, lang: Lang) -> (Result<Exit, Stop>, String) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("it takes bytes");
    let ctx = Ctx { config: PathBuf::from("none.toml"), lang, json, actor: None, colour: false };
    let args = Inspect { file: file.path().to_owned(), column: None, region: "SE".to_owned() };
    let mut out = Vec::new();
    let exit = inspect(&ctx, &args, Region::parse("SE").expect("a region"), &mut out);
    (exit, String::from_utf8(out).expect("text"))
}

const LIST: &str = "navn;telefon\nA;070-174 06 05\n\nB;070 174 O6 05\nC;070-1740605 / 070-1740606\nD;\n";

#[test]
fn json_is_a_line_a_row() {
    let (exit, out) = look(LIST, true, Lang::Nb);
    assert_eq!(exit.expect("done"), Exit::Done);
    assert_eq!(
        out,
        r#"{"line":2,"addresses":["+46701740605"],"problem":null}
{"line":4,"addresses":[],"problem":{"code":"looks_like","suggestion":"+46701740605"}}
{"line":5,"addresses":["+46701740605","+46701740606"],"problem":null}
{"line":6,"addresses":[],"problem":{"code":"empty","suggestion":null}}
"#
    );
}

#[test]
fn a_person_reads_a_table_within_80_columns() {
    for (lang, sum) in [
        (Lang::En, "4 rows, 3 numbers, 1 of them a double, 2 rows to look at"),
        (Lang::Nb, "4 rader, 3 numre, 1 av dem dublett, 2 rader å se på"),
    ] {
        let (_, out) = look(LIST, false, lang);
        assert!(out.contains(sum), "{out}");
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    }
}

#[test]
fn a_list_without_a_phone_column_is_wrong_use() {
    let (exit, out) = look("navn;sted\nA;Oslo\n", true, Lang::En);
    let Err(Stop::List(error)) = exit else { panic!("a fault of the list") };
    assert!(error.to_string().ends_with("the columns are: navn, sted"));
    assert_eq!(out, "");
}
