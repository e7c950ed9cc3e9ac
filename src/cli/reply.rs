//! `lykt reply`: how an answer is understood. Needs no installation, settings or keys.

use std::io::{self, IsTerminal, Read, Write};

use clap::Subcommand;
use serde::Serialize;

use super::table::complain;
use super::{Ctx, Exit};
use crate::domain::lang::{Lang, Text};
use crate::domain::reply::ReplyKind;
use crate::inbox::kind::{Reading, classify};
use crate::{say, text};

/// Looks at answers.
#[derive(Debug, Subcommand)]
pub enum ReplyCommand {
    /// Reads an answer from stdin and shows its kind, and the phrase that told it.
    ///
    /// The text is taken byte for byte; bytes that are no UTF-8 are read as unknown letters, as they are when they come
    /// from a phone.
    Inspect,
}

/// A reading, in JSON.
#[derive(Serialize)]
struct Shown<'a> {
    kind: &'static str,
    phrase: Option<&'a str>,
    language: Option<&'a str>,
}

/// Runs the command.
///
/// # Errors
/// When stdin cannot be read, or the output not written.
pub fn run(ctx: &Ctx, command: ReplyCommand) -> anyhow::Result<Exit> {
    let ReplyCommand::Inspect = command;
    if io::stdin().is_terminal() {
        complain(&say!(ctx.lang, "write the answer, then press Ctrl-D", "skriv svaret, og trykk Ctrl-D"));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let reading = classify(&String::from_utf8_lossy(&bytes));
    let mut out = io::stdout().lock();
    if ctx.json {
        serde_json::to_writer(&mut out, &shown(&reading))?;
        writeln!(out)?;
    } else {
        write!(out, "{}", view(&reading, ctx.lang))?;
    }
    Ok(Exit::Done)
}

fn shown(reading: &Reading) -> Shown<'_> {
    Shown { kind: reading.kind.as_str(), phrase: reading.phrase.as_deref(), language: reading.language.as_deref() }
}

fn view(reading: &Reading, lang: Lang) -> String {
    let mut view = format!("{}\n", meaning(reading.kind).pick(lang));
    if let Some(phrase) = &reading.phrase {
        let language = reading.language.as_ref().map_or(String::new(), |code| format!(" ({code})"));
        view += &say!(lang, "told by: {phrase}{language}\n", "kjent på: {phrase}{language}\n");
    }
    view
}

fn meaning(kind: ReplyKind) -> Text {
    match kind {
        ReplyKind::OptOut => text!(
            "a certain no: this contact is left alone for good",
            "et sikkert nei: denne kontakten får være i fred for godt"
        ),
        ReplyKind::Suspected => text!(
            "perhaps a no: held until a person has read it",
            "kanskje et nei: holdes til et menneske har lest det"
        ),
        ReplyKind::Help => text!("asks for help", "ber om hjelp"),
        ReplyKind::WrongNumber => text!("the number belongs to somebody else", "nummeret tilhører noen andre"),
        ReplyKind::NotInGroup => text!("says that they are not in the group", "sier at de ikke er i gruppen"),
        ReplyKind::Start => text!("wants messages: a person decides", "vil ha meldinger: et menneske avgjør"),
        ReplyKind::Thanks => text!("thanks, or is fine", "takker, eller har det bra"),
        ReplyKind::Other => text!("something else: a person reads it", "noe annet: et menneske leser det"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_tells_kind_phrase_and_language() {
        let json = |text: &str| serde_json::to_string(&shown(&classify(text))).unwrap();
        assert_eq!(json("STOPP!"), r#"{"kind":"opt_out","phrase":"stopp","language":"nb"}"#);
        assert_eq!(json("STOP"), r#"{"kind":"opt_out","phrase":"stop","language":"en"}"#);
        assert_eq!(json("🛑"), r#"{"kind":"opt_out","phrase":"🛑","language":null}"#);
        assert_eq!(json("xyzzy"), r#"{"kind":"other","phrase":null,"language":null}"#);
    }

    #[test]
    fn a_person_reads_the_kind_in_their_language() {
        let reading = classify("slutt!");
        assert!(view(&reading, Lang::En).contains("a certain no"));
        assert_eq!(view(&reading, Lang::Nb).lines().nth(1), Some("kjent på: slutt (nb)"));
        assert_eq!(view(&classify("xyzzy"), Lang::En).lines().count(), 1);
    }
}
