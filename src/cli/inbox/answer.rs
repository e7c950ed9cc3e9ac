//! `lykt inbox answer|take|hand-over`: one person at a time answers somebody who wrote.

use std::io::Read;

use clap::Args;
use serde_json::json;

use super::super::table::{complain, tell};
use super::super::{Exit, refuse};
use super::{Desk, ReplyArgs};
use crate::clock::new_id;
use crate::domain::inert::inert;
use crate::domain::private::Private;
use crate::inbox::answer::{self, Press, Refused};
use crate::inbox::ready;
use crate::store::contact;
use crate::store::reply::Reply;
use crate::{say, text};

/// What somebody answers.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    #[command(flatten)]
    reply: ReplyArgs,
    /// The text; `-` reads it from stdin.
    #[arg(long, value_name = "TEXT|-", allow_hyphen_values = true, conflicts_with = "ready")]
    text: Option<String>,
    /// A ready answer, by its name. Without this and --text: shows those that suit, and sends nothing.
    #[arg(long, value_name = "KEY")]
    ready: Option<String>,
    /// Also between 21:00 and 08:00.
    #[arg(long)]
    now: bool,
}

/// Who takes an answer over.
#[derive(Debug, Args)]
pub struct HandOverArgs {
    #[command(flatten)]
    reply: ReplyArgs,
    /// The name of who answers from now on.
    #[arg(long, value_name = "NAME")]
    to: String,
}

