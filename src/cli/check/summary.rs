//! What a campaign without mistakes will be, in a few lines.

use super::named;
use crate::campaign::file::{Calls, Checked, Definition, Variant, of_variant};
use crate::campaign::lint::{self, House};
use crate::domain::channel::Channel;
use crate::domain::holidays::Holidays;
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, Text, number_of};
use crate::domain::parts::parts;
use crate::domain::window::Window;
use crate::say;
use jiff::civil::{Time, Weekday};

/// The summary of a file; empty when it has mistakes.
pub(super) fn of(checked: &Checked, house: &House, lang: Lang) -> String {
    let Some(campaign) = &checked.definition else { return String::new() };
    let (name, title, starts, ends, rate) =
        (&campaign.name, inert(&campaign.title), campaign.starts, campaign.ends, campaign.rate);
    let window = window(&campaign.window, lang);
    let mut lines = vec![
        format!("{name}: {title}"),
        say!(lang, "  from {starts} to {ends}, {window}, {rate}", "  fra {starts} til {ends}, {window}, {rate}"),
    ];
    lines.extend(rows(campaign, checked, lang));
    match &campaign.calls {
        Some(calls) if campaign.is_calls() => lines.extend(own_calls(campaign, calls, lang)),
        _ => lines.extend(campaign.variants.iter().map(|variant| texts(campaign, variant, house, lang))),
    }
    if let Some(calls) = campaign.calls.as_ref().filter(|_| campaign.is_by_hand()) {
        let within = calls.within;
        lines.push(say!(lang, "  written by hand, within {within}", "  skrives for hånd, innen «{within}»"));
    }
    let calls = campaign.follow_ups.iter().map(|call| {
        let (after, within, attempts) = (call.after, call.within, tried(call.attempts));
        say!(
            lang,
            "  a call {after} later, within {within}, tried at most {}",
            "  en samtale «{after}» etter, innen «{within}», høyst {}",
            attempts.pick(lang)
        )
    });
    lines.extend(calls);
    lines.join("\n") + "\n\n"
}

/// How many rows the list has, and how it was understood.
fn rows(campaign: &Definition, checked: &Checked, lang: Lang) -> Option<String> {
    let facts = checked.list_facts.as_ref()?;
    let (file, said) = (inert(&campaign.list), facts.said());
    let rows = number_of(facts.rows, ["row in", "rows in"], ["rad i", "rader i"]);
    Some(format!("  {} {file}, {}", rows.pick(lang), said.pick(lang)))
}

/// How people are called in a campaign of calls, and in which languages.
fn own_calls(campaign: &Definition, calls: &Calls, lang: Lang) -> [String; 2] {
    let languages = campaign.variants.iter().flat_map(|variant| variant.texts.keys().map(String::as_str));
    let languages = languages.collect::<Vec<_>>().join(", ");
    let (within, attempts) = (calls.within, tried(calls.attempts));
    [
        say!(lang, "  script: {languages}", "  manus: {languages}"),
        say!(
            lang,
            "  a call, within {within}, tried at most {}",
            "  en samtale, innen «{within}», høyst {}",
            attempts.pick(lang)
        ),
    ]
}

fn tried(attempts: u32) -> Text {
    number_of(attempts, ["time", "times"], ["forsøk"; 2])
}

/// A variant's languages, each with the parts that its text travels in with the longest values.
fn texts(campaign: &Definition, variant: &Variant, house: &House, lang: Lang) -> String {
    let parted = campaign.channel() == Channel::Sms;
    let house = of_variant(house, campaign, &variant.name);
    let each = variant.texts.iter().map(|(code, text)| {
        match lint::longest(text, &house).filter(|_| parted).map(|text| parts(&text).parts) {
            Some(n) => format!("{code} ({})", number_of(n, ["part", "parts"], ["del", "deler"]).pick(lang)),
            None => code.clone(),
        }
    });
    let (name, weight, each) = (named(campaign, variant, lang), variant.weight, each.collect::<Vec<_>>().join(", "));
    match campaign.variants.len() {
        1 => say!(lang, "  variant {name}: {each}", "  variant {name}: {each}"),
        _ => say!(lang, "  variant {name} (weight {weight}): {each}", "  variant {name} (vekt {weight}): {each}"),
    }
}

/// The days and hours in words.
fn window(window: &Window, lang: Lang) -> String {
    let days: Vec<Weekday> = window.days().collect();
    let (from, until) = (clock(window.from()), clock(window.until()));
    let words = match days.as_slice() {
        [Weekday::Monday, .., Weekday::Sunday] if days.len() == 7 => say!(lang, "every day", "hver dag"),
        [Weekday::Monday, .., Weekday::Friday] if days.len() == 5 => {
            say!(lang, "Monday to Friday", "mandag til fredag")
        }
        _ => days.iter().map(|day| day_name(*day, lang)).collect::<Vec<_>>().join(", "),
    };
    match window.holidays() {
        Holidays::None => say!(lang, "{words} {from}-{until}", "{words} {from}-{until}"),
        _ => say!(lang, "{words} {from}-{until} except holidays", "{words} {from}-{until} unntatt helligdager"),
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn day_name(day: Weekday, lang: Lang) -> String {
    match day {
        Weekday::Monday => say!(lang, "Monday", "mandag"),
        Weekday::Tuesday => say!(lang, "Tuesday", "tirsdag"),
        Weekday::Wednesday => say!(lang, "Wednesday", "onsdag"),
        Weekday::Thursday => say!(lang, "Thursday", "torsdag"),
        Weekday::Friday => say!(lang, "Friday", "fredag"),
        Weekday::Saturday => say!(lang, "Saturday", "lørdag"),
        Weekday::Sunday => say!(lang, "Sunday", "søndag"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::campaign::file::check;

    #[test]
    fn a_campaign_is_summed_up_in_both_languages() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
        let path = folder.join("vinter.toml");
        let checked = check(&path, &folder, None, None, &[]);
        let english = of(&checked, &House::default(), Lang::En);
        for part in ["Monday to Friday 11:00-18:00 except holidays, 20/min", "12 rows", "nb (1 part)", "th (2 parts)"] {
            assert!(english.contains(part), "{part}: {english}");
        }
        assert!(
            of(&checked, &House::default(), Lang::Nb).contains("mandag til fredag 11:00-18:00 unntatt helligdager")
        );
    }
}
