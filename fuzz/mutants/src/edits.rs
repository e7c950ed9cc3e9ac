//! Text put around places of a source: what a mutant needs to stand behind a switch. Knows no Rust.

use std::collections::HashSet;
use std::ops::Range;

/// One change that a slip could make.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its number in this copy, from 1.
    pub id: u32,
    /// The file, from the project's root.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is different when it is on.
    pub what: String,
}

impl Mutant {
    /// What it is known by from one run to the next.
    pub fn key(&self) -> String {
        format!("{}:{}: {}", self.file, self.line, self.what).replace('\t', " ")
    }
}

/// What is put around one place.
struct Wrap {
    id: u32,
    place: Range<usize>,
    before: String,
    after: &'static str,
}

/// All that is put into one file, the outer before the inner.
#[derive(Default)]
pub struct Edits(Vec<Wrap>);

/// A text with its mutants, and where each of them stands.
pub struct Planted {
    pub text: String,
    pub places: Vec<(u32, Range<usize>)>,
}

impl Edits {
    pub fn wrap(&mut self, id: u32, place: Range<usize>, before: String, after: &'static str) {
        self.0.push(Wrap { id, place, before, after });
    }

    /// The source with all of these but those that are `off`.
    pub fn apply(&self, source: &str, off: &HashSet<u32>) -> Planted {
        let mut cuts: Vec<(usize, bool, usize)> = Vec::new();
        for (n, wrap) in self.0.iter().enumerate().filter(|(_, wrap)| !off.contains(&wrap.id)) {
            cuts.push((wrap.place.start, true, n));
            if !wrap.place.is_empty() {
                cuts.push((wrap.place.end, false, n));
            }
        }
        // What ends somewhere ends before another begins there; inner ones end first and begin last.
        cuts.sort_by_key(|(at, opens, n)| (*at, *opens, if *opens { *n as isize } else { -(*n as isize) }));
        let (mut text, mut at) = (String::new(), 0);
        let mut places: Vec<(u32, Range<usize>)> = self.0.iter().map(|wrap| (wrap.id, 0..0)).collect();
        for (cut, opens, n) in cuts {
            let wrap = &self.0[n];
            text.push_str(&source[at..cut]);
            at = cut;
            if opens {
                places[n].1.start = text.len();
            }
            text.push_str(if opens { &wrap.before } else { wrap.after });
            places[n].1.end = text.len();
        }
        text.push_str(&source[at..]);
        places.retain(|(id, _)| !off.contains(id));
        Planted { text, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_same_place_is_nested() {
        let mut edits = Edits::default();
        edits.wrap(1, 0..3, "<1 ".to_owned(), " 1>");
        edits.wrap(2, 0..3, "<2 ".to_owned(), " 2>");
        edits.wrap(3, 2..2, "!".to_owned(), "");
        assert_eq!(edits.apply("abc d", &HashSet::new()).text, "<1 <2 ab!c 2> 1> d");
        assert_eq!(edits.apply("abc d", &HashSet::from([2])).text, "<1 ab!c 1> d");
    }
}
