//! Lists as people save them, and files that are no lists. Numbers are set aside for fiction.

use std::io::Write;

use tempfile::NamedTempFile;

use super::*;

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("it takes bytes");
    file
}

fn open(bytes: &[u8]) -> Result<List, ListError> {
    List::open(file(bytes).path())
}

/// Line and cells of each row.
fn rows(bytes: &[u8], columns: &[&str]) -> Vec<(u64, Vec<String>)> {
    let rows = open(bytes).and_then(|list| list.rows_named(columns)).expect("a list");
    rows.map(|row| {
        row.map(|row| (row.line, row.cells.iter().map(|cell| cell.expose().clone()).collect())).expect("a row")
    })
    .collect()
}

fn fault(bytes: &[u8]) -> (Fault, Option<u64>) {
    let read = open(bytes).and_then(|list| list.rows(&[0]).collect::<Result<Vec<_>, _>>());
    let error = read.expect_err("a fault");
    let line = error.line();
    (error.fault, line)
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|&cell| cell.to_owned()).collect())
}

#[test]
fn every_usual_delimiter_and_line_end_is_understood() {
    for delimiter in [",", ";", "\t"] {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("navn,tlf{end}Anna,1{end}{end}Bea,2").replace(',', delimiter);
            assert_eq!(
                rows(text.as_bytes(), &["tlf", "navn"]),
                [row(2, &["1", "Anna"]), row(4, &["2", "Bea"])],
                "{text:?}"
            );
        }
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    assert_eq!(rows(b"\xef\xbb\xbftlf;navn\n1;A\n", &["tlf"]), [row(2, &["1"])]);
}

#[test]
fn a_row_is_placed_where_it_begins() {
    let text = b"tlf,note\n\n\"1\",\"two\r\nlines, and \"\"quotes\"\"\"\n \t\n2,x\n";
    assert_eq!(rows(text, &["tlf", "note"]), [row(3, &["1", "two\nlines, and \"quotes\""]), row(6, &["2", "x"])]);
}

#[test]
fn short_rows_have_empty_cells_and_long_ones_are_cut() {
    assert_eq!(
        rows(b"a;b;c\n1\n1;2;3;4\n;;\n", &["a", "c"]),
        [row(2, &["1", ""]), row(3, &["1", "3"]), row(4, &["", ""])]
    );
}

#[test]
fn a_list_of_one_column_keeps_commas_in_its_cells() {
    let text = "telefon\n070-1740605, 070-1740606\n\"070-1740607; ring\"\n";
    let list = open(text.as_bytes()).expect("a list");
    assert_eq!(list.delimiter(), None);
    assert_eq!(
        rows(text.as_bytes(), &["telefon"]),
        [row(2, &["070-1740605, 070-1740606"]), row(3, &["070-1740607; ring"])]
    );
}

#[test]
fn a_quote_within_a_cell_is_only_a_sign() {
    assert_eq!(rows(b"a,b\n12\" pizza,x\n", &["a", "b"]), [row(2, &["12\" pizza", "x"])]);
}

#[test]
fn the_delimiter_that_a_spreadsheet_names_is_obeyed() {
    assert_eq!(rows(b"sep=;\r\ntlf;a,b,c\r\n1;2\r\n", &["tlf"]), [row(3, &["1"])]);
}

#[test]
fn ten_thousand_columns_are_read() {
    let header: Vec<String> = (0..10_000).map(|n| format!("c{n}")).collect();
    let cells: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
    let text = format!("{}\n{}\n", header.join(";"), cells.join(";"));
    assert_eq!(rows(text.as_bytes(), &["c9999", "c0"]), [row(2, &["9999", "0"])]);
}

#[test]
fn what_is_no_list_is_refused() {
    assert!(matches!(fault(b""), (Fault::Empty, None)));
    assert!(matches!(fault(b"\n\n"), (Fault::Empty, None)));
    assert!(matches!(fault(b"\xff\xfet\0l\0f\0"), (Fault::Utf16, None)));
    assert!(matches!(fault(b"t\0l\0f\0\n\0"), (Fault::Utf16, None)));
    assert!(matches!(fault(b"PK\x03\x04rest"), (Fault::Workbook, None)));
    assert!(matches!(fault(b"tlf\nabcdefgh\0ijk"), (Fault::Binary, None)));
    assert!(matches!(fault(b"navn;tlf\nA;1\n\nBj\xf8rn;2\n"), (Fault::NotUtf8 { .. }, Some(4))));
    assert!(matches!(fault(b"navn;tlf\nA;1\n\"B;2\nC;3\n"), (Fault::OpenQuote { .. }, Some(3))));
    assert!(matches!(fault(b"navn;tlf\n\"A;1\n\"B\";2\n"), (Fault::OpenQuote { .. }, Some(2))));
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(List::open(folder.path()).map_err(|error| error.fault), Err(Fault::Directory)));
    let missing = List::open(&folder.path().join("none.csv")).expect_err("a fault");
    assert!(matches!(missing.fault, Fault::Missing));
    assert!(missing.to_string().ends_with("none.csv: there is no such file"));
}

#[test]
fn a_row_without_end_is_refused_before_it_fills_the_memory() {
    let mut text = b"tlf\n\"".to_vec();
    text.resize(5 * 1024 * 1024, b'x');
    assert!(matches!(fault(&text), (Fault::OpenQuote { .. }, Some(2))));
}

#[test]
fn after_a_fault_there_are_no_more_rows() {
    let list = open(b"tlf\n1\n\xff\n2\n").expect("a list");
    let read: Vec<bool> = list.rows(&[0]).map(|row| row.is_ok()).collect();
    assert_eq!(read, [true, false]);
}

#[test]
fn a_first_person_in_place_of_the_header_is_not_lost() {
    let norway = Region::parse("NO").expect("a region");
    for text in ["+46 70 174 06 05\n+46 70 174 06 06\n", "Anna;+46701740605\nBea;+46701740606\n"] {
        let error = open(text.as_bytes()).and_then(|list| list.phone_column(None, norway)).expect_err("a fault");
        assert!(matches!(error.fault, Fault::HeaderIsNumber));
        assert!(!error.to_string().contains("174"));
    }
    let error = open(b"a;b\n").and_then(|list| list.phone_column(None, norway)).expect_err("a fault");
    assert!(error.text().nb.ends_with("kolonnene er: a, b"));
}

#[test]
fn rows_do_not_print_what_they_hold() {
    let list = open(b"tlf;navn\n070-1740605;Amanda\n").expect("a list");
    let mut rows = list.rows(&[0, 1]);
    let row = rows.next().expect("a row");
    let printed = format!("{rows:?} {row:?}");
    assert!(!printed.contains("174") && !printed.contains("Amanda"), "{printed}");
}
