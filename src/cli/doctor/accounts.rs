//! Accounts with gateways and mail: their secrets, and whether they answer.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::finding::Findings;
use crate::cli::mistake;
use crate::clock::Clock;
use crate::domain::lang::Text;
use crate::gateway::{Accounts, AccountsError, Probe};
use crate::settings::{Account, Secret, Settings};
use crate::tasks::mail::Mailer;
use crate::text;

/// Looks at the accounts; calls them only when asked to.
pub(super) async fn look(config: &Path, settings: &Settings, online: bool, found: &mut Findings) {
    for (name, account) in &settings.gateways {
        match account {
            Account::Twilio(twilio) => secret(settings, &twilio.auth_token, name, found),
            Account::WhatsAppCloud(whatsapp) => {
                let secrets = [&whatsapp.access_token, &whatsapp.app_secret, &whatsapp.verify_token];
                secrets.into_iter().for_each(|one| secret(settings, one, name, found));
            }
            Account::Declarative(declared) => {
                declared.secrets.values().for_each(|one| secret(settings, one, name, found));
            }
            Account::Simulator(_) => {}
        }
    }
    if settings.gateways.is_empty() {
        found.warning(
            "accounts",
            text!("no account is set up: nothing can be sent", "ingen konto er satt opp: ingenting kan sendes"),
            text!(
                "add one under [gateways.NAME] in the settings",
                "legg til en under [gateways.NAVN] i innstillingene"
            ),
        );
    }
    mail(settings, found);
    let clock = Clock::real(settings.organisation.timezone.clone());
    match Accounts::open(settings, &clock) {
        Ok(accounts) if !settings.gateways.is_empty() => {
            found.ok(
                "accounts",
                text!("the accounts can be used as they are set up", "kontoene kan brukes slik de er satt opp"),
            );
            if online {
                probe(settings, &accounts, found).await;
            }
        }
        Ok(_) => {}
        // The secret itself was named above.
        Err(AccountsError::Secret { .. }) => {}
        Err(AccountsError::Client(_)) => found.broken(
            "certificates",
            text!("the system's certificates cannot be read", "systemets sertifikater kan ikke leses"),
            text!("install them: apt install ca-certificates", "installer dem: apt install ca-certificates"),
        ),
        Err(e) => {
            found.broken(
                "accounts",
                mistake::of_account(config, &e).map_or_else(|| e.text(), |placed| placed.text()),
                text!("mend it there, then: lykt gateway test", "rett det der, så: lykt gateway test"),
            );
        }
    }
}

async fn probe(settings: &Settings, accounts: &Accounts, found: &mut Findings) {
    for name in settings.gateways.keys() {
        let probe = accounts.probe(name).await;
        let told = probe.text();
        let what = Text { en: format!("{name}: {}", told.en), nb: format!("{name}: {}", told.nb) };
        if matches!(probe, Probe::Works | Probe::Untried) {
            found.ok("account_answers", what);
        } else {
            found.broken(
                "account_answers",
                what,
                text!("then try again: lykt gateway test {name}", "så prøv igjen: lykt gateway test {name}"),
            );
        }
        found.about(name);
    }
}

/// A file with a secret: there, closed to others, and one word.
fn secret(settings: &Settings, secret: &Secret, name: &str, found: &mut Findings) {
    if let Secret::File(path) = secret
        && !settings.path(path).exists()
    {
        let path = settings.path(path);
        let path = path.display();
        found.broken(
            "secret",
            text!(
                "{name}: the file {path} with the secret is not there",
                "{name}: filen {path} med hemmeligheten finnes ikke"
            ),
            text!(
                "write the secret into it, then run `chmod 600 {path}`",
                "skriv hemmeligheten i den, så kjør `chmod 600 {path}`"
            ),
        );
        found.about(name);
        return;
    }
    if let Err(Text { en, nb }) = secret.read(settings) {
        found.broken(
            "secret",
            text!("{name}: {en}", "{name}: {nb}"),
            text!(
                "write the secret into that file alone, readable by the user who runs lykt",
                "skriv bare hemmeligheten i den filen, lesbar for brukeren som kjører lykt"
            ),
        );
        found.about(name);
        return;
    }
    if secret.read(settings).is_ok_and(|secret| secret.expose().contains(char::is_whitespace)) {
        found.broken(
            "secret",
            text!(
                "{name}: the secret has a space or a line break inside",
                "{name}: hemmeligheten har mellomrom eller linjeskift i seg"
            ),
            text!("write the secret alone, on one line", "skriv bare hemmeligheten, på én linje"),
        );
        found.about(name);
    }
    let Secret::File(path) = secret else { return };
    let path = settings.path(path);
    if std::fs::metadata(&path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0) {
        let path = path.display();
        found.warning(
            "secret_open",
            text!("others can read the secret {path}", "andre kan lese hemmeligheten {path}"),
            text!("run `chmod 600 {path}`", "kjør `chmod 600 {path}`"),
        );
        found.about(name);
    }
}

fn mail(settings: &Settings, found: &mut Findings) {
    let Some(mail) = &settings.mail else {
        found.ok(
            "mail",
            text!(
                "no [mail]: staff are told in the log and by `lykt tasks today`",
                "ingen [mail]: de ansatte får beskjed i loggen og med `lykt tasks today`"
            ),
        );
        return;
    };
    if let Some(password) = &mail.password {
        secret(settings, password, "mail.password", found);
    }
    match Mailer::new(settings) {
        Ok(_) => found.ok("mail", text!("staff are told by mail", "de ansatte får beskjed på e-post")),
        Err(e) => found.broken("mail", e.text(), text!("mend [mail] in the settings", "rett [mail] i innstillingene")),
    }
}
