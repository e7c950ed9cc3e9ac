//! Lists: CSV in every encoding, and workbooks. Whatever the file, it is read to its end or refused; no cell is invented, and
//! a row behind it is a row more.

use std::io::{Cursor, Write};

use lykt::campaign::list::{List, ListError, Row};
use lykt::domain::phone::Region;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::scratch;

const THEIRS: &str = "+46701740605";
const RELATIONS: &str =
    r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const PARTS: &str = r#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>"#;
const ONE_SHEET: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="Ark1" r:id="rId1"/></sheets></workbook>"#;
const STRINGS: &str = "<sst><si><t>telefon</t></si><si><t>+46701740605</t></si></sst>";
const STYLES: &str = r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
/// What parts the parts of a workbook in an input.
const BETWEEN: &str = "\n=====\n";

/// A list as it was read: its header and its rows, or what stopped it after some of them.
type Read = (Vec<String>, Vec<Row>, Option<ListError>);

fn read(bytes: &[u8]) -> Result<Read, ListError> {
    let path = scratch::file("list", bytes);
    let list = List::open(&path)?;
    let header = list.header().to_vec();
    let _ = list.phone_column(None, Region::parse("NO").expect("a region"));
    let survey = List::open(&path)?.survey();
    let (mut rows, mut wrong) = (Vec::new(), None);
    for row in list.rows(&(0..header.len()).collect::<Vec<_>>()) {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => wrong = Some(error),
        }
    }
    match (&survey, &wrong) {
        (Ok(facts), None) => assert_eq!(facts.rows, rows.len() as u64, "two readings of one list differ"),
        // A survey looks into no cells, and takes what a reading stumbles over.
        (_, Some(wrong)) => assert!(!wrong.to_string().is_empty()),
        (Err(wrong), None) => panic!("a list that can be read is refused: {wrong}"),
    }
    assert!(rows.iter().all(|row| row.cells.len() == header.len()));
    // Who asks for one column gets the same cells.
    if let Some(last) = header.len().checked_sub(1) {
        let one = List::open(&path)?.rows(&[last]).map_while(Result::ok);
        for (row, one) in rows.iter().zip(one) {
            assert_eq!((row.line, row.cells[last].expose()), (one.line, one.cells[0].expose()));
        }
    }
    Ok((header, rows, wrong))
}

/// A CSV file, byte for byte.
pub fn text(data: &[u8]) {
    let Ok((header, rows, None)) = read(data) else { return };
    assert!(rows.is_sorted_by(|one, next| one.line < next.line), "rows come in order");
    let cells = || rows.iter().flat_map(|row| &row.cells);
    let length: usize = cells().map(|cell| cell.expose().len()).sum();
    assert!(length <= 3 * data.len() && rows.len() <= data.len(), "{length} bytes in cells from {}", data.len());
    let is_utf8 = std::str::from_utf8(data).is_ok() && !data.contains(&0) && !data.starts_with(b"PK");
    if is_utf8 {
        // A row more changes none before it, but where it shows how the file is parted.
        let more = [data, b"\n", THEIRS.as_bytes()].concat();
        let (again, longer, wrong) = read(&more).expect("a list with a row more is a list");
        assert!(wrong.is_none(), "a row more cannot be read");
        if again == header && !rows.is_empty() {
            assert_eq!(longer.len(), rows.len() + 1);
            assert_eq!(longer.last().map(|row| row.cells[0].expose().trim().to_owned()).as_deref(), Some(THEIRS));
            assert!(rows.iter().zip(&longer).all(|(row, again)| same(row, again)), "a row more changes another");
        }
        // Told apart by a mark, it is the same list in UTF-16.
        if let Ok(text) = std::str::from_utf8(data).map(|text| text.trim_start_matches('\u{feff}')) {
            let wide: Vec<u8> =
                "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            let (again, wider, wrong) = read(&wide).expect("the same list");
            assert!(again == header && wrong.is_none() && wider.len() == rows.len(), "UTF-16 is another list");
            assert!(rows.iter().zip(&wider).all(|(row, again)| same(row, again)), "UTF-16 changes a cell");
        }
    }
}

fn same(one: &Row, other: &Row) -> bool {
    one.line == other.line && one.cells.iter().zip(&other.cells).all(|(one, other)| one.expose() == other.expose())
}

/// A workbook: as it is when it begins as one, else put together from the parts that the input has.
pub fn workbook(data: &[u8]) {
    if data.starts_with(b"PK") {
        let _ = read(data);
        return;
    }
    let text = String::from_utf8_lossy(data);
    let mut given = text.split(BETWEEN);
    let mut part = |ours: &str| given.next().filter(|part| !part.trim().is_empty()).unwrap_or(ours).to_owned();
    let sheet = part("");
    let sheet = match sheet.trim_start().starts_with("<row") {
        true => format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>"),
        false => sheet,
    };
    let parts = [
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", part(STRINGS)),
        ("xl/styles.xml", part(STYLES)),
        ("xl/workbook.xml", part(ONE_SHEET)),
        ("xl/_rels/workbook.xml.rels", part(PARTS)),
        ("_rels/.rels", part(RELATIONS)),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in &parts {
        zip.start_file(*name, plain).expect("a part");
        zip.write_all(text.as_bytes()).expect("its bytes");
    }
    let bytes = zip.finish().expect("an archive").into_inner();
    let Ok((_, rows, _)) = read(&bytes) else { return };
    // A text may stand in many cells, so that there is no bound on all of them; on one there is.
    let longest = rows.iter().flat_map(|row| &row.cells).map(|cell| cell.expose().len()).max();
    assert!(longest.unwrap_or(0) <= 2 * data.len() + 64 && rows.len() <= data.len());
}
