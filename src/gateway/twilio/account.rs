//! One set of credentials with Twilio, checked before the first request.

use std::borrow::Cow;

use crate::domain::private::Private;
use crate::domain::web_address::is_web_address;
use crate::gateway::error::Misconfigured;
use crate::text;

/// Stands before an address on WhatsApp.
const PREFIX: &str = "whatsapp:";
/// What Twilio's list has before a number, by how the message went.
const CHANNELS: [&str; 4] = [PREFIX, "rcs:", "sms:", "mms:"];

/// An account as the settings give it. Prints as its name.
#[derive(Clone)]
pub struct Account {
    /// The account's name in the settings.
    pub name: String,
    /// `AC` and more; part of every URL.
    pub account_sid: String,
    /// The secret, for requests and webhook signatures.
    pub auth_token: Private<String>,
    /// The secret of webhooks that are signed with a shared key, if there is one.
    pub shared_key: Option<Private<String>>,
    /// The sender: a number, a short code or an alphanumeric name; `whatsapp:` and a number for WhatsApp.
    pub from: Option<String>,
    /// The messaging service that chooses the sender: `MG` and more.
    pub messaging_service_sid: Option<String>,
    /// `https://api.twilio.com`, or loopback in tests.
    pub base_url: String,
    /// `https://content.twilio.com`, where templates are, or loopback in tests.
    pub content_url: String,
    /// Where receipts go: `PUBLIC_URL/hooks/NAME/status`.
    pub status_callback: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Account {
    /// The account with its URLs tidied, or the first setting that cannot be right.
    pub(super) fn checked(mut self) -> Result<Self, Misconfigured> {
        let wrong = |setting, problem| Misconfigured::Setting { account: self.name.clone(), setting, problem };
        if !is_sid(&self.account_sid, "AC") {
            return Err(wrong(
                "account_sid",
                text!(
                    "is not an account id; copy it from the console, it begins with AC",
                    "er ingen konto-id; kopier den fra konsollen, den begynner med AC"
                ),
            ));
        }
        if self.auth_token.expose().trim().is_empty() {
            return Err(wrong(
                "auth_token",
                text!(
                    "is empty; put the account's auth token in the file it names",
                    "er tom; legg kontoens auth token i filen som er oppgitt"
                ),
            ));
        }
        if self.shared_key.as_ref().is_some_and(|key| key.expose().trim().is_empty()) {
            return Err(wrong(
                "shared_key",
                text!(
                    "is empty; put the webhooks' shared key in the file it names",
                    "er tom; legg den delte nøkkelen for webhooks i filen som er oppgitt"
                ),
            ));
        }
        match (&self.from, &self.messaging_service_sid) {
            (None, None) => {
                let problem = text!(
                    "is missing; give a sender, or `messaging_service_sid`",
                    "mangler; oppgi en avsender, eller `messaging_service_sid`"
                );
                return Err(wrong("from", problem));
            }
            (Some(_), Some(_)) => {
                let problem = text!(
                    "stands beside `messaging_service_sid`; give one of them",
                    "står ved siden av `messaging_service_sid`; oppgi bare én av dem"
                );
                return Err(wrong("from", problem));
            }
            (Some(from), None) if !is_sender(from) => {
                return Err(wrong(
                    "from",
                    text!(
                        "is no sender; write a number as +47.., whatsapp:+47.., a short code, or up to 11 letters",
                        "er ingen avsender; skriv et nummer som +47.., whatsapp:+47.., et kortnummer, eller opptil 11 bokstaver"
                    ),
                ));
            }
            (None, Some(service)) if !is_sid(service, "MG") => {
                let problem =
                    text!("is not a service id; it begins with MG", "er ingen tjeneste-id; den begynner med MG");
                return Err(wrong("messaging_service_sid", problem));
            }
            _ => {}
        }
        if !is_web_address(&self.base_url) {
            let problem = text!(
                "is no web address; write https://api.twilio.com",
                "er ingen nettadresse; skriv https://api.twilio.com"
            );
            return Err(wrong("base_url", problem));
        }
        if !is_web_address(&self.content_url) {
            let problem = text!(
                "is no web address; write https://content.twilio.com",
                "er ingen nettadresse; skriv https://content.twilio.com"
            );
            return Err(wrong("content_url", problem));
        }
        // A secret file that was written with an editor ends with a line break.
        self.auth_token = Private::new(self.auth_token.expose().trim().to_owned());
        self.shared_key = self.shared_key.map(|key| Private::new(key.expose().trim().to_owned()));
        for url in [&mut self.base_url, &mut self.content_url] {
            url.truncate(url.trim_end_matches('/').len());
        }
        Ok(self)
    }

    /// Whether it sends WhatsApp, and not SMS.
    pub(super) fn sends_whatsapp(&self) -> bool {
        self.from.as_deref().is_some_and(|from| from.starts_with(PREFIX))
    }

    /// A person's address as Twilio wants it: on WhatsApp with the channel before it.
    pub(super) fn address_of<'a>(&self, person: &'a str) -> Cow<'a, str> {
        match self.sends_whatsapp() && !person.starts_with(PREFIX) {
            true => format!("{PREFIX}{person}").into(),
            false => person.into(),
        }
    }

    /// A sender with letters in it is a name, and nobody can answer a name. A service may hold numbers: it can.
    pub(super) fn takes_replies(&self) -> bool {
        self.sends_whatsapp() || !self.from.as_deref().is_some_and(|from| from.chars().any(char::is_alphabetic))
    }
}

