//! Texts with variables: filled in the same each time, never longer than a message, and nothing stands there that nobody wrote.
//!
//! An input is the value of the variables (the first line) and the text.

use std::collections::BTreeMap;

use lykt::campaign::template::{MOST_SENT, Template, TemplateError};

use super::first_line;

pub fn run(data: &[u8]) {
    let (value, text) = first_line(data);
    let (value, text) = (String::from_utf8_lossy(value), String::from_utf8_lossy(text));
    let template = match Template::new(&text) {
        Ok(template) => template,
        Err(error) => return inside(&error, &text),
    };
    // Without the last of its variables, so that something is missing now and then.
    let named = template.variables().iter();
    let values: BTreeMap<String, String> =
        named.clone().map(|name| (name.clone(), value.clone().into_owned())).collect();
    let mut without = values.clone();
    without.pop_last();
    for values in [values, without] {
        let rendered = template.render(&values);
        assert_eq!(rendered, template.render(&values), "a text is another one the second time");
        match rendered {
            Ok(message) => {
                assert!(message.chars().count() <= MOST_SENT, "a message that no gateway takes");
                assert_eq!(message, message.trim());
                let wrote = format!("{text}{value}").to_lowercase();
                for nobody in ["undefined", "none", "null"] {
                    let half = &nobody[..3];
                    assert!(
                        !message.to_lowercase().contains(nobody) || wrote.contains(half),
                        "`{nobody}` in a message"
                    );
                }
            }
            Err(TemplateError::Missing(name)) => assert!(named.clone().any(|known| *known == name)),
            Err(error) => inside(&error, &text),
        }
    }
    plain(&value);
}

/// A value on its own stays on its line, and does so again.
fn plain(value: &str) {
    let template = Template::new("<{{ a }}>").expect("a text");
    let fill = |value: &str| template.render(&BTreeMap::from([("a".to_owned(), value.to_owned())]));
    if let Ok(filled) = fill(value) {
        assert!(!filled.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')), "a value is obeyed");
        assert_eq!(
            fill(&filled[1..filled.len() - 1]).as_ref(),
            Ok(&filled),
            "a value changes when it is filled in again"
        );
    }
}

fn inside(error: &TemplateError, text: &str) {
    let range = match error {
        TemplateError::Endless(range) | TemplateError::Syntax { range, .. } | TemplateError::Fails { range, .. } => {
            range
        }
        TemplateError::Missing(_) | TemplateError::TooLong { .. } => return,
    };
    if let Some(range) = range {
        assert!(range.start <= range.end && range.end <= text.len(), "a mistake stands outside the text");
    }
}
