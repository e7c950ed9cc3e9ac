//! `lykt services`: what is offered where. Needs the files alone, no keys and no database.

use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::source::say_mistakes;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::campaign::directory::{Directory, How};
use crate::campaign::file::practice::{Area, Service, review};
use crate::clock::Clock;
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, number_of};
use crate::domain::place::Place;
use crate::say;
use crate::settings::{Settings, SettingsError};

/// The directory of services: what is offered where.
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// Every service, and when somebody last looked whether it is right.
    List,
    /// The services near a municipality or a county, the nearest first.
    Near {
        /// A municipality or a county: its name in any official language, or its number.
        #[arg(required = true, value_name = "PLACE")]
        place: Vec<String>,
    },
    /// Shows where files of services have mistakes, and what nobody has looked at for six months.
    Check,
}

/// Runs the command.
///
/// # Errors
/// When the settings are missing or wrong.
pub fn run(ctx: &Ctx, command: &ServicesCommand) -> anyhow::Result<Exit> {
    let (directory, zone) = match Settings::load(&ctx.config) {
        Ok(settings) => (Directory::of(&settings), settings.organisation.timezone.clone()),
        Err(SettingsError::Missing(_)) => (Directory::in_folder("campaigns".into()), TimeZone::UTC),
        Err(error) => return Err(super::app::AppError::from(error).into()),
    };
    let today = Clock::real(zone).today();
    let found = directory.shelf.look();
    if !matches!(command, ServicesCommand::Check) {
        say_mistakes(ctx, &found.mistakes);
    }
    match command {
        ServicesCommand::List => Ok(list(ctx, found.entries.iter().map(|service| (None, service)), today)),
        ServicesCommand::Near { place } => Ok(near(ctx, &directory, &place.join(" "), today)),
        ServicesCommand::Check => {
            let old: Vec<&Service> = found.entries.iter().filter(|one| review(one.checked) <= today).collect();
            if ctx.json {
                let names: Vec<&str> = old.iter().map(|one| one.name.as_str()).collect();
                let mistakes: Vec<String> = found.mistakes.iter().map(ToString::to_string).collect();
                println!("{}", json!({ "services": found.entries.len(), "mistakes": mistakes, "old": names }));
            } else {
                for mistake in &found.mistakes {
                    println!("{mistake}");
                }
                for one in &old {
                    let (name, day) = (&one.name, one.checked);
                    println!("{}", say!(ctx.lang, "{name}: last checked {day}", "{name}: sist sjekket {day}"));
                }
                let services = number_of(found.entries.len(), ["service", "services"], ["tjeneste", "tjenester"]);
                let wrong = number_of(found.mistakes.len(), ["mistake", "mistakes"], ["feil"; 2]);
                let (services, wrong, old) = (services.pick(ctx.lang), wrong.pick(ctx.lang), old.len());
                println!(
                    "{}",
                    say!(
                        ctx.lang,
                        "{services}, {wrong}, {old} older than six months",
                        "{services}, {wrong}, {old} eldre enn seks måneder"
                    )
                );
            }
            Ok(if found.mistakes.is_empty() { Exit::Done } else { Exit::Usage })
        }
    }
}

fn near(ctx: &Ctx, directory: &Directory, written: &str, today: jiff::civil::Date) -> Exit {
    let lang = ctx.lang;
    match Place::find(written)[..] {
        [place] => {
            let near = directory.near(place);
            if !ctx.json {
                println!("{}", place.full());
            }
            if near.is_empty() && !directory.all().is_empty() && !ctx.json {
                tell(&say!(lang, "No service is there or near.", "Ingen tjeneste er der eller i nærheten."));
                return Exit::Done;
            }
            list(ctx, near.iter().map(|(how, service)| (Some(*how), service)), today)
        }
        [] => {
            let written = inert(written);
            complain(&say!(
                lang,
                "`{written}` is no municipality or county of Norway: write its name as it is since 2024",
                "`{written}` er ingen kommune eller et fylke i Norge: skriv navnet slik det er siden 2024"
            ));
            Exit::Usage
        }
        ref several => {
            let names = several.iter().map(|place| place.full()).collect::<Vec<_>>().join(", ");
            complain(&say!(
                lang,
                "several places have this name, write which: {names}",
                "flere steder heter det, skriv hvilket: {names}"
            ));
            Exit::Usage
        }
    }
}

