//! `lykt user`: who may sign in, and as what.

use std::io::IsTerminal;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::app::App;
use super::table::{Table, complain, tell};
use super::words::words;
use super::{Ctx, Exit, secret};
use crate::access::{Access, Added, Refusal, User};
use crate::domain::inert::inert;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::say;
use crate::tasks::Tasks;

/// Adds users and changes who they are.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Adds somebody; without --password-stdin a password is drawn and shown once.
    Add(AddArgs),
    /// Shows everybody, with their roles.
    List,
    /// Gives another role; all their sessions end.
    Role(RoleArgs),
    /// Gives another password; all their sessions end.
    Password(PasswordArgs),
    /// The second factor: the codes of an app.
    #[command(subcommand)]
    Factor(FactorCommand),
    /// Draws ten new recovery codes, shown once: each opens the door when the telephone is lost. The old ones and all their sessions end.
    Recovery(NameArgs),
    /// Closes the door to somebody; all their sessions end.
    Disable(NameArgs),
    /// Opens the door again.
    Enable(NameArgs),
}

/// What can be done with a second factor.
#[derive(Debug, Subcommand)]
pub enum FactorCommand {
    /// Forgets it, when a telephone is lost: they set up another when they next sign in.
    Reset(NameArgs),
}

/// Whom to add.
#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    who: NameArgs,
    /// What they may do: admin, coordinator, staff, peer or auditor.
    #[arg(long, value_name = "ROLE", value_parser = words(role, Role::ALL.map(Role::as_str)), hide_possible_values = true)]
    role: Role,
    #[command(flatten)]
    password: PasswordStdin,
}

/// Whose role, and which.
#[derive(Debug, Args)]
pub struct RoleArgs {
    #[command(flatten)]
    who: NameArgs,
    /// What they may do: admin, coordinator, staff, peer or auditor.
    #[arg(value_name = "ROLE", value_parser = words(role, Role::ALL.map(Role::as_str)), hide_possible_values = true)]
    role: Role,
}

/// Whose password.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    #[command(flatten)]
    who: NameArgs,
    #[command(flatten)]
    password: PasswordStdin,
}

/// Who is meant.
#[derive(Debug, Args)]
pub struct NameArgs {
    /// The name they sign in with, which also stands in the ledger.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Where a password comes from.
#[derive(Debug, Args)]
struct PasswordStdin {
    /// Read the password from stdin; at a terminal it is asked for and not shown.
    #[arg(long)]
    password_stdin: bool,
}

fn role(word: &str) -> Result<Role, String> {
    let words = Role::ALL.map(Role::as_str).join(", ");
    Role::parse(word).ok_or_else(|| format!("write one of {words}"))
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: UserCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let (db, tasks) = (app.db.clone(), Tasks::of(app.ledger.clone(), &app.settings));
    let access = Access::new(app.db, app.ledger, &app.settings);
    let by = ctx.actor.as_deref();
    match command {
        UserCommand::List => list(ctx, &access).await,
        UserCommand::Add(args) => {
            let Some(password) = args.password.read(ctx)? else { return Ok(Exit::Usage) };
            let added = access.add(&args.who.name, args.role, password, by).await?;
            Ok(told(ctx, added, &say!(ctx.lang, "Added.", "Lagt til.")))
        }
        UserCommand::Password(args) => {
            let Some(password) = args.password.read(ctx)? else { return Ok(Exit::Usage) };
            let added = access.set_password(&args.who.name, password, by).await?;
            Ok(told(ctx, added, &say!(ctx.lang, "The password is changed.", "Passordet er endret.")))
        }
        UserCommand::Role(args) => {
            let changed = access.set_role(&args.who.name, args.role, by).await?;
            Ok(changed_to(ctx, changed, &say!(ctx.lang, "The role is changed.", "Rollen er endret.")))
        }
        UserCommand::Factor(FactorCommand::Reset(who)) => {
            let changed = access.reset_factor(&who.name, by).await?;
            let done = say!(
                ctx.lang,
                "The second factor is forgotten; they set up another when they next sign in.",
                "Den andre faktoren er glemt; de setter opp en ny neste gang de logger inn."
            );
            Ok(changed_to(ctx, changed, &done))
        }
        UserCommand::Recovery(who) => Ok(recovery(ctx, access.renew_recovery(&who.name).await?)),
        UserCommand::Disable(who) => {
            let changed = access.disable(&who.name, by).await?;
            let left = match &changed {
                Ok(user) => !tasks.in_hand(&mut db.read().await?, &user.name).await?.is_empty(),
                Err(_) => false,
            };
            let name = inert(&who.name);
            if left && !ctx.json {
                complain(&say!(
                    ctx.lang,
                    "tasks or contacts of {name} are left: lykt tasks hand-over --from \"{name}\" --to NAME",
                    "oppgaver eller kontakter for {name} er igjen: lykt tasks hand-over --from \"{name}\" --to NAVN"
                ));
            }
            Ok(changed_to(ctx, changed, &say!(ctx.lang, "The door is closed to them.", "Døren er stengt for dem.")))
        }
        UserCommand::Enable(who) => {
            let changed = access.enable(&who.name, by).await?;
            Ok(changed_to(ctx, changed, &say!(ctx.lang, "They may sign in again.", "De kan logge inn igjen.")))
        }
    }
}

impl PasswordStdin {
    /// The password that is given, if one is: `Some(None)` asks for one to be drawn, `None` was no password.
    fn read(&self, ctx: &Ctx) -> anyhow::Result<Option<Option<Private>>> {
        if !self.password_stdin {
            return Ok(Some(None));
        }
        let password = secret::read(&say!(ctx.lang, "password", "passord"))?;
        if std::io::stdin().is_terminal() && password != secret::read(&say!(ctx.lang, "again", "en gang til"))? {
            complain(&say!(ctx.lang, "the two are not the same", "de to er ikke like"));
            return Ok(None);
        }
        Ok(Some(Some(password)))
    }
}

async fn list(ctx: &Ctx, access: &Access) -> anyhow::Result<Exit> {
    let users = access.users().await?;
    if ctx.json {
        println!("{}", users.iter().map(shown).collect::<Value>());
        return Ok(Exit::Done);
    }
    if users.is_empty() {
        tell(&say!(
            ctx.lang,
            "Nobody may sign in yet. The first: lykt user add NAME --role admin",
            "Ingen kan logge inn ennå. Den første: lykt user add NAVN --role admin"
        ));
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        say!(ctx.lang, "name", "navn"),
        say!(ctx.lang, "role", "rolle"),
        say!(ctx.lang, "second factor", "andre faktor"),
        say!(ctx.lang, "may sign in", "kan logge inn"),
    ]);
    let yes = |so| if so { say!(ctx.lang, "yes", "ja") } else { say!(ctx.lang, "no", "nei") };
    for user in &users {
        let role = user.role.text().pick(ctx.lang).to_owned();
        table.row([user.name.clone(), role, yes(user.factor_confirmed), yes(user.disabled_at.is_none())]);
    }
    println!("{table}");
    Ok(Exit::Done)
}

