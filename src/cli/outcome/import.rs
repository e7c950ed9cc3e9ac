//! `lykt outcome import`: the outcomes in a file of the journal system, each row once.

use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::super::app::App;
use super::super::table::tell;
use super::super::{Ctx, Exit, glyph};
use super::{ImportArgs, known, usage};
use crate::counting::Counting;
use crate::counting::import::{ImportError, Imported};
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::say;

/// So many refused rows are shown.
const SHOWN: usize = 20;

pub(super) async fn run(ctx: &Ctx, app: &App, counting: &Counting, args: &ImportArgs) -> anyhow::Result<Exit> {
    let known = match known(ctx, app, counting, &args.campaign).await? {
        Ok(known) => known,
        Err(exit) => return Ok(exit),
    };
    let file = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let source = args.source.as_deref().unwrap_or(&file);
    // On a terminal alone; in a pipe nothing but what was asked for.
    let bar = ProgressBar::new_spinner().with_style(glyph::style("  {spinner} {pos}"));
    let each = |rows: u64| bar.set_position(rows);
    let imported = counting.import(&app.db, &known, &args.file, source, ctx.actor.as_deref(), each).await;
    bar.finish_and_clear();
    let imported = match imported {
        Ok(imported) => imported,
        Err(ImportError::Db(error)) => return Err(error.into()),
        Err(wrong) => return Ok(usage(wrong.text().pick(ctx.lang))),
    };
    if ctx.json {
        println!("{}", as_json(&imported));
    } else {
        show(ctx, &inert(&file), &imported);
    }
    Ok(if imported.refused.is_empty() { Exit::Done } else { Exit::Usage })
}

fn as_json(done: &Imported) -> Value {
    let refused: Vec<Value> =
        done.refused.iter().map(|(line, why)| json!({ "line": line, "problem": why.as_str() })).collect();
    let heard: serde_json::Map<String, Value> =
        done.counted.iter().map(|(heard, n)| (heard.as_str().to_owned(), json!(n))).collect();
    json!({
        "rows": done.rows, "counted": done.counted.values().sum::<u64>(), "heard": heard, "before": done.before,
        "strangers": done.strangers, "refused": refused,
    })
}

fn show(ctx: &Ctx, file: &str, done: &Imported) {
    let rows = number_of(done.rows, ["row", "rows"], ["rad", "rader"]);
    let (rows, counted) = (rows.pick(ctx.lang), done.counted.values().sum::<u64>());
    let (before, refused) = (done.before, done.refused.len());
    tell(&say!(
        ctx.lang,
        "{file}: {rows}, {counted} counted now, {before} counted before, {refused} refused.",
        "{file}: {rows}, {counted} telt nå, {before} telt fra før, {refused} avvist."
    ));
    for (heard, n) in &done.counted {
        println!("  {n:>5}  {}", heard.text().pick(ctx.lang));
    }
    if done.strangers > 0 {
        let strangers = number_of(done.strangers, ["row has", "rows have"], ["rad har", "rader har"]);
        tell(&say!(
            ctx.lang,
            "{} a number that nobody here has: counted without anybody.",
            "{} et nummer ingen her har: telt uten noen.",
            strangers.pick(ctx.lang)
        ));
    }
    for (line, why) in done.refused.iter().take(SHOWN) {
        let why = why.text();
        println!("{}", say!(ctx.lang, "  line {line}: {}", "  linje {line}: {}", why.pick(ctx.lang)));
    }
    if refused > SHOWN {
        let more = refused - SHOWN;
        println!("{}", say!(ctx.lang, "  and {more} more", "  og {more} til"));
    }
}
