//! `lykt serve`: the daemon, until it is stopped.

use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use super::app::App;
use super::{Ctx, Exit};
use crate::daemon::Daemon;

/// Runs the command.
///
/// # Errors
/// When the daemon cannot start.
pub async fn run(ctx: &Ctx) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let daemon = Daemon::start(app.settings, app.db, app.ledger).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    info!("stopping: what is under way ends first");
    daemon.stop().await;
    Ok(Exit::Done)
}