impl Desk<'_> {
    /// Sends an answer, or shows the ready ones.
    pub(super) async fn answer(&self, args: AnswerArgs) -> anyhow::Result<Exit> {
        let reply = match self.find(&args.reply).await? {
            Ok(reply) => reply,
            Err(exit) => return Ok(exit),
        };
        let text = match (args.text.as_deref(), args.ready.as_deref()) {
            (Some("-"), _) => match from_stdin()? {
                Some(text) => text,
                None => {
                    complain(&say!(
                        self.ctx.lang,
                        "what came on stdin is no text in UTF-8, and the person would read something else; save it in UTF-8. Nothing was sent",
                        "det som kom på stdin, er ikke tekst i UTF-8, og personen ville lest noe annet; lagre den i UTF-8. Ingenting ble sendt"
                    ));
                    return Ok(Exit::Usage);
                }
            },
            (Some(text), _) => text.to_owned(),
            (None, key) => {
                let suggested = self.suggested(&reply).await?;
                let Some(key) = key else { return Ok(self.show_ready(&suggested)) };
                let Some(filled) = suggested.into_iter().find(|filled| filled.key == key) else {
                    complain(&say!(
                        self.ctx.lang,
                        "there is no ready answer {key} for this one: see `lykt inbox answer ID`",
                        "det finnes ikke noe ferdig svar {key} til dette: se `lykt inbox answer ID`"
                    ));
                    return Ok(Exit::Usage);
                };
                filled.text
            }
        };
        let Some(by) = self.somebody() else { return Ok(Exit::Usage) };
        let press = Press { id: new_id(), reply: reply.id, text: Private::new(text), by, now: args.now };
        let mut tx = self.app.db.begin().await?;
        let ended = answer::answer(&self.app.ledger, &mut tx, press).await?;
        let lang = self.ctx.lang;
        match ended {
            Ok(direct) => {
                tx.commit().await?;
                let id = direct.id.to_string();
                if self.ctx.json {
                    println!("{}", json!({ "id": id, "state": direct.state.as_str() }));
                } else {
                    tell(&say!(
                        lang,
                        "On its way: the daemon sends it within a second. What became of it: lykt inbox show ID. The answer holds until it is read: lykt inbox read ID",
                        "På vei: tjenesten sender det innen et sekund. Hva det ble til: lykt inbox show ID. Svaret holder til det er lest: lykt inbox read ID"
                    ));
                }
                Ok(Exit::Done)
            }
            Err(why @ (Refused::Empty | Refused::TooLong)) => {
                complain(why.text().pick(lang));
                Ok(Exit::Usage)
            }
            Err(Refused::Night) => {
                let why = Refused::Night.text();
                let hint = text!("--now sends it", "--now sender det");
                Ok(refuse(format!("{}. {}", why.pick(lang), hint.pick(lang))))
            }
            Err(why) => Ok(refuse(inert(why.text().pick(lang)))),
        }
    }

    /// Takes an answer on.
    pub(super) async fn take(&self, args: &ReplyArgs) -> anyhow::Result<Exit> {
        let reply = match self.find(args).await? {
            Ok(reply) => reply,
            Err(exit) => return Ok(exit),
        };
        let Some(by) = self.somebody() else { return Ok(Exit::Usage) };
        let mut tx = self.app.db.begin().await?;
        if let Err(name) = answer::take(&self.app.ledger, &mut tx, reply.id, &by).await? {
            let why = name.map_or(Refused::Unknown, Refused::Taken);
            return Ok(refuse(inert(why.text().pick(self.ctx.lang))));
        }
        tx.commit().await?;
        self.owned(&reply, &by);
        Ok(Exit::Done)
    }

    /// Hands an answer over to somebody else.
    pub(super) async fn hand_over(&self, args: &HandOverArgs) -> anyhow::Result<Exit> {
        let reply = match self.find(&args.reply).await? {
            Ok(reply) => reply,
            Err(exit) => return Ok(exit),
        };
        let to = args.to.trim();
        let (lang, mut tx) = (self.ctx.lang, self.app.db.begin().await?);
        if to.is_empty() || !answer::hand_over(&self.app.ledger, &mut tx, &reply, Some(to)).await? {
            complain(&say!(
                lang,
                "somebody else has it by now, or no name was given: see `lykt inbox show ID`",
                "noen andre har det nå, eller det ble ikke oppgitt noe navn: se `lykt inbox show ID`"
            ));
            return Ok(Exit::Usage);
        }
        tx.commit().await?;
        self.owned(&reply, to);
        Ok(Exit::Done)
    }

    fn owned(&self, reply: &Reply, by: &str) {
        if self.ctx.json {
            println!("{}", json!({ "id": reply.id.to_string(), "owner": by }));
        } else {
            let by = inert(by);
            tell(&say!(self.ctx.lang, "{by} answers it.", "{by} svarer."));
        }
    }

    /// Who does it; says how to say so when nobody is named.
    fn somebody(&self) -> Option<String> {
        let named = self.ctx.actor.as_deref().map(str::trim).filter(|name| !name.is_empty());
        if named.is_none() {
            complain(&say!(self.ctx.lang, "say who does it: --as NAME", "si hvem som gjør det: --as NAVN"));
        }
        named.map(str::to_owned)
    }

    async fn suggested(&self, reply: &Reply) -> anyhow::Result<Vec<ready::Filled>> {
        let mut tx = self.app.db.read().await?;
        let language = contact::get(&mut tx, reply.contact).await?.and_then(|contact| contact.language);
        let (house, by) = (&self.app.settings.organisation, self.ctx.actor.as_deref().unwrap_or_default());
        Ok(ready::suggest(&mut tx, house, reply, language.as_deref(), by).await?)
    }

    fn show_ready(&self, suggested: &[ready::Filled]) -> Exit {
        if self.ctx.json {
            let one = |filled: &ready::Filled| json!({ "key": filled.key, "language": filled.language, "suits": filled.suits, "text": filled.text });
            println!("{}", serde_json::Value::from(suggested.iter().map(one).collect::<Vec<_>>()));
            return Exit::Done;
        }
        for filled in suggested {
            println!("{} ({})\n  {}\n", filled.key, filled.language, inert(&filled.text));
        }
        tell(&say!(
            self.ctx.lang,
            "Nothing was sent. Send one: lykt inbox answer ID --ready KEY --as NAME, or your own words: --text TEXT",
            "Ingenting ble sendt. Send et: lykt inbox answer ID --ready NAVN --as DEG, eller egne ord: --text TEKST"
        ));
        Exit::Done
    }
}

/// `None` when it is no UTF-8: what is sent must be what was written.
fn from_stdin() -> std::io::Result<Option<String>> {
    let mut all = Vec::new();
    std::io::stdin().read_to_end(&mut all)?;
    Ok(String::from_utf8(all).ok())
}
