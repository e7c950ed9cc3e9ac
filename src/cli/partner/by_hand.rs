//! Questions and answers that are carried by hand, for partners whose daemons cannot reach each other.

use serde_json::json;
use uuid::Uuid;

use super::{AnswerArgs, AskArgs, TakeArgs, read, write_new, wrong};
use crate::cli::app::App;
use crate::cli::source::Folder;
use crate::cli::table::tell;
use crate::cli::{Ctx, Exit, refuse};
use crate::domain::lang::number_of;
use crate::partner::{Answering, Asked, Book, Learnt, NoAnswer, NoHearing, Silent, question, take as hear};
use crate::plan::{self, Writer};
use crate::say;
use crate::store::partner;

/// Writes a question about those who would get a campaign's message.
pub(super) async fn ask(ctx: &Ctx, app: &App, book: &Book, args: &AskArgs) -> anyhow::Result<Exit> {
    let pair = match book.named(&args.name) {
        Ok(pair) => pair,
        Err(why) => return Ok(wrong(ctx, &why)),
    };
    let ready = match Folder::of(app).ready(ctx, &args.campaign, app.ledger.clock.today())? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let source = plan::Source {
        definition: &ready.definition,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        list: &ready.list,
        partners: None,
        chunk: plan::CHUNK,
        by: ctx.actor.as_deref(),
    };
    let writer = Writer::new(&ready.definition, &app.settings)?;
    let numbers = plan::candidates(&app.db, &app.ledger, &writer, &source).await?;
    let people = numbers.len();
    if numbers.is_empty() {
        tell(&say!(
            ctx.lang,
            "Nobody would get the message: there is nothing to ask.",
            "Ingen ville fått meldingen: det er ingenting å spørre om."
        ));
        return Ok(Exit::Done);
    }
    let (asked, envelope) = question(pair, &app.ledger, &numbers)?;
    let id = Uuid::from_bytes(asked.id);
    let open = crate::domain::private::Private::new(serde_json::to_vec(&asked)?);
    let mut tx = app.db.begin().await?;
    let (n, now) = (i64::try_from(people)?, app.ledger.clock.now_ms());
    partner::ask(&mut tx, &app.ledger.vault, (id, &pair.name), (n, open.expose()), now).await?;
    write_new(&args.write, &envelope)?;
    tx.commit().await?;
    if ctx.json {
        println!("{}", json!({ "partner": pair.name, "people": people, "id": id.to_string() }));
        return Ok(Exit::Done);
    }
    let (path, title) = (args.write.display(), &pair.partner.title);
    let people = number_of(people, ["person", "people"], ["person", "personer"]);
    let people = people.pick(ctx.lang);
    tell(&say!(
        ctx.lang,
        "A question about {people} is in {path}; it shows none of them. At {title}: lykt partner answer {path} --write answer.lykt. What comes back: lykt partner take answer.lykt",
        "Et spørsmål om {people} ligger i {path}; det viser ingen av dem. Hos {title}: lykt partner answer {path} --write svar.lykt. Det som kommer tilbake: lykt partner take svar.lykt"
    ));
    Ok(Exit::Done)
}

/// Answers a question.
pub(super) async fn answer(ctx: &Ctx, app: &App, book: &Book, args: &AnswerArgs) -> anyhow::Result<Exit> {
    let envelope = match read(ctx, &args.question) {
        Ok(envelope) => envelope,
        Err(exit) => return Ok(exit),
    };
    let answering = Answering::default();
    let answer = match answering.answer(&app.db, &app.ledger, book, &envelope).await {
        Ok(answer) => answer,
        Err(NoAnswer::Unread(_)) => return Ok(strange(ctx, &args.question)),
        Err(why) => return Err(why.into()),
    };
    write_new(&args.write, &answer)?;
    let (path, title) = (args.write.display(), book.of(&envelope).map_or("", |pair| &pair.partner.title));
    tell(&say!(
        ctx.lang,
        "The answer to {title} is in {path}: carry it back. Only they can read it, for those they asked about alone.",
        "Svaret til {title} ligger i {path}: bær det tilbake. Bare de kan lese det, og bare for dem de spurte om."
    ));
    Ok(Exit::Done)
}

fn strange(ctx: &Ctx, path: &std::path::Path) -> Exit {
    let path = path.display();
    refuse(say!(
        ctx.lang,
        "{path} is nothing that a partner wrote for us, or it was changed on its way",
        "{path} er ikke noe en partner har skrevet til oss, eller det er endret underveis"
    ))
}

/// Reads an answer that came back. It says by itself to which question it belongs.
pub(super) async fn take(ctx: &Ctx, app: &App, book: &Book, args: &TakeArgs) -> anyhow::Result<Exit> {
    let envelope = match read(ctx, &args.answer) {
        Ok(envelope) => envelope,
        Err(exit) => return Ok(exit),
    };
    let Some(pair) = book.of(&envelope) else { return Ok(strange(ctx, &args.answer)) };
    let mut of = None;
    for id in partner::questions(&mut app.db.read().await?, &pair.name).await? {
        let open = partner::question(&mut app.db.read().await?, &app.ledger.vault, id).await?;
        let asked: Option<Asked> = open.and_then(|open| serde_json::from_slice(open.expose()).ok());
        let Some(asked) = asked else { continue };
        match hear(&app.db, &app.ledger, pair, &asked, &envelope).await {
            Err(NoHearing::Unread(_)) => {}
            ended => {
                of = Some((id, ended));
                break;
            }
        }
    }
    let Some((id, ended)) = of else { return Ok(strange(ctx, &args.answer)) };
    let Learnt { asked, wait, no } = match ended {
        Ok(heard) => heard,
        Err(why) => {
            let why = Silent::from(why).text();
            return Ok(refuse(why.pick(ctx.lang).to_owned()));
        }
    };
    let mut tx = app.db.begin().await?;
    partner::answered_by_hand(&mut tx, id).await?;
    tx.commit().await?;
    if ctx.json {
        println!("{}", json!({ "partner": pair.name, "asked": asked, "wait": wait, "no": no }));
        return Ok(Exit::Done);
    }
    let title = &pair.partner.title;
    tell(&say!(
        ctx.lang,
        "{title} was asked about {asked}: {wait} to wait with, {no} who said no there. The next plan knows.",
        "{title} ble spurt om {asked}: {wait} å vente med, {no} som har sagt nei der. Den neste planen vet det."
    ));
    Ok(Exit::Done)
}
