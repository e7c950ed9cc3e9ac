//! What `lykt check --json` prints: a line a file. Its words are never translated; its sentences are English.

use std::path::Path;

use serde::Serialize;

use crate::campaign::file::Checked;

#[derive(Serialize)]
struct Line<'a> {
    file: String,
    ok: bool,
    mistakes: Vec<Mistake<'a>>,
}

#[derive(Serialize)]
struct Mistake<'a> {
    severity: &'static str,
    code: &'static str,
    line: usize,
    column: usize,
    message: &'a str,
    help: &'a str,
}

/// One file's line.
///
/// # Errors
/// As the writer of JSON has it.
pub(super) fn line(path: &Path, checked: &Checked) -> serde_json::Result<String> {
    let mistakes = checked.mistakes.iter().map(|mistake| {
        let (line, column) = checked.position(mistake);
        let (message, help) = (&*mistake.text.en, &*mistake.help.en);
        Mistake { severity: mistake.severity.as_str(), code: mistake.code, line, column, message, help }
    });
    let file = path.display().to_string();
    let line = Line { file, ok: checked.errors() == 0, mistakes: mistakes.collect() };
    serde_json::to_string(&line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::file::check;

    #[test]
    fn a_file_is_one_line_of_untranslated_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "# æ\n  tilte = \"x\"\n").unwrap();
        let line = line(Path::new("a.toml"), &check(&path, folder.path(), None, None, &[])).unwrap();
        assert!(!line.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&value["file"], &value["ok"]), (&"a.toml".into(), &false.into()));
        let mistakes = value["mistakes"].as_array().unwrap();
        let tilte = mistakes.iter().find(|mistake| mistake["code"] == "unknown_key").unwrap();
        assert_eq!((&tilte["severity"], &tilte["line"], &tilte["column"]), (&"error".into(), &2.into(), &3.into()));
        assert!(tilte["message"].as_str().unwrap().contains("tilte") && tilte["help"].is_string());
    }
}
