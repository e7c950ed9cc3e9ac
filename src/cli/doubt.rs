//! `lykt doubt`: the coordinator's decisions on messages of which nobody knows whether they went out.

use clap::{Args, Subcommand};
use serde_json::json;

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit, refuse};
use crate::domain::id::MessageId;
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::outbox::Settler;
use crate::say;
use crate::store::message::{self, Message};
use crate::store::touch::{Touch, TouchKind};
use crate::text;

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
    /// The message's id, as `doubt list` shows it.
    id: MessageId,
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
        DoubtCommand::Accept(args) => decide(ctx, &app, args, MessageState::Accepted).await,
        DoubtCommand::Requeue(args) => decide(ctx, &app, args, MessageState::Queued).await,
        DoubtCommand::Abandon(args) => decide(ctx, &app, args, MessageState::Abandoned).await,
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

async fn decide(ctx: &Ctx, app: &App, args: Decide, to: MessageState) -> anyhow::Result<Exit> {
    let (Some(actor), Some(reason)) = (&ctx.actor, &args.reason) else {
        complain(&say!(
            ctx.lang,
            "say who decides and how you know: --as NAME --reason TEXT",
            "si hvem som avgjør og hvordan du vet det: --as NAVN --reason TEKST"
        ));
        return Ok(Exit::Usage);
    };
    let mut tx = app.db.begin().await?;
    let Some(m) = message::get(&mut tx, args.id).await? else {
        complain(&say!(
            ctx.lang,
            "there is no such message: see `lykt doubt list`",
            "det finnes ingen slik melding: se `lykt doubt list`"
        ));
        return Ok(Exit::Usage);
    };
    if m.state != MessageState::InDoubt {
        let state = m.state.as_str();
        return Ok(refuse(say!(
            ctx.lang,
            "the message is not in doubt any more: it is {state}",
            "meldingen er ikke uavklart lenger: den er {state}"
        )));
    }
    let settler = Settler::new(app.ledger.clone(), app.settings.organisation.holidays);
    let now = app.ledger.clock.now_ms();
    match to {
        MessageState::Accepted => settler.accept(&mut tx, &m).await?,
        MessageState::Queued => settler.requeue(&mut tx, &m).await.map(drop)?,
        _ => settler.abandon(&mut tx, &m).await.map(drop)?,
    }
    let mut note = Touch::new(TouchKind::Note, now);
    note.actor = Some(actor.clone());
    note.detail = Some(format!("doubt_{}", to.as_str()));
    note.message_id = Some(m.id);
    note.note = Some(Private::new(reason.clone()));
    app.ledger.register(&mut tx, m.contact, &note).await?;
    tx.commit().await?;
    if ctx.json {
        println!("{}", json!({ "id": m.id.to_string(), "state": to.as_str() }));
    } else {
        tell(told(to).pick(ctx.lang));
    }
    Ok(Exit::Done)
}

fn told(to: MessageState) -> Text {
    match to {
        MessageState::Accepted => text!("It counts as sent.", "Den regnes som sendt."),
        MessageState::Queued => {
            text!(
                "It waits for its turn again; everything is checked first.",
                "Den venter på tur igjen; alt sjekkes først."
            )
        }
        _ => text!("It counts as contacted; nothing follows.", "Den regnes som kontaktet; ingenting følger."),
    }
}
