//! `lykt doctor`: whether this installation is well.

use clap::Args;
use serde_json::json;

use super::app::App;
use super::{Ctx, Exit};
use crate::ledger::trust;
use crate::say;

/// Looks whether the installation is well.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Take the clock as it is, after you looked at it.
    #[arg(long)]
    confirm_clock: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open; the error says what to mend.
pub async fn run(ctx: &Ctx, args: DoctorArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let clock = &app.ledger.clock;
    let mut tx = app.db.begin().await?;
    if args.confirm_clock {
        trust::confirm(&mut tx, clock).await?;
    }
    let trusted = trust::is_trusted(&mut tx, clock).await?;
    tx.commit().await?;
    let now = clock.zoned().strftime("%Y-%m-%d %H:%M").to_string();
    if ctx.json {
        println!("{}", json!({ "settings": true, "keys": true, "database": true, "clock": trusted, "now": now }));
    } else {
        println!(
            "{}",
            say!(
                ctx.lang,
                "settings, keys and database open, and belong together",
                "innstillinger, nøkler og database åpner, og hører sammen"
            )
        );
        println!(
            "{}",
            if trusted {
                say!(ctx.lang, "the clock is trusted: it is {now}", "klokken er til å stole på: den er {now}")
            } else {
                say!(
                    ctx.lang,
                    "the clock says {now}, more than a day from where the daemon last saw it: nothing is sent.\nWhen that is right: lykt doctor --confirm-clock",
                    "klokken sier {now}, mer enn et døgn fra der tjenesten sist så den: ingenting sendes.\nNår det stemmer: lykt doctor --confirm-clock"
                )
            }
        );
    }
    Ok(if trusted { Exit::Done } else { Exit::Refused })
}
