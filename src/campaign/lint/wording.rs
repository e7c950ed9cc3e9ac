//! Words: whether what is offered comes early enough, which words exclude, and which tell whoever stands beside.

use std::collections::BTreeMap;
use std::ops::Range;

use super::finding::{Finding, Weight};
use super::tongue::Tongue;
use super::written::Written;
use crate::domain::lang::{Text, number_of};
use crate::text;

/// How much of a message a phone's list of messages shows, in characters: about two lines.
const PREVIEW: usize = 70;
/// How much of it a locked phone shows to whoever stands beside: about four lines.
const LOCK_SCREEN: usize = 150;

pub(super) fn judge(written: &Written<'_>, tongue: &Tongue, found: &mut Vec<Finding>) {
    offer(written, tongue, found);
    let excluding: Vec<(Range<usize>, &str)> =
        tongue.excludes().filter_map(|(word, gentler)| Some((written.find(word)?, gentler))).collect();
    let seen = |at: &Range<usize>| written.read_before(at.start) < LOCK_SCREEN;
    for (at, gentler) in once(excluding.clone()) {
        let telling = seen(&at) && tells(gentler, tongue);
        found.push(excludes(written, at, gentler, telling));
    }
    let revealing = tongue.reveals().filter_map(|word| written.find(word)).map(|at| (at, ""));
    let named = |at: &Range<usize>| excluding.iter().any(|(other, _)| other.start < at.end && at.start < other.end);
    let revealing: Vec<(Range<usize>, &str)> = revealing.filter(|(at, _)| seen(at) && !named(at)).collect();
    found.extend(once(revealing).into_iter().map(|(at, _)| reveals(written, at)));
}

/// Each place once: of phrases that lie in each other, the longest.
fn once(mut places: Vec<(Range<usize>, &str)>) -> Vec<(Range<usize>, &str)> {
    places.sort_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
    let mut kept: Vec<(Range<usize>, &str)> = Vec::new();
    for place in places {
        if kept.last().is_none_or(|last| last.0.end <= place.0.start) {
            kept.push(place);
        }
    }
    kept
}

fn offer(written: &Written<'_>, tongue: &Tongue, found: &mut Vec<Finding>) {
    let places: Vec<Range<usize>> = tongue.offer().filter_map(|word| written.find(word)).collect();
    let Some(first) = places.iter().min_by_key(|at| at.start) else {
        // A variable may bring the offer; a text of a few words has none to move.
        if tongue.offer().next().is_some() && written.words.len() > 3 && !written.names("services") {
            found.push(Finding {
                code: "no_key_word",
                weight: Weight::Note,
                at: written.whole(),
                text: text!("no word that we know says what is offered", "ingen ord vi kjenner, sier hva som tilbys"),
                help: text!(
                    "say it early and in plain words: free, doctor, lawyer; or add your own word to the file of words",
                    "si det tidlig og med enkle ord: gratis, lege, advokat; eller legg deres eget ord i ordfilen"
                ),
                suggestion: None,
            });
        }
        return;
    };
    let before = written.read_before(first.start);
    if before + written.at(first).chars().count() > PREVIEW {
        let word = written.at(first);
        let Text { en, nb } = number_of(before, ["character", "characters"], ["tegn"; 2]);
        found.push(Finding {
            code: "key_word_late",
            weight: Weight::Warning,
            at: first.clone(),
            text: text!(
                "`{word}` comes after {en}; a list of messages shows about {PREVIEW}",
                "`{word}` kommer etter {nb}; en liste av meldinger viser omtrent {PREVIEW}"
            ),
            help: text!(
                "move `{word}` up: say it right after who you are",
                "flytt `{word}` fram: si det rett etter hvem dere er"
            ),
            suggestion: None,
        });
    }
}

/// Whether a phrase itself says what the message is about.
fn tells(phrase: &str, tongue: &Tongue) -> bool {
    let written = Written::read(phrase, &BTreeMap::new());
    tongue.reveals().any(|word| written.find(word).is_some())
}

/// A word that excludes; of gentler ones, none is offered that would tell on a locked screen.
fn excludes(written: &Written<'_>, at: Range<usize>, gentler: &str, telling: bool) -> Finding {
    let word = written.at(&at);
    let help = match telling {
        true => text!(
            "write \"you\" to whoever reads, or do without: \"{gentler}\" tells on a locked screen what this is about",
            "skriv «du» til den som leser, eller la det være: «{gentler}» røper på låst skjerm hva det gjelder"
        ),
        false => text!("write {gentler}, or do without", "skriv {gentler}, eller la det være"),
    };
    Finding {
        code: "excluding_word",
        weight: Weight::Warning,
        text: text!("`{word}` shuts people out, or hurts", "`{word}` stenger folk ute eller sårer"),
        help,
        suggestion: (!telling).then(|| gentler.to_owned()),
        at,
    }
}

fn reveals(written: &Written<'_>, at: Range<usize>) -> Finding {
    let word = written.at(&at);
    Finding {
        code: "reveals",
        weight: Weight::Warning,
        text: text!(
            "`{word}` stands on the locked screen, where others can read it",
            "`{word}` står på låst skjerm, der andre kan lese det"
        ),
        help: text!(
            "say it in words that fit anybody, or leave it to the answer, the link or the call",
            "si det med ord som passer hvem som helst, eller la svaret, lenken eller samtalen ta det"
        ),
        suggestion: None,
        at,
    }
}
