//! `lykt contact check`: one clear sentence first, then what happened.

use serde_json::json;

use super::super::Exit;
use super::super::table::tell;
use super::{AddressArgs, Desk};
use crate::domain::decision::Decision;
use crate::ledger::Answer;
use crate::say;
use crate::store::{contact, touch};

/// Entries shown below the sentence.
const SHOWN: usize = 8;

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
        let entries = match contact::find(&mut tx, &ledger.vault.blind(address.expose())).await? {
            Some(contact) => touch::history(&mut tx, &ledger.vault, contact.id).await?,
            None => Vec::new(),
        };
        drop(tx);
        if self.ctx.json {
            let reasons: Vec<_> = answer.reasons.iter().map(|reason| reason.as_str()).collect();
            let last = entries.last().map(|entry| self.entry_json(entry));
            let again_at = answer.again_at.map(|day| day.to_string());
            println!(
                "{}",
                json!({ "may_approach": answer.may_approach(), "reasons": reasons, "again_at": again_at, "last": last })
            );
            return Ok(Exit::Done);
        }
        tell(&self.sentence(&answer));
        if entries.is_empty() {
            tell(&say!(self.ctx.lang, "Nothing has happened yet.", "Ingenting har skjedd ennå."));
        } else {
            println!("{}", self.table(&entries[entries.len().saturating_sub(SHOWN)..]));
        }
        Ok(Exit::Done)
    }

    fn sentence(&self, answer: &Answer) -> String {
        let lang = self.ctx.lang;
        if answer.may_approach() {
            return say!(lang, "Yes: this number may be approached now.", "Ja: dette nummeret kan kontaktes nå.");
        }
        let why: Vec<_> = answer.reasons.iter().map(|reason| reason.explain().pick(lang).to_owned()).collect();
        let why = why.join("; ");
        match (answer.again_at, answer.reasons.as_slice()) {
            (Some(day), [Decision::Cooldown]) => say!(
                lang,
                "No: this number may not be approached before {day}: {why}.",
                "Nei: dette nummeret kan ikke kontaktes før {day}: {why}."
            ),
            (Some(day), _) => say!(
                lang,
                "No: this number may not be approached: {why}. The cooldown ends on {day}.",
                "Nei: dette nummeret kan ikke kontaktes: {why}. Ventetiden er over {day}."
            ),
            (None, _) => say!(
                lang,
                "No: this number may not be approached: {why}.",
                "Nei: dette nummeret kan ikke kontaktes: {why}."
            ),
        }
    }
}
