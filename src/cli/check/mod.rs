//! `lykt check FILE..`: campaign files, their lists and their words; every mistake with its line. Needs no installation.

mod json;
mod show;
mod summary;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::source::facts;
use super::{Ctx, Exit};
use crate::campaign::file::{self, AccountFacts, Checked};
use crate::clock::Clock;
use crate::domain::lang::Lang;
use crate::settings::{Settings, SettingsError};

/// What `lykt check` is given.
#[derive(Debug, Args)]
#[command(
    after_help = "Each mistake comes with its line and with what to write instead. Warnings alone leave the exit \
                        code at 0; mistakes make it 2. docs/campaign-file.md explains every key."
)]
pub struct CheckArgs {
    /// Campaign files, like campaigns/vinter.toml.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What an installation knows that a file alone does not say.
#[derive(Debug, Default)]
struct House {
    accounts: Option<Vec<AccountFacts>>,
    languages: Vec<String>,
    today: Option<jiff::civil::Date>,
}

/// Checks the files, prints what was found, and says how it ended.
///
/// # Errors
/// When what was found cannot be printed.
pub fn run(ctx: &Ctx, args: &CheckArgs) -> anyhow::Result<Exit> {
    let house = house(ctx);
    let stdout = io::stdout();
    let colours = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let checked: Vec<(&Path, Checked)> = args.files.iter().map(|path| (path.as_path(), check(path, &house))).collect();
    let mut shown = String::new();
    for (path, checked) in &checked {
        if ctx.json {
            shown += &json::line(path, checked)?;
            shown.push('\n');
        } else {
            shown += &show::mistakes(path, checked, ctx.lang, colours);
            shown += &summary::of(path, checked, ctx.lang);
        }
    }
    if !ctx.json {
        shown += &count(ctx.lang, &checked);
        shown.push('\n');
    }
    match stdout.lock().write_all(shown.as_bytes()) {
        // Whoever reads us has read enough, as `head` does; the exit code still tells.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    let wrong = checked.iter().any(|(_, checked)| checked.errors() > 0);
    Ok(if wrong { Exit::Usage } else { Exit::Done })
}

/// The mistakes of a checked file as a person reads them.
pub(super) fn told(ctx: &Ctx, path: &Path, checked: &Checked) -> String {
    show::mistakes(path, checked, ctx.lang, false)
}

/// What the installation knows, when the command stands in one.
fn house(ctx: &Ctx) -> House {
    let settings = match Settings::load(&ctx.config) {
        Ok(settings) => settings,
        Err(SettingsError::Missing(_)) => return House::default(),
        Err(wrong) => {
            eprintln!("{wrong}");
            return House::default();
        }
    };
    // A lapsing clock's day stands in the database, which a check does not open.
    let today = settings.clock.is_none().then(|| Clock::real(settings.organisation.timezone.clone()).today());
    House { accounts: Some(facts(&settings)), languages: settings.organisation.languages, today }
}

fn check(path: &Path, house: &House) -> Checked {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    file::check(path, folder, house.today, house.accounts.as_deref(), &house.languages)
}

/// The last sentence: how many files, mistakes and warnings.
fn count(lang: Lang, checked: &[(&Path, Checked)]) -> String {
    let files = checked.iter().map(|(path, _)| path).collect::<BTreeSet<_>>().len();
    let errors: usize = checked.iter().map(|(_, checked)| checked.errors()).sum();
    let warnings: usize = checked.iter().map(|(_, checked)| checked.warnings()).sum();
    let some = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    match lang {
        Lang::En => {
            let (files, warnings) = (some(files, "file", "files"), some(warnings, "warning", "warnings"));
            format!("{files} checked: {}, {warnings}", some(errors, "mistake", "mistakes"))
        }
        Lang::Nb => {
            let (files, warnings) = (some(files, "fil", "filer"), some(warnings, "advarsel", "advarsler"));
            format!("{files} kontrollert: {errors} feil, {warnings}")
        }
    }
}
