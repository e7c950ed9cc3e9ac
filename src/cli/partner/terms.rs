//! `lykt partner terms` and `accept`: both see what the other one says before anything is exchanged.

use serde_json::json;

use super::{TermsArgs, read, write_new, wrong};
use crate::audit::On;
use crate::cli::app::App;
use crate::cli::table::{complain, tell};
use crate::cli::{Ctx, Exit, refuse};
use crate::domain::act::Act;
use crate::partner::{Answering, Book, Pair, Partners, Terms};
use crate::say;
use crate::store::partner;

/// Exchanges terms where it is asked for, and shows both sides'.
pub(super) async fn show(ctx: &Ctx, app: &App, book: &Book, args: &TermsArgs) -> anyhow::Result<Exit> {
    let pair = match book.named(&args.name) {
        Ok(pair) => pair,
        Err(why) => return Ok(wrong(ctx, &why)),
    };
    if let Some(path) = &args.write {
        write_new(path, &pair.tell()?)?;
        let (path, title) = (path.display(), &pair.partner.title);
        tell(&say!(
            ctx.lang,
            "Our terms are in {path}, sealed for {title}: there, `lykt partner terms NAME --read {path}`.",
            "Vilkårene våre ligger i {path}, forseglet for {title}: der, `lykt partner terms NAVN --read {path}`."
        ));
        return Ok(Exit::Done);
    }
    if let Some(path) = &args.read {
        let envelope = match read(ctx, path) {
            Ok(envelope) => envelope,
            Err(exit) => return Ok(exit),
        };
        let theirs = book.of(&envelope).is_some_and(|of| of.name == pair.name);
        if !theirs || Answering::default().answer(&app.db, &app.ledger, book, &envelope).await.is_err() {
            let (path, title) = (path.display(), &pair.partner.title);
            return Ok(refuse(say!(
                ctx.lang,
                "{path} is nothing that {title} wrote for us, or it was changed on its way",
                "{path} er ikke noe {title} har skrevet til oss, eller det er endret underveis"
            )));
        }
    } else if pair.partner.url.is_some() {
        let partners = Partners::open(&app.settings)?;
        if let Err(why) = partners.terms(&app.db, &app.ledger, pair).await {
            let (title, why) = (&pair.partner.title, why.text());
            let (en, nb) = (&why.en, &why.nb);
            complain(&say!(ctx.lang, "{title} could not be asked: {en}", "{title} kunne ikke spørres: {nb}"));
        }
    }
    both(ctx, app, pair).await
}

async fn both(ctx: &Ctx, app: &App, pair: &Pair) -> anyhow::Result<Exit> {
    let theirs = pair.theirs(&mut app.db.read().await?, &app.ledger.vault).await?;
    if ctx.json {
        let accepted = theirs.as_ref().is_some_and(|(_, kept)| kept.accepted);
        let theirs = theirs.map(|(terms, _)| terms);
        println!("{}", json!({ "partner": pair.name, "ours": pair.ours, "theirs": theirs, "accepted": accepted }));
        return Ok(Exit::Done);
    }
    for line in words(ctx, &pair.ours) {
        println!("{line}");
    }
    println!();
    let (name, title) = (&pair.name, &pair.partner.title);
    let Some((terms, kept)) = theirs else {
        tell(&say!(ctx.lang, "{title} has not told its terms yet.", "{title} har ikke fortalt vilkårene sine ennå."));
        return Ok(Exit::Done);
    };
    for line in words(ctx, &terms) {
        println!("{line}");
    }
    println!();
    tell(&match (kept.accepted, kept.accepted_by) {
        (true, Some(by)) => say!(ctx.lang, "Accepted by {by}.", "Godtatt av {by}."),
        (false, Some(by)) => say!(
            ctx.lang,
            "They have changed since {by} accepted them; nothing is exchanged until somebody does again: lykt partner accept {name} --as NAME",
            "De er endret siden {by} godtok dem; ingenting utveksles før noen gjør det igjen: lykt partner accept {name} --as NAVN"
        ),
        _ => say!(
            ctx.lang,
            "When they are right: lykt partner accept {name} --as NAME",
            "Når de stemmer: lykt partner accept {name} --as NAVN"
        ),
    });
    Ok(Exit::Done)
}

/// Terms as a person reads them.
fn words(ctx: &Ctx, terms: &Terms) -> Vec<String> {
    let list = |shares: &[crate::domain::partner::Share]| match shares {
        [] => say!(ctx.lang, "nothing", "ingenting"),
        some => some.iter().map(|share| share.text().pick(ctx.lang).to_owned()).collect::<Vec<_>>().join("; "),
    };
    let (shares, asks) = (list(&terms.shares), list(&terms.asks));
    let (right, since, signed) = (&terms.right, &terms.since, terms.signed.join(", "));
    vec![
        terms.organisation.clone(),
        say!(ctx.lang, "  tells   {shares}", "  forteller  {shares}"),
        say!(ctx.lang, "  asks    {asks}", "  spør om    {asks}"),
        say!(ctx.lang, "  right   {right}", "  grunnlag   {right}"),
        say!(ctx.lang, "  since   {since}", "  siden      {since}"),
        say!(ctx.lang, "  signed  {signed}", "  signert    {signed}"),
    ]
}

/// Accepts a partner's terms as they are now.
pub(super) async fn accept(ctx: &Ctx, app: &App, book: &Book, name: &str) -> anyhow::Result<Exit> {
    let pair = match book.named(name) {
        Ok(pair) => pair,
        Err(why) => return Ok(wrong(ctx, &why)),
    };
    let Some(by) = &ctx.actor else {
        complain(&say!(ctx.lang, "say who accepts: --as NAME", "si hvem som godtar: --as NAVN"));
        return Ok(Exit::Usage);
    };
    let mut tx = app.db.begin().await?;
    let title = &pair.partner.title;
    if !partner::accept(&mut tx, name, by, app.ledger.clock.now_ms()).await? {
        return Ok(refuse(say!(
            ctx.lang,
            "{title} has not told its terms yet: lykt partner terms {name}",
            "{title} har ikke fortalt vilkårene sine ennå: lykt partner terms {name}"
        )));
    }
    app.ledger.book().note(&mut tx, Act::PartnerAccepted, On::Partner(name)).await?;
    tx.commit().await?;
    if ctx.json {
        println!("{}", json!({ "partner": name, "accepted": true }));
    } else {
        tell(&say!(ctx.lang, "The terms of {title} are accepted.", "Vilkårene til {title} er godtatt."));
    }
    Ok(Exit::Done)
}
