//! Whom a page is about: who may see them, what they are called, and what happened with them.

use tracing::warn;

use super::House;
use super::failure::Failure;
use super::frame::{Frame, Me};
use crate::domain::handle::masked;
use crate::domain::id::{ContactId, TaskId};
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, Text, number_of};
use crate::domain::moment;
use crate::domain::private::Private;
use crate::domain::role::Role;
use crate::domain::span::MINUTE_MS;
use crate::ledger::detail::explain;
use crate::ledger::{Answer, quarantine, trust};
use crate::store::contact::{self, Contact};
use crate::store::task::{self, Task};
use crate::store::touch::{self, Touch, TouchKind};
use crate::store::{DbError, Tx, colleague, keeping, message, outcome, reply};
use crate::tasks::Refusal;
use crate::{say, text};

/// A text of somebody else is cut to so many characters.
const MOST: usize = 1_000;
/// So many entries are shown, the newest.
const ENTRIES: usize = 60;

/// One thing that happened.
pub struct Happened {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
    /// How it went, by whom.
    pub how: String,
    /// What was written.
    pub text: Option<String>,
}

/// The task, if this person may see it. Peers see their own.
pub async fn task(tx: &mut Tx, me: &Me, id: TaskId) -> Result<Task, Failure> {
    let task = task::find(tx, id).await?.ok_or_else(Failure::missing)?;
    if me.0.role != Role::Peer || is_theirs(tx, me, &task).await? {
        return Ok(task);
    }
    warn!(task.id = %id, visitor.role = me.0.role.as_str(), "a task of somebody else was asked for");
    Err(Failure::missing())
}

async fn is_theirs(tx: &mut Tx, me: &Me, task: &Task) -> Result<bool, DbError> {
    let mine = |name: &Option<String>| name.as_deref() == Some(me.name());
    if mine(&task.owner) || mine(&task.claimed_by) {
        return Ok(true);
    }
    Ok(outcome::of_task(tx, task.id).await?.iter().any(|ended| ended.actor == me.name()))
}

/// The contact, if this person may see it. Peers see those with whom they have to do.
pub async fn contact(tx: &mut Tx, me: &Me, id: ContactId) -> Result<Contact, Failure> {
    let found = contact::get(tx, id).await?.ok_or_else(Failure::missing)?;
    if knows(tx, me, id).await? {
        return Ok(found);
    }
    warn!(contact.id = %id, visitor.role = me.0.role.as_str(), "a contact of somebody else was asked for");
    Err(Failure::missing())
}

/// Whether this person may see what happened with a contact.
pub async fn knows(tx: &mut Tx, me: &Me, id: ContactId) -> Result<bool, DbError> {
    Ok(me.0.role != Role::Peer || colleague::knows(tx, me.name(), id).await?)
}

/// An id in an address; what is none is nowhere.
pub fn id<T: std::str::FromStr>(written: &str) -> Result<T, Failure> {
    written.parse().map_err(|_| Failure::missing())
}

/// What a list calls a contact.
pub async fn name(house: &House, tx: &mut Tx, id: ContactId) -> Result<String, DbError> {
    let names = contact::names(tx, &house.ledger.vault, &[id]).await?;
    Ok(names.get(&id).map(|address| masked(address.expose())).unwrap_or_default())
}

/// Whether anything may begin: not in quarantine, and not when the clock has jumped.
pub async fn may_begin(house: &House, tx: &mut Tx) -> Result<Option<Text>, DbError> {
    if let Some(held) = quarantine::get(tx).await? {
        let Text { en, nb } = held.why.explain();
        return Ok(Some(text!(
            "Nobody is called or written to for now: {en}. Whoever runs Lykt confirms it with `lykt doctor`.",
            "Ingen ringes eller skrives til akkurat nå: {nb}. Den som driver Lykt, bekrefter det med `lykt doctor`."
        )));
    }
    Ok((!trust::is_trusted(tx, &house.ledger.clock).await?).then(|| {
        text!(
            "The clock of the machine has jumped: nobody is called until whoever runs Lykt has confirmed it.",
            "Klokken på maskinen har hoppet: ingen ringes før den som driver Lykt, har bekreftet den."
        )
    }))
}

/// A refusal as a sentence of a page.
pub fn refusal(house: &House, refusal: &Refusal) -> Text {
    let Text { en, nb } = match refusal {
        Refusal::NotHeld => text!(
            "you do not hold this task any more: take it again",
            "du har ikke denne oppgaven lenger: ta den igjen"
        ),
        Refusal::NoTime => text!("say when to call again", "si når det skal ringes igjen"),
        Refusal::TooLate => text!(
            "too late to take back: a day has passed, or something else has happened since. Write what is right in a note",
            "for sent å ta tilbake: det har gått et døgn, eller noe annet har skjedd siden. Skriv det som er riktig, i et notat"
        ),
        Refusal::NeedsReason => text!(
            "the outcome was a no: say how you know that it was a mistake",
            "utfallet var et nei: si hvordan du vet at det var en feil"
        ),
        other => other.explain(house.tasks.hours.zone()),
    };
    Text { en: sentence(&en), nb: sentence(&nb) }
}

