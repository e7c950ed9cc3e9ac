//! `LYKT__SECTION__KEY` in the environment: which setting it means. Knows no setting but those that are lists.

use config::{Map, Value, ValueKind};

use super::mistake::Mistake;
use crate::domain::lang::Text;
use crate::text;

const PREFIX: &str = "LYKT__";
/// A variable has their items with commas between.
const LISTS: [&str; 4] = ["organisation.languages", "access.second_person", "mail.to", "alarm.mail"];

/// A variable that overrides a setting.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Its name.
    pub name: String,
    /// What it is set to.
    pub value: String,
}

/// The variables that override settings, by name.
pub(super) fn variables() -> Vec<Variable> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let all = std::env::vars_os().map(|(name, value)| Variable { name: text(name), value: text(value) });
    let mut ours: Vec<_> = all.filter(|variable| variable.keys().is_some()).collect();
    ours.sort_by(|a, b| a.name.cmp(&b.name));
    ours
}

impl Variable {
    fn keys(&self) -> Option<&str> {
        let (prefix, keys) = self.name.split_at_checked(PREFIX.len())?;
        prefix.eq_ignore_ascii_case(PREFIX).then_some(keys)
    }

    /// The key that it means among those that are there: a shell has only `_` for `-`, and people write capitals.
    pub fn key(&self, told: &Map<String, Value>) -> Result<String, Mistake> {
        let (mut below, mut found) = (Some(told), Vec::new());
        for written in self.keys().unwrap_or_default().split("__") {
            let names = below.into_iter().flat_map(Map::keys).map(String::as_str);
            let mut alike: Vec<&str> = names.filter(|name| folded(name) == folded(written)).collect();
            alike.sort_unstable();
            let name = match alike.as_slice() {
                [] => written.to_lowercase(),
                [one] => (*one).to_owned(),
                several if several.contains(&written) => written.to_owned(),
                several => {
                    let (en, nb) = (several.join(" or "), several.join(" eller "));
                    return Err(self.mistake(text!(
                        "this may mean {en}; write it in the file",
                        "dette kan bety {nb}; skriv det i filen"
                    )));
                }
            };
            below = below.and_then(|table| table.get(&name)).and_then(table);
            found.push(name);
        }
        Ok(found.join("."))
    }

    /// What it is set to, as the value of a key; it bears the variable's name.
    pub fn value(&self, key: &str) -> Value {
        let items = self.value.split(',').map(str::trim).filter(|item| !item.is_empty());
        let kind = match LISTS.contains(&key) {
            true => ValueKind::Array(items.map(|item| Value::new(Some(&self.name), item)).collect()),
            false => ValueKind::String(self.value.clone()),
        };
        Value::new(Some(&self.name), kind)
    }

    /// A mistake of this variable.
    pub fn mistake(&self, reason: Text) -> Mistake {
        Mistake { variable: Some(self.name.clone()), ..Mistake::at("", reason) }
    }
}

/// The variable that said a value; of a table, only where nobody else said a part of it.
pub(super) fn that_said(value: &Value) -> Option<&str> {
    let Some(table) = table(value) else { return value.origin() };
    let all: Option<Vec<&str>> = table.values().map(that_said).collect();
    all?.into_iter().min()
}

/// The table that a value is.
pub(super) fn table(value: &Value) -> Option<&Map<String, Value>> {
    match &value.kind {
        ValueKind::Table(table) => Some(table),
        _ => None,
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}
