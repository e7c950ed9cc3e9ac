//! `lykt second`: what waits for a second person; and how commands that need one ask for it.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::app::App;
use super::table::{complain, tell};
use super::{Ctx, Exit, refuse, secret, user};
use crate::access::{Access, Attempt, Recovery, SignIn, Visitor};
use crate::audit::{Who, acting};
use crate::domain::id::AskId;
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::domain::private::Private;
use crate::say;
use crate::second::{self, Answer, Pass, Second, Wish};
use crate::store::Tx;
use crate::store::second::{Ask, why};

/// What waits for a second person.
#[derive(Debug, Subcommand)]
pub enum SecondCommand {
    /// Shows what waits, and what somebody agreed to and is not done yet.
    List,
    /// Agrees: whoever asked may do it now, once. Asks for your password and code.
    Agree(AnswerArgs),
    /// Refuses: it is not done. Asks for your password and code.
    Refuse(AnswerArgs),
}

/// Which.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// Its id, as `second list` shows it.
    id: AskId,
    /// Read the password and the code from stdin, a line each.
    #[arg(long)]
    password_stdin: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: SecondCommand) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let (args, agrees) = match command {
        SecondCommand::List => return list(ctx, &app).await,
        SecondCommand::Agree(args) => (args, true),
        SecondCommand::Refuse(args) => (args, false),
    };
    let access = Access::new(app.db.clone(), app.ledger.clone(), &app.settings);
    let me = match shown(ctx, &access, &args).await? {
        Ok(me) => me,
        Err(exit) => return Ok(exit),
    };
    let by = Second { name: &me.name, role: me.role };
    let answered = acting(Who::User(me.user), async {
        match agrees {
            true => second::agree(&app.db, &app.ledger, args.id, by).await,
            false => second::refuse(&app.db, &app.ledger, args.id, by).await,
        }
    });
    told(ctx, &app, &answered.await?)
}

fn told(ctx: &Ctx, app: &App, answer: &Answer) -> anyhow::Result<Exit> {
    match answer {
        Answer::Done(ask) if ctx.json => println!("{}", row(app, ask)?),
        Answer::Done(Ask { agreed_by: Some(_), asked_by, .. }) => tell(&say!(
            ctx.lang,
            "Agreed. {asked_by} can do it now, once, before the day is over.",
            "Godtatt. {asked_by} kan gjøre det nå, én gang, innen et døgn er gått."
        )),
        Answer::Done(_) => tell(&say!(ctx.lang, "Refused: it is not done.", "Avslått: det blir ikke gjort.")),
        Answer::Gone => return Ok(refuse(gone(ctx))),
        Answer::Own => {
            return Ok(refuse(say!(
                ctx.lang,
                "you asked for this yourself: somebody else must answer",
                "dette har du selv bedt om: noen andre må svare"
            )));
        }
        Answer::Role(role) => {
            let role = role.text();
            let (en, nb) = (role.en, role.nb);
            return Ok(refuse(say!(ctx.lang, "only this role may answer: {en}", "bare denne rollen kan svare: {nb}")));
        }
    }
    Ok(Exit::Done)
}

fn gone(ctx: &Ctx) -> String {
    say!(
        ctx.lang,
        "nothing with this id waits for an answer: see `lykt second list`",
        "ingenting med denne id-en venter på svar: se `lykt second list`"
    )
}

/// Who answers, once they have shown it: as at the door, and signed out again at once.
async fn shown(ctx: &Ctx, access: &Access, args: &AnswerArgs) -> anyhow::Result<Result<Visitor, Exit>> {
    let Some(name) = ctx.actor.clone() else {
        complain(&say!(ctx.lang, "say who answers: --as NAME", "si hvem som svarer: --as NAVN"));
        return Ok(Err(Exit::Usage));
    };
    if !args.password_stdin && !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        complain(&say!(
            ctx.lang,
            "who answers shows their password and code: at a terminal, or with --password-stdin, a line each",
            "den som svarer, viser passord og kode: i en terminal, eller med --password-stdin, en linje hver"
        ));
        return Ok(Err(Exit::Usage));
    }
    let password = secret::read(&say!(ctx.lang, "password", "passord"))?;
    let code = secret::read(&say!(ctx.lang, "code from the app", "kode fra appen"))?.expose().clone();
    match access.sign_in(Attempt { name, password, code: Some(code), device: None, from: None }).await? {
        SignIn::Welcome { cookie, visitor, recovery, .. } => {
            if let Recovery::Drawn(codes) = recovery {
                let codes: Vec<&str> = codes.iter().map(|code| code.expose().as_str()).collect();
                user::show_codes(ctx, &codes, complain);
            }
            acting(Who::User(visitor.user), access.sign_out(cookie.expose())).await?;
            Ok(Ok(visitor))
        }
        SignIn::Wrong | SignIn::Enrol { .. } => Ok(Err(refuse(say!(
            ctx.lang,
            "the name, the password or the code is wrong",
            "navnet, passordet eller koden er feil"
        )))),
        SignIn::Later { seconds } => Ok(Err(refuse(say!(
            ctx.lang,
            "too many attempts: wait {}",
            "for mange forsøk: vent {}",
            number_of(seconds, ["second", "seconds"], ["sekund", "sekunder"]).pick(ctx.lang)
        )))),
    }
}

