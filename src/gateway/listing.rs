//! What a provider has on its list: asked for page by page, to the end, or not at all.
//!
//! The paging is done once, here; an adapter builds the first request, reads one page and says which is the next. A
//! listing that did not come to its end is told apart from a complete one: only the latter proves anything.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::domain::message::ReceiptStatus;
use crate::domain::private::Private;
use crate::gateway::event::{Receipt, Reply};
use crate::gateway::exchange::{Request, Sent};
use crate::gateway::outgoing::{Address, Token};
use crate::gateway::verdict::{Class, Code, ProviderId};

/// More pages than this is no list that we can read every few minutes.
const MOST_PAGES: usize = 400;
/// A page whose newest message is older than what is asked for by this much ends the listing: providers list the newest
/// first, by a time that is near the one we see.
const MARGIN: SignedDuration = SignedDuration::from_hours(12);

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From a person to us.
    In,
    /// From us, or from another system with the same account, to a person.
    Out,
}

/// What to ask for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Which way the messages went.
    pub way: Way,
    /// Only messages to this person; everybody when missing.
    pub to: Option<Address>,
    /// Messages since this time, and perhaps older ones. By the provider's clock.
    pub since: Timestamp,
}

impl Query {
    /// The day before the day of `since` in UTC: a filter by days that loses nothing to zones and clocks.
    pub fn since_day(&self) -> Date {
        let day = self.since.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        day.yesterday().unwrap_or(day)
    }
}

/// A message on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The provider's name for it.
    pub provider_id: ProviderId,
    /// Which way it went.
    pub way: Way,
    /// Whether our end of it is this account's sender.
    pub ours: bool,
    /// Who sent it; empty while the provider has not chosen a sender.
    pub from: Address,
    /// Who gets it.
    pub to: Address,
    /// The text as the provider keeps it.
    pub text: Private<String>,
    /// How many files came with it.
    pub media: u32,
    /// When the provider made it; `None` when that cannot be read.
    pub created_at: Option<Timestamp>,
    /// How far it came.
    pub status: ReceiptStatus,
    /// The provider's code, when something went wrong.
    pub code: Option<Code>,
    /// What the code means; set when something went wrong.
    pub class: Option<Class>,
}

impl Listed {
    /// The message as an answer.
    pub fn reply(&self) -> Reply {
        Reply {
            from: self.from.clone(),
            to: self.to.clone(),
            text: self.text.clone(),
            provider_id: self.provider_id.clone(),
            media: self.media,
            // A list does not say what the provider made of it.
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: self.created_at,
        }
    }

    /// The message as a receipt, under the token of the try that it proves, if any.
    pub fn receipt(&self, token: Option<Token>) -> Receipt {
        Receipt {
            provider_id: self.provider_id.clone(),
            token,
            status: self.status,
            code: self.code.clone(),
            class: self.class,
            to: self.class.filter(|class| class.is_a_no()).map(|_| self.to.clone()),
        }
    }
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// What stands on it and can be read.
    pub listed: Vec<Listed>,
    /// Whether everything on it could be read.
    pub whole: bool,
    /// The request for the next page; none on the last.
    pub next: Option<Request>,
}

/// Why a listing did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unlisted {
    /// No answer, or one that says the provider has trouble.
    #[error("the provider does not answer")]
    Unreachable,
    /// The provider asks us to wait.
    #[error("the provider asks us to wait")]
    Throttled(Option<Duration>),
    /// The provider does not let this account list.
    #[error("the provider refuses this account; try `lykt gateway test`")]
    Refused,
    /// An answer that is no list of this provider, or leads elsewhere.
    #[error("the provider's list cannot be read")]
    Unreadable,
    /// More pages than we read.
    #[error("the provider's list is longer than we read")]
    TooLong,
}

/// What stands on a page, before anybody has looked into it; or why there is none.
pub(super) fn body(sent: &Sent) -> Result<&[u8], Unlisted> {
    let response = sent.as_ref().map_err(|_| Unlisted::Unreachable)?;
    match response.status {
        200 => response.body.as_deref().ok_or(Unlisted::Unreadable),
        429 => Err(Unlisted::Throttled(response.retry_after)),
        401 | 403 => Err(Unlisted::Refused),
        500..=599 => Err(Unlisted::Unreachable),
        _ => Err(Unlisted::Unreadable),
    }
}

/// One side of the paging: an adapter's two pure functions.
pub(super) trait Lists {
    /// The request for the first page.
    fn first(&self, query: &Query) -> Request;
    /// What came of a request.
    fn page(&self, query: &Query, sent: &Sent) -> Result<Page, Unlisted>;
}

/// Walks a list from page to page.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pages: usize,
    unread: bool,
    asked: HashSet<String>,
}

impl Walk {
    /// Takes a page and hands over what stands on it; the request for the next one, or nothing at the end.
    pub(super) fn take(
        &mut self,
        lists: &impl Lists,
        query: &Query,
        sent: &Sent,
        each: impl FnMut(Listed),
    ) -> Result<Option<Request>, Unlisted> {
        let page = lists.page(query, sent)?;
        self.pages += 1;
        self.unread |= !page.whole;
        let past = !page.listed.is_empty() && page.listed.iter().all(|listed| is_past(listed, query));
        page.listed.into_iter().for_each(each);
        match page.next {
            Some(_) if !past && self.pages == MOST_PAGES => Err(Unlisted::TooLong),
            // A list that leads back to a page has no end.
            Some(next) if !past && !self.asked.insert(next.url.clone()) => Err(Unlisted::Unreadable),
            Some(next) if !past => Ok(Some(next)),
            _ if self.unread => Err(Unlisted::Unreadable),
            _ => Ok(None),
        }
    }
}

