//! What the parsers of TOML and of values say, in both languages. Knows no setting.

use crate::domain::lang::Text;
use crate::text;

/// What is said of a value or a key; words that are not known here are shown as they are.
pub(super) fn told(said: &str) -> Text {
    if let Some((unexpected, expected)) = said.strip_prefix("invalid type: ").and_then(parted) {
        return wrong_type(unexpected, expected);
    }
    let unknown = |what: &str| {
        let (word, known) = parted(said.strip_prefix(what)?)?;
        let known = known.replace("one of ", "en av ").replace("` or `", "` eller `");
        Some((word.to_owned(), known))
    };
    let nb = match (unknown("unknown field "), unknown("unknown variant ")) {
        (Some((key, known)), _) => format!("ukjent nøkkel {key}; skriv {known}"),
        (_, Some((word, known))) => format!("{word} er ikke blant ordene her; skriv {known}"),
        _ => said.to_owned(),
    };
    Text { en: said.to_owned(), nb }
}

/// What was there, and what was expected.
fn parted(said: &str) -> Option<(&str, &str)> {
    said.rsplit_once(", expected ")
}

/// A value of another kind than belongs there.
pub(super) fn wrong_type(unexpected: &str, expected: &str) -> Text {
    let belongs = match expected {
        _ if expected.contains("integer") => text!("a whole number", "et heltall"),
        _ if expected.contains("bool") => text!("true or false", "true eller false"),
        _ if expected.contains("string") => text!("a text in quotes", "en tekst i anførselstegn"),
        "a sequence" | "an array" => text!("a list in brackets", "en liste i hakeparenteser"),
        "a map" | "map" => text!("a section", "en seksjon"),
        _ if expected.starts_with("struct ") => text!("a section", "en seksjon"),
        other => text!("{other}", "{other}"),
    };
    let there = match (unexpected, unexpected.find(['`', '"'])) {
        ("sequence", _) => text!("a list", "en liste"),
        ("map", _) => text!("a section", "en seksjon"),
        (_, Some(value)) => text!("{}", "{}", &unexpected[value..]),
        (other, None) => text!("{other}", "{other}"),
    };
    Text {
        en: format!("{} belongs here, and not {}", belongs.en, there.en),
        nb: format!("her hører {} hjemme, og ikke {}", belongs.nb, there.nb),
    }
}

/// A line that is no TOML.
pub(super) fn no_toml(said: &str) -> Text {
    let what = said.split(", expected").next().unwrap_or(said);
    match what {
        "duplicate key" => {
            text!("this is written twice; keep one of the two", "dette er skrevet to ganger; behold det ene")
        }
        "string values must be quoted" => {
            text!("a text must stand in quotes, as in \"Lykten\"", "en tekst må stå i anførselstegn, som i \"Lykten\"")
        }
        "invalid basic string" | "invalid literal string" => text!(
            "the text that begins on this line has no quote at its end",
            "teksten som begynner på denne linjen, mangler anførselstegn på slutten"
        ),
        _ if what.starts_with("unclosed table") => text!(
            "the name of this section has no closing bracket; write it like [server]",
            "navnet på denne seksjonen mangler en klamme på slutten; skriv det som [server]"
        ),
        _ => text!(
            "this cannot be understood ({what}); write `key = value`, with texts in quotes",
            "dette er ikke til å forstå ({what}); skriv `nøkkel = verdi`, med tekster i anførselstegn"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parsers_say_is_said_in_both_languages() {
        for (said, en, nb) in [
            (
                "unknown field `x`, expected one of `a`, `b`",
                "unknown field `x`, expected one of `a`, `b`",
                "ukjent nøkkel `x`; skriv en av `a`, `b`",
            ),
            (
                "unknown variant `x`, expected `a` or `b`",
                "unknown variant `x`, expected `a` or `b`",
                "`x` er ikke blant ordene her; skriv `a` eller `b`",
            ),
            (
                "invalid type: string \"nb\", expected a sequence",
                "a list in brackets belongs here, and not \"nb\"",
                "her hører en liste i hakeparenteser hjemme, og ikke \"nb\"",
            ),
            (
                "invalid type: sequence, expected a string",
                "a text in quotes belongs here, and not a list",
                "her hører en tekst i anførselstegn hjemme, og ikke en liste",
            ),
        ] {
            assert_eq!(told(said), Text { en: en.to_owned(), nb: nb.to_owned() });
        }
    }
}
