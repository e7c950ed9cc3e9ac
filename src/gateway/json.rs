//! JSON as providers send it. A byte that is no text, or half of an emoji that somebody's phone cut through, costs that
//! sign and not the body: somebody's STOP may stand beside it.

use std::borrow::Cow;

use serde_json::Value;

/// Reads a body; `None` when it is no JSON.
pub fn read(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text))).ok()
}

/// The text with a mark in the place of each escape (`\ud83d`) that is half of a pair whose other half is not there.
fn mended(text: &str) -> Cow<'_, str> {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('\\') {
        let escape = &rest[at..];
        let (length, broken) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, false),
            (Some(0xd800..=0xdfff), _) => (6, true),
            // What is escaped may itself be a `\`.
            _ => (1 + escape[1..].chars().next().map_or(0, char::len_utf8), false),
        };
        whole.push_str(if broken { &rest[..at] } else { &rest[..at + length] });
        whole.push_str(if broken { "\\ufffd" } else { "" });
        rest = &rest[at + length..];
    }
    if whole.is_empty() { text.into() } else { (whole + rest).into() }
}

/// The UTF-16 unit that an escape at the start of a text stands for.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn half_an_emoji_or_a_byte_that_is_no_text_costs_itself_alone() {
        for (body, told) in [
            (&br#"["\ud83d", "STOP"]"#[..], json!(["\u{fffd}", "STOP"])),
            (br#"["\udc4d\ud83d\udc4d\ud83dx", "STOP"]"#, json!(["\u{fffd}\u{1f44d}\u{fffd}x", "STOP"])),
            (br#"["\ud83d\n\\ud83d\\", "STOP"]"#, json!(["\u{fffd}\n\\ud83d\\", "STOP"])),
            (b"[\"\xff\", \"STOP\"]", json!(["\u{fffd}", "STOP"])),
            (b"\xef\xbb\xbf{}", json!({})),
        ] {
            assert_eq!(read(body), Some(told));
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for body in [&b""[..], b"<html>", b"\\", b"\"\\u12", b"\"\\ud83d", b"{\"a\\\xc3\xa6\":1}"] {
            assert_eq!(read(body), None);
        }
        assert_eq!(read("[".repeat(100_000).as_bytes()), None);
    }
}
