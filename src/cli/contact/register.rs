//! `lykt contact touch`, `note`, `opt-out` and `opt-in`: what happened is registered, and never refused.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use super::super::Exit;
use super::{AddressArgs, Desk, NoteArgs, OptInArgs, TouchArgs};
use crate::domain::private::Private;
use crate::ledger::NoSource;
use crate::say;
use crate::store::contact;
use crate::store::touch::{Touch, TouchKind};

/// What staff do by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A message that we wrote elsewhere.
    Message,
    /// A call.
    Call,
    /// They came.
    Visit,
    /// A note.
    Note,
}

/// Reads a word for a channel: letters only, since it is kept in clear.
pub(super) fn channel(word: &str) -> Result<String, String> {
    let word = word.trim().to_lowercase();
    if (1..=30).contains(&word.chars().count()) && word.chars().all(|c| c.is_alphabetic() || "-_".contains(c)) {
        return Ok(word);
    }
    Err("write one word of letters, such as instagram".to_owned())
}

impl Desk<'_> {
    /// Registers what was done by hand.
    pub(super) async fn touch(&mut self, args: &TouchArgs) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        if args.answered && args.kind != Kind::Call {
            return Ok(self.usage(&say!(
                lang,
                "--answered is about a call: write --kind call",
                "--answered gjelder en samtale: skriv --kind call"
            )));
        }
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let Some(at) = self.time(args.at.as_deref()) else {
            return Ok(self.usage(&say!(
                lang,
                "--at is no time that has been: write a day or a day and a time, as in 2026-12-01 or 2026-12-01T14:30",
                "--at er ingen tid som har vært: skriv en dag eller en dag og et klokkeslett, som 2026-12-01 eller 2026-12-01T14:30"
            )));
        };
        let note = match args.note.as_deref() {
            Some("-") => Some(self.input.rest()?),
            written => written.map(str::to_owned),
        };
        let mut entry = Touch::new(TouchKind::Note, at);
        entry.note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty()).map(Private::new);
        entry.channel = args.channel.clone();
        match args.kind {
            Kind::Message => (entry.kind, entry.counts) = (TouchKind::Message, true),
            Kind::Call => {
                (entry.kind, entry.counts) = (TouchKind::Call, args.answered);
                entry.channel.get_or_insert_with(|| "phone".to_owned());
                entry.detail = Some(if args.answered { "answered" } else { "no_answer" }.to_owned());
            }
            Kind::Visit => entry.kind = TouchKind::Visit,
            Kind::Note if entry.note.is_none() => {
                return Ok(self.usage(&say!(
                    lang,
                    "an empty note: write --note TEXT",
                    "et tomt notat: skriv --note TEKST"
                )));
            }
            Kind::Note => {}
        }
        self.register(&address, entry).await
    }

    /// Adds a note.
    pub(super) async fn note(&mut self, args: &NoteArgs) -> anyhow::Result<Exit> {
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let text = if args.text == "-" { self.input.rest()? } else { args.text.clone() };
        if text.trim().is_empty() {
            return Ok(self.usage(&say!(
                self.ctx.lang,
                "an empty note: write it after the number, or on stdin",
                "et tomt notat: skriv det etter nummeret, eller på stdin"
            )));
        }
        let mut entry = Touch::new(TouchKind::Note, self.app.ledger.clock.now_ms());
        entry.note = Some(Private::new(text.trim().to_owned()));
        self.register(&address, entry).await
    }

    async fn register(&self, address: &Private, mut entry: Touch) -> anyhow::Result<Exit> {
        entry.actor.clone_from(&self.ctx.actor);
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let contact = ledger.contact(&mut tx, address).await?;
        ledger.register(&mut tx, contact.id, &entry).await?;
        let answer = ledger.check(&mut tx, address).await?;
        tx.commit().await?;
        let again_at = answer.again_at.map(|day| day.to_string());
        let sentence = match &again_at {
            Some(day) => say!(
                self.ctx.lang,
                "Registered. The next approach is possible from {day}.",
                "Registrert. Neste henvendelse er mulig fra {day}."
            ),
            None => say!(self.ctx.lang, "Registered.", "Registrert."),
        };
        self.print(&json!({ "registered": entry.kind.as_str(), "again_at": again_at }), &sentence);
        Ok(Exit::Done)
    }

    /// Registers a no, also for a number never seen.
    pub(super) async fn opt_out(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address_of_a_no(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let contact = ledger.contact(&mut tx, &address).await?;
        let news = ledger.opt_out(&mut tx, contact.id, NoSource::ByHand, self.ctx.actor.as_deref()).await?;
        tx.commit().await?;
        let sentence = if news {
            say!(
                self.ctx.lang,
                "Registered: this person is not contacted again, on any channel. What waited for them is withdrawn.",
                "Registrert: denne personen kontaktes ikke igjen, på noen kanal. Det som ventet på dem, er trukket tilbake."
            )
        } else {
            say!(
                self.ctx.lang,
                "This person's no was registered before. It stands.",
                "Denne personens nei var registrert fra før. Det står ved lag."
            )
        };
        self.print(&json!({ "opted_out": true, "news": news }), &sentence);
        Ok(Exit::Done)
    }

    /// Lifts a no: a named person, with a reason.
    pub(super) async fn opt_in(&mut self, args: &OptInArgs) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        let said =
            |word: &Option<String>| word.as_deref().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
        let (Some(actor), Some(reason)) = (said(&self.ctx.actor), said(&args.reason)) else {
            return Ok(self.usage(&say!(
                lang,
                "say who lifts the no and how you know: --as NAME --reason TEXT",
                "si hvem som opphever neiet og hvordan du vet det: --as NAVN --reason TEKST"
            )));
        };
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let blind = ledger.vault.blind(address.expose());
        let known = contact::find(&mut tx, &blind).await?;
        let left_out = known.as_ref().is_some_and(|contact| contact.left_out.is_some());
        let no = !contact::noes(&mut tx, &[blind]).await?.is_empty();
        let lifted = if no || left_out || known.is_some_and(|contact| contact.opted_out) {
            let contact = ledger.contact(&mut tx, &address).await?;
            ledger.opt_in(&mut tx, contact.id, &actor, &Private::new(reason)).await?;
            tx.commit().await?;
            true
        } else {
            false
        };
        let sentence = if lifted {
            say!(
                lang,
                "Lifted. Whether this person may be approached now: lykt contact check",
                "Opphevet. Om denne personen kan kontaktes nå: lykt contact check"
            )
        } else {
            say!(lang, "There was no no to lift.", "Det var ikke noe nei å oppheve.")
        };
        self.print(&json!({ "opted_out": false, "lifted": lifted }), &sentence);
        Ok(Exit::Done)
    }

    /// When it happened; `None` for what is no time, or has not been yet. A day alone is its noon.
    fn time(&self, written: Option<&str>) -> Option<i64> {
        let clock = &self.app.ledger.clock;
        let now = clock.now();
        let Some(written) = written.map(str::trim) else { return Some(now.as_millisecond()) };
        let at = if let Ok(exact) = written.parse::<Timestamp>() {
            exact
        } else if let Ok(day) = written.parse::<Date>()
            && !written.contains(['T', 't', ' ', ':'])
        {
            let noon = clock.zone().to_timestamp(day.at(12, 0, 0, 0)).ok()?;
            if day == clock.today() { noon.min(now) } else { noon }
        } else {
            clock.zone().to_timestamp(written.replacen(' ', "T", 1).parse::<DateTime>().ok()?).ok()?
        };
        (at <= now).then(|| at.as_millisecond())
    }
}
