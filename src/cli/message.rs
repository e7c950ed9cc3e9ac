//! `lykt message`: how a text travels as SMS, and what it could say better. Needs no installation, settings or keys.

use std::io::{self, BufWriter, IsTerminal, Read, Write};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::bubble::bubbles;
use super::table::wrap;
use super::{Ctx, Exit, linter};
use crate::campaign::lint::{Finding, Weight, lint, readability};
use crate::domain::lang::{Lang, number_of};
use crate::domain::language;
use crate::domain::parts::parts;
use crate::say;
use crate::settings::Settings;

/// The width of a sentence.
const WIDTH: usize = 78;

/// Looks at texts.
#[derive(Debug, Subcommand)]
pub enum MessageCommand {
    /// Reads a text from stdin and shows it as a phone will, its parts, and what it could say better.
    ///
    /// The text is taken byte for byte, with a line break at its end if there is one: `printf %s "Hei"` has none. In an
    /// installation the organisation's name, page and own words count too.
    Inspect(InspectArgs),
}

/// What `lykt message inspect` is given.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The language of the text: nb, en, th ..; guessed when missing.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
}

/// What there is to say of a text, in JSON.
#[derive(Serialize)]
struct Verdict<'a> {
    encoding: &'static str,
    units: usize,
    parts: usize,
    warnings: Vec<Warning<'a>>,
}

/// One thing that could be better: a code for scripts, and English sentences.
#[derive(Serialize)]
struct Warning<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    help: &'a str,
    /// The character, from 1; missing when it is about the whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<usize>,
    /// What to write in that place.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

/// Runs the command.
///
/// # Errors
/// When stdin cannot be read, or the output not written.
pub fn run(ctx: &Ctx, command: MessageCommand) -> anyhow::Result<Exit> {
    let MessageCommand::Inspect(InspectArgs { language }) = command;
    if let Some(written) = language.as_ref().filter(|written| language::parse(written).is_none()) {
        eprintln!(
            "{}",
            say!(
                ctx.lang,
                "`{written}` is no language we know: write its code, as nb, en or th",
                "`{written}` er ikke et språk vi kjenner: skriv språkkoden, som nb, en eller th"
            )
        );
        return Ok(Exit::Usage);
    }
    if io::stdin().is_terminal() {
        eprintln!("{}", say!(ctx.lang, "write the text, then press Ctrl-D", "skriv teksten, og trykk Ctrl-D"));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let place = error.utf8_error().valid_up_to() + 1;
            eprintln!(
                "{}",
                say!(
                    ctx.lang,
                    "the text is not UTF-8 (byte {place}); save it in UTF-8",
                    "teksten er ikke UTF-8 (byte {place}); lagre den i UTF-8"
                )
            );
            return Ok(Exit::Usage);
        }
    };
    // Settings that cannot be read are another command's to speak of.
    let settings = Settings::load(&ctx.config).ok();
    let found = lint(&text, language.as_deref(), &linter::house(ctx, settings.as_ref()));
    let mut out = BufWriter::new(io::stdout().lock());
    let written = if ctx.json { write_json(&text, &found, &mut out) } else { show(&text, &found, ctx.lang, &mut out) };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}

fn write_json(text: &str, found: &[Finding], out: &mut impl Write) -> io::Result<()> {
    let counted = parts(text);
    let warnings = found.iter().map(|finding| Warning {
        code: finding.code,
        severity: match finding.weight {
            Weight::Warning => "warning",
            Weight::Note => "note",
        },
        message: &finding.text.en,
        help: &finding.help.en,
        at: place(text, finding),
        suggestion: finding.suggestion.as_deref(),
    });
    let (encoding, units, parts) = (counted.encoding.as_str(), counted.units, counted.parts);
    serde_json::to_writer(&mut *out, &Verdict { encoding, units, parts, warnings: warnings.collect() })?;
    writeln!(out)
}

/// The character at which a finding stands, from 1; none when it is about the whole text.
fn place(text: &str, finding: &Finding) -> Option<usize> {
    let before = text.get(..finding.at.start)?;
    (finding.at != (0..text.len())).then(|| before.chars().count() + 1)
}

/// The parts as bubbles, how the text reads, and what it could say better.
fn show(text: &str, found: &[Finding], lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let counted = parts(text);
    write!(out, "{}", bubbles(text, lang))?;
    let units = number_of(counted.units, ["unit", "units"], ["enhet", "enheter"]);
    let count = number_of(counted.parts, ["part", "parts"], ["del", "deler"]);
    let summed = format!("{}, {}, {}", counted.encoding.as_str(), units.pick(lang), count.pick(lang));
    let read = readability(text).map(|read| {
        let (lix, words) = (read.lix, read.in_words());
        let words = words.pick(lang);
        say!(lang, "; {words} to read (LIX {lix})", "; {words} å lese (LIX {lix})")
    });
    writeln!(out, "\n{summed}{}", read.unwrap_or_default())?;
    for finding in found {
        let weight = match finding.weight {
            Weight::Warning => say!(lang, "warning", "advarsel"),
            Weight::Note => say!(lang, "note", "merknad"),
        };
        let place = place(text, finding).map(|at| say!(lang, ", character {at}", ", tegn {at}")).unwrap_or_default();
        writeln!(out)?;
        for line in wrap(&format!("{weight}{place}: {}", finding.text.pick(lang)), WIDTH) {
            writeln!(out, "{line}")?;
        }
        let help = finding.help.pick(lang);
        for line in wrap(&say!(lang, "what to do: {help}", "hva du kan gjøre: {help}"), WIDTH - 2) {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Finding> {
        lint(text, None, &crate::campaign::lint::House::default())
    }

    fn json(text: &str) -> String {
        let mut out = Vec::new();
        write_json(text, &found(text), &mut out).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    fn shown(text: &str, lang: Lang) -> String {
        let mut out = Vec::new();
        show(text, &found(text), lang, &mut out).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn json_has_the_four_words_and_each_warning_its_place() {
        assert_eq!(
            json("Hei! Svar STOPP for å slippe."),
            "{\"encoding\":\"gsm7\",\"units\":29,\"parts\":1,\"warnings\":[]}\n"
        );
        let json: serde_json::Value = serde_json::from_str(&json("We’re. Reply STOP.")).expect("JSON");
        assert_eq!((&json["encoding"], &json["units"], &json["parts"]), (&"ucs2".into(), &18.into(), &1.into()));
        let warning = &json["warnings"][0];
        assert_eq!((&warning["code"], &warning["severity"]), (&"needs_ucs2".into(), &"note".into()));
        assert_eq!((&warning["at"], &warning["suggestion"]), (&3.into(), &"'".into()));
    }

    #[test]
    fn a_trailing_line_break_counts() {
        assert!(json("Hei\n").contains("\"units\":4"));
    }

    #[test]
    fn the_cost_is_explained_in_both_languages() {
        let norwegian = shown("Gratis…", Lang::Nb);
        assert!(norwegian.contains("merknad, tegn 7: … U+2026 er ikke i SMS-alfabetet"), "{norwegian}");
        assert!(norwegian.contains("  hva du kan gjøre: skriv ..."));
        assert!(shown("a\u{200b}", Lang::En).contains("what to do: remove it; it cannot be seen"));
    }
}
