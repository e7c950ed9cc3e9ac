//! The rules: from phrases found to the kind of a reply. A certain no must be said plainly; what only smells like a no
//! is suspected, and held until a person has read it.

use super::Reading;
use super::about::{is_about_else, is_foreign};
use super::mask::unmasked;
use super::phrases::{Book, Found, NO, Place, Role};
use super::spoken::{covered, spoken};
use super::words::{Word, Words};
use crate::domain::reply::ReplyKind;

/// In a reply this short, a word of refusal is suspect wherever it stands.
const SHORT: usize = 4;
/// A word of refusal is recognised misspelled from this length on.
const SPELLABLE: usize = 4;
/// How many words may stand between "not" and the messages that it is about.
const NEAR: usize = 4;

/// Tells the kind of a reply, and its language.
pub fn decide(book: &Book, words: &Words) -> Reading {
    let found = book.find(&words.list);
    let spoken = spoken(book, &words.list, &found).map(str::to_owned);
    Reading { spoken, ..kind_of(book, words, unmasked(found, words)) }
}

fn kind_of(book: &Book, words: &Words, found: Vec<Found>) -> Reading {
    let view = View::new(words, &found);
    let certain = |no: &&Found| no.role == NO && view.is_certain(book, no);
    let telling = |kind: ReplyKind| match kind {
        ReplyKind::OptOut => view.best(book, certain),
        ReplyKind::Suspected => view.best(book, |found| view.is_suspect(found)),
        kind => view.best(book, |found| found.role == Role::Tells(kind) && view.tells(found, kind)),
    };
    let shown = |id: usize, found: &Found| book.phrases[id].pattern.shown(&words.list[found.start..found.end]);
    for kind in ReplyKind::ALL {
        if let Some((id, found)) = telling(kind) {
            // "I no longer need your messages" is more than a thanks.
            let refused = is_lost_on(kind).then(|| view.refuses_messages(book)).flatten();
            let (kind, id, found) = refused.map_or((kind, id, found), |(id, found)| (ReplyKind::Suspected, id, found));
            return reading(kind, book, id, shown(id, found));
        }
        if kind == ReplyKind::Suspected
            && let Some((kind, id, word)) = view.misspelled(book)
        {
            return reading(kind, book, id, word);
        }
    }
    Reading { kind: ReplyKind::Other, phrase: None, language: None, spoken: None }
}

/// Whether a no that is read as this would never be looked at as a no.
fn is_lost_on(kind: ReplyKind) -> bool {
    matches!(kind, ReplyKind::Thanks | ReplyKind::NotInGroup | ReplyKind::Start)
}

fn reading(kind: ReplyKind, book: &Book, id: usize, phrase: String) -> Reading {
    Reading { kind, phrase: Some(phrase), language: book.language(id).map(str::to_owned), spoken: None }
}

/// A reply with its phrases, and which places are reached by phrases alone.
struct View<'a> {
    words: &'a Words,
    found: &'a [Found],
    /// From the beginning of the reply to here, there are only phrases; and from here to its end.
    from_begin: Vec<bool>,
    to_end: Vec<bool>,
    /// The same within the sentence.
    from_sentence: Vec<bool>,
    to_sentence_end: Vec<bool>,
    /// The same from the beginning of the clause.
    from_clause: Vec<bool>,
    /// From a comma or the like to here, there are only small words.
    from_pause: Vec<bool>,
}

