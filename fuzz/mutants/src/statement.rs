//! What can be changed in a statement of SQL so that both databases still take it: nothing is cut out that holds a parameter,
//! a condition is only made true or false. Knows no Rust.

use std::ops::Range;

/// Words that end a condition which stands no deeper than they.
const ENDS: [&str; 19] = [
    "and",
    "or",
    "order",
    "group",
    "limit",
    "returning",
    "then",
    "union",
    "for",
    "join",
    "left",
    "inner",
    "cross",
    "where",
    "on",
    "else",
    "end",
    "do",
    "having",
];
/// What cannot be the last of a complete condition.
const OPEN: [&str; 16] =
    ["=", "<>", "<", "<=", ">", ">=", "+", "-", "||", ",", "(", "in", "not", "is", "like", "select"];

/// A word, a sign, a string or a parameter.
struct Token<'a> {
    text: &'a str,
    place: Range<usize>,
    depth: i32,
}

/// Each change, in words, and the statement with it.
pub fn changes(text: &str) -> Vec<(String, String)> {
    let tokens = tokens(text);
    let mut found = conditions(text, &tokens);
    found.extend(lists(text, &tokens));
    found.extend(assignments(text, &tokens));
    found.extend(orders(text, &tokens));
    found
}

fn with(text: &str, place: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..place.start], &text[place.end..])
}

