//! A nickname on a platform, made plain so that one spelling finds the other; and what kind an address is.

use unicode_normalization::UnicodeNormalization;

use super::inert::inert;
use super::pasted::{Pasted, has_pages, is_nick};
use super::phone::{FEWEST_DIGITS, PhoneNumber, ProblemCode, Region};
use super::private::Private;

/// The longest nickname and the longest platform, in characters.
const MOST: (usize, usize) = (64, 20);
/// Platforms on which people are known by their number.
const BY_NUMBER: [&str; 3] = ["signal", "viber", "whatsapp"];
/// Platforms without pages whose nicknames may be digits alone.
const DIGITS_TOO: [&str; 4] = ["discord", "kik", "qq", "reddit"];
/// What people call platforms for short.
const SHORT: [(&str, &str); 9] = [
    ("ig", "instagram"),
    ("insta", "instagram"),
    ("fb", "facebook"),
    ("snap", "snapchat"),
    ("sc", "snapchat"),
    ("tg", "telegram"),
    ("wa", "whatsapp"),
    ("messenger", "facebook"),
    ("twitter", "x"),
];
/// Words before a colon that introduce a number or a link, and are no platforms.
const NO_PLATFORMS: [&str; 15] = [
    "tel", "tlf", "telefon", "mob", "mobil", "phone", "number", "nummer", "callto", "sms", "smsto", "mms", "rcs",
    "http", "https",
];

/// A nickname on a platform: `instagram:anna`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(Private);

impl Handle {
    /// Reads `platform:nick`, or a link to somebody's page on a known site; `None` when it is none, as a number is none.
    pub fn parse(written: &str, region: Region) -> Option<Self> {
        if let Some(pasted) = Pasted::read(written) {
            return Self::of_page(&pasted, region);
        }
        let (platform, nick) = written.split_once([':', '：'])?;
        Self::on(platform, nick, region)
    }

    /// A nickname on a platform; a link to a page says its own platform.
    pub fn on(platform: &str, written: &str, region: Region) -> Option<Self> {
        let platform = platform_of(platform)?;
        let id = format!("{platform}:{}", written.trim());
        if is_whatsapp_id(&id) {
            return Some(Self(Private::new(id)));
        }
        if let Some(pasted) = Pasted::read(written) {
            return Self::of_page(&pasted, region);
        }
        let nick = nick_of(written)?;
        if let Some((again, nick)) = nick.split_once(':')
            && whole(again.trim()) == platform
        {
            return Self::on(&platform, nick, region);
        }
        let address = format!("{platform}:{nick}");
        // What became a link only when it was made plain is no nickname either.
        let is_link = Pasted::read(&nick).is_some() || Pasted::read(&address).is_some();
        // There a slash parts a page from what is on it.
        let is_link = is_link || nick.contains('/') && has_pages(&platform);
        (!is_link && !is_number(&platform, &nick, written, region)).then(|| Self(Private::new(address)))
    }

    fn of_page(pasted: &Pasted, region: Region) -> Option<Self> {
        match pasted {
            Pasted::Page(platform, nick) => Self::on(platform, nick.expose(), region),
            Pasted::Number(_) | Pasted::Other => None,
        }
    }

    /// The handle as an address: `platform:nick`.
    pub fn address(&self) -> &Private {
        &self.0
    }
}

/// The platform that a word means; `None` when it is no name of one.
pub fn platform_of(word: &str) -> Option<String> {
    let word = inert(word).nfkc().collect::<String>().trim().to_lowercase();
    let letters = word.chars().all(|c| c.is_alphabetic() || "-_".contains(c));
    let fits = (1..=MOST.1).contains(&word.chars().count());
    (letters && fits && !NO_PLATFORMS.contains(&word.as_str())).then(|| whole(&word).to_owned())
}

/// What a platform is called that people call by a short word.
fn whole(platform: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == platform).map_or(platform, |(_, whole)| whole)
}

