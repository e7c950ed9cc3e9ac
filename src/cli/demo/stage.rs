//! What the demo shows: headings, tables and sentences for a person, lines of JSON for a script.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::kept::Kept;
use crate::campaign::list::List;
use crate::cli::app::App;
use crate::cli::glyph::{Mark, drawn};
use crate::cli::table::{Table, wrap};
use crate::cli::{Ctx, status};
use crate::domain::lang::{Lang, number_of};
use crate::domain::parts;
use crate::domain::phone::{Region, find_numbers};
use crate::plan::{self, Planned};
use crate::say;
use crate::store::target;

/// Where the demo speaks.
pub(super) struct Stage {
    pub lang: Lang,
    ctx: Ctx,
    /// A person is watching: give them time to read.
    watched: bool,
}

impl Stage {
    pub fn new(ctx: &Ctx) -> Self {
        Self { lang: ctx.lang, ctx: ctx.clone(), watched: std::io::stdout().is_terminal() && !ctx.json }
    }

    /// A person is watching, and no script.
    pub fn is_watched(&self) -> bool {
        self.watched
    }

    /// A heading; in JSON nothing.
    pub fn heading(&self, text: &str) {
        if !self.ctx.json {
            let (bold, plain) = if self.watched { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
            println!("\n{bold}{text}{plain}");
        }
    }

    /// A sentence; in JSON nothing.
    pub fn line(&self, text: &str) {
        if !self.ctx.json {
            println!("{}", drawn(text));
        }
    }

    /// A line of JSON; for a person nothing.
    pub fn event(&self, name: &str, value: Value) {
        if self.ctx.json {
            println!("{}", json!({ "event": name, "data": value }));
        }
    }

    /// Time to read, when somebody does.
    pub fn pause(&self, seconds: u64) {
        if self.watched {
            std::thread::sleep(Duration::from_secs(seconds));
        }
    }

    /// The list as it was understood.
    pub fn list(&self, path: &Path) -> anyhow::Result<()> {
        let Some(region) = Region::parse("NO") else { return Ok(()) };
        let list = List::open(path)?;
        let column = list.phone_column(None, region)?;
        let (mut rows, mut numbers, mut problems) = (0, 0, BTreeMap::<&str, i64>::new());
        let mut shown = Vec::new();
        for row in list.rows(&[column]) {
            let row = row?;
            let found = find_numbers(row.cells[0].expose(), region);
            rows += 1;
            numbers += found.numbers.len();
            if let Some(problem) = &found.problem {
                *problems.entry(problem.code.as_str()).or_default() += 1;
            }
            if rows % 170 == 5 {
                let read: Vec<&str> = found.numbers.iter().map(|number| number.expose()).collect();
                shown.push([row.line.to_string(), row.cells[0].expose().clone(), read.join(", ")]);
            }
        }
        self.heading(&say!(self.lang, "1. The list is understood", "1. Listen er forstått"));
        let mut table = Table::new([
            say!(self.lang, "line", "linje"),
            say!(self.lang, "as it stands there", "slik det står der"),
            say!(self.lang, "number", "nummer"),
        ]);
        shown.into_iter().for_each(|row| table.row(row));
        table.right(0);
        self.line(&table.to_string());
        let wrong: i64 = problems.values().sum();
        self.line(&say!(
            self.lang,
            "{rows} rows, {numbers} numbers, {wrong} cells that a person must look at.",
            "{rows} rader, {numbers} numre, {wrong} celler som en person må se på."
        ));
        self.event("list", json!({ "rows": rows, "numbers": numbers, "problems": problems }));
        self.pause(2);
        Ok(())
    }

    /// The plan, with every reason counted.
    pub fn plan(&self, planned: &Planned) {
        self.heading(&say!(
            self.lang,
            "2. The plan: who would get what, and why not the others",
            "2. Planen: hvem som ville fått hva, og hvorfor ikke de andre"
        ));
        if !self.ctx.json {
            crate::cli::plan::show(&self.ctx, &planned.plan.campaign, planned);
        }
        self.event("plan", crate::cli::plan::summary(planned));
        self.pause(3);
    }

    /// One message as it will look.
    pub async fn message(&self, app: &App, planned: &Planned) -> anyhow::Result<()> {
        let mut tx = app.db.read().await?;
        let first = target::page(&mut tx, planned.plan.id, 0, 1, true).await?;
        let Some(letter) =
            first.first().map(|target| plan::letter(&app.ledger, planned.plan.id, target)).transpose()?.flatten()
        else {
            return Ok(());
        };
        let size = parts::parts(&letter.text);
        let (encoding, n) = (size.encoding.as_str(), size.parts);
        self.heading(&say!(
            self.lang,
            "3. The first message, as it will look",
            "3. Den første meldingen, slik den vil se ut"
        ));
        for row in bubble(&letter.text, 44) {
            self.line(&row);
        }
        self.line(&say!(self.lang, "   parts: {n}, {encoding}", "   deler: {n}, {encoding}"));
        self.pause(2);
        Ok(())
    }

    /// The yes.
    pub fn approved(&self, people: i64) {
        self.heading(&say!(
            self.lang,
            "4. Approved for {}; the daemon starts",
            "4. Godkjent for {}; tjenesten starter",
            number_of(people, ["person", "people"], ["person", "personer"]).pick(self.lang)
        ));
    }

    /// The summary, and where to look further.
    pub async fn end(&self, app: &App, name: &str, dir: &Path, kept: &Kept) -> anyhow::Result<()> {
        let mut tx = app.db.read().await?;
        let Some(status) = status::read(&mut tx, app, name).await? else { return Ok(()) };
        self.heading(&say!(self.lang, "The end: where everybody stands", "Slutten: hvor alle står"));
        if self.ctx.json {
            self.event("status", status.json());
            self.event("promises", kept.json());
            return Ok(());
        }
        status.show(&self.ctx, name);
        self.heading(&say!(self.lang, "The promises", "Løftene"));
        for (text, broken) in kept.sentences(self.lang) {
            let mark = if broken == 0 { Mark::Well } else { Mark::Broken };
            println!("  {} {text}: {broken}", mark.paint(&self.ctx));
        }
        let dir = dir.display();
        self.heading(&say!(self.lang, "Look further", "Se videre"));
        println!("  cd {dir}");
        println!(
            "  lykt status {name}\n  lykt plan {name} --targets\n  lykt tasks today\n  lykt inbox list\n  lykt serve"
        );
        Ok(())
    }
}

/// A text in a bubble as on a phone.
fn bubble(text: &str, width: usize) -> Vec<String> {
    let lines = wrap(text, width);
    let edge = "─".repeat(width + 2);
    let mut rows = vec![format!("   ╭{edge}╮")];
    rows.extend(
        lines.iter().map(|line| format!("   │ {line}{} │", " ".repeat(width.saturating_sub(line.chars().count())))),
    );
    rows.push(format!("   ╰{edge}╯"));
    rows
}
