//! Accounts with gateways.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::mistake::Mistake;
use super::read::{rate, some_rate, some_whole};
use super::secret::Secret;
use super::word::{some_word, word};
use crate::domain::channel::Channel;
use crate::domain::hex::hex;
use crate::domain::messaging_limit::MessagingLimit;
use crate::domain::rate::Rate;
use crate::domain::web_address::is_loopback;
use crate::text;

/// `[gateways.NAME]`, by `kind`.
#[derive(Clone, Debug)]
pub enum Account {
    /// SMS, MMS or WhatsApp through Twilio.
    Twilio(TwilioAccount),
    /// WhatsApp through Meta's Cloud API.
    WhatsAppCloud(WhatsAppCloudAccount),
    /// A provider that a file describes.
    Declarative(DeclarativeAccount),
    /// A provider that exists only here.
    Simulator(SimulatorAccount),
}

/// Whom an account may open a conversation with.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MayOpen {
    /// Anyone.
    #[default]
    Anyone,
    /// Only people who opted in on this channel.
    OptedIn,
}

/// What becomes of a doubt when the provider's list has twice shown no such message.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// It stays in doubt, until a person decides or the day is over: a list may be late.
    #[default]
    Hold,
    /// It goes back to the queue, and everything is checked again.
    Requeue,
}

/// `kind = "twilio"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioAccount {
    /// The account's id.
    pub account_sid: String,
    /// Its token.
    pub auth_token: Secret,
    /// The key of webhooks that are signed with a shared key.
    pub shared_key: Option<Secret>,
    /// The sending number, `whatsapp:` and a number, or a name.
    pub from: Option<String>,
    /// Or a messaging service.
    pub messaging_service_sid: Option<String>,
    /// How fast the account may send.
    #[serde(default = "one_a_second", deserialize_with = "rate")]
    pub rate: Rate,
    /// Whom it may open with; by what it sends when missing.
    #[serde(default, deserialize_with = "some_word")]
    pub may_open: Option<MayOpen>,
    /// Whether a no by the person's own words is answered, once; only where the provider does not do it.
    #[serde(default)]
    pub receipt_of_no: bool,
    /// By WhatsApp: to how many people it may write first in any 24 hours; 250 when missing.
    #[serde(default, deserialize_with = "some_whole::<1, 1_000_000_000, _, _>")]
    pub messaging_limit: Option<NonZeroU32>,
    /// What becomes of a doubt that the list does not show.
    #[serde(default, deserialize_with = "word")]
    pub absent: Absent,
    /// Where the API is.
    #[serde(default = "twilio_url")]
    pub base_url: String,
    /// Where the API of the templates is.
    #[serde(default = "twilio_content_url")]
    pub content_url: String,
}

impl TwilioAccount {
    /// Whether it sends WhatsApp, and not SMS: by how its sender is written.
    fn sends_whatsapp(&self) -> bool {
        self.from.as_deref().is_some_and(|from| from.starts_with("whatsapp:"))
    }
}

/// `kind = "whatsapp_cloud"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhatsAppCloudAccount {
    /// Meta's id of the number that sends.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business account.
    pub waba_id: String,
    /// The token of a system user.
    pub access_token: Secret,
    /// The app's secret, which signs webhooks.
    pub app_secret: Secret,
    /// The word by which Meta knows the webhook's address for ours.
    pub verify_token: Secret,
    /// The version of the Graph API.
    #[serde(default = "graph_version")]
    pub graph_version: String,
    /// How fast the account may send.
    #[serde(default = "ten_a_second", deserialize_with = "rate")]
    pub rate: Rate,
    /// Whom it may open with.
    #[serde(default = "opted_in", deserialize_with = "word")]
    pub may_open: MayOpen,
    /// Whether a no by the person's own words is answered, once; only where the provider does not do it.
    #[serde(default)]
    pub receipt_of_no: bool,
    /// To how many people it may write first in any 24 hours, when that is less than Meta allows.
    #[serde(default, deserialize_with = "some_whole::<1, 1_000_000_000, _, _>")]
    pub messaging_limit: Option<NonZeroU32>,
    /// Where the API is.
    #[serde(default = "graph_url")]
    pub base_url: String,
}

/// `kind = "declarative"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclarativeAccount {
    /// A provider whose file comes with Lykt.
    pub provider: Option<String>,
    /// Or a file of one's own.
    pub file: Option<PathBuf>,
    /// The sending number, or a name.
    pub from: Option<String>,
    /// What the file asks for and everybody may see.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What the file asks for and nobody may see.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// How fast the account may send; as the file says when missing.
    #[serde(default, deserialize_with = "some_rate")]
    pub rate: Option<Rate>,
    /// Whom it may open with.
    #[serde(default, deserialize_with = "word")]
    pub may_open: MayOpen,
    /// Whether a no by the person's own words is answered, once; only where the provider does not do it.
    #[serde(default)]
    pub receipt_of_no: bool,
    /// Where the API is, when not where the file says.
    pub base_url: Option<String>,
    /// Hosts inside one's own network that the file may lead to.
    #[serde(default)]
    pub allow_hosts: Vec<String>,
}