/// Letters and digits after the prefix: more is Twilio's matter, but nothing may change the URL's path.
fn is_sid(sid: &str, prefix: &str) -> bool {
    sid.starts_with(prefix) && sid.len() <= 64 && sid.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A person's address as the ledger has it: a number is the same on every channel; an id without one stays whole.
pub(super) fn plain(address: &str) -> &str {
    let number = CHANNELS.iter().find_map(|channel| address.strip_prefix(channel));
    number.filter(|number| number.starts_with('+')).unwrap_or(address)
}

fn is_sender(from: &str) -> bool {
    if let Some(number) = from.strip_prefix(PREFIX) {
        // On WhatsApp neither short codes nor names send.
        return number.starts_with('+') && is_sender(number);
    }
    let digits = from.strip_prefix('+').unwrap_or(from);
    let number = (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    // https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id: up to 11 of these, one letter at least.
    let named = from.len() <= 11
        && from.bytes().all(|b| b.is_ascii_alphanumeric() || b" +-_&".contains(&b))
        && from.bytes().any(|b| b.is_ascii_alphabetic());
    number || named
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::gateway) fn account() -> Account {
        Account {
            name: "twilio-oslo".to_owned(),
            account_sid: format!("AC{}", "0".repeat(32)),
            auth_token: Private::new("12345\n".to_owned()),
            shared_key: None,
            from: Some("+447700900001".to_owned()),
            messaging_service_sid: None,
            base_url: "https://api.twilio.com/".to_owned(),
            content_url: "https://content.twilio.com".to_owned(),
            status_callback: Some("https://lykt.example.org/hooks/twilio-oslo/status".to_owned()),
        }
    }

    fn setting_of(account: Account) -> &'static str {
        match account.checked() {
            Err(Misconfigured::Setting { setting, .. }) => setting,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_impossible_setting_is_named() {
        assert_eq!(setting_of(Account { account_sid: "AC/../x".into(), ..account() }), "account_sid");
        assert_eq!(setting_of(Account { auth_token: Private::new("\n".into()), ..account() }), "auth_token");
        assert_eq!(setting_of(Account { shared_key: Some(Private::new(" ".into())), ..account() }), "shared_key");
        assert_eq!(setting_of(Account { from: None, ..account() }), "from");
        assert_eq!(setting_of(Account { from: Some("Lykten i Oslo".into()), ..account() }), "from");
        for from in ["whatsapp:", "whatsapp:Lykten", "whatsapp:21710", "whatsapp:+47 900", "WhatsApp:+447700900001"] {
            assert_eq!(setting_of(Account { from: Some(from.into()), ..account() }), "from", "{from}");
        }
        assert_eq!(setting_of(Account { content_url: "x".into(), ..account() }), "content_url");
        assert_eq!(setting_of(Account { base_url: "api.twilio.com".into(), ..account() }), "base_url");
        assert_eq!(
            setting_of(Account { from: None, messaging_service_sid: Some("AC1".into()), ..account() }),
            "messaging_service_sid"
        );
    }

    #[test]
    fn an_account_is_tidied_and_keeps_its_secret_to_itself() {
        let account = account().checked().unwrap();
        assert_eq!(account.base_url, "https://api.twilio.com");
        assert_eq!(account.auth_token.expose(), "12345");
        assert_eq!(format!("{account:?}"), "Account { name: \"twilio-oslo\", .. }");
    }

    #[test]
    fn only_a_sender_with_letters_takes_no_replies() {
        let named = Account { from: Some("Lykten".into()), ..account() };
        let service = Account { from: None, messaging_service_sid: Some("MG1".into()), ..account() };
        assert_eq!([account().takes_replies(), named.takes_replies(), service.takes_replies()], [true, false, true]);
    }

    #[test]
    fn a_person_on_whatsapp_has_the_channel_before_their_number_and_only_there() {
        let whatsapp = Account { from: Some("whatsapp:+447700900001".into()), ..account() }.checked().unwrap();
        assert!(whatsapp.sends_whatsapp() && whatsapp.takes_replies() && !account().sends_whatsapp());
        assert_eq!(whatsapp.address_of("+447700900123"), "whatsapp:+447700900123");
        assert_eq!(whatsapp.address_of("whatsapp:NO.1502"), "whatsapp:NO.1502");
        assert_eq!(account().address_of("+447700900123"), "+447700900123");
    }

    #[test]
    fn a_number_is_the_same_whatever_channel_stands_before_it() {
        for address in ["+447700900123", "whatsapp:+447700900123", "rcs:+447700900123", "sms:+447700900123"] {
            assert_eq!(plain(address), "+447700900123");
        }
        for address in ["whatsapp:NO.1502", "rcs:lykten_agent", "messenger:1234567890", "MG+44"] {
            assert_eq!(plain(address), address, "what has no number stays whole");
        }
    }
}
