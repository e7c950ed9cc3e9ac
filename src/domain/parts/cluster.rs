//! Characters as a person sees them: a letter with its accents, an emoji with its tone, a flag, a family.
//!
//! A small reading of Unicode's grapheme clusters (UAX 29), enough to cut no SMS through a character.

use unicode_normalization::char::is_combining_mark;

const JOINER: char = '\u{200d}';

/// The clusters of a text, in order; together they are the text.
pub(super) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut state = State::start(rest.chars().next()?);
        let end = rest.char_indices().skip(1).find(|&(_, c)| !state.joins(c)).map_or(rest.len(), |(at, _)| at);
        let (cluster, after) = rest.split_at(end);
        rest = after;
        Some(cluster)
    })
}

/// What has been read of a cluster.
struct State {
    last: char,
    pictograph: bool,
    /// The first half of a flag waits for the second.
    half_flag: bool,
}

impl State {
    fn start(first: char) -> Self {
        Self { last: first, pictograph: is_pictograph(first), half_flag: is_flag_half(first) }
    }

    /// Takes the next character in, when it belongs to the same cluster.
    fn joins(&mut self, next: char) -> bool {
        let joins = !self.last.is_control()
            && (extends(next)
                || self.last == JOINER && self.pictograph && is_pictograph(next)
                || self.half_flag && is_flag_half(next)
                || is_one_syllable(self.last, next));
        self.half_flag &= !is_flag_half(next);
        self.last = next;
        joins
    }
}

fn extends(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, '\u{200c}' | JOINER | '\u{ff9e}' | '\u{ff9f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
        || matches!(c, '\u{e33}' | '\u{eb3}')
}

fn is_pictograph(c: char) -> bool {
    matches!(
        c,
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
    ) || matches!(c, '\u{1f000}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1fbff}')
}

fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Korean syllables written letter by letter.
fn is_one_syllable(before: char, after: char) -> bool {
    let lead = |c| matches!(c, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}');
    let vowel = |c| matches!(c, '\u{1160}'..='\u{11a7}' | '\u{d7b0}'..='\u{d7c6}');
    let tail = |c| matches!(c, '\u{11a8}'..='\u{11ff}' | '\u{d7cb}'..='\u{d7fb}');
    let block = |c| matches!(c, '\u{ac00}'..='\u{d7a3}');
    let open = |c: char| block(c) && (u32::from(c) - 0xac00).is_multiple_of(28);
    lead(before) && (lead(after) || vowel(after) || block(after))
        || (vowel(before) || open(before)) && (vowel(after) || tail(after))
        || (tail(before) || block(before)) && tail(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_what_a_person_sees() {
        for one in
            ["a", "e\u{301}", "👍🏽", "👩‍👩‍👧‍👧", "🇳🇴", "❤️", "1\u{fe0f}\u{20e3}", "กำ", "नि", "\u{1112}\u{1161}\u{11ab}", "한"]
        {
            assert_eq!(clusters(one).collect::<Vec<_>>(), [one], "{one:?}");
        }
        assert_eq!(clusters("a\r\n🇳🇴🇸🇪b").collect::<Vec<_>>(), ["a", "\r", "\n", "🇳🇴", "🇸🇪", "b"]);
        assert_eq!(clusters("\n\u{301}").count(), 2);
    }
}
