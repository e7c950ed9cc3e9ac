//! Who we are, and the rules of the house.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};

use super::mistake::wrong;
use super::read::{self, file, holidays, whole};
use crate::domain::holidays::Holidays;
use crate::domain::language;
use crate::domain::phone::Region;
use crate::domain::span::Span;
use crate::text;

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
    #[serde(deserialize_with = "holidays")]
    pub holidays: Holidays,
    /// People who agreed to try messages.
    pub panel: Option<Panel>,
}

/// The organisation's own file of people who agreed to try messages: a number a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// The file.
    #[serde(deserialize_with = "file")]
    pub file: PathBuf,
    /// How many of them must have understood each version before a campaign is approved.
    #[serde(default, deserialize_with = "whole::<0, 10_000, _, _>")]
    pub understood: u32,
}

impl Organisation {
    /// How many of the panel must have understood each version.
    pub fn must_understand(&self) -> u32 {
        self.panel.as_ref().map_or(0, |panel| panel.understood)
    }
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    read::one(from, |name| {
        TimeZone::get(name).map_err(|_| {
            text!(
                "`{name}` is no time zone; write one like \"Europe/Oslo\"",
                "`{name}` er ingen tidssone; skriv en som \"Europe/Oslo\""
            )
        })
    })
}

fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Region, D::Error> {
    read::one(from, |code| {
        Region::parse(code).ok_or_else(|| {
            text!(
                "`{code}` is no region; write two letters like \"NO\"",
                "`{code}` er ingen region; skriv to bokstaver som \"NO\""
            )
        })
    })
}

fn languages<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let languages = read::each(from, |written| {
        language::parse(written).ok_or_else(|| {
            text!(
                "`{written}` is no language; write a code like nb, en or pt-BR",
                "`{written}` er ikke et språk; skriv en kode som nb, en eller pt-BR"
            )
        })
    })?;
    if languages.is_empty() {
        return Err(wrong(text!(
            "name one language at least, as in [\"nb\", \"en\"]; in the environment: en,nb",
            "oppgi minst ett språk, som i [\"nb\", \"en\"]; i miljøet: en,nb"
        )));
    }
    Ok(languages)
}

fn cooldown<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    match read::span(from)? {
        nothing if nothing.is_zero() => Err(wrong(text!(
            "nobody is approached again at once; write a time like \"6 months\"",
            "ingen kontaktes igjen med en gang; skriv en tid som \"6 months\""
        ))),
        cooldown => Ok(cooldown),
    }
}
