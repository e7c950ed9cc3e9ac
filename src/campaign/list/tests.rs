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
    for delimiter in [",", ";", "\t", "|"] {
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
    assert_eq!(rows(b"\xef\xbb\xbf\xef\xbb\xbftlf;navn\n1;A\n", &["tlf"]), [row(2, &["1"])]);
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
    assert_eq!(list.understood().en, "read as CSV in UTF-8, one column");
    assert_eq!(list.understood_with(0).nb, "lest som CSV i UTF-8, én kolonne; numre fra kolonnen «telefon»");
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
    for above in ["sep=;", "\"sep=;\"", "SEP = ;", "Sep=; "] {
        let text = format!("{above}\r\ntlf;a,b,c\r\n1;2\r\n");
        assert_eq!(rows(text.as_bytes(), &["tlf"]), [row(3, &["1"])], "{above}");
    }
    assert_eq!(rows(b"sep=\t\ntlf\ta\n1\t2\n", &["tlf"]), [row(3, &["1"])]);
    for above in ["sep=", "sep=:", "\"SEP = ^\"", "sep=;;"] {
        let text = format!("{above}\ntlf:a\n1:2\n");
        assert!(matches!(fault(text.as_bytes()), (Fault::Separator, Some(1))), "{above}");
    }
}

#[test]
fn ten_thousand_columns_are_read() {
    let header: Vec<String> = (0..10_000).map(|n| format!("c{n}")).collect();
    let cells: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
    let text = format!("{}\n{}\n", header.join(";"), cells.join(";"));
    assert_eq!(rows(text.as_bytes(), &["c9999", "c0"]), [row(2, &["9999", "0"])]);
}

#[test]
fn more_columns_than_a_spreadsheet_has_are_refused() {
    let columns = |n: usize| format!("{}\n1\n", ";".repeat(n - 1));
    assert_eq!(open(columns(16_384).as_bytes()).expect("a list").header().len(), 16_384);
    for above in [String::new(), "sep=;\n".to_owned()] {
        let text = above + &columns(16_385);
        assert!(matches!(fault(text.as_bytes()), (Fault::TooManyColumns, Some(1))));
    }
}

#[test]
fn what_is_no_list_is_refused() {
    assert!(matches!(fault(b""), (Fault::Empty, None)));
    assert!(matches!(fault(b"\n\n"), (Fault::Empty, None)));
    assert!(matches!(fault(b"tlf\nabcdefgh\0ijk"), (Fault::Binary, None)));
    assert!(matches!(fault(b"\xff\xfe\0\0t\0\0\0"), (Fault::Binary, None)));
    assert!(matches!(fault(b"%PDF-1.7\n1 0 obj"), (Fault::Binary, None)));
    assert!(matches!(fault(b"\n <!DOCTYPE html><table>"), (Fault::Other(Other::Markup), None)));
    for (bytes, name) in [
        (&b"{\\rtf1\\ansi tlf\\par 1}"[..], "RTF"),
        (b"socialcalc:version:1.0\nMIME-Version: 1.0\n", "SocialCalc"),
        (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n", "DIF"),
        (b"ID;PCALCOOO32\nB;Y2;X1;D0\n", "SYLK"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"tlf\"\r\nE\r\n", "SYLK"),
    ] {
        assert!(matches!(fault(bytes), (Fault::Other(Other::Exchange(found)), None) if found == name), "{name}");
    }
    assert!(matches!(fault(b"\xef\xbb\xbftlf\n1\n\0\n"), (Fault::Nul { .. }, Some(3))));
    assert!(matches!(fault(b"navn;tlf\n\xc3\x85se;1\n\nBj\xf8rn;2\n"), (Fault::Damaged { .. }, Some(4))));
    assert!(matches!(fault(b"\xff\xfet\0l\0f\0\n\0\0\xd8\n\0"), (Fault::Damaged { .. }, _)));
    assert!(matches!(fault(b"navn;tlf\nA;1\n\n\"B;2\nC;3\n"), (Fault::OpenQuote { .. }, Some(4))));
    assert!(matches!(fault(b"navn;tlf\n\"A;1\n\"B\";2\n"), (Fault::OpenQuote { .. }, Some(2))));
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(List::open(folder.path()).map_err(|error| error.fault), Err(Fault::Directory)));
    let missing = List::open(&folder.path().join("none.csv")).expect_err("a fault");
    assert!(matches!(missing.fault, Fault::Missing));
    assert!(missing.to_string().ends_with("none.csv: there is no such file"));
}

