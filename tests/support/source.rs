//! Rust source read as text: comments, strings and test modules blanked, every line where it was.
//!
//! Not a parser: it knows just enough of the language for `house.rs` to look for words.

use std::iter;

/// The source with comments, strings and character literals replaced by blanks; line breaks stay.
pub fn code(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let unread = comment(rest).or_else(|| string(rest)).or_else(|| raw_string(rest)).or_else(|| character(rest));
        let length = unread.unwrap_or(next.len_utf8());
        if unread.is_some() {
            blank(&mut out, &rest[..length])
        } else {
            out.push(next)
        }
        rest = &rest[length..];
    }
    out
}

/// The code (from [`code`]) with everything under `#[cfg(test)]` blanked.
pub fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let end = start + item(&rest[start..]);
        out.push_str(&rest[..start]);
        blank(&mut out, &rest[start..end]);
        rest = &rest[end..];
    }
    out + rest
}

/// The byte offsets at which `word` stands as a whole: `now` is not in `know`. A `*` at its end stands for any ending.
pub fn occurrences<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let stem = word.trim_end_matches('*');
    code.match_indices(stem).map(|(at, _)| at).filter(move |at| {
        let opens = !stem.starts_with(is_word) || !code[..*at].ends_with(is_word);
        let closes = stem != word || !stem.ends_with(is_word) || !code[at + stem.len()..].starts_with(is_word);
        opens && closes
    })
}

/// The line, from 1, of a byte offset.
pub fn line(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

/// The name at the start of the code.
pub fn word_at(code: &str) -> &str {
    &code[..code.find(|c| !is_word(c)).unwrap_or(code.len())]
}

/// Whether a character can stand in a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment at the very start; block comments nest.
fn comment(source: &str) -> Option<usize> {
    if source.starts_with("//") {
        return Some(source.find('\n').unwrap_or(source.len()));
    }
    let mut inside = source.strip_prefix("/*")?;
    let mut depth = 1;
    while depth > 0 && !inside.is_empty() {
        let (change, length) = match inside.as_bytes() {
            [b'/', b'*', ..] => (1, 2),
            [b'*', b'/', ..] => (-1, 2),
            _ => (0, inside.chars().next().map_or(1, char::len_utf8)),
        };
        depth += change;
        inside = &inside[length..];
    }
    Some(source.len() - inside.len())
}

/// The length of a string (`"..."`) at the very start.
fn string(source: &str) -> Option<usize> {
    let mut escaped = false;
    let end = source.strip_prefix('"')?.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    Some(end.map_or(source.len(), |at| at + 2))
}

/// The length of a raw string (`r"..."`, `br#"..."#`) at the very start.
fn raw_string(source: &str) -> Option<usize> {
    let opening = source.strip_prefix(['b', 'c']).unwrap_or(source).strip_prefix('r')?;
    let hashes = opening.bytes().take_while(|byte| *byte == b'#').count();
    let body = opening[hashes..].strip_prefix('"')?;
    let closing: String = iter::once('"').chain(iter::repeat_n('#', hashes)).collect();
    let end = body.find(&closing).map_or(body.len(), |at| at + closing.len());
    Some(source.len() - body.len() + end)
}

/// The length of a character literal (`'x'`, `'\n'`) at the very start; `None` for a lifetime.
fn character(source: &str) -> Option<usize> {
    let body = source.strip_prefix('\'')?;
    let first = body.chars().next()?;
    let end = if first == '\\' { 2 + body.get(2..)?.find('\'')? } else { first.len_utf8() };
    body[end..].starts_with('\'').then_some(end + 2)
}

/// The length of the item that begins at the start: up to its closing brace, or its semicolon.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, '}' | ';') {
            return at + 1;
        }
    }
    code.len()
}

/// Adds blanks instead of `text`, as many bytes, and its line breaks.
fn blank(out: &mut String, text: &str) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_nothing_moves() {
        let blanked = [
            "// x",
            "/* x /* x */ x */",
            r#""x \" x""#,
            "r#\"x \" x\"#",
            "br\"x\\\"",
            r"'\''",
            "'x'",
            r"'\u{1F6D1}'",
            "\"æ\nx\"",
        ];
        for text in blanked {
            let source = format!("a {text}\n b");
            let code = code(&source);
            assert!(!code.contains('x') && code.ends_with("\n b"), "{source} became {code}");
            assert_eq!((code.len(), line(&code, code.len())), (source.len(), line(&source, source.len())));
        }
        for kept in ["fn f<'x>(x: &'x str)", "let r#x = 'a';", "br(x)"] {
            assert_eq!(code(kept).matches('x').count(), kept.matches('x').count(), "{kept}");
        }
    }

    #[test]
    fn a_test_module_is_blanked_and_what_follows_is_not() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests { fn x(n: [u8; 4]) { {} } }\nfn b() {}\n#[cfg(test)]\nuse x;\nfn c() {}";
        let product = without_tests(&code(source));
        assert!(!product.contains('x') && ["a", "b", "c"].iter().all(|name| product.contains(&format!("fn {name}"))));
    }
}
