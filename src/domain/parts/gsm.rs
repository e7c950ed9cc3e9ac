//! The GSM 7-bit alphabet (3GPP TS 23.038), and what to write instead of characters that it lacks.

use unicode_normalization::UnicodeNormalization;

use super::cluster::clusters;

/// The basic table, without ASCII letters and digits.
const BASIC: &str = "\n\r !\"#$%&'()*+,-./:;<=>?@_£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// The extension table: an escape and one more septet each.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The septets of a character; `None` when it forces the whole message into UCS-2.
pub(super) fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || BASIC.contains(c) { Some(1) } else { EXTENSION.contains(c).then_some(2) }
}

/// A character that forces a message into UCS-2, where a part holds 70 characters and not 160.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costly {
    /// The character as it stands in the text.
    pub character: String,
    /// How often it stands there.
    pub count: usize,
    /// What looks the same and costs nothing; `None` when nothing does.
    pub instead: Option<String>,
}

/// The characters that force a text into UCS-2, in the order in which they first appear.
pub fn costly(text: &str) -> Vec<Costly> {
    let mut costly: Vec<Costly> = Vec::new();
    for cluster in clusters(text).filter(|cluster| cluster.chars().any(|c| septets(c).is_none())) {
        match costly.iter_mut().find(|known| known.character == cluster) {
            Some(known) => known.count += 1,
            None => costly.push(Costly { character: cluster.to_owned(), count: 1, instead: instead(cluster) }),
        }
    }
    costly
}

/// Whether the text's language is itself written with these: then no single character can be blamed.
pub fn is_own_writing(costly: &[Costly]) -> bool {
    let is_letter =
        |one: &&Costly| one.instead.is_none() && one.character.chars().next().is_some_and(char::is_alphabetic);
    let letters: Vec<&Costly> = costly.iter().filter(is_letter).collect();
    letters.len() > 1 || letters.iter().map(|one| one.count).sum::<usize>() > 2
}

/// A look-alike that is plain: the same sign in another shape, never another letter.
fn instead(cluster: &str) -> Option<String> {
    let mut chars = cluster.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        let plain = match c {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2b9}' | '\u{2bb}'..='\u{2bd}' | '`' | '´' => "'",
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' | '\u{300c}' | '\u{300d}' => "\"",
            '‹' => "<",
            '›' => ">",
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' => "-",
            '•' | '·' | '‣' | '∙' => "-",
            '\t' | '\u{1680}' | '\u{2028}' | '\u{2029}' | '\u{85}' => " ",
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => "",
            '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => "",
            '×' => "x",
            '÷' | '⁄' | '∕' => "/",
            '©' => "(c)",
            '®' => "(r)",
            _ => return compatible(cluster),
        };
        return Some(plain.to_owned());
    }
    compatible(cluster)
}

/// What Unicode calls the same sign in another shape: full width, ligatures, composed accents, `…` and hard spaces.
fn compatible(cluster: &str) -> Option<String> {
    let plain: String = cluster.nfkc().collect();
    (!plain.trim().is_empty() || cluster.chars().all(char::is_whitespace))
        .then_some(plain)
        .filter(|plain| plain.chars().all(|c| septets(c).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_look_alike_is_offered() {
        let pairs =
            [("’", "'"), ("“", "\""), ("–", "-"), ("…", "..."), ("\u{a0}", " "), ("\u{202f}", " "), ("e\u{301}", "é")];
        for (character, plain) in
            pairs.into_iter().chain([("Ａ", "A"), ("ﬁ", "fi"), ("\t", " "), ("\u{200b}", ""), ("™", "TM")])
        {
            assert_eq!(costly(character)[0].instead.as_deref(), Some(plain), "{character:?}");
        }
    }

    #[test]
    fn another_letter_is_never_offered() {
        for character in ["ș", "Õ", "ж", "👍🏽", "Á", "\u{301}"] {
            assert_eq!(costly(character)[0].instead, None, "{character:?}");
        }
    }

    #[test]
    fn each_character_is_named_once_with_its_count() {
        let costly = costly("Vi’re “her”’");
        assert_eq!(
            costly.iter().map(|c| (c.character.as_str(), c.count)).collect::<Vec<_>>(),
            [("’", 2), ("“", 1), ("”", 1)]
        );
    }
}
