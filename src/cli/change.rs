//! What of a campaign is not as it was approved, and what differs since: for `status`, `resume` and `plan`.

use super::Ctx;
use super::app::App;
use super::source::Folder;
use super::table::wrap;
use crate::campaign::difference;
use crate::campaign::file::Definition;
use crate::domain::campaign::{CampaignState, Change};
use crate::domain::lang::{Lang, number_of};
use crate::plan::{PlanError, changed};
use crate::say;
use crate::store::Tx;
use crate::store::campaign::{Campaign, Plan};

/// Lines of a difference that are shown; more is another campaign.
const MOST_LINES: usize = 60;

/// What of a live campaign is not as it was approved. The list only counts when nothing else has changed.
pub(super) async fn of_live(tx: &mut Tx, app: &App, campaign: &Campaign) -> Result<Option<Change>, PlanError> {
    changed::of_live(tx, &app.ledger, &Folder::of(app), campaign, true).await
}

/// What has changed and what to do about it, in lines of a terminal.
pub(super) fn told(lang: Lang, name: &str, state: CampaignState, change: Change) -> String {
    let (what, then) = (change.explain(name), change.remedy(name, state));
    wrap(&format!("{}. {}", what.pick(lang), then.pick(lang)), 78).join("\n")
}

/// Shows what a campaign's file says that its plan does not.
pub(super) fn show(ctx: &Ctx, plan: &Plan, state: CampaignState, now: &Definition) {
    let Some(was) = definition(plan) else { return };
    let lines: Vec<String> =
        difference::between(&was, now).iter().flat_map(|difference| difference.lines(ctx.lang)).collect();
    if lines.is_empty() {
        return;
    }
    println!(
        "{}",
        match state.is_live() {
            true => say!(ctx.lang, "Not as it was approved:", "Ikke som da den ble godkjent:"),
            false => say!(ctx.lang, "Since the last plan:", "Siden forrige plan:"),
        }
    );
    let more = lines.len().saturating_sub(MOST_LINES);
    for line in lines.into_iter().take(MOST_LINES) {
        let indent = if line.starts_with(' ') { "      " } else { "    " };
        for (n, part) in wrap_keeping(&line, 76).into_iter().enumerate() {
            println!("{}{part}", if n == 0 { "  " } else { indent });
        }
    }
    if more > 0 {
        let more = number_of(more, ["line", "lines"], ["linje", "linjer"]);
        println!("{}", say!(ctx.lang, "  and {} more", "  og {} til", more.pick(ctx.lang)));
    }
    println!();
}

/// As [`wrap`], but what a line begins with stays.
fn wrap_keeping(line: &str, width: usize) -> Vec<String> {
    let blanks = line.len() - line.trim_start().len();
    let mut parts = wrap(line, width - blanks - 2);
    if let Some(first) = parts.first_mut() {
        first.insert_str(0, &line[..blanks]);
    }
    parts
}

fn definition(plan: &Plan) -> Option<Definition> {
    serde_json::from_str(&plan.definition).ok()
}
