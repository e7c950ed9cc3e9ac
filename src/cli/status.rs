//! `lykt status [CAMPAIGN]`: where every planned message stands.

use std::collections::BTreeMap;
use std::ops::Deref;

use clap::Args;
use serde_json::json;

use super::app::App;
use super::life::no_campaign;
use super::table::{Table, bar, tell, wrap};
use super::{Ctx, Exit, change, nodes};
use crate::domain::campaign::{CampaignState, Change, OwnPause};
use crate::domain::gather::Gather;
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::domain::message::MessageState;
use crate::domain::moment;
use crate::domain::reply::ReplyKind;
use crate::report::progress::{self, Progress};
use crate::report::room;
use crate::say;
use crate::store::figures::VariantCount;
use crate::store::task::TaskState;
use crate::store::{Tx, account, campaign, figures};

/// Which campaign, or the nodes.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The campaign: its file's name without .toml. Without it, all of them.
    campaign: Option<String>,
    /// Shows the daemons that share the database instead.
    #[arg(long, conflicts_with = "campaign")]
    nodes: bool,
}

/// A campaign in figures.
pub(super) struct Status {
    pub progress: Progress,
    /// What is not as it was approved.
    changed: Option<Change>,
    variants: Vec<VariantCount>,
    reasons: Vec<(MessageState, String, i64)>,
}

impl Deref for Status {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &self.progress
    }
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, args: StatusArgs) -> anyhow::Result<Exit> {
    let app = App::open(ctx).await?;
    if args.nodes {
        return nodes::show(ctx, &app).await;
    }
    let Some(campaign) = &args.campaign else { return all(ctx, &app).await };
    let mut tx = app.db.read().await?;
    let Some(status) = read(&mut tx, &app, campaign).await? else {
        return Ok(no_campaign(ctx, campaign));
    };
    if ctx.json {
        println!("{}", status.json());
        return Ok(Exit::Done);
    }
    status.show(ctx, campaign);
    nodes::say_held(ctx, &mut tx).await?;
    if let Some(until) = room::full_until(&mut tx, &app.settings, &status.progress, app.ledger.clock.now_ms()).await? {
        let until = moment::plain(until, app.ledger.clock.zone());
        tell(&say!(
            ctx.lang,
            "WhatsApp lets us write to no more new people for now; it goes on by itself from {until}.",
            "WhatsApp lar oss ikke skrive til flere nye personer nå; det går videre av seg selv fra {until}."
        ));
    }
    for name in room::deaf(&mut tx, &app.settings, &status.progress, &app.ledger.clock).await? {
        tell(&say!(
            ctx.lang,
            "Nothing is sent by {name}: no answer is known to reach us, so a no would not be heard. Does [server] public_url lead here? lykt doctor",
            "Ingenting sendes med {name}: det er ikke kjent at svar når oss, så et nei ville ikke blitt hørt. Leder [server] public_url hit? lykt doctor"
        ));
    }
    for (name, reason) in account::paused(&mut tx, app.ledger.clock.now_ms()).await? {
        tell(&say!(
            ctx.lang,
            "The account {name} is paused ({reason}): mend it, then `lykt gateway test {name}`.",
            "Kontoen {name} er satt på pause ({reason}): rett feilen, så `lykt gateway test {name}`."
        ));
    }
    Ok(Exit::Done)
}

/// Every campaign that was planned, in a line.
async fn all(ctx: &Ctx, app: &App) -> anyhow::Result<Exit> {
    let mut tx = app.db.read().await?;
    let mut found = Vec::new();
    for campaign in campaign::all(&mut tx).await? {
        if let Some(status) = read(&mut tx, app, &campaign.name).await? {
            found.push((campaign.name, status));
        }
    }
    if ctx.json {
        let line = |(name, status): &(String, Status)| {
            let mut line = status.json();
            line["campaign"] = json!(name);
            line
        };
        println!("{}", found.iter().map(line).collect::<serde_json::Value>());
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        tell(&say!(
            ctx.lang,
            "No campaign was planned yet: `lykt plan CAMPAIGN`.",
            "Ingen kampanje er planlagt ennå: `lykt plan KAMPANJE`."
        ));
    } else {
        println!("{}", table(ctx, &found));
    }
    nodes::say_held(ctx, &mut tx).await?;
    Ok(Exit::Done)
}

fn table(ctx: &Ctx, found: &[(String, Status)]) -> Table {
    let mut table = Table::new([
        say!(ctx.lang, "campaign", "kampanje"),
        say!(ctx.lang, "state", "tilstand"),
        say!(ctx.lang, "planned", "planlagt"),
        say!(ctx.lang, "waiting", "venter"),
        say!(ctx.lang, "in doubt", "uavklart"),
        say!(ctx.lang, "out", "ute"),
        say!(ctx.lang, "answers", "svar"),
    ]);
    for (name, status) in found {
        let of = |so: fn(MessageState) -> bool| {
            status.messages.iter().filter(|(state, _)| so(**state)).map(|(_, n)| n).sum::<i64>().to_string()
        };
        table.row([
            inert(name),
            status.campaign.state.text().pick(ctx.lang).to_owned(),
            status.planned.to_string(),
            of(|state| matches!(state, MessageState::Queued | MessageState::Submitting)),
            of(|state| state == MessageState::InDoubt),
            of(MessageState::is_out),
            status.replies.values().sum::<i64>().to_string(),
        ]);
    }
    (2..7).for_each(|column| table.right(column));
    table
}

