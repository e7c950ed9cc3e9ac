//! Makes the plan of a campaign, and says why there is none.

use std::sync::Arc;

use tokio::runtime::Handle;
use tracing::error;

use super::planning::{Ended, Making};
use crate::audit;
use crate::campaign::folder::Folder;
use crate::campaign::ready::{NotReady, Ready};
use crate::domain::lang::Text;
use crate::plan::{self, CHUNK, Keep, PlanError, Seen, Source, Writer};
use crate::text;
use crate::web::House;

/// Begins to make the plan of a campaign, unless it is being made already.
pub(super) fn begin(house: &Arc<House>, name: &str, by: &str) -> Arc<Making> {
    let (whole, campaign, by) = (house.clone(), name.to_owned(), by.to_owned());
    let (runtime, who) = (Handle::current(), audit::who());
    house.planning.begin(name, move |making| {
        runtime.block_on(audit::as_before(who, make(&whole, &campaign, &by, |now| making.see(&now))))
    })
}

async fn make(house: &House, name: &str, by: &str, each: impl FnMut(Seen<'_>)) -> Ended {
    let ready =
        Folder::named(&house.settings).ready(name, house.ledger.clock.today()).map_err(|why| not_ready(&why))?;
    planned(house, &ready, by, each).await.map_err(|why| match why {
        PlanError::List(why) => why.text(),
        PlanError::ListChanged => text!(
            "The list changed while it was read: wait until it is complete, then plan again.",
            "Listen ble endret mens den ble lest: vent til den er ferdig, og planlegg på nytt."
        ),
        PlanError::Meanwhile(_) => text!(
            "Somebody planned, approved or ended the campaign meanwhile: look again.",
            "Noen har planlagt, godkjent eller avsluttet kampanjen i mellomtiden: se igjen."
        ),
        PlanError::Partner(why) => why,
        PlanError::Db(why) => {
            error!(error = %why, "a plan could not be made");
            text!(
                "The database is away for now: try again in a minute.",
                "Databasen er borte akkurat nå: prøv igjen om et minutt."
            )
        }
    })
}

async fn planned(house: &House, ready: &Ready, by: &str, each: impl FnMut(Seen<'_>)) -> Result<(), PlanError> {
    let writer = Writer::new(&ready.definition, &house.settings)?;
    let partners = house.partners.as_ref().map_err(|why| PlanError::Partner(why.text()))?;
    let source = Source {
        definition: &ready.definition,
        file_hash: &ready.file_hash,
        list_hash: &ready.list_hash,
        list: &ready.list,
        partners: Some(partners),
        chunk: CHUNK,
        by: Some(by),
    };
    plan::make(&house.db, &house.ledger, &writer, &source, Keep::Yes, each).await.map(drop)
}

/// Why a campaign cannot be planned or approved.
pub(super) fn not_ready(why: &NotReady) -> Text {
    match why {
        NotReady::Missing => text!("The campaign's file is gone.", "Kampanjens fil er borte."),
        NotReady::Mistakes(checked) => {
            let n = checked.errors();
            text!(
                "The file has mistakes ({n}): look at the file, where each is shown in its place.",
                "Filen har feil ({n}): se på filen, der hver av dem er vist på sin plass."
            )
        }
    }
}
