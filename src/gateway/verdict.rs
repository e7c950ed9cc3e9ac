//! How one try ended: one word of a closed list, and what it means for the person, the account and the campaign.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::hex::hex;
use crate::domain::lang::Text;
use crate::gateway::exchange::Failure;
use crate::{text, words};

/// How an id begins that we made.
const MADE: &str = "made-";

/// The provider's own name for a message. An adapter that puts it into a URL escapes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProviderId(String);

impl ProviderId {
    /// Reads an id: 1 to 256 visible ASCII characters without quotes, brackets and backslashes; `None` for anything else.
    pub fn parse(word: &str) -> Option<Self> {
        let plain = word.bytes().all(|b| b.is_ascii_graphic() && !b"\"'`<>\\{}".contains(&b));
        (plain && (1..=256).contains(&word.len())).then(|| Self(word.to_owned()))
    }

    /// An id for what has none, made of what it says: the same words have the same.
    pub fn made(words: &[&str]) -> Self {
        let digest = words.iter().fold(Sha256::new(), |sum, word| sum.chain_update(word).chain_update([0]));
        Self(format!("{MADE}{}", hex(digest.finalize())))
    }

    /// Whether it was made of what was said, so that it would tell that to whoever tries.
    pub fn is_made(&self) -> bool {
        self.0.starts_with(MADE)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The provider's word for what went wrong: often a number, with some a word. Says nothing of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// Reads a code: 1 to 48 letters, digits, `_`, `-`, `.`, `:` or `/`, and so few digits that it is nobody's number;
    /// `None` for anything else.
    pub fn parse(word: &str) -> Option<Self> {
        let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b));
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        (plain && digits < 8 && (1..=48).contains(&word.len())).then(|| Self(word.to_owned()))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u32> for Code {
    fn from(code: u32) -> Self {
        Self(code.to_string())
    }
}

/// How one try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The provider has it.
    Accepted {
        /// The provider's name for it.
        provider_id: ProviderId,
    },
    /// Certainly not sent; it may be tried again.
    NotSent {
        /// Why.
        why: Unsent,
        /// How long the provider asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The provider documented that it will not send this.
    Refused {
        /// The provider's code, when it gave one.
        code: Option<Code>,
        /// What the code means.
        class: Class,
    },
    /// We cannot know. Never tried again by itself.
    InDoubt {
        /// Why.
        why: Doubt,
    },
}

impl Verdict {
    /// The word for how it ended, whatever the reason.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Accepted { .. } => "accepted",
            Verdict::NotSent { .. } => "not_sent",
            Verdict::Refused { .. } => "refused",
            Verdict::InDoubt { .. } => "in_doubt",
        }
    }
}

impl From<Failure> for Verdict {
    /// How a try ended that got no answer: the same with every provider.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Connect => Verdict::NotSent { why: Unsent::NoConnection, retry_after: None },
            Failure::Late => Verdict::NotSent { why: Unsent::PastDeadline, retry_after: None },
            Failure::Unbuildable => Verdict::Refused { code: None, class: Class::Config },
            Failure::Timeout => Verdict::InDoubt { why: Doubt::Timeout },
            Failure::Broken => Verdict::InDoubt { why: Doubt::Broken },
        }
    }
}

words! {
    /// Why nothing was sent, for certain.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Unsent {
        /// No connection could be made: not one byte left us.
        NoConnection = "no_connection",
        /// The deadline passed first: not one byte left us. Leave the row to the reaper.
        PastDeadline = "past_deadline",
        /// The provider documents that it did not process the request (429, a full queue).
        Throttled = "throttled",
        /// The provider has had enough of this sender for this person for now; others are not affected.
        Capped = "capped",
    }

    /// The word in the database and JSON.
    pub fn as_str;
}

words! {
    /// Why we cannot know.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Doubt {
        /// No answer in time.
        Timeout = "timeout",
        /// The connection broke before the answer.
        Broken = "broken",
        /// A 5xx, or another status by which the provider may still have acted.
        ServerError = "server_error",
        /// A 3xx; not followed.
        Redirect = "redirect",
        /// A 2xx without a usable id, or a refusal that is not in the provider's own words.
        Unreadable = "unreadable",
    }

    /// The word in the database and JSON.
    pub fn as_str;
}