fn is_past(listed: &Listed, query: &Query) -> bool {
    listed.created_at.is_some_and(|at| at < query.since - MARGIN)
}

/// Whether two texts are one, as far as providers leave texts alone: they swap typographic signs for plain ones to save
/// a part, and touch spaces. Letters, digits and order must be the same.
pub fn is_same_text(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

fn plain(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().flat_map(unfancy).filter(|c| !c.is_whitespace() && !is_unseen(*c))
}

/// A sign as a provider's "smart encoding" writes it.
fn unfancy(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{02bc}' | '\u{02b9}' | '`' | '\u{00b4}'
        | '\u{2039}' | '\u{203a}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '\u{00ab}' | '\u{00bb}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00ad}' | '\u{2043}' => '-',
        '\u{2022}' | '\u{00b7}' | '\u{2219}' | '\u{2024}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{201a}' => ',',
        other => other,
    };
    std::iter::once(plain)
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
        || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::exchange::{Auth, Failure, Response};

    #[test]
    fn a_text_is_the_same_when_only_its_dress_was_changed() {
        for (sent, kept) in [
            ("Hei \u{201c}du\u{201d} \u{2013} vi ses\u{2026}", "Hei \"du\" - vi ses..."),
            ("blåbær\u{a0}og  is ", "blåbær og is"),
            ("linje\r\nto", "linje\nto"),
            ("it\u{2019}s", "it's"),
            ("a\u{30a}", "å"),
        ] {
            assert!(is_same_text(sent, kept), "{sent}");
        }
        for (sent, kept) in [("Hei du", "Hei dy"), ("Hei", "hei"), ("blå", "bla"), ("x", ""), ("1 av 2", "1 av 3")] {
            assert!(!is_same_text(sent, kept), "{sent}");
        }
    }

    /// A list whose pages are one message each, at these ages in hours; what is asked for is which page.
    struct Ages(Vec<i64>);

    impl Ages {
        fn request(n: usize) -> Request {
            Request::get(format!("http://a/{n}"), Auth::None)
        }
    }

    impl Lists for Ages {
        fn first(&self, _: &Query) -> Request {
            Self::request(0)
        }

        fn page(&self, query: &Query, sent: &Sent) -> Result<Page, Unlisted> {
            sent.as_ref().map_err(|_| Unlisted::Unreachable)?;
            let n = sent.as_ref().map_or(0, |response| usize::from(response.status));
            let listed = Listed {
                provider_id: ProviderId::parse(&format!("SM{n}")).unwrap(),
                way: Way::Out,
                ours: true,
                from: Address::new(""),
                to: Address::new(""),
                text: Private::new(String::new()),
                media: 0,
                created_at: Some(query.since - SignedDuration::from_hours(self.0[n])),
                status: ReceiptStatus::Sent,
                code: None,
                class: None,
            };
            let next = (n + 1 < self.0.len()).then(|| Self::request(n + 1));
            Ok(Page { listed: vec![listed], whole: true, next })
        }
    }

    fn read_ages(ages: &[i64], fails_at: usize) -> (usize, Result<(), Unlisted>) {
        let ages = Ages(ages.to_vec());
        let query = Query { way: Way::Out, to: None, since: Timestamp::from_second(1_800_000_000).unwrap() };
        let (mut seen, mut walk) = (0, Walk::default());
        for n in 0.. {
            let answer = Response { status: u16::try_from(n).unwrap(), ..Response::default() };
            let sent = if n == fails_at { Err(Failure::Timeout) } else { Ok(answer) };
            match walk.take(&ages, &query, &sent, |_| seen += 1) {
                Ok(Some(next)) => assert!(next.url.ends_with(&format!("/{}", n + 1))),
                ended => return (seen, ended.map(drop)),
            }
        }
        unreachable!("a walk ends")
    }

    #[test]
    fn a_listing_is_complete_at_its_last_page_or_at_one_that_is_too_old() {
        assert_eq!(read_ages(&[0, 1, 2], 9), (3, Ok(())));
        assert_eq!(read_ages(&[0, 1, 48, 49, 50], 9), (3, Ok(())));
        assert_eq!(read_ages(&[0, 1, 11, 3], 9), (4, Ok(())), "a little out of order is no end");
    }

    #[test]
    fn a_list_that_leads_back_to_a_page_has_no_end() {
        struct Circle;
        impl Lists for Circle {
            fn first(&self, _: &Query) -> Request {
                Ages::request(0)
            }

            fn page(&self, _: &Query, sent: &Sent) -> Result<Page, Unlisted> {
                let n = sent.as_ref().map_or(0, |response| response.status);
                Ok(Page { listed: Vec::new(), whole: true, next: Some(Ages::request(usize::from((n + 1) % 3))) })
            }
        }
        let query = Query { way: Way::In, to: None, since: Timestamp::from_second(1_800_000_000).unwrap() };
        let mut walk = Walk::default();
        let mut page =
            |n: u16| walk.take(&Circle, &query, &Ok(Response { status: n % 3, ..Response::default() }), drop);
        let ended = (0..9_u16).find_map(|n| page(n).err().map(|why| (n, why)));
        assert_eq!(ended, Some((3, Unlisted::Unreadable)));
    }

    #[test]
    fn a_listing_that_fails_on_a_later_page_gives_what_it_had_and_says_so() {
        assert_eq!(read_ages(&[0, 1, 2], 1), (1, Err(Unlisted::Unreachable)));
        assert_eq!(read_ages(&vec![0; MOST_PAGES + 1], 9_999), (MOST_PAGES, Err(Unlisted::TooLong)));
    }
}
