//! Asks the ledger where each number stands, in the order of its own index, a chunk at a time.

use std::collections::{HashMap, HashSet};

use super::before::Before;
use super::error::PlanError;
use super::linked::Linked;
use super::mark::{Mark, Openness};
use super::planned::Kind;
use super::read::Targets;
use super::row::Writer;
use super::seen::{Seen, Stage};
use crate::clock;
use crate::domain::channel::{Channel, WHATSAPP_WINDOW_MS};
use crate::domain::decision::Decision;
use crate::domain::id::ContactId;
use crate::domain::message::MessageState;
use crate::ledger::{Ledger, Standing};
use crate::store::blind::Blind;
use crate::store::contact::{self, Contact};
use crate::store::{Db, DbError, Tx, message, partner, reply, touch};

/// Marks every target with what the ledger knows. Of equal numbers the first in the list counts, whatever becomes of it.
/// Which rows are other numbers of one person is only found: which of them counts is known when the letters are written.
#[expect(clippy::too_many_arguments, reason = "one stage of a plan; the parts are the plan's own")]
pub(super) async fn ask(
    db: &Db,
    ledger: &Ledger,
    writer: &Writer,
    before: &Before,
    chunk: usize,
    targets: &mut Targets,
    ask_ms: &mut i64,
    each: &mut impl FnMut(Seen<'_>),
) -> Result<(), PlanError> {
    let sorted = std::mem::take(&mut targets.sorted);
    let mut asked: Vec<(Blind, u32)> = Vec::with_capacity(chunk);
    let (mut earlier, mut linked) = (None, HashSet::new());
    for (done, (blind, n)) in (1_u64..).zip(&sorted) {
        let mark = &mut targets.marks[*n as usize];
        if earlier.replace(*blind) == Some(*blind) {
            mark.decision = Decision::Duplicate;
        } else if mark.decision == Decision::Eligible {
            asked.push((*blind, *n));
        }
        if asked.len() >= chunk || done == sorted.len() as u64 {
            let began = clock::boot_ms();
            let mut tx = db.read().await?;
            let blinds = asked.iter().map(|(blind, _)| *blind).collect();
            let mut known = Known::look_up(&mut tx, writer, blinds, ledger.clock.now_ms()).await?;
            drop(tx);
            *ask_ms += clock::boot_ms() - began;
            linked.extend(known.linked.drain());
            for (blind, n) in asked.drain(..) {
                let language = known.language(&blind).and_then(|language| number(&mut targets.languages, language));
                known.mark(ledger, before, writer, &blind, &mut targets.marks[n as usize]);
                targets.marks[n as usize].language = language;
            }
            each(Seen::Stage { stage: Stage::Ask, done, of: sorted.len() as u64 });
        }
    }
    targets.linked = Linked::find(db, &linked, &sorted, chunk).await?;
    Ok(())
}

/// The number of a language; there are a few dozen at most.
fn number(languages: &mut Vec<String>, language: &str) -> Option<u16> {
    let known = languages.iter().position(|known| known == language).unwrap_or_else(|| {
        languages.push(language.to_owned());
        languages.len() - 1
    });
    u16::try_from(known).ok()
}

/// What the ledger knows of a chunk's addresses.
struct Known {
    contacts: HashMap<Blind, Contact>,
    /// Those of them who may have other numbers.
    linked: HashSet<ContactId>,
    noes: HashSet<Blind>,
    /// What partners say.
    told: HashMap<Blind, partner::Saying>,
    open: HashMap<ContactId, Vec<message::Open>>,
    /// Who may be written to by each route; `None` where that is everybody.
    open_to: Vec<Option<HashSet<ContactId>>>,
    in_window: HashSet<ContactId>,
    /// The route that each asked for, or by which they wrote last.
    prefers: HashMap<ContactId, u8>,
}

impl Known {
    async fn look_up(tx: &mut Tx, writer: &Writer, blinds: Vec<Blind>, now_ms: i64) -> Result<Self, DbError> {
        let (contacts, linked) = contact::find_linked(tx, &blinds).await?;
        let ids: Vec<ContactId> = contacts.values().map(|contact| contact.id).collect();
        let mut open: HashMap<ContactId, Vec<message::Open>> = HashMap::new();
        for message in message::open_of(tx, writer.campaign(), &ids).await? {
            open.entry(message.contact).or_default().push(message);
        }
        let (mut open_to, mut in_window) = (Vec::new(), HashSet::new());
        for route in writer.routes() {
            let some = match route.anyone {
                true => None,
                false => Some(touch::open_to(tx, route.channel.as_str(), &ids).await?),
            };
            open_to.push(some);
            if route.channel == Channel::WhatsApp {
                in_window = reply::wrote_since(tx, &route.account, now_ms - WHATSAPP_WINDOW_MS, &ids).await?;
            }
        }
        let prefers = match writer.routes() {
            [_] => HashMap::new(),
            routes => {
                let last = reply::last_channels(tx, &ids).await?.into_iter();
                // What a person asked for goes before what they happened to write on.
                let all = last.chain(contact::preferred(tx, &ids).await?);
                let place = |word: &str| (0..).zip(routes).find(|(_, route)| route.channel.as_str() == word);
                all.filter_map(|(contact, word)| Some((contact, place(&word)?.0))).collect()
            }
        };
        let noes = contact::noes(tx, &blinds).await?;
        let told = partner::against(tx, &blinds, now_ms).await?;
        Ok(Self { contacts, linked, noes, told, open, open_to, in_window, prefers })
    }

    fn language(&self, blind: &Blind) -> Option<&str> {
        self.contacts.get(blind).and_then(|contact| contact.language.as_deref())
    }

    /// Where an address stands. A message of this campaign that waits does not stand in the way of its own new text.
    fn mark(&self, ledger: &Ledger, before: &Before, writer: &Writer, blind: &Blind, mark: &mut Mark) {
        let contact = self.contacts.get(blind);
        let open = contact.and_then(|contact| self.open.get(&contact.id)).map_or(&[][..], Vec::as_slice);
        let own = |open: &&message::Open| open.state == MessageState::Queued && open.campaign == writer.campaign();
        let waits = open.iter().find(own);
        mark.waits = waits.is_some();
        mark.variant = waits.and_then(|open| writer.variant(&open.variant));
        let others = open.iter().filter(|open| before.kind != Kind::Change || !own(open));
        let standing =
            Standing::new(contact, self.noes.contains(blind), others.map(|open| (open.state, open.campaign.as_str())));
        let answer = standing.told(self.told.get(blind).cloned()).answer(ledger);
        mark.decision = answer.decision();
        mark.again_at = answer.again_at.filter(|_| matches!(mark.decision, Decision::Cooldown | Decision::PartnerWait));
        let among = |all: &HashSet<ContactId>| contact.is_some_and(|contact| all.contains(&contact.id));
        let may_open = (0_u8..).zip(&self.open_to).filter(|(_, all)| all.as_ref().is_none_or(among));
        mark.openness = Openness {
            may_open: may_open.fold(0, |bits, (n, _)| bits | 1 << n),
            in_window: among(&self.in_window),
            prefers: contact.and_then(|contact| self.prefers.get(&contact.id)).copied(),
        };
    }
}