impl<'a> View<'a> {
    fn new(words: &'a Words, found: &'a [Found]) -> View<'a> {
        let n = words.list.len();
        let new_sentence = |i: usize| i == 0 || i == n || words.list[i].sentence != words.list[i - 1].sentence;
        let joined = |i: usize| found.iter().any(|f| f.role == Role::Joiner && f.end == i);
        let new_clause = |i: usize| new_sentence(i) || words.list[i].clause || joined(i);
        View {
            words,
            found,
            from_begin: forward(n, found, |i| i == 0),
            to_end: backward(n, found, |i| i == n),
            from_sentence: forward(n, found, new_sentence),
            to_sentence_end: backward(n, found, new_sentence),
            from_clause: forward(n, found, new_clause),
            from_pause: forward_over(n, found, is_small, |i| new_sentence(i) || words.list[i].clause),
        }
    }

    fn any(&self, role: Role) -> bool {
        self.found.iter().any(|found| found.role == role)
    }

    fn is_whole(&self, found: &Found) -> bool {
        self.from_begin[found.start] && self.to_end[found.end]
    }

    fn is_sentence(&self, found: &Found) -> bool {
        self.from_sentence[found.start] && self.to_sentence_end[found.end]
    }

    /// A question that is not a demand in the dress of a question.
    fn is_asked(&self, found: &Found) -> bool {
        let sentence = self.words.list[found.start].sentence;
        let request = |other: &Found| {
            other.role == Role::Request && self.words.list[other.start].sentence == sentence && other.end <= found.start
        };
        self.words.asked[sentence] && !self.found.iter().any(request)
    }

    /// Whether something else than phrases is asked somewhere; a single "what?" asks nothing.
    fn asks_more(&self) -> bool {
        let words = &self.words.list;
        let alone = |at: usize| words.iter().filter(|word| word.sentence == words[at].sentence).count() == 1;
        (0..words.len()).any(|i| self.words.asked[words[i].sentence] && !self.from_sentence[i + 1] && !alone(i))
    }

    fn is_certain(&self, book: &Book, no: &Found) -> bool {
        // "To me" and "from now on" are no limits, though "to" and "now" are.
        let is_said_longer = |limit: &Found| {
            self.found.iter().any(|other| {
                other.role == Role::Filler
                    && (other.start..other.end) != (limit.start..limit.end)
                    && other.start <= limit.start
                    && limit.end <= other.end
                    && book.share_language(&other.phrases, &limit.phrases)
            })
        };
        let limited = self.found.iter().any(|other| {
            other.role == Role::Limit
                && other.start >= no.end
                && book.share_language(&other.phrases, &no.phrases)
                && !is_said_longer(other)
        });
        let whole = self.is_whole(no) && (no.place == Place::Inside || !self.is_asked(no));
        // "Basta!" may be said for joy, with more to come.
        let exclaimed = no.end - no.start == 1 && self.is_also_suspected(book, no, Place::Start);
        let said = self.is_sentence(no) && !self.is_asked(no) && !self.asks_more();
        let sentence = no.place != Place::Inside && said && !exclaimed;
        let demand = no.place == Place::Inside && self.from_clause[no.start];
        let doubtful = limited
            || self.is_negated(book, no)
            || is_about_else(book, &self.words.list, self.found, no)
            || is_foreign(book, &self.words.list, self.found, no)
            || self.is_also_suspected(book, no, Place::Alone)
            || self.asks_another_way(book, no)
            || self.asks_help()
            || self.any(Role::Ours);
        !doubtful && (whole || demand || (sentence && !self.any(Role::Harmless)))
    }

    /// Whether "do not" stands straight before it, as in "do not delete my number".
    fn is_negated(&self, book: &Book, no: &Found) -> bool {
        let negators = || self.found.iter().filter(|other| other.role == Role::Negator);
        let spoken_with = |negator: &Found| {
            let mut noes = self.found.iter().filter(|other| other.role == NO && other.start == no.start);
            noes.any(|other| other.end == no.end && book.share_language(&negator.phrases, &other.phrases))
        };
        let before = |negator: &Found| negator.start < no.start && no.start <= negator.end && spoken_with(negator);
        let own = |negator: &Found| negator.start == no.start && spoken_with(negator);
        // In "take me not off the list" and "wil me niet afmelden" it stands where the phrase has a gap.
        let gaps: Vec<usize> = no
            .phrases
            .iter()
            .flat_map(|id| book.phrases[*id].pattern.gaps(&self.words.list[no.start..no.end]))
            .flatten()
            .map(|at| at + no.start)
            .collect();
        let within =
            |negator: &Found| gaps.contains(&negator.start) && book.share_language(&negator.phrases, &no.phrases);
        let denied = !self.words.list[no.start].clause && negators().any(before);
        (denied || negators().any(within)) && !negators().any(own)
    }

    /// Whether its language has the same words among what is only suspected: "para" is "stop", and "for".
    fn is_also_suspected(&self, book: &Book, no: &Found, place: Place) -> bool {
        let words = &self.words.list[no.start..no.end];
        let written: String = words.iter().map(|word| word.lower.as_str()).collect();
        let same = |other: &&Found| {
            other.role == Role::Tells(ReplyKind::Suspected)
                && other.place == place
                && (other.start, other.end) == (no.start, no.end)
                && book.share_language(&other.phrases, &no.phrases)
        };
        let mut phrases = self.found.iter().filter(same).flat_map(|other| &other.phrases);
        phrases.any(|id| book.phrases[*id].pattern.shown(words).replace(' ', "") == written)
    }

    /// Whether another way of contact is asked for, as in "do not call me, write". A single word must be a clause.
    fn asks_another_way(&self, book: &Book, no: &Found) -> bool {
        let n = self.words.list.len();
        // "Call not", "do not call".
        let denied = |way: &Found| {
            self.found.iter().any(|other| {
                let after = way.end <= other.start
                    && other.start <= way.end + 1
                    && !self.words.list[way.end..=other.start].iter().any(|word| word.clause);
                other.role == Role::Negator
                    && (after || (other.end == way.start && !self.words.list[way.start].clause))
                    && book.share_language(&other.phrases, &way.phrases)
            })
        };
        let whole = |way: &Found| {
            way.end == n
                || self.words.list[way.end].clause
                || self.found.iter().any(|other| other.role == Role::Filler && other.start == way.end)
        };
        self.found.iter().any(|way| {
            let long = way.end - way.start > 1;
            let placed = self.from_pause[way.start] || (long && way.start >= no.end);
            way.role == Role::Instead
                && way.start != no.start
                && placed
                && (long || whole(way))
                && book.share_language(&way.phrases, &no.phrases)
                && !denied(way)
        })
    }

    /// What is said of our messages, our list or a number with us, when "not" stands beside it.
    fn refuses_messages(&self, book: &Book) -> Option<(usize, &'a Found)> {
        let thanked = |about: &Found, negator: &Found| {
            let holds = |other: &Found, part: &Found| other.start <= part.start && part.end <= other.end;
            self.found.iter().any(|other| {
                other.role == Role::Tells(ReplyKind::Thanks) && holds(other, about) && !holds(other, negator)
            })
        };
        let joined = |from: usize, to: usize| {
            let between = |other: &Found| from <= other.start && other.end <= to;
            self.found.iter().any(|other| other.role == Role::Joiner && between(other))
        };
        let refused = |about: &&Found| {
            self.found.iter().any(|negator| {
                let (first, second) = if negator.start < about.start { (negator, *about) } else { (*about, negator) };
                negator.role == Role::Negator
                    && first.end <= second.start
                    && second.start - first.end <= NEAR
                    && !joined(first.end, second.start)
                    && !self.words.list[first.start + 1..=second.start].iter().any(|word| word.clause)
                    && book.share_language(&negator.phrases, &about.phrases)
                    && !thanked(about, negator)
            })
        };
        self.best(book, |found| found.role == Role::Messages && refused(found))
    }

    fn asks_help(&self) -> bool {
        let help = |found: &Found| found.role == Role::Tells(ReplyKind::Help) && self.tells(found, ReplyKind::Help);
        self.found.iter().any(help)
    }

    fn is_suspect(&self, found: &Found) -> bool {
        if found.role == Role::Ours {
            return true;
        }
        if found.role != NO {
            return found.role == Role::Tells(ReplyKind::Suspected) && self.tells(found, ReplyKind::Suspected);
        }
        let shouted = self.words.list[found.start..found.end].iter().all(|word| word.shouted)
            && !self.words.list.iter().all(|word| word.shouted);
        let begins = found.place == Place::Start && (self.from_clause[found.start] || self.words.list.len() <= SHORT);
        found.place == Place::Inside || begins || shouted || self.is_sentence(found) || self.is_last_word(found)
    }

    /// Whether a word of refusal ends the reply, as in "you put me in danger with these texts stop"; one that says other
    /// things too must be a clause of its own, with small words before it when it is more than one.
    fn is_last_word(&self, no: &Found) -> bool {
        let clause = no.end - no.start > 1 && self.from_clause[no.start];
        let placed = clause || no.place == Place::Start || self.words.list[no.start].clause;
        let last = no.end == self.words.list.len() || (clause && self.to_end[no.end]);
        placed && last && !self.is_asked(no) && !self.asks_help()
    }

    fn tells(&self, found: &Found, kind: ReplyKind) -> bool {
        let placed = match found.place {
            Place::Inside => true,
            Place::Start => self.from_clause[found.start],
            Place::Alone => self.is_whole(found),
        };
        let is_fine = |other: &Found| other.role == Role::Tells(ReplyKind::Thanks) && other.place == Place::Inside;
        match kind {
            // Who asks something does more than thank.
            ReplyKind::Thanks => placed && !self.words.asked.contains(&true),
            // A yes before "I am fine" asks for nothing; and one language's "thanks" is another's "yes".
            ReplyKind::Start => placed && !self.found.iter().any(is_fine),
            _ => placed,
        }
    }

    /// The longest phrase that fits, in the language that most of the reply is in.
    fn best(&self, book: &Book, fits: impl Fn(&&'a Found) -> bool) -> Option<(usize, &'a Found)> {
        let mut fitting: Vec<&Found> = self.found.iter().filter(fits).collect();
        fitting.sort_by_key(|found| (std::cmp::Reverse(found.end - found.start), found.start));
        let found = fitting.first()?;
        let spoken = |id: &usize| {
            let language = book.phrases[*id].language;
            covered(book, language, self.found).count()
        };
        let most = found.phrases.iter().map(spoken).max()?;
        found.phrases.iter().find(|id| spoken(id) == most).map(|id| (*id, *found))
    }

    /// A single word of refusal that was cut in two, written together with another word, or misspelled.
    fn misspelled(&self, book: &Book) -> Option<(ReplyKind, usize, String)> {
        if self.any(Role::Harmless) || self.words.list.len() > SHORT {
            return None;
        }
        let glued = self.words.glued();
        let refusals = || book.single_words(NO).filter(|(_, word)| word.chars().count() >= SPELLABLE);
        let begun = |prefix: &str| book.single_words(Role::Filler).any(|(_, word)| word == prefix);
        for (id, word) in refusals() {
            let beside = glued.strip_prefix(word).or_else(|| glued.strip_suffix(word));
            let repeated = !glued.is_empty() && glued.replace(word, "").is_empty();
            if repeated || (self.words.list.len() == 1 && beside.is_some_and(begun)) {
                return Some((ReplyKind::OptOut, id, word.to_owned()));
            }
        }
        let unknown: Vec<&Word> = self.unknown();
        let [word] = unknown.as_slice() else { return None };
        let written = word.readings[0].as_str();
        // "Trenger lege fort" is no slip of a Portuguese "fora".
        let spoken = |id: usize| {
            self.found.is_empty() || self.found.iter().any(|found| book.share_language(&found.phrases, &[id]))
        };
        refusals()
            .find(|(id, right)| is_slip(written, right) && spoken(*id))
            .map(|(id, right)| (ReplyKind::Suspected, id, right.to_owned()))
    }

    /// The words that belong to no phrase.
    fn unknown(&self) -> Vec<&'a Word> {
        let list = self.words.list.iter().enumerate();
        list.filter(|(i, _)| !self.found.iter().any(|found| found.start <= *i && *i < found.end))
            .map(|(_, word)| word)
            .collect()
    }
}

