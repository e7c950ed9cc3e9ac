//! The calls of the day: see them, take one, say how it went. The token's name is who does it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::contacts::moment;
use super::problem::Problem;
use super::words;
use crate::access::Bearer;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::TaskId;
use crate::domain::outcome::Outcome;
use crate::domain::private::Private;
use crate::ledger::trust;
use crate::tasks::{self, Refusal, outcome};
use crate::web::{At, House};

/// A task of the day's list.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    #[schema(format = Uuid)]
    id: String,
    kind: String,
    #[schema(format = DateTime)]
    due: String,
    /// The contact's id; never a number.
    #[schema(format = Uuid)]
    contact: String,
    #[schema(schema_with = words::task_states)]
    state: &'static str,
    why: String,
}

/// A task that is held now.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    #[schema(format = Uuid)]
    id: String,
    #[schema(schema_with = words::task_states)]
    state: &'static str,
    /// For so many seconds nobody else gets it.
    seconds: i64,
}

/// How a call ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    #[schema(schema_with = words::outcomes)]
    outcome: String,
    /// When they asked to be called or visited, for call_later and wants_visit.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// What was said; sealed.
    #[schema(max_length = 10000)]
    note: Option<String>,
    /// What they speak, for other_language.
    #[schema(pattern = "^[a-z]{2,3}$")]
    language: Option<String>,
    /// Whether it weighs on who called.
    #[serde(default)]
    heavy: bool,
}

/// What became of the task.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Became {
    #[schema(format = Uuid)]
    id: String,
    #[schema(schema_with = words::outcomes)]
    outcome: &'static str,
    #[schema(schema_with = words::task_states)]
    state: &'static str,
    /// When it comes back, when it does.
    #[schema(format = DateTime, required)]
    due: Option<String>,
}

/// The day's list, overdue first. Who said no, and whose answer nobody has read, are not on it.
#[utoipa::path(get, path = "/api/v1/tasks/today", tag = "tasks", security(("token" = ["tasks:read"])), responses(
    (status = 200, description = "The list", body = Vec<Task>),
    (status = "4XX", description = "401 or 403", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn today(State(house): At) -> Result<Json<Vec<Task>>, Problem> {
    let mut tx = house.db.read().await?;
    let list = house.tasks.today(&mut tx).await?;
    drop(tx);
    let many = i64::try_from(list.len()).ok();
    house.ledger.book().note_alone(&house.db, Act::TasksListed, On::Nothing, many).await?;
    let line = |entry: tasks::Entry| Task {
        id: entry.task.id.to_string(),
        kind: entry.task.kind,
        due: moment(&house, entry.task.due_at),
        contact: entry.task.contact.to_string(),
        state: entry.task.state.as_str(),
        why: entry.why.en,
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

/// Takes a call, or holds it longer: nobody else gets it meanwhile.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/claim", tag = "tasks", security(("token" = ["tasks:write"])),
    params(("id" = String, Path, format = Uuid, description = "The task")), responses(
    (status = 200, description = "It is held", body = Claimed),
    (status = "4XX", description = "400, 401, 403, 404, or 409 when a rule stands in the way",
        body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn claim(
    State(house): At,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
) -> Result<Json<Claimed>, Problem> {
    let id = task(&id)?;
    let mut tx = house.db.begin().await?;
    if !trust::is_trusted(&mut tx, &house.ledger.clock).await? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "clock",
            "the clock is in question, or the database in quarantine, so nothing begins: see lykt doctor",
        ));
    }
    let claim = house.tasks.claim(&mut tx, id, &bearer.name).await?.map_err(|why| refused(&house, &why))?;
    tx.commit().await?;
    Ok(Json(Claimed { id: id.to_string(), state: claim.task.state.as_str(), seconds: claim.lease_ms / 1000 }))
}

/// Says how a call went that this token holds.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/outcome", tag = "tasks", security(("token" = ["tasks:write"])),
    params(("id" = String, Path, format = Uuid, description = "The task")), request_body = Ended, responses(
    (status = 200, description = "It is registered", body = Became),
    (status = "4XX", description = "400, 401, 403, 404, 409 when it is not held, 413, 415, or 422 with what cannot be used",
        body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn outcome(
    State(house): At,
    Extension(bearer): Extension<Bearer>,
    Path(id): Path<String>,
    Body(ended): Body<Ended>,
) -> Result<Json<Became>, Problem> {
    let (id, call) = (task(&id)?, call(ended)?);
    let mut tx = house.db.begin().await?;
    let done = house.tasks.done(&mut tx, id, &bearer.name, &call).await?.map_err(|why| refused(&house, &why))?;
    tx.commit().await?;
    let due = match done.next {
        outcome::Next::Again(again) => Some(moment(&house, again.due_at)),
        outcome::Next::Done | outcome::Next::NoMore => None,
    };
    let state = if due.is_some() { "planned" } else { "done" };
    Ok(Json(Became { id: id.to_string(), outcome: done.outcome.as_str(), state, due }))
}

fn task(id: &str) -> Result<TaskId, Problem> {
    id.parse().map_err(|_| Problem::missing("there is no such task"))
}

fn call(ended: Ended) -> Result<tasks::Registered, Problem> {
    let Some(outcome) = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == ended.outcome) else {
        return Err(Problem::unusable("outcome", "this is no outcome: see openapi.json"));
    };
    let tag = |tag: &String| (2..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_lowercase());
    if !ended.language.as_ref().is_none_or(tag) {
        return Err(Problem::unusable("language", "write a language as two or three small letters"));
    }
    let note = ended.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > 10_000) {
        return Err(Problem::unusable("note", "a note has 1 to 10000 characters"));
    }
    let Ended { at, language, heavy, .. } = ended;
    Ok(tasks::Registered { outcome, at, note: note.map(Private::new), language, heavy })
}

fn refused(house: &House, why: &Refusal) -> Problem {
    let told = why.explain(house.ledger.clock.zone()).en;
    match why {
        Refusal::Unknown => Problem::missing(&told),
        Refusal::NoOutcome(_) => Problem::unusable("outcome", told),
        Refusal::NoTime | Refusal::BadTime | Refusal::NoCallsThen(_) => Problem::unusable("at", told),
        _ => Problem::new(StatusCode::CONFLICT, "refused", told),
    }
}