fn shown(user: &User) -> Value {
    json!({
        "name": user.name, "role": user.role.as_str(), "second_factor": user.factor_confirmed,
        "disabled": user.disabled_at.is_some(),
    })
}

/// Says that it is done, and the password that was drawn.
fn told(ctx: &Ctx, added: Result<Added, Refusal>, done: &str) -> Exit {
    let Added { user, drawn } = match added {
        Ok(added) => added,
        Err(why) => return refused(ctx, why),
    };
    if ctx.json {
        let mut user = shown(&user);
        if let Some(drawn) = drawn {
            user["password"] = json!(drawn.expose());
        }
        println!("{user}");
        return Exit::Done;
    }
    tell(done);
    if let Some(drawn) = drawn {
        let drawn = drawn.expose();
        tell(&say!(
            ctx.lang,
            "The password, shown this once: {drawn}\nWhen they first sign in they set up codes in an app.",
            "Passordet, som bare vises nå: {drawn}\nFørste gang de logger inn, setter de opp koder i en app."
        ));
    }
    Exit::Done
}

fn recovery(ctx: &Ctx, drawn: Result<(User, Vec<Private>), Refusal>) -> Exit {
    let (user, codes) = match drawn {
        Ok(drawn) => drawn,
        Err(why) => return refused(ctx, why),
    };
    let codes: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
    if ctx.json {
        println!("{}", json!({ "name": user.name, "recovery_codes": codes }));
        return Exit::Done;
    }
    show_codes(ctx, &codes, tell);
    Exit::Done
}

/// Recovery codes, for people.
pub(super) fn show_codes(ctx: &Ctx, codes: &[&str], print: fn(&str)) {
    print(&say!(
        ctx.lang,
        "Ten codes, shown this once. Each opens the door once, with the password, in place of the app's code:",
        "Ti koder, som bare vises nå. Hver åpner døren én gang, sammen med passordet, i stedet for appens kode:"
    ));
    codes.iter().for_each(|code| print(code));
}

fn changed_to(ctx: &Ctx, changed: Result<User, Refusal>, done: &str) -> Exit {
    match changed {
        Ok(user) if ctx.json => println!("{}", shown(&user)),
        Ok(_) => tell(done),
        Err(why) => return refused(ctx, why),
    }
    Exit::Done
}

fn refused(ctx: &Ctx, why: Refusal) -> Exit {
    complain(why.text().pick(ctx.lang));
    match why {
        Refusal::Weak(_) | Refusal::NoFactor => Exit::Refused,
        Refusal::Unknown | Refusal::Taken | Refusal::NoName => Exit::Usage,
    }
}
