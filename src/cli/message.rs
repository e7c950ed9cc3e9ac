//! `lykt message`: how a text travels as SMS. Needs no installation, settings or keys.

use std::io::{self, BufWriter, IsTerminal, Read, Write};

use clap::Subcommand;
use serde::Serialize;

use super::{Ctx, Exit};
use crate::domain::inert::inert;
use crate::domain::lang::{Lang, Text};
use crate::domain::parts::{Costly, costly, parts, split};
use crate::{say, text};

/// The width of the bubble's text, in columns.
const BUBBLE: usize = 40;

/// Looks at texts.
#[derive(Debug, Subcommand)]
pub enum MessageCommand {
    /// Reads a text from stdin and shows its encoding, its parts and what makes it costly.
    ///
    /// The text is taken byte for byte, with a line break at its end if there is one: `printf %s "Hei"` has none.
    Inspect,
}

/// What there is to say of a text, in JSON.
#[derive(Serialize)]
struct Verdict {
    encoding: &'static str,
    units: usize,
    parts: usize,
    warnings: Vec<Warning>,
}

/// One thing that could be better: a code for scripts, and an English sentence.
#[derive(Serialize)]
struct Warning {
    code: &'static str,
    message: String,
}

/// Runs the command.
///
/// # Errors
/// When stdin cannot be read, or the output not written.
pub fn run(ctx: &Ctx, command: MessageCommand) -> anyhow::Result<Exit> {
    let MessageCommand::Inspect = command;
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
    let mut out = BufWriter::new(io::stdout().lock());
    let written = if ctx.json { write_json(&text, &mut out) } else { show(&text, ctx.lang, &mut out) };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}

fn write_json(text: &str, out: &mut impl Write) -> io::Result<()> {
    let counted = parts(text);
    let warnings = costly(text).iter().map(|c| Warning { code: "needs_ucs2", message: sentence(c).en }).collect();
    let verdict = Verdict { encoding: counted.encoding.as_str(), units: counted.units, parts: counted.parts, warnings };
    serde_json::to_writer(&mut *out, &verdict)?;
    writeln!(out)
}

/// The parts as bubbles, and what there is to say of them.
fn show(text: &str, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let counted = parts(text);
    let limit = if counted.parts == 1 { counted.encoding.alone() } else { counted.encoding.in_part() };
    for (index, part) in split(text).into_iter().enumerate() {
        let (number, count, units) = (index + 1, counted.parts, counted.encoding.units(part));
        writeln!(out, "  ╭─ {}", say!(lang, "part {number} of {count}", "del {number} av {count}"))?;
        for line in lines(part) {
            writeln!(out, "  │ {line}")?;
        }
        writeln!(out, "  ╰─ {}", say!(lang, "{units} of {limit} used", "{units} av {limit} brukt"))?;
    }
    let (encoding, units, count) = (counted.encoding.as_str(), counted.units, counted.parts);
    let summed = match count {
        1 => say!(lang, "{encoding}, {units} units, 1 part", "{encoding}, {units} enheter, 1 del"),
        _ => say!(lang, "{encoding}, {units} units, {count} parts", "{encoding}, {units} enheter, {count} deler"),
    };
    writeln!(out, "\n{summed}")?;
    let costly = costly(text);
    if !costly.is_empty() {
        let why = say!(
            lang,
            "These characters make a part hold 70 and not 160:",
            "Disse tegnene gjør at en del rommer 70 og ikke 160:"
        );
        writeln!(out, "{why}")?;
    }
    costly.iter().try_for_each(|costly| writeln!(out, "  {}", sentence(costly).pick(lang)))
}

/// What a costly character is, how often it stands there and what to write instead.
fn sentence(costly: &Costly) -> Text {
    let code = costly.character.chars().next().map_or(0, u32::from);
    let (name, count) = (inert(&costly.character), costly.count);
    let seen = if name.trim().is_empty() { String::new() } else { format!("{name} ") };
    match costly.instead.as_deref() {
        Some("") => {
            text!(
                "{seen}U+{code:04X} (×{count}) cannot be seen; remove it",
                "{seen}U+{code:04X} (×{count}) synes ikke; fjern det"
            )
        }
        Some(" ") => {
            text!("{seen}U+{code:04X} (×{count}): write a space", "{seen}U+{code:04X} (×{count}): skriv et mellomrom")
        }
        Some(plain) => {
            text!("{seen}U+{code:04X} (×{count}): write {plain}", "{seen}U+{code:04X} (×{count}): skriv {plain}")
        }
        None => text!("{seen}U+{code:04X} (×{count}) needs UCS-2", "{seen}U+{code:04X} (×{count}) krever UCS-2"),
    }
}

/// The text of a part in lines that fit the bubble.
fn lines(part: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in part.replace("\r\n", "\n").split(['\n', '\r', '\u{c}']) {
        let mut line = String::new();
        let mut used = 0;
        for word in inert(paragraph).split_inclusive(' ') {
            if used > 0 && used + columns(word.trim_end()) > BUBBLE {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            for c in word.chars() {
                let width = columns(c.encode_utf8(&mut [0; 4]));
                if used + width > BUBBLE {
                    lines.push(std::mem::take(&mut line).trim_end().to_owned());
                    used = 0;
                }
                line.push(c);
                used += width;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// About how many columns a terminal takes for a text.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{1faff}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let mut out = Vec::new();
        write_json(text, &mut out).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    fn shown(text: &str, lang: Lang) -> String {
        let mut out = Vec::new();
        show(text, lang, &mut out).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn json_has_the_four_words() {
        assert_eq!(json(&"å".repeat(161)), "{\"encoding\":\"gsm7\",\"units\":161,\"parts\":2,\"warnings\":[]}\n");
        assert_eq!(
            json("Vi’re"),
            "{\"encoding\":\"ucs2\",\"units\":5,\"parts\":1,\"warnings\":[{\"code\":\"needs_ucs2\",\"message\":\"’ U+2019 (×1): write '\"}]}\n"
        );
    }

    #[test]
    fn a_trailing_line_break_counts() {
        assert!(json("Hei\n").contains("\"units\":4"));
    }

    #[test]
    fn the_bubbles_fit_and_obey_nobody() {
        let text = format!("\u{1b}[31mHei\u{202e}! {}\n\n{}", "Gratis vaksine 👍🏽 ".repeat(30), "ø".repeat(300));
        for lang in [Lang::En, Lang::Nb] {
            let shown = shown(&text, lang);
            assert!(shown.lines().all(|line| columns(line) <= 80), "{shown}");
            assert!(!shown.contains(['\u{1b}', '\u{202e}']));
        }
    }

    #[test]
    fn the_cost_is_explained_in_both_languages() {
        assert!(shown("Gratis…", Lang::Nb).contains("… U+2026 (×1): skriv ..."));
        assert!(shown("\u{200b}", Lang::En).contains("U+200B (×1) cannot be seen; remove it"));
    }
}
