//! `lykt demo --web`: some days of a campaign have passed, and it is a morning: answers are unread, calls are due, and
//! the pages are open for one made-up person in each role.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::{ToSpan, ZonedDateTime};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::stage::Stage;
use super::{NAME, settings};
use crate::access::Access;
use crate::cli::app::App;
use crate::cli::table::tell;
use crate::cli::{Ctx, Exit, init};
use crate::daemon::Daemon;
use crate::domain::gather::Gather;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::say;
use crate::store::campaign;
use crate::tasks::Tasks;
use crate::web::{self, House};

/// How long a day lasts while the days before pass.
pub(super) const QUICK: &str = "2s";
/// From then on the clock goes as clocks do.
pub(super) const REAL: &str = "1440 minutes";
/// Calls on the list before the morning comes, and how long they may take to get there.
const CALLS: usize = 12;
const LONGEST: Duration = Duration::from_secs(60);
/// Minutes after the first in which one may call.
const FIRST: i64 = 5;
/// Who works here.
const PEOPLE: [(&str, Role); 5] = [
    ("Amanda", Role::Staff),
    ("Kim", Role::Coordinator),
    ("Noor", Role::Peer),
    ("Ada", Role::Admin),
    ("Rut", Role::Auditor),
];

/// Lets the days pass until people are to be called, and opens the pages on the next morning.
pub(super) async fn open(stage: &Stage, ctx: &Ctx, app: App, dir: &Path, listen: &str) -> anyhow::Result<Exit> {
    stage.line(&say!(stage.lang, "\nSome days pass ..", "\nNoen dager går .."));
    let morning = days(app).await?;
    let start = morning.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    init::write(&dir.join("lykt.toml"), &settings(listen, &start, REAL))?;

    let app = App::open(ctx).await?;
    let people = people(&app).await?;
    let house = House::new(app.settings.clone(), app.db.clone(), app.ledger.clone());
    let keys = people.iter().map(|(_, key, cookie)| (key.clone(), cookie.clone())).collect();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let daemon = Daemon::start(app.settings, app.db, app.ledger, web::router_with_keys(house, keys)).await?;
    let listen = daemon.listen();
    let links: Vec<_> =
        people.iter().map(|(name, key, _)| (*name, format!("http://{listen}/demo/{}", key.expose()))).collect();
    stage.event("web", json!({ "listen": format!("http://{listen}"), "campaign": NAME, "links": links.iter().cloned().gather::<std::collections::BTreeMap<_, _>>() }));
    if !ctx.json {
        show(stage, &links);
    }
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    daemon.stop().await;
    Ok(Exit::Done)
}

/// The days until calls are due; the first morning after that, when one may call.
async fn days(app: App) -> anyhow::Result<ZonedDateTime> {
    let App { settings, db, ledger } = app;
    let (look, clock) = (db.clone(), ledger.clock.clone());
    let tasks = Tasks::of(ledger.clone(), &settings);
    let hours = tasks.hours.clone();
    let daemon = Daemon::start(settings, db, ledger, axum::Router::new()).await?;
    let waited = tokio::time::timeout(LONGEST, async {
        loop {
            let mut tx = look.read().await?;
            if campaign::get(&mut tx, NAME).await?.is_none() || tasks.today(&mut tx).await?.len() >= CALLS {
                return anyhow::Ok(());
            }
            drop(tx);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let ended = waited.await;
    let now = clock.zoned();
    daemon.stop().await;
    ended.context("nobody was to be called in time; is the machine very busy?")??;
    let from = if now.hour() < 9 { now } else { now.start_of_day()?.checked_add(1.day())? };
    let opens = hours.next_open(from.timestamp()).to_zoned_datetime(hours.zone().clone());
    Ok(opens.checked_add(FIRST.minutes())?)
}

/// Makes the people who work here, and begins a session for each: name, key of the link, cookie.
async fn people(app: &App) -> anyhow::Result<Vec<(&'static str, Private, Private)>> {
    let access = Access::new(app.db.clone(), app.ledger.clone(), &app.settings);
    let mut people = Vec::new();
    for (name, role) in PEOPLE {
        let Ok(added) = access.add(name, role, None, Some("demo")).await? else { bail!("cannot add {name}") };
        let mut tx = app.db.begin().await?;
        let (cookie, key) = (access.begin(&mut tx, added.user.id).await?, crate::access::draw()?);
        tx.commit().await?;
        people.push((name, key, cookie));
    }
    Ok(people)
}

fn show(stage: &Stage, links: &[(&str, String)]) {
    stage.heading(&say!(
        stage.lang,
        "It is morning at the service. Open one of these:",
        "Det er morgen på jobb. Åpne en av disse:"
    ));
    for ((name, link), (_, role)) in links.iter().zip(PEOPLE) {
        println!("  {:<8} {:<14} {link}", name, role.text().pick(stage.lang));
    }
    tell(&say!(
        stage.lang,
        "\nEach link signs in one made-up person, and only here. Nothing leaves this machine. Stop with Ctrl-C.",
        "\nHver lenke logger inn én oppdiktet person, og bare her. Ingenting forlater maskinen. Stopp med Ctrl-C."
    ));
    if stage.is_watched()
        && let Some((_, link)) = links.first()
    {
        // Where there is no browser to open, the link stands above.
        let quiet = std::process::Stdio::null;
        let _ = std::process::Command::new("xdg-open").arg(link).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_works_here_in_each_role() {
        for role in Role::ALL {
            assert_eq!(PEOPLE.iter().filter(|(_, of)| *of == role).count(), 1);
        }
        assert!(QUICK.ends_with('s'));
    }
}