fn list<'a>(ctx: &Ctx, services: impl Iterator<Item = (Option<How>, &'a Service)>, today: jiff::civil::Date) -> Exit {
    let lang = ctx.lang;
    let services: Vec<_> = services.collect();
    if ctx.json {
        println!("{}", Value::from(services.iter().map(|(how, one)| line(*how, one)).collect::<Vec<_>>()));
        return Exit::Done;
    }
    if services.is_empty() {
        tell(&say!(
            lang,
            "No services. Write them in campaigns/services/; docs/services.md shows how.",
            "Ingen tjenester. Skriv dem i campaigns/services/; docs/services.md viser hvordan."
        ));
        return Exit::Done;
    }
    let mut table = Table::new([
        say!(lang, "service", "tjeneste"),
        say!(lang, "kind", "type"),
        say!(lang, "where", "hvor"),
        say!(lang, "hours", "åpent"),
        say!(lang, "cost", "pris"),
        say!(lang, "checked", "sjekket"),
    ]);
    for (how, one) in services {
        let place = match how {
            Some(how) => how.text().pick(lang).to_owned(),
            None => areas(one, lang),
        };
        let hours = one.hours.as_ref().map(|text| inert(text.pick(lang))).unwrap_or_default();
        let cost = one.cost.as_ref().map(|text| inert(text.pick(lang))).unwrap_or_default();
        let mark = if review(one.checked) <= today { "!" } else { "" };
        table.row([
            inert(one.title.pick(lang)),
            one.kind.clone(),
            place,
            hours,
            cost,
            format!("{}{mark}", one.checked),
        ]);
    }
    println!("{table}");
    Exit::Done
}

/// Whom a service is for, in words.
fn areas(service: &Service, lang: Lang) -> String {
    let area = |area: &Area| match area {
        Area::Everywhere => How::Everywhere.text().pick(lang).to_owned(),
        Area::In(place) => place.full(),
    };
    service.areas.iter().map(area).collect::<Vec<_>>().join(", ")
}

/// A service in one line: what it is, how near, when it is open, what it costs, how to reach it.
pub(super) fn in_a_line(how: How, one: &Service, lang: Lang) -> String {
    let facts = [&one.hours, &one.cost].into_iter().flatten().map(|text| text.pick(lang).to_owned());
    let rest = [&one.address, &one.contact].into_iter().flatten().cloned();
    let head = format!("{} ({})", one.title.pick(lang), how.text().pick(lang));
    let checked = say!(lang, "checked {}", "sjekket {}", one.checked);
    inert(&[head].into_iter().chain(facts).chain(rest).chain([checked]).collect::<Vec<_>>().join(", "))
}

pub(super) fn line(how: Option<How>, one: &Service) -> Value {
    let text = |text: &crate::domain::lang::Text| json!({ "en": text.en, "nb": text.nb });
    json!({
        "name": one.name,
        "title": text(&one.title),
        "kind": one.kind,
        "near": how.map(How::as_str),
        "where": one.areas.iter().map(|area| match area {
            Area::Everywhere => "everywhere",
            Area::In(place) => place.number,
        }).collect::<Vec<_>>(),
        "address": one.address,
        "hours": one.hours.as_ref().map(text),
        "contact": one.contact,
        "languages": one.languages,
        "cost": one.cost.as_ref().map(text),
        "anonymous": one.anonymous,
        "checked": one.checked.to_string(),
        "owner": one.owner,
    })
}
