//! Text from outside, made safe to show: nothing in it moves a cursor, changes a colour or turns the reading around.

/// The text without control characters and without marks of direction; line breaks go too.
pub fn inert(text: &str) -> String {
    text.chars().filter(|&c| !obeyed(c)).collect()
}

/// Whether a terminal or a page would obey the character rather than show it.
fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_obey() {
        assert_eq!(inert("\u{1b}[31mred\u{202e}x\r\n\0 æøå 👍🏽"), "[31mredx æøå 👍🏽");
    }
}
