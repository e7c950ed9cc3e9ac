//! From a place in a text back to the place in the file, through TOML's quotes and escapes.

use std::ops::Range;

/// The bytes of the file at which a range of a text was written.
///
/// `raw` is the string as it stands in the file, quotes and all, and begins at `start`. A range that cannot be found is the
/// whole string.
pub(super) fn origin(raw: &str, start: usize, range: &Range<usize>) -> Range<usize> {
    let whole = start..start + raw.len();
    let Some(places) = places(raw) else { return whole };
    let at = |offset: usize| places.iter().find(|(text, _)| *text >= offset).map(|(_, file)| *file);
    match (at(range.start), at(range.end.max(range.start + 1))) {
        (Some(from), Some(to)) if from < to => start + from..start + to,
        _ => whole,
    }
}

/// For each character of the text, and for its end, where it begins in the text and in the file.
fn places(raw: &str) -> Option<Vec<(usize, usize)>> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let triple = raw.len() >= 6 && raw.chars().take(3).all(|c| c == quote);
    let width = if triple { 3 } else { 1 };
    let inner = raw.get(width..raw.len().checked_sub(width)?)?;
    let mut at = 0;
    if triple {
        at = if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) };
    }
    let (mut places, mut text) = (Vec::new(), 0);
    while let Some(c) = inner[at..].chars().next() {
        let (length, means) = match c {
            '\\' if quote == '"' => escape(&inner[at..]),
            _ => (c.len_utf8(), c.len_utf8()),
        };
        if means > 0 {
            places.push((text, width + at));
        }
        at = (at + length).min(inner.len());
        text += means;
    }
    places.push((text, width + at));
    Some(places)
}

/// How long an escape is in the file, and what it means in the text.
fn escape(rest: &str) -> (usize, usize) {
    let digits = |count: usize| {
        let code = rest.get(2..2 + count).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (2 + count, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match rest[1..].chars().next() {
        Some('x') => digits(2),
        Some('u') => digits(4),
        Some('U') => digits(8),
        Some(c) if c.is_whitespace() => {
            let gap = rest[1..].len() - rest[1..].trim_start().len();
            (1 + gap, 0)
        }
        Some(c) => (1 + c.len_utf8(), 1),
        None => (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the marked word of a string value is found in the file.
    fn found(raw: &str) -> String {
        let file = format!("text = {raw}\n");
        let table = toml::de::DeTable::parse(&file).unwrap().into_inner();
        let value = table.values().next().unwrap();
        let text = value.get_ref().as_str().unwrap();
        let at = text.find("{{").unwrap();
        let end = text[at..].find("}}").map(|n| at + n + 2).unwrap();
        file[origin(&file[value.span()], value.span().start, &(at..end))].to_owned()
    }

    #[test]
    fn a_place_is_found_through_every_kind_of_quote_and_escape() {
        for raw in [
            "\"{{ a }}\"",
            "\"Hei «æøå» 🙂 {{ a }} og mer\"",
            "\"\\\"x\\\" \\u00e6 \\U0001F642 \\t\\x41\\\\ {{ a }}\"",
            "'Hei \\n {{ a }}'",
            "\"\"\"\nen\nto {{ a }}\ntre\"\"\"",
            "\"\"\"\r\nen\r\nto {{ a }}\r\n\"\"\"",
            "\"\"\"en \\\n     to {{ a }}\"\"\"",
            "\"\"\"\"x\" {{ a }}\"\"\"",
            "'''\nen {{ a }}'''",
        ] {
            assert_eq!(found(raw), "{{ a }}", "{raw}");
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_the_whole_string() {
        assert_eq!(origin("\"abc\"", 10, &(7..9)), 10..15);
        assert_eq!(origin("abc", 10, &(0..1)), 10..13);
        assert_eq!(origin("\"", 10, &(0..1)), 10..11);
        assert_eq!(origin("\"abc\"", 10, &(2..3)), 13..14);
    }
}
