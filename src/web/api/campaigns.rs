//! Campaigns and how far they are, in figures.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::words;
use crate::domain::gather::Gather;
use crate::domain::message::MessageState;
use crate::domain::reply::ReplyKind;
use crate::store::task::TaskState;
use crate::store::{Tx, campaign, figures, reply, task};
use crate::web::At;

/// A campaign.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    name: String,
    #[schema(schema_with = words::campaign_states)]
    state: &'static str,
}

/// A campaign in figures; messages that are planned and not approved are not counted.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    name: String,
    #[schema(schema_with = words::campaign_states)]
    state: &'static str,
    /// Messages in the outbox; `messages` add up to it.
    planned: i64,
    /// Every state, with its count.
    #[schema(value_type = BTreeMap<String, i64>)]
    messages: BTreeMap<&'static str, i64>,
    /// Every kind of answer, with its count.
    #[schema(value_type = BTreeMap<String, i64>)]
    replies: BTreeMap<&'static str, i64>,
    /// Every state of its call tasks, with its count.
    #[schema(value_type = BTreeMap<String, i64>)]
    tasks: BTreeMap<&'static str, i64>,
}

/// All campaigns that were ever planned.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns", security(("token" = ["campaigns:read"])), responses(
    (status = 200, description = "The campaigns", body = Vec<Campaign>),
    (status = "4XX", description = "401 or 403", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn all(State(house): At) -> Result<Json<Vec<Campaign>>, Problem> {
    let all = campaign::all(&mut house.db.read().await?).await?;
    Ok(Json(all.into_iter().map(|one| Campaign { state: one.state.as_str(), name: one.name }).collect()))
}

/// One campaign in figures.
#[utoipa::path(get, path = "/api/v1/campaigns/{name}", tag = "campaigns", security(("token" = ["campaigns:read"])),
    params(("name" = String, Path, description = "The campaign: its file's name without .toml")), responses(
    (status = 200, description = "Its figures", body = Progress),
    (status = "4XX", description = "400, 401, 403 or 404", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn one(State(house): At, Path(name): Path<String>) -> Result<Json<Progress>, Problem> {
    let missing = || Problem::missing("there is no such campaign");
    // No name has a control character, and PostgreSQL does not even look for one.
    if name.chars().any(char::is_control) {
        return Err(missing());
    }
    let mut tx = house.db.read().await?;
    progress(&mut tx, &name).await?.map(Json).ok_or_else(missing)
}

async fn progress(tx: &mut Tx, name: &str) -> Result<Option<Progress>, Problem> {
    let Some(campaign) = campaign::get(tx, name).await? else { return Ok(None) };
    let (messages, replies, tasks) =
        (figures::counts(tx, name).await?, reply::counts(tx, name).await?, task::counts(tx, name).await?);
    let count = |n: Option<&i64>| n.copied().unwrap_or(0);
    Ok(Some(Progress {
        name: campaign.name,
        state: campaign.state.as_str(),
        planned: messages.values().sum(),
        messages: MessageState::ALL.iter().map(|state| (state.as_str(), count(messages.get(state)))).gather(),
        replies: ReplyKind::ALL.iter().map(|kind| (kind.as_str(), count(replies.get(kind)))).gather(),
        tasks: TaskState::ALL.iter().map(|state| (state.as_str(), count(tasks.get(state)))).gather(),
    }))
}
