//! `lykt demo`: the whole life of a campaign in a minute, with nothing to configure.
//!
//! The folder it leaves behind is a real installation with the simulator and a clock that lapses.

mod kept;
mod list;
mod morning;
mod practice;
mod stage;
mod watch;
mod year;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use self::stage::Stage;
use super::app::App;
use super::init;
use super::table::wrap;
use super::{Ctx, Exit};
use crate::daemon::Daemon;
use crate::domain::private::Private;
use crate::domain::span::DAY_MS;
use crate::ledger::NoSource;
use crate::plan::enqueue::enqueue;
use crate::plan::{Keep, approve};
use crate::say;
use crate::settings::SecondPerson;
use crate::store::touch::{Touch, TouchKind};

/// Shows the whole life of a campaign in a minute: no account, nothing to configure, no real person.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder to work in; made anew each time.
    #[arg(long, default_value = "lykt-demo")]
    dir: PathBuf,
    /// Let some days pass, then open the pages on a morning, signed in; until Ctrl-C.
    #[arg(long)]
    web: bool,
    /// A whole year instead: a vaccine offer, the people who come, and the report of the year. Two minutes at most.
    #[arg(long, conflicts_with = "web")]
    year: bool,
    /// Where the pages listen, on this machine.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", requires = "web")]
    listen: std::net::SocketAddr,
}

const CAMPAIGN: &str = include_str!("../../../campaigns/vinter.toml");
const IMAGE: &[u8] = include_bytes!("../../../campaigns/media/pictograms.png");
const NAME: &str = "vinter";
/// Marks a folder as the demo's own, so that it may be made anew.
const MARK: &str = ".lykt-demo";
/// When the made-up days begin, and how long one lasts.
const START: &str = "2026-12-01T09:30:00";
const DAY: &str = "3500ms";
/// Where the demo listens when nobody is to come.
const NOWHERE: &str = "127.0.0.1:0";

/// Runs the command.
///
/// # Errors
/// When the folder cannot be written, or a promise was not kept.
pub async fn run(ctx: &Ctx, args: DemoArgs) -> anyhow::Result<Exit> {
    let stage = Stage::new(ctx);
    let made = list::make_up();
    if !args.listen.ip().is_loopback() {
        bail!("{} is not on this machine: the demo signs people in without a password", args.listen);
    }
    let listen = if args.web { args.listen.to_string() } else { NOWHERE.to_owned() };
    let (start, day) = match (args.web, args.year) {
        (true, _) => (START, morning::QUICK),
        (_, true) => (year::START, year::DAY),
        _ => (START, DAY),
    };
    let (name, campaign) = if args.year { (year::NAME, year::CAMPAIGN) } else { (NAME, CAMPAIGN) };
    let config = make(&args.dir, (name, campaign), &made.csv, &settings(NOWHERE, start, day))?;
    if args.web {
        practice::write(&args.dir)?;
    }
    let ctx = Ctx { config, ..ctx.clone() };
    stage.welcome(&args.dir, &made.csv);

    let app = App::open(&ctx).await?;
    past(&app, &made).await?;
    let ready = match super::source::Folder::of(&app).ready(&ctx, name, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    stage.list(&ready.list)?;
    let planned = super::plan::make(&app, &ready, Some("demo"), Keep::Yes, |_| {}).await?;
    stage.plan(&planned);
    stage.message(&app, &planned).await?;

    let yes = approve::Yes {
        campaign: name,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        definition: &ready.definition,
        people: planned.plan.eligible,
        by: Some("demo"),
        second: SecondPerson::Never,
        understood: 0,
    };
    if let Err(refusal) = approve::approve(&app.db, &app.ledger, &yes).await? {
        return Ok(super::approve::say_refusal(&ctx, name, &refusal));
    }
    enqueue(&app.db, &app.ledger, name, planned.plan.id, |_| {}).await?;
    stage.approved(planned.plan.eligible);

    // The made-up days begin here, however long the plan took.
    let app = app.restart_clock(&ctx).await?;
    if args.web {
        practice::count(&app).await?;
        return morning::open(&stage, &ctx, app, &args.dir, &listen).await;
    }
    if args.year {
        return year::go(&stage, &ctx, app, &args.dir).await;
    }
    let App { settings: own, db, ledger } = app;
    let daemon = Daemon::start(own, db, ledger, axum::Router::new()).await?;
    let app = App::open(&ctx).await?;
    let watched = watch::watch(&stage, &app, NAME, watch::LONGEST_MS).await;
    daemon.stop().await;
    let kept = watched?;
    // Whoever looks further finds the day as it stands here, with its list of calls.
    let stands = app.ledger.clock.zoned().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    app.db.close().await;
    init::write(&ctx.config, &settings(NOWHERE, &stands, morning::REAL))?;
    let app = App::open(&ctx).await?;
    stage.end(&app, NAME, &args.dir, &kept).await?;
    app.db.close().await;
    Ok(if kept.all() { Exit::Done } else { Exit::Fault })
}

/// Makes the demo's folder; one that it made before goes, any other is left alone.
fn make(dir: &Path, (name, campaign): (&str, &str), csv: &str, settings: &str) -> anyhow::Result<PathBuf> {
    if dir.join(MARK).exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove the old {}", dir.display()))?;
    } else if dir.exists() {
        bail!("{} exists and is not the demo's: choose another folder with --dir", dir.display());
    }
    let config = init::make(dir)?;
    init::write(&dir.join(MARK), "Made by `lykt demo`, which makes it anew each time.\n")?;
    init::write(&config, settings)?;
    // Slower than the example, so that the sending takes some of the made-up days.
    let campaign = campaign.replace("\"20/min\"", "\"1/min\"");
    init::write(&dir.join("campaigns").join(format!("{name}.toml")), &campaign)?;
    init::write(&dir.join("campaigns/lists").join(format!("{name}.csv")), csv)?;
    init::write(&dir.join("panel.txt"), PANEL)?;
    fs::write(dir.join("campaigns/media/pictograms.png"), IMAGE).context("cannot write the picture")?;
    Ok(config)
}

