//! `[targets]`: the list, which of its columns are read, and which rows count.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

use toml::de::DeValue;

use super::mistake::{Mistakes, short};
use super::schema::nearest;
use super::section::{Said, Section};
use super::texts::OURS;
use crate::campaign::list::{Columns, Facts, List, ListError};
use crate::campaign::media::{self, PathError};
use crate::domain::handle::platform_of;
use crate::domain::lang::Text;
use crate::text;

/// Whom a campaign is for.
#[derive(Default)]
pub(super) struct Targets {
    pub list: String,
    pub list_hash: String,
    /// What is known of the list; `None` when it cannot be used.
    pub list_facts: Option<Facts>,
    pub columns: BTreeMap<String, String>,
    /// The platform of all handles.
    pub platform: Option<String>,
    /// The names of the variables; `None` when they could not be read.
    pub variables: Option<Vec<String>>,
    pub filter: BTreeMap<String, Vec<String>>,
    pub wait_for_partners: bool,
}

/// Reads the section; people who are written to by hand may have a handle instead of a number.
pub(super) fn read(top: &Section<'_>, folder: &Path, by_hand: bool, m: &mut Mistakes) -> Targets {
    let mut targets = Targets::default();
    top.need(&["targets"], m);
    let Some(section) = top.table("targets", "targets", m) else { return targets };
    section.unknown(m);
    section.need(&["list"], m);
    let list = section.text("list", m).and_then(|said| open(folder, &said, &mut targets, m));
    targets.platform = platform(&section, by_hand, m);
    columns(&section, list.as_ref(), by_hand, &mut targets, m);
    filter(&section, &mut targets, m);
    targets.wait_for_partners = section.truth("wait_for_partners", m).unwrap_or(false);
    targets
}

fn open(folder: &Path, said: &Said, targets: &mut Targets, m: &mut Mistakes) -> Option<Columns> {
    let path = match media::inside(folder, &said.text) {
        Ok(path) => path,
        Err(error) => {
            let codes = ["list_missing", "list_outside", "list_not_a_file", "list_unreadable"];
            absent(error, folder, said, (codes, "lists/oslo.csv"), m);
            return None;
        }
    };
    targets.list.clone_from(&said.text);
    let unreadable = |wrong: Text, m: &mut Mistakes| {
        let help = text!("mend the list, or name another", "rett listen, eller oppgi en annen");
        m.error("list_unreadable", &said.span, wrong, help);
    };
    match media::hash(&path) {
        Ok(hash) => targets.list_hash = hash,
        // Whoever opens it says so, and what to do.
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {}
        Err(error) => {
            unreadable(text!("the list cannot be read: {error}", "listen kan ikke leses: {error}"), m);
            return None;
        }
    }
    // Read to its end, because a list that breaks off in the middle would leave people out in silence.
    match survey(&path) {
        Ok((columns, facts)) => {
            targets.list_facts = Some(facts);
            Some(columns)
        }
        Err(error) => {
            let (Text { en, nb }, line) = (error.fault.text(), error.line().unwrap_or(1));
            unreadable(
                text!("the list cannot be used, line {line}: {en}", "listen kan ikke brukes, linje {line}: {nb}"),
                m,
            );
            None
        }
    }
}

fn survey(path: &Path) -> Result<(Columns, Facts), ListError> {
    let list = List::open(path)?;
    let columns = list.columns().clone();
    Ok((columns, list.survey()?))
}

