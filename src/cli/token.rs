//! `lykt token`: what other systems come to the API with.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::access::{Access, Token};
use crate::domain::gather::Gather;
use crate::domain::scope::Scope;
use crate::say;

/// Makes and revokes tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token, and shows it once.
    Add(AddArgs),
    /// Shows all tokens and what they may do, without their secrets.
    List,
    /// Revokes a token: from now on it is no good.
    Revoke(RevokeArgs),
}

/// For whom, and for what.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The system it is for; stands in the ledger where it registers something.
    #[arg(value_name = "NAME")]
    name: String,
    /// What it may do: contacts:check, touches:write, tasks:read, tasks:write, campaigns:read or metrics:read; several times.
    #[arg(long, value_name = "SCOPE", value_parser = scope, required = true)]
    scope: Vec<Scope>,
}

/// Which.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// The token's name, as `token list` shows it.
    #[arg(value_name = "NAME")]
    name: String,
}

fn scope(word: &str) -> Result<Scope, String> {
    let words = Scope::ALL.map(Scope::as_str).join(", ");
    Scope::parse(word).ok_or_else(|| format!("write one of {words}"))
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: TokenCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let day = |ms| app.ledger.clock.day_of(ms).to_string();
    let access = Access::new(app.db.clone(), app.ledger.clone(), &app.settings);
    match command {
        TokenCommand::Add(args) => add(ctx, &access, args).await,
        TokenCommand::List => {
            let tokens = access.tokens().await?;
            if ctx.json {
                println!("{}", tokens.iter().map(|token| shown(token, &day)).collect::<Value>());
                return Ok(Exit::Done);
            }
            let mut table = Table::new([
                say!(ctx.lang, "name", "navn"),
                say!(ctx.lang, "may", "kan"),
                say!(ctx.lang, "last used", "sist brukt"),
                say!(ctx.lang, "revoked", "trukket tilbake"),
            ]);
            for token in tokens {
                let used = token.used_on.unwrap_or_default();
                table.row([token.name, token.scopes, used, token.revoked_at.map(day).unwrap_or_default()]);
            }
            println!("{table}");
            Ok(Exit::Done)
        }
        TokenCommand::Revoke(args) => {
            if !access.revoke(&args.name).await? {
                complain(&say!(
                    ctx.lang,
                    "there is no such token: see `lykt token list`",
                    "det finnes ikke noe slikt token: se `lykt token list`"
                ));
                return Ok(Exit::Usage);
            }
            if ctx.json {
                println!("{}", json!({ "name": args.name, "revoked": true }));
            } else {
                tell(&say!(ctx.lang, "Revoked.", "Trukket tilbake."));
            }
            Ok(Exit::Done)
        }
    }
}

async fn add(ctx: &Ctx, access: &Access, args: AddArgs) -> anyhow::Result<Exit> {
    let scopes = args.scope.into_iter().gather();
    let (token, secret) = match access.add_token(&args.name, &scopes, ctx.actor.as_deref()).await? {
        Ok(made) => made,
        Err(why) => {
            complain(why.of_a_token().pick(ctx.lang));
            return Ok(Exit::Usage);
        }
    };
    let secret = secret.expose();
    if ctx.json {
        println!("{}", json!({ "name": token.name, "scopes": scopes_of(&token), "token": secret }));
    } else {
        tell(&say!(ctx.lang, "The token, shown this once: {secret}", "Tokenet, som bare vises nå: {secret}"));
    }
    Ok(Exit::Done)
}

fn shown(token: &Token, day: &impl Fn(i64) -> String) -> Value {
    json!({
        "name": token.name, "scopes": scopes_of(token), "made": day(token.made_at), "last_used": token.used_on,
        "revoked": token.revoked_at.map(day),
    })
}

fn scopes_of(token: &Token) -> Vec<&str> {
    token.scopes.split(' ').collect()
}
