//! `lykt gateway check FILE..` and `show [PROVIDER]`: the files that describe providers. Needs no installation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::super::table::{complain, tell};
use super::super::{Ctx, Exit, print};
use crate::gateway::declarative::{Definition, Mistake, count, providers, replay};
use crate::say;

/// What `lykt gateway check` is given.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files that describe a provider, or names of those that come with Lykt.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What `lykt gateway show` is given.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The provider; all names when missing.
    provider: Option<String>,
}

/// What a check of one file found.
pub(super) struct Found {
    pub mistakes: Vec<Mistake>,
    /// How many examples were tried; none while the file itself has mistakes.
    pub examples: usize,
}

/// Reads a provider's file and tries its examples.
pub(super) fn look(source: &str) -> Found {
    match Definition::read(source) {
        Ok(definition) => {
            let definition = Arc::new(definition);
            Found { mistakes: replay(&definition), examples: count(&definition) }
        }
        Err(mistakes) => Found { mistakes, examples: 0 },
    }
}

/// Checks files.
///
/// # Errors
/// When a file cannot be read, or nothing can be printed.
pub(super) fn check(ctx: &Ctx, args: &CheckArgs) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for path in &args.files {
        let source = match std::fs::read_to_string(path) {
            Ok(source) => source,
            Err(why) => match path.to_str().and_then(providers::find) {
                Some(source) => source.to_owned(),
                None => {
                    complain(&format!("{}: {why}", path.display()));
                    exit = Exit::Usage;
                    continue;
                }
            },
        };
        let found = look(&source);
        if !found.mistakes.is_empty() {
            exit = Exit::Usage;
        }
        if ctx.json {
            let line = |mistake: &Mistake| {
                let (line, column) = mistake.position(&source);
                json!({"line": line, "column": column, "message": mistake.text.en, "help": mistake.help.en})
            };
            let mistakes: Vec<_> = found.mistakes.iter().map(line).collect();
            let ok = mistakes.is_empty();
            let told =
                json!({"file": path.display().to_string(), "ok": ok, "mistakes": mistakes, "examples": found.examples});
            print(&format!("{told}\n"))?;
        } else {
            print(&told(ctx, path, &source, &found.mistakes))?;
            let (path, examples) = (path.display(), found.examples);
            if found.mistakes.is_empty() {
                tell(&say!(
                    ctx.lang,
                    "{path}: no mistakes, and {examples} examples go as they should",
                    "{path}: ingen feil, og {examples} eksempler går som de skal"
                ));
            }
        }
    }
    Ok(exit)
}

/// Prints a provider's file, to read or to begin one's own with.
///
/// # Errors
/// When it cannot be printed.
pub(super) fn show(ctx: &Ctx, args: &ShowArgs) -> anyhow::Result<Exit> {
    match args.provider.as_deref() {
        Some(name) => match providers::find(name) {
            Some(source) => print(source),
            None => {
                let known = providers::names().collect::<Vec<_>>().join(", ");
                complain(&say!(
                    ctx.lang,
                    "no provider {name} comes with Lykt; there are {known}",
                    "det følger ingen leverandør {name} med Lykt; det finnes {known}"
                ));
                Ok(Exit::Usage)
            }
        },
        None if ctx.json => {
            let names: Vec<&str> = providers::names().collect();
            print(&format!("{}\n", serde_json::to_string(&names).context("names as JSON")?))
        }
        None => print(&providers::names().map(|name| format!("{name}\n")).collect::<String>()),
    }
}

/// The mistakes as a person reads them, each with its line.
pub(super) fn told(ctx: &Ctx, path: &Path, source: &str, mistakes: &[Mistake]) -> String {
    let renderer = if ctx.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let path = path.display().to_string();
    let one = |mistake: &Mistake| {
        let (line, _) = mistake.position(source);
        let at = mistake.span.start.min(source.len());
        let start = source.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let text = source.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let (from, to) = (at - start, mistake.span.end.saturating_sub(start));
        let span = from.min(text.len())..to.clamp(from.min(text.len()), text.len());
        let word = say!(ctx.lang, "mistake", "feil");
        let title = Level::ERROR.with_name(word).primary_title(mistake.text.pick(ctx.lang));
        let snippet =
            Snippet::source(text).line_start(line).path(&*path).annotation(AnnotationKind::Primary.span(span));
        let help = Level::HELP.with_name(say!(ctx.lang, "what to do", "hva du kan gjøre"));
        renderer.render(&[title.element(snippet).element(help.message(mistake.help.pick(ctx.lang)))]) + "\n\n"
    };
    mistakes.iter().map(one).collect()
}
