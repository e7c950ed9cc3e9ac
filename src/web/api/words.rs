//! The closed lists of words, as schemas have them; each from where its words stand.

use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};

use crate::domain::campaign::CampaignState;
use crate::domain::decision::Decision;
use crate::domain::outcome::Outcome;
use crate::store::task::TaskState;
use crate::store::touch::TouchKind;

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

/// Why somebody may not be approached.
pub fn reasons() -> Schema {
    let reasons = Decision::ALL.iter().map(|word| word.as_str());
    utoipa::openapi::schema::ArrayBuilder::new().items(one_of(reasons)).build().into()
}

/// What kind of thing happened.
pub fn kinds() -> Schema {
    one_of(TouchKind::ALL.map(TouchKind::as_str)).into()
}

/// How a call ended.
pub fn outcomes() -> Schema {
    one_of(Outcome::ALL.map(Outcome::as_str)).into()
}

/// Where a task stands.
pub fn task_states() -> Schema {
    one_of(TaskState::ALL.map(TaskState::as_str)).into()
}

/// Where a campaign stands.
pub fn campaign_states() -> Schema {
    one_of(CampaignState::ALL.map(CampaignState::as_str)).into()
}
