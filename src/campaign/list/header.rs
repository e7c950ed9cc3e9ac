//! The header of a list: which sign parts the cells, which column is which, and which one holds phone numbers.

use std::io::BufRead;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::error::Fault;
use super::record::{DELIMITERS, Records, count};

/// More columns than this has no spreadsheet.
pub(super) const MOST_COLUMNS: usize = 16_384;
/// Words that alone are the name of a column of phone numbers.
const CERTAIN: [&str; 16] = [
    "phone",
    "telefon",
    "tlf",
    "telephone",
    "tel",
    "mobil",
    "mobile",
    "mob",
    "telefonnummer",
    "mobilnummer",
    "tlfnr",
    "mobilnr",
    "phonenumber",
    "msisdn",
    "cell",
    "cellphone",
];
/// Beginnings of words that speak of phones, in the languages of the people who make lists.
const LIKELY: [&str; 16] = [
    "phone",
    "telefon",
    "telephon",
    "tlf",
    "telnr",
    "telno",
    "telnum",
    "mobil",
    "cellphone",
    "msisdn",
    "gsm",
    "whatsapp",
    "handy",
    "celular",
    "movil",
    "телефон",
];
/// Words that speak of numbers, of what kind they do not say.
const POSSIBLE: [&str; 8] = ["nummer", "number", "nr", "numero", "numer", "nummeret", "tel", "cell"];

/// Reads the header of a text and settles the delimiter. A spreadsheet's `sep=;` above it is obeyed.
pub(super) fn read<R: BufRead>(records: &mut Records<R>) -> Result<Vec<String>, Fault> {
    records.advance()?.ok_or(Fault::Empty)?;
    if let Some(delimiter) = spoken_delimiter(records.raw())? {
        records.advance()?.ok_or(Fault::Empty)?;
        records.set_delimiter(Some(delimiter));
        return names(records);
    }
    let header = records.raw().to_vec();
    let delimiter = sniff(&header, records.peek()?);
    records.set_delimiter(delimiter);
    names(records)
}

fn names<R: BufRead>(records: &Records<R>) -> Result<Vec<String>, Fault> {
    if records.has_more_than(MOST_COLUMNS) { Err(Fault::TooManyColumns) } else { Ok(records.all_cells()) }
}

/// The sign that a line above the header names, as `sep=;`, `SEP = ;` or all of it in quotes; a tab is one of them.
fn spoken_delimiter(line: &[u8]) -> Result<Option<u8>, Fault> {
    let line = std::str::from_utf8(line).unwrap_or_default().trim_matches(' ');
    let line = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(line);
    match line.split_once('=') {
        Some((word, sign)) if word.trim().eq_ignore_ascii_case("sep") => match sign.trim_matches(' ').as_bytes() {
            [byte] if DELIMITERS.contains(byte) => Ok(Some(*byte)),
            _ => Err(Fault::Separator),
        },
        _ => Ok(None),
    }
}

/// The delimiter that gives header and first row the same number of cells, else the most cells in the header.
fn sniff(header: &[u8], rows: &[u8]) -> Option<u8> {
    let judged = DELIMITERS.map(|delimiter| {
        let cells = count(header, delimiter);
        (cells > 1 && cells == count(rows, delimiter), cells, delimiter)
    });
    let best = judged.into_iter().rev().max_by_key(|&(agrees, cells, _)| (agrees, cells))?;
    (best.1 > 1).then_some(best.2)
}

/// A name without what two people write differently: case, kinds of space, ways to put an accent on a letter.
fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").nfc().collect::<String>().to_lowercase()
}

/// Finds a column by its name: exactly so, else without regard to case and spaces.
pub(super) fn find(header: &[String], name: &str) -> Result<usize, Fault> {
    let same: [fn(&str) -> String; 2] = [str::to_owned, folded];
    for read in same {
        let wanted = read(name);
        let mut places = header.iter().enumerate().filter(|(_, column)| read(column) == wanted).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(_), Some(_)) => return Err(Fault::SameName { name: name.to_owned() }),
            (Some(place), None) => return Ok(place),
            _ => {}
        }
    }
    Err(Fault::no_column(name, header))
}