fn row(app: &App, ask: &Ask) -> anyhow::Result<Value> {
    let why = why(&app.ledger.vault, ask)?;
    Ok(json!({
        "id": ask.id.to_string(), "matter": ask.matter.as_str(), "about": ask.shown, "asked_by": ask.asked_by,
        "why": why.as_ref().map(Private::expose), "agreed_by": ask.agreed_by,
    }))
}

async fn list(ctx: &Ctx, app: &App) -> anyhow::Result<Exit> {
    let asks = second::all(&mut app.db.read().await?, &app.ledger).await?;
    if ctx.json {
        println!("{}", asks.iter().map(|ask| row(app, ask)).collect::<anyhow::Result<Value>>()?);
        return Ok(Exit::Done);
    }
    if asks.is_empty() {
        tell(&say!(ctx.lang, "Nothing waits for a second person.", "Ingenting venter på en annen person."));
        return Ok(Exit::Done);
    }
    for ask in asks {
        let why = why(&app.ledger.vault, &ask)?;
        let Ask { id, matter, shown, asked_by, agreed_by, .. } = ask;
        let what = matter.text().pick(ctx.lang).to_owned();
        let answer = match agreed_by {
            Some(name) => say!(ctx.lang, "{name} agreed", "{name} har godtatt det"),
            None => say!(ctx.lang, "waits", "venter"),
        };
        // The id stands alone, so that it can be copied whole.
        println!("{id}");
        println!("  {asked_by}: {what}{}{shown}. {answer}", if shown.is_empty() { "" } else { ": " });
        if let Some(why) = why {
            println!("  {}", say!(ctx.lang, "Because: {}", "Fordi: {}", inert(why.expose())));
        }
    }
    Ok(Exit::Done)
}

/// The transaction back, when the wish may be carried out in it; else what stands in the way is said.
pub(super) async fn pass(ctx: &Ctx, app: &App, mut tx: Tx, wish: Wish<'_>) -> anyhow::Result<Result<Tx, Exit>> {
    let needed = &app.settings.access.second_person;
    match second::pass(&mut tx, &app.ledger, needed, wish, ctx.actor.as_deref()).await? {
        Pass::Go => Ok(Ok(tx)),
        Pass::Nobody => {
            complain(&say!(
                ctx.lang,
                "this house wants two persons for this: say who you are with --as NAME, as `lykt user list` has it",
                "dette huset krever to personer til dette: si hvem du er med --as NAVN, slik `lykt user list` har det"
            ));
            Ok(Err(Exit::Usage))
        }
        Pass::Waits(ask) => {
            tx.commit().await?;
            let (id, asked_by) = (ask.id, &ask.asked_by);
            Ok(Err(refuse(match &ask.agreed_by {
                Some(agreed) => say!(
                    ctx.lang,
                    "{asked_by} asked for this and {agreed} agreed: {asked_by} does it",
                    "{asked_by} har bedt om dette og {agreed} har godtatt det: {asked_by} gjør det"
                ),
                None => {
                    let role = ask.matter.agrees().text();
                    let (en, nb) = (role.en, role.nb);
                    say!(
                        ctx.lang,
                        "this waits for a second person ({en}), who is not {asked_by}: on the page Two persons, or `lykt --as NAME second agree {id}`. Then {asked_by} does it again with the same words, within a day",
                        "dette venter på en annen person ({nb}), som ikke er {asked_by}: på siden To personer, eller `lykt --as NAVN second agree {id}`. Så gjør {asked_by} det på nytt med de samme ordene, innen et døgn"
                    )
                }
            })))
        }
    }
}
