//! How a text travels as SMS: its encoding, its length, and the parts it is cut into. Knows no gateway and no price.
//!
//! Counts as the providers do: 160 septets or 70 units alone, 153 or 67 in each of several parts, and nothing that a
//! person sees as one character is cut in two.

mod cluster;
mod gsm;

pub use gsm::{Costly, costly, is_own_writing};

/// The alphabet of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The GSM 7-bit alphabet with its extension table.
    Gsm7,
    /// Two bytes for each unit, for everything else.
    Ucs2,
}

impl Encoding {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Gsm7 => "gsm7",
            Encoding::Ucs2 => "ucs2",
        }
    }

    /// The units of a message that travels alone.
    pub fn alone(self) -> usize {
        match self {
            Encoding::Gsm7 => 160,
            Encoding::Ucs2 => 70,
        }
    }

    /// The units of each part when there are several.
    pub fn in_part(self) -> usize {
        match self {
            Encoding::Gsm7 => 153,
            Encoding::Ucs2 => 67,
        }
    }

    /// The units of a text in this alphabet: septets or UTF-16 units.
    pub fn units(self, text: &str) -> usize {
        match self {
            Encoding::Gsm7 => text.chars().map(|c| gsm::septets(c).unwrap_or(1)).sum(),
            Encoding::Ucs2 => text.encode_utf16().count(),
        }
    }
}

/// How long a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The alphabet it needs.
    pub encoding: Encoding,
    /// Its length in septets (GSM-7) or UTF-16 units (UCS-2).
    pub units: usize,
    /// In how many parts it travels; an empty text is one.
    pub parts: usize,
}

/// Counts the units and the parts of a text.
pub fn parts(text: &str) -> Parts {
    let encoding = encoding(text);
    Parts { encoding, units: encoding.units(text), parts: split(text).len() }
}

/// The text of each part, as it travels.
pub fn split(text: &str) -> Vec<&str> {
    let encoding = encoding(text);
    if encoding.units(text) <= encoding.alone() {
        return vec![text];
    }
    let mut parts = Vec::new();
    let (mut start, mut end, mut used) = (0, 0, 0);
    for piece in pieces(text, encoding) {
        let units = encoding.units(piece);
        if used + units > encoding.in_part() {
            parts.push(&text[start..end]);
            (start, used) = (end, 0);
        }
        end += piece.len();
        used += units;
    }
    parts.push(&text[start..]);
    parts
}

/// The alphabet that a text needs.
fn encoding(text: &str) -> Encoding {
    if text.chars().all(|c| gsm::septets(c).is_some()) { Encoding::Gsm7 } else { Encoding::Ucs2 }
}

