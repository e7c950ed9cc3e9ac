//! Tables as an Excel workbook: a sheet each, figures as figures. Pure; what a cell begins with is never a formula.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::domain::inert::xml;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count, or nothing where there is none to show.
    Count(Option<i64>),
    /// A number with digits behind the point, or nothing.
    Number(Option<f64>),
}

/// A sheet: its name, its heading and its rows.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// At most 31 characters, none of them `[]:*?/\`.
    pub name: String,
    /// The first row.
    pub head: Vec<String>,
    /// The others.
    pub rows: Vec<Vec<Cell>>,
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The workbook as a file.
///
/// # Errors
/// None in memory; as the archive has it.
pub fn write(sheets: &[Sheet]) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of day stands in it, so that the same figures are the same file.
    let options = SimpleFileOptions::default();
    let mut part = |name: &str, text: String| -> std::io::Result<()> {
        zip.start_file(name, options)?;
        zip.write_all(XML.as_bytes())?;
        zip.write_all(text.as_bytes())
    };
    let numbers = || 1..=sheets.len();
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let overrides: String = numbers()
        .map(|n| format!("<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{kind}.worksheet+xml\"/>"))
        .collect();
    part(
        "[Content_Types].xml",
        format!(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/>{overrides}</Types>"
        ),
    )?;
    part(
        "_rels/.rels",
        format!(
            "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    )?;
    let named: String = sheets
        .iter()
        .zip(numbers())
        .map(|(sheet, n)| format!("<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>", xml(&sheet.name)))
        .collect();
    part(
        "xl/workbook.xml",
        format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{named}</sheets></workbook>"),
    )?;
    let related: String = numbers()
        .map(|n| {
            format!("<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>")
        })
        .collect();
    part("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{RELATIONS}\">{related}</Relationships>"))?;
    for (sheet, n) in sheets.iter().zip(numbers()) {
        part(&format!("xl/worksheets/sheet{n}.xml"), body(sheet))?;
    }
    Ok(zip.finish()?.into_inner())
}

fn body(sheet: &Sheet) -> String {
    let head: Vec<Cell> = sheet.head.iter().cloned().map(Cell::Text).collect();
    let mut out = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    for (row, n) in std::iter::once(&head).chain(&sheet.rows).zip(1..) {
        // Writing to a string never fails.
        let _ = write!(out, "<row r=\"{n}\">");
        row.iter().for_each(|cell| out.push_str(&one(cell)));
        out.push_str("</row>");
    }
    out.push_str("</sheetData></worksheet>");
    out
}

fn one(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", xml(text)),
        Cell::Count(Some(n)) => format!("<c><v>{n}</v></c>"),
        Cell::Number(Some(n)) if n.is_finite() => format!("<c><v>{n}</v></c>"),
        Cell::Count(None) | Cell::Number(_) => "<c/>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::*;

    #[test]
    fn another_program_reads_what_is_written() {
        let sheet = |name: &str| Sheet {
            name: name.to_owned(),
            head: vec!["figure".to_owned(), "n".to_owned(), "share".to_owned()],
            rows: vec![
                vec![Cell::Text("=1+1 & <b>".to_owned()), Cell::Count(Some(273)), Cell::Number(Some(0.7))],
                vec![Cell::Text("x".to_owned()), Cell::Count(None), Cell::Number(Some(f64::NAN))],
            ],
        };
        let bytes = write(&[sheet("Tall"), sheet("Figures & more")]).unwrap();
        let mut read: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        assert_eq!(read.sheet_names(), ["Tall", "Figures & more"]);
        let range = read.worksheet_range("Tall").unwrap();
        assert_eq!(range.get((1, 0)), Some(&Data::String("=1+1 & <b>".to_owned())));
        assert_eq!(range.get((1, 1)), Some(&Data::Float(273.0)));
        assert_eq!(range.get((1, 2)), Some(&Data::Float(0.7)));
        assert!(matches!(range.get((2, 1)), None | Some(Data::Empty)));
    }
}
