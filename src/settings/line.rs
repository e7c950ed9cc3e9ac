//! Where in the settings a complaint belongs: the line of the key that it names. Knows no settings.

/// The line, from 1, of the key or the section that a complaint names.
pub(super) fn of(text: &str, complaint: &str) -> Option<usize> {
    if let Some(line) = complaint.split("line ").nth(1).and_then(|rest| {
        rest.split(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty())?.parse().ok()
    }) {
        // The reader counts itself; it is only asked where the file is no TOML at all.
        return Some(line);
    }
    let words = complaint.split(|c: char| !(c.is_alphanumeric() || "_-.".contains(c)));
    let keys: Vec<&str> = words.flat_map(|word| word.split('.')).filter(|word| !word.is_empty()).collect();
    let named = |line: &str| {
        let line = line.trim_start();
        let key = line.split(['=', ' ']).next().unwrap_or_default();
        !line.starts_with(['#', '[']) && line.contains('=') && keys.contains(&key)
    };
    let section = |line: &str| {
        let name = line.trim().strip_prefix('[').and_then(|line| line.split(']').next());
        name.is_some_and(|name| complaint.contains(name))
    };
    let at = |found: &dyn Fn(&str) -> bool| text.lines().position(found).map(|n| n + 1);
    at(&named).or_else(|| at(&section))
}

/// A complaint without the drawing that a reader of TOML puts around it: the line is told apart.
pub(super) fn short(complaint: &str) -> String {
    let lines = complaint.trim_end().lines();
    let said: Vec<&str> =
        lines.map(str::trim).filter(|line| !line.contains('|') && !line.contains("TOML parse")).collect();
    if said.is_empty() { complaint.to_owned() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# [server]\n[organisation]\nname = \"x\"\n[server]\nlisten_on = \"x\"\n[gateways.oslo]\nkind = 3\n";

    #[test]
    fn a_complaint_finds_the_line_of_its_key_or_section() {
        assert_eq!(of(TEXT, "unknown field `listen_on`, expected `listen`"), Some(5));
        assert_eq!(of(TEXT, "invalid type: string \"x\" for key `organisation.name`"), Some(3));
        assert_eq!(of(TEXT, "gateways.oslo: base_url must begin with https://"), Some(6));
        assert_eq!(of(TEXT, "TOML parse error at line 7, column 3"), Some(7));
        assert_eq!(of(TEXT, "something else"), None);
    }

    #[test]
    fn a_drawing_is_left_out() {
        let drawn = "TOML parse error at line 7, column 3\n  |\n7 | x = \"\n  |     ^\ninvalid basic string\n";
        assert_eq!(short(drawn), "invalid basic string");
        assert_eq!(short("unknown field `x`"), "unknown field `x`");
    }
}