fn conditions(text: &str, tokens: &[Token<'_>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut swapped = false;
    for (n, token) in tokens.iter().enumerate() {
        let conflict = token.text == "on" && tokens.get(n + 1).is_some_and(|next| next.text == "conflict");
        if !["where", "and", "or", "on", "when", "having"].contains(&token.text) || conflict {
            continue;
        }
        let depth = token.depth;
        let rest = &tokens[n + 1..];
        let ends = |t: &Token<'_>| t.depth < depth || t.depth == depth && (ENDS.contains(&t.text) || t.text == ",");
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let (atom, after) = rest.split_at(length);
        let Some(place) = complete(atom) else { continue };
        let is_or = token.text == "or" || after.first().is_some_and(|t| t.text == "or" && t.depth == depth);
        let inside = &text[place.clone()];
        let (how, said) = if is_or { ("and false", "never") } else { ("or true", "always") };
        found
            .push((format!("SQL: `{inside}` is {said} true"), with(text, place.clone(), &format!("({inside} {how})"))));
        if inside.starts_with("not exists") {
            found.push((format!("SQL: `{inside}` without `not`"), with(text, place.start..place.start + 4, "")));
        }
        for sign in atom.iter().filter(|t| t.depth == depth) {
            let new = match sign.text {
                "<" => "<=",
                "<=" => "<",
                ">" => ">=",
                ">=" => ">",
                "=" if !swapped => "<>",
                _ => continue,
            };
            swapped |= sign.text == "=";
            found.push((format!("SQL: `{inside}` with `{new}`"), with(text, sign.place.clone(), new)));
        }
    }
    found
}

/// The place of a condition of which all stands here.
fn complete(atom: &[Token<'_>]) -> Option<Range<usize>> {
    let (first, last) = (atom.first()?, atom.last()?);
    let count = |sign| atom.iter().filter(|t| t.text == sign).count();
    (count("(") == count(")") && !OPEN.contains(&last.text)).then_some(first.place.start..last.place.end)
}

/// Words left out of `in ('a', 'b')`.
fn lists(text: &str, tokens: &[Token<'_>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (n, _) in tokens.iter().enumerate().filter(|(_, t)| t.text == "in") {
        let Some(open) = tokens.get(n + 1).filter(|t| t.text == "(") else { continue };
        let words: Vec<&Token<'_>> = tokens[n + 2..].iter().take_while(|t| t.text != ")").collect();
        let strings: Vec<&str> = words.iter().filter(|t| t.text.starts_with('\'')).map(|t| t.text).collect();
        if strings.len() < 2 || words.len() != strings.len() * 2 - 1 {
            continue;
        }
        let place = open.place.end..words[words.len() - 1].place.end;
        for left_out in &strings {
            let kept: Vec<&str> = strings.iter().copied().filter(|word| word != left_out).collect();
            found.push((format!("SQL: `in (..)` without {left_out}"), with(text, place.clone(), &kept.join(", "))));
        }
    }
    found
}

/// Columns that an `update` leaves as they are.
fn assignments(text: &str, tokens: &[Token<'_>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let [update, table, set, ..] = tokens else { return found };
    if update.text != "update" || set.text != "set" {
        return found;
    }
    let rest = &tokens[3..];
    let length = rest.iter().position(|t| t.depth == 0 && ["where", "from", "returning"].contains(&t.text));
    for item in rest[..length.unwrap_or(rest.len())].split(|t| t.depth == 0 && t.text == ",") {
        let ([column, equals, ..], Some(place)) = (item, complete(item)) else { continue };
        if equals.text == "=" {
            let (name, value) = (column.text, &text[equals.place.end..place.end]);
            let kept = format!("{name} = case when true then {}.{name} else{value} end", table.text);
            found.push((format!("SQL: `{}` left as it was", &text[place.clone()]), with(text, place, &kept)));
        }
    }
    found
}

/// The other end first.
fn orders(text: &str, tokens: &[Token<'_>]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (n, by) in tokens.iter().enumerate().filter(|(n, t)| t.text == "by" && *n > 0 && tokens[n - 1].text == "order")
    {
        let rest = &tokens[n + 1..];
        let ends = |t: &Token<'_>| t.depth < by.depth || t.depth == by.depth && [",", "limit", "for"].contains(&t.text);
        let Some(last) = rest[..rest.iter().position(ends).unwrap_or(rest.len())].last() else { continue };
        let new = if last.text == "desc" {
            with(text, last.place.clone(), "")
        } else {
            with(text, last.place.end..last.place.end, " desc")
        };
        found.push(("SQL: `order by` the other way round".to_owned(), new));
    }
    found
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut at, mut depth) = (Vec::new(), 0, 0);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let is_word = |c: char| c.is_alphanumeric() || "_.$".contains(c);
        let length = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ if ["<>", "<=", ">=", "||"].iter().any(|sign| rest.starts_with(sign)) => 2,
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        depth -= i32::from(token == ")");
        found.push(Token { text: token, place: at..at + length, depth });
        depth += i32::from(token == "(");
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        changes(text).into_iter().map(|(_, new)| new).collect()
    }

    #[test]
    fn a_condition_keeps_its_parameters() {
        let found =
            all("select a from t where (b = $1 or c) and not exists (select 1 from u where d <= $2) order by a");
        for new in [
            "select a from t where ((b = $1 or c) or true) and not exists (select 1 from u where d <= $2) order by a",
            "select a from t where (b = $1 or (c and false)) and not exists (select 1 from u where d <= $2) order by a",
            "select a from t where (b = $1 or c) and exists (select 1 from u where d <= $2) order by a",
            "select a from t where (b = $1 or c) and not exists (select 1 from u where (d <= $2 or true)) order by a",
            "select a from t where (b = $1 or c) and not exists (select 1 from u where d < $2) order by a",
            "select a from t where (b = $1 or c) and not exists (select 1 from u where d <= $2) order by a desc",
        ] {
            assert!(found.contains(&new.to_owned()), "{new} is not in {found:#?}");
        }
    }

    #[test]
    fn what_goes_on_elsewhere_is_left_alone() {
        assert!(all("select a from t where id in (").is_empty());
        assert!(all(" and t.account = ").is_empty());
        assert!(all("on conflict (a) do nothing").is_empty());
    }

    #[test]
    fn a_column_can_stay_and_a_word_can_be_missing() {
        let found = all("update t set a = $1, b = null where c in ('x', 'y')");
        for new in [
            "update t set a = case when true then t.a else $1 end, b = null where c in ('x', 'y')",
            "update t set a = $1, b = case when true then t.b else null end where c in ('x', 'y')",
            "update t set a = $1, b = null where c in ('y')",
        ] {
            assert!(found.contains(&new.to_owned()), "{new} is not in {found:#?}");
        }
    }
}
