//! `lykt status CAMPAIGN`: where every planned message stands.

use std::collections::BTreeMap;

use serde_json::json;

use super::app::App;
use super::life::{CampaignArgs, no_campaign};
use super::table::{Table, bar, tell, wrap};
use super::{Ctx, Exit, change};
use crate::campaign::file::Definition;
use crate::domain::campaign::{CampaignState, Change};
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::reply::ReplyKind;
use crate::say;
use crate::store::figures::VariantCount;
use crate::store::task::TaskState;
use crate::store::{Tx, account, campaign, figures, reply, task};
use crate::text;

/// A campaign in figures.
pub(super) struct Status {
    pub state: CampaignState,
    pub reason: Option<String>,
    /// What is not as it was approved.
    changed: Option<Change>,
    pub planned: i64,
    pub messages: BTreeMap<MessageState, i64>,
    pub replies: BTreeMap<ReplyKind, i64>,
    pub tasks: BTreeMap<TaskState, i64>,
    /// Whether the messages are calls.
    calls: bool,
    goal: Option<String>,
    variants: Vec<VariantCount>,
    reasons: Vec<(MessageState, String, i64)>,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: CampaignArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    let mut tx = app.db.read().await?;
    let Some(status) = read(&mut tx, &app, &args.campaign).await? else {
        return Ok(no_campaign(ctx, &args.campaign));
    };
    if ctx.json {
        println!("{}", status.json());
        return Ok(Exit::Done);
    }
    status.show(ctx, &args.campaign);
    for (name, reason) in account::paused(&mut tx, app.ledger.clock.now_ms()).await? {
        tell(&say!(
            ctx.lang,
            "The account {name} is paused ({reason}): mend it, then `lykt gateway test {name}`.",
            "Kontoen {name} er satt på pause ({reason}): rett feilen, så `lykt gateway test {name}`."
        ));
    }
    Ok(Exit::Done)
}

/// Reads a campaign's figures; `None` when it was never planned.
pub(super) async fn read(tx: &mut Tx, app: &App, name: &str) -> anyhow::Result<Option<Status>> {
    let Some(campaign) = campaign::get(tx, name).await? else { return Ok(None) };
    let changed = change::of_live(tx, app, &campaign).await?;
    let mut messages = figures::counts(tx, name).await?;
    let enqueued: i64 = messages.values().sum();
    let plan = match campaign.plan_id {
        Some(id) => campaign::plan(tx, &app.ledger.vault, id).await?,
        None => None,
    };
    let definition = plan.as_ref().and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok());
    let calls = definition.as_ref().is_some_and(|definition| definition.calls.is_some());
    let goal = definition.and_then(|definition| definition.goal);
    let planned = match campaign.state {
        // On their way into the outbox, or not approved yet: planned, and not begun.
        CampaignState::Planned | CampaignState::Approved => plan.map_or(0, |plan| plan.eligible).max(enqueued),
        _ => enqueued,
    };
    *messages.entry(MessageState::Queued).or_default() += planned - enqueued;
    let replies = reply::counts(tx, name).await?;
    let tasks = task::counts(tx, name).await?;
    Ok(Some(Status {
        state: campaign.state,
        reason: campaign.reason,
        changed,
        planned,
        messages,
        replies,
        tasks,
        calls,
        goal,
        variants: figures::by_variant(tx, name).await?,
        reasons: figures::reasons(tx, name).await?,
    }))
}

impl Status {
    /// As CONTRACT has it: every state, adding up to `planned`.
    pub(super) fn json(&self) -> serde_json::Value {
        let messages: BTreeMap<&str, i64> =
            MessageState::ALL.iter().map(|s| (s.as_str(), self.messages.get(s).copied().unwrap_or(0))).collect();
        let replies: BTreeMap<&str, i64> =
            ReplyKind::ALL.iter().map(|k| (k.as_str(), self.replies.get(k).copied().unwrap_or(0))).collect();
        let tasks: BTreeMap<&str, i64> =
            TaskState::ALL.iter().map(|s| (s.as_str(), self.tasks.get(s).copied().unwrap_or(0))).collect();
        let variants: BTreeMap<&str, serde_json::Value> = self
            .variants
            .iter()
            .map(|v| (v.variant.as_str(), json!({ "planned": v.planned, "sent": v.sent, "answered": v.answered })))
            .collect();
        let reasons: Vec<serde_json::Value> = self
            .reasons
            .iter()
            .map(|(state, reason, n)| json!({ "state": state.as_str(), "reason": reason, "messages": n }))
            .collect();
        json!({
            "state": self.state.as_str(), "reason": self.reason,
            "changed": self.changed.map(Change::as_str), "goal": self.goal, "planned": self.planned,
            "messages": messages, "reasons": reasons, "variants": variants, "replies": replies, "tasks": tasks,
        })
    }

