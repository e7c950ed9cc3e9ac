//! `lykt check FILE..`: campaign files, their lists and their words; every mistake with its line. Needs no installation.

mod json;
mod online;
mod show;
mod summary;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::bubble::bubbles;
use super::table::{complain, fit};
use super::{Ctx, Exit, linter, mistake};
use crate::campaign::file::practice::Kind;
use crate::campaign::file::{self, AccountFacts, Checked, Definition, Variant};
use crate::campaign::folder::facts;
use crate::campaign::{house, lint};
use crate::clock::Clock;
use crate::domain::gather::Gather;
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, number_of};
use crate::say;
use crate::settings::{Settings, SettingsError};
use online::Online;

/// What `lykt check` is given.
#[derive(Debug, Args)]
#[command(
    after_help = "Each mistake comes with its line and with what to write instead. Warnings alone leave the exit \
                        code at 0; mistakes make it 2. docs/campaign-file.md explains every key."
)]
pub struct CheckArgs {
    /// Campaign files, like campaigns/vinter.toml, and the files beside them, like campaigns/routines.toml.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show each text as a phone will, with the longest values of its variables.
    #[arg(long)]
    texts: bool,
    /// Also ask the accounts: are the templates there, approved, and the same? Reads only; needs an installation.
    #[arg(long)]
    online: bool,
}

/// What an installation knows that a file alone does not say.
#[derive(Debug, Default)]
struct House {
    accounts: Option<Vec<AccountFacts>>,
    languages: Vec<String>,
    today: Option<jiff::civil::Date>,
    lint: lint::House,
}

/// Checks the files, prints what was found, and says how it ended.
///
/// # Errors
/// When what was found cannot be printed.
pub async fn run(ctx: &Ctx, args: &CheckArgs) -> anyhow::Result<Exit> {
    // A program is told by the mistakes of each file.
    if let Some(list) = args.files.iter().find(|path| !ctx.json && is_list(path)) {
        let list = list.display();
        complain(&say!(
            ctx.lang,
            "{list} is a list and no campaign file; how a list is read: lykt list inspect {list}",
            "{list} er en liste og ingen kampanjefil; slik leses en liste: lykt list inspect {list}"
        ));
        return Ok(Exit::Usage);
    }
    let (house, mistaken) = installed(ctx);
    let stdout = io::stdout();
    let mut checked: Vec<(&Path, Checked)> =
        args.files.iter().map(|path| (path.as_path(), check(path, &house))).collect();
    let mut unread = false;
    if args.online {
        let online = Online::open(&Settings::load(&ctx.config)?)?;
        for (_, checked) in &mut checked {
            if let Some(sentence) = online.compare(checked, ctx.lang).await {
                complain(&sentence);
                unread = true;
            }
        }
    }
    let mut shown = String::new();
    for (path, checked) in &checked {
        if ctx.json {
            shown += &json::line(path, checked)?;
            shown.push('\n');
        } else {
            shown += &show::mistakes(path, checked, ctx.lang, ctx.colour);
            let known = known(path, checked, &house);
            shown += &fit(&summary::of(checked, &known, ctx.lang));
            if args.texts {
                shown += &texts(checked, &known, ctx.lang);
            }
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
    let wrong = mistaken || checked.iter().any(|(_, checked)| checked.errors() > 0);
    Ok(if wrong {
        Exit::Usage
    } else if unread {
        Exit::Fault
    } else {
        Exit::Done
    })
}

fn is_list(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["csv", "txt", "tsv", "xls", "xlsx", "ods"].iter().any(|list| ending.eq_ignore_ascii_case(list))
}

/// The mistakes of a checked file as a person reads them.
pub(super) fn told(ctx: &Ctx, path: &Path, checked: &Checked) -> String {
    show::mistakes(path, checked, ctx.lang, false)
}

/// What the installation knows, when the command stands in one, and whether its settings have a mistake, which is told.
fn installed(ctx: &Ctx) -> (House, bool) {
    let settings = match mistake::usable(&ctx.config) {
        Ok(settings) => settings,
        Err(error) => {
            let mistaken = !matches!(error, SettingsError::Missing(_));
            if mistaken {
                complain(error.text().pick(ctx.lang));
            }
            return (House { lint: linter::house(ctx, None), ..House::default() }, mistaken);
        }
    };
    // A lapsing clock's day stands in the database, which a check does not open.
    let today = settings.clock.is_none().then(|| Clock::real(settings.organisation.timezone.clone()).today());
    let lint = linter::house(ctx, Some(&settings));
    (House { accounts: Some(facts(&settings)), languages: settings.organisation.languages, today, lint }, false)
}

/// Each text of a campaign without mistakes, as a phone shows it.
fn texts(checked: &Checked, known: &lint::House, lang: Lang) -> String {
    let Some(campaign) = &checked.definition else { return String::new() };
    let each = campaign.variants.iter().flat_map(|variant| {
        let name = named(campaign, variant, lang);
        let known = file::of_variant(known, campaign, &variant.name);
        variant.texts.iter().map(move |(code, text)| {
            let text = lint::longest(text, &known).unwrap_or_else(|| text.clone());
            format!("  {name}, {code}\n{}\n", bubbles(&text, lang))
        })
    });
    each.collect()
}

/// A variant's name, and who says hello in it where others do in others.
fn named(campaign: &Definition, variant: &Variant, lang: Lang) -> String {
    let (name, sender) = (inert(&variant.name), inert(campaign.sender_of(&variant.name)));
    match campaign.senders().len() {
        0 | 1 => name,
        _ => say!(lang, "{name} (from {sender})", "{name} (fra {sender})"),
    }
}

/// What the linter is told of one campaign.
fn known(path: &Path, checked: &Checked, house: &House) -> lint::House {
    house::known(&house.lint, folder(path), checked)
}

/// The folder in which a file stands.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn check(path: &Path, house: &House) -> Checked {
    if let Some(kind) = Kind::of(path) {
        let inside = folder(path);
        let campaigns = if inside.ends_with(kind.folder()) { folder(inside) } else { inside };
        return kind.check(path, campaigns, house.today);
    }
    let mut checked = file::check(path, folder(path), house.today, house.accounts.as_deref(), &house.languages);
    let known = known(path, &checked, house);
    file::lint(&mut checked, &known);
    checked
}

/// The last sentence: how many files, mistakes and warnings.
fn count(lang: Lang, checked: &[(&Path, Checked)]) -> String {
    let files = checked.iter().map(|(path, _)| path).gather::<BTreeSet<&&Path>>().len();
    let errors: usize = checked.iter().map(|(_, checked)| checked.errors()).sum();
    let warnings: usize = checked.iter().map(|(_, checked)| checked.warnings()).sum();
    let notes: usize = checked.iter().map(|(_, checked)| checked.notes()).sum();
    let files = number_of(files, ["file checked", "files checked"], ["fil kontrollert", "filer kontrollert"]);
    let errors = number_of(errors, ["mistake", "mistakes"], ["feil"; 2]);
    let warnings = number_of(warnings, ["warning", "warnings"], ["advarsel", "advarsler"]);
    let counted = format!("{}: {}, {}", files.pick(lang), errors.pick(lang), warnings.pick(lang));
    match notes {
        0 => counted,
        _ => format!("{counted}, {}", number_of(notes, ["note", "notes"], ["merknad", "merknader"]).pick(lang)),
    }
}
