//! Capitals and exclamation marks: they read as advertising, and as anger.

use super::finding::{Finding, Weight};
use super::house::House;
use super::written::{Written, folded};
use crate::campaign::way_out::speaks_of_stopping;
use crate::text;

/// Shorter words in capitals are abbreviations: HPV, NAV, SMS.
const SHORT: usize = 5;

pub(super) fn judge(written: &Written<'_>, house: &House, found: &mut Vec<Finding>) {
    let names: Vec<String> =
        house.organisation.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(folded).collect();
    let loud = written.words.iter().enumerate().find(|(n, word)| {
        let text = written.at(&word.at);
        // What people are to answer stands in capitals: STOPP, or the word after "svar" or "reply".
        let answered = n.checked_sub(1).is_some_and(|n| speaks_of_stopping(&written.words[n].folded));
        let is_answer = speaks_of_stopping(&text.to_lowercase()) || answered;
        let loud = text.chars().count() >= SHORT && text.chars().all(char::is_uppercase);
        loud && !is_answer && !names.contains(&word.folded)
    });
    if let Some((_, word)) = loud {
        let (said, plain) = (written.at(&word.at), written.at(&word.at).to_lowercase());
        found.push(Finding {
            code: "shouting",
            weight: Weight::Warning,
            at: word.at.clone(),
            text: text!("`{said}` in capitals reads as shouting", "`{said}` med store bokstaver leses som roping"),
            help: text!("write {plain}", "skriv {plain}"),
            suggestion: Some(plain),
        });
    }
    if let Some(at) = written.said.find("!!") {
        let end = at + written.said[at..].find(|c| c != '!').unwrap_or(written.said.len() - at);
        found.push(Finding {
            code: "shouting",
            weight: Weight::Warning,
            at: at..end,
            text: text!(
                "several exclamation marks read as advertising",
                "flere utropstegn etter hverandre leses som reklame"
            ),
            help: text!("write one, or a full stop", "skriv ett, eller et punktum"),
            suggestion: Some("!".to_owned()),
        });
    }
}
