//! A nickname on a platform, made plain so that one spelling finds the other; and what kind an address is.

use unicode_normalization::UnicodeNormalization;

use super::inert::inert;
use super::pasted::{Pasted, has_pages};
use super::private::Private;

/// The longest nickname and the longest platform, in characters.
const MOST: (usize, usize) = (64, 20);
/// No number has fewer digits.
pub const FEWEST: usize = 7;
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
    /// Reads `platform:nick`, or a link to somebody's page on a known site; `None` when it is none.
    pub fn parse(written: &str) -> Option<Self> {
        if let Some(pasted) = Pasted::read(written) {
            return Self::of_page(&pasted);
        }
        let (platform, nick) = written.split_once([':', '：'])?;
        Self::on(platform, nick)
    }

    /// A nickname on a platform; a link to a page says its own platform.
    pub fn on(platform: &str, nick: &str) -> Option<Self> {
        let platform = plain(platform);
        let letters = platform.chars().all(|c| c.is_alphabetic() || "-_".contains(c));
        if !letters || !(1..=MOST.1).contains(&platform.chars().count()) || NO_PLATFORMS.contains(&platform.as_str()) {
            return None;
        }
        let platform = whole(&platform);
        let id = format!("{platform}:{}", nick.trim());
        if is_whatsapp_id(&id) {
            return Some(Self(Private::new(id)));
        }
        if let Some(pasted) = Pasted::read(nick) {
            return Self::of_page(&pasted);
        }
        let nick = nick_of(nick)?;
        if let Some((again, nick)) = nick.split_once(':')
            && whole(again.trim()) == platform
        {
            return Self::on(platform, nick);
        }
        let address = format!("{platform}:{nick}");
        // Digits alone are a number, but where people have pages with such names.
        let is_number = !nick.contains(char::is_alphabetic)
            && (platform == "whatsapp" || is_long(&nick) && (platform == "telegram" || !has_pages(platform)));
        // What became a link only when it was made plain is no nickname either.
        let is_link = Pasted::read(&nick).is_some() || Pasted::read(&address).is_some();
        // There a slash parts a page from what is on it.
        let is_link = is_link || nick.contains('/') && has_pages(platform);
        (!is_number && !is_link).then(|| Self(Private::new(address)))
    }

    fn of_page(pasted: &Pasted) -> Option<Self> {
        match pasted {
            Pasted::Page(platform, nick) => Self::on(platform, nick.expose()),
            Pasted::Number(_) | Pasted::Other => None,
        }
    }

    /// The handle as an address: `platform:nick`.
    pub fn address(&self) -> &Private {
        &self.0
    }
}

fn plain(platform: &str) -> String {
    inert(platform).nfkc().collect::<String>().trim().to_lowercase()
}

fn is_long(nick: &str) -> bool {
    nick.chars().filter(|c| c.is_numeric()).count() >= FEWEST
}

/// The platform that a word before a colon means.
pub fn platform_of(word: &str) -> String {
    whole(&plain(word)).to_owned()
}

/// What a platform is called that people call by a short word.
fn whole(platform: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == platform).map_or(platform, |(_, whole)| whole)
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

    #[test]
    fn one_nickname_has_one_spelling() {
        for written in ["instagram:anna_x", "Instagram: @Anna_X", "IG:ＡＮＮＡ_x", "insta:  @anna_x ", "ig: @ @anna_x"]
        {
            assert_eq!(Handle::parse(written).unwrap().address().expose(), "instagram:anna_x", "{written}");
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
            assert_eq!(Handle::parse(written).unwrap().address().expose(), "instagram:anna_x", "{written}");
        }
        let on = |nick: &str| Handle::on("ig", nick).map(|handle| handle.address().expose().clone());
        assert_eq!(on("www.instagram.com/anna_x").as_deref(), Some("instagram:anna_x"));
        assert_eq!(on("https://x.com/anna_x").as_deref(), Some("x:anna_x"));
        assert_eq!(Handle::on("reddit", "u/Anna").unwrap().address().expose(), "reddit:u/anna");
        for written in ["https://example.org/anna", "anna/berit", "https://wa.me/46701740605", "sms:46701740605", "//x"]
        {
            assert_eq!(on(written), None, "{written}");
        }
    }

    #[test]
    fn an_id_of_whatsapps_is_kept_as_it_is() {
        let read = |written: &str| Handle::parse(written).unwrap().address().expose().clone();
        assert_eq!(read("wa: NO.1502576394655843A"), "whatsapp:NO.1502576394655843A");
        assert_eq!(read("whatsapp:US.ENT.11815799212886844830"), "whatsapp:US.ENT.11815799212886844830");
        assert_eq!(read("whatsapp:No.Anna"), "whatsapp:no.anna");
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
            assert_eq!(Handle::parse(written), None, "{written}");
        }
        assert_eq!(Handle::on("instagram", &"a".repeat(65)), None);
        assert_eq!(nick_of("\u{202e}Anna\u{0}"), Some("anna".to_owned()));
        let marked = nick_of("\u{130}\u{31e}").unwrap();
        assert_eq!(nick_of(&marked), Some(marked));
    }

    #[test]
    fn a_list_shows_three_digits_of_a_number_and_a_nickname_whole() {
        assert_eq!(masked("+447700900123"), "+44 ··· ·· 123");
        assert_eq!(masked("+46"), "+46 ··· ·· ");
        assert_eq!(masked("instagram:anna"), "instagram:anna");
        assert_eq!((kind_of("+4477"), kind_of("instagram:anna"), kind_of("26112")), ("phone", "instagram", "other"));
    }
}
