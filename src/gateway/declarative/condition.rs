//! When a rule applies: what must stand where. `when = { "payload.event" = ["sms:sent", "sms:failed"] }`.

use super::mistake::Mistakes;
use super::path::{Path, Scene};
use super::section::{Node, Said, Section, Value};
use crate::text;

/// Everything that must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition(Vec<(Path, Must)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Must {
    /// Everything the path leads to is one of these, and it leads to something.
    Be(Vec<String>),
    /// Everything the path leads to begins with one of these.
    Begin(Vec<String>),
    /// The path leads to something, and nothing of it is one of these.
    NotBe(Vec<String>),
    /// Something that is not null is there, or nothing is.
    BeThere(bool),
}

impl Condition {
    /// Reads `when = { .. }`, or the same under another key.
    pub fn read(section: &Section<'_>, key: &'static str) -> Self {
        let mut all = Vec::new();
        for (name, node) in section.pairs(key) {
            one(name, node, &mut all, section.m);
        }
        Self(all)
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is all so.
    pub fn holds(&self, scene: &Scene<'_>) -> bool {
        let fits = |(path, must): &(Path, Must)| {
            let found = path.all(scene).into_iter().filter(|value| !value.is_null()).count();
            let words = || path.words(scene).unwrap_or_default();
            // A table where a word is asked for is not that word.
            let every = |fits: &dyn Fn(&str) -> bool| {
                let words = words();
                found > 0 && words.len() == found && words.iter().all(|word| fits(word))
            };
            match must {
                Must::Be(these) => every(&|word| these.iter().any(|this| this == word)),
                Must::NotBe(these) => every(&|word| these.iter().all(|this| this != word)),
                Must::Begin(these) => every(&|word| these.iter().any(|this| word.starts_with(this.as_str()))),
                Must::BeThere(there) => *there == (found > 0),
            }
        };
        self.0.iter().all(fits)
    }
}

fn one(name: &Said, node: &Node, all: &mut Vec<(Path, Must)>, m: &Mistakes) {
    if let Some(words) = node.words() {
        let words = words.into_iter().map(|word| word.text).collect();
        all.push((Path::read(name, m), Must::Be(words)));
        return;
    }
    let Value::Table(entries) = &node.value else {
        m.add(
            &node.span,
            text!("this is nothing to compare with", "dette er ikke noe å sammenligne med"),
            text!(
                "write a text, several, {{ not = \"..\" }}, {{ begins = \"..\" }} or {{ present = true }}",
                "skriv en tekst, flere, {{ not = \"..\" }}, {{ begins = \"..\" }} eller {{ present = true }}"
            ),
        );
        return;
    };
    for (key, inner) in entries {
        match (key.text.as_str(), &inner.value, inner.words()) {
            ("present", Value::Bool(there), _) => all.push((Path::read(name, m), Must::BeThere(*there))),
            ("begins", _, Some(words)) => {
                let words = words.into_iter().map(|word| word.text).collect();
                all.push((Path::read(name, m), Must::Begin(words)));
            }
            ("not", _, Some(words)) => {
                let words = words.into_iter().map(|word| word.text).collect();
                all.push((Path::read(name, m), Must::NotBe(words)));
            }
            // `payload.event = ".."` without quotes is a table in a table to TOML, and a path to whoever wrote it.
            _ => one(&Said { text: format!("{}.{}", name.text, key.text), span: key.span.clone() }, inner, all, m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::section;
    use super::*;
    use serde_json::json;

    fn holds(when: &str, item: &serde_json::Value) -> bool {
        let m = Mistakes::default();
        let source = format!("when = {when}");
        let entries = section::parse(&source, &m).unwrap();
        let condition = Condition::read(&Section::new(&entries, 0..1, &m), "when");
        assert!(m.is_empty(), "{when}");
        condition.holds(&Scene { item, whole: item, beside: &json!({}) })
    }

    #[test]
    fn a_condition_holds_when_all_of_it_is_so() {
        let item = json!({"a": {"b": "x"}, "n": 5, "ok": true, "nil": null, "list": [{"s": "0"}, {"s": "0"}], "mixed": ["0", "1"]});
        for when in [
            "{}",
            "{ 'a.b' = 'x' }",
            "{ a.b = ['y', 'x'] }",
            "{ n = 5, ok = true }",
            "{ a = { present = true }, nil = { present = false } }",
            "{ 'a.b' = { begins = ['y', 'x'] } }",
            "{ 'list.*.s' = '0' }",
            "{ n = { not = [4, 6] }, 'list.*.s' = { not = '1' } }",
        ] {
            assert!(holds(when, &item), "{when}");
        }
        for when in [
            "{ 'a.b' = 'y' }",
            "{ a = 'x' }",
            "{ n = 5, ok = false }",
            "{ nil = { present = true } }",
            "{ 'mixed.*' = '0' }",
            "{ 'none.*.s' = '0' }",
            "{ 'mixed.*' = { not = '0' } }",
            "{ 'none' = { not = '0' } }",
        ] {
            assert!(!holds(when, &item), "{when}");
        }
    }
}
