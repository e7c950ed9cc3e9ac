//! Runs of digit groups in plain text: the second look at what the matcher did not take for a number.

use std::ops::Range;

/// The longest gap between two groups of one run.
const LONGEST_GAP: usize = 4;
/// What ends a run, whatever stands around it.
const STOPS: [char; 6] = ['\n', ';', '+', '@', '%', '='];

/// Groups of digits with gaps of spaces, signs or emoji between them.
#[derive(Clone, Debug)]
pub(super) struct Run<'t> {
    text: &'t str,
    groups: Vec<Range<usize>>,
    /// A plus stands before it.
    pub(super) plus: bool,
    /// A letter or digit stands directly before or after it.
    pub(super) glued: bool,
}

impl<'t> Run<'t> {
    /// The digit groups.
    pub(super) fn groups(&self) -> impl Iterator<Item = &'t str> {
        self.groups.iter().map(|range| &self.text[range.clone()])
    }

    /// What stands between the groups.
    pub(super) fn gaps(&self) -> impl Iterator<Item = &'t str> {
        self.groups.windows(2).map(|pair| &self.text[pair[0].end..pair[1].start])
    }

    /// The run as it is written.
    pub(super) fn written(&self) -> &'t str {
        &self.text[self.range()]
    }

    /// Where it stands.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.groups.first().map_or(0, |group| group.start);
        start..self.groups.last().map_or(start, |group| group.end)
    }

    /// The digits of some of its groups, with the plus when the first group is among them.
    pub(super) fn digits(&self, groups: Range<usize>) -> String {
        let plus = if self.plus && groups.start == 0 { "+" } else { "" };
        let digits: String = self.groups[groups].iter().map(|range| &self.text[range.clone()]).collect();
        format!("{plus}{digits}")
    }

    /// Some of its groups as a run of their own.
    pub(super) fn part(&self, groups: Range<usize>) -> Run<'t> {
        let plus = self.plus && groups.start == 0;
        Run { text: self.text, plus, glued: self.glued, groups: self.groups[groups].to_vec() }
    }

    /// Where it falls apart into several things, as ranges of its groups.
    pub(super) fn things(&self) -> Vec<Range<usize>> {
        let breaks = self.gaps().zip(self.groups()).enumerate();
        let breaks = breaks.filter(|(_, (gap, before))| parts_things(gap, before)).map(|(index, _)| index + 1);
        let mut ends: Vec<usize> = breaks.collect();
        ends.push(self.len());
        let starts = std::iter::once(0).chain(ends.clone());
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }

    /// How many groups it has.
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// How many digits it has.
    pub(super) fn digit_count(&self) -> usize {
        self.groups.iter().map(|range| range.len()).sum()
    }

    /// Whether the same sign, no space, stands in all of at least two gaps (`91/23/45/67`).
    pub(super) fn has_one_sign(&self) -> bool {
        let mut gaps = self.gaps().map(str::trim);
        let first = gaps.next().unwrap_or_default();
        self.len() > 2 && !first.is_empty() && gaps.all(|gap| gap == first)
    }
}

/// Whether a gap parts two things rather than two groups of one: a slash, a dash with room, a wide space, an age in
/// brackets.
fn parts_things(gap: &str, before: &str) -> bool {
    let has_room = gap.starts_with(' ') || gap.ends_with(' ');
    let is_age = gap.starts_with(')') && before.len() == 2;
    is_age
        || gap.contains(['/', '|'])
        || gap.contains("  ")
        || has_room && !gap.trim().is_empty() && !gap.contains(['(', ')'])
}

/// The runs of a text that lie outside the taken ranges.
pub(super) fn runs<'t>(text: &'t str, taken: &[Range<usize>]) -> impl Iterator<Item = Run<'t>> {
    let mut runs: Vec<Run<'t>> = Vec::new();
    for group in groups(text) {
        if taken.iter().any(|range| range.start < group.end && group.start < range.end) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if continues(text, run.range().end, group.start) => run.groups.push(group),
            _ => runs.push(Run { text, plus: follows_plus(text, group.start), groups: vec![group], glued: false }),
        }
    }
    runs.into_iter().map(move |mut run| {
        let Range { start, end } = run.range();
        run.glued = text[..start].ends_with(char::is_alphanumeric) || text[end..].starts_with(char::is_alphanumeric);
        run
    })
}

fn groups(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c: char| c.is_ascii_digit())?;
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
        from = end;
        Some(start..end)
    })
}

fn continues(text: &str, from: usize, to: usize) -> bool {
    let gap = &text[from..to];
    let ends_a_thought = gap.starts_with([',', ':']) && gap.len() > 1;
    gap.chars().count() <= LONGEST_GAP
        && !ends_a_thought
        && !gap.contains(|c: char| c.is_alphanumeric() || STOPS.contains(&c))
}

fn follows_plus(text: &str, start: usize) -> bool {
    text[..start].trim_end_matches([' ', '(']).ends_with('+')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<'t>(text: &'t str, taken: &[Range<usize>]) -> Vec<&'t str> {
        runs(text, taken).map(|run| run.written()).collect()
    }

    #[test]
    fn letters_lines_and_commas_end_a_run() {
        assert_eq!(written("12 34/5 kr 67, 8\n9", &[]), ["12 34/5", "67", "8", "9"]);
        assert_eq!(written("12,34,56", &[]), ["12,34,56"]);
    }

    #[test]
    fn what_is_taken_is_left_out() {
        assert_eq!(written("12 34 56 78", &[3..5, 9..11]), ["12", "56"]);
    }

    #[test]
    fn signs_with_room_part_things() {
        let things = |text| runs(text, &[]).next().expect("a run").things();
        assert_eq!(things("(25) 912 34/1500 - 20  3"), [0..1, 1..3, 3..4, 4..5, 5..6]);
        assert_eq!(things("91-23 45.67").len(), 1);
    }

    #[test]
    fn a_plus_and_glue_are_noticed() {
        let run = runs("+ (47)12x", &[]).next().expect("a run");
        assert!(run.plus && run.glued);
        assert_eq!(run.digits(0..2), "+4712");
    }
}
