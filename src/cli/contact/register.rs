//! `lykt contact touch`, `note`, `opt-out` and `opt-in`: what happened is registered, and never refused.

use std::io::IsTerminal;

use serde_json::json;

use super::super::second::pass;
use super::super::table::complain;
use super::super::{Exit, record};
use super::{AddressArgs, Desk, NoteArgs, OptInArgs, PreferArgs, TouchArgs};
use crate::domain::channel::Channel;
use crate::domain::matter::Matter;
use crate::domain::private::Private;
use crate::ledger::NoSource;
use crate::ledger::agreed::Agreed;
use crate::ledger::by_hand::{self, ByHand};
use crate::say;
use crate::second::Wish;
use crate::store::contact;
use crate::store::touch::Touch;

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

/// Reads a word for a channel.
pub(super) fn channel(word: &str) -> Result<String, String> {
    by_hand::channel(word).ok_or_else(|| "write one word of letters, such as instagram".to_owned())
}

/// Reads a channel on which people can agree to be written to.
pub(super) fn agreed_channel(word: &str) -> Result<Channel, String> {
    Agreed::channel(word).ok_or_else(|| "write whatsapp or sms".to_owned())
}

/// The channel that a person asked for, or any.
#[derive(Clone, Copy, Debug)]
pub(super) struct Preferred(Option<Channel>);

