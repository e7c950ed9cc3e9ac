//! `[[outcome]]`: what counts as a result of the campaign. Knows nothing of who came.

use super::message::Message;
use super::mistake::{Mistakes, short};
use super::section::{Said, Section};
use super::texts::{self, Words};
use super::wanted::Wanted;
use crate::domain::gather::Gather;
use crate::text;

/// The longest name; it stands in the counts that are kept.
const LONGEST: usize = 30;

/// Reads all of them; what is wrong is left out and told.
pub(super) fn read(top: &Section<'_>, words: &Words<'_>, message: Option<&Message>, m: &mut Mistakes) -> Vec<Wanted> {
    let sections = top.tables("outcome", "outcome", m).unwrap_or_default();
    let mut all: Vec<Wanted> = Vec::new();
    for section in &sections {
        if let Some(one) = one(section, &all, words, message, m) {
            all.push(one);
        }
    }
    all
}

fn one(
    section: &Section<'_>,
    before: &[Wanted],
    words: &Words<'_>,
    message: Option<&Message>,
    m: &mut Mistakes,
) -> Option<Wanted> {
    section.unknown(m);
    section.need(&["name", "title"], m);
    let name = section.text("name", m).filter(|said| fits(said, before, m));
    let titles = texts::read(section, "title", words, m);
    let goal = section.count("goal", "bad_goal", m);
    let code = section.text("code", m).filter(|said| is_word(said, before, message, m));
    Some(Wanted {
        name: name?.text,
        titles: titles?.into_iter().map(|(code, said)| (code, said.text)).gather(),
        goal,
        code: code.map(|said| said.text),
    })
}

fn fits(said: &Said, before: &[Wanted], m: &mut Mistakes) -> bool {
    let name = short(&said.text);
    let begins = said.text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let plain = said.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if !begins || !plain || said.text.len() > LONGEST {
        m.error(
            "bad_outcome",
            &said.span,
            text!("`{name}` is no name for an outcome", "`{name}` er ikke et navn på et utfall"),
            text!(
                "use the letters a to z, digits, - and _, like first_dose; what people call it stands in title",
                "bruk bokstavene a til z, sifre, - og _, som first_dose; det folk kaller det, står i title"
            ),
        );
        return false;
    }
    let again = before.iter().any(|other| other.name == said.text);
    if again {
        m.error(
            "duplicate_outcome",
            &said.span,
            text!("there are two outcomes named `{name}`", "det er to utfall med navnet `{name}`"),
            text!("give one of them another name", "gi ett av dem et annet navn"),
        );
    }
    !again
}

fn is_word(said: &Said, before: &[Wanted], message: Option<&Message>, m: &mut Mistakes) -> bool {
    let word = short(&said.text);
    let length = said.text.chars().count();
    if said.text.contains(char::is_whitespace) || !(2..=LONGEST).contains(&length) {
        m.error(
            "bad_code",
            &said.span,
            text!("`{word}` is not one word", "`{word}` er ikke ett ord"),
            text!(
                "write one word of 2 to {LONGEST} characters, as in: code = \"lykt\"",
                "skriv ett ord på 2 til {LONGEST} tegn, som i: code = \"lykt\""
            ),
        );
        return false;
    }
    if before.iter().any(|other| other.is_code(&said.text)) {
        m.error(
            "duplicate_code",
            &said.span,
            text!("`{word}` is another outcome's code word", "`{word}` er kodeordet for et annet utfall"),
            text!("choose another word", "velg et annet ord"),
        );
        return false;
    }
    let texts = message.iter().flat_map(|message| &message.variants).flat_map(|variant| variant.texts.iter());
    let folded = said.text.to_lowercase();
    let mut silent: Vec<&str> =
        texts.filter(|(_, text)| !text.to_lowercase().contains(&folded)).map(|(code, _)| code.as_str()).collect();
    silent.sort_unstable();
    silent.dedup();
    if !silent.is_empty() {
        let codes = silent.join(", ");
        m.warn(
            "code_unsaid",
            &said.span,
            text!("not every text says `{word}`: {codes}", "ikke alle tekster sier `{word}`: {codes}"),
            text!(
                "write the word into each text, so that people can say it when they come",
                "skriv ordet i hver tekst, så folk kan si det når de kommer"
            ),
        );
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::tests::folder::{Folder, VALID};
    use crate::domain::lang::Lang;

    fn with(outcomes: &str) -> String {
        format!("{VALID}\n{outcomes}")
    }

    /// What a check says of a file that ends so: code and line, counted from the first `[[outcome]]`.
    fn said(outcomes: &str) -> Vec<(&'static str, usize)> {
        let checked = Folder::new().check(&with(outcomes));
        let before = with("").lines().count();
        let place = |mistake| checked.position(mistake).0.saturating_sub(before);
        checked.mistakes.iter().map(|mistake| (mistake.code, place(mistake))).filter(|(_, line)| *line > 0).collect()
    }

    const GOOD: &str = "[[outcome]]\nname = \"first_dose\"\ntitle.nb = \"Første dose\"\ngoal = 200\n";

    #[test]
    fn outcomes_are_read_and_their_mistakes_told_with_their_line() {
        assert_eq!(said(GOOD), []);
        let definition = Folder::new().check(&with(GOOD)).definition.unwrap();
        let [wanted] = &definition.outcomes[..] else { panic!("one outcome") };
        assert_eq!(
            (wanted.name.as_str(), wanted.goal, wanted.title(Lang::En)),
            ("first_dose", Some(200), "Første dose")
        );
        for (outcomes, expected) in [
            ("[[outcome]]\ntitle.nb = \"x\"\n", vec![("missing_key", 1)]),
            ("[[outcome]]\nname = \"a\"\n", vec![("missing_key", 1)]),
            ("[[outcome]]\nname = \"First dose\"\ntitle.nb = \"x\"\n", vec![("bad_outcome", 2)]),
            ("[[outcome]]\nname = \"a\"\ntitle = \"x\"\n", vec![("wrong_type", 3)]),
            ("[[outcome]]\nname = \"a\"\ntitle.nb = \"x\"\ngoal = 0\n", vec![("bad_goal", 4)]),
            ("[[outcome]]\nname = \"a\"\ntitle.nb = \"x\"\ncode = \"to ord\"\n", vec![("bad_code", 4)]),
            ("[[outcome]]\nname = \"a\"\ntitle.nb = \"x\"\ncode = \"usagt\"\n", vec![("code_unsaid", 4)]),
            ("[[outcome]]\nname = \"a\"\ntitle.nb = \"x\"\ngoel = 3\n", vec![("unknown_key", 4)]),
        ] {
            assert_eq!(said(outcomes), expected, "{outcomes}");
        }
        let twice = format!("{GOOD}{GOOD}");
        assert_eq!(said(&twice), [("duplicate_outcome", 6)]);
    }
}