/// Reads a campaign's figures; `None` when it was never planned.
pub(super) async fn read(tx: &mut Tx, app: &App, name: &str) -> anyhow::Result<Option<Status>> {
    let Some(progress) = progress::read(tx, &app.ledger, name).await? else { return Ok(None) };
    let changed = change::of_live(tx, app, &progress.campaign).await?;
    let (variants, reasons) = (figures::by_variant(tx, name).await?, figures::reasons(tx, name).await?);
    Ok(Some(Status { progress, changed, variants, reasons }))
}

impl Status {
    fn goal(&self) -> Option<&str> {
        self.definition.as_ref()?.goal.as_deref()
    }

    /// As CONTRACT has it: every state, adding up to `planned`.
    pub(super) fn json(&self) -> serde_json::Value {
        let messages: BTreeMap<&str, i64> =
            MessageState::ALL.iter().map(|s| (s.as_str(), self.messages.get(s).copied().unwrap_or(0))).gather();
        let replies: BTreeMap<&str, i64> =
            ReplyKind::ALL.iter().map(|k| (k.as_str(), self.replies.get(k).copied().unwrap_or(0))).gather();
        let tasks: BTreeMap<&str, i64> =
            TaskState::ALL.iter().map(|s| (s.as_str(), self.tasks.get(s).copied().unwrap_or(0))).gather();
        let variants: BTreeMap<&str, serde_json::Value> = self
            .variants
            .iter()
            .map(|v| (v.variant.as_str(), json!({ "planned": v.planned, "sent": v.sent, "answered": v.answered })))
            .gather();
        let reasons: Vec<serde_json::Value> = self
            .reasons
            .iter()
            .map(|(state, reason, n)| json!({ "state": state.as_str(), "reason": reason, "messages": n }))
            .collect();
        json!({
            "state": self.campaign.state.as_str(), "reason": self.campaign.reason,
            "changed": self.changed.map(Change::as_str), "goal": self.goal(), "planned": self.planned,
            "messages": messages, "reasons": reasons, "variants": variants, "replies": replies, "tasks": tasks,
        })
    }

    pub(super) fn show(&self, ctx: &Ctx, name: &str) {
        let (state, planned) = (self.campaign.state.text().pick(ctx.lang).to_owned(), self.planned);
        tell(&say!(ctx.lang, "{name}: {state}, {planned} planned", "{name}: {state}, {planned} planlagt"));
        if let Some(goal) = self.goal() {
            tell(&format!("{}: {goal}", say!(ctx.lang, "goal", "mål")));
        }
        let mut table = Table::new([
            say!(ctx.lang, "messages", "meldinger"),
            say!(ctx.lang, "state", "tilstand"),
            say!(ctx.lang, "share", "andel"),
            say!(ctx.lang, "what it means", "hva det betyr"),
        ]);
        for (state, n) in self.messages.iter().filter(|(_, n)| **n > 0) {
            let meaning = self.meaning(*state).pick(ctx.lang).to_owned();
            table.row([n.to_string(), state.as_str().to_owned(), bar(*n, planned, 16), meaning]);
        }
        table.right(0);
        println!("{table}");
        if self.variants.len() > 1 {
            println!("{}", self.by_variant(ctx));
        }
        let replies: i64 = self.replies.values().sum();
        if replies > 0 {
            let kinds: Vec<String> =
                self.replies.iter().map(|(kind, n)| format!("{} {n}", kind.text().pick(ctx.lang))).collect();
            let answers = number_of(replies, ["answer", "answers"], ["svar"; 2]);
            let told = format!("{}: {}", answers.pick(ctx.lang), kinds.join(", "));
            wrap(&told, ctx.width()).iter().for_each(|line| println!("{line}"));
        }
        if !self.tasks.is_empty() {
            let states: Vec<String> =
                self.tasks.iter().map(|(state, n)| format!("{} {n}", state.text().pick(ctx.lang))).collect();
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
            return Some(change::told(ctx.lang, name, self.campaign.state, change));
        }
        let reason = self.campaign.reason.as_deref()?;
        if let Some(why) = OwnPause::parse(reason).filter(|_| self.campaign.state == CampaignState::Paused) {
            let then = say!(ctx.lang, "Go on with `lykt resume {name}`.", "Gå videre med `lykt resume {name}`.");
            return Some(format!("{}\n{then}", why.explain().pick(ctx.lang)));
        }
        Some(match (self.campaign.state, Change::is_reason(reason)) {
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
            let share =
                if v.sent > 0 { format!("{} %", (v.answered * 200 + v.sent) / (v.sent * 2)) } else { String::new() };
            table.row([v.variant.clone(), v.planned.to_string(), v.sent.to_string(), v.answered.to_string(), share]);
        }
        (1..5).for_each(|column| table.right(column));
        table
    }
}
