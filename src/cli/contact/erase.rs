//! `lykt contact erase`: forgets a person on request.

use serde_json::json;

use super::super::{Exit, refuse};
use super::{AddressArgs, Desk};
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
        let (erased, no) = match ended {
            Erasure::Done { no } => (true, no),
            Erasure::Unknown => (false, false),
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
        self.print(&json!({ "erased": erased, "no_kept": no }), &sentence);
        Ok(Exit::Done)
    }
}
