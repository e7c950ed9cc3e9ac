//! The message's life: its states and their legal moves.
//!
//! ```text
//! queued -> submitting -> accepted -> sent -> delivered -> read
//!    |          |-> failed      \-> undelivered
//!    |          \-> in_doubt -> accepted | queued | abandoned
//!    \-> withdrawn
//! ```

use super::lang::Text;
use crate::{text, words};

words! {
    /// Where a message stands; each planned message is in exactly one state.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum MessageState {
        /// Waits for its turn.
        Queued = "queued",
        /// The intent is committed; bytes may leave.
        Submitting = "submitting",
        /// We do not know whether it went out.
        InDoubt = "in_doubt",
        /// The provider took it.
        Accepted = "accepted",
        /// The provider passed it on.
        Sent = "sent",
        /// The network says that it did not arrive.
        Undelivered = "undelivered",
        /// The handset has it.
        Delivered = "delivered",
        /// The person opened it.
        Read = "read",
        /// The provider documented a refusal.
        Failed = "failed",
        /// Will not be sent; a reason says why.
        Withdrawn = "withdrawn",
        /// In doubt for a day without proof; counts as contacted.
        Abandoned = "abandoned",
    }

    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

use MessageState::{
    Abandoned, Accepted, Delivered, Failed, InDoubt, Queued, Read, Sent, Submitting, Undelivered, Withdrawn,
};

impl MessageState {
    /// All states, in the order of a life.
    pub const ALL: [MessageState; 11] =
        [Queued, Submitting, InDoubt, Accepted, Sent, Delivered, Read, Undelivered, Failed, Withdrawn, Abandoned];

    /// What it means for a person; `call` in a campaign of calls.
    pub fn meaning(self, call: bool) -> Text {
        match self {
            MessageState::Accepted if call => text!("on the call list", "på ringelisten"),
            MessageState::Delivered if call => text!("reached", "nådd"),
            MessageState::Undelivered if call => text!("not reached", "ikke nådd"),
            MessageState::Withdrawn if call => text!("not called, with a reason", "ikke ringt, med grunn"),
            MessageState::Queued => text!("waits for its turn", "venter på tur"),
            MessageState::Submitting => text!("under way", "på vei"),
            MessageState::InDoubt => text!("unclear whether it went out", "uavklart om den gikk ut"),
            MessageState::Accepted => text!("the gateway has it", "leverandøren har den"),
            MessageState::Sent => text!("passed on", "sendt videre"),
            MessageState::Delivered => text!("arrived", "kommet frem"),
            MessageState::Read => text!("opened", "åpnet"),
            MessageState::Undelivered => text!("did not arrive", "kom ikke frem"),
            MessageState::Failed => text!("refused", "avvist"),
            MessageState::Withdrawn => text!("not sent, with a reason", "ikke sendt, med grunn"),
            MessageState::Abandoned => text!("never cleared up", "aldri avklart"),
        }
    }

    /// How far a provider's receipt has brought the message; receipts only raise it.
    fn rank(self) -> Option<u8> {
        match self {
            Accepted => Some(1),
            Sent => Some(2),
            Undelivered => Some(3),
            Delivered => Some(4),
            Read => Some(5),
            _ => None,
        }
    }

    /// Whether the provider is known to have taken the message.
    pub fn is_out(self) -> bool {
        self.rank().is_some()
    }

    /// Whether the message can still lead to something of its own accord.
    pub fn is_open(self) -> bool {
        matches!(self, Queued | Submitting | InDoubt)
    }

    /// Whether it ended so that another channel may stand in.
    pub fn may_fall_back(self) -> bool {
        matches!(self, Failed | Undelivered)
    }

    /// The state after verified news from the provider, or `None` when the news changes nothing.
    ///
    /// Late proof wins from any state. Only what the provider took has receipts, so bad news is `undelivered`, whichever
    /// word the provider has for it, and whether we had heard before that it took the message.
    pub fn after_receipt(self, news: ReceiptStatus) -> Option<MessageState> {
        let target = news.state();
        (target.rank() > self.rank()).then_some(target)
    }
}

