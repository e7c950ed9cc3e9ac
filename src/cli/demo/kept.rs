//! Whether the promises were kept in the demo.

use serde_json::{Value, json};

use crate::cli::app::App;
use crate::cli::status;
use crate::domain::lang::Lang;
use crate::domain::span::DAY_MS;
use crate::say;
use crate::store::{Tx, campaign, promise};

/// How often each promise was broken: 0, or Lykt has a fault.
pub(super) struct Kept {
    twice: i64,
    after_no: i64,
    in_cooldown: i64,
    lost: i64,
}

impl Kept {
    /// Counts what a campaign broke.
    pub async fn count(app: &App, name: &str) -> anyhow::Result<Self> {
        let mut tx = app.db.read().await?;
        let six_months = 181 * DAY_MS;
        Ok(Self {
            twice: promise::twice(&mut tx, name).await?,
            after_no: promise::after_no(&mut tx, name).await?,
            in_cooldown: promise::in_cooldown(&mut tx, name, six_months).await?,
            lost: lost(&mut tx, app, name).await?,
        })
    }

    pub fn all(&self) -> bool {
        self.twice + self.after_no + self.in_cooldown + self.lost == 0
    }

    pub fn json(&self) -> Value {
        json!({ "twice": self.twice, "after_no": self.after_no, "in_cooldown": self.in_cooldown, "lost": self.lost })
    }

    pub fn sentences(&self, lang: Lang) -> [(String, i64); 4] {
        [
            (say!(lang, "people who got it twice", "personer som fikk den to ganger"), self.twice),
            (say!(lang, "messages or calls after a no", "meldinger eller samtaler etter et nei"), self.after_no),
            (say!(lang, "messages inside somebody's cooldown", "meldinger i noens ventetid"), self.in_cooldown),
            (say!(lang, "planned messages without a state", "planlagte meldinger uten tilstand"), self.lost),
        ]
    }
}

/// Planned messages that stand in no state.
async fn lost(tx: &mut Tx, app: &App, name: &str) -> anyhow::Result<i64> {
    let Some(status) = status::read(tx, app, name).await? else { return Ok(0) };
    let plan = campaign::get(tx, name).await?.and_then(|campaign| campaign.plan_id);
    let Some(plan) = plan else { return Ok(0) };
    let plan = campaign::plan(tx, &app.ledger.vault, plan).await?;
    let standing: i64 = status.messages.values().sum();
    Ok(plan.map_or(0, |plan| (plan.eligible - standing).abs()))
}
