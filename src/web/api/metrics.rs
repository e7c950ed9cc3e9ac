//! The figures for the operator's monitoring.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::ledger::{quarantine, trust};
use crate::metrics::{self, Standing};
use crate::store::{DbError, standing};
use crate::web::{At, House};

/// `GET /metrics`.
pub async fn show(State(house): At) -> Result<Response, Problem> {
    let standing = standing_of(&house).await?;
    let text = metrics::write(&standing).map_err(|_| Problem::of(axum::http::StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}

async fn standing_of(house: &House) -> Result<Standing, DbError> {
    let clock = &house.ledger.clock;
    let mut tx = house.db.read().await?;
    let found = standing::read(&mut tx, clock.now_ms()).await?;
    let trusted = trust::clock_fits(&mut tx, clock).await?;
    let steady = tx.steady_ms(clock).await?;
    let mut out = Standing::default();
    let messages = found.messages.iter().map(|(state, n)| (state.as_str(), *n));
    out.by_state("messages", "Messages that are not over", messages);
    let age_s = found.doubt_since.map_or(0, |since| (steady - since).max(0) / 1_000);
    out.one("doubt_age_seconds", "Since when the oldest message is in doubt", age_s);
    let campaigns = found.campaigns.iter().map(|(state, n)| (state.as_str(), *n));
    out.by_state("campaigns", "Campaigns", campaigns);
    out.by_state("tasks", "Tasks that are not over", found.tasks.iter().map(|(state, n)| (state.as_str(), *n)));
    out.one("replies_unread", "Answers that nobody has read; each holds its contact", found.unread);
    out.one("accounts_paused", "Accounts that do not send for now", found.paused_accounts);
    out.one("webhooks_waiting", "Webhooks that wait for their turn", found.webhooks_waiting);
    out.one("notices_waiting", "Notices to staff that were not sent yet", found.notices_waiting);
    let held = quarantine::get(&mut tx).await?.is_some();
    out.one("quarantined", "1 while the database is in quarantine after a restore; nothing is sent then", held.into());
    out.one("clock_trusted", "1 when the clock fits its last note; nothing is sent when it does not", trusted.into());
    Ok(out)
}
