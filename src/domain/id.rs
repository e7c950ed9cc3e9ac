//! Names of rows, one type a table, so that a contact's id cannot be taken for a message's.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.trim().parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// One person as far as we know.
    ContactId,
    /// One address of a contact.
    AddressId,
    /// One entry in the ledger.
    TouchId,
    /// One dry run of a campaign.
    PlanId,
    /// One outbound message in the outbox.
    MessageId,
    /// One try to send a message.
    AttemptId,
    /// One message that a person at the service sends.
    DirectId,
    /// One stored webhook.
    HookId,
    /// One inbound message.
    ReplyId,
    /// Something a person at the service must do.
    TaskId,
    /// How a call ended.
    OutcomeId,
    /// One outcome that counts for a campaign.
    CountedId,
    /// One notice to staff.
    NoticeId,
    /// One person who works here.
    UserId,
    /// What another system comes with.
    TokenId,
    /// What waits for a second person.
    AskId,
}
