//! What a workbook says of itself: its sheets and whether they are shown, its texts, and which formats are of days.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::part::{Archive, attribute, is_set, word};
use super::strings::Strings;
use super::value::Format;
use crate::campaign::list::error::{Fault, Other};

/// More formats than this are a broken file.
const MOST_FORMATS: usize = 100_000;
/// More sheets than this are one too.
const MOST_SHEETS: usize = 10_000;

/// A sheet with cells.
pub(super) struct Sheet {
    pub name: String,
    pub hidden: bool,
    /// Its part in the archive.
    pub part: String,
}

/// What is needed of a workbook before its sheets are read.
pub(super) struct Package {
    pub sheets: Vec<Sheet>,
    pub strings: Strings,
    pub formats: Vec<Format>,
    pub from_1904: bool,
}

impl Package {
    pub(super) fn read(archive: &mut Archive) -> Result<Self, Fault> {
        other_than_ours(archive)?;
        let root = relations(archive, "_rels/.rels")?;
        let of_kind = |relations: &Relations, kind| {
            relations.values().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
        };
        let book = of_kind(&root, "officeDocument").map_or_else(|| "xl/workbook.xml".to_owned(), |to| path("", &to));
        if book.ends_with(".bin") {
            return Err(Fault::Other(Other::BinaryExcel));
        }
        if !archive.has(&book) || !book.starts_with("xl/") {
            return Err(Fault::Other(Other::Archive));
        }
        let (folder, name) = book.rsplit_once('/').unwrap_or(("", &book));
        let parts = relations(archive, &format!("{folder}/_rels/{name}.rels"))?;
        let strings = match of_kind(&parts, "sharedStrings").map(|to| path(folder, &to)) {
            Some(part) if archive.has(&part) => Strings::read(&mut archive.xml(&part)?)?,
            _ => Strings::default(),
        };
        let formats = match of_kind(&parts, "styles").map(|to| path(folder, &to)) {
            Some(part) if archive.has(&part) => formats(archive, &part)?,
            _ => Vec::new(),
        };
        let (sheets, from_1904) = sheets(archive, &book, folder, &parts)?;
        Ok(Self { sheets, strings, formats, from_1904 })
    }
}

/// Archives that other programs make look the same from outside.
fn other_than_ours(archive: &Archive) -> Result<(), Fault> {
    let known = [
        ("content.xml", Other::OpenDocument),
        ("Index/Document.iwa", Other::Numbers),
        ("Index.zip", Other::Numbers),
        ("xl/workbook.bin", Other::BinaryExcel),
    ];
    if let Some((_, other)) = known.into_iter().find(|(part, _)| archive.has(part)) {
        return Err(Fault::Other(other));
    }
    if archive.has("_rels/.rels") { Ok(()) } else { Err(Fault::Other(Other::Archive)) }
}

struct Relation {
    /// The last word of its type.
    kind: String,
    target: String,
}

type Relations = HashMap<String, Relation>;

fn relations(archive: &mut Archive, part: &str) -> Result<Relations, Fault> {
    let mut xml = archive.of_itself(part)?;
    let mut relations = Relations::new();
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                let word = |name| word(&tag, name).map(Option::unwrap_or_default);
                let kind = word("Type")?.rsplit('/').next().unwrap_or_default().to_owned();
                relations.insert(word("Id")?, Relation { kind, target: word("Target")? });
                if relations.len() > MOST_SHEETS {
                    return Err(Fault::TooLarge);
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// Where a target lies that is written from a folder or from the root.
fn path(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None if folder.is_empty() => target.trim_start_matches("./").to_owned(),
        None => format!("{folder}/{}", target.trim_start_matches("./")),
    }
}

fn sheets(archive: &mut Archive, book: &str, folder: &str, parts: &Relations) -> Result<(Vec<Sheet>, bool), Fault> {
    let mut xml = archive.of_itself(book)?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => from_1904 |= is_set(&tag, "date1904"),
                "sheet" => {
                    let relation = attribute(&tag, "id").and_then(|id| parts.get(&id)).ok_or(Fault::BrokenWorkbook)?;
                    if relation.kind == "worksheet" {
                        sheets.push(Sheet {
                            name: word(&tag, "name")?.unwrap_or_default(),
                            hidden: attribute(&tag, "state").is_some_and(|state| state != "visible"),
                            part: path(folder, &relation.target),
                        });
                    }
                    if sheets.len() > MOST_SHEETS {
                        return Err(Fault::TooLarge);
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, from_1904)),
            _ => {}
        }
    }
}

/// The format of each style that a cell can name by its number.
fn formats(archive: &mut Archive, part: &str) -> Result<Vec<Format>, Fault> {
    let mut xml = archive.of_itself(part)?;
    let mut own: HashMap<u32, Format> = HashMap::new();
    let (mut formats, mut of_cells) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let id = || attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                match tag.local_name().as_ref() {
                    "cellXfs" => of_cells = true,
                    "numFmt" => {
                        own.insert(id(), Format::of_code(&attribute(&tag, "formatCode").unwrap_or_default()));
                    }
                    "xf" if of_cells => {
                        let id = id();
                        formats.push(own.get(&id).copied().unwrap_or_else(|| Format::built_in(id)));
                    }
                    _ => {}
                }
                if own.len() + formats.len() > MOST_FORMATS {
                    return Err(Fault::TooLarge);
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => of_cells = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
    }
}
