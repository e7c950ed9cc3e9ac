//! The door for other organisations' daemons: sealed bytes in, sealed bytes out. Whoever has no key of a pair hears nothing.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::{error, warn};

use super::{Allow, At, Doors};
use crate::audit::{Who, acting};
use crate::partner::{LARGEST_QUESTION, NoAnswer};

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.post("/partner", Allow::Anyone, answer.layer(DefaultBodyLimit::max(LARGEST_QUESTION)))
}

async fn answer(State(house): At, envelope: Bytes) -> Response {
    let Ok(partners) = &house.partners else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let answer = partners.answering.answer(&house.db, &house.ledger, &partners.book, &envelope);
    match acting(Who::Partner, answer).await {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response(),
        Err(NoAnswer::Unread(_)) => {
            warn!("somebody asked as a partner, and has no key of a pair");
            StatusCode::NOT_FOUND.into_response()
        }
        Err(why) => {
            error!(error = %why, "a partner could not be answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
