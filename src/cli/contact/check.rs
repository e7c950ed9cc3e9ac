//! `lykt contact check`: one clear sentence first, then what happened.

use serde_json::{Value, json};

use super::super::Exit;
use super::super::table::tell;
use super::history::Story;
use super::{AddressArgs, Desk};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::partner::Says;
use crate::ledger::quarantine;
use crate::say;
use crate::store::contact;
use crate::store::partner::Saying;

/// Entries shown below the sentence.
const SHOWN: usize = 8;

/// What a partner says: `until` is the month to wait until, and missing where it was told no.
pub(super) fn heard(heard: &Saying) -> Value {
    let until = match heard.says {
        Says::Wait(month) => Some(month.to_string()),
        _ => None,
    };
    json!({ "partner": heard.partner, "until": until })
}

impl Desk<'_> {
    /// Says whether this number may be approached; "may not" is an answer too.
    pub(super) async fn check(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.read().await?;
        let answer = ledger.check(&mut tx, &address).await?;
        let held = quarantine::get(&mut tx).await?;
        let known = contact::find(&mut tx, &ledger.vault.blind(address.expose())).await?.map(|known| known.id);
        let story = match known {
            Some(id) => self.story(&mut tx, id).await?,
            None => Story::default(),
        };
        drop(tx);
        ledger.book().note_alone(&self.app.db, Act::LookedUp, known.map_or(On::Nothing, On::Contact), None).await?;
        if self.ctx.json {
            let reasons: Vec<_> = answer.reasons.iter().map(|reason| reason.as_str()).collect();
            let last = story.entries.last().map(|entry| self.entry_json(entry));
            let again_at = answer.again_at.map(|day| day.to_string());
            let partner = answer.partner.as_ref().map(heard);
            println!(
                "{}",
                json!({
                    "partner": partner,
                    "may_approach": answer.may_approach() && held.is_none(), "reasons": reasons, "again_at": again_at,
                    "last": last, "quarantine": held.is_some(),
                })
            );
            return Ok(Exit::Done);
        }
        let day = answer.again_at.map(|day| day.to_string());
        match held.filter(|_| answer.may_approach()) {
            Some(held) => {
                let why = held.why.explain();
                let why = why.pick(self.ctx.lang);
                tell(&say!(
                    self.ctx.lang,
                    "No: nobody may be approached for now, because {why}. `lykt doctor` says what to do.",
                    "Nei: ingen kan kontaktes akkurat nå, fordi {why}. `lykt doctor` sier hva du gjør."
                ));
            }
            None => tell(answer.sentence(day.as_deref()).pick(self.ctx.lang)),
        }
        if let Some(heard) = &answer.partner {
            tell(heard.sentence(self.app.settings.partner_title(&heard.partner)).pick(self.ctx.lang));
        }
        if story.is_empty() {
            tell(&say!(self.ctx.lang, "Nothing has happened yet.", "Ingenting har skjedd ennå."));
        } else {
            println!("{}", self.table(&story, SHOWN));
        }
        Ok(Exit::Done)
    }
}
