//! `lykt approve`: the coordinator's yes, with the number of people typed by a person.

use std::io::{IsTerminal, Write};

use clap::Args;
use indicatif::ProgressBar;

use super::app::App;
use super::plan::counted;
use super::shred::Shred;
use super::source::Folder;
use super::{Ctx, Exit, refuse};
use crate::domain::campaign::CampaignState;
use crate::domain::lang::number_of;
use crate::plan::approve::{Refusal, Yes, approve, waiting};
use crate::plan::enqueue::enqueue;
use crate::say;

/// Says yes to the plan: from then on the daemon sends it.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The campaign: its file's name without .toml.
    campaign: String,
    /// How many people the plan has; asked for when missing.
    #[arg(long, value_name = "N")]
    people: Option<i64>,
    /// Removes the list file once the plan is approved: the people in it are then kept sealed in the database alone.
    #[arg(long)]
    shred_list: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: ApproveArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let name = &args.campaign;
    let plan = match waiting(&app.db, &app.ledger, name).await? {
        Ok(plan) => plan,
        // A slip of the pen has no plan either.
        Err(Refusal::NoPlan) if !Folder::of(&app).file(name).is_file() => {
            let missing = Folder::of(&app).ready(ctx, name, app.ledger.clock.today())?;
            return Ok(missing.err().unwrap_or(Exit::Usage));
        }
        Err(refusal) => return Ok(say_refusal(ctx, name, &refusal)),
    };
    let ready = match Folder::of(&app).ready(ctx, name, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let shred = match args.shred_list.then(|| Shred::new(ctx, &Folder::of(&app), name, &ready)).transpose()? {
        Some(Err(exit)) => return Ok(exit),
        Some(Ok(shred)) => Some(shred),
        None => None,
    };
    let people = match args.people {
        Some(people) => people,
        None => match ask(ctx, plan.eligible)? {
            Some(people) => people,
            None => return Ok(Exit::Usage),
        },
    };
    let yes = Yes {
        campaign: name,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        definition: &ready.definition,
        people,
        by: ctx.actor.as_deref(),
        second: app.settings.campaigns.second_person,
        understood: app.settings.organisation.must_understand(),
    };
    let plan = match approve(&app.db, &app.ledger, &yes).await? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(say_refusal(ctx, name, &refusal)),
    };
    let hidden = ctx.json || !std::io::stderr().is_terminal();
    let total = u64::try_from(plan.eligible).unwrap_or(0);
    let bar = if hidden { ProgressBar::hidden() } else { counted(ctx.lang, total) };
    bar.set_message(say!(ctx.lang, "queues messages", "legger i kø"));
    enqueue(&app.db, &app.ledger, name, plan.id, |n| bar.inc(n)).await?;
    bar.finish_and_clear();
    if ctx.json {
        println!("{}", serde_json::json!({ "campaign": name, "people": plan.eligible, "hash": plan.hash }));
    } else {
        let people = number_of(plan.eligible, ["person", "people"], ["person", "personer"]);
        let people = people.pick(ctx.lang);
        println!(
            "{}",
            say!(
                ctx.lang,
                "Approved: {people}. `lykt serve` sends inside the window; `lykt status {name}` shows how far it is.",
                "Godkjent: {people}. `lykt serve` sender innenfor sendetiden; `lykt status {name}` viser hvor langt det er kommet."
            )
        );
    }
    Ok(shred.map_or(Exit::Done, |shred| shred.remove(ctx)))
}

fn ask(ctx: &Ctx, eligible: i64) -> anyhow::Result<Option<i64>> {
    if !std::io::stdin().is_terminal() {
        eprintln!(
            "{}",
            say!(
                ctx.lang,
                "how many people? add --people {eligible} when that is what you approve",
                "hvor mange personer? legg til --people {eligible} når det er det du godkjenner"
            )
        );
        return Ok(None);
    }
    eprint!(
        "{}",
        say!(ctx.lang, "Type how many people will get the message: ", "Skriv hvor mange personer som får meldingen: ")
    );
    std::io::stderr().flush()?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    match typed.trim().parse() {
        Ok(people) => Ok(Some(people)),
        Err(_) => {
            eprintln!(
                "{}",
                say!(ctx.lang, "that is no number; nothing was approved", "det er ikke et tall; ingenting er godkjent")
            );
            Ok(None)
        }
    }
}

