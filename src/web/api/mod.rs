//! The JSON API for the system next door: a file a resource, the words of the command line, and one shape for problems.
//!
//! Whoever comes has a token, and each door asks for one scope. No number stands in an address or in an answer.

mod body;
mod campaigns;
mod contacts;
pub(super) mod guard;
mod metrics;
mod openapi;
pub(super) mod problem;
mod tasks;
mod touches;
mod words;

use crate::domain::scope::Scope;
use crate::web::{Allow, Doors};

/// The doors.
pub fn doors(doors: Doors) -> Doors {
    doors
        .post("/api/v1/contacts/check", Allow::Scope(Scope::ContactsCheck), contacts::check)
        .post("/api/v1/touches", Allow::Scope(Scope::TouchesWrite), touches::add)
        .get("/api/v1/tasks/today", Allow::Scope(Scope::TasksRead), tasks::today)
        .post("/api/v1/tasks/{id}/claim", Allow::Scope(Scope::TasksWrite), tasks::claim)
        .post("/api/v1/tasks/{id}/outcome", Allow::Scope(Scope::TasksWrite), tasks::outcome)
        .get("/api/v1/campaigns", Allow::Scope(Scope::CampaignsRead), campaigns::all)
        .get("/api/v1/campaigns/{name}", Allow::Scope(Scope::CampaignsRead), campaigns::one)
        .get("/api/v1/openapi.json", Allow::Anyone, openapi::show)
        .get("/metrics", Allow::Scope(Scope::MetricsRead), metrics::show)
}
