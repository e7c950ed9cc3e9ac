//! The accounts of the settings, opened: secrets read, adapters made, one HTTP client for all.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::declarative::{self, Declarative, Definition, providers};
use super::erase::Erased;
use super::http::{Http, NoClient};
use super::listing::{Listed, Query, Unlisted};
use super::registry::Outcome;
use super::template::Wanted;
use super::{
    Auth, Facts, Gateway, Misconfigured, Outgoing, Probe, ProviderId, Request, Wire, simulator, twilio, whatsapp_cloud,
};
use crate::clock::Clock;
use crate::domain::lang::Text;
use crate::domain::messaging_limit::MessagingLimit;
use crate::domain::private::Private;
use crate::domain::rate::Rate;
use crate::gateway::verdict::{Unsent, Verdict};
use crate::metrics;
use crate::settings::{Account, DeclarativeAccount, Secret, Settings, WayInNeeded};
use crate::text;

/// An account that may send once an hour still lists a page in this time.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The accounts of one installation, by name.
pub struct Accounts {
    http: Http,
    answer_within_ms: i64,
    public_url: String,
    accounts: BTreeMap<String, (Gateway, Rate)>,
    settings: BTreeMap<String, Account>,
    needing_a_way_in: Vec<String>,
}

/// Why the accounts cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// An account cannot work as it stands in the settings.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Client(#[from] NoClient),
    /// A secret cannot be read.
    #[error("gateway `{account}`: {}", problem.en)]
    Secret {
        /// The account.
        account: String,
        /// The key in the settings.
        setting: String,
        /// What is wrong with the file.
        problem: Text,
    },
}

impl AccountsError {
    /// What is wrong, and what to do.
    pub fn text(&self) -> Text {
        match self {
            Self::Misconfigured(wrong) => wrong.text(),
            Self::Secret { account, problem: Text { en, nb }, .. } => {
                text!("gateway `{account}`: {en}", "kontoen `{account}`: {nb}")
            }
            Self::Client(wrong) => wrong.text(),
        }
    }
}

impl Accounts {
    /// Opens every account of the settings.
    ///
    /// # Errors
    /// When a secret cannot be read, or an account cannot work as it stands.
    pub fn open(settings: &Settings, clock: &Clock) -> Result<Self, AccountsError> {
        let clock = clock.clone();
        let answer_within_ms = settings.sending.answer_within;
        let answer_within = Duration::from_millis(answer_within_ms.unsigned_abs());
        let http = Http::new(move || clock.steady_ms(), answer_within)?;
        let public_url = settings.server.public_url.trim_end_matches('/').to_owned();
        let mut accounts = BTreeMap::new();
        for (name, account) in &settings.gateways {
            let read = |setting: &str, secret: &Secret| {
                secret.read(settings).map_err(|problem| {
                    let (account, setting) = (name.clone(), setting.to_owned());
                    AccountsError::Secret { account, setting, problem }
                })
            };
            let opened = open(name, account, settings, &public_url, read)?;
            accounts.insert(name.clone(), opened);
        }
        let needing = settings.gateways.iter().filter(|(_, account)| needs_a_way_in(account, settings));
        let needing_a_way_in = needing.map(|(name, _)| name.clone()).collect();
        Ok(Self { http, answer_within_ms, public_url, accounts, settings: settings.gateways.clone(), needing_a_way_in })
    }

