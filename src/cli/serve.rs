//! `lykt serve`: the daemon, until it is stopped.

use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use super::app::App;
use super::source::Folder;
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
    tell_campaigns(&app).await?;
    let daemon = Daemon::start(app.settings, app.db, app.ledger).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    info!("stopping: what is under way ends first");
    daemon.stop().await;
    Ok(Exit::Done)
}

/// Says of each campaign file where it stands, and of each mistake that there is one.
async fn tell_campaigns(app: &App) -> anyhow::Result<()> {
    let folder = Folder::of(app);
    for name in folder.names()? {
        let checked = folder.check(&name, Some(app.ledger.clock.today()));
        let mut tx = app.db.read().await?;
        let campaign = crate::store::campaign::get(&mut tx, &name).await?;
        let state = campaign.map_or("loaded", |campaign| campaign.state.as_str());
        match checked.errors() {
            0 => info!(campaign.name = name, campaign.state = state, "campaign file read"),
            mistakes => warn!(campaign.name = name, mistakes, "campaign file has mistakes; `lykt check` shows them"),
        }
    }
    Ok(())
}