/// Reads the channel that a person asked for.
pub(super) fn preferred_channel(word: &str) -> Result<Preferred, String> {
    match word {
        "any" => Ok(Preferred(None)),
        _ => agreed_channel(word)
            .map(|channel| Preferred(Some(channel)))
            .map_err(|_| "write whatsapp, sms or any".to_owned()),
    }
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
        let Some(at) = by_hand::time(&self.app.ledger.clock, args.at.as_deref()) else {
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
        let note = note.unwrap_or_default();
        let done = match args.kind {
            Kind::Message => ByHand::Message,
            Kind::Call => ByHand::Call { answered: args.answered },
            Kind::Visit => ByHand::Visit,
            Kind::Note if note.trim().is_empty() => {
                return Ok(self.usage(&say!(
                    lang,
                    "an empty note: write --note TEXT",
                    "et tomt notat: skriv --note TEKST"
                )));
            }
            Kind::Note => ByHand::Note,
        };
        if !record::may_be_saved(self.ctx, &note)? {
            return Ok(Exit::Usage);
        }
        let entry = done.entry(at, args.channel.clone(), &note, self.ctx.actor.as_deref());
        self.register(&address, entry).await
    }

    /// Adds a note.
    pub(super) async fn note(&mut self, args: &NoteArgs) -> anyhow::Result<Exit> {
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let typed = args.text == "-";
        if typed && std::io::stdin().is_terminal() {
            complain(&say!(self.ctx.lang, "write the note, then press Ctrl-D", "skriv notatet, og trykk Ctrl-D"));
        }
        let text = if typed { self.input.rest()? } else { args.text.clone() };
        if text.trim().is_empty() {
            return Ok(self.usage(&say!(
                self.ctx.lang,
                "an empty note: write it after the number, or on stdin",
                "et tomt notat: skriv det etter nummeret, eller på stdin"
            )));
        }
        if !record::may_be_saved(self.ctx, &text)? {
            return Ok(Exit::Usage);
        }
        let now = self.app.ledger.clock.now_ms();
        let entry = ByHand::Note.entry(now, None, &text, self.ctx.actor.as_deref());
        self.register(&address, entry).await
    }

    async fn register(&self, address: &Private, entry: Touch) -> anyhow::Result<Exit> {
        let mut tx = self.app.db.begin().await?;
        let answer = self.app.ledger.by_hand(&mut tx, address, &entry).await?;
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

    /// Notes the channel that a person asked for.
    pub(super) async fn prefer(&mut self, args: &PreferArgs) -> anyhow::Result<Exit> {
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let (lang, ledger) = (self.ctx.lang, &self.app.ledger);
        let Preferred(channel) = args.channel;
        let mut tx = self.app.db.begin().await?;
        let contact = ledger.contact(&mut tx, &address).await?;
        ledger.prefer(&mut tx, contact.id, channel, self.ctx.actor.as_deref()).await?;
        tx.commit().await?;
        let sentence = match channel.map(Channel::as_str) {
            Some(word) => say!(
                lang,
                "Registered: {word} comes first for them, where a campaign has it and may use it.",
                "Registrert: {word} kommer først for dem, der en kampanje har den og kan bruke den."
            ),
            None => say!(lang, "Registered: any channel will do.", "Registrert: hvilken kanal som helst er greit."),
        };
        self.print(&json!({ "prefers": channel.map(Channel::as_str) }), &sentence);
        Ok(Exit::Done)
    }

    /// Notes that a person agreed to be written to on a channel: when, how and by whom. Lifts no no.
    async fn agreed(
        &self,
        address: &Private,
        channel: Channel,
        at: Option<&str>,
        actor: &str,
        reason: String,
    ) -> anyhow::Result<Exit> {
        let (lang, ledger) = (self.ctx.lang, &self.app.ledger);
        let Some(at) = by_hand::time(&ledger.clock, at) else {
            return Ok(self.usage(&say!(
                lang,
                "--at is no time that has been: write a day or a day and a time, as in 2026-12-01 or 2026-12-01T14:30",
                "--at er ingen tid som har vært: skriv en dag eller en dag og et klokkeslett, som 2026-12-01 eller 2026-12-01T14:30"
            )));
        };
        let mut tx = self.app.db.begin().await?;
        let contact = ledger.contact(&mut tx, address).await?;
        let word = channel.as_str();
        let agreed = Agreed { channel, at, how: None, actor: actor.to_owned(), note: Some(Private::new(reason)) };
        if !ledger.agree(&mut tx, contact.id, &agreed).await? {
            complain(&say!(
                lang,
                "this person said no. If they want contact again, lift it first: lykt contact opt-in, without --channel",
                "denne personen har sagt nei. Vil de kontaktes igjen, opphev det først: lykt contact opt-in, uten --channel"
            ));
            return Ok(Exit::Refused);
        }
        tx.commit().await?;
        let sentence = say!(
            lang,
            "Registered: they agreed to be written to on {word}. It counts until they say no, or the entry is erased.",
            "Registrert: de har sagt ja til å bli skrevet til på {word}. Det gjelder til de sier nei, eller til oppføringen slettes."
        );
        self.print(&json!({ "agreed": word }), &sentence);
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
                "say who registers this and how you know: --as NAME --reason TEXT",
                "si hvem som registrerer dette og hvordan du vet det: --as NAVN --reason TEKST"
            )));
        };
        let address = match self.address(&args.address).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        if let Some(channel) = args.channel {
            return self.agreed(&address, channel, args.at.as_deref(), &actor, reason).await;
        }
        let reason = Private::new(reason);
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let blind = ledger.vault.blind(address.expose());
        let known = contact::find_locked(&mut tx, &blind).await?;
        let left_out = known.as_ref().is_some_and(|contact| contact.left_out.is_some());
        let no = !contact::noes(&mut tx, &[blind]).await?.is_empty();
        let lifted = if no || left_out || known.as_ref().is_some_and(|contact| contact.opted_out) {
            // Somebody who was forgotten is known by the no alone.
            let (about, shown) = known
                .map_or_else(|| (blind.to_vec(), String::new()), |of| (of.id.0.as_bytes().to_vec(), of.id.to_string()));
            let wish = Wish { matter: Matter::Lift, about: &about, shown: &shown, why: Some(&reason) };
            let mut tx = match pass(self.ctx, &self.app, tx, wish).await? {
                Ok(tx) => tx,
                Err(exit) => return Ok(exit),
            };
            let contact = ledger.contact(&mut tx, &address).await?;
            ledger.opt_in(&mut tx, contact.id, &actor, &reason).await?;
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
}
