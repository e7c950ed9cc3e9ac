//! What waits for a person, or did not happen: doubts, answers, webhooks, mail, forgetting, accounts that pause.

use super::finding::Findings;
use super::house::Pulse;
use crate::clock::Clock;
use crate::domain::lang::{Text, number_of};
use crate::domain::span::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::gateway::accounts::{needs_a_way_in, takes_replies};
use crate::outbox::hears;
use crate::settings::{Account, Settings};
use crate::store::{Db, DbError, Tx, account, meta, overdue, way_in};
use crate::text;

/// Looks at what waits, on the civil clock.
pub(super) async fn look(db: &Db, settings: &Settings, pulse: Pulse, found: &mut Findings) -> Result<(), DbError> {
    let clock = crate::cli::app::clock(db, settings).await?;
    let now = clock.now_ms();
    let mut tx = db.read().await?;
    if pulse == Pulse::Runs {
        ways_in(&mut tx, settings, &clock, found).await?;
    }
    accounts(&mut tx, settings, now, found).await?;
    hooks(&mut tx, pulse, now, found).await?;
    doubts(&mut tx, now, found).await?;
    answers(&mut tx, now, found).await?;
    notices(&mut tx, found).await?;
    forgetting(&mut tx, now, found).await
}

async fn accounts(tx: &mut Tx, settings: &Settings, now: i64, found: &mut Findings) -> Result<(), DbError> {
    for (name, reason) in account::paused(tx, now).await? {
        found.broken(
            "account_paused",
            text!("the account {name} is paused: {reason}", "kontoen {name} er satt på pause: {reason}"),
            text!("mend it, then: lykt gateway test {name}", "rett feilen, så: lykt gateway test {name}"),
        );
        found.about(name);
    }
    for (name, account) in &settings.gateways {
        if !takes_replies(account, settings) {
            continue;
        }
        let one = matches!(account, Account::WhatsAppCloud(_));
        let address = if one { name.clone() } else { format!("{name}/inbound") };
        if let (true, false) = overdue::hooks_of(tx, name, now - HOUR_MS).await? {
            found.warning(
                "webhooks",
                text!(
                    "{name} sent messages, and no webhook ever came: answers and noes may be lost",
                    "{name} har sendt meldinger, og ingen webhook har kommet: svar og nei kan gå tapt"
                ),
                text!(
                    "enter /hooks/{address} at the gateway, under your public_url (docs/gateways.md)",
                    "legg inn /hooks/{address} hos leverandøren, under deres public_url (docs/gateways.md)"
                ),
            );
            found.about(name);
        }
    }
    Ok(())
}

async fn ways_in(tx: &mut Tx, settings: &Settings, clock: &Clock, found: &mut Findings) -> Result<(), DbError> {
    let steady = tx.steady_ms(clock).await?;
    let ages = way_in::ages(tx, steady).await?;
    for name in settings.gateways.iter().filter(|(_, one)| needs_a_way_in(one, settings)).map(|(name, _)| name) {
        let url = &settings.server.public_url;
        if hears(&ages, name) {
            found.ok("way_in", text!("answers to {name} reach us", "svar til {name} når oss"));
        } else {
            found.broken(
                "way_in",
                text!(
                    "answers to {name} are not known to reach us, so nothing is sent by it",
                    "det er ikke kjent at svar til {name} når oss, så ingenting sendes med den"
                ),
                text!(
                    "see that {url} leads to lykt serve: the proxy, the name, the certificate",
                    "se at {url} leder til lykt serve: proxyen, navnet, sertifikatet"
                ),
            );
        }
        found.about(name.clone());
    }
    Ok(())
}

async fn hooks(tx: &mut Tx, pulse: Pulse, now: i64, found: &mut Findings) -> Result<(), DbError> {
    let late = overdue::late_hooks(tx, now - 5 * MINUTE_MS).await?;
    if late > 0 && pulse == Pulse::Runs {
        found.broken(
            "webhooks_wait",
            number_of(
                late,
                ["webhook was taken in and not worked on", "webhooks were taken in and not worked on"],
                ["webhook er tatt imot og ikke behandlet", "webhooker er tatt imot og ikke behandlet"],
            ),
            text!("look into the log of lykt serve for `webhooks`", "se i loggen til lykt serve etter `webhooks`"),
        );
    }
    let bad = overdue::bad_hooks(tx).await?;
    if bad > 0 {
        found.warning(
            "webhooks_unclear",
            number_of(
                bad,
                ["webhook of the last 30 days could not be read", "webhooks of the last 30 days could not be read"],
                [
                    "webhook fra de siste 30 dagene kunne ikke leses",
                    "webhooker fra de siste 30 dagene kunne ikke leses",
                ],
            ),
            text!(
                "look into the log; is a newer lykt out, or did the gateway change?",
                "se i loggen; finnes en nyere lykt, eller har leverandøren endret noe?"
            ),
        );
    }
    Ok(())
}