    /// Whether every account can work as it stands in the settings, whatever its secrets are: they are not read.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn fit(settings: &Settings) -> Result<(), AccountsError> {
        let unread = |_: &str, _: &Secret| Ok(Private::new("unread".to_owned()));
        let mut accounts = settings.gateways.iter();
        accounts.try_for_each(|(name, account)| {
            open(name, account, settings, &settings.server.public_url, unread).map(drop)
        })
    }

    /// The same accounts, whose requests go by this wire: for tests.
    pub fn over(self, wire: Arc<dyn Wire>) -> Self {
        Self { http: self.http.over(wire), ..self }
    }

    /// The adapter of an account.
    pub fn get(&self, account: &str) -> Option<&Gateway> {
        self.accounts.get(account).map(|(gateway, _)| gateway)
    }

    /// How fast an account may send; `None` for one that is not in the settings any more.
    pub fn rate(&self, account: &str) -> Option<Rate> {
        self.accounts.get(account).map(|(_, rate)| *rate)
    }

    /// How long a gateway may take to answer.
    pub fn answer_within_ms(&self) -> i64 {
        self.answer_within_ms
    }

    /// Where a gateway fetches a campaign's picture.
    pub fn media_url(&self, name: &str) -> String {
        format!("{}/media/{name}", self.public_url)
    }

    /// Sends one message, once.
    pub async fn send(&self, account: &str, message: &Outgoing, now: Timestamp) -> Outcome {
        let Some(gateway) = self.get(account) else {
            let verdict = Verdict::NotSent { why: Unsent::NoConnection, retry_after: None };
            return Outcome { verdict, later: Vec::new() };
        };
        let outcome = gateway.send(&self.http, message, now).await;
        metrics::sent(outcome.verdict.word());
        outcome
    }

    /// What an account's provider can do.
    pub fn facts(&self, account: &str) -> Option<Facts> {
        self.get(account).map(Gateway::facts)
    }

    /// The accounts with a provider that has a list.
    pub fn listing(&self) -> impl Iterator<Item = (&str, Facts)> {
        let facts = self.accounts.iter().map(|(name, (gateway, _))| (name.as_str(), gateway.facts()));
        facts.filter(|(_, facts)| facts.lists)
    }

    /// The accounts that may not send while no answer would reach us.
    pub fn needing_a_way_in(&self) -> impl Iterator<Item = &str> {
        self.needing_a_way_in.iter().map(String::as_str)
    }

    /// Whether an address of our own answers with 204.
    pub async fn opens(&self, url: String) -> bool {
        self.http.get(Request::get(url, Auth::None)).await.is_ok_and(|answer| answer.status == 204)
    }

    /// Asks an account's provider to delete a message. An account that is not in the settings may come back, under its name.
    pub async fn erase(&self, account: &str, id: &ProviderId) -> Erased {
        match self.get(account) {
            Some(gateway) => gateway.erase(&self.http, id).await,
            None => Erased::Later(None),
        }
    }

    /// Reads an account's list to its end, no faster than the account may send; hands over each message as it comes.
    ///
    /// # Errors
    /// When the listing did not come to its end; what was handed over by then is still true.
    pub async fn list(&self, account: &str, query: &Query, each: impl FnMut(Listed)) -> Result<(), Unlisted> {
        let Some((gateway, rate)) = self.accounts.get(account) else { return Err(Unlisted::Refused) };
        let pause = Duration::from_micros(rate.interval().unsigned_abs()).min(LONGEST_PAUSE);
        gateway.list(&self.http, query, pause, each).await
    }

    /// Whether a message that the list has twice shown to be absent may be sent again by itself. Never by a messaging
    /// service: what it sends by RCS stands under another address than the one that the list is asked for.
    pub fn requeues_absent(&self, account: &str) -> bool {
        let Some(settings) = self.settings.get(account) else { return false };
        let by_service = matches!(settings, Account::Twilio(account) if account.messaging_service_sid.is_some());
        settings.requeues_absent() && !by_service
    }

    /// To how many people an account may write first in any 24 hours, as the provider told last; `None` where nobody counts.
    pub fn messaging_limit(&self, account: &str, told: Option<MessagingLimit>) -> Option<MessagingLimit> {
        self.settings.get(account)?.messaging_limit(told)
    }

    /// What providers say now of that number, where they count.
    pub async fn ask_messaging_limit(&self) -> Option<MessagingLimit> {
        let mut told = None;
        for (gateway, _) in self.accounts.values() {
            told = gateway.messaging_limit(&self.http).await.or(told);
        }
        told
    }

    /// How an account's templates differ from those that are wanted; `None` when there are none, or they cannot be read.
    pub async fn misfits(&self, account: &str, wanted: &[Wanted<'_>]) -> Option<Vec<Vec<Text>>> {
        self.get(account)?.misfits(&self.http, wanted).await
    }

    /// Makes one harmless call to an account.
    pub async fn probe(&self, account: &str) -> Probe {
        match self.get(account) {
            Some(gateway) => gateway.test(&self.http).await,
            None => Probe::Unexpected,
        }
    }
}