/// Says why a plan cannot be approved.
pub(super) fn say_refusal(ctx: &Ctx, name: &str, refusal: &Refusal) -> Exit {
    refuse(match refusal {
        Refusal::NoPlan => say!(
            ctx.lang,
            "there is no plan of {name} yet: run `lykt plan {name}`",
            "det finnes ingen plan for {name} ennå: kjør `lykt plan {name}`"
        ),
        Refusal::NothingNew(state) => {
            let state = state.as_str();
            say!(
                ctx.lang,
                "{name} is {state}, and no new plan waits: look for newcomers with `lykt plan {name}`",
                "{name} er {state}, og ingen ny plan venter: se etter nye med `lykt plan {name}`"
            )
        }
        Refusal::OnItsWay => say!(
            ctx.lang,
            "newcomers to {name} were approved and are on their way into the outbox: wait a moment",
            "nye mottakere i {name} er godkjent og på vei inn: vent et øyeblikk"
        ),
        Refusal::Running => say!(
            ctx.lang,
            "{name} runs, and the file says something else now: `lykt pause {name}` first",
            "{name} går, og filen sier noe annet nå: `lykt pause {name}` først"
        ),
        Refusal::UnderWay => say!(
            ctx.lang,
            "messages of {name} are under way: try again in a minute",
            "meldinger i {name} er underveis: prøv igjen om et minutt"
        ),
        Refusal::SecondPerson => say!(
            ctx.lang,
            "this house wants a second person: whoever ran `lykt --as NAME plan {name}` leaves `lykt --as NAME approve {name}` to somebody else",
            "dette huset krever to personer: den som kjørte `lykt --as NAVN plan {name}`, overlater `lykt --as NAVN approve {name}` til en annen"
        ),
        Refusal::State(CampaignState::Cancelled) => say!(
            ctx.lang,
            "{name} was cancelled, and stays so: copy its file under another name, then plan and approve that",
            "{name} er avlyst, og forblir det: kopier filen under et annet navn, og planlegg og godkjenn den"
        ),
        Refusal::State(state) => {
            let state = state.as_str();
            say!(
                ctx.lang,
                "{name} is {state}: only a fresh plan can be approved",
                "{name} er {state}: bare en fersk plan kan godkjennes"
            )
        }
        Refusal::FileChanged => say!(
            ctx.lang,
            "campaigns/{name}.toml has changed since the plan: look again with `lykt plan {name}`",
            "campaigns/{name}.toml er endret siden planen: se igjen med `lykt plan {name}`"
        ),
        Refusal::ListChanged => say!(
            ctx.lang,
            "the list of {name} has changed since the plan: look again with `lykt plan {name}`",
            "listen til {name} er endret siden planen: se igjen med `lykt plan {name}`"
        ),
        Refusal::ServicesChanged => say!(
            ctx.lang,
            "what {name} says of services has changed since the plan: look again with `lykt plan {name}`",
            "det {name} sier om tjenester, er endret siden planen: se igjen med `lykt plan {name}`"
        ),
        Refusal::PlanChanged => say!(
            ctx.lang,
            "somebody planned {name} again meanwhile: look again with `lykt plan {name}`",
            "noen har planlagt {name} på nytt i mellomtiden: se igjen med `lykt plan {name}`"
        ),
        Refusal::NotTried { needed, versions } => {
            let few = versions.iter().map(|(variant, language, n)| format!("{variant} ({language}): {n}"));
            let few = few.collect::<Vec<_>>().join(", ");
            say!(
                ctx.lang,
                "each version of {name} must be understood by at least {needed} on the panel, and these are not yet: {few}. Try it with `lykt send-test {name}`, and write down what they say with `lykt verdict add {name}`",
                "hver variant av {name} må være forstått av minst {needed} i testpanelet, og disse er ikke det ennå: {few}. Prøv den med `lykt send-test {name}`, og skriv ned hva de sier med `lykt verdict add {name}`"
            )
        }
        Refusal::Over(ends) => say!(
            ctx.lang,
            "the last day of {name} was {ends}: write a later one after `ends`, then `lykt plan {name}`",
            "siste dag for {name} var {ends}: skriv en senere etter `ends`, så `lykt plan {name}`"
        ),
        Refusal::People { eligible } => say!(
            ctx.lang,
            "the plan of {name} has {}, and another number was typed",
            "planen for {name} har {}, og et annet tall ble skrevet",
            number_of(eligible, ["person", "people"], ["person", "personer"]).pick(ctx.lang)
        ),
    })
}
