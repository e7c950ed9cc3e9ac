//! `lykt fake-gateway`: a provider that fails on demand, on this machine, until it is stopped.

use std::fs::{self, OpenOptions};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::table::{complain, tell};
use super::{Ctx, Exit, refuse};
use crate::fake_gateway::{
    ACCOUNT_SID, AUTH_TOKEN, FaultGateway, Faults, HOOK_KEY, Hooks, PASSWORD, USERNAME, whatsapp,
};
use crate::say;

/// Between what is told of a message.
const AFTER: Duration = Duration::from_millis(300);

/// How it plays.
#[derive(Debug, Args)]
pub struct FakeGatewayArgs {
    /// Where it listens; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8099")]
    listen: SocketAddr,
    /// Let other machines in too: whoever reaches it can read what was sent to it.
    #[arg(long)]
    beyond_this_machine: bool,
    /// How long it takes to answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// What fails how often, as `accept_then_drop=1%,hang=0.5%`, or a file with a line for each.
    #[arg(long, value_name = "FAULTS|FILE", default_value = "")]
    faults: String,
    /// The same number fails in the same places.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where `lykt serve` listens: it is told what became of each message.
    #[arg(long, value_name = "URL")]
    callbacks: Option<String>,
    /// A line of JSON for each message it takes goes to the end of this file.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the address is taken, or the log cannot be written.
pub async fn run(ctx: &Ctx, args: &FakeGatewayArgs) -> anyhow::Result<Exit> {
    if !args.listen.ip().is_loopback() && !args.beyond_this_machine {
        let listen = args.listen;
        return Ok(refuse(say!(
            ctx.lang,
            "{listen} lets other machines in, and whoever reaches it can read what was sent: say --beyond-this-machine if that is meant",
            "{listen} slipper andre maskiner inn, og alle som når den, kan lese det som er sendt: si --beyond-this-machine hvis det er meningen"
        )));
    }
    let faults = match fs::read_to_string(&args.faults).unwrap_or_else(|_| args.faults.clone()).parse::<Faults>() {
        Ok(faults) => faults,
        Err(wrong) => {
            complain(&format!("--faults: {wrong}"));
            return Ok(Exit::Usage);
        }
    };
    let local = args.callbacks.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    if let Some(url) = local.as_deref().filter(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
        complain(&say!(
            ctx.lang,
            "--callbacks {url}: write where `lykt serve` listens, for example http://127.0.0.1:8080",
            "--callbacks {url}: skriv hvor `lykt serve` lytter, for eksempel http://127.0.0.1:8080"
        ));
        return Ok(Exit::Usage);
    }
    let gateway = FaultGateway::listen(args.listen).await?;
    gateway.set_latency(Duration::from_millis(args.latency));
    gateway.set_faults(faults.seeded(args.seed));
    if let Some(local) = local {
        let hooks = Hooks { public: local.clone(), local };
        gateway.send_receipts(hooks, AFTER, &["sent", "delivered"]);
    }
    match &args.log {
        Some(path) => gateway.log_to(OpenOptions::new().create(true).append(true).open(path)?),
        None if ctx.json => gateway.log_to(std::io::stdout()),
        None => {}
    }
    greet(ctx, &gateway.base_url());
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Ok(Exit::Done)
}

/// Says what to write in the settings; with `--json` only where it listens, so that a script need not look.
fn greet(ctx: &Ctx, url: &str) {
    if ctx.json {
        println!("{}", serde_json::json!({ "listens": url }));
        return;
    }
    let (number, waba, account) = (whatsapp::NUMBER_ID, whatsapp::WABA_ID, whatsapp::ACCOUNT);
    println!(
        "# {}\n[gateways.fake-twilio]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"fake-twilio.secret\" }}\n\
         from = \"+46701740699\"\nrate = \"20/s\"\nbase_url = \"{url}\"\n\n\
         [gateways.{account}]\nkind = \"whatsapp_cloud\"\nphone_number_id = \"{number}\"\nwaba_id = \"{waba}\"\n\
         access_token = {{ file = \"fake-whatsapp.token\" }}\napp_secret = {{ file = \"fake-whatsapp.secret\" }}\n\
         verify_token = {{ file = \"fake-whatsapp.token\" }}\nrate = \"20/s\"\nbase_url = \"{url}\"\n\n\
         [gateways.fake-46elks]\nkind = \"declarative\"\nprovider = \"46elks\"\nfrom = \"+46701740699\"\nvalues = {{ username = \"{USERNAME}\" }}\n\
         secrets = {{ password = {{ file = \"fake-46elks.secret\" }}, hook_key = {{ file = \"fake-46elks.hook\" }} }}\nrate = \"20/s\"\nbase_url = \"{url}\"\n",
        say!(ctx.lang, "For lykt.toml; take the accounts you need:", "Til lykt.toml; ta de kontoene du trenger:"),
    );
    println!("# {}", say!(ctx.lang, "And in the same folder:", "Og i samme mappe:"));
    for (secret, file) in [
        (AUTH_TOKEN, "fake-twilio.secret"),
        (whatsapp::ACCESS_TOKEN, "fake-whatsapp.token"),
        (whatsapp::APP_SECRET, "fake-whatsapp.secret"),
        (PASSWORD, "fake-46elks.secret"),
        (HOOK_KEY, "fake-46elks.hook"),
    ] {
        println!("printf %s {secret} > {file}");
    }
    tell(&say!(
        ctx.lang,
        "\nListens on {url}. What it took: curl {url}/accepts\nAn answer from somebody it took a message to: curl {url}/replies --data-urlencode from=NUMBER -d text=STOP\nStop with Ctrl-C.",
        "\nLytter på {url}. Det den har tatt imot: curl {url}/accepts\nEt svar fra noen den har tatt imot en melding til: curl {url}/replies --data-urlencode from=NUMMER -d text=STOPP\nStopp med Ctrl-C."
    ));
}
