//! Whether somebody would be told when something is wrong.

use super::finding::Findings;
use crate::alarm::Words;
use crate::clock::Clock;
use crate::settings::{Account, Settings};
use crate::tasks::mail::Mailer;
use crate::{say, text};

/// Looks at the ways an alarm goes; sends one for trial when asked to.
pub(super) async fn look(settings: &Settings, try_it: bool, found: &mut Findings) {
    let mailer = match Mailer::new(settings) {
        Ok(mailer) => mailer,
        // What is wrong with the mail itself was said before.
        Err(_) if settings.mail.is_some() => return,
        Err(e) => {
            let todo = text!("mend [alarm] in the settings", "rett [alarm] i innstillingene");
            return found.broken("alarm", e.text(), todo);
        }
    };
    let ways = mailer.alarm_ways();
    if ways.is_empty() {
        let what = text!(
            "nobody is told when something is wrong, except in the log",
            "ingen får beskjed når noe er galt, bare loggen"
        );
        let for_real = settings.gateways.values().any(|account| !matches!(account, Account::Simulator(_)));
        return if for_real {
            found.warning("alarm", what, text!("set [mail], or [alarm] webhook", "sett [mail], eller [alarm] webhook"))
        } else {
            found.ok("alarm", what)
        };
    }
    if !try_it {
        return found.ok("alarm", text!("alarms are sent", "alarmer sendes"));
    }
    let words = Words::from(settings);
    let (lang, now) = (words.lang, Clock::real(settings.organisation.timezone.clone()).now_ms());
    let what = say!(lang, "this is a trial, nothing is wrong", "dette er en prøve, ingenting er galt");
    for way in ways {
        let (subject, body) = words.say(way, ("trial", "trial"), "", &what, "");
        if mailer.shout(way, &subject, &body, now).await {
            found.ok("alarm", text!("a trial was taken", "en prøve ble tatt imot"));
        } else {
            found.broken(
                "alarm",
                text!("a trial was not taken", "en prøve ble ikke tatt imot"),
                text!(
                    "look at [mail] or the address of [alarm] webhook",
                    "se på [mail] eller adressen i [alarm] webhook"
                ),
            );
        }
        found.about(way.as_str());
    }
}