#[test]
fn a_list_that_begins_as_another_format_does_is_a_list() {
    assert_eq!(rows(b"ID;PHONE\nA;070-1740605\n", &["PHONE"]), [row(2, &["070-1740605"])]);
    assert_eq!(rows(b"ID;Person;tlf\nC;Yvonne;1\n", &["tlf"]), [row(2, &["1"])]);
    assert_eq!(rows(b"ID;Phone;Name\n1;2;A\n", &["Phone"]), [row(2, &["2"])]);
    assert_eq!(rows(b"table\n1\n", &["table"]), [row(2, &["1"])]);
}

#[test]
fn a_row_without_end_is_refused_before_it_fills_the_memory() {
    let mut text = b"tlf\n\"".to_vec();
    text.resize(5 * 1024 * 1024, b'x');
    assert!(matches!(fault(&text), (Fault::OpenQuote { .. }, Some(2))));
}

#[test]
fn after_a_fault_there_are_no_more_rows() {
    let list = open(b"\xef\xbb\xbftlf\n1\n\0\n2\n").expect("a list");
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
    let error = open(b";;Tlf; \n").and_then(|list| list.column("navn")).expect_err("a fault");
    assert!(error.text().en.ends_with("the columns are: Tlf"), "{error}");
    let many = open("a;;".repeat(13).as_bytes()).and_then(|list| list.column("navn")).expect_err("a fault");
    assert!(many.text().en.ends_with("a, a, …"), "{many}");
}

#[test]
fn rows_do_not_print_what_they_hold() {
    let list = open(b"tlf;navn\n070-1740605;Amanda\n").expect("a list");
    let mut rows = list.rows(&[0, 1]);
    let row = rows.next().expect("a row");
    let printed = format!("{rows:?} {row:?}");
    assert!(!printed.contains("174") && !printed.contains("Amanda"), "{printed}");
}

/// UTF-16 with the low byte first, or the high one.
fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// The few letters of Mac Roman that the test needs; no encoder writes it.
fn mac_roman(text: &str) -> Vec<u8> {
    let letter = |c| match c {
        'å' => 0x8c,
        'ø' => 0xbf,
        'Å' => 0x81,
        'Ø' => 0xaf,
        _ => u8::try_from(u32::from(c)).expect("ASCII"),
    };
    text.chars().map(letter).collect()
}

// Fault 29.
#[test]
fn every_usual_encoding_is_understood_and_said() {
    let text = "navn;tlf\nBjørn på øya;070-1740605\nÅse Østbye;070-1740606\n";
    let (low, high) = (u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes as fn(u16) -> [u8; 2]);
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, bytes.as_slice()].concat();
    let windows = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    let ways: [(&str, Vec<u8>); 8] = [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", marked(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
        ("UTF-16", marked(b"\xff\xfe", wide(text, low))),
        ("UTF-16", marked(b"\xfe\xff", wide(text, high))),
        ("UTF-16", wide(text, low)),
        ("UTF-16", wide(text, high)),
        ("Windows-1252", windows),
        ("Mac Roman", mac_roman(text)),
    ];
    let expected = [row(2, &["Bjørn på øya", "070-1740605"]), row(3, &["Åse Østbye", "070-1740606"])];
    for (name, bytes) in ways {
        let list = open(&bytes).expect("a list");
        assert_eq!(list.understood().en, format!("read as CSV in {name}, ; between cells"));
        assert_eq!(rows(&bytes, &["navn", "tlf"]), expected, "{name}");
    }
}

