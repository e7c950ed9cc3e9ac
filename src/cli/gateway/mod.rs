//! `lykt gateway`: accounts, one harmless call to each, and the files that describe providers.

mod provider;

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::domain::lang::number_of;
use crate::gateway::accounts::{provider_file, takes_replies};
use crate::gateway::{Accounts, Probe};
use crate::say;
use crate::settings::Account;
use crate::store::{account, opened};

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
    /// Checks files that describe providers, and tries their examples; every mistake with its line.
    Check(provider::CheckArgs),
    /// Shows the file of a provider that comes with Lykt, to read or to begin your own with.
    Show(provider::ShowArgs),
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or an account is wrong.
pub async fn run(ctx: &Ctx, command: GatewayCommand) -> anyhow::Result<Exit> {
    let (tests, only) = match command {
        GatewayCommand::Check(args) => return provider::check(ctx, &args),
        GatewayCommand::Show(args) => return provider::show(ctx, &args),
        GatewayCommand::List => (false, None),
        GatewayCommand::Test { account } => (true, account),
    };
    let (app, only) = (App::open(ctx).await?, only.as_deref());
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
    let now = app.ledger.clock.now_ms();
    let paused = account::paused(&mut tx, now).await?;
    let (told, written) = (opened::told(&mut tx).await?, opened::count(&mut tx, now).await?);
    drop(tx);
    let mut table = Table::new([
        say!(ctx.lang, "account", "konto"),
        say!(ctx.lang, "kind", "type"),
        say!(ctx.lang, "rate", "fart"),
        say!(ctx.lang, "how it is", "hvordan det står til"),
    ]);
    let (mut rows, mut exit) = (Vec::new(), Exit::Done);
    for (name, settings) in app.settings.gateways.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let probe = if tests { Some(accounts.probe(name).await) } else { None };
        let works = matches!(probe, Some(Probe::Works | Probe::Untried));
        if probe.is_some() && !works {
            exit = Exit::Fault;
        }
        if let (true, Account::Declarative(declared)) = (tests, settings) {
            let (shown, source) = provider_file(declared, &app.settings)
                .map_err(|why| anyhow::Error::msg(why.pick(ctx.lang).to_owned()))?;
            let found = provider::look(&source);
            if !found.mistakes.is_empty() {
                exit = Exit::Fault;
                complain(&provider::told(ctx, Path::new(&shown), &source, &found.mistakes));
            }
        }
        if works && paused.contains_key(name) {
            let mut tx = app.db.begin().await?;
            account::resume(&mut tx, name).await?;
            tx.commit().await?;
        }
        let pause = paused.get(name).filter(|_| !works);
        let answered = takes_replies(settings, &app.settings);
        let rate = accounts.rate(name).unwrap_or_else(|| settings.rate()).to_string();
        let kind = match settings {
            Account::Declarative(declared) => {
                let file = declared.file.as_deref().map(|file| file.display().to_string());
                declared.provider.clone().or(file).unwrap_or_default()
            }
            _ => settings.kind().to_owned(),
        };
        let how = match (probe, pause) {
            (Some(probe), _) => probe.text().pick(ctx.lang).to_owned(),
            (None, Some(reason)) => say!(ctx.lang, "paused ({reason})", "på pause ({reason})"),
            (None, None) if answered => say!(ctx.lang, "takes replies", "tar imot svar"),
            (None, None) => say!(ctx.lang, "takes no replies", "tar ikke imot svar"),
        };
        let limit = settings.messaging_limit(told);
        let how = match limit.and_then(|limit| limit.0) {
            Some(people) => say!(
                ctx.lang,
                "{how}; {written} of {} written to first in 24 hours",
                "{how}; skrevet først til {written} av {} på 24 timer",
                number_of(people, ["person", "people"], ["person", "personer"]).pick(ctx.lang)
            ),
            None => how,
        };
        rows.push(json!({
            "account": name, "kind": settings.kind(), "rate": rate, "paused": pause,
            "takes_replies": answered, "test": probe.map(Probe::as_str),
            "messaging_limit": limit.and_then(|limit| limit.0), "written_to_first": limit.map(|_| written),
        }));
        table.row([name.clone(), kind, rate, how]);
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