async fn doubts(tx: &mut Tx, now: i64, found: &mut Findings) -> Result<(), DbError> {
    let all = overdue::old_doubts(tx, now).await?;
    let (new, old) =
        (overdue::old_doubts(tx, now - 5 * MINUTE_MS).await?, overdue::old_doubts(tx, now - DAY_MS).await?);
    let messages = |n| number_of(n, ["message is in doubt", "messages are in doubt"], ["melding", "meldinger"]);
    if new == 0 {
        let Text { en, nb } = messages(all);
        let what = match all {
            0 => text!("no message is in doubt", "ingen melding er uavklart"),
            _ => text!("{en}, none for more than five minutes", "{nb} er uavklart, ingen i mer enn fem minutter"),
        };
        found.ok("doubts", what);
        return Ok(());
    }
    let todo = text!(
        "ask the gateway, then: lykt doubt list, and accept, requeue or abandon",
        "spør leverandøren, så: lykt doubt list, og accept, requeue eller abandon"
    );
    let Text { en, nb } = messages(new);
    let what = if old > 0 && new == 1 {
        text!("{en} for more than a day", "{nb} har vært uavklart i mer enn et døgn")
    } else if old > 0 {
        text!("{en}, {old} of them for more than a day", "{nb} er uavklart, {old} av dem i mer enn et døgn")
    } else {
        text!("{en} for more than five minutes", "{nb} har vært uavklart i mer enn fem minutter")
    };
    found.warning("doubts", what, todo);
    Ok(())
}

async fn answers(tx: &mut Tx, now: i64, found: &mut Findings) -> Result<(), DbError> {
    let (n, oldest) = overdue::unread(tx).await?;
    let days = oldest.map_or(0, |at| (now - at) / DAY_MS);
    if days >= 1 {
        found.warning("unread", unread(n, days), text!("read them: lykt inbox list", "les dem: lykt inbox list"));
    } else {
        found.ok("unread", text!("no answer has been unread for a day", "ingen svar har vært ulest i et døgn"));
    }
    Ok(())
}

fn unread(n: i64, days: i64) -> Text {
    let Text { en, nb } = number_of(days, ["day", "days"], ["dag", "dager"]);
    match n {
        1 => text!(
            "1 answer is unread, for {en}: this person is neither called nor written to",
            "1 svar er ulest, i {nb}: denne personen blir verken ringt eller skrevet til"
        ),
        _ => text!(
            "{n} answers are unread, the oldest for {en}: nobody of them is called or written to",
            "{n} svar er uleste, det eldste i {nb}: ingen av dem blir ringt eller skrevet til"
        ),
    }
}

async fn notices(tx: &mut Tx, found: &mut Findings) -> Result<(), DbError> {
    let failed = overdue::failed_notices(tx).await?;
    if failed > 0 {
        found.warning(
            "mail_fails",
            number_of(
                failed,
                ["notice to staff could not be mailed", "notices to staff could not be mailed"],
                ["beskjed til de ansatte kunne ikke sendes", "beskjeder til de ansatte kunne ikke sendes"],
            ),
            text!(
                "look into the log for `mailed`, and at [mail] in the settings",
                "se i loggen etter `mailed`, og på [mail] i innstillingene"
            ),
        );
    }
    Ok(())
}

async fn forgetting(tx: &mut Tx, now: i64, found: &mut Findings) -> Result<(), DbError> {
    let Some(last) = meta::last_slot(tx, "retention").await? else { return Ok(()) };
    let days = (now - last) / DAY_MS;
    if days >= 2 {
        found.warning(
            "retention",
            text!("nothing was erased on time for {days} days", "ingenting er slettet i tide på {days} dager"),
            text!(
                "let lykt serve run at the time of [retention] nightly",
                "la lykt serve kjøre på tiden i [retention] nightly"
            ),
        );
    } else {
        found.ok(
            "retention",
            text!("what is older than its time is erased", "det som er eldre enn fristen, er slettet"),
        );
    }
    Ok(())
}
