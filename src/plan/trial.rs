//! A campaign's message to somebody on the organisation's own panel, before anybody else gets it: with a made-up row,
//! counted nowhere, and to nobody who has not agreed.

use std::collections::BTreeMap;
use std::io;

use super::filled;
use crate::audit::On;
use crate::campaign::directory::{self, Directory};
use crate::campaign::file::{Definition, Image};
use crate::campaign::template::Template;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::domain::language::pick_language;
use crate::domain::phone::PhoneNumber;
use crate::domain::private::Private;
use crate::domain::template::Template as Provided;
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::direct::{self, Direct, Kind};
use crate::store::message::Letter;
use crate::store::{DbError, Tx, campaign, contact};
use crate::text;

/// Which version is tried, in which language; the first when nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The version.
    pub variant: Option<&'a str>,
    /// The language.
    pub language: Option<&'a str>,
}

/// Why nothing is tried. Nothing was sent then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTrial {
    /// No panel stands in the settings.
    NoPanel,
    /// The panel's file cannot be read.
    Unreadable(String),
    /// The panel's file holds no number.
    NobodyOnIt,
    /// The number is not on the panel.
    NotOnPanel,
    /// They said no, panel or not.
    OptedOut,
    /// The campaign calls, and sends nothing.
    Calls,
    /// People write its messages by hand.
    ByHand,
    /// There is no such version.
    NoVariant(String),
    /// The version has no text in this language.
    NoLanguage(String),
    /// The picture is given out only once there is a plan.
    NoPlan,
    /// The text cannot be filled in.
    Text(String),
    /// What somebody made of it is too long to keep.
    TooLong {
        /// How many characters it may have.
        most: usize,
    },
}

impl NoTrial {
    /// Why what people do themselves has no trial.
    pub fn by_people(definition: &Definition) -> Self {
        if definition.is_by_hand() { NoTrial::ByHand } else { NoTrial::Calls }
    }

    /// What a person reads.
    pub fn text(&self) -> Text {
        match self {
            NoTrial::NoPanel => text!(
                "there is no panel: write the numbers of people who agreed into a file, a number a line, and name it in lykt.toml: [organisation] panel = {{ file = \"panel.txt\" }}",
                "det finnes ikke noe testpanel: skriv numrene til folk som har sagt ja i en fil, ett nummer per linje, og oppgi den i lykt.toml: [organisation] panel = {{ file = \"panel.txt\" }}"
            ),
            NoTrial::Unreadable(why) => {
                text!("the panel's file cannot be read: {why}", "filen med testpanelet kan ikke leses: {why}")
            }
            NoTrial::NobodyOnIt => text!(
                "the panel's file holds no number: write those of people who agreed into it, a number a line",
                "filen med testpanelet har ingen numre: skriv numrene til folk som har sagt ja i den, ett nummer per linje"
            ),
            NoTrial::NotOnPanel => text!(
                "this number is not on the panel; when the person agrees, add it to the file that [organisation] panel names. Nothing was sent",
                "dette nummeret er ikke i testpanelet; når personen sier ja, legg det til i filen som [organisation] panel oppgir. Ingenting ble sendt"
            ),
            NoTrial::OptedOut => text!(
                "this person does not want to be contacted; nothing was sent",
                "denne personen vil ikke kontaktes; ingenting ble sendt"
            ),
            NoTrial::ByHand => text!(
                "people write these messages by hand, so there is nothing to send on trial",
                "disse meldingene skrives for hånd, så det er ingenting å sende på prøve"
            ),
            NoTrial::Calls => text!(
                "this is a campaign of calls, which sends nothing",
                "dette er en ringekampanje, som ikke sender noe"
            ),
            NoTrial::NoVariant(all) => {
                text!("there is no such variant; there are: {all}", "det finnes ingen slik variant; det finnes: {all}")
            }
            NoTrial::NoLanguage(all) => text!(
                "the variant has no text in this language; it has: {all}",
                "varianten har ingen tekst på dette språket; den har: {all}"
            ),
            NoTrial::NoPlan => text!(
                "the picture is given out only once there is a plan: make one first",
                "bildet kan hentes først når det finnes en plan: lag en først"
            ),
            NoTrial::TooLong { most } => text!("write at most {most} characters", "skriv høyst {most} tegn"),
            NoTrial::Text(why) => text!("the text cannot be filled in: {why}", "teksten kan ikke fylles ut: {why}"),
        }
    }
}

