//! `lykt serve`: the daemon, until it is stopped.

use std::io::IsTerminal;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;

use super::app::App;
use super::table::tell;
use super::{Ctx, Exit};
use crate::daemon::Daemon;
use crate::domain::campaign::CampaignState;
use crate::say;
use crate::store::campaign;
use crate::web::{self, House};

/// A file has reached the size that a limit of the system allows.
const SIGXFSZ: i32 = 25;

/// Runs the command.
///
/// # Errors
/// When the daemon cannot start.
pub async fn run(ctx: &Ctx) -> anyhow::Result<Exit> {
    let app = App::open_or_make(ctx).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hang_up = hang_up()?;
    // A file that may not grow is then an error of whoever writes it, as on a full disk, and no end of the daemon.
    let _too_large = signal(SignalKind::from_raw(SIGXFSZ))?;
    let running = running(&app).await?;
    let pages = web::router(House::new(app.settings.clone(), app.db.clone(), app.ledger.clone()));
    let mut daemon = Daemon::start(app.settings, app.db, app.ledger, pages).await?;
    greet(ctx, daemon.listen(), running);
    let exit = tokio::select! {
        _ = terminate.recv() => Exit::Done,
        _ = interrupt.recv() => Exit::Done,
        () = comes(hang_up) => Exit::Done,
        () = daemon.broken() => Exit::Fault,
    };
    info!("stopping: what is under way ends first");
    daemon.stop().await;
    Ok(exit)
}

/// What says that the terminal is gone; `None` where whoever started us wants that ignored, as `nohup` does.
fn hang_up() -> std::io::Result<Option<Signal>> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|signals| u64::from_str_radix(signals.trim(), 16).ok());
    match ignored {
        Some(signals) if signals & 1 == 0 => signal(SignalKind::hangup()).map(Some),
        _ => Ok(None),
    }
}

async fn comes(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Says to a person at a terminal where it listens, what goes on, and what to do; a log has it all already.
fn greet(ctx: &Ctx, listen: std::net::SocketAddr, running: usize) {
    if !std::io::stdout().is_terminal() {
        return;
    }
    let going = match running {
        0 => say!(
            ctx.lang,
            "No campaign runs: `lykt plan NAME`, then `lykt approve NAME`.",
            "Ingen kampanje går: `lykt plan NAVN`, så `lykt approve NAVN`."
        ),
        1 => say!(ctx.lang, "1 campaign runs.", "1 kampanje går."),
        n => say!(ctx.lang, "{n} campaigns run.", "{n} kampanjer går."),
    };
    tell(&say!(
        ctx.lang,
        "Lykt listens on http://{listen}. {going}\nIs all well? `lykt doctor`, in another window. Stop with Ctrl-C.",
        "Lykt lytter på http://{listen}. {going}\nEr alt i orden? `lykt doctor`, i et annet vindu. Stopp med Ctrl-C."
    ));
}

async fn running(app: &App) -> anyhow::Result<usize> {
    let mut tx = app.db.read().await?;
    let goes = |state| matches!(state, CampaignState::Approved | CampaignState::Running);
    Ok(campaign::all(&mut tx).await?.iter().filter(|campaign| goes(campaign.state)).count())
}
