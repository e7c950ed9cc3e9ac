//! One brace too few: `{ sender }` goes out as it stands.

use super::finding::{Finding, Weight};
use super::house::House;
use super::written::Written;
use crate::text;

/// Variables that every text has, or most lists.
const USUAL: [&str; 6] = ["sender", "organisation", "services", "region", "language", "name"];

pub(super) fn judge(written: &Written<'_>, house: &House, found: &mut Vec<Finding>) {
    let is_known = |name: &str| {
        let named = written.variables.iter().any(|variable| variable == name);
        named || USUAL.contains(&name) || house.values.contains_key(name)
    };
    let said = written.said.as_str();
    for (at, _) in said.match_indices('{') {
        let Some((inside, _)) = said[at + 1..].split_once('}') else { break };
        let name = inside.trim();
        // Of what is no template the parser tells.
        if !is_known(name) || said[..at].ends_with('{') {
            continue;
        }
        found.push(Finding {
            code: "single_braces",
            weight: Weight::Warning,
            at: at..at + inside.len() + 2,
            text: text!(
                "`{{{inside}}}` goes out as it stands: a variable has two braces on each side",
                "`{{{inside}}}` sendes slik det står: en variabel har to krøllparenteser på hver side"
            ),
            help: text!("write {{{{ {name} }}}}", "skriv {{{{ {name} }}}}"),
            suggestion: Some(format!("{{{{ {name} }}}}")),
        });
    }
}
