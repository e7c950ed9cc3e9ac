//! `lykt contact link` and `unlink`: two addresses turn out to be one person's, or not to be.

use serde_json::json;

use super::super::{Exit, refuse};
use super::{AddressArgs, Desk, LinkArgs};
use crate::ledger::Apart;
use crate::say;
use crate::store::link;

impl Desk<'_> {
    /// Joins two histories.
    pub(super) async fn link(&mut self, args: &LinkArgs) -> anyhow::Result<Exit> {
        let mut both = Vec::new();
        for address in [&args.one, &args.two] {
            match self.address(&AddressArgs { address: address.clone() }).await? {
                Ok(address) => both.push(address),
                Err(exit) => return Ok(exit),
            }
        }
        let [one, two] = both.as_slice() else { return Ok(Exit::Usage) };
        let mut tx = self.app.db.begin().await?;
        let contact = match self.app.ledger.link(&mut tx, one, two, self.ctx.actor.as_deref()).await? {
            Ok(contact) => contact,
            Err(apart) => return Ok(self.stays(apart)),
        };
        tx.commit().await?;
        self.print(
            &json!({ "linked": true, "contact": contact.to_string() }),
            &say!(
                self.ctx.lang,
                "Linked: one person now, with one history. A mistake? lykt contact unlink",
                "Koblet: nå én person, med én logg. Ble det feil? lykt contact unlink"
            ),
        );
        Ok(Exit::Done)
    }

    /// Parts them again.
    pub(super) async fn unlink(&mut self, args: &AddressArgs) -> anyhow::Result<Exit> {
        let address = match self.address(args).await? {
            Ok(address) => address,
            Err(exit) => return Ok(exit),
        };
        let ledger = &self.app.ledger;
        let mut tx = self.app.db.begin().await?;
        let found = link::address(&mut tx, &ledger.vault.blind(address.expose())).await?;
        let parted = match found {
            Some((id, contact, _)) => ledger.unlink(&mut tx, contact, id, self.ctx.actor.as_deref()).await?,
            None => Err(Apart::Alone),
        };
        let contact = match parted {
            Ok(contact) => contact,
            Err(apart) => return Ok(self.stays(apart)),
        };
        tx.commit().await?;
        self.print(
            &json!({ "linked": false, "contact": contact.to_string() }),
            &say!(
                self.ctx.lang,
                "Parted: two persons again. A no and the cooldown hold for both; a message goes with the address it was written to, and what else happened while they were one stays where it was.",
                "Skilt: to personer igjen. Et nei og ventetiden gjelder for begge; en melding følger adressen den ble skrevet til, og det andre som skjedde mens de var én, blir der det var."
            ),
        );
        Ok(Exit::Done)
    }

    fn stays(&self, apart: Apart) -> Exit {
        if self.ctx.json {
            println!("{}", json!({ "refused": apart.as_str() }));
        }
        refuse(apart.explain().pick(self.ctx.lang).to_owned())
    }
}
