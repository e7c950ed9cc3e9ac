//! What the columns bring into a text: the shortest and the longest value, so that the linter can judge its length.

use std::collections::BTreeMap;
use std::path::Path;

use super::directory::Directory;
use super::file::{Checked, Definition, variables};
use super::lint::Values;
use super::list::List;
use super::template::SERVICE;
use crate::domain::gather::Gather;

/// How many rows are looked at; more would tell no more.
const ROWS: usize = 5_000;

/// The values of the columns that the texts name.
pub(super) fn of(folder: &Path, checked: &Checked) -> BTreeMap<String, Values> {
    let Some(campaign) = &checked.definition else { return BTreeMap::new() };
    let named = variables(checked);
    let mut values = in_list(folder, campaign, &named.into_iter().collect::<Vec<_>>()).unwrap_or_default();
    for (name, only) in &campaign.filter {
        values.extend(span(only.iter().map(String::as_str)).map(|span| (name.clone(), span)));
    }
    for service in Directory::in_folder(folder.to_owned()).all() {
        let said = span(campaign.variants.iter().flat_map(|v| v.texts.keys()).map(|code| service.said(code)));
        let Some(Values { shortest, longest }) = said else { continue };
        let known = values
            .entry(format!("{SERVICE}{}", service.kind))
            .or_insert_with(|| Values { shortest: shortest.clone(), longest: longest.clone() });
        if shortest.chars().count() < known.shortest.chars().count() {
            known.shortest = shortest;
        }
        if longest.chars().count() > known.longest.chars().count() {
            known.longest = longest;
        }
    }
    values
}

fn in_list(folder: &Path, campaign: &Definition, named: &[String]) -> Option<BTreeMap<String, Values>> {
    let columns = named.iter().filter_map(|name| Some((name, campaign.columns.get(name)?)));
    let (names, columns): (Vec<&String>, Vec<&str>) = columns.map(|(name, column)| (name, column.as_str())).unzip();
    if names.is_empty() {
        return None;
    }
    let rows = List::open(&campaign.list_in(folder)).ok()?.rows_named(&columns).ok()?;
    let rows: Vec<_> = rows.take(ROWS).map_while(Result::ok).collect();
    let column = |n: usize| rows.iter().filter_map(move |row| row.cells.get(n)).map(|cell| cell.expose().trim());
    let spans = names.into_iter().enumerate().filter_map(|(n, name)| Some((name.clone(), span(column(n))?)));
    Some(spans.gather())
}

/// The shortest and the longest of some values; blank ones bring no message.
pub(super) fn span<'a>(values: impl Iterator<Item = &'a str>) -> Option<Values> {
    let mut values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    values.sort_by_key(|value| value.chars().count());
    let (shortest, longest) = (values.first()?, values.last()?);
    Some(Values { shortest: (*shortest).to_owned(), longest: (*longest).to_owned() })
}
