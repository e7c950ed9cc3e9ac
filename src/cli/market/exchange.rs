//! `lykt market` for other programs: counts read from a file, all of them written, and a platform drawn.

use serde_json::{Value, json};

use super::super::table::{complain, tell};
use super::super::{Exit, print};
use super::{Desk, of};
use crate::domain::lang::number_of;
use crate::market::{self, Wrong};
use crate::say;

impl Desk<'_> {
    pub(super) async fn import(
        &self,
        file: &std::path::Path,
        platform: Option<&str>,
        who: &str,
    ) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        let lines = match market::read(file, platform, &self.names(), self.market.this_week()) {
            Ok(lines) => lines,
            Err(error) => {
                complain(error.text().pick(lang));
                return Ok(Exit::Usage);
            }
        };
        let wrong: Vec<_> = lines.iter().filter_map(|line| Some((line.line, line.read.as_ref().err()?))).collect();
        for (line, Wrong(why)) in wrong.iter().take(20) {
            complain(&format!("{}:{line}: {}", file.display(), why.pick(lang)));
        }
        if !wrong.is_empty() {
            let rows = number_of(wrong.len(), ["row is", "rows are"], ["rad", "rader"]);
            complain(&say!(
                lang,
                "{} wrong; nothing was imported",
                "{} er feil; ingenting ble importert",
                rows.pick(lang)
            ));
            return Ok(Exit::Usage);
        }
        let (mut changed, mut same) = (0, 0);
        let read: Vec<_> = lines.into_iter().filter_map(|line| line.read.ok()).collect();
        let mut tx = self.app.db.begin().await?;
        for (platform, week, count) in &read {
            match self.market.count(&mut tx, platform, *week, count, who).await? {
                true => changed += 1,
                false => same += 1,
            }
        }
        tx.commit().await?;
        if self.ctx.json {
            println!("{}", json!({ "changed": changed, "same": same }));
        } else {
            tell(&say!(
                lang,
                "Weeks written: {changed}. There already: {same}.",
                "Uker skrevet: {changed}. Der fra før: {same}."
            ));
        }
        Ok(Exit::Done)
    }

    pub(super) async fn export(&self) -> anyhow::Result<Exit> {
        let counts = self.counts(None).await?;
        if self.ctx.json {
            return print(&format!("{}\n", Value::from(counts.iter().map(of).collect::<Vec<_>>())));
        }
        print(&market::write(&counts, |at| self.app.ledger.clock.day_of(at).to_string()))
    }

    pub(super) async fn chart(&self, name: &str) -> anyhow::Result<Exit> {
        let Some(platform) = self.market.platform(name) else { return Ok(self.unknown(name)) };
        let weeks = market::whole(&self.counts(Some(name)).await?, self.market.this_week());
        if weeks.is_empty() {
            complain(&say!(self.ctx.lang, "nothing is counted yet", "ingenting er talt ennå"));
        }
        print(&market::draw(&weeks, platform.title.pick(self.ctx.lang), self.ctx.lang))
    }
}