    pub(super) fn show(&self, ctx: &Ctx, name: &str) {
        let (state, planned) = (self.state.as_str(), self.planned);
        tell(&say!(ctx.lang, "{name}: {state}, {planned} planned", "{name}: {state}, {planned} planlagt"));
        if let Some(goal) = &self.goal {
            tell(&format!("{}: {goal}", say!(ctx.lang, "goal", "mål")));
        }
        let mut table = Table::new([
            say!(ctx.lang, "messages", "meldinger"),
            say!(ctx.lang, "state", "tilstand"),
            say!(ctx.lang, "share", "andel"),
            say!(ctx.lang, "what it means", "hva det betyr"),
        ]);
        for (state, n) in self.messages.iter().filter(|(_, n)| **n > 0) {
            let meaning = if self.calls { meaning_of_call(*state) } else { state.text() }.pick(ctx.lang).to_owned();
            table.row([n.to_string(), state.as_str().to_owned(), bar(*n, planned, 16), meaning]);
        }
        table.right(0);
        println!("{table}");
        if self.variants.len() > 1 {
            println!("{}", self.by_variant(ctx));
        }
        let replies: i64 = self.replies.values().sum();
        if replies > 0 {
            let kinds: Vec<String> = self.replies.iter().map(|(kind, n)| format!("{} {n}", kind.as_str())).collect();
            let told = format!("{}: {}", say!(ctx.lang, "{replies} answers", "{replies} svar"), kinds.join(", "));
            wrap(&told, ctx.width()).iter().for_each(|line| println!("{line}"));
        }
        if !self.tasks.is_empty() {
            let states: Vec<String> = self.tasks.iter().map(|(state, n)| format!("{} {n}", state.as_str())).collect();
            tell(&format!("{}: {}", say!(ctx.lang, "calls", "ringeoppgaver"), states.join(", ")));
        }
        if let Some(why) = self.why(ctx, name) {
            tell(&why);
        }
    }
}

impl Status {
    /// Why it stands where it does, and what to do, when there is something to say.
    fn why(&self, ctx: &Ctx, name: &str) -> Option<String> {
        if let Some(change) = self.changed {
            return Some(change::told(ctx.lang, name, self.state, change));
        }
        let reason = self.reason.as_deref()?;
        Some(match (self.state, Change::is_reason(reason)) {
            (CampaignState::Paused, true) => say!(
                ctx.lang,
                "It was paused because its files had changed; they are as approved again.\nGo on with `lykt resume {name}`.",
                "Den ble satt på pause fordi filene var endret; nå er de som godkjent igjen.\nGå videre med `lykt resume {name}`."
            ),
            (CampaignState::Planned, true) => say!(
                ctx.lang,
                "The approval is void, because the files changed before anything was sent.\nLook again with `lykt plan {name}`, then `lykt approve {name}`.",
                "Godkjenningen gjelder ikke lenger, fordi filene ble endret før noe var sendt.\nSe igjen med `lykt plan {name}`, så `lykt approve {name}`."
            ),
            _ => format!("{}: {reason}", say!(ctx.lang, "why", "hvorfor")),
        })
    }

    /// The versions of the message, and how many of the people who got each answered.
    fn by_variant(&self, ctx: &Ctx) -> Table {
        let mut table = Table::new([
            say!(ctx.lang, "variant", "variant"),
            say!(ctx.lang, "planned", "planlagt"),
            say!(ctx.lang, "sent", "sendt"),
            say!(ctx.lang, "answered", "svarte"),
            say!(ctx.lang, "of those sent", "av de sendte"),
        ]);
        for v in &self.variants {
            let share = if v.sent > 0 { format!("{} %", v.answered * 100 / v.sent) } else { String::new() };
            table.row([v.variant.clone(), v.planned.to_string(), v.sent.to_string(), v.answered.to_string(), share]);
        }
        (1..5).for_each(|column| table.right(column));
        table
    }
}

/// The same in a campaign of calls.
fn meaning_of_call(state: MessageState) -> Text {
    match state {
        MessageState::Accepted => text!("on the call list", "på ringelisten"),
        MessageState::Delivered => text!("reached", "nådd"),
        MessageState::Undelivered => text!("not reached", "ikke nådd"),
        MessageState::Withdrawn => text!("not called, with a reason", "ikke ringt, med grunn"),
        other => other.text(),
    }
}
