//! A campaign file: read, checked as a whole, and told where it is wrong, all at once.
//!
//! Every mistake has its place, what is wrong, and what to write instead, for people who never programmed. Nothing here
//! knows what happened with anybody, or sends anything.

mod account;
mod by_hand;
mod calls;
mod channels;
mod checked;
mod definition;
mod editor;
mod explain;
mod follow_up;
mod head;
mod linted;
mod message;
mod mistake;
mod neutral;
mod outcome;
mod pace;
pub mod practice;
mod provided;
mod quoted;
mod schema;
mod section;
mod source;
mod syntax;
mod targets;
#[cfg(test)]
mod tests;
mod texts;
mod unclosed;
mod variant;
mod wanted;

use std::path::Path;

use jiff::civil::Date;

pub use account::{AccountFacts, Pictures};
pub use checked::Checked;
pub use definition::{Calls, Definition, FollowUp, Image, Place, Provided, Unless, Variant};
pub use editor::schema_for_editors;
pub use linted::{lint, of_variant, templates, variables};
pub use mistake::{Mistake, Severity};
pub use wanted::{Wanted, wanted};

use crate::campaign::list::Facts;
use crate::domain::channel::Channel;
use crate::text;
use message::{House, Message};
use mistake::{Mistakes, short};
use practice::{Service, Shelf};
use section::Section;
use texts::Words;

/// Checks a campaign file whose list and media stand in a folder.
///
/// `today` tells a campaign that has ended; without `accounts` nothing is said of gateways; `languages` are the
/// organisation's.
pub fn check(
    path: &Path,
    folder: &Path,
    today: Option<Date>,
    accounts: Option<&[AccountFacts]>,
    languages: &[String],
) -> Checked {
    let mut m = Mistakes::default();
    let source = source::read(path, folder, &mut m);
    // Of what is no readable file, the name does not matter.
    let name = if source.hash.is_empty() { None } else { name(path, &mut m) };
    let house = House { folder, accounts, languages };
    let (definition, list_hash, list_facts, beside) = match source.sound {
        true => read(&source.text, name, &house, today, &mut m),
        false => Default::default(),
    };
    if definition.is_none() && m.errors() == 0 {
        // Nobody may be left without a word.
        let wrong = text!("this file is not understood", "denne filen er ikke til å forstå");
        let help = text!(
            "compare it with the example in docs/campaign-file.md",
            "sammenlign den med eksempelet i docs/campaign-file.md"
        );
        m.error("not_understood", &(0..0), wrong, help);
    }
    let definition = definition.filter(|_| m.errors() == 0);
    let (mistakes, file_hash) = (m.in_order(), source.hash);
    Checked { definition, mistakes, source: source.text, file_hash, list_hash, list_facts, beside }
}

/// SHA-256 of a campaign file's bytes, in hex, as a check has it; `None` when a check would not read them.
pub fn hash(path: &Path, folder: &Path) -> Option<String> {
    let source = source::read(path, folder, &mut Mistakes::default());
    (!source.hash.is_empty()).then_some(source.hash)
}

fn read(
    text: &str,
    name: Option<String>,
    house: &House<'_>,
    today: Option<Date>,
    m: &mut Mistakes,
) -> (Option<Definition>, String, Option<Facts>, Vec<String>) {
    let (readable, broken) = syntax::read(text, m);
    let table = syntax::table(&readable);
    let top = Section::new("", &table, syntax::first(text));
    // What the parser made of a broken file is judged apart, and believed only where it can be.
    let mut found = Mistakes::default();
    top.unknown(&mut found);
    let head = head::read(&top, today, &mut found);
    let targets = targets::read(&top, house.folder, by_hand::is_meant(&top), &mut found);
    let services = Shelf::<Service>::of(house.folder.to_owned()).kinds();
    let words = Words { source: text, columns: targets.variables.clone(), filter: &targets.filter, services };
    let message = channels::read(&top, house, &words, &mut found);
    let pace = pace::read(&top, &mut found);
    if let (Some(head), Some((window, _))) = (&head, &pace)
        && head.starts <= head.ends
        && !window.opens_between(head.starts, head.ends)
    {
        pace::never_opens(&top, &mut found);
    }
    let follow_ups = follow_up::read(&top, &words, &mut found);
    let outcomes = outcome::read(&top, &words, message.as_ref(), &mut found);
    if let (Some((window, _)), Some(Message { calls: Some(_), channels, .. })) = (&pace, &message)
        && *channels == [Channel::Call.as_str()]
    {
        calls::hours(&top, window, &mut found);
    }
    found.retain(|mistake| broken.trusts(&mistake.span, mistake.code));
    m.append(found);
    let (list_hash, list_facts) = (targets.list_hash, targets.list_facts);
    let definition = || {
        let (head, message, (window, rate)) = (head?, message?, pace?);
        Some(Definition {
            name: name?,
            title: head.title,
            goal: head.goal,
            basis: head.basis,
            starts: head.starts,
            ends: head.ends,
            list: targets.list,
            columns: targets.columns,
            platform: targets.platform,
            wait_for_partners: targets.wait_for_partners,
            filter: targets.filter,
            channels: message.channels,
            account: message.account,
            further: message.further,
            account_digest: None,
            services_digest: None,
            sender: message.sender,
            image: message.image,
            require_language: message.require_language,
            variants: message.variants,
            window,
            rate,
            follow_ups,
            calls: message.calls,
            outcomes,
        })
    };
    (definition(), list_hash, list_facts, beside(&top))
}

/// The list and the pictures, as the file names them.
fn beside(top: &Section<'_>) -> Vec<String> {
    let mut told = Mistakes::default();
    let mut named = |section: &'static str, key| {
        let section = top.table(section, section, &mut told)?;
        section.text(key, &mut told).map(|said| said.text)
    };
    let one = [named("targets", "list"), named("message", "image")];
    let message = top.table("message", "message", &mut told);
    let variants = message.and_then(|message| message.tables("variant", "message.variant", &mut told));
    let pictures: Vec<String> = variants
        .into_iter()
        .flatten()
        .filter_map(|variant| variant.text("image", &mut told).map(|said| said.text))
        .collect();
    one.into_iter().flatten().chain(pictures).collect()
}

/// CAMPAIGN: the file's stem, of letters that every shell and every URL takes.
fn name(path: &Path, m: &mut Mistakes) -> Option<String> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    let begins = stem.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let toml = path.extension().is_some_and(|ending| ending == "toml");
    if plain && begins && toml && stem.len() <= 60 {
        return Some(stem);
    }
    let shown = short(&path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
    m.error(
        "bad_name",
        &(0..0),
        text!("`{shown}` is no name for a campaign file", "`{shown}` er ikke et navn på en kampanjefil"),
        text!(
            "use the letters a to z, digits, - and _ and the ending .toml, like vinter-2026.toml",
            "bruk bokstavene a til z, sifre, - og _ og endelsen .toml, som vinter-2026.toml"
        ),
    );
    None
}
