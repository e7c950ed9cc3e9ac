//! How staff are told, and who is told when something is wrong.

use std::net::IpAddr;

use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer};

use super::mistake::Mistake;
use super::read::{self, some_whole};
use super::secret::Secret;
use super::word::word;
use crate::domain::lang::Text;
use crate::text;

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The SMTP server's name.
    pub server: String,
    /// Its port; 587, 465 or 25 by `security` when missing.
    #[serde(default, deserialize_with = "some_whole::<1, 65_535, _, _>")]
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default, deserialize_with = "word")]
    pub security: Security,
    /// Who the mail is from.
    #[serde(deserialize_with = "sender")]
    pub from: Mailbox,
    /// Who gets it.
    #[serde(deserialize_with = "readers")]
    pub to: Vec<Mailbox>,
    /// The user, when the server asks for one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret>,
}

/// How a mail connection is secured.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Begins in clear and must change to TLS.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In clear: only to this machine.
    None,
}

/// `[alarm]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// Who is mailed; those of `[mail] to` when empty.
    #[serde(default, deserialize_with = "readers")]
    pub mail: Vec<Mailbox>,
    /// An address that is called with JSON.
    pub webhook: Option<Secret>,
}

fn sender<'de, D: Deserializer<'de>>(from: D) -> Result<Mailbox, D::Error> {
    read::one(from, mailbox)
}

fn readers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Mailbox>, D::Error> {
    read::each(from, mailbox)
}

fn mailbox(written: &str) -> Result<Mailbox, Text> {
    written.parse().map_err(|_| {
        text!(
            "`{written}` is no address; write one like \"Outreach <outreach@example.org>\"",
            "`{written}` er ingen adresse; skriv en som \"Oppsøkende <outreach@example.org>\""
        )
    })
}

impl Mail {
    /// Says what cannot work as it stands.
    ///
    /// # Errors
    /// A mistake at its key.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let server = &self.server;
        if server.trim().is_empty() {
            let reason = text!(
                "mail.server is empty: write its name, like \"smtp.example.org\", or remove [mail]",
                "mail.server er tom: skriv navnet, som \"smtp.example.org\", eller fjern [mail]"
            );
            return Err(Mistake::at("mail.server", reason));
        }
        if self.to.is_empty() {
            let reason = text!(
                "mail.to is empty: write who gets the notices, or remove [mail]",
                "mail.to er tom: skriv hvem som får beskjedene, eller fjern [mail]"
            );
            return Err(Mistake::at("mail.to", reason));
        }
        if self.security == Security::None && !is_here(server) {
            let reason = text!(
                "mail.security = \"none\" is for this machine only: write \"starttls\" or \"tls\" for {server}",
                "mail.security = \"none\" er bare for denne maskinen: skriv \"starttls\" eller \"tls\" for {server}"
            );
            return Err(Mistake::at("mail.security", reason));
        }
        if self.user.is_some() != self.password.is_some() {
            let reason = text!(
                "mail.user and mail.password belong together: write both or none",
                "mail.user og mail.password hører sammen: skriv begge eller ingen"
            );
            return Err(Mistake::at("mail.user", reason));
        }
        Ok(())
    }
}

impl Alarms {
    /// Says what cannot work beside this mail.
    ///
    /// # Errors
    /// A mistake at its key.
    pub(super) fn check(&self, mail: Option<&Mail>) -> Result<(), Mistake> {
        if self.mail.is_empty() || mail.is_some() {
            return Ok(());
        }
        let reason = text!(
            "alarms are mailed by [mail], and there is none: write it, or remove alarm.mail",
            "alarmer sendes med [mail], og den finnes ikke: skriv den, eller fjern alarm.mail"
        );
        Err(Mistake::at("alarm.mail", reason))
    }
}

fn is_here(server: &str) -> bool {
    server == "localhost" || server.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_in_clear_stays_on_this_machine() {
        assert!(["localhost", "127.0.0.1", "127.9.9.9", "::1"].into_iter().all(is_here));
        assert!(!["smtp.example.org", "10.0.0.1", "localhost.example.org", ""].into_iter().any(is_here));
    }
}
