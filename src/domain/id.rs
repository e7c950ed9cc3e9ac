//! Names of rows, one type a table, so that a contact's id cannot be taken for a message's.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Digits of an id that a list shows.
const SHORT: usize = 8;

/// What somebody may mean who writes an id, or at least four digits of one end of it; the last ones tell ids apart, for
/// the first ones tell the time.
pub fn meant<T>(written: &str, all: impl IntoIterator<Item = T>, id: impl Fn(&T) -> Uuid) -> Vec<T> {
    let digits = written.trim().replace('-', "").to_ascii_lowercase();
    if !(4..=32).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let fits = |one: &T| {
        let hex = id(one).simple().to_string();
        hex.ends_with(&digits) || hex.starts_with(&digits)
    };
    all.into_iter().filter(fits).collect()
}

/// The one that is meant; how many it could be when that is not one.
///
/// # Errors
/// When none is meant, or more than one could be.
pub fn one_meant<T>(written: &str, all: impl IntoIterator<Item = T>, id: impl Fn(&T) -> Uuid) -> Result<T, usize> {
    let mut found = meant(written, all, id);
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (n, _) => Err(n),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_meant_by_all_of_it_or_by_four_digits_of_one_end() {
        let ids = ["01938f2e-7c1a-7000-8000-0000abcdef12", "01938f2e-7c1b-7000-8000-0000abcd3456"];
        let ids = ids.map(|id| id.parse::<TaskId>().unwrap());
        let meant = |written: &str| one_meant(written, ids, |id| id.0);
        for written in [ids[0].to_string(), ids[0].short(), "EF12".to_owned(), "01938f2e-7c1a".to_owned()] {
            assert_eq!(meant(&written), Ok(ids[0]), "{written}");
        }
        assert_eq!(meant("01938f2e"), Err(2));
        assert_eq!((meant("f12"), meant("abcd"), meant("no id")), (Err(0), Err(0), Err(0)));
    }
}
