//! `lykt contact`: checked before anybody is contacted, and what happened registered afterwards.

mod address;
mod check;
mod erase;
mod export;
mod history;
mod link;
mod register;

use clap::{Args, Subcommand};

use super::app::App;
use super::table::{complain, tell};
use super::words::words;
use super::{Ctx, Exit};
use crate::domain::channel::Channel;
use crate::domain::moment;
use address::Input;

/// May we contact this number, and what happened before.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// May this number be approached now, and if not, why and when again.
    Check(AddressArgs),
    /// Shows what happened, oldest first.
    History(AddressArgs),
    /// Registers what was done by hand. Never refused.
    Touch(TouchArgs),
    /// Registers that the person does not want contact: final, on all channels. Asks nothing.
    OptOut(AddressArgs),
    /// Lifts a no, or takes in again who was left out; with --channel, notes that they agreed to be written to there. Needs --as and --reason.
    OptIn(OptInArgs),
    /// Notes the channel that the person asked for; it comes first in later campaigns that have it.
    Prefer(PreferArgs),
    /// Two addresses are one person's: joins what happened. `instagram:nick` is an address too.
    Link(LinkArgs),
    /// They are not: parts them again.
    Unlink(AddressArgs),
    /// Adds a note; sealed.
    Note(NoteArgs),
    /// Forgets the person: everything but counts, and a no as a keyed hash.
    Erase(AddressArgs),
    /// Shows everything we know about the person, in words to hand over; with --json, as JSON. Noted in the history.
    Export(AddressArgs),
}

/// Whom it is about.
#[derive(Debug, Args)]
pub struct AddressArgs {
    /// A phone number in any spelling; `-` reads it from stdin, so that it stands in no shell history.
    #[arg(value_name = "ADDRESS", allow_hyphen_values = true)]
    address: String,
}

/// What was done by hand.
#[derive(Debug, Args)]
pub struct TouchArgs {
    #[command(flatten)]
    address: AddressArgs,
    /// message, call, visit or note. A message or an answered call starts the cooldown.
    #[arg(long, value_name = "WORD")]
    kind: register::Kind,
    /// Somebody picked up.
    #[arg(long)]
    answered: bool,
    /// How: a portal, a platform, the phone.
    #[arg(long, value_name = "WORD", value_parser = register::channel)]
    channel: Option<String>,
    /// When: `2026-12-01`, `2026-12-01T14:30`. Else now.
    #[arg(long, value_name = "DATE[TIME]")]
    at: Option<String>,
    /// What was said; sealed. `-` reads it from stdin.
    #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true)]
    note: Option<String>,
}

/// Whose no is lifted, or who agreed, and how that is known.
#[derive(Debug, Args)]
pub struct OptInArgs {
    #[command(flatten)]
    address: AddressArgs,
    /// How you know that the person wants contact again, or agreed; sealed.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// They agreed to be written to on this channel: whatsapp, sms. Lifts no no.
    #[arg(long, value_name = "WORD", value_parser = words(register::agreed_channel, ["whatsapp", "sms"]), hide_possible_values = true)]
    channel: Option<Channel>,
    /// When they agreed: `2026-12-01`, `2026-12-01T14:30`. Else now.
    #[arg(long, value_name = "DATE[TIME]", requires = "channel")]
    at: Option<String>,
}

/// Whose choice, and which.
#[derive(Debug, Args)]
pub struct PreferArgs {
    #[command(flatten)]
    address: AddressArgs,
    /// The channel: whatsapp, sms; or any.
    #[arg(long, value_name = "WORD", value_parser = words(register::preferred_channel, ["whatsapp", "sms", "any"]), hide_possible_values = true)]
    channel: register::Preferred,
}

/// Which two addresses.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// A phone number in any spelling, or `platform:nick`.
    #[arg(value_name = "ADDRESS", allow_hyphen_values = true)]
    one: String,
    /// The other one.
    #[arg(value_name = "ADDRESS", allow_hyphen_values = true)]
    two: String,
}

/// A note about somebody.
#[derive(Debug, Args)]
pub struct NoteArgs {
    #[command(flatten)]
    address: AddressArgs,
    /// The note; `-`, or nothing, reads it from stdin.
    #[arg(value_name = "TEXT|-", default_value = "-", allow_hyphen_values = true)]
    text: String,
}

/// How often a command reads stdin.
fn reads(command: &ContactCommand) -> usize {
    let (one, other) = match command {
        ContactCommand::Check(args)
        | ContactCommand::History(args)
        | ContactCommand::OptOut(args)
        | ContactCommand::Unlink(args)
        | ContactCommand::Erase(args)
        | ContactCommand::Export(args) => (args.address.as_str(), None),
        ContactCommand::OptIn(args) => (args.address.address.as_str(), None),
        ContactCommand::Prefer(args) => (args.address.address.as_str(), None),
        ContactCommand::Touch(args) => (args.address.address.as_str(), args.note.as_deref()),
        ContactCommand::Link(args) => (args.one.as_str(), Some(args.two.as_str())),
        ContactCommand::Note(args) => (args.address.address.as_str(), Some(args.text.as_str())),
    };
    usize::from(one == "-") + usize::from(other == Some("-"))
}

/// What every command here works with.
struct Desk<'a> {
    ctx: &'a Ctx,
    app: App,
    input: Input,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: ContactCommand) -> anyhow::Result<Exit> {
    let mut desk = Desk { ctx, app: App::open(ctx).await?, input: Input::of(reads(&command)) };
    match command {
        ContactCommand::Check(args) => desk.check(&args).await,
        ContactCommand::History(args) => desk.history(&args).await,
        ContactCommand::Touch(args) => desk.touch(&args).await,
        ContactCommand::OptOut(args) => desk.opt_out(&args).await,
        ContactCommand::OptIn(args) => desk.opt_in(&args).await,
        ContactCommand::Prefer(args) => desk.prefer(&args).await,
        ContactCommand::Link(args) => desk.link(&args).await,
        ContactCommand::Unlink(args) => desk.unlink(&args).await,
        ContactCommand::Note(args) => desk.note(&args).await,
        ContactCommand::Erase(args) => desk.erase(&args).await,
        ContactCommand::Export(args) => desk.export(&args).await,
    }
}

impl Desk<'_> {
    /// Prints JSON, or a sentence.
    fn print(&self, json: &serde_json::Value, sentence: &str) {
        if self.ctx.json {
            println!("{json}");
        } else {
            tell(sentence);
        }
    }

    /// Says what is wrong with what was written.
    fn usage(&self, why: &str) -> Exit {
        complain(why);
        Exit::Usage
    }

    /// A stored time in JSON: local, with its offset.
    fn moment(&self, ms: i64) -> String {
        moment::with_offset(ms, self.app.ledger.clock.zone())
    }

    /// A stored time as people read it.
    fn local(&self, ms: i64) -> String {
        moment::plain(ms, self.app.ledger.clock.zone())
    }
}
