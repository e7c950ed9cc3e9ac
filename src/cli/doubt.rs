//! `lykt doubt`: the coordinator's decisions on messages of which nobody knows whether they went out.

use clap::{Args, Subcommand};
use serde_json::json;

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit, refuse};
use crate::domain::id::{MessageId, one_meant};
use crate::outbox::Settler;
use crate::outbox::doubt::{self, Decided, Decision};
use crate::say;
use crate::store::message::{self, Message};

/// Lists and decides messages that are in doubt.
#[derive(Debug, Subcommand)]
pub enum DoubtCommand {
    /// Shows the messages in doubt, oldest first.
    List,
    /// It went out: somebody saw it.
    Accept(Decide),
    /// It did not go out: send it after all. Only when you know.
    Requeue(Decide),
    /// Nobody will ever know: counts as contacted.
    Abandon(Decide),
}

/// Which message, and why.
#[derive(Debug, Args)]
pub struct Decide {
    /// The message's id, as `doubt list` shows it, or its last digits.
    id: String,
    /// How you know; kept with the contact.
    #[arg(long)]
    reason: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: DoubtCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    match command {
        DoubtCommand::List => list(ctx, &app).await,
        DoubtCommand::Accept(args) => decide(ctx, &app, args, Decision::Accept).await,
        DoubtCommand::Requeue(args) => decide(ctx, &app, args, Decision::Requeue).await,
        DoubtCommand::Abandon(args) => decide(ctx, &app, args, Decision::Abandon).await,
    }
}

async fn list(ctx: &Ctx, app: &App) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    let doubts = message::in_doubt(&mut tx, i64::MAX, 1_000).await?;
    let day = |m: &Message| app.ledger.clock.day_of(m.state_at).to_string();
    if ctx.json {
        let rows: Vec<_> = doubts
            .iter()
            .map(|m| json!({ "id": m.id.to_string(), "campaign": m.campaign, "contact": m.contact.to_string(), "account": m.account, "since": day(m) }))
            .collect();
        println!("{}", serde_json::Value::from(rows));
        return Ok(Exit::Done);
    }
    if doubts.is_empty() {
        tell(&say!(ctx.lang, "Nothing is in doubt.", "Ingenting er uavklart."));
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        say!(ctx.lang, "message", "melding"),
        say!(ctx.lang, "campaign", "kampanje"),
        say!(ctx.lang, "account", "konto"),
        say!(ctx.lang, "since", "siden"),
    ]);
    for m in &doubts {
        table.row([m.id.to_string(), m.campaign.clone(), m.account.clone(), day(m)]);
    }
    println!("{table}");
    Ok(Exit::Done)
}

/// The message that is meant: by its whole id, else the one in doubt whose id ends so.
async fn meant(app: &App, written: &str) -> anyhow::Result<Option<MessageId>> {
    if let Ok(id) = written.parse() {
        return Ok(Some(id));
    }
    let mut tx = app.db.read().await?;
    let doubts = message::in_doubt(&mut tx, i64::MAX, 1_000).await?;
    Ok(one_meant(written, doubts, |m| m.id.0).ok().map(|m| m.id))
}

async fn decide(ctx: &Ctx, app: &App, args: Decide, decision: Decision) -> anyhow::Result<Exit> {
    let reason = args.reason.as_ref().filter(|reason| !reason.trim().is_empty());
    let (Some(actor), Some(reason)) = (&ctx.actor, reason) else {
        complain(&say!(
            ctx.lang,
            "say who decides and how you know: --as NAME --reason TEXT",
            "si hvem som avgjør og hvordan du vet det: --as NAVN --reason TEKST"
        ));
        return Ok(Exit::Usage);
    };
    let Some(id) = meant(app, &args.id).await? else {
        complain(&say!(
            ctx.lang,
            "no one message in doubt has this id: see `lykt doubt list`",
            "ingen enkelt uavklart melding har denne iden: se `lykt doubt list`"
        ));
        return Ok(Exit::Usage);
    };
    let settler = Settler::new(app.ledger.clone(), app.settings.organisation.holidays);
    match doubt::decide(&app.db, &app.ledger, &settler, id, decision, (actor, reason)).await? {
        Decided::Done => {}
        Decided::Unknown => {
            complain(&say!(
                ctx.lang,
                "there is no such message: see `lykt doubt list`",
                "det finnes ingen slik melding: se `lykt doubt list`"
            ));
            return Ok(Exit::Usage);
        }
        Decided::NotInDoubt(state) => {
            let state = state.as_str();
            return Ok(refuse(say!(
                ctx.lang,
                "the message is not in doubt any more: it is {state}",
                "meldingen er ikke uavklart lenger: den er {state}"
            )));
        }
        Decided::BeingAsked => {
            return Ok(refuse(say!(
                ctx.lang,
                "the provider is being asked about the message right now: try again in a minute",
                "leverandøren blir spurt om meldingen akkurat nå: prøv igjen om et minutt"
            )));
        }
    }
    if ctx.json {
        println!("{}", json!({ "id": args.id.to_string(), "state": decision.to().as_str() }));
    } else {
        tell(decision.told().pick(ctx.lang));
    }
    Ok(Exit::Done)
}
