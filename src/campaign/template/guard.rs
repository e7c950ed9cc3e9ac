//! What keeps a text from breaking the template engine, and a value from breaking a message.

use std::ops::Range;

/// More characters in one `{{ }}`, or more of these, are no message but an attack on the parser's stack.
const MOST_SIGNS: usize = 500;

/// Where a text puts more into one pair of braces, or opens more of them, than any message does.
pub(super) fn overgrown(text: &str) -> Option<Range<usize>> {
    let opened = |sign: &str| text.match_indices(sign).nth(MOST_SIGNS).map(|(at, sign)| at..at + sign.len());
    opened("{{").or_else(|| opened("{%")).or_else(|| {
        let mut rest = 0;
        while let Some(open) = text[rest..].find("{{").into_iter().chain(text[rest..].find("{%")).min() {
            let start = rest + open;
            let inside = &text[start + 2..];
            let end = inside.find("}}").into_iter().chain(inside.find("%}")).min().unwrap_or(inside.len());
            if inside[..end].chars().nth(MOST_SIGNS).is_some() {
                return Some(start..start + 2);
            }
            rest = start + 2 + end;
        }
        None
    })
}

/// Where a text imports from another file. There is none, and the engine falls over `{% import "a" as b() %}`.
pub(super) fn imported(text: &str) -> Option<Range<usize>> {
    text.match_indices("{%").find_map(|(at, open)| {
        let inside = text[at + open.len()..].trim_start_matches(['-', '+']).trim_start();
        let start = text.len() - inside.len();
        let word = ["import", "from"].into_iter().find(|word| inside.starts_with(word))?;
        Some(start..start + word.len())
    })
}

/// Whether a text has the engine's word for a value that is not there.
pub(super) fn says_undefined(text: &str) -> bool {
    const WORD: &[u8] = b"undefined";
    text.as_bytes().windows(WORD.len()).any(|word| word.eq_ignore_ascii_case(WORD))
}

/// A value as it may stand in a message: one line, without control characters and without marks that turn the direction of
/// what follows.
pub(super) fn plain(value: &str) -> String {
    let visible = value.chars().filter(|c| !is_hidden(*c)).map(|c| if c.is_control() { ' ' } else { c });
    visible.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks without a shape of their own that change or hide what stands around them. Joiners stay: Persian and emoji need them.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}
