//! Whether what looks like a no is about us at all: not "do not call the police" nor "delete my appointment", and no
//! word that only looks like one of another language.

use super::phrases::{Book, Found, Place, Role};
use super::words::Word;

/// How many words may stand between a no and whom it is about: "no contact | with | the police".
const BETWEEN: usize = 1;
/// A word of refusal that this many phrases have is known everywhere.
const KNOWN_TO_ALL: usize = 5;

/// Whether what a no is about is not our messages.
pub(super) fn is_about_else(book: &Book, words: &[Word], found: &[Found], no: &Found) -> bool {
    let theirs: Vec<&Found> = found.iter().filter(|other| book.share_language(&other.phrases, &no.phrases)).collect();
    is_open(words, &theirs, no) || is_about_others(words, &theirs, no) || is_harmless_in_full(&theirs, no)
}

/// Whether it is one word, and everything that is said beside it is in languages that do not have it: "du" is "enough"
/// in Vietnamese, but not before "har feil nummer". English goes with every language, and so does "stop".
pub(super) fn is_foreign(book: &Book, words: &[Word], found: &[Found], no: &Found) -> bool {
    let beside = || {
        let apart = |other: &&Found| other.end <= no.start || no.end <= other.start;
        let near = |other: &&Found| words[other.start].sentence == words[no.start].sentence;
        found.iter().filter(apart).filter(near)
    };
    let fits = |other: &Found| {
        let english = |id: &usize| matches!(book.language(*id), None | Some("en"));
        other.phrases.iter().any(english) || book.share_language(&other.phrases, &no.phrases)
    };
    let single = no.end - no.start == 1 && no.place != Place::Inside && no.phrases.len() < KNOWN_TO_ALL;
    single && beside().next().is_some() && !beside().any(fits)
}

/// Whether it ends in "my" or "the" and what belongs to that follows: "delete my appointment".
fn is_open(words: &[Word], theirs: &[&Found], no: &Found) -> bool {
    let goes_on = no.end < words.len() && !words[no.end].clause && words[no.end].sentence == words[no.start].sentence;
    let ends_open = |other: &&Found| other.role == Role::Open && other.end == no.end && other.start > no.start;
    let filled = |other: &&Found| other.role == Role::Filler && other.start == no.end;
    goes_on && theirs.iter().any(ends_open) && !theirs.iter().any(filled)
}

/// Whether somebody else is named in it or straight after it, without a pause: "do not call the police".
fn is_about_others(words: &[Word], theirs: &[&Found], no: &Found) -> bool {
    theirs.iter().any(|other| {
        let near = no.start < other.start && other.start <= no.end + BETWEEN;
        let goes_on = |word: &Word| !word.clause && word.sentence == words[no.start].sentence;
        other.role == Role::Others && near && (no.end..=other.start).all(|at| goes_on(&words[at]))
    })
}

/// Whether a harmless phrase begins in it and ends after it: "I want to | cancel | my appointment".
fn is_harmless_in_full(theirs: &[&Found], no: &Found) -> bool {
    theirs.iter().any(|other| {
        other.role == Role::Harmless && no.start < other.start && other.start < no.end && no.end < other.end
    })
}