/// `kind = "simulator"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatorAccount {
    /// How fast the account may send.
    #[serde(default = "a_hundred_a_second", deserialize_with = "rate")]
    pub rate: Rate,
    /// Whom it may open with.
    #[serde(default, deserialize_with = "word")]
    pub may_open: MayOpen,
    /// Whether a no by the person's own words is answered, once; only where the provider does not do it.
    #[serde(default)]
    pub receipt_of_no: bool,
}

impl Account {
    /// How fast the account may send.
    pub fn rate(&self) -> Rate {
        match self {
            Account::Twilio(account) => account.rate,
            Account::WhatsAppCloud(account) => account.rate,
            Account::Declarative(account) => account.rate.unwrap_or_else(one_a_second),
            Account::Simulator(account) => account.rate,
        }
    }

    /// Whom the account may open a conversation with.
    pub fn may_open(&self) -> MayOpen {
        match self {
            Account::Twilio(account) => account.may_open.unwrap_or(match account.sends_whatsapp() {
                true => MayOpen::OptedIn,
                false => MayOpen::Anyone,
            }),
            Account::WhatsAppCloud(account) => account.may_open,
            Account::Declarative(account) => account.may_open,
            Account::Simulator(account) => account.may_open,
        }
    }

    /// To how many people it may write first in any 24 hours, as the provider told last; `None` where nobody counts.
    pub fn messaging_limit(&self, told: Option<MessagingLimit>) -> Option<MessagingLimit> {
        let limit = |people: NonZeroU32| MessagingLimit(Some(people.get()));
        match self {
            Account::WhatsAppCloud(account) => Some(match (account.messaging_limit.map(limit), told) {
                (Some(ours), Some(theirs)) => ours.min(theirs),
                (ours, theirs) => ours.or(theirs).unwrap_or(MessagingLimit::NEW),
            }),
            // Twilio does not tell it, and what Meta told another account is about that one's owner.
            Account::Twilio(account) if account.sends_whatsapp() => {
                Some(account.messaging_limit.map_or(MessagingLimit::NEW, limit))
            }
            Account::Twilio(_) | Account::Declarative(_) | Account::Simulator(_) => None,
        }
    }

    /// Whether a no by the person's own words gets a receipt.
    pub fn receipts_a_no(&self) -> bool {
        match self {
            Account::Twilio(account) => account.receipt_of_no,
            Account::WhatsAppCloud(account) => account.receipt_of_no,
            Account::Declarative(account) => account.receipt_of_no,
            Account::Simulator(account) => account.receipt_of_no,
        }
    }

    /// Whether a person can answer what this account sends. A sender that is a name takes no replies.
    pub fn takes_replies(&self) -> bool {
        match self {
            Account::Twilio(account) if account.sends_whatsapp() => true,
            Account::Twilio(TwilioAccount { from, .. }) | Account::Declarative(DeclarativeAccount { from, .. }) => {
                from.as_deref().is_none_or(|from| !from.contains(char::is_alphabetic))
            }
            Account::WhatsAppCloud(_) | Account::Simulator(_) => true,
        }
    }

    /// The channels it sends on; a provider's file may say more.
    pub fn channels(&self) -> Vec<Channel> {
        match self {
            Account::WhatsAppCloud(_) => vec![Channel::WhatsApp],
            Account::Twilio(account) if account.sends_whatsapp() => vec![Channel::WhatsApp],
            Account::Twilio(_) | Account::Declarative(_) | Account::Simulator(_) => vec![Channel::Sms],
        }
    }

    /// Whether a doubt that the list has twice shown to be absent may be sent again by itself.
    pub fn requeues_absent(&self) -> bool {
        matches!(self, Account::Twilio(account) if account.absent == Absent::Requeue)
    }

    /// Whether nothing that this account sends leaves the machine.
    pub fn stays_here(&self) -> bool {
        match self {
            Account::Twilio(account) => is_loopback(&account.base_url),
            Account::WhatsAppCloud(account) => is_loopback(&account.base_url),
            Account::Declarative(account) => account.base_url.as_deref().is_some_and(is_loopback),
            Account::Simulator(_) => true,
        }
    }

    pub(super) fn check(&self) -> Result<(), Mistake> {
        let urls = match self {
            Account::Twilio(account) => vec![("base_url", &account.base_url), ("content_url", &account.content_url)],
            Account::WhatsAppCloud(account) => vec![("base_url", &account.base_url)],
            Account::Declarative(account) if account.provider.is_some() == account.file.is_some() => {
                return Err(Mistake::at(
                    "provider",
                    text!(
                        "say which provider this is: provider = \"46elks\", or file = \"gateways/mine.toml\", and not both",
                        "si hvilken leverandør dette er: provider = \"46elks\", eller file = \"gateways/mine.toml\", og ikke begge"
                    ),
                ));
            }
            // What a provider's file may lead to is checked with the file.
            Account::Declarative(_) | Account::Simulator(_) => return Ok(()),
        };
        match urls.into_iter().find(|(_, url)| !url.starts_with("https://") && !is_loopback(url)) {
            Some((name, _)) => Err(Mistake::at(
                name,
                text!(
                    "{name} must begin with https:// (http:// only to this machine)",
                    "{name} må begynne med https:// (http:// bare til denne maskinen)"
                ),
            )),
            None => Ok(()),
        }
    }

