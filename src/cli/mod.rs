//! The command line: a file a command. Uses every room; no room uses it.

mod check;
mod list;
mod message;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::domain::lang::Lang;

/// Sends outreach campaigns, and never pesters.
#[derive(Debug, Parser)]
#[command(name = "lykt", version, max_term_width = 100)]
pub struct Cli {
    /// The settings file; relative paths in it start from its folder.
    #[arg(long, global = true, default_value = "lykt.toml", value_name = "FILE")]
    config: PathBuf,
    /// The language of what people read: en or nb. Else LC_ALL, LANG, then English.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<String>,
    /// Print data as JSON; its words are never translated.
    #[arg(long, global = true)]
    json: bool,
    /// Who is doing this; noted where it matters.
    #[arg(long = "as", global = true, value_name = "NAME")]
    actor: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check campaign files, their lists and their words; every mistake with its line.
    Check(check::CheckArgs),
    /// Looks at lists.
    #[command(subcommand)]
    List(list::ListCommand),
    /// Looks at texts.
    #[command(subcommand)]
    Message(message::MessageCommand),
}

/// What every command gets: how to speak, where the settings are, and who asks.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The settings file.
    pub config: PathBuf,
    /// The language of what people read.
    pub lang: Lang,
    /// Whether data is printed as JSON.
    pub json: bool,
    /// Who is doing this, when said.
    pub actor: Option<String>,
}

/// How a command ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; also "0 eligible" and "may not".
    Done,
    /// A fault: nothing the person did.
    Fault,
    /// Wrong use, or mistakes in a file.
    Usage,
    /// Refused by a rule.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
        })
    }
}

impl Cli {
    /// Splits the command from what every command gets.
    fn context(&self) -> Ctx {
        let spoken = self.lang.clone().or_else(|| {
            ["LC_ALL", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        });
        let lang = spoken.as_deref().and_then(Lang::parse).unwrap_or_default();
        Ctx { config: self.config.clone(), lang, json: self.json, actor: self.actor.clone() }
    }
}

/// Runs the command that was asked for; the only door for `main`.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let ctx = cli.context();
    let done = match cli.command {
        Command::Check(args) => check::run(&ctx, &args),
        Command::List(command) => list::run(&ctx, command),
        Command::Message(command) => message::run(&ctx, command),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("{error:#}");
            Exit::Fault.into()
        }
    }
}