words! {
    /// How far a message came, as the provider says. A status that we do not know counts as `Accepted`: it proves no
    /// more.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ReceiptStatus {
        /// The provider has it.
        Accepted = "accepted",
        /// Handed to the carrier.
        Sent = "sent",
        /// The carrier could not deliver it.
        Undelivered = "undelivered",
        /// The provider could not send it.
        Failed = "failed",
        /// On the person's phone.
        Delivered = "delivered",
        /// Read by the person.
        Read = "read",
    }

    /// All of them, in the order of a life.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl ReceiptStatus {
    /// Whether it tells more of a try than what was told of it before. That a gateway has it can be told again: a receipt
    /// proves it, also where our own answer was in doubt.
    pub fn adds_to(self, told: ReceiptStatus) -> bool {
        told == ReceiptStatus::Accepted || told.state().after_receipt(self).is_some()
    }

    /// Where the message stands of which nothing else was told.
    pub fn state(self) -> MessageState {
        match self {
            ReceiptStatus::Accepted => Accepted,
            ReceiptStatus::Sent => Sent,
            ReceiptStatus::Delivered => Delivered,
            ReceiptStatus::Read => Read,
            ReceiptStatus::Undelivered | ReceiptStatus::Failed => Undelivered,
        }
    }

    /// Whether something went wrong.
    pub fn is_bad(self) -> bool {
        matches!(self, ReceiptStatus::Undelivered | ReceiptStatus::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_call_has_its_own_words_for_what_only_a_message_can_be() {
        let own = MessageState::ALL.into_iter().filter(|state| state.meaning(true).en != state.meaning(false).en);
        assert_eq!(own.collect::<Vec<_>>(), [Accepted, Delivered, Undelivered, Withdrawn]);
    }

    #[test]
    fn what_has_not_ended_is_open_and_what_did_not_arrive_may_go_by_another_channel() {
        for state in MessageState::ALL {
            assert_eq!(state.is_open(), [Queued, Submitting, InDoubt].contains(&state), "{state:?}");
            assert_eq!(state.may_fall_back(), [Failed, Undelivered].contains(&state), "{state:?}");
        }
    }

    #[test]
    fn delivered_beats_undelivered_and_not_the_other_way() {
        assert_eq!(Undelivered.after_receipt(ReceiptStatus::Delivered), Some(Delivered));
        assert_eq!(Delivered.after_receipt(ReceiptStatus::Undelivered), None);
    }

    #[test]
    fn bad_news_is_undelivered_whichever_word_it_has_and_whatever_was_heard_before() {
        for state in MessageState::ALL {
            let after = state.after_receipt(ReceiptStatus::Failed);
            assert_eq!(after, state.after_receipt(ReceiptStatus::Undelivered));
            let knows_as_much = matches!(state, Undelivered | Delivered | Read);
            assert_eq!(after, (!knows_as_much).then_some(Undelivered), "{state:?}");
        }
    }

    #[test]
    fn what_was_told_of_a_try_is_added_to_only_by_more() {
        use ReceiptStatus::{Accepted, Delivered, Failed, Read, Sent, Undelivered};
        for (n, told) in [Sent, Undelivered, Delivered, Read].into_iter().enumerate() {
            for (m, news) in [Sent, Undelivered, Delivered, Read].into_iter().enumerate() {
                assert_eq!(news.adds_to(told), m > n, "{news:?} after {told:?}");
            }
            assert!(told.adds_to(Accepted) && !Accepted.adds_to(told));
        }
        assert!(Accepted.adds_to(Accepted) && !Failed.adds_to(Undelivered) && !Undelivered.adds_to(Failed));
    }

    proptest! {
        #[test]
        fn any_order_of_the_same_receipts_ends_the_same(
            (news, again) in prop::collection::vec(prop::sample::select(ReceiptStatus::ALL.to_vec()), 1..8)
                .prop_flat_map(|news| (Just(news.clone()), Just(news).prop_shuffle())),
            from in prop::sample::select(MessageState::ALL.to_vec()),
        ) {
            let run = |news: &[ReceiptStatus]| news.iter().fold(from, |state, n| state.after_receipt(*n).unwrap_or(state));
            prop_assert_eq!(run(&news), run(&again));
        }
    }
}
