//! The daemon and its door: does it run, does it listen, and do gateways find it.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use super::finding::Findings;
use crate::clock::{Clock, boot_ms};
use crate::daemon::Lock;
use crate::gateway::http::Http;
use crate::gateway::{Auth, Request};
use crate::settings::Settings;
use crate::store::{Db, node};
use crate::text;

/// Whether a daemon runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pulse {
    Runs,
    Stands,
}

/// Looks at the daemon, its port and its address.
pub(super) async fn look(settings: &Settings, db: Option<&Db>, online: bool, found: &mut Findings) -> Pulse {
    let pulse = pulse(settings, db).await;
    match pulse {
        Pulse::Runs => found.ok("daemon", text!("lykt serve runs", "lykt serve kjører")),
        Pulse::Stands => found.warning(
            "daemon",
            text!(
                "lykt serve does not run: nothing is sent or taken in",
                "lykt serve kjører ikke: ingenting sendes eller tas imot"
            ),
            text!("start it: lykt serve", "start den: lykt serve"),
        ),
    }
    port(settings, pulse, found);
    address(settings, found);
    if online {
        reach(settings, found).await;
    }
    pulse
}

async fn pulse(settings: &Settings, db: Option<&Db>) -> Pulse {
    let url = settings.database_url();
    let runs = match (url.strip_prefix("sqlite:"), db) {
        (Some(file), _) => Lock::is_held(Path::new(file)),
        (None, Some(db)) => {
            let clock = Clock::real(settings.organisation.timezone.clone());
            let alive = async { node::any_alive(&mut db.read().await?, &clock).await };
            alive.await.unwrap_or(false)
        }
        (None, None) => false,
    };
    if runs { Pulse::Runs } else { Pulse::Stands }
}

fn port(settings: &Settings, pulse: Pulse, found: &mut Findings) {
    let listen = settings.server.listen;
    if pulse == Pulse::Runs || listen.port() == 0 {
        return;
    }
    match TcpListener::bind(listen) {
        Ok(_) => found.ok("port", text!("{listen} is free to listen on", "{listen} er ledig å lytte på")),
        Err(e) => found.broken(
            "port",
            text!("cannot listen on {listen}: {e}", "kan ikke lytte på {listen}: {e}"),
            text!(
                "end the program that has it (`ss -ltnp` names it), or write another [server] listen",
                "avslutt programmet som har den (`ss -ltnp` navngir det), eller skriv en annen [server] listen"
            ),
        ),
    }
}

fn address(settings: &Settings, found: &mut Findings) {
    let url = &settings.server.public_url;
    let todo = || {
        text!(
            "write [server] public_url exactly as gateways see it, like https://lykt.example.org",
            "skriv [server] public_url nøyaktig slik leverandørene ser den, som https://lykt.example.org"
        )
    };
    let real = settings.gateways.values().any(|account| !account.stays_here());
    if settings.server.public_url_is_local() && real {
        found.broken(
            "public_url",
            text!(
                "no gateway can reach {url}: answers and receipts do not come",
                "ingen leverandør når {url}: svar og kvitteringer kommer ikke"
            ),
            todo(),
        );
    } else if settings.server.public_url_is_local() {
        found.ok(
            "public_url",
            text!(
                "{url} is this machine: enough without a real account",
                "{url} er denne maskinen: nok uten en ekte konto"
            ),
        );
    } else if !url.starts_with("https://") {
        found.broken(
            "public_url",
            text!(
                "{url} is not https://: answers would travel in clear",
                "{url} er ikke https://: svar ville gått i klartekst"
            ),
            todo(),
        );
    } else {
        found.ok("public_url", text!("gateways reach us at {url}", "leverandørene når oss på {url}"));
    }
}

async fn reach(settings: &Settings, found: &mut Findings) {
    let url = settings.server.public_url.trim_end_matches('/');
    let Ok(http) = Http::new(boot_ms, Duration::from_secs(10)) else { return };
    let request = Request::get(format!("{url}/healthz"), Auth::None);
    match http.get(request).await {
        Ok(answer) if answer.status == 200 => {
            found.ok("public_url_answers", text!("{url} answers", "{url} svarer"));
        }
        Ok(answer) => {
            let status = answer.status;
            found.broken(
                "public_url_answers",
                text!(
                    "{url} answers with {status}, and not as lykt does",
                    "{url} svarer med {status}, og ikke som lykt"
                ),
                text!(
                    "let the web server in front pass /hooks, /media and /healthz on to [server] listen",
                    "la nettserveren foran sende /hooks, /media og /healthz videre til [server] listen"
                ),
            );
        }
        Err(_) => found.broken(
            "public_url_answers",
            text!("{url} does not answer from here", "{url} svarer ikke herfra"),
            text!(
                "look at its name, its certificate and the web server in front; is lykt serve running?",
                "se på navnet, sertifikatet og nettserveren foran; kjører lykt serve?"
            ),
        ),
    }
}
