//! How far a campaign has come: every planned message in its state, and when it will be done. Reads only.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::campaign::file::Definition;
use crate::domain::campaign::CampaignState;
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::reply::ReplyKind;
use crate::ledger::Ledger;
use crate::store::campaign::{self, Campaign};
use crate::store::task::TaskState;
use crate::store::{DbError, Tx, figures, reply, tally, task};
use crate::text;

/// More windows than a campaign lasts.
const MOST_WINDOWS: usize = 1_000;

/// How far a campaign has come.
#[derive(Debug)]
pub struct Progress {
    /// Where it stands.
    pub campaign: Campaign,
    /// What it is, when its plan still says so.
    pub definition: Option<Definition>,
    /// Messages planned, those of erased people too.
    pub planned: i64,
    /// The same by state; they add up.
    pub messages: BTreeMap<MessageState, i64>,
    /// Answers by kind.
    pub replies: BTreeMap<ReplyKind, i64>,
    /// Calls by state.
    pub tasks: BTreeMap<TaskState, i64>,
}

/// Reads how far a campaign has come; `None` when it was never planned.
///
/// # Errors
/// As the database has it.
pub async fn read(tx: &mut Tx, ledger: &Ledger, name: &str) -> Result<Option<Progress>, DbError> {
    let Some(campaign) = campaign::get(tx, name).await? else { return Ok(None) };
    let mut messages = messages(tx, name).await?;
    let enqueued: i64 = messages.values().sum();
    let plan = match campaign.plan_id {
        Some(id) => campaign::plan(tx, &ledger.vault, id).await?,
        None => None,
    };
    let definition = plan.as_ref().and_then(|plan| serde_json::from_str(&plan.definition).ok());
    let planned = match campaign.state {
        // On their way into the outbox, or not approved yet: planned, and not begun.
        CampaignState::Planned | CampaignState::Approved => plan.map_or(0, |plan| plan.eligible).max(enqueued),
        _ => enqueued,
    };
    *messages.entry(MessageState::Queued).or_default() += planned - enqueued;
    let replies = reply::counts(tx, name).await?;
    let tasks = task::counts(tx, name).await?;
    Ok(Some(Progress { campaign, definition, planned, messages, replies, tasks }))
}

/// Messages by state, with those of erased people, of which only counts are left.
async fn messages(tx: &mut Tx, name: &str) -> Result<BTreeMap<MessageState, i64>, DbError> {
    let mut messages = figures::counts(tx, name).await?;
    for (what, _, _, n) in tally::of_campaign(tx, name).await? {
        if let Some(state) = erased(&what) {
            *messages.entry(state).or_default() += n;
        }
    }
    Ok(messages)
}

/// How the messages of a count ended: one that waited is never sent. `None` when it counts something else.
fn erased(what: &str) -> Option<MessageState> {
    let state = MessageState::parse(what.strip_prefix("message:")?.split(':').next()?)?;
    Some(match state {
        MessageState::Queued | MessageState::Submitting => MessageState::Withdrawn,
        state => state,
    })
}

impl Progress {
    /// Whether the messages are calls.
    pub fn is_calls(&self) -> bool {
        self.definition.as_ref().is_some_and(Definition::is_calls)
    }

    /// What a state means for the messages of this campaign.
    pub fn meaning(&self, state: MessageState) -> Text {
        let by_hand = self.definition.as_ref().is_some_and(Definition::is_by_hand);
        match state {
            MessageState::Accepted if by_hand => {
                text!("on the list, to be written by hand", "på listen, skrives for hånd")
            }
            MessageState::Sent if by_hand => text!("written by hand", "skrevet for hånd"),
            MessageState::Failed if by_hand => text!("could not be sent", "kunne ikke sendes"),
            MessageState::Undelivered if by_hand => text!("nobody got to it", "ingen rakk den"),
            _ => state.meaning(self.is_calls()),
        }
    }

    /// Messages in any of these states.
    pub fn count(&self, states: &[MessageState]) -> i64 {
        states.iter().filter_map(|state| self.messages.get(state)).sum()
    }

    /// Messages that have left us, as far as is known.
    pub fn sent(&self) -> i64 {
        self.messages.iter().filter(|(state, _)| state.is_out()).map(|(_, n)| n).sum()
    }

    /// Messages whose turn has not come.
    pub fn waiting(&self) -> i64 {
        self.count(&[MessageState::Queued, MessageState::Submitting])
    }

    /// When the last of those who wait would go, by the campaign's rate and window alone; `None` when that is after its
    /// last day, or nobody waits.
    pub fn done_at(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let definition = self.definition.as_ref().filter(|_| self.waiting() > 0)?;
        let begins = zone.to_timestamp(definition.starts.at(0, 0, 0, 0)).ok()?;
        let end = done_at(definition, self.waiting(), now.max(begins), zone)?;
        (zone.to_datetime(end).date() <= definition.ends).then_some(end)
    }
}

fn done_at(definition: &Definition, waiting: i64, from: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let window = &definition.window;
    let open = Duration::try_from(window.begins_for()).unwrap_or_default();
    let micros = definition.rate.within(open).interval();
    let mut left = waiting.checked_mul(micros)?;
    let mut at = from;
    for _ in 0..MOST_WINDOWS {
        at = window.next_begin_at(at, zone)?;
        let until = window.may_begin_at(at, zone)?;
        let room = until.as_microsecond() - at.as_microsecond();
        if left <= room {
            return Timestamp::from_microsecond(at.as_microsecond() + left).ok();
        }
        left -= room;
        at = until;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(rate: &str) -> Definition {
        let window = serde_json::json!({
            "days": ["mon", "tue", "wed", "thu", "fri"], "from": "11:00", "until": "18:00", "holidays": "NO"
        });
        serde_json::from_value(serde_json::json!({
            "name": "vinter", "title": "Vinter", "goal": null, "basis": "DPIA", "starts": "2026-01-01",
            "ends": "2027-01-31", "list": "list.csv", "columns": { "phone": "telefon" }, "where": {},
            "channels": ["sms"], "account": "a", "sender": "Amanda", "image": null, "require_language": false,
            "variants": [{ "name": "a", "weight": 1, "texts": { "nb": "Hei" } }],
            "window": window, "rate": rate, "follow_ups": [],
        }))
        .unwrap()
    }

    #[test]
    fn a_message_that_waited_when_its_person_was_erased_waits_no_more() {
        assert_eq!(erased("message:withdrawn:cooldown"), Some(MessageState::Withdrawn));
        assert_eq!(erased("message:queued"), Some(MessageState::Withdrawn));
        assert_eq!(erased("message:delivered"), Some(MessageState::Delivered));
        assert_eq!((erased("reply:thanks"), erased("task:open")), (None, None));
    }

    #[test]
    fn what_does_not_fit_into_a_day_goes_on_the_next_day_of_the_window() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let now = "2026-12-03T17:00:00+01:00".parse().unwrap();
        let at = |n| done_at(&definition("20/min"), n, now, &oslo).map(|at| oslo.to_datetime(at).to_string());
        assert_eq!(at(600).as_deref(), Some("2026-12-03T17:30:00"));
        // An hour is left of Thursday; Friday has the rest.
        assert_eq!(at(1_800).as_deref(), Some("2026-12-04T11:30:00"));
        assert_eq!(done_at(&definition("1/day"), i64::MAX, now, &oslo), None);
    }
}
