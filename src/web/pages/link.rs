//! Two addresses turn out to be one person's, or not to be.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::contact::{With, back, of};
use crate::store::contact;
use crate::web::{Allow, At, Doors, Failure, Frame, Me, person};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/contacts/{id}/link", Allow::STAFF, link).post("/contacts/{id}/unlink/{address}", Allow::STAFF, unlink)
}

#[derive(Deserialize)]
struct Other {
    other: String,
}

async fn link(
    State(house): At,
    frame: Frame,
    me: Me,
    Path(id): Path<String>,
    Form(form): Form<Other>,
) -> Result<Response, Failure> {
    let id = person::id(&id)?;
    let region = house.settings.organisation.region;
    let mut tx = house.db.begin().await?;
    person::contact(&mut tx, &me, id).await?;
    let one = contact::addresses(&mut tx, &house.ledger.vault, id).await?.into_iter().next();
    let one = one.ok_or_else(Failure::missing)?;
    let wrong = match house.ledger.look_up(&mut tx, &form.other, region).await? {
        Ok(two) => match house.ledger.link(&mut tx, &one, &two, Some(me.name())).await? {
            Ok(kept) => {
                tx.commit().await?;
                return Ok(back(kept));
            }
            Err(apart) => apart.explain(),
        },
        Err(unclear) => unclear.explain(),
    };
    drop(tx);
    of(&house, &frame, &me, id, With { wrong: Some(wrong), ..With::default() }).await
}

async fn unlink(
    State(house): At,
    frame: Frame,
    me: Me,
    Path((id, address)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (id, address) = (person::id(&id)?, person::id(&address)?);
    let mut tx = house.db.begin().await?;
    person::contact(&mut tx, &me, id).await?;
    match house.ledger.unlink(&mut tx, id, address, Some(me.name())).await? {
        Ok(_) => {
            tx.commit().await?;
            Ok(back(id))
        }
        Err(apart) => {
            drop(tx);
            of(&house, &frame, &me, id, With { wrong: Some(apart.explain()), ..With::default() }).await
        }
    }
}
