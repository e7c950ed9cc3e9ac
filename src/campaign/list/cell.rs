//! What a spreadsheet leaves in a cell besides what a person wrote there: a formula around a text, a word for an error.

/// How spreadsheets show that a formula failed; Norwegian ones too.
const FAILURES: [&str; 14] = [
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#ERROR!",
    "#I/T",
    "#NAVN?",
    "#VERDI!",
    "#OVERFLYT!",
];

/// The text that was meant: `="0047 .."` is what stands between its quotes, and a failed formula is nothing at all.
pub(super) fn meant(cell: String) -> String {
    let shown = cell.trim();
    if shown.starts_with('#') && FAILURES.iter().any(|word| shown.eq_ignore_ascii_case(word)) {
        return String::new();
    }
    let inner = shown.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| !inner.replace("\"\"", "").contains('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_formula_protects_is_that_text() {
        assert_eq!(meant("=\"0046701740605\"".to_owned()), "0046701740605");
        assert_eq!(meant("=\"say \"\"hi\"\"\"".to_owned()), "say \"hi\"");
        for other in ["=\"a\"&\"b\"", "=\"", "=A1", "\"a\"", "a=\"b\"", ""] {
            assert_eq!(meant(other.to_owned()), other);
        }
    }

    #[test]
    fn a_failed_formula_is_never_a_word_for_somebody() {
        for failed in ["#N/A", " #ref! ", "#I/T"] {
            assert_eq!(meant(failed.to_owned()), "");
        }
        assert_eq!(meant("#1 i Oslo".to_owned()), "#1 i Oslo");
    }
}
