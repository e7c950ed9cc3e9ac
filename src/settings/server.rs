//! Where things are: webhooks, the ledger, keys and campaigns.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Value, ValueKind};
use serde::{Deserialize, Deserializer};

use super::mistake::wrong;
use super::read::{self, number};
use super::secret::{is_credential, no_credential};
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
    read::one(from, |written| {
        written.parse().map_err(|_| {
            text!(
                "`{written}` is no address and port; write \"127.0.0.1:8080\"",
                "`{written}` er ikke en adresse og en port; skriv \"127.0.0.1:8080\""
            )
        })
    })
}

fn public<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    read::one(from, |written| match is_web_address(written) {
        true => Ok(written.to_owned()),
        false => Err(text!(
            "public_url is no web address; write it as gateways see it, like \"https://lykt.example.org\"",
            "public_url er ingen nettadresse; skriv den slik leverandørene ser den, som \"https://lykt.example.org\""
        )),
    })
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
    read::one(from, |url| {
        let path = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
        let more = path.and_then(|path| path.rsplit_once('?')).map_or("", |(_, more)| more);
        if more.contains('=') && !more.contains('/') {
            return Err(text!(
                "a database file is named by its path alone; write \"sqlite:lykt.db\"",
                "en databasefil oppgis bare med stien; skriv \"sqlite:lykt.db\""
            ));
        }
        let file = path.is_some_and(|path| !path.is_empty());
        if file || url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(url.to_owned());
        }
        // An address may have a password in it.
        Err(text!(
            "this is no address of a database; write \"sqlite:lykt.db\" or \"postgres://user@host/name\"",
            "dette er ikke adressen til en database; skriv \"sqlite:lykt.db\" eller \"postgres://user@host/name\""
        ))
    })
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
        Some(name) if !is_credential(&name) => Err(wrong(no_credential())),
        name => Ok(name),
    }
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    match Option::<PathBuf>::deserialize(from)? {
        Some(file) if file.as_os_str().is_empty() => {
            Err(wrong(text!("name the key file, as \"lykt.keys\"", "oppgi nøkkelfilen, som \"lykt.keys\"")))
        }
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
    #[serde(deserialize_with = "second")]
    pub second_person: SecondPerson,
}

/// Whether a plan needs the yes of somebody else than who made it: `"never"`, `"always"`, or above so many people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondPerson {
    /// It does not.
    #[default]
    Never,
    /// It does.
    Always,
    /// It does when it has more people than this.
    Above(i64),
}

fn second<'de, D: Deserializer<'de>>(from: D) -> Result<SecondPerson, D::Error> {
    let written = Value::deserialize(from)?;
    match &written.kind {
        ValueKind::String(word) if word == "never" => Ok(SecondPerson::Never),
        ValueKind::String(word) if word == "always" => Ok(SecondPerson::Always),
        _ => number(&written).map(|people| SecondPerson::Above(people.into())).ok_or_else(|| {
            wrong(text!(
                "second_person is \"never\", \"always\" or a number of people",
                "second_person er \"never\", \"always\" eller et antall personer"
            ))
        }),
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
