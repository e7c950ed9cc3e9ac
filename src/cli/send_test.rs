//! `lykt send-test`: a campaign's message to somebody on the panel; and what became of earlier ones.

use clap::Args;
use serde_json::{Value, json};

use super::app::App;
use super::source::Folder;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit, refuse};
use crate::domain::phone::PhoneNumber;
use crate::plan::trial::{self, NoTrial, Wanted};
use crate::say;
use crate::store::direct::{self, Direct};

/// Sends a campaign's message to somebody on your own panel. Counted nowhere.
#[derive(Debug, Args)]
pub struct SendTestArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// A number on the panel. Without it: shows what became of earlier tests.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Which variant; the first when not said.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// In which language; the organisation's first when not said.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: SendTestArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let Some(to) = &args.to else { return list(ctx, &app, &args.campaign).await };
    let Ok(to) = PhoneNumber::parse(to, app.settings.organisation.region) else {
        complain(&say!(ctx.lang, "the number is not understood", "nummeret ble ikke forstått"));
        return Ok(Exit::Usage);
    };
    let ready = match Folder::of(&app).ready(ctx, &args.campaign, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let wanted = Wanted { variant: args.variant.as_deref(), language: args.language.as_deref() };
    let by = ctx.actor.as_deref().unwrap_or("-");
    let mut tx = app.db.begin().await?;
    match trial::send(&app.ledger, &mut tx, &app.settings, &ready.definition, &to, wanted, by).await? {
        Ok(direct) => {
            tx.commit().await?;
            if ctx.json {
                println!("{}", json_of(&direct));
            } else {
                let campaign = &args.campaign;
                tell(&say!(
                    ctx.lang,
                    "On its way: the daemon sends it within a second. What became of it: lykt send-test {campaign}",
                    "På vei: tjenesten sender den innen et sekund. Hva den ble til: lykt send-test {campaign}"
                ));
            }
            Ok(Exit::Done)
        }
        Err(why @ (NoTrial::NoVariant(_) | NoTrial::NoLanguage(_) | NoTrial::Text(_) | NoTrial::Unreadable(_))) => {
            complain(why.text().pick(ctx.lang));
            Ok(Exit::Usage)
        }
        Err(why) => Ok(refuse(why.text().pick(ctx.lang).to_owned())),
    }
}

async fn list(ctx: &Ctx, app: &App, campaign: &str) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    let tests = direct::of_campaign(&mut tx, campaign).await?;
    if ctx.json {
        println!("{}", Value::from(tests.iter().map(json_of).collect::<Vec<_>>()));
        return Ok(Exit::Done);
    }
    if tests.is_empty() {
        tell(&say!(ctx.lang, "No tests yet: add --to NUMBER.", "Ingen tester ennå: legg til --to NUMMER."));
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        say!(ctx.lang, "when", "når"),
        say!(ctx.lang, "variant", "variant"),
        say!(ctx.lang, "language", "språk"),
        say!(ctx.lang, "what became of it", "hva det ble til"),
        say!(ctx.lang, "why", "hvorfor"),
    ]);
    let zone = app.ledger.clock.zone();
    for test in tests {
        table.row([
            crate::domain::moment::plain(test.made_at, zone),
            test.variant.unwrap_or_default(),
            test.language.unwrap_or_default(),
            test.state.meaning(false).pick(ctx.lang).to_owned(),
            test.reason.unwrap_or_default(),
        ]);
    }
    println!("{table}");
    Ok(Exit::Done)
}

fn json_of(test: &Direct) -> Value {
    json!({
        "id": test.id.to_string(), "campaign": test.campaign, "variant": test.variant, "language": test.language,
        "state": test.state.as_str(), "reason": test.reason,
    })
}
