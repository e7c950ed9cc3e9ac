//! `lykt list`: what is understood of each row of a list, which needs no installation, settings or keys; and a list of whom to
//! approach again.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use serde::Serialize;

use super::again::{self, AgainArgs};
use super::{Ctx, Exit, glyph};
use crate::campaign::list::{List, ListError, Rows, said};
use crate::domain::lang::{Lang, number_of};
use crate::domain::phone::{Found, PhoneKind, PhoneNumber, ProblemCode, Region, find_numbers};
use crate::say;

/// Files larger than this, in bytes, get a progress bar.
const LONG_FILE: u64 = 1024 * 1024;
/// Where the notes of the table begin, and how wide they may be, for 80 columns in all.
const NOTE_COLUMN: usize = 27;
const NOTE_WIDTH: usize = 52;

/// Looks at lists.
#[derive(Debug, Subcommand)]
pub enum ListCommand {
    /// Shows what is understood of each row: every valid number, and what is wrong with the rest.
    ///
    /// The list is CSV (UTF-8, UTF-16, Windows-1252 or Mac Roman; comma, semicolon, tab or |) or an Excel workbook (.xlsx);
    /// its first line holds the names of the columns. Nothing is stored and nothing is sent.
    Inspect(Inspect),
    /// Writes a list of people who were approached before and may be again, for the targets of a campaign.
    Again(AgainArgs),
}

/// Which list, and how to read it.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The list file.
    file: PathBuf,
    /// The column of phone numbers; else one with a header like phone, telefon or mobil, else the only one.
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// The country of numbers written without a country code.
    #[arg(long, value_name = "CODE", default_value = "NO")]
    region: String,
}

/// Runs the command.
///
/// # Errors
/// When the output cannot be written, the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: ListCommand) -> anyhow::Result<Exit> {
    match command {
        ListCommand::Inspect(args) => look(ctx, &args),
        ListCommand::Again(args) => again::run(ctx, args).await,
    }
}

fn look(ctx: &Ctx, args: &Inspect) -> anyhow::Result<Exit> {
    let Some(region) = Region::parse(&args.region) else {
        eprintln!(
            "{}",
            say!(
                ctx.lang,
                "--region takes a country code of two letters, for example NO",
                "--region tar en landkode på to bokstaver, for eksempel NO"
            )
        );
        return Ok(Exit::Usage);
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let done = inspect(ctx, args, region, &mut out).and_then(|exit| out.flush().map(|()| exit).map_err(Stop::from));
    match done {
        Ok(exit) => Ok(exit),
        Err(Stop::List(error)) => {
            out.flush().ok();
            eprintln!("{}", error.text().pick(ctx.lang));
            Ok(Exit::Usage)
        }
        // Who reads us has seen enough (`| head`).
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        Err(Stop::Output(error)) => Err(error.into()),
    }
}

/// Why an inspection ended early.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    List(#[from] ListError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

fn inspect(ctx: &Ctx, args: &Inspect, region: Region, out: &mut impl Write) -> Result<Exit, Stop> {
    let list = List::open(&args.file)?;
    let column = list.phone_column(args.column.as_deref(), region)?;
    let bar = progress(&list);
    let understood = list.understood_with(column);
    let mut rows = list.rows(&[column]);
    if ctx.json {
        eprintln!("{}", understood.pick(ctx.lang));
        while let Some(found) = next(&mut rows, region, &bar)? {
            serde_json::to_writer(&mut *out, &Line::from(&found)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    } else {
        let mut table = Table { lang: ctx.lang, tally: Tally::default() };
        writeln!(out, "{}\n", understood.pick(ctx.lang))?;
        table.head(out)?;
        while let Some(found) = next(&mut rows, region, &bar)? {
            table.row(&found, out)?;
        }
        table.foot(out)?;
    }
    bar.finish_and_clear();
    if rows.hidden() + rows.uncalculated() > 0 {
        eprintln!("{}", said(&understood, rows.hidden(), rows.uncalculated()).pick(ctx.lang));
    }
    Ok(Exit::Done)
}

/// A bar for long files, on stderr, when the rows themselves do not fill the terminal.
fn progress(list: &List) -> ProgressBar {
    if list.bytes() < LONG_FILE || io::stdout().is_terminal() || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    ProgressBar::new(list.bytes()).with_style(glyph::style("{wide_bar} {bytes}/{total_bytes} {eta}"))
}

/// The line of the next row, and what its cell holds.
fn next(rows: &mut Rows, region: Region, bar: &ProgressBar) -> Result<Option<(u64, Found)>, ListError> {
    let Some(row) = rows.next().transpose()? else { return Ok(None) };
    bar.set_position(rows.bytes_read());
    let cell = row.cells.first().map_or("", |cell| cell.expose());
    Ok(Some((row.line, find_numbers(cell, region))))
}

/// A row in JSON.
#[derive(Serialize)]
struct Line<'f> {
    line: u64,
    addresses: Vec<&'f str>,
    problem: Option<ProblemLine<'f>>,
}

#[derive(Serialize)]
struct ProblemLine<'f> {
    code: &'static str,
    suggestion: Option<&'f str>,
}

impl<'f> From<&'f (u64, Found)> for Line<'f> {
    fn from((line, found): &'f (u64, Found)) -> Self {
        let problem = found.problem.as_ref().map(|problem| ProblemLine {
            code: problem.code.as_str(),
            suggestion: problem.suggestion.as_ref().map(PhoneNumber::expose),
        });
        Line { line: *line, addresses: found.numbers.iter().map(PhoneNumber::expose).collect(), problem }
    }
}