fn open(
    name: &str,
    account: &Account,
    settings: &Settings,
    public_url: &str,
    read: impl Fn(&str, &Secret) -> Result<Private, AccountsError>,
) -> Result<(Gateway, Rate), AccountsError> {
    let rate = account.rate();
    match account {
        Account::Simulator(_) => Ok((Gateway::Simulator(simulator::Simulator::new()?), rate)),
        Account::WhatsAppCloud(whatsapp) => {
            let account = whatsapp_cloud::Account {
                name: name.to_owned(),
                phone_number_id: whatsapp.phone_number_id.clone(),
                waba_id: whatsapp.waba_id.clone(),
                access_token: read("access_token", &whatsapp.access_token)?,
                app_secret: read("app_secret", &whatsapp.app_secret)?,
                verify_token: read("verify_token", &whatsapp.verify_token)?,
                graph_version: whatsapp.graph_version.clone(),
                base_url: whatsapp.base_url.clone(),
            };
            Ok((Gateway::WhatsAppCloud(whatsapp_cloud::WhatsAppCloud::new(account)?), rate))
        }
        Account::Declarative(declared) => {
            let definition = definition(name, declared, settings)?;
            let secret =
                |(word, secret): (&String, &Secret)| Ok((word.clone(), read(&format!("secrets.{word}"), secret)?));
            let account = declarative::Account {
                name: name.to_owned(),
                from: declared.from.clone(),
                values: declared.values.clone(),
                secrets: declared.secrets.iter().map(secret).collect::<Result<_, AccountsError>>()?,
                base_url: declared.base_url.clone(),
                allow_hosts: declared.allow_hosts.clone(),
                hooks_url: format!("{public_url}/hooks/{name}"),
            };
            let rate = declared.rate.or(definition.rate()).unwrap_or(rate);
            Ok((Gateway::Declarative(Declarative::new(Arc::new(definition), account)?), rate))
        }
        Account::Twilio(twilio) => {
            let account = twilio::Account {
                name: name.to_owned(),
                account_sid: twilio.account_sid.clone(),
                auth_token: read("auth_token", &twilio.auth_token)?,
                shared_key: twilio.shared_key.as_ref().map(|key| read("shared_key", key)).transpose()?,
                from: twilio.from.clone(),
                messaging_service_sid: twilio.messaging_service_sid.clone(),
                base_url: twilio.base_url.clone(),
                content_url: twilio.content_url.clone(),
                status_callback: Some(format!("{public_url}/hooks/{name}/status")),
            };
            Ok((Gateway::Twilio(twilio::Twilio::new(account)?), rate))
        }
    }
}

/// The provider's file that an account names, read.
fn definition(name: &str, account: &DeclarativeAccount, settings: &Settings) -> Result<Definition, AccountsError> {
    let wrong = |problem| Misconfigured::Provider { account: name.to_owned(), problem };
    let (shown, source) = provider_file(account, settings).map_err(wrong)?;
    Definition::read(&source).map_err(|mistakes| {
        let said = mistakes.first().map(|mistake| {
            let (line, _) = mistake.position(&source);
            let (Text { en, nb }, todo) = (&mistake.text, &mistake.help);
            Text {
                en: format!("{shown}, line {line}: {en}; {}", todo.en),
                nb: format!("{shown}, linje {line}: {nb}; {}", todo.nb),
            }
        });
        wrong(said.unwrap_or_else(|| text!("the file has a mistake", "filen har en feil"))).into()
    })
}

/// Whether people can answer what an account sends, as its settings and its provider's file say.
pub fn takes_replies(account: &Account, settings: &Settings) -> bool {
    let file_does = |declared| read_file(declared, settings).is_some_and(|definition| definition.takes_replies());
    account.takes_replies() && !matches!(account, Account::Declarative(declared) if !file_does(declared))
}

/// Whether an account's provider deletes a message when it is asked to.
pub fn erases(account: &Account) -> bool {
    matches!(account, Account::Twilio(_) | Account::Simulator(_))
}

/// Whether an account may send only while answers are known to reach us.
pub fn needs_a_way_in(account: &Account, settings: &Settings) -> bool {
    let meant = match settings.sending.way_in {
        WayInNeeded::Never => false,
        WayInNeeded::Outside => !account.stays_here(),
        WayInNeeded::Always => true,
    };
    meant && takes_replies(account, settings)
}

/// Whether an account's provider takes pictures, as its file says.
pub fn sends_pictures(account: &DeclarativeAccount, settings: &Settings) -> bool {
    read_file(account, settings).is_some_and(|definition| definition.sends_pictures())
}

/// The provider's file of an account, when it can be read.
fn read_file(account: &DeclarativeAccount, settings: &Settings) -> Option<Definition> {
    provider_file(account, settings).ok().and_then(|(_, source)| Definition::read(&source).ok())
}

/// The text of the provider's file that an account names, and where it stands.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn provider_file(account: &DeclarativeAccount, settings: &Settings) -> Result<(String, String), Text> {
    match (&account.provider, &account.file) {
        (Some(provider), _) => match providers::find(provider) {
            Some(source) => Ok((format!("config/gateways/{provider}.toml"), source.to_owned())),
            None => {
                let known = providers::names().collect::<Vec<_>>().join(", ");
                Err(text!(
                    "there is no provider `{provider}`; write one of {known}, or `file` for one of your own",
                    "det finnes ingen leverandør `{provider}`; skriv en av {known}, eller `file` for en egen"
                ))
            }
        },
        (None, file) => {
            let path = settings.path(file.as_deref().unwrap_or(Path::new("")));
            let shown = path.display().to_string();
            let source = std::fs::read_to_string(&path).map_err(|e| text!("{shown}: {e}", "{shown}: {e}"))?;
            Ok((shown, source))
        }
    }
}
