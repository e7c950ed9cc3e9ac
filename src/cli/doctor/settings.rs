//! The settings: file, keys, values, and what the environment overrides.

use super::finding::Findings;
use crate::campaign::house;
use crate::cli::Ctx;
use crate::clock::Clock;
use crate::domain::lang::Text;
use crate::domain::span::{Span, Unit};
use crate::settings::{Settings, SettingsError};
use crate::text;

/// Looks at the settings; nothing else can be looked at without them.
pub(super) fn look(ctx: &Ctx, found: &mut Findings) -> Option<Settings> {
    let path = ctx.config.display();
    let settings = match Settings::load(&ctx.config) {
        Ok(settings) => settings,
        Err(SettingsError::Missing(_)) => {
            found.broken(
                "settings",
                text!("there is no settings file {path}", "det finnes ingen innstillingsfil {path}"),
                text!(
                    "run `lykt init DIR` to make one, go to its folder, or name it with --config",
                    "kjør `lykt init MAPPE` for å lage en, gå til mappen dens, eller oppgi den med --config"
                ),
            );
            return None;
        }
        Err(wrong) => {
            found.broken(
                "settings",
                wrong.text(),
                text!(
                    "mend it there; every key with its meaning stands in config/default.toml",
                    "rett det der; hver nøkkel med forklaring står i config/default.toml"
                ),
            );
            return None;
        }
    };
    found.ok("settings", text!("the settings in {path} are understood", "innstillingene i {path} er forstått"));
    let mut overridden: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("LYKT__"))
        .collect();
    overridden.sort();
    if !overridden.is_empty() {
        let names = overridden.join(", ");
        found.ok(
            "environment",
            text!("the environment overrides the file: {names}", "miljøet overstyrer filen: {names}"),
        );
    }
    organisation(&settings, found);
    cooldown(&settings, found);
    files(&settings, found);
    Some(settings)
}

/// The organisation's own files that the settings name.
fn files(settings: &Settings, found: &mut Findings) {
    if let (_, Some(why)) = house::of(settings) {
        found.warning(
            "words",
            text!("your own words are left out: {why}", "deres egne ord er utelatt: {why}"),
            text!("mend that file, or [campaigns] words", "rett den filen, eller [campaigns] words"),
        );
    }
    let panel = settings.organisation.panel.as_ref().map(|panel| settings.path(&panel.file));
    if let Some((file, e)) = panel.and_then(|file| std::fs::read_to_string(&file).err().map(|e| (file, e))) {
        let file = file.display();
        found.warning(
            "panel",
            text!("the panel {file} cannot be read: {e}", "panelet {file} kan ikke leses: {e}"),
            text!(
                "write the file, a number a line, or mend [organisation] panel",
                "skriv filen, et nummer på hver linje, eller rett [organisation] panel"
            ),
        );
    }
}

/// Less than the practice's time between two approaches is never short in silence.
fn cooldown(settings: &Settings, found: &mut Findings) {
    let organisation = &settings.organisation;
    let today = Clock::real(organisation.timezone.clone()).today();
    let after = |span: Span| span.after(today, organisation.holidays);
    if after(organisation.cooldown) < after(Span::new(6, Unit::Months)) {
        let Text { en, nb } = organisation.cooldown.text();
        found.warning(
            "cooldown",
            text!(
                "people may be approached again after {en}, and not six months",
                "folk kan kontaktes igjen etter {nb}, og ikke seks måneder"
            ),
            text!(
                "if nobody decided that, remove [organisation] cooldown",
                "hvis ingen har bestemt det, fjern [organisation] cooldown"
            ),
        );
    }
}

fn organisation(settings: &Settings, found: &mut Findings) {
    let organisation = &settings.organisation;
    if organisation.name.trim().is_empty() || organisation.name == "Our organisation" {
        found.warning(
            "organisation",
            text!("the organisation has no name yet", "organisasjonen har ikke fått navn"),
            text!("write [organisation] name, as people know you", "skriv [organisation] name, slik folk kjenner dere"),
        );
    } else if organisation.about_url.is_empty() {
        found.warning(
            "organisation",
            text!("no page says who you are and how to refuse", "ingen side sier hvem dere er og hvordan man slipper"),
            text!("write [organisation] about_url", "skriv [organisation] about_url"),
        );
    } else {
        let name = &organisation.name;
        found.ok("organisation", text!("messages come from {name}", "meldingene kommer fra {name}"));
    }
}
