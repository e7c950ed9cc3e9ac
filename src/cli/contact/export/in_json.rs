//! Everything about a person as JSON. Words are never translated.

use serde_json::{Value, json};

use super::super::Desk;
use super::super::check::heard;
use super::{Known, Source};
use crate::store::audit::Entry;
use crate::store::direct::Direct;
use crate::store::message::{Letter, Message};
use crate::store::partner::Saying;
use crate::store::reply::Reply;
use crate::store::task::Task;

impl Desk<'_> {
    pub(super) fn in_json(&self, known: &Known) -> Value {
        let person = &known.person;
        json!({
            "known": true,
            "contact": person.id.to_string(),
            "addresses": known.addresses.iter().map(|address| address.expose().clone()).collect::<Vec<_>>(),
            "language": person.language,
            "prefers": known.prefers,
            "handed_over": known.kept.as_ref().map(|kept| json!({
                "from": kept.before, "to": kept.by, "at": self.moment(kept.since),
            })),
            "opted_out": person.opted_out,
            "noes": known.noes.iter().map(|no| json!({ "day": no.day, "source": no.source })).collect::<Vec<_>>(),
            "partners": self.told_json(&known.told),
            "left_out": person.left_out,
            "contacted_at": person.contacted_at.map(|at| self.moment(at)),
            "sources": self.sources_json(&known.sources),
            "history": known.history.iter().map(|entry| self.entry_json(entry)).collect::<Vec<_>>(),
            "messages": known.messages.iter().map(|(m, letter)| self.message_json(m, letter)).collect::<Vec<_>>(),
            "sent_by_hand": known.by_hand.iter().map(|(d, letter)| self.direct_json(d, letter)).collect::<Vec<_>>(),
            "replies": known.replies.iter().map(|reply| self.reply_json(reply)).collect::<Vec<_>>(),
            "tasks": known.tasks.iter().map(|task| self.task_json(task)).collect::<Vec<_>>(),
            "seen": known.seen.iter().map(|entry| self.seen_json(known, entry)).collect::<Vec<_>>(),
        })
    }

    pub(super) fn told_json(&self, told: &[Saying]) -> Value {
        told.iter().map(heard).collect()
    }

    pub(super) fn sources_json(&self, sources: &[Source]) -> Value {
        let one = |source: &Source| {
            json!({
                "campaign": source.campaign, "title": source.title, "list": source.list, "line": source.line,
                "basis": source.basis, "decision": source.decision.as_str(), "at": self.moment(source.at),
            })
        };
        sources.iter().map(one).collect()
    }

    fn message_json(&self, m: &Message, letter: &Letter) -> Value {
        json!({
            "id": m.id.to_string(), "campaign": m.campaign, "state": m.state.as_str(), "at": self.moment(m.state_at),
            "channel": m.channel, "language": m.language, "text": words(letter), "image": letter.media.is_some(),
            "place": letter.region, "row": letter.cells,
        })
    }

    fn direct_json(&self, d: &Direct, letter: &Letter) -> Value {
        json!({
            "id": d.id.to_string(), "kind": d.kind.as_str(), "state": d.state.as_str(), "at": self.moment(d.made_at),
            "channel": d.channel, "by": d.made_by, "text": words(letter),
        })
    }

    fn reply_json(&self, reply: &Reply) -> Value {
        json!({
            "id": reply.id.to_string(), "at": self.moment(reply.received_at), "kind": reply.kind.as_str(),
            "channel": reply.channel, "language": reply.language, "campaign": reply.campaign,
            "text": reply.text.as_ref().map(|text| text.expose()),
        })
    }

    fn task_json(&self, task: &Task) -> Value {
        json!({
            "id": task.id.to_string(), "kind": task.kind, "campaign": task.campaign, "state": task.state.as_str(),
            "reason": task.reason, "due": self.moment(task.due_at), "outcome": task.outcome,
        })
    }

    fn seen_json(&self, known: &Known, entry: &Entry) -> Value {
        json!({
            "at": self.moment(entry.at), "act": entry.act, "who": entry.who,
            "name": entry.who_id.and_then(|id| known.names.get(&id)), "os_user": entry.who_os,
        })
    }
}

/// The text; null when its time was over.
fn words(letter: &Letter) -> Option<&str> {
    (!letter.is_gone()).then_some(letter.text.as_str())
}
