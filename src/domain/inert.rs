//! Text from outside, made safe to show: nothing in it moves a cursor, changes a colour or turns the reading around, and
//! no spreadsheet computes with it.

/// The text without control characters and without marks of direction; line breaks go too.
pub fn inert(text: &str) -> String {
    text.chars().filter(|&c| !obeyed(c)).collect()
}

/// Whether a terminal or a page would obey the character rather than show it.
fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A cell of a CSV file, which no spreadsheet takes for a formula and every program reads as one cell.
pub fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', ';', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// A text as it stands in XML, between tags or in double quotes: of control characters only line feeds and tabs stay, for
/// most of them XML has no way to write.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether nobody would see anything of the text.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || obeyed(c) || unseen(c))
}

/// Whether the character has no shape of its own: joiners, fillers, variation selectors, tags, an empty Braille cell.
fn unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_blank() {
        for text in
            ["", " \t\n\u{a0}", "\u{200b}", "\u{200b}\u{2060}", "\u{3164}", "\u{2800} \u{feff}", "\u{200d}\u{fe0f}"]
        {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("\u{200b}A") && !is_blank(".") && !is_blank("👍🏽") && !is_blank("ㅎ"));
    }

    #[test]
    fn nothing_is_left_to_obey() {
        assert_eq!(inert("\u{1b}[31mred\u{202e}x\r\n\0 æøå 👍🏽"), "[31mredx æøå 👍🏽");
    }

    #[test]
    fn nothing_is_left_that_xml_would_obey_or_forbids() {
        assert_eq!(xml("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
        assert_eq!(xml("\0\u{1b}[31m\u{b}x\u{fffe}\r\n\tæ 👍🏽"), "[31mx\n\tæ 👍🏽");
    }

    /// Fault 43.
    #[test]
    fn a_cell_is_inert_and_quoted_when_it_must_be() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-1", "'-1"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("+a,b", "\"'+a,b\""),
            ("personlig", "personlig"),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