/// The column that most likely holds phone numbers by its name, else the only one.
pub fn guess_phone_column(header: &[String]) -> Option<usize> {
    let ranked = header.iter().enumerate().filter_map(|(place, name)| Some((likeness(name)?, place)));
    let mut named = header.iter().enumerate().filter(|(_, name)| !name.trim().is_empty());
    let only = named.next().filter(|_| named.next().is_none());
    ranked.min().or(only.map(|(place, _)| (0, place))).map(|(_, place)| place)
}

/// How well a name fits, best first.
fn likeness(name: &str) -> Option<u8> {
    let folded: String = name.nfkd().filter(|&c| !is_combining_mark(c)).collect::<String>().to_lowercase();
    let joined: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let joined = joined.trim_end_matches(char::is_numeric);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let begins = |word: &&str| LIKELY.iter().any(|likely| word.starts_with(likely));
    if CERTAIN.contains(&joined) {
        Some(0)
    } else if words.iter().any(|word| CERTAIN.contains(word)) {
        Some(1)
    } else if words.iter().any(begins) || LIKELY.iter().any(|likely| joined.ends_with(likely)) {
        Some(2)
    } else {
        words.iter().any(|word| POSSIBLE.contains(word)).then_some(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(names: &[&str]) -> Option<usize> {
        guess_phone_column(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_phone_column_is_known_by_its_name() {
        for name in [
            "phone",
            "Telefon",
            "TLF",
            "tlf.",
            "Nummer",
            "mobil",
            "Telefonnummer",
            "Mobilnr",
            "Tlf nr",
            "Phone number",
            "phone_number",
            "Mobile",
            "Mobiltelefon",
            "Phone 1",
            "Teléfono",
            "Téléphone",
            "WhatsApp-nummer",
            "Kontakt (tlf)",
            "telefon (privat)",
            "arbeidstelefon",
            "Nr",
            " Mobil nr. ",
        ] {
            assert_eq!(guess(&["navn", name, "sted"]), Some(1), "{name}");
        }
    }

    #[test]
    fn the_better_name_wins() {
        assert_eq!(guess(&["nummer", "telefon"]), Some(1));
        assert_eq!(guess(&["telefon_ok", "telefon"]), Some(1));
        assert_eq!(guess(&["telefon", "mobil"]), Some(0));
    }

    #[test]
    fn other_numbers_are_no_phone_numbers() {
        assert_eq!(guess(&["postnummer", "kundenummer", "navn"]), None);
        assert_eq!(guess(&["whatever"]), Some(0));
    }

    #[test]
    fn the_delimiter_is_judged_with_the_first_row() {
        assert_eq!(sniff(b"telefon;navn;sted", b"1;2;3\n"), Some(b';'));
        assert_eq!(sniff(b"telefon,navn", b""), Some(b','));
        assert_eq!(sniff(b"telefon\tnavn, alder, sted", b"1\tAnna, 24\n"), Some(b'\t'));
        assert_eq!(sniff(b"telefon;notat (navn, alder, sted)", b"1;2\n"), Some(b';'));
        assert_eq!(sniff(b"\"a;b;c\",d", b"1,2\n"), Some(b','));
        assert_eq!(sniff(b"telefon", b"91, 92\n"), None);
    }

    #[test]
    fn a_column_is_found_by_name_and_a_double_name_is_refused() {
        let header: Vec<String> = ["Telefon ", "språk", "Sted", "sted", "a", "a"].map(str::to_owned).into();
        assert_eq!(find(&header, "telefon").ok(), Some(0));
        assert_eq!(find(&header, "SPRÅK").ok(), Some(1));
        assert_eq!(find(&header, "sted").ok(), Some(3));
        assert!(matches!(find(&header, "a"), Err(Fault::SameName { .. })));
        assert!(matches!(find(&header, "STED"), Err(Fault::SameName { .. })));
        assert!(matches!(find(&header, "alder"), Err(Fault::NoColumn { .. })));
    }
}
