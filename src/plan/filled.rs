//! A provider's template, filled in for one person. Pure.

use std::collections::BTreeMap;

use crate::campaign::file::Variant;
use crate::campaign::template::Template;
use crate::domain::template::{self, Variable};

/// Fills in the template of a variant in a language; `None` when a place stays empty, and no template when the variant
/// has none.
pub(super) fn template(
    variant: &Variant,
    language: &str,
    values: &BTreeMap<String, String>,
) -> Option<Option<template::Template>> {
    let Some(provided) = &variant.template else { return Some(None) };
    let variables = provided.variables.iter().map(|place| {
        let value = Template::new(&place.text).ok()?.render(values).ok()?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        (!value.is_empty()).then(|| Variable { name: place.name.clone(), value })
    });
    Some(Some(template::Template {
        name: provided.name.clone(),
        language: provided.languages.get(language).cloned().unwrap_or_else(|| language.to_owned()),
        variables: variables.collect::<Option<_>>()?,
        buttons: provided.buttons.clone(),
    }))
}
