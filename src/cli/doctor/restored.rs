//! `lykt doctor --confirm-restore`: a person ends the quarantine.

use clap::Args;
use serde_json::json;

use crate::cli::app::App;
use crate::cli::second::pass;
use crate::cli::table::{complain, tell};
use crate::cli::{Ctx, Exit, refuse};
use crate::domain::lang::number_of;
use crate::domain::matter::Matter;
use crate::domain::private::Private;
use crate::gateway::Accounts;
use crate::ledger::quarantine;
use crate::say;
use crate::second::Wish;
use crate::settings::Account;
use crate::witness::{confirm, silent, unfinished};

/// How a quarantine ends.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// End the quarantine after a restore: you looked, and everything may go on.
    #[arg(long)]
    pub confirm_restore: bool,
    /// With --confirm-restore: what you looked at; kept, sealed.
    #[arg(long, requires = "confirm_restore", value_name = "TEXT")]
    reason: Option<String>,
    /// With --confirm-restore: you know that this account, whose gateway has no list, sent nothing since the backup.
    #[arg(long, requires = "confirm_restore", value_name = "ACCOUNT")]
    unsent: Vec<String>,
    /// With --confirm-restore: although not everything could be fetched.
    #[arg(long, requires = "confirm_restore")]
    unfinished: bool,
}

impl RestoreArgs {
    /// What was said of it, in the words of the command.
    fn said(&self) -> String {
        let mut unsent: Vec<_> = self.unsent.iter().map(|account| format!("--unsent {account}")).collect();
        unsent.sort();
        unsent.extend(self.unfinished.then(|| "--unfinished".to_owned()));
        unsent.join(" ")
    }
}

/// Ends the quarantine, or says why not.
pub(super) async fn run(ctx: &Ctx, args: &RestoreArgs) -> anyhow::Result<Exit> {
    let (Some(by), Some(reason)) = (&ctx.actor, &args.reason) else {
        complain(&say!(
            ctx.lang,
            "say who confirms and what you looked at: --as NAME --reason TEXT",
            "si hvem som bekrefter og hva du så på: --as NAVN --reason TEKST"
        ));
        return Ok(Exit::Usage);
    };
    let app = App::open(ctx).await?;
    let clock = &app.ledger.clock;
    let mut tx = app.db.read().await?;
    let Some(held) = quarantine::get(&mut tx).await? else {
        tell(&say!(ctx.lang, "There is no quarantine.", "Det er ingen karantene."));
        return Ok(Exit::Done);
    };
    let gateways = &app.settings.gateways;
    if let Some(unknown) = args.unsent.iter().find(|name| !gateways.contains_key(*name)) {
        complain(&say!(ctx.lang, "there is no account {unknown}", "det finnes ingen konto {unknown}"));
        return Ok(Exit::Usage);
    }
    let accounts = Accounts::open(&app.settings, clock)?;
    let left = unfinished(&mut tx, &held, &accounts, clock.lapses()).await?;
    drop(tx);
    if !left.is_empty() && !args.unfinished {
        let left = left.join(", ");
        return Ok(refuse(say!(
            ctx.lang,
            "not everything is fetched yet ({left}): let `lykt serve` run, and look again with `lykt doctor`. Or add --unfinished, and somebody may be written to twice",
            "ikke alt er hentet ennå ({left}): la `lykt serve` kjøre, og se etter igjen med `lykt doctor`. Eller legg til --unfinished, og noen kan bli skrevet til to ganger"
        )));
    }
    let listing: Vec<&str> = accounts.listing().map(|(name, _)| name).collect();
    let real = gateways.iter().filter(|(_, account)| !matches!(account, Account::Simulator(_)));
    let mut silent = silent(real.map(|(name, _)| name.as_str()), &listing);
    silent.retain(|name| !args.unsent.contains(name));
    let (shown, why) = (args.said(), Private::new(reason.clone()));
    let about = format!("{} {shown}", held.began_at);
    let wish = Wish { matter: Matter::Restore, about: about.as_bytes(), shown: &shown, why: Some(&why) };
    match pass(ctx, &app, app.db.begin().await?, wish).await? {
        Ok(tx) => tx.commit().await?,
        Err(exit) => return Ok(exit),
    }
    let done = confirm(&app.db, &app.ledger, &held, &silent, (by, reason)).await?;
    app.db.close().await;
    if ctx.json {
        let left: Vec<_> =
            done.left.iter().map(|left| json!({ "account": left.account, "people": left.people })).collect();
        let (answers, dropped) = (done.answers, done.dropped);
        println!(
            "{}",
            json!({ "quarantine": false, "withdrawn": left, "answers_in_doubt": answers, "tasks_dropped": dropped })
        );
        return Ok(Exit::Done);
    }
    tell(&say!(ctx.lang, "The quarantine has ended: sending goes on.", "Karantenen er slutt: sendingen fortsetter."));
    for left in &done.left {
        let account = &left.account;
        let people = number_of(
            left.people,
            ["person was", "people were"],
            [
                "person er skrevet til siden sikkerhetskopien. Den er",
                "personer er skrevet til siden sikkerhetskopien. De er",
            ],
        );
        let people = people.pick(ctx.lang);
        tell(&say!(
            ctx.lang,
            "{account} has no list: whether {people} written to since the backup, nobody can tell. They are withdrawn, and count as contacted.",
            "{account} har ingen liste: ingen kan si om {people} trukket, og regnes som kontaktet."
        ));
    }
    if done.answers > 0 {
        let answers = done.answers;
        tell(&say!(
            ctx.lang,
            "{answers} answers waited to be sent, and may have gone: they are in doubt. Whoever wrote one decides whether it is sent again.",
            "{answers} svar ventet på å bli sendt, og kan ha gått: de er uavklart. Den som skrev et svar, avgjør om det sendes igjen."
        ));
    }
    if done.dropped > 0 {
        let dropped = number_of(
            done.dropped,
            [
                "call or message by hand was due: somebody may have done it, so it is dropped",
                "calls and messages by hand were due: somebody may have done them, so they are dropped",
            ],
            [
                "samtale eller melding for hånd var på tide: noen kan ha gjort den, så den er droppet",
                "samtaler og meldinger for hånd var på tide: noen kan ha gjort dem, så de er droppet",
            ],
        );
        let dropped = dropped.pick(ctx.lang);
        tell(&say!(
            ctx.lang,
            "{dropped}. Register what was done with `lykt contact touch`.",
            "{dropped}. Registrer det som ble gjort, med `lykt contact touch`."
        ));
    }
    Ok(Exit::Done)
}
