//! Signs that cost: one that the alphabet of SMS lacks makes a part hold 70 characters and not 160; some count double.
//! Letters of another alphabet that only look right are named too.

use std::ops::Range;

use super::finding::{Finding, Weight};
use super::written::Written;
use crate::domain::inert::inert;
use crate::domain::lang::{Text, number_of};
use crate::domain::parts::{Costly, Encoding, costly, is_own_writing, parts};
use crate::text;

/// Signs that count double, and what to write instead.
const DOUBLE: [(char, &str); 9] =
    [('€', "EUR"), ('[', "("), (']', ")"), ('{', "("), ('}', ")"), ('|', "/"), ('~', "-"), ('\\', "/"), ('^', "")];

pub(super) fn judge(written: &Written<'_>, found: &mut Vec<Finding>) {
    look_alikes(written, found);
    let (odd, places): (Vec<Costly>, Vec<Range<usize>>) = costly(&written.said)
        .into_iter()
        .filter_map(|odd| {
            let at = written.said.find(&odd.character)?;
            let at = at..at + odd.character.len();
            twin(written, &at).is_none().then_some((odd, at))
        })
        .unzip();
    if !is_own_writing(&odd) {
        let saved = saved(written, &odd);
        found.extend(odd.iter().zip(places).map(|(odd, at)| needs_ucs2(odd, at, saved)));
    }
    double(written, found);
}

/// The parts with these signs and without them.
fn saved(written: &Written<'_>, odd: &[Costly]) -> (usize, usize) {
    let Some(read) = written.longest.as_deref().or(Some(written.source)) else { return (1, 1) };
    let plain = odd
        .iter()
        .fold(read.to_owned(), |text, odd| text.replace(&odd.character, odd.instead.as_deref().unwrap_or("x")));
    (parts(read).parts, parts(&plain).parts)
}

fn needs_ucs2(odd: &Costly, at: Range<usize>, (with, without): (usize, usize)) -> Finding {
    let code = odd.character.chars().next().map_or(0, u32::from);
    let (name, count) = (inert(&odd.character), odd.count);
    let seen = if name.trim().is_empty() { String::new() } else { format!("{name} ") };
    let times = if count > 1 { format!(" (×{count})") } else { String::new() };
    let (weight, text) = if without < with {
        let (with, without) = (plural(with), plural(without));
        let (Text { en: with_en, nb: with_nb }, Text { en: without_en, nb: without_nb }) = (with, without);
        let text = text!(
            "{seen}U+{code:04X}{times} is not in the SMS alphabet: with it {with_en}, else {without_en}",
            "{seen}U+{code:04X}{times} er ikke i SMS-alfabetet: med det {with_nb}, ellers {without_nb}"
        );
        (Weight::Warning, text)
    } else {
        let text = text!(
            "{seen}U+{code:04X}{times} is not in the SMS alphabet: a part holds 70 and not 160",
            "{seen}U+{code:04X}{times} er ikke i SMS-alfabetet: en del rommer 70 og ikke 160"
        );
        (Weight::Note, text)
    };
    let help = match odd.instead.as_deref() {
        Some("") => text!("remove it; it cannot be seen", "fjern det; det synes ikke"),
        Some(" ") => text!("write a plain space", "skriv et vanlig mellomrom"),
        Some(plain) => text!("write {plain}", "skriv {plain}"),
        None if odd.character.chars().next().is_some_and(char::is_alphabetic) => {
            text!(
                "keep it where it is the right spelling; or choose a word without it",
                "behold det der det er riktig skrivemåte; eller velg et ord uten det"
            )
        }
        None => text!("leave it out, or say it in words", "utelat det, eller si det med ord"),
    };
    Finding { code: "needs_ucs2", weight, at, text, help, suggestion: odd.instead.clone() }
}

/// How many parts, in words.
pub(super) fn plural(parts: usize) -> Text {
    number_of(parts, ["part", "parts"], ["del", "deler"])
}

/// Names each word that mixes alphabets, as from a copied text: it looks right and is none that a phone can search for.
fn look_alikes(written: &Written<'_>, found: &mut Vec<Finding>) {
    let mixed = written.words.iter().filter_map(|word| {
        let plain = latin(written.at(&word.at))?;
        Some((word.at.clone(), plain))
    });
    found.extend(mixed.map(|(at, plain)| {
        let word = inert(written.at(&at));
        Finding {
            code: "look_alike",
            weight: Weight::Warning,
            at,
            text: text!(
                "a letter in `{word}` is of another alphabet and only looks right",
                "en bokstav i `{word}` er fra et annet alfabet og ser bare riktig ut"
            ),
            help: text!("write {plain} again by hand", "skriv {plain} på nytt for hånd"),
            suggestion: Some(plain),
        }
    }));
}

/// The word in Latin letters, when it mixes them with letters that look the same.
fn latin(word: &str) -> Option<String> {
    let mixed = word.chars().any(|c| c.is_ascii_alphabetic()) && !word.is_ascii();
    let changed = word.chars().any(|c| letter(c).is_some());
    (mixed && changed).then(|| word.chars().map(|c| letter(c).unwrap_or(c)).collect::<String>()).filter(|plain| {
        // What is left in the other alphabet has no twin: a word of that language with a figure or a name in it.
        !plain.chars().any(|c| matches!(c, '\u{370}'..='\u{52f}'))
    })
}

/// The Latin word that a sign stands in by mistake.
fn twin(written: &Written<'_>, at: &Range<usize>) -> Option<String> {
    let word = written.words.iter().find(|word| word.at.start <= at.start && at.end <= word.at.end)?;
    latin(written.at(&word.at))
}

/// The Latin letter that looks the same as a Cyrillic or Greek one.
fn letter(c: char) -> Option<char> {
    const TWINS: &str = "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXаaеeоoрpсcуyхxѕsіiјjԁdһhΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνv";
    let letters: Vec<char> = TWINS.chars().collect();
    letters.chunks_exact(2).find(|pair| pair[0] == c).map(|pair| pair[1])
}

/// Names a sign that counts double where that makes one part more.
fn double(written: &Written<'_>, found: &mut Vec<Finding>) {
    let Some(read) = written.longest.as_deref() else { return };
    let counted = parts(read);
    let plain = DOUBLE.iter().fold(read.to_owned(), |text, (sign, _)| text.replace(*sign, "x"));
    if counted.encoding != Encoding::Gsm7 || parts(&plain).parts == counted.parts {
        return;
    }
    let first = written.said.char_indices().find_map(|(at, c)| {
        let (_, instead) = DOUBLE.iter().find(|(sign, _)| *sign == c)?;
        Some((at..at + c.len_utf8(), *instead))
    });
    let Some((at, instead)) = first else { return };
    let sign = written.at(&at).to_owned();
    let (Text { en: with_en, nb: with_nb }, Text { en: without_en, nb: without_nb }) =
        (plural(counted.parts), plural(parts(&plain).parts));
    let help = match instead {
        "" => text!("leave it out", "utelat det"),
        _ => text!("write {instead}", "skriv {instead}"),
    };
    found.push(Finding {
        code: "counts_double",
        weight: Weight::Warning,
        at,
        text: text!(
            "{sign} counts as two: without such signs {without_en} and not {with_en}",
            "{sign} teller som to: uten slike tegn {without_nb} og ikke {with_nb}"
        ),
        help,
        suggestion: Some(instead.to_owned()),
    });
}
