//! A text with places: `https://..?from={from|url}`. Which names may stand there, its reader is told.

use serde_json::Value;

use super::filter::{Filter, Unfit};
use super::mistake::{Mistakes, short};
use super::section::Said;
use crate::text;

/// A text with places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place { name: String, filters: Vec<Filter> },
}

impl Template {
    /// Reads a template whose names are known.
    pub fn read(said: &Said, is_known: &dyn Fn(&str) -> bool, known: &str, m: &Mistakes) -> Self {
        let shown = short(&said.text);
        let Some(pieces) = pieces(&said.text) else {
            m.add(
                &said.span,
                text!("a bracket in `{shown}` is open or too many", "en klamme i `{shown}` er åpen eller for mye"),
                text!(
                    "write places as {{name}}, and a bracket that is one as {{{{ or }}}}",
                    "skriv plasser som {{navn}}, og en klamme som er en klamme som {{{{ eller }}}}"
                ),
            );
            return Self(Vec::new());
        };
        let mut read = Vec::new();
        for (is_place, text) in pieces {
            if !is_place {
                read.push(Piece::Text(text));
                continue;
            }
            let mut words = text.split('|').map(str::trim);
            let name = words.next().unwrap_or_default().to_owned();
            if !is_known(&name) {
                let name = short(&name);
                m.add(
                    &said.span,
                    text!("nothing here is called `{name}`", "ingenting her heter `{name}`"),
                    text!("write one of: {known}", "skriv en av: {known}"),
                );
            }
            read.push(Piece::Place { name, filters: filters(words, &said.span, m) });
        }
        Self(read)
    }

    /// Whether a name stands in it.
    pub fn names(&self, wanted: &str) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Place { name, .. } if name == wanted))
    }

    /// The text; nothing when a value is not there.
    pub fn text(&self, find: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, Unfit> {
        self.with(find, &|value| value)
    }

    /// The text, with each value escaped for a URL.
    pub fn url(&self, find: &dyn Fn(&str) -> Option<String>) -> Result<Option<String>, Unfit> {
        self.with(find, &|value| crate::gateway::form::escaped(&value))
    }

    fn with(
        &self,
        find: &dyn Fn(&str) -> Option<String>,
        dress: &dyn Fn(String) -> String,
    ) -> Result<Option<String>, Unfit> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(fixed) => text.push_str(fixed),
                Piece::Place { name, filters } => match find(name) {
                    Some(value) => text.push_str(&dress(through(filters, value)?)),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(text))
    }

    /// The text as bytes, of values that need not be text; those that have filters must be.
    pub fn bytes(&self, find: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Unfit> {
        let mut bytes = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(fixed) => bytes.extend_from_slice(fixed.as_bytes()),
                Piece::Place { name, filters } => match find(name) {
                    Some(value) if filters.is_empty() => bytes.extend(value),
                    Some(value) => {
                        let value = String::from_utf8(value).map_err(|_| Unfit)?;
                        bytes.extend(through(filters, value)?.into_bytes());
                    }
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(bytes))
    }

    /// The value in JSON: of the kind that its one place says, else a text.
    pub fn json(&self, find: &dyn Fn(&str) -> Option<String>) -> Result<Option<Value>, Unfit> {
        let Some(text) = self.text(find)? else { return Ok(None) };
        let kind = match self.0.as_slice() {
            [Piece::Place { filters, .. }] => filters.last().filter(|last| last.is_kind()),
            _ => None,
        };
        kind.map_or(Ok(Value::from(text.as_str())), |kind| kind.json(text.clone())).map(Some)
    }
}

/// A value after its filters.
pub(super) fn through(filters: &[Filter], value: String) -> Result<String, Unfit> {
    filters.iter().try_fold(value, |value, filter| filter.apply(&value))
}

/// Reads filters.
pub(super) fn filters<'a>(
    words: impl Iterator<Item = &'a str>,
    span: &std::ops::Range<usize>,
    m: &Mistakes,
) -> Vec<Filter> {
    let read = |word: &str| {
        let filter = Filter::parse(word);
        if filter.is_none() {
            let (word, known) = (short(word), Filter::WORDS);
            m.add(
                span,
                text!("there is no filter `{word}`", "det er ikke noe filter `{word}`"),
                text!("write one of: {known}", "skriv en av: {known}"),
            );
        }
        filter
    };
    words.filter_map(read).collect()
}

/// Texts and places, in order; `None` when a bracket is open or too many.
fn pieces(text: &str) -> Option<Vec<(bool, String)>> {
    let (mut pieces, mut plain) = (Vec::new(), String::new());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let bracket = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(bracket) {
            plain.push_str(bracket);
            rest = after;
            continue;
        }
        let end = (bracket == "{").then(|| rest.find('}')).flatten()?;
        if !plain.is_empty() {
            pieces.push((false, std::mem::take(&mut plain)));
        }
        pieces.push((true, rest[..end].to_owned()));
        rest = &rest[end + 1..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push((false, plain));
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Template, usize) {
        let m = Mistakes::default();
        let said = Said { text: text.to_owned(), span: 0..text.len() };
        let template = Template::read(&said, &|name| ["to", "text", "validity"].contains(&name), "to, text", &m);
        (template, m.in_order().len())
    }

    fn find(name: &str) -> Option<String> {
        match name {
            "to" => Some("+46701740605".to_owned()),
            "text" => Some("a b".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn places_are_filled_filtered_and_escaped() {
        let (template, mistakes) = read("{{x}}: {to|no_plus}/{text}");
        assert_eq!(mistakes, 0);
        assert_eq!(template.text(&find), Ok(Some("{x}: 46701740605/a b".to_owned())));
        assert_eq!(template.url(&find), Ok(Some("{x}: 46701740605/a%20b".to_owned())));
    }

    #[test]
    fn a_text_with_a_value_that_is_not_there_is_left_out_whole() {
        assert_eq!(read("ttl={validity}").0.text(&find), Ok(None));
    }

    #[test]
    fn one_place_may_be_of_another_kind_than_text() {
        assert_eq!(read("{to|no_plus|number}").0.json(&find), Ok(Some(46_701_740_605_u64.into())));
        assert_eq!(read("{to|list}").0.json(&find), Ok(Some(serde_json::json!(["+46701740605"]))));
        assert_eq!(read("{text|number}").0.json(&find), Err(Unfit));
        assert_eq!(read("n{to}").0.json(&find), Ok(Some("n+46701740605".into())));
    }

    #[test]
    fn what_is_no_template_is_a_mistake() {
        for wrong in ["{to", "to}", "{unknown}", "{to|sha1}", "{}"] {
            assert_eq!(read(wrong).1, 1, "{wrong}");
        }
    }
}
