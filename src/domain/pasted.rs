//! Links as people paste them: to somebody's page on a known site, to a number, or to anything else.

use unicode_normalization::UnicodeNormalization;

use super::inert::inert;
use super::private::Private;

/// Where people have pages: the host, what stands before the nickname, and the platform.
const SITES: [(&str, &str, &str); 16] = [
    ("instagram.com", "", "instagram"),
    ("instagr.am", "", "instagram"),
    ("ig.me", "m/", "instagram"),
    ("facebook.com", "", "facebook"),
    ("fb.com", "", "facebook"),
    ("m.me", "", "facebook"),
    ("messenger.com", "t/", "facebook"),
    ("t.me", "", "telegram"),
    ("telegram.me", "", "telegram"),
    ("snapchat.com", "add/", "snapchat"),
    ("snapchat.com", "@", "snapchat"),
    ("tiktok.com", "@", "tiktok"),
    ("threads.net", "@", "threads"),
    ("threads.com", "@", "threads"),
    ("x.com", "", "x"),
    ("twitter.com", "", "x"),
];
/// The same site for another screen.
const SCREENS: [&str; 4] = ["www.", "m.", "mobile.", "web."];
/// Pages of those sites that are nobody's.
const NOBODYS: [&str; 27] = [
    "accounts",
    "direct",
    "events",
    "explore",
    "friends",
    "groups",
    "hashtag",
    "highlights",
    "home",
    "i",
    "intent",
    "login",
    "marketplace",
    "messages",
    "notifications",
    "p",
    "people",
    "photo",
    "proxy",
    "reel",
    "reels",
    "search",
    "settings",
    "share",
    "socks",
    "stories",
    "watch",
];
/// Words before a colon behind which a number is called or written to.
const DIALS: [&str; 8] = ["tel", "callto", "sms", "smsto", "mms", "rcs", "whatsapp", "wa"];

/// What a pasted link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// Somebody's page: the platform, and the nickname as it stands there.
    Page(&'static str, Private),
    /// A number, which may lack the plus before its country code.
    Number(Private),
    /// Something else.
    Other,
}

impl Pasted {
    /// Reads a link; `None` when it is none.
    pub fn read(written: &str) -> Option<Self> {
        let text: String = inert(written).nfkc().collect();
        let text = text.trim();
        if let Some(number) = dialled(text) {
            return Some(Pasted::Number(Private::new(number)));
        }
        let lower = text.to_ascii_lowercase();
        let scheme = ["https://", "http://", "//"].into_iter().find(|scheme| lower.starts_with(*scheme));
        let bare = &text[scheme.map_or(0, str::len)..];
        let (host, rest) = bare.split_at(bare.find(['/', '?', '#']).unwrap_or(bare.len()));
        let host = host.to_ascii_lowercase();
        let has_path = rest.starts_with('/');
        let led = if has_path { page(&host, rest) } else { None };
        let is_link = scheme.is_some() || is_foreign(&lower) || has_path && is_known(&host);
        led.or_else(|| is_link.then_some(Pasted::Other))
    }
}

/// Whether people have pages on this platform whose links are read.
pub fn has_pages(platform: &str) -> bool {
    platforms().any(|known| known == platform)
}

/// The platforms that have such pages, some more than once.
pub fn platforms() -> impl Iterator<Item = &'static str> {
    SITES.into_iter().map(|(.., platform)| platform)
}