/// Whether a number is meant, and no nickname: "WhatsApp: +46.. (Anna)" is a number with words around it, "Anna: 070.." one with a
/// name before it, and neither is ever another person than the same number alone.
fn is_number(platform: &str, nick: &str, written: &str, region: Region) -> bool {
    let (letters, digits) = (nick.contains(char::is_alphabetic), nick.chars().filter(|c| c.is_numeric()).count());
    if is_own_name(platform, nick) {
        return false;
    }
    if !letters {
        return digits >= FEWEST_DIGITS || platform == "whatsapp";
    }
    if digits == 0 {
        return false;
    }
    // Lower case may hide that a letter stands for a digit, or show it.
    let problem = |text: &str| PhoneNumber::parse(text, region).err().map(|problem| problem.code);
    let is_slip = |code| matches!(code, Some(ProblemCode::LooksLike | ProblemCode::SpreadsheetNumber));
    let (problem, at_first) = (problem(nick), problem(written));
    // There people have no other names than numbers.
    let is_one = problem.is_none() && BY_NUMBER.contains(&platform);
    let is_in_words = digits >= FEWEST_DIGITS && nick.contains(|c: char| c.is_whitespace() || ",;():".contains(c));
    is_one || is_slip(problem) || is_slip(at_first) || is_in_words && problem != Some(ProblemCode::NoNumber)
}

/// Whether the platform gives such names to people, though all of it may be digits; on Telegram these are a number.
fn is_own_name(platform: &str, nick: &str) -> bool {
    let has_names = platform != "telegram" && has_pages(platform) || DIGITS_TOO.contains(&platform);
    // Digits with dashes between are grouped as numbers are.
    has_names && is_nick(nick) && (nick.contains(char::is_alphabetic) || !nick.contains('-'))
}

