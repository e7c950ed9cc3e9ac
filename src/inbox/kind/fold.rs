//! Folds text so that spellings of the same word meet: case, width, accents, invisible marks, look-alikes. Knows no
//! phrase and no language.

use unicode_normalization::UnicodeNormalization;

/// How many characters at the beginning of a text are read, and how many at its end.
const HEAD: usize = 2_000;
const TAIL: usize = 1_000;
/// How many bytes are searched for them; the rest may be nothing but combining marks.
const SEARCHED: usize = 256 * 1024;
/// How many combining marks a letter may carry; more is decoration.
const MARKS: usize = 4;

/// The part of a text that is looked at, without invisible characters and in compatibility form: its beginning and,
/// when it is long, its end.
pub fn seen(text: &str) -> String {
    let mut kept = visible(text.chars(), HEAD + TAIL + 1);
    if kept.len() > HEAD + TAIL {
        kept.truncate(HEAD);
        let mut tail = visible(text.chars().rev(), TAIL);
        tail.reverse();
        kept.push('\n');
        kept.extend(tail);
    }
    kept.into_iter().nfkc().collect()
}

fn visible(chars: impl Iterator<Item = char>, limit: usize) -> Vec<char> {
    let mut kept = Vec::new();
    let mut marks = 0;
    for c in chars.take(SEARCHED).filter(|c| !is_invisible(*c)) {
        marks = if unicode_normalization::char::is_combining_mark(c) { marks + 1 } else { 0 };
        if marks <= MARKS {
            kept.push(decorated(c));
        }
        if kept.len() >= limit {
            break;
        }
    }
    kept
}

/// Folds one word or text: compatibility form, lower case, no accents, one letter for its variants.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c) && !is_invisible(*c)) {
        match letter(c) {
            Some(written) => folded.push_str(written),
            None => folded.push(c),
        }
    }
    folded.nfc().collect()
}

/// Lower case with its accents, for languages where an accent makes another word.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).nfc().collect()
}

/// Every run of one letter made a single letter, when one of them is three or longer (`stoppppp`).
pub fn squeezed(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]).then(|| squeeze(word))
}

/// Every run of one letter made a single letter.
pub fn squeeze(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// The word in Latin letters, when it has others and all of them look like Latin ones.
pub fn in_latin(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    word.chars().map(|c| if c.is_ascii() { Some(c) } else { latin_twin(c) }).collect()
}

/// The word in Cyrillic letters, when it mixes Cyrillic with Latin look-alikes.
pub fn in_cyrillic(word: &str) -> Option<String> {
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_cyrillic);
    if !mixed {
        return None;
    }
    word.chars().map(|c| if is_cyrillic(c) { Some(c) } else { cyrillic_twin(c) }).collect()
}

/// The word with its figures and signs read as letters, when it has both (`st0p`).
pub fn in_letters(word: &str) -> Option<String> {
    let has_sign = word.chars().any(|c| sign_as_letter(c).is_some());
    let has_letter = word.chars().any(char::is_alphabetic);
    (has_sign && has_letter).then(|| word.chars().map(|c| sign_as_letter(c).unwrap_or(c)).collect())
}

/// Whether words of this script stand without spaces, so that each character is a word to us.
pub fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3041..=0x30FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Whether this is a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c as u32, 0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Whether this is a pictogram that may stand for a word.
pub fn is_emoji(c: char) -> bool {
    matches!(c as u32, 0x2190..=0x21FF | 0x2300..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF)
}

/// Whether a character takes no room of its own: zero width, direction marks, variation selectors, skin tones.
fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x180B..=0x180E | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0x1F3FB..=0x1F3FF | 0xE0000..=0xE01EF)
}

