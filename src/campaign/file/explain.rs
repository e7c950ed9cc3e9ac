//! What the TOML parser says, in words for people who never heard of TOML.

use std::ops::Range;

use super::mistake::short;
use super::schema;
use crate::domain::lang::Text;
use crate::text;

/// How far a mistake reaches: what the parser made of the rest cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Its value only.
    Value,
    /// Its line, and the key that stands there is lost.
    Line,
    /// Everything below belongs to something else than it seems.
    Rest,
}

/// What is wrong, and what to write instead.
pub(super) struct Said {
    pub code: &'static str,
    pub text: Text,
    pub help: Text,
}

fn syntax(reach: Reach, text: Text, help: Text) -> (Reach, Said) {
    (reach, Said { code: "syntax", text, help })
}

/// What the parser means. Its own words are the keys, so an unknown one is shown as it is.
pub(super) fn explain(message: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let (what, _) = message.split_once(", expected").unwrap_or((message, ""));
    let here = short(&text[span.clone()]);
    match what {
        "duplicate key" => duplicate(&here, span, text),
        "string values must be quoted" | "invalid boolean" => unquoted(&here, span, text),
        _ if what.starts_with("invalid date") => (Reach::Value, no_date(&here)),
        _ if what.starts_with("invalid time") => (
            Reach::Value,
            Said {
                code: "bad_time",
                text: text!("`{here}` is no time of day", "`{here}` er ikke et klokkeslett"),
                help: text!("write it like this: \"11:00\"", "skriv det slik: \"11:00\""),
            },
        ),
        _ if is_number(what) => syntax(
            Reach::Value,
            text!("this is no number and no date", "dette er verken et tall eller en dato"),
            text!(
                "write dates like 2026-12-01, times like \"11:00\" and texts in quotes",
                "skriv datoer som 2026-12-01, klokkeslett som \"11:00\" og tekster i anførselstegn"
            ),
        ),
        "invalid basic string" | "invalid literal string" => syntax(
            Reach::Line,
            text!(
                "the text that begins on this line has no quote at its end",
                "teksten på denne linjen mangler anførselstegn på slutten"
            ),
            text!(
                "put a \" at the end of the text; a text of several lines stands between \"\"\" and \"\"\"",
                "sett \" på slutten av teksten; en tekst på flere linjer står mellom \"\"\" og \"\"\""
            ),
        ),
        _ if what.contains("multi-line") && !what.starts_with("keys") => syntax(
            Reach::Rest,
            text!(
                "a text that begins with three quotes never ends",
                "en tekst som begynner med tre anførselstegn, tar aldri slutt"
            ),
            text!("put \"\"\" where the text ends", "sett \"\"\" der teksten slutter"),
        ),
        "missing escaped value" | "too few unicode value digits" => syntax(
            Reach::Value,
            text!("a \\ has a meaning of its own in a text", "en \\ har en egen betydning i en tekst"),
            text!("write \\\\ for a \\ and \\\" for a quote", "skriv \\\\ for en \\ og \\\" for et anførselstegn"),
        ),
        "unclosed table" | "unclosed array table" | "missing table open" => syntax(
            Reach::Rest,
            text!(
                "the name of this section has no closing bracket",
                "navnet på denne seksjonen mangler en klamme på slutten"
            ),
            text!("write it like [message] or [[follow_up]]", "skriv det som [message] eller [[follow_up]]"),
        ),
        "key with no value"
        | "missing assignment between key-value pairs"
        | "missing value for key"
        | "invalid key-value pair"
        | "unquoted keys cannot be empty"
        | "invalid unquoted key"
        | "unexpected key or value"
        | "extra `=`"
        | "unexpected content"
        | "invalid value"
        | "missing value" => no_pair(),
        _ if what.starts_with("cannot extend") => syntax(
            Reach::Line,
            text!("`{here}` has a value already", "`{here}` har allerede en verdi"),
            text!("remove one of the two", "fjern en av de to"),
        ),
        _ if what.contains("recurs") => (
            Reach::Rest,
            Said {
                code: "too_deep",
                text: text!(
                    "more is nested here than any campaign needs",
                    "her er mer satt inni hverandre enn noen kampanje trenger"
                ),
                help: text!(
                    "remove the brackets or dots that are too many",
                    "fjern klammene eller punktumene som er for mange"
                ),
            },
        ),
        _ => {
            let what = short(what);
            syntax(
                Reach::Line,
                text!("this line cannot be understood ({what})", "denne linjen er ikke til å forstå ({what})"),
                text!(
                    "compare it with the example in docs/campaign-file.md",
                    "sammenlign den med eksempelet i docs/campaign-file.md"
                ),
            )
        }
    }
}