words! {
    /// What a provider's code means to us; the same list for refusals and for receipts.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Class {
        /// The number cannot get messages on this channel: never reached, never will.
        BadNumber = "bad_number",
        /// The person has said no to the provider: recorded as a no.
        OptedOut = "opted_out",
        /// The account cannot send as it is set up: it pauses.
        Config = "config",
        /// This sender cannot reach this number's country; other numbers are not affected.
        Unroutable = "unroutable",
        /// The text or picture is not accepted.
        Content = "content",
        /// The provider's template is paused, missing or another than the campaign's: nobody was reached, and nobody will
        /// be until a person has looked at it.
        Template = "template",
        /// Stopped by the carrier or the handset.
        Blocked = "blocked",
        /// Filtered as unwanted: an alarm, since the next ones will be too.
        Filtered = "filtered",
        /// The handset was off or out of reach; a call may do better.
        Unreachable = "unreachable",
        /// The provider had no room for it.
        Throttled = "throttled",
        /// The provider has had enough of this sender for this person for now: not sent, and free to try another day.
        Capped = "capped",
        /// It waited too long at the provider.
        Expired = "expired",
        /// A code that we do not know or that says nothing.
        Other = "other",
    }

    /// Every class, in the order above.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl Class {
    /// Whether the person is known never to have been reached and never will be on this channel: the next one may try.
    pub fn never_reached_never_will(self) -> bool {
        self == Class::BadNumber
    }

    /// Whether this is the person's no.
    pub fn is_a_no(self) -> bool {
        self == Class::OptedOut
    }

    /// Whether the account must pause until a person has looked at it.
    pub fn pauses_account(self) -> bool {
        self == Class::Config
    }
}

words! {
    /// What one harmless call to an account showed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Probe {
        /// The provider knows the account and lets it send.
        Works = "works",
        /// The provider knows the account and has closed or suspended it.
        Inactive = "inactive",
        /// The secret or the account id is wrong.
        WrongSecret = "wrong_secret",
        /// No answer.
        Unreachable = "unreachable",
        /// An answer that is not the provider's.
        Unexpected = "unexpected",
        /// The provider's file leads into the operator's own network, and nobody allowed that.
        Inside = "inside",
        /// The provider has no harmless call: nothing was asked.
        Untried = "untried",
    }

    /// The word in JSON.
    pub fn as_str;
}

impl Probe {
    /// What a person reads.
    pub fn text(self) -> Text {
        match self {
            Probe::Works => text!("the account works", "kontoen virker"),
            Probe::Inactive => text!(
                "the provider has suspended or closed this account; log in at the provider",
                "leverandøren har stengt kontoen; logg inn hos leverandøren"
            ),
            Probe::WrongSecret => text!(
                "the provider does not know this account id and secret; compare them with its console",
                "leverandøren kjenner ikke denne konto-id-en og hemmeligheten; sammenlign med konsollen deres"
            ),
            Probe::Unreachable => text!(
                "the provider does not answer; check the network and base_url",
                "leverandøren svarer ikke; sjekk nettet og base_url"
            ),
            Probe::Unexpected => text!(
                "what answers at base_url is not this provider; check base_url",
                "det som svarer på base_url, er ikke denne leverandøren; sjekk base_url"
            ),
            Probe::Inside => text!(
                "the provider's file leads into your own network; if that is right, name the host in allow_hosts",
                "filen til leverandøren leder inn i deres eget nett; er det riktig, skriv verten i allow_hosts"
            ),
            Probe::Untried => text!(
                "this provider has no harmless call; try it with `lykt send-test`",
                "leverandøren har ingen ufarlig forespørsel; prøv med `lykt send-test`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_id_of_ten_kilobytes_or_with_a_nul_is_none() {
        for bad in ["", "SM\0", "SM 1", "<html>", "{}", "\"a\"", &"S".repeat(10_240), "æ"] {
            assert_eq!(ProviderId::parse(bad), None);
        }
    }

    #[test]
    fn the_ids_of_other_providers_are_ids() {
        for good in ["wamid.HBgLNDY3MDE3NDA2MDUVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA+/==", "aaaaaaaa-bbbb", "01:2|3~4"] {
            assert_eq!(ProviderId::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_code_may_be_a_word_and_is_never_a_sentence_or_somebodys_number() {
        for good in ["131026", "EC_INVALID_DESTINATION", "30", "smsc:69", "1/2.3"] {
            assert_eq!(Code::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "+447700900123", "447700900123", "invalid number", "a\0", &"9".repeat(49), "kø"] {
            assert_eq!(Code::parse(bad), None, "{bad}");
        }
        assert_eq!(Code::from(21_610).as_str(), "21610");
    }
}
