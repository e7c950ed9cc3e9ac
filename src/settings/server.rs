//! Where things are, how much goes on at the same time, and how staff are told.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};

use super::clock::short;
use super::secret::{NO_CREDENTIAL, Secret, is_credential};
use super::word::word;
use crate::domain::lang::Text;
use crate::domain::schedule::Schedule;
use crate::domain::span::Span;
use crate::domain::web_address::{is_loopback, is_web_address};
use crate::text;

/// `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address we listen on.
    #[serde(deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// How gateways reach us, without a final slash.
    #[serde(deserialize_with = "public")]
    pub public_url: String,
}

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| de::Error::custom(format!("`{text}` is no address and port; write \"127.0.0.1:8080\"")))
}

fn public<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if is_web_address(&text) {
        return Ok(text);
    }
    let reason = "public_url is no web address; write it as gateways see it, like \"https://lykt.example.org\"";
    Err(de::Error::custom(reason))
}

fn some<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    match u16::deserialize(from)? {
        0 => Err(de::Error::custom(
            "under_way is 0, and so nothing would ever be sent; write how many requests at the same time, like 64",
        )),
        some => Ok(some),
    }
}

impl Server {
    /// Whether the address is this machine's own, which no gateway can reach.
    pub fn public_url_is_local(&self) -> bool {
        is_loopback(&self.public_url)
    }
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://..`.
    #[serde(deserialize_with = "address")]
    pub url: String,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let url = String::deserialize(from)?;
    let path = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
    let more = path.and_then(|path| path.rsplit_once('?')).map_or("", |(_, more)| more);
    if more.contains('=') && !more.contains('/') {
        return Err(de::Error::custom("a database file is named by its path alone; write \"sqlite:lykt.db\""));
    }
    let file = path.is_some_and(|path| !path.is_empty());
    if file || url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(url);
    }
    // An address may have a password in it.
    Err(de::Error::custom(
        "this is no address of a database; write \"sqlite:lykt.db\" or \"postgres://user@host/name\"",
    ))
}

/// `[keys]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The key file.
    #[serde(deserialize_with = "named")]
    pub file: Option<PathBuf>,
    /// Or the systemd credential, which then counts.
    #[serde(default, deserialize_with = "credential")]
    pub credential: Option<String>,
}

impl Keys {
    /// Whether two places are named; the file of the defaults is none.
    pub(super) fn are_twice(&self) -> bool {
        let own = self.file.as_deref().is_some_and(|file| file != Path::new("lykt.keys"));
        own && self.credential.is_some()
    }
}

fn credential<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Option::<String>::deserialize(from)? {
        Some(name) if !is_credential(&name) => Err(de::Error::custom(NO_CREDENTIAL)),
        name => Ok(name),
    }
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    match Option::<PathBuf>::deserialize(from)? {
        Some(file) if file.as_os_str().is_empty() => Err(de::Error::custom("name the key file, as \"lykt.keys\"")),
        file => Ok(file),
    }
}

/// `[campaigns]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaigns {
    /// The folder of campaign files.
    pub folder: PathBuf,
    /// The organisation's own words for the linter: a file, or a folder with a file for each language.
    pub words: Option<PathBuf>,
    /// Whether a plan is approved by somebody else than who made it.
    pub second_person: SecondPerson,
}

/// Whether a plan needs the yes of somebody else than who made it: `"never"`, `"always"`, or above so many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SecondWritten")]
pub enum SecondPerson {
    /// It does not.
    #[default]
    Never,
    /// It does.
    Always,
    /// It does when it has more people than this.
    Above(i64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SecondWritten {
    Number(i64),
    Word(String),
}

impl TryFrom<SecondWritten> for SecondPerson {
    type Error = String;

    fn try_from(written: SecondWritten) -> Result<Self, String> {
        let people = match written {
            SecondWritten::Word(word) if word == "never" => return Ok(Self::Never),
            SecondWritten::Word(word) if word == "always" => return Ok(Self::Always),
            // A variable of the environment is a word, also where it is a number.
            SecondWritten::Word(word) => word.parse().ok(),
            SecondWritten::Number(people) => Some(people),
        };
        let people = people.filter(|people| *people >= 0).map(Self::Above);
        people.ok_or_else(|| "second_person is \"never\", \"always\" or a number of people".to_owned())
    }
}

impl SecondPerson {
    /// Whether a plan of so many people needs a second person.
    pub fn is_needed_for(self, people: i64) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Above(most) => people > most,
        }
    }
}

/// `[tasks]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// When the day's list is made.
    pub daily: Schedule,
    /// How long a claimed task stays with a person.
    pub lease: Span,
    /// How many calls a person may make on a day; 0 for as many as they like.
    pub calls_a_day: u32,
}

/// `[retention]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// How long a ledger entry is kept.
    pub keep: Span,
    /// How long the text is kept of what went in and out.
    pub texts: Span,
    /// How long a webhook that was applied is known by its digest.
    pub webhooks: Span,
    /// How long an entry of the audit is kept.
    pub audit: Span,
    /// When it goes.
    pub nightly: Schedule,
}

impl Retention {
    /// What stands where a text was that is gone.
    pub fn gone(&self) -> Text {
        let Text { en, nb } = self.texts.text();
        text!("(text removed after {en})", "(teksten er fjernet etter {nb})")
    }
}

/// `[sending]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// Requests at the same time.
    #[serde(deserialize_with = "some")]
    pub under_way: u16,
    /// How long a gateway may take to answer, in milliseconds.
    #[serde(deserialize_with = "short")]
    pub answer_within: i64,
    /// Which accounts send only while answers are known to reach us.
    #[serde(deserialize_with = "word")]
    pub way_in: WayInNeeded,
    /// A campaign pauses itself when more than so many percent of its messages reach nobody; 0 for never.
    pub pause_at_failures: u8,
    /// And when more than so many percent of the people it reached say no; 0 for never.
    pub pause_at_noes: u8,
}

/// `[alarm]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// Who is mailed; those of `[mail] to` when empty.
    #[serde(default)]
    pub mail: Vec<String>,
    /// An address that is called with JSON.
    pub webhook: Option<Secret>,
}

/// Which accounts must have a way in for answers that is known to work.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum WayInNeeded {
    /// None.
    Never,
    /// Those whose provider is not on this machine.
    Outside,
    /// All that people can answer.
    Always,
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The SMTP server's name.
    pub server: String,
    /// Its port; 587, 465 or 25 by `security` when missing.
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default, deserialize_with = "word")]
    pub security: Security,
    /// Who the mail is from.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
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
