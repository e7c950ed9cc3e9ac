//! The accounts, read one by one: each by its `kind`, so that a mistake in one keeps its key.

use std::collections::BTreeMap;

use config::{ConfigError, Map, Value};
use serde::Deserialize;

use super::gateway::Account;
use super::mistake::Mistake;
use crate::text;

/// Reads `[gateways]`.
///
/// # Errors
/// The first mistake, with its key.
pub(super) fn read(gateways: Option<Value>) -> Result<BTreeMap<String, Account>, Mistake> {
    let gateways = gateways.map_or(Ok(Map::new()), Value::into_table);
    let all = gateways.map_err(|error| Mistake::from(error).under("gateways"))?;
    let one = |(name, value): (String, Value)| {
        let account = account(value).map_err(|mistake| mistake.under(&format!("gateways.{name}")))?;
        Ok((name, account))
    };
    all.into_iter().map(one).collect()
}

/// Reads one account.
pub(super) fn account(value: Value) -> Result<Account, Mistake> {
    let mut said = value.into_table()?;
    let kind = said.remove("kind").ok_or(ConfigError::NotFound("kind".to_owned()))?;
    let said = Value::from(said);
    Ok(match kind.into_string()?.as_str() {
        "twilio" => Account::Twilio(Deserialize::deserialize(said)?),
        "whatsapp_cloud" => Account::WhatsAppCloud(Deserialize::deserialize(said)?),
        "declarative" => Account::Declarative(Deserialize::deserialize(said)?),
        "simulator" => Account::Simulator(Deserialize::deserialize(said)?),
        other => {
            let reason = text!(
                "`{other}` is no kind of account; write twilio, whatsapp_cloud, declarative or simulator",
                "`{other}` er ingen type konto; skriv twilio, whatsapp_cloud, declarative eller simulator"
            );
            return Err(Mistake::at("kind", reason));
        }
    })
}