/// With a capital and a full stop.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let head: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{head}{}{end}", chars.as_str())
}

/// The answer to "may we", in one sentence, and whether it is yes: never while nothing may begin.
pub async fn answer(house: &House, tx: &mut Tx, frame: &Frame, answer: &Answer) -> Result<(String, bool), DbError> {
    if answer.may_approach()
        && let Some(why) = may_begin(house, tx).await?
    {
        return Ok((frame.say(&why), false));
    }
    Ok((worded(house, frame, answer), answer.may_approach()))
}

fn worded(house: &House, frame: &Frame, answer: &Answer) -> String {
    let day = answer.again_at.map(|day| moment::day(frame.lang, day, house.ledger.clock.today()));
    let said = frame.say(&answer.sentence(day.as_deref()));
    match &answer.partner {
        Some(heard) => {
            let title = house.settings.partner_title(&heard.partner);
            format!("{said} {}", frame.say(&heard.sentence(title)))
        }
        None => said,
    }
}

/// What happened with somebody, newest first, on all channels and by everybody.
pub async fn story(house: &House, tx: &mut Tx, frame: &Frame, id: ContactId) -> Result<Vec<Happened>, DbError> {
    let vault = &house.ledger.vault;
    let mut entries = touch::history(tx, vault, id).await?;
    entries.reverse();
    entries.truncate(ENTRIES);
    let states = message::of_contact(tx, id).await?;
    let answers = reply::of_contact(tx, vault, id).await?;
    let one = |entry: &Touch| {
        let state = entry.message_id.and_then(|id| states.iter().find(|(message, _)| message.id == id));
        let state = state.map(|(message, _)| message.state.as_str());
        let theirs = answers.iter().find(|answer| entry.kind == TouchKind::Reply && answer.received_at == entry.at);
        let note = entry.note.as_ref().map(|note| clipped(note.expose()));
        let text = note.or_else(|| theirs.map(|answer| text_of(house, frame, answer.text.as_ref())));
        let detail = state.or(entry.detail.as_deref()).map(|word| explain(word).pick(frame.lang).to_owned());
        let how = [entry.channel.clone(), detail, entry.campaign.clone(), entry.actor.clone()];
        Happened {
            at: when(house, frame, entry.at),
            what: sentence(entry.kind.explain().pick(frame.lang)).trim_end_matches('.').to_owned(),
            how: inert(&how.into_iter().flatten().collect::<Vec<_>>().join(" · ")),
            text,
        }
    };
    let mut story: Vec<_> = entries.iter().map(|entry| (entry.at, one(entry))).collect();
    if let Some(kept) = keeping::of(tx, id).await? {
        let at = story.iter().position(|(at, _)| *at <= kept.since).unwrap_or(story.len());
        story.insert(at, (kept.since, handed_over(house, frame, &kept)));
    }
    Ok(story.into_iter().map(|(_, happened)| happened).collect())
}

fn handed_over(house: &House, frame: &Frame, kept: &keeping::Kept) -> Happened {
    Happened {
        at: when(house, frame, kept.since),
        what: frame.t("Handed over", "Overlatt").to_owned(),
        how: inert(&format!("{} → {}", kept.before, kept.by)),
        text: None,
    }
}

/// A stored time, as the page writes it.
pub fn when(house: &House, frame: &Frame, ms: i64) -> String {
    moment::moment(frame.lang, ms, house.ledger.clock.zone(), house.ledger.clock.today())
}

/// A text of somebody else: inert, its lines kept, cut where it is too long to be a message.
pub fn clipped(text: &str) -> String {
    let mut lines: String = text.lines().map(inert).collect::<Vec<_>>().join("\n");
    if let Some((end, _)) = lines.char_indices().nth(MOST) {
        lines.truncate(end);
        lines.push('…');
    }
    lines
}

/// A text that went in or out; what stands in its place when its time was over.
pub fn text_of(house: &House, frame: &Frame, text: Option<&Private>) -> String {
    text.map_or_else(|| frame.say(&house.settings.retention.gone()), |text| clipped(text.expose()))
}

/// How an entry went, as people say it.
pub fn detail_of(frame: &Frame, entry: &Touch) -> Option<String> {
    entry.detail.as_deref().map(|word| frame.say(&explain(word)))
}

/// How long a person still holds a task: until a time of day, or for so many minutes where the clock lapses.
pub fn lease(house: &House, lang: Lang, left_ms: i64) -> String {
    let clock = &house.ledger.clock;
    let minutes = (left_ms + MINUTE_MS - 1) / MINUTE_MS;
    if clock.lapses() {
        let minutes = number_of(minutes, ["minute", "minutes"], ["minutt", "minutter"]);
        let minutes = minutes.pick(lang);
        return say!(lang, "yours for {minutes}", "din i {minutes}");
    }
    let until = clock.now().saturating_add(jiff::SignedDuration::from_millis(left_ms)).unwrap_or(jiff::Timestamp::MAX);
    let local = clock.zone().to_datetime(until);
    match lang {
        Lang::En => format!("yours until {:02}:{:02}", local.hour(), local.minute()),
        Lang::Nb => format!("din til {:02}.{:02}", local.hour(), local.minute()),
    }
}
