//! Workbooks as programs write them, made by hand so that each oddity is seen. Numbers are set aside for fiction.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::campaign::list::{Other, said};
use crate::domain::lang::Text;
use crate::domain::phone::{ProblemCode, Region, find_numbers};

const RELATIONS: &str = r#"<Relationships>
<Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const PARTS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId4" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const ONE_SHEET: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="Ark1" r:id="rId1"/></sheets></workbook>"#;
/// Style 1 is a built-in day, style 2 one of the workbook's own, style 3 a number that looks like one.
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="d/m &quot;i&quot; yyyy"/>
<numFmt numFmtId="165" formatCode="0 &quot;dager&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"#;
const STRINGS: &str = r#"<sst count="9" uniqueCount="99999999999999"><si><t>telefon</t></si><si><t>navn</t></si>
<si><r><t>070</t></r><r><rPr><b/></rPr><t xml:space="preserve">-1740605</t></r><rPh><t>xx</t></rPh></si>
<si><t>&#197;se &amp; Bjørn_x000D_</t></si><si/></sst>"#;

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(*name, plain).expect("a part");
        zip.write_all(text.as_bytes()).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A workbook of one sheet with these rows.
fn workbook(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><dimension ref=\"A1\"/><sheetData>{rows}</sheetData></worksheet>");
    archive(&[
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", ONE_SHEET),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/sharedStrings.xml", STRINGS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn open(bytes: &[u8]) -> Result<(Workbook, Vec<String>), Fault> {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("it takes bytes");
    Workbook::open(file)
}

/// Row number and cells of each row.
fn rows(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Fault> {
    let (mut workbook, header) = open(bytes)?;
    let columns: Vec<usize> = (0..header.len()).collect();
    let mut rows = Vec::new();
    while let Some(cells) = workbook.next_row(&columns)? {
        rows.push((workbook.line(), cells.iter().map(|cell| cell.expose().clone()).collect()));
    }
    Ok(rows)
}

/// What becomes of one cell below the header "telefon".
fn cell(tag: &str) -> String {
    let header = "<row r=\"1\"><c t=\"s\"><v>0</v></c></row>";
    let sheet = format!("{header}<row r=\"2\">{tag}<c r=\"B2\"><v>1</v></c></row>");
    rows(&workbook(&sheet)).expect("rows").remove(0).1.remove(0)
}

#[test]
fn shared_and_inline_texts_and_gaps_are_read_with_the_number_of_their_row() {
    let bytes = workbook(
        r#"<row r="3"><c r="B3" t="s"><v>1</v></c><c r="A3" t="s"><v>0</v></c></row><row r="4"><c r="A4" s="1"/></row>
        <row r="7"><c r="A7" t="s"><v>2</v></c><c r="B7" t="s"><v>3</v></c><c r="XFD7"><v>1</v></c></row>
        <row><c t="inlineStr"><is><t>070-</t><t>1740606</t></is><v>9</v></c><c r="B8" t="s"><v>4</v></c></row>
        <row r="9"/><row r="11"><c r="B11" t="str"><f>A1&amp;""</f><v></v></c></row>"#,
    );
    assert_eq!(open(&bytes).expect("a workbook").1, ["telefon", "navn"]);
    let row = |line, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
    assert_eq!(rows(&bytes).expect("rows"), [row(7, ["070-1740605", "Åse & Bjørn\r"]), row(8, ["070-1740606", ""])]);
}

// Fault 28: the wrong cells of spreadsheets.
#[test]
fn a_number_is_its_digits_or_no_number_at_all() {
    for (tag, text) in [
        ("<c><v>701740605</v></c>", "701740605"),
        ("<c><v>7.01740605E8</v></c>", "701740605"),
        ("<c s=\"3\"><v>701740605</v></c>", "701740605"),
        ("<c t=\"n\"><v>3.5</v></c>", "3.5"),
        ("<c t=\"e\"><v>#REF!</v></c>", ""),
        ("<c t=\"b\"><v>1</v></c>", "TRUE"),
        ("<c s=\"1\"><v>46357</v></c>", "2026-12-01"),
        ("<c s=\"2\"><v>46357.5</v></c>", "2026-12-01 12:00"),
        ("<c s=\"1\"><v>0.75</v></c>", "18:00"),
        ("<c t=\"str\"><f>\"070\"</f><v>0701740605</v></c>", "0701740605"),
        ("<c><f>A1</f></c>", ""),
    ] {
        assert_eq!(cell(tag), text, "{tag}");
    }
}

#[test]
fn a_cell_from_which_digits_may_be_lost_never_gives_a_number() {
    let regions = ["NO", "SE", "GB", "DK", "DE", "US"].map(|code| Region::parse(code).expect("a region"));
    let numbers = [
        "70174060.5",
        "701740605.5",
        "91234567.25",
        "4791.234567",
        "0.91234567",
        "0.2800",
        "12345.5",
        "1250.75",
        "-91234567",
        "-4791234567",
        "1e20",
        "9.1234567E-5",
        "123456.7",
        "22334.455",
        "4791234567890123",
    ];
    for (number, style) in numbers.into_iter().flat_map(|number| [(number, 0), (number, 1)]) {
        let text = cell(&format!("<c s=\"{style}\"><v>{number}</v></c>"));
        for region in regions {
            assert!(find_numbers(&text, region).numbers.is_empty(), "{number}: {text}");
        }
    }
    for lost in ["<c><v>70174060.5</v></c>", "<c s=\"1\"><v>701740605</v></c>"] {
        let problem = find_numbers(&cell(lost), regions[1]).problem.map(|problem| problem.code);
        assert_eq!(problem, Some(ProblemCode::SpreadsheetNumber), "{lost}");
    }
}

#[test]
fn days_are_no_numbers_of_people() {
    let norway = Region::parse("NO").expect("a region");
    let all = (0..73_100).step_by(97).flat_map(|day| [format!("{day}"), format!("{day}.6")]);
    for day in all.chain(["2958465".to_owned(), "123456.7".to_owned()]) {
        let text = value::text(&day, value::Format::Day, false);
        assert!(find_numbers(&text, norway).numbers.is_empty(), "{day}: {text}");
    }
}

#[test]
fn a_formula_that_was_never_calculated_is_counted_and_said() {
    let sheet = r#"<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c><f>B2</f><v/></c><c r="B2"><v>1</v></c></row>
        <row r="3"><c t="str"><f>""</f><v></v></c><c r="B3"><v>1</v></c></row><row r="4"><c><f>B4</f><v>1</v></c></row>
        <row r="5" hidden="1"><c><f>B5</f></c></row>"#;
    let (mut workbook, _) = open(&workbook(sheet)).expect("a workbook");
    while workbook.next_row(&[0]).expect("a row").is_some() {}
    assert_eq!((workbook.uncalculated(), workbook.hidden()), (1, 1));
    let told = said(&Text { en: "read".to_owned(), nb: "lest".to_owned() }, 0, 1);
    assert!(told.en.starts_with("read; formulas that were never calculated"), "{}", told.en);
    assert!(told.nb.ends_with("åpne arbeidsboken i et regneark og lagre den"), "{}", told.nb);
}

#[test]
fn no_two_rows_have_one_line() {
    let header = r#"<row r="1"><c t="s"><v>0</v></c></row>"#;
    let body: String =
        [5, 5, 2, 0, 9].iter().map(|r| format!("<row r=\"{r}\"><c><v>701740605</v></c></row>")).collect();
    let read = rows(&workbook(&format!("{header}{body}"))).expect("rows");
    assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
}

#[test]
fn hidden_sheets_and_rows_are_not_read() {
    let book = r#"<workbook><sheets><sheet name="Skjult" state="veryHidden" id="rId1"/><sheet name="Ark2" id="rId2"/>
        </sheets></workbook>"#;
    let one = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let two = r#"<worksheet><sheetData><row><c t="inlineStr"><is><t>tlf</t></is></c></row>
        <row hidden="1"><c><v>1</v></c></row><row r="3"><c><v>2</v></c></row></sheetData></worksheet>"#;
    let bytes = archive(&[
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/worksheets/sheet1.xml", one),
        ("xl/worksheets/sheet2.xml", two),
    ]);
    let (mut workbook, header) = open(&bytes).expect("a workbook");
    assert_eq!(header, ["tlf"]);
    assert_eq!((workbook.sheet.as_str(), workbook.others.as_slice()), ("Ark2", &["Skjult".to_owned()][..]));
    assert!(workbook.next_row(&[0]).expect("a row").is_some_and(|cells| cells[0].expose() == "2"));
    assert!(workbook.next_row(&[0]).expect("the end").is_none());
    assert_eq!(workbook.hidden(), 1);
}

#[test]
fn a_damaged_workbook_is_never_half_a_list() {
    let good = workbook("<row><c t=\"s\"><v>0</v></c></row><row><c><v>701740605</v></c></row>");
    assert_eq!(rows(&good).expect("rows").len(), 1);
    // One digit of a number, changed behind the archive's back.
    let place = good.windows(9).position(|window| window == b"701740605").expect("the number");
    let mut changed = good.clone();
    changed[place + 8] = b'6';
    assert!(matches!(rows(&changed), Err(Fault::BrokenWorkbook)));
    assert!(matches!(rows(&good[..good.len() / 2]), Err(Fault::BrokenWorkbook)));
    let unended = archive(&[
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", ONE_SHEET),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>1</v></c></row>"),
    ]);
    assert!(matches!(rows(&unended), Err(Fault::BrokenWorkbook)));
    for wrong in ["<row><c t=\"s\"><v>77</v></c></row>", "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>"] {
        assert!(matches!(rows(&workbook(wrong)), Err(Fault::BrokenWorkbook)), "{wrong}");
    }
    assert!(matches!(rows(&workbook("")), Err(Fault::NoSheet)));
}

#[test]
fn a_cell_without_end_is_refused_before_it_fills_the_memory() {
    let long = "x".repeat(3 * 1024 * 1024);
    let pieces = "&amp;".repeat(1_100_000);
    for text in [long, pieces] {
        let cell = format!("<row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
        assert!(matches!(rows(&workbook(&cell)), Err(Fault::TooLarge)));
    }
}

#[test]
fn what_a_workbook_says_of_itself_is_refused_before_it_fills_the_memory() {
    let long = "x".repeat(5_000);
    let named = ONE_SHEET.replace("Ark1", &long);
    let book = format!("<workbook>{}</workbook>", format!("<!--{}-->", "x".repeat(1_000_000)).repeat(68));
    let relations = [PARTS.replace("rId1", &long), PARTS.replace("worksheets/sheet1.xml", &long)];
    for (book, relations) in
        [(named.as_str(), PARTS), (ONE_SHEET, &relations[0]), (ONE_SHEET, &relations[1]), (book.as_str(), PARTS)]
    {
        let bytes = archive(&[
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"),
        ]);
        assert!(matches!(open(&bytes), Err(Fault::TooLarge)));
    }
}

#[test]
fn what_other_programs_save_is_named() {
    for (part, expected) in [
        ("content.xml", Other::OpenDocument),
        ("Index/Document.iwa", Other::Numbers),
        ("xl/workbook.bin", Other::BinaryExcel),
        ("word/document.xml", Other::Archive),
    ] {
        let bytes = archive(&[("_rels/.rels", "<Relationships/>"), (part, "x")]);
        assert!(matches!(open(&bytes), Err(Fault::Other(other)) if other == expected), "{part}");
    }
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_the_reader_stumble(place in 0..3_000_usize, byte: u8, length in 0..3_000_usize) {
        let mut bytes = workbook("<row><c t=\"s\"><v>0</v></c></row><row><c s=\"1\"><v>46357</v></c></row>");
        let place = place % bytes.len();
        bytes[place] = byte;
        rows(&bytes).ok();
        bytes.truncate(length % bytes.len());
        rows(&bytes).ok();
    }
}

#[test]
fn a_row_or_a_column_beyond_every_sheet_is_a_broken_workbook() {
    let header = r#"<row r="1"><c t="inlineStr"><is><t>telefon</t></is></c></row>"#;
    let far = "Z".repeat(20);
    for (row, column) in [("18446744073709551615", "A"), ("16777217", "A"), ("2", "XFE"), ("2", far.as_str())] {
        let rows_of =
            format!(r#"{header}<row r="{row}"><c r="{column}2"><v>1</v></c></row><row><c><v>1</v></c></row>"#);
        assert!(matches!(rows(&workbook(&rows_of)), Err(Fault::BrokenWorkbook)), "row {row}, column {column}");
    }
}
