//! Mistakes for people: the line of the file, a caret under what is wrong, and what to write instead.

use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::campaign::file::{Checked, Mistake, Severity};
use crate::cli::table::{terminal, wrap};
use crate::domain::lang::Lang;
use crate::say;

/// What stands before what to do, besides its own words: room for the numbers of lines, and signs.
const MARGIN: usize = 12;

/// All mistakes of a file, a blank line after each.
pub(super) fn mistakes(path: &Path, checked: &Checked, lang: Lang, colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    // On a terminal a long line of the file is shown around its mistake; in a pipe it stays whole.
    let renderer = terminal().map_or(renderer.clone(), |columns| renderer.term_width(columns.max(60)));
    checked.mistakes.iter().map(|mistake| one(path, checked, mistake, lang, &renderer) + "\n\n").collect()
}

/// What to do, no wider than the terminal.
fn advice(help: &str, head: &str) -> String {
    match terminal() {
        Some(columns) => wrap(help, columns.saturating_sub(head.chars().count() + MARGIN)).join("\n"),
        None => help.to_owned(),
    }
}

fn one(path: &Path, checked: &Checked, mistake: &Mistake, lang: Lang, renderer: &Renderer) -> String {
    let word = match mistake.severity {
        Severity::Error => say!(lang, "mistake", "feil"),
        Severity::Warning => say!(lang, "warning", "advarsel"),
        Severity::Note => say!(lang, "note", "merknad"),
    };
    let level = match mistake.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let path = path.display().to_string();
    let title = level.with_name(word).primary_title(mistake.text.pick(lang));
    let head = say!(lang, "what to do", "hva du kan gjøre");
    let help = advice(mistake.help.pick(lang), &head);
    let help = Level::HELP.with_name(head).message(help);
    let (line, column) = checked.position(mistake);
    let shown = part(&checked.source, mistake);
    let group = match &shown {
        Some((text, span)) => title.element(
            Snippet::source(*text).line_start(line).path(path).annotation(AnnotationKind::Primary.span(span.clone())),
        ),
        None => title.element(Origin::path(path).line(line).char_column(column)),
    };
    renderer.render(&[group.element(help)])
}

/// The lines a mistake stands on, and its place in them; a mistake of many lines is shown by its first.
fn part<'a>(source: &'a str, mistake: &Mistake) -> Option<(&'a str, std::ops::Range<usize>)> {
    let at = mistake.span.start.min(source.len());
    let start = source.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    let end = source[at..].find('\n').map_or(source.len(), |n| at + n);
    let line = source[start..end].trim_end_matches('\r');
    let from = (at - start).min(line.len());
    let to = mistake.span.end.min(end).saturating_sub(start).clamp(from, line.len());
    (!line.trim().is_empty()).then_some((line, from..to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::file::check;

    fn shown(text: &str, lang: Lang, colours: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, text).unwrap();
        mistakes(Path::new("a.toml"), &check(&path, folder.path(), None, None, &[]), lang, colours)
    }

    #[test]
    fn a_mistake_is_shown_with_its_line_a_caret_and_what_to_do() {
        let text = "title = \"x\"\n# æøå\nends = 2026-02-30\n";
        let expected = "\
feil: `2026-02-30` er ingen dato i kalenderen
 --> a.toml:3:8
  |
3 | ends = 2026-02-30
  |        ^^^^^^^^^^
  |
  = hva du kan gjøre: skriv år, måned og dag, de to siste med to sifre: 2026-12-01
";
        assert!(shown(text, Lang::Nb, false).contains(expected), "{}", shown(text, Lang::Nb, false));
    }

    #[test]
    fn colours_come_only_when_they_are_asked_for() {
        assert!(shown("x = 1", Lang::En, true).contains('\u{1b}'));
        let plain = shown("\u{1b}[31mx = \"\u{202e}\u{7}\"\n", Lang::En, false);
        assert!(!plain.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{plain:?}");
    }

    #[test]
    fn a_mistake_without_a_line_is_shown_too() {
        assert!(shown("", Lang::En, false).contains("`title` is missing\n--> a.toml:1:1"));
    }
}
