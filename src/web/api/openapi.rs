//! The description of the API, made from the code that answers.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{campaigns, contacts, tasks, touches};

/// All of it.
#[derive(OpenApi)]
#[openapi(
    info(title = "Lykt", description = "For the system next door: check a contact, register a touch, today's calls, campaigns."),
    paths(contacts::check, touches::add, tasks::today, tasks::claim, tasks::outcome, campaigns::all, campaigns::one),
    modifiers(&Token)
)]
struct Api;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("made by `lykt token add`"));
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    }
}

/// `GET /api/v1/openapi.json`.
pub async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}
