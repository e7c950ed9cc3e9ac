//! A template that a provider has approved, filled in for one person.

use serde::{Deserialize, Serialize};

/// Which template, and what goes into its places. Prints as its name.
#[derive(Clone, Deserialize, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Its name with the provider.
    pub name: String,
    /// Its language with the provider: `nb`, `en_US`.
    pub language: String,
    /// What goes into the places of the body, in their order.
    pub variables: Vec<Variable>,
    /// What the provider sends back when a quick-reply button is pressed, for the buttons in their order.
    pub buttons: Vec<String>,
}

/// What goes into one place.
#[derive(Clone, Deserialize, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// The place's name; none where places are numbered.
    pub name: Option<String>,
    /// What the person reads there.
    pub value: String,
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Template").field("name", &self.name).field("language", &self.language).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variable").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_prints_nothing_of_the_person() {
        let variables = vec![Variable { name: Some("name".to_owned()), value: "Amanda".to_owned() }];
        let (name, language) = ("vaccine".to_owned(), "nb".to_owned());
        let shown = format!("{:?}", Template { name, language, variables: variables.clone(), buttons: Vec::new() });
        assert!(shown.contains("vaccine") && !shown.contains("Amanda"), "{shown}");
        assert!(!format!("{variables:?}").contains("Amanda"));
    }
}