#[test]
fn single_bytes_are_not_read_as_what_they_are_not() {
    // Curly quotes and dashes of Windows, a question in Spanish, and Cyrillic.
    assert_eq!(rows(b"navn;tlf\nDon\x92t \x96 go;1\n", &["navn"]), [row(2, &["Don’t – go"])]);
    assert_eq!(rows(b"navn;tlf\n\xbfQu\xe9?;1\n", &["navn"]), [row(2, &["¿Qué?"])]);
    assert!(matches!(fault(b"\xe8\xec\xff;\xf2\xe5\xeb\n\xc0\xed\xed\xe0;1\n"), (Fault::Foreign, None)));
}

#[test]
fn a_word_of_another_old_encoding_is_never_read_as_signs() {
    for (what, bytes) in [
        ("DOS, Norwegian", &b"navn;sted\nKari;B\x91rum\n"[..]),
        ("DOS, at the end of a word", b"navn;sted\nKari;Troms\x9b\n"),
        ("DOS, at its beginning", b"navn;sted\nKari;\x8fsen\nOla;\x9dstby\n"),
        ("DOS, a short word", b"navn;sted\nKari;p\x86 \x9bya\n"),
        ("DOS, Swedish", b"navn;sted\nG\x94ran;V\x84xj\x94\n"),
        ("DOS, German", b"navn;sted\nM\x81ller;\x81ber\n"),
        ("DOS, Spanish", b"navn;sted\nGarc\xa1a;Pe\xa4a\n"),
        ("Windows, Polish", b"navn;sted\nPawe\xb3;Krak\xf3w\nBo\xbfena;Krak\xf3w\nAnna;Krak\xf3w\n"),
        ("Windows, Polish, at its beginning", b"navn;sted\n\xa3ukasz;Krak\xf3w\n"),
        ("Windows, Polish, few letters", b"navn;sted\nBo\xbfena;Wroc\xb3aw\n"),
        ("Latin-2", b"navn;sted\nD\xb1browska;Krak\xf3w\n"),
        ("Shift-JIS", b"\x96\xbc\x91O;\x93d\x98b\n\x93c\x92\x86;1\n\x83^\x83i\x83J;2\n"),
    ] {
        assert!(matches!(fault(bytes), (Fault::Foreign, None)), "{what}");
    }
}

#[test]
fn signs_that_people_write_are_no_other_encoding() {
    for (bytes, read) in [
        (&b"a;b\nJeanne d\x92Arc;\xabH\xf4tel\xbb \x96 ici\n"[..], "Jeanne d’Arc"),
        (b"a;b\nO\x92Brien;\xa35 or 5\xa3, \xbd l\n", "O’Brien"),
        (b"a;b\nOslo\x96Bergen;20 \xb0C, 50 m\xb2, 3 m\xb3\n", "Oslo–Bergen"),
        (b"a;b\nN\xb05;\x93fin\x94 dag\x85 Lykt\xae 100 \x80 5\x89\n", "N°5"),
        (b"a;b\n\xa1Hola!;\xbfQu\xe9 tal?\n", "¡Hola!"),
        (b"a;b\n\xa1\xbfComo?!;\xbfQue tal?\n", "¡¿Como?!"),
        (b"a;b\n\x8aime \x8ei\x9eek;c\x9cur\n", "Šime Žižek"),
        (b"a;b\nBj\xf8rn;Don\x91t\n", "Bjørn"),
        (b"a;b\nG\xf6ran;\x86 2020\n", "Göran"),
    ] {
        assert_eq!(rows(bytes, &["a"]), [row(2, &[read])]);
    }
}

#[test]
fn a_list_in_old_thai_is_not_called_one_damaged_character() {
    // Names and places; by chance some of the bytes are a character of UTF-8.
    let thai = b"\xaa\xd7\xe8\xcd;\xe0\xba\xcd\xc3\xec\n\xca\xc1\xaa\xd2\xc2;1\n\xa1\xc3\xd8\xa7\xe0\xb7\xbe;2\n\
        \xe0\xc1\xd7\xcd\xa7\xe0\xaa\xd5\xc2\xa7\xe3\xcb\xc1\xe8;3\n";
    assert!(matches!(fault(thai), (Fault::Foreign, None)));
}

