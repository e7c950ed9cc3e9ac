//! The project as its rules see it: its text files, the rooms they belong to, and what they use of each other.

use std::fs;
use std::path::Path;

use super::source::{self, occurrences, word_at};

/// A file of the project, with what the rules look at.
pub struct File {
    /// From the project's root.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// Without comments and strings.
    pub code: String,
    /// Without tests either.
    pub product: String,
}

/// Where in the text, and what.
pub type Mistake = (usize, String);

impl File {
    /// Reads a text as the file at `path`.
    pub fn new(path: &str, text: &str) -> File {
        let code = source::code(text);
        let product = source::without_tests(&code);
        File { path: path.to_owned(), text: text.to_owned(), code, product }
    }

    /// The room it belongs to; `None` for the binary, the front page and what is not product.
    pub fn room(&self) -> Option<&str> {
        let name = self.path.strip_prefix("src/")?.split('/').next()?.trim_end_matches(".rs");
        (name != "lib" && name != "main").then_some(name)
    }

    /// Whether it is part of one provider's adapter.
    pub fn is_adapter(&self) -> bool {
        let single = ["twilio.rs", "whatsapp_cloud.rs", "declarative.rs", "simulator.rs"];
        self.path.strip_prefix("src/gateway/").is_some_and(|rest| rest.contains('/') || single.contains(&rest))
    }

    /// What is used of the crate's root, by `crate::` or by `super::` as often as it takes.
    pub fn uses(&self) -> Vec<(usize, String)> {
        let below = self.path.trim_start_matches("src/").trim_end_matches("/mod.rs").split('/').count();
        let mut uses: Vec<_> = occurrences(&self.code, "crate::").flat_map(|at| names(&self.code, at + 7)).collect();
        for at in occurrences(&self.code, "super::").filter(|at| !self.code[..*at].ends_with("super::")) {
            let tail = self.code[at..].trim_start_matches("super::");
            let end = self.code.len() - tail.len();
            let in_tests = !self.product[at..].starts_with("super::");
            if (end - at) / "super::".len() >= below + usize::from(in_tests) {
                uses.extend(names(&self.code, end));
            }
        }
        uses
    }

    /// Where one of `words` stands in `code` (of this file), unless the file is in one of the rooms.
    pub fn words_outside(&self, rooms: &[&str], code: &str, words: &[&str]) -> Vec<Mistake> {
        let inside = |room: &&str| self.path == format!("{room}.rs") || self.path.starts_with(&format!("{room}/"));
        // What is said of `src/` only: tests may open what they test.
        if rooms.iter().any(inside) || !rooms.is_empty() && !self.path.starts_with("src/") {
            return Vec::new();
        }
        words.iter().flat_map(|word| occurrences(code, word).map(|at| (at, (*word).to_owned()))).collect()
    }
}

/// Every text file of the project, but not what a build or a run has made.
pub fn files() -> Vec<File> {
    let mut files = Vec::new();
    collect(Path::new("."), "", &mut files);
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && name != ".ci";
        if hidden || ["target", "lykt-demo", "Cargo.lock"].contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.push(File::new(&path, &text));
        }
    }
}

/// The first names of the path, or of each path of the `{..}` group, that begins at `at`.
fn names(code: &str, at: usize) -> Vec<(usize, String)> {
    if !code[at..].starts_with('{') {
        return vec![(at, word_at(&code[at..]).to_owned())];
    }
    let mut found = Vec::new();
    let mut depth = 0;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(c, '{' | ',') {
            let rest = code[at + offset + 1..].trim_start();
            found.push((code.len() - rest.len(), word_at(rest).to_owned()));
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}
