//! Pause, resume, cancel: from the page of a campaign.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{address, checked, one};
use crate::campaign::folder::Folder;
use crate::domain::campaign::CampaignState;
use crate::domain::lang::Text;
use crate::plan::changed;
use crate::plan::life::{Order, Outcome, order};
use crate::store::campaign;
use crate::text;
use crate::web::{Allow, At, Doors, Failure, Frame, House, Me};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .post("/campaigns/{name}/pause", Allow::COORDINATOR, pause)
        .post("/campaigns/{name}/resume", Allow::COORDINATOR, resume)
        .post("/campaigns/{name}/cancel", Allow::COORDINATOR, cancel)
}

async fn pause(State(house): At, frame: Frame, me: Me, Path(name): Path<String>) -> Result<Response, Failure> {
    carry_out(&house, &frame, &me, &name, Order::Pause).await
}

async fn resume(State(house): At, frame: Frame, me: Me, Path(name): Path<String>) -> Result<Response, Failure> {
    if let Some(wrong) = not_as_approved(&house, checked(&name)?).await? {
        return refused(&house, &frame, &name, wrong).await;
    }
    carry_out(&house, &frame, &me, &name, Order::Resume).await
}

async fn cancel(State(house): At, frame: Frame, me: Me, Path(name): Path<String>) -> Result<Response, Failure> {
    carry_out(&house, &frame, &me, &name, Order::Cancel).await
}

async fn carry_out(house: &Arc<House>, frame: &Frame, me: &Me, name: &str, what: Order) -> Result<Response, Failure> {
    let name = checked(name)?;
    match order(&house.db, &house.ledger, name, what, Some(me.name())).await? {
        Outcome::Done { .. } => Ok(Redirect::to(&address(name, "")).into_response()),
        Outcome::Unknown => Err(Failure::missing()),
        Outcome::NotNow(state) => {
            let Text { en, nb } = state.text();
            let wrong = text!(
                "The campaign is {en} by now, so this was not done.",
                "Kampanjen er {nb} nå, så dette ble ikke gjort."
            );
            refused(house, frame, name, wrong).await
        }
    }
}

async fn refused(house: &House, frame: &Frame, name: &str, wrong: Text) -> Result<Response, Failure> {
    let mut response = one::with(house, frame, name, Some(wrong)).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// A paused campaign goes on only as it was approved; its list and its services are in the plan, and may be others.
async fn not_as_approved(house: &House, name: &str) -> Result<Option<Text>, Failure> {
    let mut tx = house.db.read().await?;
    let Some(paused) = campaign::get(&mut tx, name).await?.filter(|c| c.state == CampaignState::Paused) else {
        return Ok(None);
    };
    let folder = Folder::named(&house.settings);
    let change = changed::of_live(&mut tx, &house.ledger, &folder, &paused, false).await;
    let change = change.map_err(|why| Failure::away(&why))?.filter(|change| change.holds());
    Ok(change.map(|change| {
        let Text { en, nb } = change.explain(name);
        text!("It does not go on: {en}.", "Den går ikke videre: {nb}.")
    }))
}
