//! What is drawn: lines, blocks, marks and bars; in ASCII where the terminal's locale has no Unicode.

use std::borrow::Cow;

use indicatif::ProgressStyle;

use super::Ctx;

/// The charset that the terminal's locale names, if it names one.
pub(super) fn spoken_charset() -> Option<String> {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set)?;
    Some(locale.split_once('.').map_or_else(|| locale.clone(), |(_, charset)| charset.to_owned()))
}

/// Whether a charset is UTF-8.
pub(super) fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8"].iter().any(|name| charset.to_ascii_lowercase().starts_with(name))
}

/// Whether lines, blocks and marks may be drawn; a locale that names no charset takes none.
pub(super) fn draws_unicode() -> bool {
    spoken_charset().is_none_or(|charset| is_utf8(&charset))
}

/// A text with its lines, marks and quotes as the terminal can show them. Letters stay: there is no other way to write them.
pub(super) fn drawn(text: &str) -> Cow<'_, str> {
    if draws_unicode() || text.is_ascii() { text.into() } else { text.chars().map(plain).collect() }
}

/// The sign that stands for one that is not in ASCII.
fn plain(sign: char) -> char {
    match sign {
        '─' | '–' | '—' | '·' => '-',
        '│' => '|',
        '╭' | '╮' | '╰' | '╯' | '✓' => '+',
        '█' => '#',
        '•' => '*',
        '→' => '>',
        '↩' => '<',
        '✉' => '@',
        '✗' => 'x',
        '…' => '~',
        '“' | '”' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        other => other,
    }
}

/// The style of a bar or a spinner that shows how far long work is.
pub(super) fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    if draws_unicode() { style } else { style.progress_chars("#>-").tick_chars("|/-\\ ") }
}

/// How something stands, at a glance; always beside a word, since not everybody sees the mark or its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Well.
    Well,
    /// To be looked at.
    Look,
    /// Broken.
    Broken,
}

impl Mark {
    /// The mark, in its colour where there are colours.
    pub(super) fn paint(self, ctx: &Ctx) -> String {
        let (mark, colour) = match self {
            Mark::Well => ("✓", 32),
            Mark::Look => ("!", 33),
            Mark::Broken => ("✗", 31),
        };
        let mark = drawn(mark);
        if ctx.colour { format!("\u{1b}[{colour}m{mark}\u{1b}[0m") } else { mark.into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_that_names_no_utf8_draws_none() {
        assert!(is_utf8("UTF-8") && is_utf8("utf8") && is_utf8("UTF-8@euro"));
        assert!(!is_utf8("C") && !is_utf8("ISO-8859-1") && !is_utf8("POSIX"));
    }

    #[test]
    fn what_we_draw_can_be_drawn_in_ascii() {
        let ours = "─│╭╮╰╯█•·→↩✉✓✗–—…“”«»‘’";
        assert!(ours.chars().map(plain).all(|sign| sign.is_ascii()));
        assert_eq!("én → to, ø".chars().map(plain).collect::<String>(), "én > to, ø", "letters stay");
    }
}
