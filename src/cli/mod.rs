//! The command line: a file a command. Uses every room; no room uses it.

mod absence;
mod again;
mod app;
mod approve;
mod audit;
mod backup;
mod bubble;
mod change;
mod check;
mod command;
mod completions;
mod contact;
mod ctx;
mod demo;
mod doctor;
mod doubt;
mod exit;
mod fake_gateway;
mod gateway;
mod glyph;
mod inbox;
mod init;
mod keys;
mod life;
mod linter;
mod list;
mod man;
mod market;
mod message;
mod mistake;
mod nodes;
mod norsk;
mod outcome;
mod partner;
mod plan;
mod record;
mod reply;
mod report;
mod routine;
mod schema;
mod second;
mod secret;
mod send_test;
mod serve;
mod services;
mod shred;
mod source;
mod status;
mod table;
mod tasks;
mod token;
mod user;
mod verdict;
mod words;

use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use tracing::warn;

use self::app::AppError;
use self::command::{Command, dispatch};
pub use self::ctx::Ctx;
pub use self::exit::Exit;
use self::exit::{print, refuse};
use self::words::words;
use crate::audit::{acting, terminal};
use crate::domain::lang::Lang;
use crate::vault;

/// Sends outreach campaigns, and never pesters.
#[derive(Debug, Parser)]
#[command(name = "lykt", version, max_term_width = 100)]
pub struct Cli {
    /// The settings file; relative paths in it start from its folder.
    #[arg(long, global = true, default_value = "lykt.toml", value_name = "FILE")]
    config: PathBuf,
    /// The language of what people read: en or nb. Else LC_ALL, LANG, then English.
    #[arg(long, global = true, value_name = "LANG", value_parser = words(language, ["en", "nb"]), hide_possible_values = true)]
    lang: Option<String>,
    /// Print data as JSON; its words are never translated.
    #[arg(long, global = true)]
    json: bool,
    /// No colours; NO_COLOR and CLICOLOR=0 say the same.
    #[arg(long, global = true)]
    no_color: bool,
    /// Who is doing this; noted where it matters.
    #[arg(long = "as", global = true, value_name = "NAME")]
    actor: Option<String>,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// Splits the command from what every command gets.
    fn context(&self) -> Ctx {
        let lang = spoken(self.lang.clone());
        let colour = self.colours(&std::io::stdout());
        Ctx { config: self.config.clone(), lang, json: self.json, actor: self.actor.clone(), colour }
    }
}

/// A language that we speak.
fn language(written: &str) -> Result<String, &'static str> {
    Lang::parse(written).map(|_| written.to_owned()).ok_or("write en or nb")
}

/// The language that was asked for, else the environment's, else English.
fn spoken(asked: Option<String>) -> Lang {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    asked.or_else(|| ["LC_ALL", "LANG"].iter().find_map(set)).as_deref().and_then(Lang::parse).unwrap_or_default()
}

/// What the shell asked for. Help comes before everything else, so its language is looked for first.
pub fn parse() -> Cli {
    let words: Vec<String> = std::env::args_os().filter_map(|word| word.into_string().ok()).collect();
    let asked = words.iter().enumerate().find_map(|(n, word)| match word.strip_prefix("--lang")? {
        "" => words.get(n + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    });
    if spoken(asked) == Lang::En {
        return Cli::parse();
    }
    let matches = norsk::translate(Cli::command()).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|wrong| wrong.exit())
}

impl Cli {
    /// Whether this is the daemon, which tells in its log what it does.
    pub fn is_daemon(&self) -> bool {
        matches!(self.command, Command::Serve)
    }

    /// Whether what goes there has colours: on a terminal, unless the person or the environment says no.
    pub fn colours(&self, to: &impl IsTerminal) -> bool {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
        let unset = |name: &str| std::env::var_os(name).is_none_or(|set| set.is_empty());
        let refused = self.no_color || !unset("NO_COLOR") || is("CLICOLOR", "0") || is("TERM", "dumb");
        let forced = !unset("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") && !self.no_color && unset("NO_COLOR");
        forced || (to.is_terminal() && !refused)
    }

    /// Runs the command. Whoever reads us may have read enough, as `head` does: that is no fault of ours. A disk that is full is
    /// one, and said as such.
    pub fn run(self) -> ExitCode {
        if let Err(e) = vault::leave_no_dump() {
            warn!(error = %e, "the system may write what is in memory to a file if this program crashes");
        }
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if unprinted(panic.payload()).is_none() {
                told(panic);
            }
        }));
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.run_to_the_end())) {
            Ok(code) => code,
            Err(panic) => match unprinted(&*panic) {
                Some(why) if why.contains("(os error 32)") => ExitCode::SUCCESS,
                Some(why) => {
                    let said = format!("lykt: {why}. What the command had done by then stands.\n");
                    let _ = std::io::stderr().write_all(said.as_bytes());
                    Exit::Fault.into()
                }
                None => std::panic::resume_unwind(panic),
            },
        }
    }

    fn run_to_the_end(self) -> ExitCode {
        let ctx = self.context();
        let lang = ctx.lang;
        let ended = tokio::runtime::Runtime::new().map_err(anyhow::Error::from).and_then(|runtime| {
            let ended = match self.is_daemon() {
                true => runtime.block_on(dispatch(&ctx, self.command)),
                false => runtime.block_on(acting(terminal(), dispatch(&ctx, self.command))),
            };
            // A question at the terminal must not keep a command from ending.
            runtime.shutdown_background();
            ended
        });
        match ended {
            Ok(exit) => exit.into(),
            Err(error) => {
                let error = mistake::placed(&ctx.config, error);
                let told = error.downcast_ref::<AppError>().map(|error| error.text().pick(lang).to_owned());
                table::complain(&format!("lykt: {}", told.unwrap_or_else(|| whole(&error))));
                exit_of(&error).into()
            }
        }
    }
}

/// Why something could not be printed, where a panic says only that.
fn unprinted(panic: &(dyn std::any::Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).filter(|said| said.starts_with("failed printing to std"))
}

/// Settings that are missing or wrong are the person's to mend, as mistakes in a file are; the rest is a fault.
fn exit_of(error: &anyhow::Error) -> Exit {
    match error.downcast_ref::<AppError>() {
        Some(AppError::Made(_) | AppError::Settings(_) | AppError::NoKeys | AppError::Credential(_)) => Exit::Usage,
        _ => Exit::Fault,
    }
}

/// An error and its causes, each said once.
fn whole(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}