/// Puts a campaign's message to somebody on the panel in the queue. The daemon sends it within a second.
///
/// # Errors
/// As the database has it.
pub async fn send(
    ledger: &Ledger,
    tx: &mut Tx,
    settings: &Settings,
    definition: &Definition,
    to: &PhoneNumber,
    wanted: Wanted<'_>,
    by: &str,
) -> Result<Result<Direct, NoTrial>, DbError> {
    if let Err(why) = on_panel(settings, to) {
        return Ok(Err(why));
    }
    if !contact::noes(tx, &[ledger.vault.blind(to.expose())]).await?.is_empty() {
        return Ok(Err(NoTrial::OptedOut));
    }
    let (variant, language, text, template) = match written(settings, definition, wanted) {
        Ok(written) => written,
        Err(why) => return Ok(Err(why)),
    };
    let media = definition.image_of(&variant).map(Image::public_name);
    let planned = campaign::get(tx, &definition.name).await?.is_some_and(|campaign| campaign.plan_id.is_some());
    if media.is_some() && !planned {
        return Ok(Err(NoTrial::NoPlan));
    }
    let letter = Letter { to: to.expose().to_owned(), text, media, template, ..Letter::default() };
    let row = Direct {
        campaign: Some(definition.name.clone()),
        variant: Some(variant),
        language: Some(language),
        account: definition.account.clone(),
        channel: definition.channel().as_str().to_owned(),
        ..Direct::queued(&ledger.vault, Kind::Test, new_id(), &letter, by, ledger.clock.now_ms())?
    };
    direct::add(tx, row.clone()).await?;
    ledger.book().note(tx, Act::Tried, On::Campaign(&definition.name)).await?;
    Ok(Ok(row))
}

/// Somebody who agreed to try messages.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their number.
    pub number: PhoneNumber,
    /// What stands behind the `#` on their line, for whoever chooses among them.
    pub note: Private,
}

/// The people on the panel, in the order of its file; a line that is no number is none of them.
///
/// # Errors
/// When there is no panel, or its file cannot be read.
pub fn panel(settings: &Settings) -> Result<Vec<Member>, NoTrial> {
    let panel = settings.organisation.panel.as_ref().ok_or(NoTrial::NoPanel)?;
    let told = |error: io::Error| NoTrial::Unreadable(error.to_string());
    let lines = std::fs::read_to_string(settings.path(&panel.file)).map_err(told)?;
    let member = |line: &str| {
        let (number, note) = line.split_once('#').unwrap_or((line, ""));
        let number = PhoneNumber::parse(number.trim(), settings.organisation.region).ok()?;
        Some(Member { number, note: Private::new(note.trim().to_owned()) })
    };
    Ok(lines.lines().filter_map(member).collect())
}

fn on_panel(settings: &Settings, to: &PhoneNumber) -> Result<(), NoTrial> {
    let on_it = panel(settings)?.iter().any(|member| member.number.expose() == to.expose());
    if on_it { Ok(()) } else { Err(NoTrial::NotOnPanel) }
}

/// The version, its language, and the text with a row that nobody takes for a person's.
fn written(
    settings: &Settings,
    definition: &Definition,
    wanted: Wanted<'_>,
) -> Result<(String, String, String, Option<Provided>), NoTrial> {
    if definition.calls.is_some() {
        return Err(NoTrial::by_people(definition));
    }
    let names = || definition.variants.iter().map(|variant| variant.name.as_str()).collect::<Vec<_>>().join(", ");
    let variant = match wanted.variant {
        Some(name) => definition.variants.iter().find(|variant| variant.name == name),
        None => definition.variants.first(),
    };
    let variant = variant.ok_or_else(|| NoTrial::NoVariant(names()))?;
    let house = &settings.organisation;
    let (texts, strict) = (&variant.texts, wanted.language.is_some());
    let language = pick_language(wanted.language, texts, &house.languages, strict)
        .map_err(|_| NoTrial::NoLanguage(texts.keys().cloned().collect::<Vec<_>>().join(", ")))?;
    let made_up = definition.columns.keys().map(|name| (name.clone(), format!("[{name}]")));
    let mut values: BTreeMap<String, String> = made_up.gather();
    values.insert("sender".to_owned(), definition.sender_of(&variant.name).to_owned());
    values.insert("organisation".to_owned(), house.name.clone());
    values.insert("services".to_owned(), house.services.clone());
    // One of each kind, as somebody near it would read of it.
    let services = Directory::of(settings).all();
    values.extend(directory::variables(services.iter().map(|service| (&service.kind, service)), language));
    let text = texts.get(language).map(String::as_str).unwrap_or_default();
    let text = Template::new(text).and_then(|template| template.render(&values));
    let text = text.map_err(|error| NoTrial::Text(error.to_string()))?;
    let template = filled::template(variant, language, &values);
    let template = template.ok_or_else(|| NoTrial::Text("a place of the template stays empty".to_owned()))?;
    Ok((variant.name.clone(), language.to_owned(), text, template))
}
