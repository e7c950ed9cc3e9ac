//! Who we are, and the rules of the house.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, de};

use crate::domain::holidays::Holidays;
use crate::domain::language;
use crate::domain::phone::Region;
use crate::domain::span::Span;

/// `[organisation]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name, as people know it.
    pub name: String,
    /// A page that says who we are.
    pub about_url: String,
    /// What we offer, in a few words.
    pub services: String,
    /// The IANA zone.
    #[serde(deserialize_with = "zone")]
    pub timezone: TimeZone,
    /// The region of numbers without a country code.
    #[serde(deserialize_with = "region")]
    pub region: Region,
    /// Codes of languages in order of preference.
    #[serde(deserialize_with = "languages")]
    pub languages: Vec<String>,
    /// The time between two approaches.
    #[serde(deserialize_with = "cooldown")]
    pub cooldown: Span,
    /// Days on which nobody works.
    pub holidays: Holidays,
    /// People who agreed to try messages.
    pub panel: Option<Panel>,
}

/// The organisation's own file of people who agreed to try messages: a number a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// The file.
    pub file: PathBuf,
    /// How many of them must have understood each version before a campaign is approved.
    #[serde(default)]
    pub understood: u32,
}

impl Organisation {
    /// How many of the panel must have understood each version.
    pub fn must_understand(&self) -> u32 {
        self.panel.as_ref().map_or(0, |panel| panel.understood)
    }
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(from)?;
    TimeZone::get(&name)
        .map_err(|_| de::Error::custom(format!("`{name}` is no time zone; write one like \"Europe/Oslo\"")))
}

fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Region, D::Error> {
    let code = String::deserialize(from)?;
    Region::parse(&code)
        .ok_or_else(|| de::Error::custom(format!("`{code}` is no region; write two letters like \"NO\"")))
}

fn languages<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let written = Vec::<String>::deserialize(from)?;
    if written.is_empty() {
        return Err(de::Error::custom("name one language at least, as in [\"nb\", \"en\"]; in the environment: en,nb"));
    }
    let read = |written: &String| {
        let unknown = || de::Error::custom(format!("`{written}` is no language; write a code like nb, en or pt-BR"));
        language::parse(written).ok_or_else(unknown)
    };
    written.iter().map(read).collect()
}

fn cooldown<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    match Span::deserialize(from)? {
        nothing if nothing.is_zero() => {
            Err(de::Error::custom("nobody is approached again at once; write a time like \"6 months\""))
        }
        cooldown => Ok(cooldown),
    }
}