fn duplicate(here: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let before = text[..span.start].trim_end();
    let is_header = before.ends_with('[')
        || text[..span.start].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('['));
    let help = if is_header {
        text!(
            "put both into one section; only [[message.variant]], [[follow_up]] and [[outcome]] may come several times",
            "sett begge i én seksjon; bare [[message.variant]], [[follow_up]] og [[outcome]] kan komme flere ganger"
        )
    } else {
        text!("keep the one that is right and remove the other", "behold den som er riktig, og fjern den andre")
    };
    let reach = if is_header { Reach::Line } else { Reach::Value };
    let wrong = text!("`{here}` is written twice", "`{here}` er skrevet to ganger");
    (reach, Said { code: "duplicate_key", text: wrong, help })
}

/// What people put around a text.
const QUOTES: &str = "“”„«»‘’\"'";

fn unquoted(here: &str, span: &Range<usize>, text: &str) -> (Reach, Said) {
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let key = text[start..span.start].trim().trim_end_matches('=').trim().to_owned();
    let is_key = key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) && !key.is_empty();
    let name = if is_key { short(&key) } else { String::new() };
    let begin = if is_key { format!("{name} = ") } else { String::new() };
    // All of a text, or whoever writes what is offered loses the end of theirs.
    let line = text[span.start..].lines().next().unwrap_or_default();
    let meant = match line.rfind(" #").filter(|at| !line[*at..].contains(|c| QUOTES.contains(c))) {
        _ if !is_key => here,
        Some(comment) => &line[..comment],
        None => line,
    };
    let bare = meant.trim_matches(|c: char| c.is_whitespace() || QUOTES.contains(c)).replace('"', "\\\"");
    if bare.is_empty() {
        let section = schema::KEYS.iter().find(|known| known.name == name || key.ends_with(known.name));
        let example = section.map_or("title = \"Vinter\"", |known| known.example);
        return syntax(
            Reach::Value,
            text!("here a value is missing", "her mangler en verdi"),
            text!("write for example: {example}", "skriv for eksempel: {example}"),
        );
    }
    if here.starts_with(['“', '”', '„', '«', '‘', '’']) {
        return syntax(
            Reach::Value,
            text!(
                "these quotes are for print; here they must be straight",
                "disse anførselstegnene er for trykk; her må de være rette"
            ),
            text!("write it like this: {begin}\"{bare}\"", "skriv det slik: {begin}\"{bare}\""),
        );
    }
    let truth = match bare.to_lowercase().as_str() {
        "yes" | "ja" | "true" | "on" => Some("true"),
        "no" | "nei" | "false" | "off" => Some("false"),
        _ => None,
    };
    if let Some(truth) = truth {
        return syntax(
            Reach::Value,
            text!("`{bare}` is not understood here", "`{bare}` forstås ikke her"),
            text!("write it like this: {begin}{truth}", "skriv det slik: {begin}{truth}"),
        );
    }
    syntax(
        Reach::Value,
        text!("a text must stand in quotes", "en tekst må stå i anførselstegn"),
        text!("write it like this: {begin}\"{bare}\"", "skriv det slik: {begin}\"{bare}\""),
    )
}

fn no_date(here: &str) -> Said {
    Said {
        code: "bad_date",
        text: text!("`{here}` is no date of the calendar", "`{here}` er ingen dato i kalenderen"),
        help: text!(
            "write year, month and day with two digits each for the last two: 2026-12-01",
            "skriv år, måned og dag, de to siste med to sifre: 2026-12-01"
        ),
    }
}

fn no_pair() -> (Reach, Said) {
    syntax(
        Reach::Line,
        text!("this line is no `key = value`", "denne linjen er ikke `nøkkel = verdi`"),
        text!(
            "write a key, an equals sign and a value: title = \"Vinter\"; put # before what is only a note",
            "skriv en nøkkel, et likhetstegn og en verdi: title = \"Vinter\"; sett # foran det som bare er et notat"
        ),
    )
}

fn is_number(what: &str) -> bool {
    ["leading zero", "invalid float", "invalid integer", "number", "radix", "between digits", "numeric sign"]
        .iter()
        .any(|word| what.contains(word))
}

/// Whether the parser speaks of a bracket.
pub(super) fn is_bracket(what: &str) -> bool {
    ["array", "inline table", "comma"].iter().any(|word| what.contains(word)) && !what.contains("array table")
}

#[cfg(test)]
mod tests {
    use super::super::tests::folder::{Folder, change};

    #[test]
    fn what_is_offered_for_a_text_without_straight_quotes_is_all_of_it() {
        let folder = Folder::new();
        let help = |from: &str, to: &str| folder.check(&change(from, to)).mistakes[0].help.en.clone();
        for (typed, offered) in [
            ("”Gratis, i dag #4. Svar STOPP”  # vår", "\"Gratis, i dag #4. Svar STOPP\""),
            ("Gratis, it's \"free\", today # our", "\"Gratis, it's \\\"free\\\", today\""),
        ] {
            let said = help("\"Gratis HPV-vaksine i Oslo\"", typed);
            assert!(said.ends_with(&format!("title = {offered}")), "{said}");
        }
    }
}
