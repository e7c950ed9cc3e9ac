//! Which phrases count where several stand on the same words: the longer explains the shorter.

use super::fold;
use super::phrases::{Found, NO, Place, Role};
use super::words::Words;
use crate::domain::reply::ReplyKind;

/// Leaves out what a longer phrase explains: "stop" in "bus stop", "no" in "no problem".
pub(super) fn unmasked(mut found: Vec<Found>, words: &Words) -> Vec<Found> {
    let n = words.list.len();
    // But none of "never asked for this, stop": there a no begins after the comma.
    let mut begins = vec![false; n + 1];
    for no in found.iter().filter(|found| found.role == NO) {
        begins[no.start] = words.list[no.start].clause;
    }
    found.retain(|found| found.role != Role::Harmless || !begins[found.start + 1..found.end].contains(&true));
    let inside = |of: fn(Role) -> bool| move |found: &&Found| of(found.role) && found.place == Place::Inside;
    let harmless = Reach::new(n, &found, inside(|role| matches!(role, Role::Harmless | Role::Ours)));
    let refusals = |role| matches!(role, Role::Tells(ReplyKind::OptOut | ReplyKind::Suspected));
    let noes = Reach::new(n, &found, inside(refusals));
    let all_noes = Reach::new(n, &found, |found| refusals(found.role));
    let kinds = Reach::new(n, &found, inside(|role| matches!(role, Role::Tells(_))));
    let thanks = Reach::new(n, &found, inside(|role| role == Role::Tells(ReplyKind::Thanks)));
    let mut denials = vec![false; n];
    for negator in found.iter().filter(|found| found.role == Role::Negator) {
        denials[negator.start] = true;
    }
    let masked = |found: &Found| match found.role {
        Role::Harmless | Role::Ours | Role::Filler | Role::Request | Role::Joiner | Role::Negator => false,
        Role::Open | Role::Others => false,
        Role::Messages => harmless.overlaps(found) || harmless.contains(found),
        // "Write not to me" is no other way; but one that begins a clause of its own is, though a no reaches over it.
        Role::Instead => {
            let word = &words.list[found.start];
            let apart = word.clause && !word.lower.starts_with(fold::is_unspaced);
            all_noes.at[found.start] > found.end || (all_noes.contains(found) && !apart)
        }
        // "Stop him" is no refusal, but a cry for help; the same words as "I need no help" are none.
        Role::Tells(ReplyKind::Help) => {
            let negated = thanks.at[found.start] == found.end && denials[found.start..found.end].contains(&true);
            harmless.contains(found) || kinds.contains(found) || negated
        }
        _ if harmless.overlaps(found) || harmless.contains(found) => true,
        Role::Limit | NO => noes.contains(found),
        Role::Tells(_) => kinds.contains(found),
    };
    let keep: Vec<bool> = found.iter().map(|found| !masked(found)).collect();
    found.into_iter().zip(keep).filter_map(|(found, keep)| keep.then_some(found)).collect()
}

/// How far phrases of some roles reach.
struct Reach {
    /// The furthest end of those that begin before a word, and of those that begin at it.
    before: Vec<usize>,
    at: Vec<usize>,
}

impl Reach {
    fn new(n: usize, found: &[Found], of: impl Fn(&&Found) -> bool) -> Reach {
        let mut at = vec![0; n + 1];
        for found in found.iter().filter(of) {
            at[found.start] = at[found.start].max(found.end);
        }
        let before = at.iter().scan(0, |far, end| Some(std::mem::replace(far, (*far).max(*end)))).collect();
        Reach { before, at }
    }

    fn contains(&self, found: &Found) -> bool {
        self.before[found.start] >= found.end || self.at[found.start] > found.end
    }

    fn overlaps(&self, found: &Found) -> bool {
        self.before[found.start] > found.start || self.at[found.start] >= found.end
    }
}
