//! `lykt gateway list|test`: accounts, and one harmless call to each.

use clap::Subcommand;
use serde_json::json;

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::gateway::{Accounts, Probe};
use crate::say;
use crate::store::account;

/// Shows and tries the accounts of the settings.
#[derive(Debug, Subcommand)]
pub enum GatewayCommand {
    /// Shows the accounts.
    List,
    /// Makes one harmless call to each account, or to one. An account that works and was paused goes on.
    Test {
        /// The account; all when missing.
        account: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or an account is wrong.
pub async fn run(ctx: &Ctx, command: GatewayCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let only = match &command {
        GatewayCommand::List => None,
        GatewayCommand::Test { account } => account.as_deref(),
    };
    if let Some(name) = only.filter(|name| !app.settings.gateways.contains_key(*name)) {
        complain(&say!(
            ctx.lang,
            "there is no account {name} in the settings",
            "det finnes ingen konto {name} i innstillingene"
        ));
        return Ok(Exit::Usage);
    }
    let accounts = Accounts::open(&app.settings, &app.ledger.clock)?;
    let mut tx = app.db.read().await?;
    let paused = account::paused(&mut tx, app.ledger.clock.now_ms()).await?;
    drop(tx);
    let mut table = Table::new([
        say!(ctx.lang, "account", "konto"),
        say!(ctx.lang, "kind", "type"),
        say!(ctx.lang, "rate", "fart"),
        say!(ctx.lang, "how it is", "hvordan det står til"),
    ]);
    let (mut rows, mut exit) = (Vec::new(), Exit::Done);
    for (name, settings) in app.settings.gateways.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let probe = match command {
            GatewayCommand::List => None,
            GatewayCommand::Test { .. } => Some(accounts.probe(name).await),
        };
        if probe.is_some_and(|probe| probe != Probe::Works) {
            exit = Exit::Fault;
        }
        if probe == Some(Probe::Works) && paused.contains_key(name) {
            let mut tx = app.db.begin().await?;
            account::resume(&mut tx, name).await?;
            tx.commit().await?;
        }
        let pause = paused.get(name).filter(|_| probe != Some(Probe::Works));
        let how = match (probe, pause) {
            (Some(probe), _) => probe.text().pick(ctx.lang).to_owned(),
            (None, Some(reason)) => say!(ctx.lang, "paused ({reason})", "på pause ({reason})"),
            (None, None) if settings.takes_replies() => say!(ctx.lang, "takes replies", "tar imot svar"),
            (None, None) => say!(ctx.lang, "takes no replies", "tar ikke imot svar"),
        };
        rows.push(json!({
            "account": name, "kind": settings.kind(), "rate": settings.rate().to_string(), "paused": pause,
            "takes_replies": settings.takes_replies(), "test": probe.map(Probe::as_str),
        }));
        table.row([name.clone(), settings.kind().to_owned(), settings.rate().to_string(), how]);
    }
    if ctx.json {
        println!("{}", serde_json::Value::from(rows));
    } else if app.settings.gateways.is_empty() {
        tell(&say!(
            ctx.lang,
            "No account is set up: add one under [gateways.NAME] in the settings.",
            "Ingen konto er satt opp: legg til en under [gateways.NAVN] i innstillingene."
        ));
    } else {
        println!("{table}");
    }
    Ok(exit)
}
