//! Names of rows, one type a table, so that a contact's id cannot be taken for a message's.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Digits of an id that a list shows.
const SHORT: usize = 8;

/// A part of an id as somebody wrote it: all of it, or at least four digits of one end.
#[derive(Clone, Debug)]
pub struct Part(String);

impl Part {
    /// Reads it; `None` when it is part of no id.
    pub fn parse(written: &str) -> Option<Self> {
        let digits = written.trim().replace('-', "").to_ascii_lowercase();
        let is_part = (4..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_part.then_some(Self(digits))
    }

    /// Whether it is a part of this id.
    pub fn fits(&self, id: Uuid) -> bool {
        let hex = id.simple().to_string();
        hex.ends_with(&self.0) || hex.starts_with(&self.0)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Its last digits, which tell it apart; the first ones tell the time.
            pub fn short(self) -> String {
                self.0.simple().to_string()[32 - SHORT..].to_owned()
            }
        }

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
    /// What somebody on the panel made of a version.
    VerdictId,
    /// Somebody is away.
    AbsenceId,
}