/// Whether it is one word of the signs that nicknames have where people have pages.
pub fn is_nick(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// The number behind `sms:` and the like, when there is nothing else.
fn dialled(text: &str) -> Option<String> {
    let (word, rest) = text.split_once(':')?;
    let known = DIALS.contains(&word.trim().to_lowercase().as_str());
    let number = rest.split(['?', ';']).next().unwrap_or_default().trim_matches([' ', '/']);
    let number = number.replace("%2B", "+").replace("%2b", "+").replace("%20", " ");
    (known && number.contains(char::is_numeric) && !number.contains(char::is_alphabetic)).then_some(number)
}

/// Whether it begins as a link does that is none of those which lead to a page.
fn is_foreign(lower: &str) -> bool {
    let (scheme, rest) = lower.split_once(':').unwrap_or_default();
    let is_word = scheme.starts_with(char::is_alphabetic) && !scheme.contains(char::is_whitespace);
    lower.starts_with("www.") || is_word && (rest.starts_with("//") || matches!(scheme, "http" | "https"))
}

fn is_known(host: &str) -> bool {
    is_at(host, "wa.me") || SITES.iter().any(|(site, ..)| is_at(host, site))
}

fn is_at(host: &str, site: &str) -> bool {
    host == site || SCREENS.iter().any(|screen| host.strip_prefix(screen) == Some(site))
}

/// What a path on a host leads to: of a link only what says who it is.
fn page(host: &str, rest: &str) -> Option<Pasted> {
    let (path, query) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    let said = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let number = |written: &str| {
        let digits = written.trim_start_matches('+');
        let digits = digits.strip_prefix("00").unwrap_or(digits);
        is_digits(digits).then(|| Pasted::Number(Private::new(format!("+{digits}"))))
    };
    if is_at(host, "wa.me") {
        return number(path);
    }
    if path == "send" && (host == "api.whatsapp.com" || is_at(host, "whatsapp.com")) {
        return number(&said("phone")?.replace("%2B", "+").replace("%2b", "+"));
    }
    let mut sites = SITES.into_iter().filter(|(site, ..)| is_at(host, site));
    sites.find_map(|(_, before, platform)| {
        let parts: Vec<&str> = path.split('/').collect();
        let nick = match (platform, parts.as_slice()) {
            ("telegram", [to]) if to.strip_prefix('+').is_some_and(is_digits) => return number(to),
            ("facebook", ["profile.php"]) => said("id").filter(|id| is_digits(id))?,
            // The name is the page's, and changes; the number behind it does not.
            ("facebook", ["people", _, id]) if is_digits(id) => *id,
            ("instagram", ["stories", nick, ..]) => *nick,
            _ => path.strip_prefix(before)?.trim_start_matches('@'),
        };
        let is_somebodys = is_nick(nick) && !nick.ends_with(".php") && !NOBODYS.contains(&nick.to_lowercase().as_str());
        is_somebodys.then(|| Pasted::Page(platform, Private::new(nick.to_owned())))
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Option<(&'static str, String)> {
        Pasted::read(written).map(|pasted| match pasted {
            Pasted::Page(platform, nick) => (platform, nick.expose().clone()),
            Pasted::Number(number) => ("number", number.expose().clone()),
            Pasted::Other => ("other", String::new()),
        })
    }

    #[test]
    fn a_link_to_a_page_says_the_platform_and_the_nickname() {
        for (written, platform, nick) in [
            ("https://instagram.com/anna77", "instagram", "anna77"),
            ("https://www.Instagram.com/Anna77/?igsh=abc#x", "instagram", "Anna77"),
            ("www.instagram.com/anna77", "instagram", "anna77"),
            ("instagram.com/@anna77", "instagram", "anna77"),
            ("//m.facebook.com/anna.berg", "facebook", "anna.berg"),
            ("https://facebook.com/profile.php?id=1000123&ref=x", "facebook", "1000123"),
            ("m.me/anna", "facebook", "anna"),
            ("https://t.me/anna_x", "telegram", "anna_x"),
            ("https://www.snapchat.com/add/anna?share_id=1", "snapchat", "anna"),
            ("https://www.tiktok.com/@anna.x?lang=en", "tiktok", "anna.x"),
            ("https://twitter.com/anna", "x", "anna"),
            ("x.com/anna/", "x", "anna"),
            ("https://ig.me/m/anna77?ref=x", "instagram", "anna77"),
            ("https://www.instagram.com/stories/Anna77/3141592653589793238/", "instagram", "Anna77"),
            ("instagram.com/stories/anna77", "instagram", "anna77"),
            ("https://www.facebook.com/people/Anna-Berg/1000123/", "facebook", "1000123"),
            ("https://www.facebook.com/people/%C3%85se/1000123?sk=about", "facebook", "1000123"),
            ("https://www.threads.net/@Anna.x?hl=nb", "threads", "Anna.x"),
            ("threads.com/@anna.x", "threads", "anna.x"),
            ("https://www.snapchat.com/@anna", "snapchat", "anna"),
        ] {
            assert_eq!(read(written), Some((platform, nick.to_owned())), "{written}");
        }
    }

    #[test]
    fn a_link_that_calls_or_writes_is_a_number() {
        for (written, number) in [
            ("https://wa.me/46701740690?text=Hi%2091234567", "+46701740690"),
            ("wa.me/+46701740690/", "+46701740690"),
            ("https://t.me/+46701740690", "+46701740690"),
            ("https://api.whatsapp.com/send/?phone=%2B46701740690&text=Hi", "+46701740690"),
            ("https://web.whatsapp.com/send?text=Hi&phone=46701740690", "+46701740690"),
            ("whatsapp:46701740692", "46701740692"),
            ("WhatsApp: +46 70-174 06 92", "+46 70-174 06 92"),
            ("sms:%2B46701740686?body=Hi", "+46701740686"),
            ("tel://070-1740605;ext=1", "070-1740605"),
        ] {
            assert_eq!(read(written), Some(("number", number.to_owned())), "{written}");
        }
    }

    #[test]
    fn a_link_that_says_nobody_is_another_and_a_nickname_is_none() {
        for written in [
            "https://example.org/anna",
            "//example.org/anna",
            "http:anna",
            "www.example.org",
            "facebook://profile/1",
            "https://instagram.com/",
            "https://instagram.com/p/Cx1/",
            "instagram.com/explore",
            "https://facebook.com/profile.php",
            "https://instagram.com@example.org/anna",
            "https://t.me/+AbCdEf",
            "https://wa.me/message/ABC1",
            "https://ig.me/anna",
            "https://www.instagram.com/stories/highlights/17900000000000000/",
            "https://www.instagram.com/stories/",
            "https://www.instagram.com/reel/",
            "https://www.facebook.com/people/Anna-Berg/",
            "https://www.facebook.com/people/",
            "https://www.facebook.com/stories/1000123/",
            "https://www.threads.net/@anna/post/Cx1",
            "https://www.threads.net/t/Cx1",
            "https://www.snapchat.com/t/Cx1",
            "https://www.tiktok.com/@anna/video/1",
            "https://vm.tiktok.com/Cx1/",
            "https://t.me/joinchat/Cx1",
            "https://t.me/proxy?server=example.org",
            "https://m.me/j/Cx1",
            "https://x.com/i/user/1",
        ] {
            assert_eq!(read(written).map(|(kind, _)| kind), Some("other"), "{written}");
        }
        for written in
            ["anna", "@anna.x", "instagram:anna", "whatsapp:anna", "whatsapp:NO.1502576394655843A", "x.com", ""]
        {
            assert_eq!(read(written), None, "{written}");
        }
    }
}