#[test]
fn a_character_may_lie_across_two_blocks() {
    for shift in 0..4 {
        let name = "x".repeat(64 * 1024 - 12 - shift) + "øåø";
        let text = format!("navn;tlf\n{name};1\n");
        assert_eq!(rows(text.as_bytes(), &["navn"]), [row(2, &[&name])]);
        let wide = [&b"\xff\xfe"[..], &wide(&text, u16::to_le_bytes)].concat();
        assert_eq!(rows(&wide, &["navn"]), [row(2, &[&name])]);
    }
}

#[test]
fn what_a_spreadsheet_put_around_a_cell_is_taken_off() {
    let text = b"=\"tlf\";navn;;\n=\"070-1740605\";#N/A;;\n\"=\"\"070-1740606\"\"\";\"=\"\"A\"\"\";;\n";
    assert_eq!(open(text).expect("a list").header(), ["tlf", "navn", "", ""]);
    assert_eq!(rows(text, &["tlf", "navn"]), [row(2, &["070-1740605", ""]), row(3, &["070-1740606", "A"])]);
}

#[test]
fn a_name_is_found_whatever_kind_of_space_stands_in_it() {
    assert_eq!(rows("Mobil\u{a0}nr;x\n1;2\n".as_bytes(), &["mobil  nr"]), [row(2, &["1"])]);
}

#[test]
fn of_two_columns_with_one_name_none_is_guessed() {
    let list = open(b"telefon;telefon\n90000001;90000002\n").unwrap();
    let chosen = list.phone_column(None, Region::default()).map_err(|error| error.fault);
    assert!(matches!(chosen, Err(Fault::SameName { .. })), "{chosen:?}");
}

#[test]
fn the_only_column_with_a_name_is_the_one_of_numbers() {
    assert_eq!(guess_phone_column(&["".to_owned(), "kontakt".to_owned(), " ".to_owned()]), Some(1));
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_opened() {
    for path in ["/dev/zero", "/dev/null"] {
        assert!(matches!(List::open(Path::new(path)).map_err(|error| error.fault), Err(Fault::NoFile)), "{path}");
    }
}

/// A file of Microsoft's old container with one name in its directory.
fn container(name: &str) -> Vec<u8> {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.resize(30, 0);
    bytes.push(9);
    bytes.resize(512, 0);
    bytes.extend(wide(name, u16::to_le_bytes));
    bytes.resize(1024, 0);
    bytes
}

#[test]
fn old_and_protected_workbooks_are_told_apart() {
    assert!(matches!(fault(&container("Workbook")).0, Fault::Other(Other::OldExcel)));
    assert!(matches!(fault(&container("EncryptedPackage")).0, Fault::Other(Other::Protected)));
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![any::<u8>(), prop::sample::select(b";,\"\r\n\t=a1".to_vec())];
        prop::collection::vec(byte, 0..200)
    }

    proptest! {
        #[test]
        fn what_we_write_reads_back(cells in prop::collection::vec("[a-zæøå0-9 ,;|\t\"\r\n]{0,8}", 1..40)) {
            let lines = cells.iter().map(|cell| format!("\"{}\";x\r\n", cell.replace('"', "\"\"")));
            let text = format!("a;b\n{}", lines.collect::<String>());
            let read: Vec<String> =
                rows(text.as_bytes(), &["a"]).into_iter().map(|(_, mut cells)| cells.remove(0)).collect();
            // A line end within a cell is one, however it was written.
            let plain = |cell: &String| cell.replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(read, cells.iter().map(plain).collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_make_the_reader_stumble(
            start in prop::sample::select(vec![&b""[..], b"tlf;a\n", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04"]),
            bytes in bytes(),
        ) {
            if let Ok(list) = open(&[start, bytes.as_slice()].concat()) {
                let columns: Vec<usize> = (0..list.header().len()).collect();
                for row in list.rows(&columns) {
                    prop_assert!(row.is_err() || row.is_ok_and(|row| row.cells.len() == columns.len()));
                }
            }
        }
    }
}
