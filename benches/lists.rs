//! How fast lists are read, as ratios against the bare operation on the same file in the same run.
//!
//! `cargo bench --bench lists`; `LYKT_BENCH_ROWS` changes the number of rows. Each reading is a process of its own, so
//! that its peak memory is its own.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use lykt::campaign::list::List;
use zip::write::{SimpleFileOptions, ZipWriter};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, word, way, file] = args.as_slice()
        && word == "read"
    {
        return read(way, Path::new(file));
    }
    let rows = std::env::var("LYKT_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    println!("{:<26} {:>9} {:>11} {:>7} {:>9}", format!("{rows} rows"), "seconds", "rows/s", "ratio", "peak MB");
    for (name, write, bare) in KINDS {
        let file = folder.path().join(name.replace([' ', ','], "-"));
        write(&file, rows)?;
        let (own, bare) = (measured("list", &file)?, measured(bare, &file)?);
        let speed = rows as f64 / own.seconds;
        println!("{name:<26} {:>9.2} {speed:>11.0} {:>7.2} {:>9.0}", own.seconds, bare.seconds / own.seconds, own.peak);
        println!("{:<26} {:>9.2} {:>11} {:>7} {:>9.0}", "  the bare operation", bare.seconds, "", "", bare.peak);
        fs::remove_file(&file)?;
    }
    Ok(())
}

type Kind = (&'static str, fn(&Path, u32) -> io::Result<()>, &'static str);

const KINDS: [Kind; 4] = [
    ("CSV, UTF-8", csv, "lines"),
    ("CSV, UTF-16", wide_csv, "lines"),
    ("XLSX, shared strings", |path, rows| xlsx(path, rows, true), "calamine"),
    ("XLSX, inline strings", |path, rows| xlsx(path, rows, false), "calamine"),
];

struct Measured {
    seconds: f64,
    peak: f64,
}

/// Reads a file in a process of its own; the best of three.
fn measured(way: &str, file: &Path) -> anyhow::Result<Measured> {
    let mut best = Measured { seconds: f64::INFINITY, peak: 0.0 };
    for _ in 0..3 {
        let out = Command::new(std::env::current_exe()?).args(["read", way]).arg(file).output()?;
        let text = String::from_utf8(out.stdout)?;
        let mut figures = text.split_whitespace().map(str::parse::<f64>);
        let (Some(Ok(seconds)), Some(Ok(peak))) = (figures.next(), figures.next()) else {
            anyhow::bail!("{way}: {}", String::from_utf8_lossy(&out.stderr));
        };
        best = Measured { seconds: best.seconds.min(seconds), peak: best.peak.max(peak) };
    }
    Ok(best)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn read(way: &str, file: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    let bytes = match way {
        "list" => {
            let rows = List::open(file)?.rows_named(&["telefon", "navn"])?;
            rows.map(|row| Ok(row?.cells.iter().map(|cell| cell.expose().len()).sum::<usize>()))
                .sum::<anyhow::Result<_>>()?
        }
        "lines" => {
            BufReader::new(File::open(file)?).split(b'\n').map(|line| Ok(line?.len())).sum::<io::Result<usize>>()?
        }
        _ => {
            let mut workbook: Xlsx<_> = open_workbook(file)?;
            let sheet = workbook.sheet_names().remove(0);
            let mut cells = workbook.worksheet_cells_reader(&sheet)?;
            let mut bytes = 0;
            while let Some(cell) = cells.next_cell()? {
                bytes += match cell.get_value() {
                    DataRef::SharedString(text) => text.len(),
                    DataRef::String(text) => text.len(),
                    _ => 0,
                };
            }
            bytes
        }
    };
    anyhow::ensure!(bytes > 0, "nothing was read");
    let status = fs::read_to_string("/proc/self/status")?;
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    println!("{} {}", began.elapsed().as_secs_f64(), peak.unwrap_or(0.0) / 1024.0);
    Ok(())
}

/// Cells of a row: a number that nobody has, a name of its own, one of a few places, and a figure.
fn cells(row: u32) -> [String; 4] {
    [format!("070-17406{:02}", row % 100), format!("Anna {row}"), "Oslo".to_owned(), row.to_string()]
}

fn csv(path: &Path, rows: u32) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "telefon;navn;sted;annonse")?;
    (0..rows).try_for_each(|row| writeln!(out, "{}", cells(row).join(";")))
}

fn wide_csv(path: &Path, rows: u32) -> io::Result<()> {
    csv(path, rows)?;
    let text = fs::read_to_string(path)?;
    let wide: Vec<u8> =
        std::iter::once('\u{feff}').chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    fs::write(path, wide)
}

fn xlsx(path: &Path, rows: u32, shared: bool) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    let part = |zip: &mut ZipWriter<_>, name: &str| zip.start_file(name, SimpleFileOptions::default());
    let relation =
        |id, kind, target| format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>");
    part(&mut zip, "_rels/.rels")?;
    let root = relation("a", "relationships/officeDocument", "xl/workbook.xml");
    write!(zip, "<Relationships>{root}</Relationships>")?;
    part(&mut zip, "xl/workbook.xml")?;
    write!(zip, "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Ark1\" r:id=\"a\"/></sheets></workbook>")?;
    part(&mut zip, "xl/_rels/workbook.xml.rels")?;
    let (sheet, strings) =
        (relation("a", "worksheet", "sheet.xml"), relation("b", "sharedStrings", "sharedStrings.xml"));
    write!(zip, "<Relationships>{sheet}{strings}</Relationships>")?;
    part(&mut zip, "xl/sheet.xml")?;
    write!(zip, "<worksheet><sheetData>")?;
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let header: String = ["telefon", "navn", "sted", "annonse"].map(text).concat();
    write!(zip, "<row r=\"1\">{header}</row>")?;
    for row in 0..rows {
        let [phone, name, place, figure] = cells(row);
        let texts = match shared {
            true => [row, row + rows, 2 * rows].map(|n| format!("<c t=\"s\"><v>{n}</v></c>")),
            false => [phone, name, place].map(|cell| text(&cell)),
        };
        write!(zip, "<row r=\"{}\">{}<c><v>{figure}</v></c></row>", row + 2, texts.concat())?;
    }
    write!(zip, "</sheetData></worksheet>")?;
    part(&mut zip, "xl/sharedStrings.xml")?;
    write!(zip, "<sst>")?;
    if shared {
        for column in 0..2 {
            (0..rows).try_for_each(|row| write!(zip, "<si><t>{}</t></si>", cells(row)[column]))?;
        }
        write!(zip, "<si><t>Oslo</t></si>")?;
    }
    write!(zip, "</sst>")?;
    zip.finish()?.flush()
}
