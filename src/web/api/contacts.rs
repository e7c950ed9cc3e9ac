//! May we approach this person? Asked with the number in the body, never in an address.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::problem::Problem;
use super::words;
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::moment::with_offset;
use crate::domain::private::Private;
use crate::ledger::{Unclear, quarantine};
use crate::store::touch::Touch;
use crate::store::{Tx, contact, touch};
use crate::web::{At, House};

/// Whom it is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A phone number in any usual spelling, or another address that Lykt knows.
    #[schema(min_length = 1, max_length = 200)]
    address: String,
}

/// May we, and if not, why and when again.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    may_approach: bool,
    /// All reasons against it, the strongest first.
    #[schema(schema_with = words::reasons)]
    reasons: Vec<&'static str>,
    /// The first day on which the cooldown is over, when it stands in the way.
    #[schema(format = Date, required)]
    again_at: Option<String>,
    /// What happened last.
    #[schema(required)]
    last: Option<Happened>,
}

/// An entry of the ledger, without its note.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::kinds)]
    kind: &'static str,
    #[schema(required)]
    channel: Option<String>,
    #[schema(required)]
    campaign: Option<String>,
    #[schema(required)]
    detail: Option<String>,
}

/// May this person be approached now? A person who was never seen may; nobody, without a reason of their own, while a restored
/// database is in quarantine.
#[utoipa::path(post, path = "/api/v1/contacts/check", tag = "contacts", request_body = Asked,
    security(("token" = ["contacts:check"])), responses(
    (status = 200, description = "The answer; may not is one too", body = Answer),
    (status = "4XX", description = "400, 401, 403, 413, 415, or 422 when the address is not understood",
        body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Lykt cannot answer just now", body = Problem, content_type = "application/problem+json")))]
pub async fn check(State(house): At, Body(asked): Body<Asked>) -> Result<Json<Answer>, Problem> {
    let mut tx = house.db.read().await?;
    let address = address(&house, &mut tx, &asked.address).await?;
    let answer = house.ledger.check(&mut tx, &address).await?;
    let held = quarantine::get(&mut tx).await?.is_some();
    let vault = &house.ledger.vault;
    let known = contact::find(&mut tx, &vault.blind(address.expose())).await?.map(|known| known.id);
    let last = match known {
        Some(id) => touch::history(&mut tx, vault, id).await?.pop(),
        None => None,
    };
    drop(tx);
    let on = known.map_or(On::Nothing, On::Contact);
    house.ledger.book().note_alone(&house.db, Act::LookedUp, on, None).await?;
    Ok(Json(Answer {
        may_approach: answer.may_approach() && !held,
        reasons: answer.reasons.iter().map(|reason| reason.as_str()).collect(),
        again_at: answer.again_at.map(|day| day.to_string()),
        last: last.map(|entry| happened(&house, entry)),
    }))
}

fn happened(house: &House, entry: Touch) -> Happened {
    let Touch { channel, campaign, detail, .. } = entry;
    Happened { at: moment(house, entry.at), kind: entry.kind.as_str(), channel, campaign, detail }
}

/// A stored time: local, with its offset.
pub(super) fn moment(house: &House, ms: i64) -> String {
    with_offset(ms, house.ledger.clock.zone())
}

/// The address that was meant, read as the pages and the commands read it.
pub(super) async fn address(house: &House, tx: &mut Tx, written: &str) -> Result<Private, Problem> {
    let found = house.ledger.look_up(tx, written, house.settings.organisation.region).await?;
    found.map_err(not_understood)
}

/// As [`address`]; a number that no plan knows is taken too.
pub(super) async fn address_of_a_no(house: &House, tx: &mut Tx, written: &str) -> Result<Private, Problem> {
    let found = house.ledger.look_up(tx, written, house.settings.organisation.region).await?;
    found.or_else(Unclear::for_a_no).map_err(not_understood)
}

/// Without the number that may be meant: what is answered here may stand in somebody's log.
fn not_understood(unclear: Unclear) -> Problem {
    let why = match unclear {
        Unclear::Number(problem) => format!("the address is not understood: {}", problem.code.text().en),
        Unclear::MayBe(_) => "no numbering plan knows this number; if it is right, write + and its digits with the \
                              country's code, and nothing around it"
            .to_owned(),
        other => other.explain().en,
    };
    Problem::unusable("address", why)
}
