//! A note that reads like a health record: asked about at a terminal, warned of in a pipe. Health belongs in the journal.

use std::io::{IsTerminal, Write};

use super::Ctx;
use super::table::complain;
use crate::domain::inert::inert;
use crate::ledger::health::reads_like_record;
use crate::say;

/// Whether a note is to be saved; where nobody can be asked it is, with a warning.
pub(super) fn may_be_saved(ctx: &Ctx, note: &str) -> std::io::Result<bool> {
    let Some(record) = reads_like_record(note).map(|words| inert(&words)) else { return Ok(true) };
    let lang = ctx.lang;
    complain(&say!(
        lang,
        "this note reads like a health record: {record}. Health belongs in the journal, not here",
        "dette notatet ligner en journal: {record}. Helse hører hjemme i journalen, ikke her"
    ));
    if !std::io::stdin().is_terminal() {
        complain(&say!(
            lang,
            "What is saved goes when its time is over, or with the person: lykt contact erase",
            "Det som er lagret, slettes når tiden er ute, eller sammen med personen: lykt contact erase"
        ));
        return Ok(true);
    }
    eprint!("{} ", say!(lang, "Save it as it is? yes or no:", "Lagre det som det er? ja eller nei:"));
    std::io::stderr().flush()?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    let insists = ["y", "yes", "j", "ja"].contains(&typed.trim().to_lowercase().as_str());
    if !insists {
        complain(&say!(
            lang,
            "nothing was saved: write it again, without what is about health",
            "ingenting ble lagret: skriv det på nytt, uten det som gjelder helse"
        ));
    }
    Ok(insists)
}