/// What must stay whole: characters as a person sees them, but for one that no part can hold.
fn pieces(text: &str, encoding: Encoding) -> impl Iterator<Item = &str> {
    cluster::clusters(text).flat_map(move |cluster| {
        let too_long = encoding.units(cluster) > encoding.in_part();
        let cuts: Vec<usize> = if too_long { cluster.char_indices().map(|(at, _)| at).collect() } else { vec![0] };
        let ends: Vec<usize> = cuts.iter().skip(1).copied().chain([cluster.len()]).collect();
        cuts.into_iter().zip(ends).map(move |(from, to)| &cluster[from..to])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(text: &str) -> (&'static str, usize, usize) {
        let Parts { encoding, units, parts } = parts(text);
        (encoding.as_str(), units, parts)
    }

    #[test]
    fn norwegian_is_gsm_7() {
        assert_eq!(count("æøåÆØÅ éè ÄÖÜß ¿¡ Ç"), ("gsm7", 19, 1));
        assert_eq!(count(""), ("gsm7", 0, 1));
    }

    #[test]
    fn the_limits_are_160_and_153() {
        assert_eq!(count(&"å".repeat(160)), ("gsm7", 160, 1));
        assert_eq!(count(&"å".repeat(161)), ("gsm7", 161, 2));
        assert_eq!(count(&"å".repeat(306)), ("gsm7", 306, 2));
        assert_eq!(count(&"å".repeat(307)), ("gsm7", 307, 3));
    }

    #[test]
    fn the_limits_of_ucs_2_are_70_and_67() {
        assert_eq!(count(&"ç".repeat(70)), ("ucs2", 70, 1));
        assert_eq!(count(&"ç".repeat(71)), ("ucs2", 71, 2));
        assert_eq!(count(&"ç".repeat(134)), ("ucs2", 134, 2));
        assert_eq!(count(&"ç".repeat(135)), ("ucs2", 135, 3));
    }

    #[test]
    fn the_extension_table_counts_double_and_is_not_cut() {
        assert_eq!(count("€\u{c}^{}\\[~]|"), ("gsm7", 20, 1));
        assert_eq!(count(&"€".repeat(80)), ("gsm7", 160, 1));
        // 153 is odd: each part holds 76 pairs and one septet stays empty.
        assert_eq!(count(&"€".repeat(153)), ("gsm7", 306, 3));
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(10));
        assert_eq!(split(&text), [&"a".repeat(152), &format!("€{}", "b".repeat(10))]);
    }

    #[test]
    fn nothing_is_cut_through_a_character() {
        let family = "👩‍👩‍👧‍👧";
        let text = format!("{}{family}{}", "a".repeat(60), "b".repeat(10));
        assert_eq!(split(&text), [&"a".repeat(60), &format!("{family}{}", "b".repeat(10))]);
        let flags = format!("{}🇳🇴🇸🇪", "a".repeat(65));
        assert_eq!(split(&flags), [&"a".repeat(65), "🇳🇴🇸🇪"]);
    }

    #[test]
    fn a_character_too_long_for_a_part_is_cut_after_all() {
        let zalgo = format!("a{}", "\u{301}".repeat(200));
        assert_eq!(count(&zalgo), ("ucs2", 201, 3));
    }

    #[test]
    fn what_is_no_gsm_letter_needs_ucs_2() {
        for text in ["`", "\t", "ç", "Á", "’", "\u{a0}", "\u{1b}", "\0", "e\u{301}", "Õ"] {
            assert_eq!(parts(text).encoding, Encoding::Ucs2, "{text:?}");
        }
    }

    #[test]
    fn the_vectors_of_the_official_calculator_agree() {
        let Some(folder) = std::env::var_os("LYKT_SPECS") else {
            println!("left out: set LYKT_SPECS to the folder of the official samples");
            return;
        };
        let file = std::fs::read(std::path::Path::new(&folder).join("segments.json")).expect("the vectors are there");
        let spec: serde_json::Value = serde_json::from_slice(&file).expect("the vectors are JSON");
        for vector in spec["vectors"].as_array().expect("a list") {
            let text = vector["text"].as_str().expect("a text");
            let (encoding, bits) = if vector["encoding"] == "GSM-7" { ("gsm7", 7) } else { ("ucs2", 16) };
            let units = vector["message_bits"].as_u64().expect("a number") / bits;
            let segments = vector["segments"].as_u64().expect("a number");
            let (ours, our_units, our_parts) = count(text);
            assert_eq!((ours, our_units as u64, our_parts as u64), (encoding, units, segments), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_make_the_text_and_none_is_too_long(text in "([a-zåæø€^]|\\PC|👍🏽|\u{301}){0,400}") {
            let Parts { encoding, units, parts } = parts(&text);
            let pieces = split(&text);
            prop_assert_eq!(pieces.concat(), text.as_str());
            prop_assert_eq!(pieces.len(), parts);
            prop_assert_eq!(pieces.iter().map(|piece| encoding.units(piece)).sum::<usize>(), units);
            let longest = if parts == 1 { encoding.alone() } else { encoding.in_part() };
            prop_assert!(pieces.iter().all(|piece| encoding.units(piece) <= longest));
        }
    }
}
