//! What the linter is told of the installation: names, the page about us, and the organisation's own words.

use std::path::Path;

use super::file::{Checked, Definition};
use super::lint::{House, Values, Words, WordsError};
use super::values;
use crate::domain::gather::Gather;
use crate::settings::Settings;

/// The house as the linter sees it, and what is wrong with its own words, which are left out then.
pub fn of(settings: &Settings) -> (House, Option<String>) {
    let organisation = &settings.organisation;
    let words = settings.campaigns.words.as_ref().map(|path| settings.path(path));
    let (words, wrong) = match words.map_or(Ok(Words::ours()), |path| own(&path)) {
        Ok(words) => (words, None),
        Err(why) => (Words::ours(), Some(why)),
    };
    let names = settings.gateways.iter().filter_map(|(account, set)| Some((account.clone(), set.name()?.to_owned())));
    let named = [("organisation", &organisation.name), ("services", &organisation.services)];
    let values = named.into_iter().filter(|(_, value)| !value.is_empty());
    let house = House {
        words,
        organisation: Some(organisation.name.clone()),
        about_url: Some(organisation.about_url.clone()),
        senders: names.gather(),
        values: values.map(|(name, value)| (name.to_owned(), Values::always(value))).gather(),
    };
    (house, wrong)
}

/// What the linter is told of one campaign in this folder: the house, and what its sender and columns bring.
pub fn known(house: &House, folder: &Path, checked: &Checked) -> House {
    let mut known = house.clone();
    known.values.extend(values::of(folder, checked));
    let senders = checked.definition.iter().flat_map(Definition::senders);
    known.values.extend(values::span(senders).map(|span| ("sender".to_owned(), span)));
    known
}

/// The words that come with Lykt, with those of a file, or of a file for each language in a folder, on top.
fn own(path: &Path) -> Result<Words, String> {
    let told = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| told(path, &error));
    let wrong = |path: &Path, error: WordsError| told(path, &error);
    if !path.is_dir() {
        return Words::ours().with(&read(path)?).map_err(|error| wrong(path, error));
    }
    let entries = path.read_dir().map_err(|error| told(path, &error))?;
    let files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    files.into_iter().try_fold(Words::ours(), |words, file| {
        let code = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        words.with_language(&code, &read(&file)?).map_err(|error| wrong(&file, error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::lint::lint;

    fn codes(words: Words) -> Vec<&'static str> {
        let house = House { words, ..House::default() };
        let found = lint("Vi har gratis yoga i Lyktehuset. Svar STOPP for å slippe flere.", Some("nb"), &house);
        found.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn own_words_stand_in_a_file_or_in_a_file_for_each_language() {
        let folder = tempfile::tempdir().unwrap();
        let (file, inside) = (folder.path().join("words.toml"), folder.path().join("words"));
        std::fs::write(&file, "[nb]\nreveals = \"lyktehuset\"\n").unwrap();
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(inside.join("nb.toml"), "reveals = \"lyktehuset\"\n").unwrap();
        assert_eq!(codes(Words::ours()), [""; 0]);
        assert_eq!(codes(own(&file).unwrap()), ["reveals"]);
        assert_eq!(codes(own(&inside).unwrap()), ["reveals"]);
    }

    #[test]
    fn what_is_wrong_with_own_words_is_said_with_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words.toml");
        assert!(own(&file).unwrap_err().contains("words.toml"));
        std::fs::write(&file, "[nb]\noffers = \"x\"\n").unwrap();
        assert!(own(&file).unwrap_err().contains("offers"));
    }
}
