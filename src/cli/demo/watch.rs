//! The days of the demo: what goes out and comes in, and what staff do about it.

use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::json;

use super::kept::Kept;
use super::stage::Stage;
use crate::cli::app::App;
use crate::cli::glyph::{self, drawn};
use crate::cli::status::{self, Status};
use crate::cli::table::{Table, wrap};
use crate::domain::campaign::CampaignState;
use crate::domain::lang::number_of;
use crate::domain::message::MessageState;
use crate::domain::reply::ReplyKind;
use crate::inbox;
use crate::say;
use crate::store::{notice, reply};
use crate::tasks::outcome::Outcome;
use crate::tasks::{Registered, Tasks};

/// The days pass for this long in real milliseconds, unless the campaign is finished before.
pub(super) const LONGEST_MS: i64 = 36_000;
const LOOK: Duration = Duration::from_millis(180);
/// Calls that the two make between two looks.
const CALLS: usize = 14;
/// Which of the daily notices is shown,
const MAIL_SHOWN: usize = 3;
/// and how wide, in a terminal of eighty columns.
const MAIL_WIDTH: usize = 73;
/// How the two made-up colleagues' calls end, in turn.
const OUTCOMES: [Outcome; 8] = [
    Outcome::Talked,
    Outcome::NoAnswer,
    Outcome::Thanks,
    Outcome::NoAnswer,
    Outcome::Talked,
    Outcome::OptOut,
    Outcome::WrongNumber,
    Outcome::Talked,
];

/// Watches the campaign, and lets two made-up colleagues do their part, until it ends or a minute is near.
pub(super) async fn watch(stage: &Stage, app: &App, name: &str, longest_ms: i64) -> anyhow::Result<Kept> {
    let tasks = Tasks::of(app.ledger.clone(), &app.settings);
    let mut days = Days { stage, app, tasks, day: None, notices: 0, calls: 0, list_shown: false, bar: bar(stage) };
    stage.heading(&say!(stage.lang, "5. The days pass", "5. Dagene går"));
    let end = app.ledger.clock.steady_ms() + longest_ms;
    while app.ledger.clock.steady_ms() < end {
        tokio::time::sleep(LOOK).await;
        let mut tx = app.db.read().await?;
        let Some(status) = status::read(&mut tx, app, name).await? else { break };
        drop(tx);
        days.look(&status).await?;
        if status.campaign.state == CampaignState::Finished {
            break;
        }
    }
    days.bar.finish_and_clear();
    Kept::count(app, name).await
}

struct Days<'a> {
    stage: &'a Stage,
    app: &'a App,
    tasks: Tasks,
    day: Option<jiff::civil::Date>,
    notices: usize,
    calls: usize,
    list_shown: bool,
    bar: ProgressBar,
}

