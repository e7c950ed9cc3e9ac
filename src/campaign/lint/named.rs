//! Who writes, where to read more and how to say no; and what should not stand there: short links, somebody's own number.

use super::finding::{Finding, Weight};
use super::house::House;
use super::written::{Written, folded};
use crate::campaign::way_out::{self, WayOut, is_link};
use crate::domain::lang::Text;
use crate::domain::phone::{PhoneKind, Region, find_numbers};
use crate::text;

/// Services that hide where a link leads.
const SHORTENERS: &str = "bit.ly tinyurl.com goo.gl t.co ow.ly is.gd rebrand.ly cutt.ly shorturl.at tiny.cc rb.gy buff.ly \
                          lnkd.in kutt.it v.gd t.ly shorte.st qr.io s.id bl.ink short.io urlz.fr";

pub(super) fn judge(written: &Written<'_>, house: &House, found: &mut Vec<Finding>) {
    let mut say = |code, weight, at, text: Text, help: Text| {
        found.push(Finding { code, weight, at, text, help, suggestion: None });
    };
    if way_out::judge(written.source) == WayOut::None && !written.source.trim().is_empty() {
        say(
            "no_way_out",
            Weight::Warning,
            written.whole(),
            text!("this text does not say how to get no more", "denne teksten sier ikke hvordan man slipper flere"),
            text!(
                "say it in its language, like: Reply STOP to opt out.",
                "si det på tekstens språk, som: Svar STOPP for å slippe flere."
            ),
        );
    }
    if let Some(name) = house.organisation.as_ref().filter(|name| !names(written, name)) {
        say(
            "no_organisation",
            Weight::Warning,
            written.whole(),
            text!(
                "this text does not say that it comes from {name}",
                "denne teksten sier ikke at den kommer fra {name}"
            ),
            text!(
                "write {{{{ organisation }}}} where the name belongs",
                "skriv {{{{ organisation }}}} der navnet hører hjemme"
            ),
        );
    }
    for (at, word) in pieces(&written.said) {
        let host = word.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        let host = host.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
        let at = at..at + word.len();
        if is_link(word) && SHORTENERS.split_whitespace().any(|short| host == short) {
            say(
                "link_shortener",
                Weight::Warning,
                at,
                text!("a link through {host} hides where it leads", "en lenke gjennom {host} skjuler hvor den leder"),
                text!(
                    "write the address of your own page; short ones look like fraud, and some networks stop them",
                    "skriv adressen til deres egen side; korte ligner svindel, og noen nett stanser dem"
                ),
            );
        } else if word.strip_prefix('@').is_some_and(|name| name.chars().filter(|c| c.is_alphanumeric()).count() > 2) {
            say(
                "personal_handle",
                Weight::Note,
                at,
                text!("a name on a platform stands here", "her står et navn på en plattform"),
                text!(
                    "make sure that it is the service's, and nobody's own",
                    "se til at det er tjenestens, og ikke noens eget"
                ),
            );
        }
    }
    if has_mobile(&written.said) {
        say(
            "personal_number",
            Weight::Note,
            written.whole(),
            text!("a mobile number stands in the text", "det står et mobilnummer i teksten"),
            text!(
                "make sure that it is the service's, and nobody's own",
                "se til at det er tjenestens, og ikke noens eget"
            ),
        );
    }
}

/// Whether the text says the organisation's name, by the variable or in words.
fn names(written: &Written<'_>, name: &str) -> bool {
    written.names("organisation") || folded(written.source).contains(&folded(name))
}

/// Whether a link in the text leads to a page, or anywhere when that is not known.
pub(in crate::campaign) fn links_to(text: &str, about_url: Option<&str>) -> bool {
    let bare = |url: &str| {
        let url = url.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        url.split('/').next().unwrap_or_default().to_lowercase()
    };
    let mut words = pieces(text).map(|(_, word)| word);
    match about_url.filter(|url| !url.is_empty()) {
        Some(url) => words.any(|word| bare(word) == bare(url)),
        None => words.any(is_link),
    }
}

/// What stands between spaces, without the full stop or comma after it, and where it begins.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    text.split_whitespace().filter_map(move |word| {
        let at = from + text[from..].find(word)?;
        from = at + word.len();
        let opened = word.trim_start_matches(['(', '"', '«', '<']);
        Some((
            at + word.len() - opened.len(),
            opened.trim_end_matches(['.', ',', ')', '!', '?', ':', ';', '"', '»', '>']),
        ))
    })
}

fn has_mobile(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let numbers = Region::parse("NO").filter(|_| digits > 7).map(|region| find_numbers(text, region).numbers);
    numbers.is_some_and(|numbers| numbers.iter().any(|number| number.kind() == PhoneKind::Mobile))
}