    /// What decides who writes, through whom and to whom: when it changes, so does what was approved. A digest in hex;
    /// neither secrets nor rates are part of it.
    pub fn digest(&self) -> String {
        let said = match self {
            Account::Twilio(account) => {
                let TwilioAccount { account_sid, from, messaging_service_sid, base_url, .. } = account;
                let may_open = self.may_open();
                format!("{account_sid:?} {from:?} {messaging_service_sid:?} {may_open:?} {base_url:?}")
            }
            Account::WhatsAppCloud(account) => {
                let WhatsAppCloudAccount { phone_number_id, waba_id, may_open, base_url, .. } = account;
                format!("{phone_number_id:?} {waba_id:?} {may_open:?} {base_url:?}")
            }
            Account::Declarative(account) => {
                let DeclarativeAccount { provider, file, from, values, may_open, base_url, .. } = account;
                format!("{provider:?} {file:?} {from:?} {values:?} {may_open:?} {base_url:?}")
            }
            Account::Simulator(account) => format!("{:?}", account.may_open),
        };
        hex(Sha256::digest(format!("{} {said}", self.kind())))
    }

    /// The name that people see as the sender; none where that is a number.
    pub fn name(&self) -> Option<&str> {
        match self {
            Account::Twilio(TwilioAccount { from, .. }) | Account::Declarative(DeclarativeAccount { from, .. }) => {
                from.as_deref().filter(|from| !from.contains(':') && from.contains(char::is_alphabetic))
            }
            Account::WhatsAppCloud(_) | Account::Simulator(_) => None,
        }
    }

    /// The word for `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Account::Twilio(_) => "twilio",
            Account::WhatsAppCloud(_) => "whatsapp_cloud",
            Account::Declarative(_) => "declarative",
            Account::Simulator(_) => "simulator",
        }
    }
}

fn one_a_second() -> Rate {
    "1/s".parse().expect("a rate of our own parses")
}

fn a_hundred_a_second() -> Rate {
    "100/s".parse().expect("a rate of our own parses")
}

fn ten_a_second() -> Rate {
    "10/s".parse().expect("a rate of our own parses")
}

fn opted_in() -> MayOpen {
    MayOpen::OptedIn
}

fn graph_version() -> String {
    "v25.0".to_owned()
}

fn graph_url() -> String {
    "https://graph.facebook.com".to_owned()
}

fn twilio_url() -> String {
    "https://api.twilio.com".to_owned()
}

fn twilio_content_url() -> String {
    "https://content.twilio.com".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::accounts::account;

    const TWILIO: &str = "kind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t\" }\nfrom = \"+46701740605\"\nrate = \"1/s\"\n";

    fn twilio(line: &str, by: &str) -> Account {
        let changed = TWILIO.replace(line, by);
        let settings =
            config::Config::builder().add_source(config::File::from_str(&changed, config::FileFormat::Toml)).build();
        account(settings.unwrap().cache).unwrap()
    }

    #[test]
    fn a_sender_on_whatsapp_makes_an_account_one_of_whatsapps() {
        let sms = twilio("", "");
        let whatsapp = twilio("\"+46", "\"whatsapp:+46");
        assert_eq!((sms.channels(), sms.may_open()), (vec![Channel::Sms], MayOpen::Anyone));
        assert_eq!((whatsapp.channels(), whatsapp.may_open()), (vec![Channel::WhatsApp], MayOpen::OptedIn));
        assert!(whatsapp.takes_replies());
        let many = twilio("\"+46701740605\"", "\"whatsapp:+46701740605\"\nmessaging_limit = 2000");
        let limits = [&sms, &whatsapp, &many].map(|account| account.messaging_limit(Some(MessagingLimit(None))));
        assert_eq!(limits, [None, Some(MessagingLimit::NEW), Some(MessagingLimit(Some(2000)))]);
        let anyone = twilio("\"+46701740605\"", "\"whatsapp:+46701740605\"\nmay_open = \"anyone\"");
        assert_eq!(anyone.may_open(), MayOpen::Anyone);
        let inside = twilio("rate = \"1/s\"", "content_url = \"http://example.org\"");
        assert!(inside.check().unwrap_err().reason.en.starts_with("content_url"));
    }

    #[test]
    fn an_account_is_another_when_its_sender_is_and_not_when_its_secret_or_rate_is() {
        let digest = |line: &str, by: &str| twilio(line, by).digest();
        let same = digest("", "");
        assert_eq!(digest("1/s", "2/s"), same);
        assert_eq!(digest("file = \"t\"", "file = \"u\""), same);
        assert_ne!(digest("+46701740605", "+46701740606"), same);
        assert_ne!(digest("rate = \"1/s\"", "may_open = \"opted_in\""), same);
        assert_ne!(digest("rate = \"1/s\"", "base_url = \"http://127.0.0.1:9\""), same);
    }
}