impl Days<'_> {
    async fn look(&mut self, status: &Status) -> anyhow::Result<()> {
        self.progress(status);
        self.tell_notices().await?;
        let today = self.app.ledger.clock.today();
        let hour = self.app.ledger.clock.zoned().hour();
        if self.day != Some(today) && hour >= 9 {
            self.day = Some(today);
            self.morning(status).await?;
        }
        if (9..21).contains(&hour) {
            self.call().await?;
        }
        Ok(())
    }

    fn progress(&self, status: &Status) {
        let left = status.messages.get(&MessageState::Queued).copied().unwrap_or(0);
        self.bar.set_length(u64::try_from(status.planned).unwrap_or(0));
        self.bar.set_position(u64::try_from(status.planned - left).unwrap_or(0));
        self.bar.set_message(self.app.ledger.clock.zoned().strftime("%a %d %b %H:%M").to_string());
    }

    /// What the daily notice says: how many, and where to look; nobody's name.
    async fn tell_notices(&mut self) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let all = notice::since(&mut tx, 0).await?;
        for notice in all.iter().skip(self.notices) {
            self.stage.event("notice", json!({ "subject": notice.subject, "body": notice.body }));
            if self.notices == MAIL_SHOWN {
                let told = say!(
                    self.stage.lang,
                    "The morning's mail to staff, without persons",
                    "Morgenens e-post til ansatte, uten personer"
                );
                self.print(&format!("  ✉ {told}: {}", notice.subject));
                let lines = notice.body.lines().flat_map(|line| wrap(line, MAIL_WIDTH));
                lines.for_each(|line| self.print(&format!("    │ {line}")));
            }
            self.notices += 1;
        }
        Ok(())
    }

    async fn morning(&mut self, status: &Status) -> anyhow::Result<()> {
        let count = |states: &[MessageState]| -> i64 { states.iter().filter_map(|s| status.messages.get(s)).sum() };
        let out = count(&[
            MessageState::Accepted,
            MessageState::Sent,
            MessageState::Delivered,
            MessageState::Read,
            MessageState::Undelivered,
        ]);
        let arrived = count(&[MessageState::Delivered, MessageState::Read]);
        let answers: i64 = status.replies.values().sum();
        let noes = status.replies.get(&ReplyKind::OptOut).copied().unwrap_or(0);
        let (planned, day) = (status.planned, self.app.ledger.clock.zoned().strftime("%Y-%m-%d").to_string());
        if out == 0 {
            return Ok(());
        }
        self.print(&say!(
            self.stage.lang,
            "{day}  out {out} of {planned} · arrived {arrived} · answers {answers} · noes {noes} · calls {}",
            "{day}  ute {out} av {planned} · frem {arrived} · svar {answers} · nei {noes} · ringt {}",
            self.calls
        ));
        self.stage.event("day", json!({ "day": day, "status": status.json() }));
        self.read_inbox().await?;
        self.show_list().await
    }

    /// Somebody reads the answers; until then each holds its contact.
    async fn read_inbox(&self) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let answers = reply::list(&mut tx, &self.app.ledger.vault, false, 500).await?;
        drop(tx);
        let mut kinds = Vec::new();
        for answer in &answers {
            if kinds.len() < 3 && !kinds.contains(&answer.kind) {
                kinds.push(answer.kind);
                let (kind, text) = (answer.kind.as_str(), answer.text.as_ref().map_or("", |text| text.expose()));
                self.print(&format!("  ↩ {kind:<12} “{text}”"));
            }
        }
        for answer in &answers {
            let mut tx = self.app.db.begin().await?;
            inbox::read(&self.app.ledger, &mut tx, answer.id, Some("Amanda")).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The day's call list, once.
    async fn show_list(&mut self) -> anyhow::Result<()> {
        let mut tx = self.app.db.read().await?;
        let list = self.tasks.today(&mut tx).await?;
        if list.is_empty() || self.list_shown {
            return Ok(());
        }
        self.list_shown = true;
        let mut table = Table::new([
            say!(self.stage.lang, "call", "samtale"),
            say!(self.stage.lang, "due", "frist"),
            say!(self.stage.lang, "why", "hvorfor"),
            say!(self.stage.lang, "language", "språk"),
        ]);
        for entry in list.iter().take(6) {
            let task = &entry.task;
            let due = self.app.ledger.clock.day_of(task.due_at).to_string();
            let language = task.language.clone().unwrap_or_default();
            table.row([task.id.short(), due, entry.why.pick(self.stage.lang).to_owned(), language]);
        }
        let n = list.len();
        let calls = number_of(n, ["call", "calls"], ["samtale", "samtaler"]);
        let calls = calls.pick(self.stage.lang);
        self.print(&say!(self.stage.lang, "  The day's call list: {calls}", "  Dagens ringeliste: {calls}"));
        self.print(&table.to_string());
        self.stage.event("call_list", json!({ "calls": n }));
        Ok(())
    }

    /// Two colleagues take calls from the same list; nobody holds a call that another has.
    async fn call(&mut self) -> anyhow::Result<()> {
        for who in ["Amanda", "Kim"].into_iter().cycle().take(CALLS) {
            let Ok(claim) = self.tasks.next(&self.app.db, who).await? else { return Ok(()) };
            let outcome = OUTCOMES[self.calls % OUTCOMES.len()];
            self.calls += 1;
            let mut tx = self.app.db.begin().await?;
            let call = Registered::new(outcome);
            if self.tasks.done(&mut tx, claim.task.id, who, &call).await?.is_ok() {
                tx.commit().await?;
            }
        }
        Ok(())
    }

    fn print(&self, text: &str) {
        if self.bar.is_hidden() {
            self.stage.line(text);
        } else {
            self.bar.println(drawn(text));
        }
    }
}

fn bar(stage: &Stage) -> ProgressBar {
    if !stage.is_watched() {
        return ProgressBar::hidden();
    }
    ProgressBar::new(0).with_style(glyph::style("  {msg} [{bar:36}] {pos}/{len}"))
}
