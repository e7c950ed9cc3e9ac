//! `lykt list again`: a list of people who may be approached again, for the next campaign's targets.

use std::io::Write;

use clap::Args;
use serde_json::json;

use super::app::App;
use super::second::pass;
use super::table::{complain, tell};
use super::{Ctx, Exit};
use crate::audit::On;
use crate::campaign::folder::Folder;
use crate::campaign::lists::{Lists, Refused, name};
use crate::domain::act::Act;
use crate::domain::lang::number_of;
use crate::domain::matter::Matter;
use crate::domain::private::Private;
use crate::say;
use crate::second::Wish;
use crate::store::contact;

/// Contacts in one look at the database.
const PAGE: i64 = 500;

/// Which list, and how long.
#[derive(Debug, Args)]
pub struct AgainArgs {
    /// The list to write, among the lists of campaigns: again.csv.
    #[arg(value_name = "NAME")]
    name: String,
    /// At most so many: those whom nobody has approached for longest.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, the list cannot be written, or the database is away.
pub async fn run(ctx: &Ctx, args: AgainArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let written = match name(&args.name) {
        Ok(written) if written == args.name && written.ends_with(".csv") => written,
        _ => {
            complain(&say!(
                ctx.lang,
                "the list's name has letters, digits, spaces, - and _ and ends in .csv",
                "navnet på listen har bokstaver, sifre, mellomrom, - og _ og slutter på .csv"
            ));
            return Ok(Exit::Usage);
        }
    };
    let about = format!("again {written}");
    let wish = Wish { matter: Matter::Export, about: about.as_bytes(), shown: &written, why: None };
    let mut tx = match pass(ctx, &app, app.db.begin().await?, wish).await? {
        Ok(tx) => tx,
        Err(exit) => return Ok(exit),
    };
    // Whoever was approached longest ago comes first.
    let mut people = again(&app).await?;
    people.sort_by_key(|(since, ..)| *since);
    people.truncate(args.limit.unwrap_or(usize::MAX));
    let lists = Lists::of(Folder::named(&app.settings));
    let mut part = lists.part()?;
    let mut text = String::from("phone;language\n");
    for (_, number, language) in &people {
        text.push_str(number.expose());
        text.push(';');
        text.push_str(language.as_deref().unwrap_or_default());
        text.push('\n');
    }
    part.file.write_all(Private::new(text).expose().as_bytes())?;
    let n = i64::try_from(people.len())?;
    app.ledger.book().note_many(&mut tx, Act::ListWritten, On::Nothing, n).await?;
    tx.commit().await?;
    match lists.put(part, &written, false) {
        Ok(()) => {}
        Err(Refused::Disk(why)) => return Err(why.into()),
        Err(why) => {
            complain(why.text().pick(ctx.lang));
            return Ok(Exit::Usage);
        }
    }
    if ctx.json {
        println!("{}", json!({ "list": format!("lists/{written}"), "people": people.len() }));
        return Ok(Exit::Done);
    }
    let people = number_of(
        n,
        ["person who may be approached again is", "people who may be approached again are"],
        ["person som kan kontaktes igjen,", "personer som kan kontaktes igjen,"],
    );
    let people = people.pick(ctx.lang);
    tell(&say!(
        ctx.lang,
        "{people} in lists/{written}, in clear: list = \"lists/{written}\" under [targets], and approve with --shred-list. The plan asks about each of them once more.",
        "{people} ligger i lists/{written}, i klartekst: list = \"lists/{written}\" under [targets], og godkjenn med --shred-list. Planen spør om hver av dem en gang til."
    ));
    Ok(Exit::Done)
}

type Person = (i64, Private, Option<String>);

/// Who was approached before and may be again, by the rule that plans go by.
async fn again(app: &App) -> anyhow::Result<Vec<Person>> {
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let mut tx = app.db.read().await?;
        let page = contact::contacted(&mut tx, &app.ledger.vault, after, PAGE).await?;
        let Some((last, ..)) = page.last() else { return Ok(people) };
        after = Some(*last);
        for (_, contact, number) in page {
            let Some(since) = contact.contacted_at else { continue };
            if app.ledger.check_contact(&mut tx, &contact).await?.may_approach() {
                people.push((since, number, contact.language));
            }
        }
    }
}
