//! What the panel made of each version of a message: kept with the campaign, and shown to whoever approves it.
//!
//! A verdict is of exactly what was seen: once text, picture or template are others, it counts no more.

use super::trial::NoTrial;
use crate::audit::On;
use crate::campaign::file::{Definition, Variant};
use crate::campaign::media;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::id::{PlanId, VerdictId, one_meant};
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::domain::verdict::Understood;
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::verdict::{self, Verdict};
use crate::store::{DbError, Tx, target};
use crate::text;

/// The longest answer to "what does it mean?", in characters.
const LONGEST: usize = 1_000;

/// A version with what the panel made of it.
#[derive(Debug)]
pub struct Version {
    /// The variant.
    pub variant: String,
    /// The language.
    pub language: String,
    /// How many understood it, partly, and not.
    pub counts: [i64; 3],
    /// How many saw an earlier text of it.
    pub earlier: i64,
    /// The verdicts of the text as it is, newest first.
    pub verdicts: Vec<Verdict>,
}

impl Version {
    /// How many understood it.
    pub fn understood(&self) -> i64 {
        self.counts[Understood::Yes as usize]
    }

    /// How many verdicts there are of the text as it is.
    pub fn total(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// In words.
    pub fn text(&self) -> Text {
        let Text { mut en, mut nb } = match (self.total(), self.counts) {
            (0, _) => text!("not tried", "ikke prøvd"),
            (_, [yes, partly, no]) => {
                text!("{yes} understood, {partly} partly, {no} not", "{yes} har forstått, {partly} delvis, {no} ikke")
            }
        };
        if self.earlier > 0 {
            let n = self.earlier;
            en.push_str(&format!(" ({n} of an earlier text)"));
            nb.push_str(&format!(" ({n} om en tidligere tekst)"));
        }
        Text { en, nb }
    }
}

/// What somebody on the panel said.
#[derive(Debug)]
pub struct Said<'a> {
    /// The version; the first when nothing is said.
    pub variant: Option<&'a str>,
    /// The language; the version's only one when nothing is said.
    pub language: Option<&'a str>,
    /// Whether they understood it.
    pub understood: Understood,
    /// What it means, in their words; blank ones are none.
    pub means: Option<&'a str>,
}

/// The versions of a campaign in the order of its file, each with what the panel made of it; none where people write or
/// call.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn versions(tx: &mut Tx, ledger: &Ledger, definition: &Definition) -> Result<Vec<Version>, DbError> {
    if definition.calls.is_some() {
        return Ok(Vec::new());
    }
    let mut all = verdict::of_campaign(tx, &ledger.vault, &definition.name).await?;
    let mut versions = Vec::new();
    for variant in &definition.variants {
        for language in variant.texts.keys() {
            let digest = digest(definition, variant, language);
            let of = |one: &Verdict| one.variant == variant.name && one.language == *language;
            let (verdicts, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| of(one) && one.digest == digest);
            let mut counts = [0; 3];
            verdicts.iter().for_each(|one| counts[one.understood as usize] += 1);
            let earlier = rest.iter().filter(|one| of(one)).count() as i64;
            let (variant, language) = (variant.name.clone(), language.clone());
            versions.push(Version { variant, language, counts, earlier, verdicts });
            all = rest;
        }
    }
    Ok(versions)
}

/// The same for whoever approves: none where there is no panel and nobody was asked.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn to_show(
    tx: &mut Tx,
    ledger: &Ledger,
    definition: &Definition,
    settings: &Settings,
) -> Result<Vec<Version>, DbError> {
    let versions = versions(tx, ledger, definition).await?;
    let tried = versions.iter().any(|version| version.total() + version.earlier > 0);
    Ok(if tried || settings.organisation.panel.is_some() { versions } else { Vec::new() })
}

/// The versions of a plan that too few understood, each with how many did.
///
/// # Errors
/// As the database has it.
pub(super) async fn lacking(
    tx: &mut Tx,
    ledger: &Ledger,
    definition: &Definition,
    plan: PlanId,
    needed: u32,
) -> Result<Vec<(String, String, i64)>, DbError> {
    if needed == 0 || definition.calls.is_some() {
        return Ok(Vec::new());
    }
    let sent = target::versions(tx, plan).await?;
    let versions = versions(tx, ledger, definition).await?;
    let few = versions.into_iter().filter(|version| version.understood() < i64::from(needed));
    let few = few.map(|version| (version.variant.clone(), version.language.clone(), version.understood()));
    Ok(few.filter(|(variant, language, _)| sent.contains(&(variant.clone(), language.clone()))).collect())
}

/// Writes down what somebody on the panel said of a version as it is now.
///
/// # Errors
/// As the database has it, and when there is no randomness.
pub async fn add(
    tx: &mut Tx,
    ledger: &Ledger,
    definition: &Definition,
    said: Said<'_>,
    by: Option<&str>,
) -> Result<Result<Verdict, NoTrial>, DbError> {
    if definition.calls.is_some() {
        return Ok(Err(NoTrial::by_people(definition)));
    }
    let named = |variant: &&Variant| said.variant.is_none_or(|name| name == variant.name);
    let Some(variant) = definition.variants.iter().find(named) else {
        let all: Vec<_> = definition.variants.iter().map(|variant| variant.name.as_str()).collect();
        return Ok(Err(NoTrial::NoVariant(all.join(", "))));
    };
    let mut languages = variant.texts.keys();
    let language = match (said.language, languages.len()) {
        (Some(code), _) => languages.find(|one| *one == code),
        (None, 1) => languages.next(),
        (None, _) => None,
    };
    let Some(language) = language else {
        let all: Vec<_> = variant.texts.keys().map(String::as_str).collect();
        return Ok(Err(NoTrial::NoLanguage(all.join(", "))));
    };
    let means = said.means.map(str::trim).filter(|means| !means.is_empty());
    if means.is_some_and(|means| means.chars().count() > LONGEST) {
        return Ok(Err(NoTrial::TooLong { most: LONGEST }));
    }
    let new = Verdict {
        id: new_id(),
        variant: variant.name.clone(),
        language: language.clone(),
        digest: digest(definition, variant, language),
        understood: said.understood,
        means: means.map(|means| Private::new(means.to_owned())),
        by: by.map(str::to_owned),
        at: ledger.clock.now_ms(),
    };
    verdict::add(tx, &ledger.vault, &definition.name, &new).await?;
    ledger.book().note(tx, Act::VerdictAdded, On::Campaign(&definition.name)).await?;
    Ok(Ok(new))
}

/// Takes a verdict away again, by its id or a part of it; how many fit when it is not one.
///
/// # Errors
/// As the database has it.
pub async fn take_back(
    tx: &mut Tx,
    ledger: &Ledger,
    campaign: &str,
    written: &str,
) -> Result<Result<VerdictId, usize>, DbError> {
    let id = match one_meant(written, verdict::ids(tx, campaign).await?, |id| id.0) {
        Ok(id) => id,
        Err(n) => return Ok(Err(n)),
    };
    verdict::remove(tx, campaign, id).await?;
    ledger.book().note(tx, Act::VerdictUndone, On::Campaign(campaign)).await?;
    Ok(Ok(id))
}

/// Of everything that somebody sees of a version.
fn digest(definition: &Definition, variant: &Variant, language: &str) -> String {
    let picture = definition.image_of(&variant.name).map(|image| &image.hash);
    let sender = definition.sender_of(&variant.name);
    let seen = serde_json::json!([variant.texts.get(language), picture, variant.template, sender]);
    media::hash_of(seen.to_string().as_bytes())
}
