//! Makes odd characters plain: every script's digits, every kind of space and dash, and nothing that cannot be seen.
//!
//! Knows characters and links, not numbers: what is a number is decided elsewhere.

/// The zero of every script's decimal digits (Unicode's category Nd); the nine after each follow in order.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0,
    0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// Links that are followed by a number with its country code.
const INTERNATIONAL_LINKS: [&str; 4] =
    ["wa.me/", "whatsapp.com/send?phone=", "whatsapp.com/send/?phone=", "whatsapp://send?phone="];

/// Short forms and what they mean; `#31#` before a number hides the caller's own.
const PHRASES: [(&str, &str); 8] = [
    ("%2B", "+"),
    ("%2b", "+"),
    ("%20", " "),
    ("&nbsp;", " "),
    ("<br>", "\n"),
    ("(00)", "00"),
    ("#31#", " "),
    ("*31*", " "),
];

/// Words that people glue to a number.
const LABELS: [&str; 30] = [
    "tlf",
    "tel",
    "telefon",
    "tlfnr",
    "telnr",
    "telefonnr",
    "telefonnummer",
    "mob",
    "mobil",
    "mobilnr",
    "mobile",
    "nr",
    "nummer",
    "phone",
    "number",
    "cell",
    "ph",
    "ring",
    "call",
    "sms",
    "text",
    "whatsapp",
    "wa",
    "viber",
    "telegram",
    "handy",
    "tfn",
    "тел",
    "телефон",
    "t",
];

/// The same text with plain digits, spaces, dashes and plus signs, and without invisible characters.
pub(super) fn clean(cell: &str) -> String {
    let mut plain = String::with_capacity(cell.len());
    for c in cell.chars() {
        if let Some(c) = plain_char(c) {
            plain.push(c);
        }
    }
    for (written, meant) in PHRASES {
        if plain.contains(written) {
            plain = plain.replace(written, meant);
        }
    }
    while plain.contains("++") {
        plain = plain.replace("++", "+");
    }
    plain = plain.replace("+00", "+");
    part_from_labels(&with_plus_in_links(plain))
}

fn plain_char(c: char) -> Option<char> {
    Some(match c {
        ' '..='~' => c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\t'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{2800}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}'
        | '\u{ffa0}' => ' ',
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => return None,
        // Soft hyphen, zero-width and joining characters, bidi marks, variation selectors, keycaps and tags.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{20e3}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e01ef}' => return None,
        '\u{207a}' | '\u{fe62}' | '\u{ff0b}' | '\u{2795}' => '+',
        '\u{58a}' | '\u{5be}' | '\u{1806}' | '\u{2043}' | '\u{2e3a}' | '\u{2e3b}' | '\u{301c}' | '\u{3030}'
        | '\u{fe58}' | '\u{fe63}' | '\u{2796}' | '\u{2212}' | '\u{ff0d}' | '\u{30fc}' => '-',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' | '\u{29f8}' => '/',
        '\u{ff0e}' | '\u{3002}' | '\u{2024}' => '.',
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff0c}' | '\u{60c}' | '\u{3001}' => ',',
        '\u{ff1a}' => ':',
        '\u{ff1b}' | '\u{61b}' => ';',
        _ => match plain_digit(c) {
            Some(digit) => digit,
            None => c,
        },
    })
}

fn plain_digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
    char::from_digit(code - zero, 10)
}

/// A number in a WhatsApp link always has its country code, and never a plus.
fn with_plus_in_links(text: String) -> String {
    let lower = text.to_ascii_lowercase();
    let mut ends: Vec<usize> = INTERNATIONAL_LINKS
        .iter()
        .flat_map(|link| lower.match_indices(link).map(|(at, link)| at + link.len()))
        .filter(|&end| text[end..].starts_with(|c: char| c.is_ascii_digit()) && !text[end..].starts_with("00"))
        .collect();
    ends.sort_unstable();
    let mut plussed = text;
    for end in ends.into_iter().rev() {
        plussed.insert(end, '+');
    }
    plussed
}

/// Puts a space between a known label and the number that is glued to it (`tlf91234567`).
fn part_from_labels(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 4);
    let mut word = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() && LABELS.contains(&word.as_str()) {
            parted.push(' ');
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else {
            word.clear();
        }
        parted.push(c);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_become_plain() {
        assert_eq!(clean("９１ ٤٥ ۶۷ ०१ 𝟗𝟎"), "91 45 67 01 90");
        assert_eq!(clean("9️⃣1️⃣"), "91");
    }

    #[test]
    fn the_table_of_zeros_is_in_order() {
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn what_cannot_be_seen_is_gone() {
        assert_eq!(clean("\u{feff}\u{202a}91\u{200b}\u{ad}23\u{2060}\u{202c}\0"), "9123");
        assert_eq!(clean("91\u{a0}23\u{202f}45\u{2009}67\t8"), "91 23 45 67 8");
    }

    #[test]
    fn a_whatsapp_link_holds_a_country_code() {
        assert_eq!(clean("https://wa.me/46701740605?text=hi"), "https://wa.me/+46701740605?text=hi");
        assert_eq!(clean("wa.me/46701740605 wa.me/+46701740606"), "wa.me/+46701740605 wa.me/+46701740606");
        assert_eq!(clean("viber://chat?number=%2B46701740605"), "viber://chat?number=+46701740605");
    }

    #[test]
    fn a_known_label_lets_go_of_its_number() {
        assert_eq!(clean("Tlf070"), "Tlf 070");
        assert_eq!(clean("user070"), "user070");
    }
}