/// Says why a file that the campaign names is not there; the codes are for missing, outside, no file and unreadable, and
/// go with a path as it should be.
pub(super) fn absent(
    error: PathError,
    folder: &Path,
    said: &Said,
    (codes, like): ([&'static str; 4], &str),
    m: &mut Mistakes,
) {
    let written = short(&said.text);
    let from_folder = text!("paths begin in the folder campaigns/", "stier begynner i mappen campaigns/");
    match error {
        PathError::Missing => {
            let help = match beside(folder, &said.text) {
                Some(near) => text!("did you mean \"{near}\"?", "mente du «{near}»?"),
                None => text!(
                    "put the file there, or write its path from the folder campaigns/, like \"{like}\"",
                    "legg filen der, eller skriv stien fra mappen campaigns/, som «{like}»"
                ),
            };
            m.error(codes[0], &said.span, text!("there is no file `{written}`", "det er ingen fil `{written}`"), help);
        }
        PathError::Outside => m.error(
            codes[1],
            &said.span,
            text!("`{written}` leads out of the folder campaigns/", "`{written}` leder ut av mappen campaigns/"),
            text!(
                "put the file into campaigns/ and write its path from there, like \"{like}\"",
                "legg filen i campaigns/ og skriv stien derfra, som «{like}»"
            ),
        ),
        PathError::NoFile => {
            m.error(codes[2], &said.span, text!("`{written}` is no file", "`{written}` er ikke en fil"), from_folder);
        }
        PathError::Unreadable => {
            let wrong = text!("`{written}` may not be read", "`{written}` kan ikke leses");
            let help = text!(
                "ask whoever runs this machine for the right to read it",
                "be den som driver maskinen om lesetilgang"
            );
            m.error(codes[3], &said.span, wrong, help);
        }
    }
}

/// The file in the same folder whose name is most like the one that is not there.
fn beside(folder: &Path, written: &str) -> Option<String> {
    let (place, name) = written.rsplit_once('/').map_or(("", written), |(place, name)| (place, name));
    let entries = folder.join(place).read_dir().ok()?;
    let names: Vec<String> =
        entries.take(1_000).filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let near = nearest(name, names.iter().map(String::as_str))?;
    Some(if place.is_empty() { short(near) } else { format!("{}/{}", short(place), short(near)) })
}

/// The platform of the whole list.
fn platform(section: &Section<'_>, by_hand: bool, m: &mut Mistakes) -> Option<String> {
    let (said, entry) = (section.text("platform", m)?, section.entry("platform")?);
    let word = short(&said.text);
    if !by_hand {
        let wrong = text!("only messages by hand go to a platform", "bare meldinger for hånd går til en plattform");
        let help =
            text!("remove it, or write channels = [\"manual\"]", "fjern den, eller skriv channels = [\"manual\"]");
        m.error("only_by_hand", &entry.key_span, wrong, help);
    } else if platform_of(&said.text).is_none() {
        let wrong = text!("`{word}` is no name of a platform", "`{word}` er ikke navnet på en plattform");
        let help = text!("write it like this: platform = \"instagram\"", "skriv det slik: platform = \"instagram\"");
        m.error("bad_platform", &said.span, wrong, help);
    }
    Some(said.text)
}

/// That somebody can be found: by a number, or by hand by a handle on a platform.
fn address(table: &Section<'_>, by_hand: bool, targets: &Targets, m: &mut Mistakes) {
    let (phone, handle) = (table.entry("phone").is_some(), table.entry("handle").is_some());
    if by_hand && handle && targets.platform.is_none() && table.entry("platform").is_none() {
        let wrong = text!(
            "it is not said on which platform the handles are",
            "det står ikke hvilken plattform kallenavnene er på"
        );
        let help = text!(
            "add platform = \"instagram\" under [targets], or the column: platform = \"side\"",
            "legg til platform = \"instagram\" under [targets], eller kolonnen: platform = \"side\""
        );
        m.error("no_platform", &table.at, wrong, help);
    } else if by_hand && !handle && !phone {
        let wrong = text!(
            "no column is named for the handle or the phone number",
            "ingen kolonne er oppgitt for kallenavnet eller telefonnummeret"
        );
        let help = text!(
            "add it: columns = {{ handle = \"kallenavn\" }}",
            "legg den til: columns = {{ handle = \"kallenavn\" }}"
        );
        m.error("no_address", &table.at, wrong, help);
    } else if !by_hand && !phone {
        m.error(
            "no_phone",
            &table.at,
            text!("no column is named for the phone number", "ingen kolonne er oppgitt for telefonnummeret"),
            text!("add it: columns = {{ phone = \"telefon\" }}", "legg den til: columns = {{ phone = \"telefon\" }}"),
        );
    }
}

fn columns(section: &Section<'_>, list: Option<&Columns>, by_hand: bool, targets: &mut Targets, m: &mut Mistakes) {
    section.need(&["columns"], m);
    let Some(table) = section.table("columns", "targets.columns", m) else { return };
    let mut variables = Vec::new();
    for entry in table.entries() {
        variables.push(entry.key.to_owned());
        name(entry.key, &entry.key_span, m);
        let DeValue::String(column) = entry.value else {
            let (shown, help) = (
                short(entry.key),
                text!("write for example: phone = \"telefon\"", "skriv for eksempel: phone = \"telefon\""),
            );
            let wrong = text!(
                "`{shown}` takes the name of a column, in quotes",
                "`{shown}` skal være navnet på en kolonne, i anførselstegn"
            );
            m.error("wrong_type", &entry.span, wrong, help);
            continue;
        };
        if let Some(Err(error)) = list.map(|list| list.find(column)) {
            let Text { en, nb } = error.fault.text();
            let near = list.and_then(|list| nearest(column, list.names().iter().map(String::as_str)));
            let help = match near.filter(|near| *near != column.as_ref()).map(short) {
                Some(near) => text!("did you mean \"{near}\"?", "mente du «{near}»?"),
                None => text!(
                    "write the name as it stands in the list's first line",
                    "skriv navnet som det står i listens første linje"
                ),
            };
            m.error("unknown_column", &entry.span, text!("{en}", "{nb}"), help);
        }
        targets.columns.insert(entry.key.to_owned(), column.to_string());
    }
    address(&table, by_hand, targets, m);
    // The address says who somebody is, and is no word of a text or a filter.
    let address = if by_hand && table.entry("handle").is_some() { "handle" } else { "phone" };
    variables.retain(|name| name != address);
    targets.variables = Some(variables);
}

/// A column's name here is a variable in a text, so it must be one that a text can name.
fn name(key: &str, span: &Range<usize>, m: &mut Mistakes) {
    let begins = key.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let plain = begins && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    let shown = short(key);
    if !plain {
        m.error(
            "bad_variable",
            span,
            text!("`{shown}` cannot be named in a text", "`{shown}` kan ikke nevnes i en tekst"),
            text!(
                "use letters, digits and _ on the left side: first_name = \"First name\"",
                "bruk bokstaver, sifre og _ på venstre side: fornavn = \"Fornavn (kort)\""
            ),
        );
    } else if OURS.contains(&key) || ["loop", "self", "true", "false", "none"].contains(&key.to_lowercase().as_str()) {
        m.error(
            "bad_variable",
            span,
            text!("`{shown}` means something else in a text already", "`{shown}` betyr allerede noe annet i en tekst"),
            text!("give the left side another name: {shown}_2 = ..", "gi venstre side et annet navn: {shown}_2 = .."),
        );
    }
}

fn filter(section: &Section<'_>, targets: &mut Targets, m: &mut Mistakes) {
    let Some(table) = section.table("where", "targets.where", m) else { return };
    for entry in table.entries() {
        let known = targets.variables.as_ref();
        if let Some(known) = known.filter(|known| !known.iter().any(|name| name == entry.key)) {
            let (shown, names) = (short(entry.key), known.join(", "));
            let is_address = targets.columns.contains_key(entry.key);
            let help = match names.is_empty() {
                _ if is_address => text!(
                    "take the rows out of the list instead, or filter by another column",
                    "ta radene ut av listen i stedet, eller filtrer på en annen kolonne"
                ),
                true => text!("add {shown} = \"..\" to columns", "legg til {shown} = \"..\" i columns"),
                false => text!(
                    "write one of: {names}; or add {shown} = \"..\" to columns",
                    "skriv en av: {names}; eller legg til {shown} = \"..\" i columns"
                ),
            };
            m.error(
                "unknown_filter",
                &entry.key_span,
                match is_address {
                    true => text!(
                        "`{shown}` is the address itself, and is not for filters",
                        "`{shown}` er selve adressen, og er ikke til å filtrere på"
                    ),
                    false => text!(
                        "`{shown}` is not among the columns of this campaign",
                        "`{shown}` er ikke blant kolonnene i denne kampanjen"
                    ),
                },
                help,
            );
        }
        let values = match entry.value {
            DeValue::String(value) => vec![value.trim().to_owned()],
            DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_str()) => {
                items.iter().filter_map(|item| item.get_ref().as_str()).map(|value| value.trim().to_owned()).collect()
            }
            _ => {
                let shown = short(entry.key);
                m.error(
                    "wrong_type",
                    &entry.span,
                    text!(
                        "`{shown}` takes texts in quotes, between [ and ]",
                        "`{shown}` skal være tekster i anførselstegn, mellom [ og ]"
                    ),
                    text!(
                        "write for example: {shown} = [\"Oslo\", \"Bærum\"]",
                        "skriv for eksempel: {shown} = [\"Oslo\", \"Bærum\"]"
                    ),
                );
                continue;
            }
        };
        if values.is_empty() {
            m.error(
                "empty",
                &entry.span,
                text!("this filter lets nobody through", "dette filteret slipper ingen gjennom"),
                text!(
                    "write the values that count, or remove the filter",
                    "skriv verdiene som gjelder, eller fjern filteret"
                ),
            );
        }
        targets.filter.insert(entry.key.to_owned(), values);
    }
}