fn forward(n: usize, found: &[Found], begins: impl Fn(usize) -> bool) -> Vec<bool> {
    forward_over(n, found, covers, begins)
}

fn forward_over(n: usize, found: &[Found], over: impl Fn(&Found) -> bool, begins: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut reached: Vec<bool> = (0..=n).map(|i| i < n && begins(i)).collect();
    // In the order of their starts, so that what leads here is known.
    for found in found.iter().filter(|found| over(found)) {
        reached[found.end] |= reached[found.start];
    }
    reached
}

fn backward(n: usize, found: &[Found], ends: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut reached: Vec<bool> = (0..=n).map(|i| i > 0 && ends(i)).collect();
    let mut latest: Vec<&Found> = found.iter().filter(|found| covers(found)).collect();
    latest.sort_by_key(|found| std::cmp::Reverse(found.start));
    for found in latest {
        reached[found.start] |= reached[found.end];
    }
    reached
}

fn covers(found: &Found) -> bool {
    matches!(found.role, Role::Filler | Role::Request | Role::Joiner | Role::Tells(_))
}

fn is_small(found: &Found) -> bool {
    matches!(found.role, Role::Filler | Role::Request | Role::Joiner)
}

/// Whether one slip of the finger makes the one word of the other: a letter too many, too few, wrong or swapped. The
/// first letter may only be swapped, so that "top" is not a "stop".
fn is_slip(written: &str, right: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (written.chars().collect(), right.chars().collect());
    if a.len() + 1 < SPELLABLE || a.len().abs_diff(b.len()) > 1 || a == b {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let swapped = a.len() == b.len()
        && same + 1 < a.len()
        && (a[same], a[same + 1]) == (b[same + 1], b[same])
        && a[same + 2..] == b[same + 2..];
    let tail = |skip_a: usize, skip_b: usize| same > 0 && a[same + skip_a..] == b[same + skip_b..];
    swapped
        || match a.len().cmp(&b.len()) {
            std::cmp::Ordering::Equal => tail(1, 1),
            std::cmp::Ordering::Greater => tail(1, 0),
            std::cmp::Ordering::Less => tail(0, 1),
        }
}