/// Whether a mark may be left out without making another word. Vowel signs of Thai or Devanagari may not.
fn is_accent(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5C7 | 0x610..=0x61A | 0x640 | 0x64B..=0x65F | 0x670
        | 0x6D6..=0x6DC | 0x6DF..=0x6E8 | 0x6EA..=0x6ED | 0x8D3..=0x8FF | 0x93C | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

fn is_cyrillic(c: char) -> bool {
    matches!(c as u32, 0x400..=0x52F)
}

/// Letters in circles and squares that the compatibility form leaves alone.
fn decorated(c: char) -> char {
    let offset = match c as u32 {
        code @ 0x1F150..=0x1F169 => code - 0x1F150,
        code @ 0x1F170..=0x1F189 => code - 0x1F170,
        _ => return c,
    };
    u8::try_from(offset).map_or(c, |offset| (b'a' + offset) as char)
}

/// How a letter is written when it is only a variant of another.
fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' | 'ɵ' | 'ᴏ' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'đ' | 'ð' | 'ɗ' => "d",
        'ł' | 'ʟ' => "l",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' | 'ᴛ' => "t",
        'ɓ' => "b",
        'ƙ' => "k",
        'ı' | 'ɪ' | 'ɩ' => "i",
        'ə' | 'ǝ' | 'ᴇ' => "e",
        'ꜱ' => "s",
        'ᴘ' => "p",
        'ᴀ' | 'ɑ' => "a",
        'ʀ' => "r",
        'ɴ' => "n",
        'ᴜ' => "u",
        'ς' => "σ",
        'ى' | 'ی' | 'ې' => "ي",
        'ک' | 'ڪ' => "ك",
        'ة' | 'ہ' | 'ھ' | 'ۀ' | 'ە' => "ه",
        'ٱ' => "ا",
        _ => return None,
    })
}

fn latin_twin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ᗩ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'ɡ' => 'g',
        'н' | 'һ' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ⅼ' => 'l',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'о' | 'ο' | 'օ' | 'ꓳ' | 'ഠ' => 'o',
        'р' | 'ρ' | 'ꓑ' | 'ꮲ' => 'p',
        'ѕ' | 'ꓢ' | 'ꮪ' | 'տ' => 's',
        'т' | 'τ' | 'ꓔ' | 'ꭲ' => 't',
        'ս' | 'υ' => 'u',
        'ѵ' => 'v',
        'х' | 'χ' => 'x',
        'у' => 'y',
        'ζ' => 'z',
        _ => return None,
    })
}

fn cyrillic_twin(c: char) -> Option<char> {
    Some(match c {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' => 'і',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' | '0' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        '3' => 'з',
        _ => return None,
    })
}

fn sign_as_letter(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_word_meet() {
        for word in ["STOPP", "ＳＴＯＰＰ", "stópp", "s\u{200b}topp", "𝐒𝐓𝐎𝐏𝐏", "ⓢⓣⓞⓟⓟ"] {
            assert_eq!(fold(word), "stopp", "{word}");
        }
        assert_eq!(fold("İSTANBUL ırmak ŁÓDŹ Straße Øl Đừng"), "istanbul irmak lodz strasse ol dung");
        assert_eq!(fold("تَوَقَّفْ تـــوقف"), "توقف توقف");
    }

    #[test]
    fn what_makes_another_word_in_thai_or_hindi_is_kept() {
        assert_eq!(fold("ไม่"), "ไม่");
        assert_eq!(fold("रुको"), "रुको");
    }

    #[test]
    fn look_alikes_are_read_in_the_other_alphabet() {
        assert_eq!(in_latin(&fold("ЅТОР")).as_deref(), Some("stop"));
        assert_eq!(in_latin(&fold("STОP")).as_deref(), Some("stop"));
        assert_eq!(in_latin(&fold("СТОП")), None);
        assert_eq!(in_cyrillic(&fold("CTOП")).as_deref(), Some("стоп"));
        assert_eq!(in_letters("st0p").as_deref(), Some("stop"));
    }

    #[test]
    fn a_long_text_is_read_at_both_ends_only() {
        let long = format!("begin{}end", "x".repeat(3_000_000));
        let seen = seen(&long);
        assert!(seen.starts_with("begin") && seen.ends_with("end") && seen.len() < 4_000);
        assert!(super::seen(&"\u{301}".repeat(50_000)).len() < 100);
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