/// People who try messages, with numbers that belong to nobody.
const PANEL: &str = "# Who agreed to try messages, a number a line; what stands behind # is shown beside it.\n\
    +46 70 174 06 98  # Mina, tester\n+46 70 174 06 99  # Ole, tester\n";

/// The demo's settings, with days that begin at `start` and last so long. Where nobody is to come, mail names an address
/// that could be a house's.
fn settings(listen: &str, start: &str, day: &str) -> String {
    let public_url = if listen == NOWHERE { "https://lykt.example.org".to_owned() } else { format!("http://{listen}") };
    format!(
        "# Made by `lykt demo`: a simulator instead of a gateway, and a clock of its own.\n\n\
         [organisation]\nname = \"Lykten\"\nservices = \"lege, advokat og noen å snakke med\"\nabout_url = \"https://lykt.example.org/om\"\n\
         panel = {{ file = \"panel.txt\" }}\n\n\
         [server]\nlisten = \"{listen}\"\npublic_url = \"{public_url}\"\n\n\
         # The account that the campaign names; here nothing leaves the machine.\n[gateways.twilio-oslo]\nkind = \"simulator\"\nrate = \"2000/s\"\n\n\
         [clock]\nstart = \"{start}\"\nday = \"{day}\"\n"
    )
}

/// What happened before: some got a message six weeks ago, and some said no.
async fn past(app: &App, made: &list::MadeUp) -> anyhow::Result<()> {
    let now = app.ledger.clock.now_ms();
    let mut tx = app.db.begin().await?;
    for number in &made.contacted {
        let contact = app.ledger.contact(&mut tx, &Private::new(number.clone())).await?;
        let mut touch = Touch::new(TouchKind::Message, now - 42 * DAY_MS);
        touch.channel = Some("sms".to_owned());
        touch.counts = true;
        app.ledger.register(&mut tx, contact.id, &touch).await?;
    }
    for number in &made.noes {
        let contact = app.ledger.contact(&mut tx, &Private::new(number.clone())).await?;
        app.ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, Some("demo")).await?;
    }
    tx.commit().await?;
    Ok(())
}

impl Stage {
    fn welcome(&self, dir: &Path, csv: &str) {
        let (rows, dir) = (csv.lines().count() - 1, dir.display());
        self.heading(&say!(
            self.lang,
            "Lykt: a campaign from file to call list",
            "Lykt: en kampanje fra fil til ringeliste"
        ));
        let told = say!(
            self.lang,
            "Everything happens in {dir}/. {rows} made-up rows, a simulator instead of a gateway, and a clock on which a day lasts three and a half seconds.",
            "Alt skjer i {dir}/. {rows} oppdiktede rader, en simulator i stedet for en leverandør, og en klokke der et døgn varer tre og et halvt sekund."
        );
        wrap(&told, 78).iter().for_each(|line| self.line(line));
    }
}
