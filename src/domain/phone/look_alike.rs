//! Letters that stand in place of digits. They are turned into digits only to offer a correction.

/// The same text with digits in place of letters that look like them; `None` when no word looks that way.
pub(super) fn with_digits(text: &str) -> Option<String> {
    let words = words(text);
    let mut corrected = String::with_capacity(text.len());
    let mut changed = false;
    for (index, word) in words.iter().enumerate() {
        let beside = |other: Option<&&str>| other.is_some_and(|word| is_digits_with_letters(word));
        let pure = is_letters_for_digits(word)
            && (index.checked_sub(2).is_some_and(|before| beside(words.get(before))) || beside(words.get(index + 2)));
        let has_letters = word.chars().any(char::is_alphabetic);
        if has_letters && (pure || is_digits_with_letters(word)) {
            changed = true;
            corrected.extend(word.chars().map(|c| digit(c).unwrap_or(c)));
        } else {
            corrected.push_str(word);
        }
    }
    changed.then_some(corrected)
}

/// Words and what stands between them, in turn; the first is a word, perhaps an empty one.
fn words(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut in_word = true;
    while !rest.is_empty() || parts.is_empty() {
        let end = rest.find(|c: char| (c.is_alphanumeric() || c == '°') != in_word).unwrap_or(rest.len());
        parts.push(&rest[..end]);
        rest = &rest[end..];
        in_word = !in_word;
    }
    parts
}

/// A word with digits in which every letter looks like one; letters other than zeros and ones are at most half.
fn is_digits_with_letters(word: &str) -> bool {
    let letters =
        word.chars().filter(|&c| !matches!(digit(c), Some('0' | '1'))).filter(|c| !c.is_ascii_digit()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    digits > 0 && letters <= digits && word.chars().all(|c| digit(c).is_some())
}

/// A short word of nothing but zeros and ones in disguise.
fn is_letters_for_digits(word: &str) -> bool {
    (1..=4).contains(&word.chars().count()) && word.chars().all(|c| matches!(digit(c), Some('0' | '1')))
}

/// The digit that a letter looks like; a digit is itself.
fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        'O' | 'o' | 'Q' | 'D' | 'О' | 'о' | 'Ο' | 'ο' | 'Ø' | 'ø' | 'Ö' | 'ö' | '°' | 'º' => '0',
        'I' | 'l' | 'i' | 'L' | 'í' | 'ı' | 'І' | 'і' | 'Ι' | 'ι' | 'ا' => '1',
        'Z' | 'z' => '2',
        'З' | 'з' | 'Э' => '3',
        'A' => '4',
        'S' | 's' | 'Ѕ' | 'ѕ' => '5',
        'b' | 'G' | 'б' => '6',
        'T' => '7',
        'B' | 'В' | 'Β' => '8',
        'g' | 'q' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_among_digits_are_corrected() {
        assert_eq!(with_digits("ring 9I23456O nå").as_deref(), Some("ring 91234560 nå"));
        assert_eq!(with_digits("9О 12 OO 5l").as_deref(), Some("90 12 00 51"));
    }

    #[test]
    fn words_stay_words() {
        assert_eq!(with_digits("Bob is so good, 30min"), None);
        assert_eq!(with_digits("800FLOWERS"), None);
        assert_eq!(with_digits("91 23 45 67"), None);
        assert_eq!(with_digits(""), None);
    }
}