/// Whether an address is the id under which WhatsApp knows somebody for us alone: a country's two letters, a point, and
/// letters and digits. It is no nickname, and its case counts.
pub fn is_whatsapp_id(address: &str) -> bool {
    let Some((country, rest)) = address.strip_prefix("whatsapp:").and_then(|id| id.split_once('.')) else {
        return false;
    };
    let letters = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    letters && (1..=140).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

/// A nickname without what does not tell people apart: width, case, a leading `@`, a slash at its end, spaces in a row.
pub fn nick_of(written: &str) -> Option<String> {
    // Lower case may part a letter from its mark ("İ"), in another order than the plain one.
    let lower = inert(written).nfkc().collect::<String>().to_lowercase();
    let plain: String = lower.nfkc().collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let nick = plain.trim_end_matches(['/', ' ']).trim_start_matches(['@', ' ']);
    (1..=MOST.0).contains(&nick.chars().count()).then(|| nick.to_owned())
}

/// The kind of an address: `phone`, the platform of a handle, or `other`.
pub fn kind_of(address: &str) -> &str {
    match address.split_once(':') {
        _ if address.starts_with('+') => "phone",
        Some((platform, _))
            if !platform.is_empty() && platform.chars().all(|c| c.is_alphabetic() || "-_".contains(c)) =>
        {
            platform
        }
        _ => "other",
    }
}

/// An address as a list shows it: of a number its country and its last three digits; a nickname whole.
pub fn masked(address: &str) -> String {
    if !address.starts_with('+') {
        return inert(address);
    }
    let digits = address.len();
    let (head, last) =
        (address.get(..3.min(digits)).unwrap_or_default(), address.get(digits.saturating_sub(3).max(3)..));
    format!("{head} ··· ·· {}", last.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Option<String> {
        Handle::parse(written, Region::default()).map(|handle| handle.address().expose().clone())
    }

    fn on(platform: &str, written: &str) -> Option<String> {
        Handle::on(platform, written, Region::default()).map(|handle| handle.address().expose().clone())
    }

    #[test]
    fn one_nickname_has_one_spelling() {
        for written in ["instagram:anna_x", "Instagram: @Anna_X", "IG:ＡＮＮＡ_x", "insta:  @anna_x ", "ig: @ @anna_x"]
        {
            assert_eq!(read(written).as_deref(), Some("instagram:anna_x"), "{written}");
        }
    }

    #[test]
    fn a_link_to_a_page_is_the_nickname_on_it() {
        for written in [
            "https://instagram.com/anna_x",
            "https://www.instagram.com/Anna_X/?igsh=abc",
            "instagram.com/anna_x",
            "instagram:anna_x/",
            "instagram:ig:anna_x",
            "facebook:https://instagram.com/anna_x",
        ] {
            assert_eq!(read(written).as_deref(), Some("instagram:anna_x"), "{written}");
        }
        assert_eq!(on("ig", "www.instagram.com/anna_x").as_deref(), Some("instagram:anna_x"));
        assert_eq!(on("ig", "https://x.com/anna_x").as_deref(), Some("x:anna_x"));
        assert_eq!(on("reddit", "u/Anna").as_deref(), Some("reddit:u/anna"));
        for written in ["https://example.org/anna", "anna/berit", "https://wa.me/46701740605", "sms:46701740605", "//x"]
        {
            assert_eq!(on("ig", written), None, "{written}");
        }
    }

    #[test]
    fn an_id_of_whatsapps_is_kept_as_it_is() {
        for (written, id) in [
            ("wa: NO.1502576394655843A", "whatsapp:NO.1502576394655843A"),
            ("whatsapp:US.ENT.11815799212886844830", "whatsapp:US.ENT.11815799212886844830"),
            ("whatsapp:No.Anna", "whatsapp:no.anna"),
        ] {
            assert_eq!(read(written).as_deref(), Some(id), "{written}");
        }
        assert!(!is_whatsapp_id("instagram:NO.15025763") && !is_whatsapp_id("whatsapp:no.15025763"));
    }

    #[test]
    fn what_is_no_nickname_is_none() {
        for written in [
            "anna",
            "tlf: 91234567",
            "sms:46701740605",
            "whatsapp:46701740605",
            "whatsapp:①",
            "https://wa.me/46701740605",
            "https://example.org/anna",
            "instagram:",
            "instagram: @",
            "instagram:anna/berit",
            "in5ta:anna",
            ":anna",
        ] {
            assert_eq!(read(written), None, "{written}");
        }
        assert_eq!(on("instagram", &"a".repeat(65)), None);
        assert_eq!(nick_of("\u{202e}Anna\u{0}"), Some("anna".to_owned()));
        let marked = nick_of("\u{130}\u{31e}").unwrap();
        assert_eq!(nick_of(&marked), Some(marked));
    }

    #[test]
    fn a_number_is_no_nickname_whatever_stands_around_it() {
        for written in [
            "WhatsApp: +46 70 174 06 05 (Anna)",
            "Anna: 91234567",
            "Anna: 0046 70 174 06 05 Oslo",
            "signal:91234567",
            "WhatsApp:tlf91234567",
            "viber:+4791234567",
            "telegram:91234567",
            "t.me/91234567",
            "hookup:91234567",
            "hookup:tlf:91234567",
            "kik:+4791234567",
            "instagram:91 23 45 67",
            "facebook: 912-34-567",
            "WhatsApp: 9l234567",
            "whatsapp:9A234567",
            "telegram:9OO12345",
            "hookup:4OO1234O",
            "Anna: 9.1234567E7",
        ] {
            assert_eq!(read(written), None, "{written}");
        }
        assert_eq!(on("instagram", "Anna: 91234567"), None);
        assert_eq!(on("instagram", "hookup:91234567"), None);
    }

    #[test]
    fn digits_are_a_nickname_where_people_have_such_names() {
        for (written, address) in [
            ("kik:91234567", "kik:91234567"),
            ("Kik: @91234567", "kik:91234567"),
            ("instagram:91234567", "instagram:91234567"),
            ("instagram:@9l234567", "instagram:9l234567"),
            ("facebook:46701740605", "facebook:46701740605"),
            ("instagram:anna91234567", "instagram:anna91234567"),
            ("telegram:anna91234567", "telegram:anna91234567"),
            ("hookup:anna 77", "hookup:anna 77"),
            ("hookup:anna-91234567", "hookup:anna-91234567"),
        ] {
            assert_eq!(read(written).as_deref(), Some(address), "{written}");
        }
    }

    #[test]
    fn a_list_shows_three_digits_of_a_number_and_a_nickname_whole() {
        assert_eq!(masked("+447700900123"), "+44 ··· ·· 123");
        assert_eq!(masked("+46"), "+46 ··· ·· ");
        assert_eq!(masked("instagram:anna"), "instagram:anna");
        assert_eq!((kind_of("+4477"), kind_of("instagram:anna"), kind_of("26112")), ("phone", "instagram", "other"));
    }
}
