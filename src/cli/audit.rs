//! `lykt audit verify`: whether the record of what people did is as it was written.

use clap::Subcommand;
use serde_json::json;

use super::app::App;
use super::backup::{bar, moved};
use super::table::{complain, tell};
use super::{Ctx, Exit};
use crate::audit::{Verdict, anchor_beside, whole};
use crate::domain::hex::hex;
use crate::domain::lang::number_of;
use crate::say;

/// The record of what people did and read.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walks every entry, and says which one was changed, is missing or was cut off.
    Verify,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: AuditCommand) -> anyhow::Result<Exit> {
    let AuditCommand::Verify = command;
    let app = App::open(ctx).await?;
    let anchor = anchor_beside(&app.settings.path(&app.settings.witness.file));
    let bar = bar(ctx, say!(ctx.lang, "looks", "ser etter"));
    let each = &mut |done: i64, of: i64| moved(&bar, done.unsigned_abs(), of.unsigned_abs());
    let verdict = whole(&app.db, app.ledger.book(), &anchor, each).await;
    bar.finish_and_clear();
    let verdict = verdict?;
    app.db.close().await;
    if ctx.json {
        println!("{}", in_json(&verdict));
    } else {
        say(ctx, &verdict);
    }
    Ok(if verdict.broken.is_some() { Exit::Fault } else { Exit::Done })
}

fn in_json(verdict: &Verdict) -> serde_json::Value {
    json!({
        "whole": verdict.broken.is_none(),
        "problem": verdict.broken.map(|broken| broken.as_str()),
        "entry": verdict.broken.and_then(|broken| broken.entry()),
        "good": verdict.good,
        "last": verdict.last,
        "hash": hex(&verdict.end),
        "forgotten": verdict.forgotten,
        "anchored": verdict.anchored,
    })
}

fn say(ctx: &Ctx, verdict: &Verdict) {
    let (last, hash) = (verdict.last, hex(&verdict.end));
    let entries = |en, nb| number_of(verdict.good, en, nb).pick(ctx.lang).to_owned();
    if let Some(broken) = verdict.broken {
        complain(broken.text().pick(ctx.lang));
        return complain(&entries(
            ["entry was looked at and is as it was written", "entries were looked at and are as they were written"],
            ["oppføring er sett på og er slik den ble skrevet", "oppføringer er sett på og er slik de ble skrevet"],
        ));
    }
    if last == 0 {
        return tell(&say!(ctx.lang, "Nothing is in the audit yet.", "Ingenting står i revisjonsloggen ennå."));
    }
    tell(&say!(
        ctx.lang,
        "Whole: {}, the last is {last}. Its hash: {hash}",
        "Hel: {}, den siste er {last}. Avtrykket: {hash}",
        entries(["entry", "entries"], ["oppføring", "oppføringer"])
    ));
    if verdict.forgotten > 0 {
        let n = verdict.forgotten;
        tell(&say!(
            ctx.lang,
            "Entries up to {n} were forgotten on time.",
            "Oppføringer til og med {n} er glemt i rett tid."
        ));
    }
    match verdict.anchored {
        Some(n) => tell(&say!(
            ctx.lang,
            "Anchored outside the database up to {n}.",
            "Forankret utenfor databasen til og med {n}."
        )),
        None => tell(&say!(
            ctx.lang,
            "Not anchored outside the database: entries that were cut off would not be missed. `lykt serve` anchors it.",
            "Ikke forankret utenfor databasen: oppføringer som er kuttet av, ville ikke blitt savnet. `lykt serve` forankrer den."
        )),
    }
}
