//! One number with the Cloud API, checked before the first request.

use crate::domain::private::Private;
use crate::domain::web_address::is_web_address;
use crate::gateway::error::Misconfigured;
use crate::text;

/// An account as the settings give it. Prints as its name.
#[derive(Clone)]
pub struct Account {
    /// The account's name in the settings.
    pub name: String,
    /// Meta's id of the number that sends; part of every URL.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business account, which has the templates.
    pub waba_id: String,
    /// The token of a system user.
    pub access_token: Private<String>,
    /// The app's secret, which signs webhooks.
    pub app_secret: Private<String>,
    /// The word that Meta shows when it asks whether the webhook's address is ours.
    pub verify_token: Private<String>,
    /// `v25.0` or another version of the Graph API.
    pub graph_version: String,
    /// `https://graph.facebook.com`, or loopback in tests.
    pub base_url: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Account {
    /// The account with its URL and secrets tidied, or the first setting that cannot be right.
    pub(super) fn checked(mut self) -> Result<Self, Misconfigured> {
        let wrong = |setting, problem| Misconfigured::Setting { account: self.name.clone(), setting, problem };
        if !is_id(&self.phone_number_id) {
            return Err(wrong(
                "phone_number_id",
                text!(
                    "is no id; copy the phone number ID from WhatsApp > API setup, digits only, not the number itself",
                    "er ingen id; kopier phone number ID fra WhatsApp > API setup, bare sifre, ikke selve nummeret"
                ),
            ));
        }
        if !is_id(&self.waba_id) {
            let problem = text!(
                "is no id; copy the WhatsApp Business account ID, digits only",
                "er ingen id; kopier ID-en til WhatsApp Business-kontoen, bare sifre"
            );
            return Err(wrong("waba_id", problem));
        }
        let secrets = [
            ("access_token", &mut self.access_token),
            ("app_secret", &mut self.app_secret),
            ("verify_token", &mut self.verify_token),
        ];
        for (setting, secret) in secrets {
            // A secret file that was written with an editor ends with a line break.
            *secret = Private::new(secret.expose().trim().to_owned());
            if secret.expose().is_empty() {
                let problem = text!(
                    "is empty; put it in the file that is named here",
                    "er tom; legg den i filen som er oppgitt her"
                );
                return Err(Misconfigured::Setting { account: self.name, setting, problem });
            }
        }
        let wrong = |setting, problem| Misconfigured::Setting { account: self.name.clone(), setting, problem };
        if !is_version(&self.graph_version) {
            let problem = text!("is no version; write it like v25.0", "er ingen versjon; skriv den som v25.0");
            return Err(wrong("graph_version", problem));
        }
        if !is_web_address(&self.base_url) {
            let problem = text!(
                "is no web address; write https://graph.facebook.com",
                "er ingen nettadresse; skriv https://graph.facebook.com"
            );
            return Err(wrong("base_url", problem));
        }
        self.base_url.truncate(self.base_url.trim_end_matches('/').len());
        Ok(self)
    }
}

fn is_id(word: &str) -> bool {
    (5..=32).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_version(word: &str) -> bool {
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    word.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(a, b)| number(a) && number(b))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::gateway) fn account() -> Account {
        let secret = |word: &str| Private::new(format!("{word}\n"));
        Account {
            name: "wa-oslo".to_owned(),
            phone_number_id: "106540352242922".to_owned(),
            waba_id: "102290129340398".to_owned(),
            access_token: secret("EAAB"),
            app_secret: secret("app"),
            verify_token: secret("verify"),
            graph_version: "v25.0".to_owned(),
            base_url: "https://graph.facebook.com/".to_owned(),
        }
    }

    #[test]
    fn each_impossible_setting_is_named() {
        let wrong = [
            ("phone_number_id", Account { phone_number_id: "+447700900001".into(), ..account() }),
            ("phone_number_id", Account { phone_number_id: "../1".into(), ..account() }),
            ("waba_id", Account { waba_id: String::new(), ..account() }),
            ("access_token", Account { access_token: Private::new("\n".into()), ..account() }),
            ("app_secret", Account { app_secret: Private::new(" ".into()), ..account() }),
            ("verify_token", Account { verify_token: Private::new(String::new()), ..account() }),
            ("graph_version", Account { graph_version: "25".into(), ..account() }),
            ("graph_version", Account { graph_version: "v25.0/../x".into(), ..account() }),
            ("base_url", Account { base_url: "graph.facebook.com".into(), ..account() }),
        ];
        for (expected, account) in wrong {
            let Err(Misconfigured::Setting { setting, .. }) = account.checked() else { panic!("{expected}") };
            assert_eq!(setting, expected);
        }
    }

    #[test]
    fn an_account_is_tidied_and_keeps_its_secrets_to_itself() {
        let account = account().checked().unwrap();
        assert_eq!(account.base_url, "https://graph.facebook.com");
        assert_eq!(account.access_token.expose(), "EAAB");
        assert_eq!(format!("{account:?}"), "Account { name: \"wa-oslo\", .. }");
    }
}
