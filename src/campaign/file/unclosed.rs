//! Where a bracket or three quotes were opened that swallow the keys below, so that the parser complains far too late.

use std::ops::Range;

use super::schema::KEYS;

/// Three quotes whose text would have keys of ours in it: the closing ones were forgotten.
pub(super) fn quotes(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    while let Some(open) = text[at..].find("\"\"\"").map(|n| at + n) {
        let inside = &text[open + 3..];
        let close = inside.find("\"\"\"").unwrap_or(inside.len());
        if inside[..close].lines().skip(1).any(begins) {
            return Some(open..open + 3);
        }
        at = (open + 3 + close + 3).min(text.len());
        if !text.is_char_boundary(at) {
            return None;
        }
    }
    None
}

/// For a complaint about brackets on a line: the bracket that is open there, if it was opened on an earlier line, and the
/// lines that belong to it.
pub(super) fn bracket(text: &str, lines: &[usize], complaint: usize) -> (Option<Range<usize>>, Range<usize>) {
    let line = |n: usize| {
        let end = lines.get(n + 1).copied().unwrap_or(text.len());
        lines.get(n).map_or("", |start| &text[*start..end])
    };
    let opens =
        |n: &usize| line(*n).split_once('=').is_some_and(|(_, value)| value.trim_start().starts_with(['[', '{']));
    let Some(first) = (0..=complaint).rev().take(100).find(opens).filter(|first| *first < complaint) else {
        return (None, complaint..complaint + 1);
    };
    if begins(line(complaint)) {
        let at = lines[first] + line(first).find('=').unwrap_or(0);
        let open = text[at..].find(['[', '{']).map(|n| at + n..at + n + 1);
        return (open, first..complaint);
    }
    let last = (complaint..lines.len()).take(100).find(|n| line(*n).contains([']', '}'])).unwrap_or(complaint);
    (None, first..last + 1)
}

/// Whether a key of ours or a section begins on a line.
fn begins(line: &str) -> bool {
    let line = line.trim_start();
    let name = line.trim_start_matches('[').split(['=', ']', '.', ' ']).next().unwrap_or_default();
    let known = KEYS.iter().any(|key| key.name == name);
    known && (line.starts_with('[') || line.contains('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_swallow_a_key_are_found() {
        assert_eq!(quotes("rate = \"\"\"20/min\n\n[[follow_up]]\nscript.nb = \"\"\"\nHei\n\"\"\"\n"), Some(7..10));
        assert_eq!(quotes("script.nb = \"\"\"\nHei\nkind = \"call\"\n"), Some(12..15));
        assert_eq!(quotes("script.nb = \"\"\"\nHei, a = b\nfrom here [x]\n\"\"\"\nkind = \"call\"\n"), None);
        assert_eq!(quotes("a = \"\"\"\"\"\""), None);
    }

    #[test]
    fn a_bracket_is_found_where_it_was_opened() {
        let found = |text: &str, complaint| {
            let lines: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
            bracket(text, &lines, complaint)
        };
        assert_eq!(found("days = [\"mon\"\nfrom = 1\n", 1), (Some(7..8), 0..1));
        assert_eq!(found("days = [\n\"mon\"\n[window]\n", 2), (Some(7..8), 0..2));
        assert_eq!(found("days = [\n\"mon\"\n\"tue\"\n]\n", 2), (None, 0..4));
        assert_eq!(found("days = [\"mon\" \"tue\"]\n", 0), (None, 0..1));
    }
}
