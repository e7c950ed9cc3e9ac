//! What can go wrong, by name, and how often: the same seed meets the same request with the same fault.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::chance::scramble;

/// Shares are counted in millionths.
const WHOLE: u32 = 1_000_000;

/// What goes wrong with one request for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Accepts, then drops the connection without an answer (fault 1).
    AcceptThenDrop,
    /// Accepts and answers 500 (fault 2).
    AcceptThen500,
    /// Accepts and never answers (fault 3).
    AcceptThenHang,
    /// Drops the connection at once and accepts this much later (fault 10).
    AcceptLater(Duration),
    /// Accepts and answers 201 with this body (fault 5).
    AcceptThenSay(String),
    /// Accepts and cuts its answer after the head.
    AcceptThenCutHead,
    /// Accepts and cuts its answer in the middle of the body.
    AcceptThenCutBody,
    /// Never answers, and does not accept (fault 3).
    Hang,
    /// 429, perhaps with `Retry-After` (fault 4).
    Throttle(Option<u32>),
    /// 200 with this body and type, without accepting (fault 5).
    Say(&'static str, String),
    /// 302 to another address (fault 6).
    Redirect(String),
    /// 401 as the provider says it (fault 8).
    Unauthorised,
    /// 400 with a code of the provider's.
    Refuse(u32),
    /// This status with a body that is not the provider's.
    Status(u16),
    /// Drops the connection; before the body is read, when it was planned for the next request.
    Drop,
}

/// How the list of messages lies about one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It is not there.
    Missing,
    /// It is there twice, under two ids.
    Doubled,
    /// Beside it stands what another system wrote to the same person.
    Foreign,
    /// Its second page fails, whatever stands on it.
    SecondPage,
}

/// What is odd about the callbacks of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Each comes twice.
    Twice,
    /// They come long after.
    Late,
    /// The first comes before the answer to the request.
    Early,
    /// The last comes first.
    OutOfOrder,
    /// One with a wrong signature says that the message did not arrive; the right ones follow.
    Forged,
    /// None comes.
    Never,
}

impl Fault {
    /// The bad bodies of fault 5: HTML, nothing, `{}`, an id of ten kilobytes and one with a NUL.
    pub fn bad_bodies() -> Vec<Fault> {
        let id = |id: &str| format!(r#"{{"sid":"{id}","status":"queued"}}"#);
        let bodies = ["<html>Sign in to the hotel</html>", "", "{}", "[", &id(&"S".repeat(10_240)), &id("SM\\u00001")];
        bodies.map(|body| Fault::Say("application/json", body.to_owned())).into()
    }

    /// Its name in settings and counts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Fault::AcceptThenDrop => "accept_then_drop",
            Fault::AcceptThen500 => "accept_then_500",
            Fault::AcceptThenHang => "accept_then_hang",
            Fault::AcceptLater(_) => "accept_later",
            Fault::AcceptThenSay(_) => "accept_then_garble",
            Fault::AcceptThenCutHead => "accept_then_cut_head",
            Fault::AcceptThenCutBody => "accept_then_cut_body",
            Fault::Hang => "hang",
            Fault::Throttle(_) => "throttle",
            Fault::Say(..) => "garble",
            Fault::Redirect(_) => "redirect",
            Fault::Unauthorised => "unauthorised",
            Fault::Refuse(_) => "refuse",
            Fault::Status(_) => "broken",
            Fault::Drop => "drop",
        }
    }

    /// Whether the message is taken, at once or later.
    pub fn accepts(&self) -> bool {
        let taken = matches!(self, Fault::AcceptLater(_) | Fault::AcceptThenCutHead | Fault::AcceptThenCutBody);
        taken || self.accepts_at_once()
    }

    pub(super) fn accepts_at_once(&self) -> bool {
        matches!(
            self,
            Fault::AcceptThenDrop
                | Fault::AcceptThen500
                | Fault::AcceptThenHang
                | Fault::AcceptThenSay(_)
                | Fault::AcceptThenCutHead
                | Fault::AcceptThenCutBody
        )
    }

    /// Whether whoever asked cannot know what became of it.
    pub fn leaves_doubt(&self) -> bool {
        !matches!(self, Fault::Throttle(_) | Fault::Refuse(_) | Fault::Unauthorised)
    }
}

/// Something that a share of requests, messages or callbacks meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A request.
    Send(Fault),
    /// A message on the list.
    List(Lie),
    /// What is told of a message.
    Callback(Callback),
}

