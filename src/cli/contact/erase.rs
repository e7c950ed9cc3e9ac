//! `lykt contact erase`: forgets a person on request.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::table::tell;
use super::super::{Exit, refuse};
use super::{AddressArgs, Desk};
use crate::domain::lang::number_of;
use crate::gateway::accounts::erases;
use crate::retention::{self, Erasure};
use crate::say;

impl Desk<'_> {
    /// Forgets a person; a no stays as a keyed hash, so that it is kept even when the number comes back.
    pub(super) async fn erase(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let mut tx = self.app.db.begin().await?;
        let ended = retention::forget(&self.app.ledger, &mut tx, &address).await?;
        let (erased, no, at_providers) = match ended {
            Erasure::Done { no, at_providers } => (true, no, at_providers),
            Erasure::Unknown => (false, false, BTreeMap::new()),
            Erasure::UnderWay => {
                return Ok(refuse(say!(
                    lang,
                    "a message to this person is under way or in doubt: wait for its end, or decide it with `lykt doubt`; nothing was erased",
                    "en melding til denne personen er på vei eller uavklart: vent til den er avklart, eller avgjør den med `lykt doubt`; ingenting ble slettet"
                )));
            }
            Erasure::Planned => {
                return Ok(refuse(say!(
                    lang,
                    "an approved plan with this person is on its way into the outbox: try again in a moment; nothing was erased",
                    "en godkjent plan med denne personen er på vei i utboksen: prøv igjen om litt; ingenting ble slettet"
                )));
            }
        };
        tx.commit().await?;
        self.app.db.wash().await?;
        let sentence = match (erased, no) {
            (true, true) => say!(
                lang,
                "Erased. The no is kept as a keyed hash, so that it counts when the number comes back.",
                "Slettet. Neiet er bevart som et nøklet avtrykk, så det gjelder om nummeret kommer tilbake."
            ),
            (true, false) => say!(
                lang,
                "Erased. If the person does not want contact, register that too: lykt contact opt-out",
                "Slettet. Hvis personen ikke vil kontaktes, registrer det også: lykt contact opt-out"
            ),
            (false, _) => say!(lang, "Nothing is known about this number.", "Ingenting er kjent om dette nummeret."),
        };
        let asks = |account: &String| self.app.settings.gateways.get(account).is_some_and(erases);
        let told = at_providers.iter().map(|(name, n)| (name.clone(), json!({ "messages": n, "asked": asks(name) })));
        let told: serde_json::Map<_, _> = told.collect();
        self.print(&json!({ "erased": erased, "no_kept": no, "at_providers": told }), &sentence);
        for (account, n) in at_providers.iter().filter(|_| !self.ctx.json) {
            self.tell_of_provider(account, *n, asks(account));
        }
        Ok(Exit::Done)
    }

    fn tell_of_provider(&self, account: &str, n: u64, asks: bool) {
        let messages = number_of(n, ["message", "messages"], ["melding", "meldinger"]);
        let messages = messages.pick(self.ctx.lang);
        let (en, nb) = if n == 1 { ("it", "den") } else { ("them", "dem") };
        tell(&match asks {
            true => say!(
                self.ctx.lang,
                "{account}: the provider has {messages} of this person; the daemon asks it to delete {en}.",
                "{account}: leverandøren har {messages} om denne personen; tjenesten ber den slette {nb}."
            ),
            false => say!(
                self.ctx.lang,
                "{account}: the provider had {messages} of this person, and cannot be asked by Lykt to delete {en}: see docs/gateways.md for how long it keeps {en}.",
                "{account}: leverandøren hadde {messages} om denne personen, og Lykt kan ikke be den slette {nb}: se docs/gateways.md for hvor lenge den har {nb}."
            ),
        });
    }
}