/// What has been counted.
#[derive(Default)]
struct Tally {
    rows: u64,
    numbers: u64,
    doubles: u64,
    problems: BTreeMap<ProblemCode, u64>,
    /// The line on which each number came first. Of a million, its digits as a figure take a fifth of the text's room.
    first: HashMap<u64, u32>,
}

/// The rows for a person, written as they are read.
struct Table {
    lang: Lang,
    tally: Tally,
}

impl Table {
    fn head(&self, out: &mut impl Write) -> io::Result<()> {
        let (line, number, note) = match self.lang {
            Lang::En => ("line", "number", "note"),
            Lang::Nb => ("linje", "nummer", "merknad"),
        };
        writeln!(out, "{line:>7}  {number:<16}  {note}")
    }

    fn row(&mut self, (line, found): &(u64, Found), out: &mut impl Write) -> io::Result<()> {
        self.tally.rows += 1;
        let mut label = line.to_string();
        for number in &found.numbers {
            let note = self.note(number, *line);
            self.entry(&label, number.expose(), &note, out)?;
            label.clear();
        }
        if let Some(problem) = &found.problem {
            *self.tally.problems.entry(problem.code).or_default() += 1;
            let mut note = problem.code.text().pick(self.lang).to_owned();
            if let Some(number) = &problem.suggestion {
                let number = number.expose();
                note += &say!(self.lang, " (is it {number}?)", " (er det {number}?)");
            }
            self.entry(&label, "-", &note, out)?;
        }
        Ok(())
    }

    /// What there is to say of a valid number.
    fn note(&mut self, number: &PhoneNumber, line: u64) -> String {
        self.tally.numbers += 1;
        // E.164 has at most fifteen digits, and none of a country code is a zero.
        let digits = number.expose().trim_start_matches('+').parse().unwrap_or(0);
        if let Some(first) = self.tally.first.get(&digits) {
            self.tally.doubles += 1;
            return say!(self.lang, "the same as on line {first}", "samme som på linje {first}");
        }
        self.tally.first.insert(digits, u32::try_from(line).unwrap_or(u32::MAX));
        match number.kind() {
            PhoneKind::Fixed => say!(self.lang, "landline", "fasttelefon"),
            PhoneKind::Other => say!(self.lang, "service number", "tjenestenummer"),
            PhoneKind::Mobile | PhoneKind::FixedOrMobile => String::new(),
        }
    }

    fn entry(&self, line: &str, number: &str, note: &str, out: &mut impl Write) -> io::Result<()> {
        let mut notes = wrapped(note).into_iter();
        let first = format!("{line:>7}  {number:<16}  {}", notes.next().unwrap_or_default());
        writeln!(out, "{}", first.trim_end())?;
        notes.try_for_each(|note| writeln!(out, "{:NOTE_COLUMN$}{note}", ""))
    }

    fn foot(&self, out: &mut impl Write) -> io::Result<()> {
        let Tally { rows, numbers, doubles, problems, .. } = &self.tally;
        let wrong: u64 = problems.values().sum();
        let rows = number_of(rows, ["row", "rows"], ["rad", "rader"]);
        let numbers = number_of(numbers, ["number", "numbers"], ["nummer", "numre"]);
        let doubles =
            number_of(doubles, ["of them a double", "of them doubles"], ["av dem dublett", "av dem dubletter"]);
        let wrong = number_of(wrong, ["row to look at", "rows to look at"], ["rad å se på", "rader å se på"]);
        let sum = [rows, numbers, doubles, wrong].map(|part| part.pick(self.lang).to_owned()).join(", ");
        writeln!(out, "\n{sum}")?;
        for (code, count) in problems {
            let text = code.text();
            self.entry(&count.to_string(), code.as_str(), text.pick(self.lang), out)?;
        }
        Ok(())
    }
}

/// A note in lines that fit beside the numbers.
fn wrapped(note: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in note.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= NOTE_WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests;
