//! `lykt outcome list`: what was registered last, and nobody's name.

use serde_json::{Value, json};

use super::super::app::App;
use super::super::life::no_campaign;
use super::super::table::{Table, tell};
use super::super::{Ctx, Exit};
use super::ListArgs;
use crate::say;
use crate::store::{campaign, counted};

pub(super) async fn list(ctx: &Ctx, app: &App, args: &ListArgs) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    if campaign::get(&mut tx, &args.campaign).await?.is_none() {
        return Ok(no_campaign(ctx, &args.campaign));
    }
    let all = counted::newest(&mut tx, &args.campaign, i64::from(args.limit)).await?;
    if ctx.json {
        let rows: Vec<Value> = all
            .iter()
            .map(|one| {
                json!({
                    "id": one.id.to_string(), "outcome": one.name, "day": one.day, "heard": one.heard.as_str(),
                    "source": one.source, "contact": one.touch.is_some(), "late": one.late, "by": one.actor,
                    "undone": one.undone_at.is_some(),
                })
            })
            .collect();
        println!("{}", Value::from(rows));
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        tell(&say!(ctx.lang, "Nothing is registered yet.", "Ingenting er registrert ennå."));
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        say!(ctx.lang, "day", "dag"),
        say!(ctx.lang, "outcome", "utfall"),
        say!(ctx.lang, "message", "melding"),
        say!(ctx.lang, "by", "av"),
        "id".to_owned(),
    ]);
    for one in &all {
        let heard = match one.undone_at {
            Some(_) => say!(ctx.lang, "undone", "angret"),
            None => one.heard.word().pick(ctx.lang).to_owned(),
        };
        table.row([one.day.clone(), one.name.clone(), heard, one.actor.clone().unwrap_or_default(), one.id.short()]);
    }
    println!("{table}");
    Ok(Exit::Done)
}
