//! `lykt verdict`: what people on the panel made of each version of a message.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::app::App;
use super::source::Folder;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit, refuse};
use crate::campaign::file::Definition;
use crate::domain::campaign::CampaignState;
use crate::domain::inert::inert;
use crate::domain::verdict::Understood;
use crate::plan::verdict::{self, Said, Version};
use crate::say;
use crate::store::campaign;

/// What people on your own panel made of each version of a message: kept with the campaign, shown at approval.
#[derive(Debug, Subcommand)]
pub enum VerdictCommand {
    /// Writes down whether somebody on the panel understood a version, and what they say that it means. Nobody is named.
    Add(AddArgs),
    /// What the panel made of each version.
    List {
        /// The campaign: its file's name without .toml.
        campaign: String,
    },
    /// Takes a verdict away that was noted by mistake.
    Undo {
        /// The campaign: its file's name without .toml.
        campaign: String,
        /// The verdict: its id, or the last digits of it that the list shows.
        id: String,
    },
}

/// What was said.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// Whether they understood it.
    #[arg(long, value_enum, value_name = "WORD")]
    understood: Word,
    /// Which variant; the first when not said.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// In which language; the only one when not said.
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// What it means, in their words. Kept sealed, as long as texts are.
    #[arg(long, value_name = "WORDS")]
    means: Option<String>,
}

/// Whether it was understood, as one writes it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    Yes,
    Partly,
    No,
}

impl From<Word> for Understood {
    fn from(word: Word) -> Self {
        match word {
            Word::Yes => Understood::Yes,
            Word::Partly => Understood::Partly,
            Word::No => Understood::No,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: VerdictCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    match command {
        VerdictCommand::Add(args) => add(ctx, &app, args).await,
        VerdictCommand::List { campaign } => list(ctx, &app, &campaign).await,
        VerdictCommand::Undo { campaign, id } => undo(ctx, &app, &campaign, &id).await,
    }
}

async fn add(ctx: &Ctx, app: &App, args: AddArgs) -> anyhow::Result<Exit> {
    let definition = match Folder::of(app).ready(ctx, &args.campaign, app.ledger.clock.today())? {
        Ok(ready) => ready.definition,
        Err(exit) => return Ok(exit),
    };
    let said = Said {
        variant: args.variant.as_deref(),
        language: args.language.as_deref(),
        understood: args.understood.into(),
        means: args.means.as_deref(),
    };
    let mut tx = app.db.begin().await?;
    let added = match verdict::add(&mut tx, &app.ledger, &definition, said, ctx.actor.as_deref()).await? {
        Ok(added) => added,
        Err(why) => {
            complain(why.text().pick(ctx.lang));
            return Ok(Exit::Usage);
        }
    };
    tx.commit().await?;
    let (variant, language, id) = (&added.variant, &added.language, added.id.short());
    if ctx.json {
        println!("{}", json!({ "id": added.id.to_string(), "variant": variant, "language": language }));
    } else {
        let word = added.understood.text();
        let word = word.pick(ctx.lang);
        tell(&say!(
            ctx.lang,
            "Noted: {variant} ({language}), {word}. {id}",
            "Notert: {variant} ({language}), {word}. {id}"
        ));
    }
    Ok(Exit::Done)
}

async fn list(ctx: &Ctx, app: &App, campaign: &str) -> anyhow::Result<Exit> {
    let definition = match planned(app, campaign).await? {
        Some(definition) => definition,
        None => match Folder::of(app).ready(ctx, campaign, app.ledger.clock.today())? {
            Ok(ready) => ready.definition,
            Err(exit) => return Ok(exit),
        },
    };
    let mut tx = app.db.read().await?;
    let versions = verdict::versions(&mut tx, &app.ledger, &definition).await?;
    if ctx.json {
        println!("{}", Value::from(versions.iter().map(as_json).collect::<Vec<_>>()));
        return Ok(Exit::Done);
    }
    table(ctx, &versions);
    for version in &versions {
        for one in &version.verdicts {
            let day = app.ledger.clock.day_of(one.at);
            let (variant, language, id) = (&version.variant, &version.language, one.id.short());
            let (word, means) = (one.understood.text(), one.means.as_ref().map(|means| inert(means.expose())));
            let means = means.map(|means| format!(" “{means}”")).unwrap_or_default();
            tell(&format!("{id}  {day}  {variant} ({language}), {}{means}", word.pick(ctx.lang)));
        }
    }
    Ok(Exit::Done)
}

/// What was approved of a campaign: its list may be gone by now.
async fn planned(app: &App, name: &str) -> anyhow::Result<Option<Definition>> {
    let mut tx = app.db.read().await?;
    let approved = campaign::get(&mut tx, name).await?.filter(|campaign| campaign.state != CampaignState::Planned);
    let Some(id) = approved.and_then(|campaign| campaign.plan_id) else { return Ok(None) };
    let plan = campaign::plan(&mut tx, &app.ledger.vault, id).await?;
    Ok(plan.map(|plan| serde_json::from_str(&plan.definition)).transpose()?)
}

async fn undo(ctx: &Ctx, app: &App, campaign: &str, id: &str) -> anyhow::Result<Exit> {
    let mut tx = app.db.begin().await?;
    match verdict::take_back(&mut tx, &app.ledger, campaign, id).await? {
        Ok(_) => {
            tx.commit().await?;
            tell(&say!(ctx.lang, "Taken back.", "Tatt tilbake."));
            Ok(Exit::Done)
        }
        Err(0) => Ok(refuse(say!(
            ctx.lang,
            "there is no verdict with this id: lykt verdict list {campaign} shows them",
            "det finnes ingen dom med denne iden: lykt verdict list {campaign} viser dem"
        ))),
        Err(n) => Ok(refuse(say!(
            ctx.lang,
            "the id fits {n} verdicts: write more of it",
            "iden passer på {n} dommer: skriv mer av den"
        ))),
    }
}

/// What the panel made of the versions, for whoever approves; nothing where there is no panel and no verdict.
pub(super) async fn show(ctx: &Ctx, app: &App, definition: &Definition) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let versions = verdict::to_show(&mut tx, &app.ledger, definition, &app.settings).await?;
    if !versions.is_empty() {
        table(ctx, &versions);
    }
    Ok(())
}

fn table(ctx: &Ctx, versions: &[Version]) {
    let mut table = Table::new([
        say!(ctx.lang, "variant", "variant"),
        say!(ctx.lang, "language", "språk"),
        say!(ctx.lang, "the panel", "testpanelet"),
    ]);
    for version in versions {
        table.row([version.variant.clone(), version.language.clone(), version.text().pick(ctx.lang).to_owned()]);
    }
    println!("{table}");
}

fn as_json(version: &Version) -> Value {
    let [yes, partly, no] = version.counts;
    let each = version.verdicts.iter().map(|one| {
        json!({
            "id": one.id.to_string(), "understood": one.understood.as_str(), "by": one.by,
            "means": one.means.as_ref().map(|means| means.expose()),
        })
    });
    json!({
        "variant": version.variant, "language": version.language, "yes": yes, "partly": partly, "no": no,
        "earlier": version.earlier, "verdicts": each.collect::<Vec<_>>(),
    })
}
