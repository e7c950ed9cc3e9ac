//! `lykt doctor`: everything known to stop an installation, each with what to do. Looks on after what is broken.
//!
//! Makes, migrates and changes nothing, except with `--confirm-clock` and `--confirm-restore`.

mod accounts;
mod alarm;
mod audit;
mod campaigns;
mod clock;
mod colleagues;
mod database;
mod finding;
mod house;
mod keep;
mod keys;
mod machine;
mod partners;
mod restored;
mod second;
mod settings;
mod work;

use clap::Args;

use self::finding::{Findings, State};
use super::app::App;
use super::{Ctx, Exit};
use crate::audit::On;
use crate::domain::act::Act;
use crate::ledger::trust;

/// Looks whether the installation is well.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Take the clock as it is, after you looked at it.
    #[arg(long)]
    confirm_clock: bool,
    #[command(flatten)]
    restore: restored::RestoreArgs,
    /// Also make one harmless call to each account, and one to ourselves from outside.
    #[arg(long)]
    online: bool,
    /// Also send an alarm for trial, by every way that alarms go.
    #[arg(long)]
    try_alarm: bool,
}

/// Runs the command.
///
/// # Errors
/// When the clock is to be confirmed and the installation does not open.
pub async fn run(ctx: &Ctx, args: DoctorArgs) -> anyhow::Result<Exit> {
    if args.confirm_clock {
        let app = App::open(ctx).await?;
        let mut tx = app.db.begin().await?;
        trust::confirm(&mut tx, &app.ledger.clock).await?;
        app.ledger.book().note(&mut tx, Act::ClockConfirmed, On::Nothing).await?;
        tx.commit().await?;
        app.db.close().await;
    }
    if args.restore.confirm_restore {
        return restored::run(ctx, &args.restore).await;
    }
    let mut found = Findings::default();
    machine::look(&mut found);
    if let Some(settings) = settings::look(ctx, &mut found) {
        let vault = keys::look(&settings, &mut found);
        campaigns::look(&settings, &mut found);
        accounts::look(&ctx.config, &settings, args.online, &mut found).await;
        alarm::look(&settings, args.try_alarm, &mut found).await;
        let db = database::look(&settings, &mut found).await;
        let pulse = house::look(&settings, db.as_ref(), args.online, &mut found).await;
        if let Some(db) = db {
            let looked = async {
                let vault = keys::fit(&db, vault, &mut found).await?;
                clock::look(&db, &settings, &mut found).await?;
                work::look(&db, &settings, pulse, &mut found).await?;
                keep::look(&db, &settings, &mut found).await?;
                second::look(&db, &settings, &mut found).await?;
                colleagues::look(&db, &mut found).await?;
                partners::look(&db, vault.as_ref(), &settings, &mut found).await?;
                audit::look(&db, &settings, vault.as_ref(), &mut found).await
            };
            if let Err(e) = looked.await {
                database::failed(&e, &mut found);
            }
        }
    }
    if ctx.json {
        println!("{}", found.json(ctx.lang));
    } else {
        print!("{}", found.show(ctx));
    }
    Ok(if found.worst() == State::Broken { Exit::Fault } else { Exit::Done })
}
