//! The rule of the house: may we begin a new approach to this contact now. Pure; reads no database.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Ledger;
use crate::domain::cooldown;
use crate::domain::decision::Decision;
use crate::domain::lang::Text;
use crate::domain::message::MessageState;
use crate::domain::partner::Says;
use crate::store::contact::Contact;
use crate::store::partner::Saying;
use crate::text;

/// Where a contact stands, as far as a new approach goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    opted_out: bool,
    held: bool,
    left_out: Option<Decision>,
    in_doubt: bool,
    queued_in: Option<String>,
    contacted_at: Option<i64>,
    partner: Option<Saying>,
}

/// The answer: may we, why not, and when again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// All reasons against it, the strongest first; none means that we may.
    pub reasons: Vec<Decision>,
    /// The first day on which our own cooldown is over and no partner asks to wait, where one of them stands in the way; none
    /// where anything else does that no day ends, as a no.
    pub again_at: Option<Date>,
    /// The newest outbound message or answered call.
    pub contacted_at: Option<i64>,
    /// What a partner says, when that stands in the way.
    pub partner: Option<Saying>,
}

impl Saying {
    /// What people read; `title` is what they call the partner.
    pub fn sentence(&self, title: &str) -> Text {
        match self.says {
            Says::Wait(month) => text!(
                "{title} has approached this number: wait until {month}.",
                "{title} har kontaktet dette nummeret: vent til {month}."
            ),
            _ => text!(
                "{title} was told no by this number. It is not registered as a no to us.",
                "{title} har fått nei fra dette nummeret. Det er ikke registrert som et nei til oss."
            ),
        }
    }
}

impl Answer {
    /// Whether a new approach may begin.
    pub fn may_approach(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The answer in one sentence; `day` is when the cooldown ends, as it is to be written.
    pub fn sentence(&self, day: Option<&str>) -> Text {
        if self.may_approach() {
            return text!("Yes: this number may be approached now.", "Ja: dette nummeret kan kontaktes nå.");
        }
        let why: Vec<Text> = self.reasons.iter().map(|reason| reason.explain()).collect();
        let en = why.iter().map(|why| why.en.as_str()).collect::<Vec<_>>().join("; ");
        let nb = why.iter().map(|why| why.nb.as_str()).collect::<Vec<_>>().join("; ");
        match (day, self.reasons.as_slice()) {
            (Some(day), [Decision::Cooldown | Decision::PartnerWait]) => text!(
                "No: this number may not be approached before {day}: {en}.",
                "Nei: dette nummeret kan ikke kontaktes før {day}: {nb}."
            ),
            (Some(day), _) => text!(
                "No: this number may not be approached: {en}. The cooldown ends on {day}.",
                "Nei: dette nummeret kan ikke kontaktes: {nb}. Ventetiden er over {day}."
            ),
            (None, _) => {
                text!("No: this number may not be approached: {en}.", "Nei: dette nummeret kan ikke kontaktes: {nb}.")
            }
        }
    }

    /// The decision a plan writes down: the strongest reason, or eligible.
    pub fn decision(&self) -> Decision {
        self.reasons.first().copied().unwrap_or(Decision::Eligible)
    }
}

impl Standing {
    /// From the contact's row, a no kept for the address, and the contact's open messages.
    pub fn new<'a>(
        contact: Option<&Contact>,
        no: bool,
        open: impl IntoIterator<Item = (MessageState, &'a str)>,
    ) -> Self {
        let mut standing = Standing { opted_out: no, ..Standing::default() };
        if let Some(contact) = contact {
            standing.opted_out |= contact.opted_out;
            standing.held = contact.unread > 0;
            standing.left_out = contact.left_out.as_deref().and_then(Decision::parse);
            standing.contacted_at = contact.contacted_at;
            standing.queued_in = contact.calling.clone();
        }
        for (state, campaign) in open {
            match state {
                MessageState::Submitting | MessageState::InDoubt => standing.in_doubt = true,
                _ => standing.queued_in = Some(campaign.to_owned()),
            }
        }
        standing
    }

    /// The same, with what partners say of the address.
    #[must_use]
    pub fn told(self, partner: Option<Saying>) -> Self {
        Self { partner, ..self }
    }

    /// Applies the rules in the order of CONTRACT's decisions.
    pub fn answer(&self, ledger: &Ledger) -> Answer {
        let last = self.contacted_at.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let clock = &ledger.clock;
        let again_at = last.and_then(|last| cooldown::in_cooldown(last, clock.now(), ledger.cooldown, clock.zone()));
        let reasons = [
            self.opted_out.then_some(Decision::OptedOut),
            self.held.then_some(Decision::Held),
            self.left_out,
            self.partner.as_ref().map(|_| Decision::PartnerWait),
            self.in_doubt.then_some(Decision::InDoubt),
            again_at.map(|_| Decision::Cooldown),
            self.queued_in.as_ref().map(|_| Decision::AlreadyPlanned),
        ];
        let asked = self.partner.as_ref().and_then(|heard| match heard.says {
            Says::Wait(month) => Some(month.first()),
            _ => None,
        });
        let endless =
            self.opted_out || self.held || self.left_out.is_some() || (self.partner.is_some() && asked.is_none());
        Answer {
            reasons: reasons.into_iter().flatten().collect(),
            again_at: again_at.max(asked).filter(|_| !endless),
            contacted_at: self.contacted_at,
            partner: self.partner.clone(),
        }
    }
}
