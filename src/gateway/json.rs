//! JSON as providers send it. A byte that is no text, half of an emoji that somebody's phone cut through, or a number
//! larger than any, costs itself and not the body: somebody's STOP may stand beside it.

use serde_json::Value;

/// Reads a body; `None` when it is no JSON.
pub fn read(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text))).ok()
}

/// The text with a mark in the place of each escape (`\ud83d`) that is half of a pair whose other half is not there, and
/// nothing in the place of a number that is none (`1e999`).
fn mended(text: &str) -> String {
    let (mut whole, mut rest, mut quoted) = (String::new(), text, false);
    while let Some(first) = rest.chars().next() {
        let (length, instead) = match first {
            '\\' if quoted => escape(rest),
            '-' | '0'..='9' if !quoted => number(rest),
            _ => (first.len_utf8(), None),
        };
        quoted ^= first == '"';
        let (token, after) = rest.split_at(length);
        whole.push_str(instead.unwrap_or(token));
        rest = after;
    }
    whole
}

/// The length of the escape at the start of a text, and what stands for it when it is half of a pair.
fn escape(text: &str) -> (usize, Option<&'static str>) {
    match (unit(text), text.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd")),
        // What is escaped may itself be a `\` or a quote.
        _ => (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
    }
}

/// The length of the number at the start of a text, and what stands for it when it is larger than any.
fn number(text: &str) -> (usize, Option<&'static str>) {
    let length = text.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(text.len());
    let endless = text[..length].parse().is_ok_and(f64::is_infinite);
    (length, endless.then_some("null"))
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
    fn a_number_larger_than_any_costs_itself_alone() {
        let long = format!("[{}, \"STOP\"]", "9".repeat(400));
        for body in ["[1e999, \"STOP\"]", "[-12.5E+400,\"STOP\"]", &long] {
            assert_eq!(read(body.as_bytes()), Some(json!([null, "STOP"])), "{body}");
        }
        let kept = r#"["1e999 \" 1e999", 1e999, 1e-999, "\ud83d", -12]"#;
        assert_eq!(read(kept.as_bytes()), Some(json!(["1e999 \" 1e999", null, 0.0, "\u{fffd}", -12])));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for body in [&b""[..], b"<html>", b"\\", b"1e", b"[1e999", b"\"\\u12", b"\"\\ud83d", b"{\"a\\\xc3\xa6\":1}"] {
            assert_eq!(read(body), None);
        }
        assert_eq!(read("[".repeat(100_000).as_bytes()), None);
    }
}