impl Word {
    /// The words that may be written, with what each stands for.
    pub fn all() -> Vec<(&'static str, Word)> {
        let html = || "<html>Sign in to the hotel</html>".to_owned();
        let sends = [
            Fault::AcceptThenDrop,
            Fault::AcceptThen500,
            Fault::AcceptThenHang,
            Fault::AcceptLater(Duration::from_secs(3)),
            Fault::AcceptThenSay(html()),
            Fault::AcceptThenCutHead,
            Fault::AcceptThenCutBody,
            Fault::Hang,
            Fault::Throttle(Some(1)),
            Fault::Say("text/html", html()),
            Fault::Redirect("http://127.0.0.1:9/".to_owned()),
            Fault::Unauthorised,
            Fault::Refuse(21_211),
            Fault::Status(503),
            Fault::Drop,
        ];
        let mut all: Vec<_> = sends.into_iter().map(|fault| (fault.as_str(), Word::Send(fault))).collect();
        all.extend([
            ("list_missing", Word::List(Lie::Missing)),
            ("list_doubled", Word::List(Lie::Doubled)),
            ("list_foreign", Word::List(Lie::Foreign)),
            ("list_second_page", Word::List(Lie::SecondPage)),
            ("callback_twice", Word::Callback(Callback::Twice)),
            ("callback_late", Word::Callback(Callback::Late)),
            ("callback_early", Word::Callback(Callback::Early)),
            ("callback_out_of_order", Word::Callback(Callback::OutOfOrder)),
            ("callback_forged", Word::Callback(Callback::Forged)),
            ("callback_never", Word::Callback(Callback::Never)),
        ]);
        all
    }
}

/// Why faults could not be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Unknown {
    /// No such word.
    #[error("`{0}` is no fault; these are: {words}", words = Word::all().iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "))]
    Word(String),
    /// No such share.
    #[error("write how often after `{0}`, for example {0}=1%")]
    Share(String),
}

/// Which share of everything meets what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    seed: u64,
    shares: Vec<(u32, Word)>,
}

impl Faults {
    /// The same with another seed.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What the dice of this number give, of the words that this picks.
    fn of<T>(&self, salt: u64, number: u64, pick: impl Fn(&Word) -> Option<T>) -> Option<T> {
        let mut dice = (scramble(self.seed ^ salt, number) % u64::from(WHOLE)) as u32;
        self.shares.iter().filter_map(|(share, word)| pick(word).map(|it| (*share, it))).find_map(|(share, it)| {
            let hit = dice < share;
            dice = dice.saturating_sub(share);
            hit.then_some(it)
        })
    }

    pub(super) fn of_send(&self, number: u64) -> Option<Fault> {
        self.of(1, number, |word| match word {
            Word::Send(fault) => Some(fault.clone()),
            _ => None,
        })
    }

    pub(super) fn of_list(&self, number: u64) -> Option<Lie> {
        self.of(2, number, |word| match word {
            Word::List(lie) => Some(*lie),
            _ => None,
        })
    }

    pub(super) fn of_callback(&self, number: u64) -> Option<Callback> {
        self.of(3, number, |word| match word {
            Word::Callback(callback) => Some(*callback),
            _ => None,
        })
    }
}

impl FromStr for Faults {
    type Err = Unknown;

    /// `accept_then_drop=1%,hang=0.5%`: commas or lines between them, `#` begins a remark.
    fn from_str(text: &str) -> Result<Self, Unknown> {
        let mut shares = Vec::new();
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        for said in lines.flat_map(|line| line.split(',')).map(str::trim).filter(|said| !said.is_empty()) {
            let (name, share) = said.split_once('=').unwrap_or((said, ""));
            let name = name.trim();
            let known = Word::all().into_iter().find(|(word, _)| *word == name);
            let (_, word) = known.ok_or_else(|| Unknown::Word(name.to_owned()))?;
            let percent: Option<f64> = share.trim().strip_suffix('%').and_then(|share| share.trim().parse().ok());
            let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
            let percent = percent.ok_or_else(|| Unknown::Share(name.to_owned()))?;
            shares.push(((percent * f64::from(WHOLE) / 100.0).round() as u32, word));
        }
        Ok(Self { seed: 0, shares })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_as_often_as_they_say_and_alike_with_the_same_seed() {
        let faults: Faults = "accept_then_drop=10%, hang = 0.5 % # rare\ncallback_never=50%".parse().unwrap();
        let met = |faults: &Faults| (0..100_000).filter_map(|n| faults.of_send(n)).collect::<Vec<_>>();
        let (one, again, other) = (met(&faults), met(&faults), met(&faults.clone().seeded(7)));
        assert!(one == again && one != other);
        let drops = one.iter().filter(|fault| **fault == Fault::AcceptThenDrop).count();
        assert!((9_500..10_500).contains(&drops) && (400..600).contains(&(one.len() - drops)), "{drops} {}", one.len());
        let never = (0..1_000).filter(|n| faults.of_callback(*n) == Some(Callback::Never)).count();
        assert!((400..600).contains(&never), "{never}");
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let said = "flood=1%".parse::<Faults>().unwrap_err().to_string();
        assert!(said.contains("`flood` is no fault") && said.contains("accept_then_drop, accept_then_500"), "{said}");
        for wrong in ["hang", "hang=1", "hang=101%", "hang=-1%", "hang=x%"] {
            assert_eq!(wrong.parse::<Faults>(), Err(Unknown::Share("hang".to_owned())), "{wrong}");
        }
    }
}
