//! What to say on a call, or to write by hand, in the contact's language as far as the campaign has it.

use std::collections::BTreeMap;

use super::Tasks;
use super::definition::follow_up;
use crate::campaign::directory::{self, Directory, How};
use crate::campaign::file::{Definition, Image};
use crate::campaign::template::Template;
use crate::domain::id::MessageId;
use crate::domain::place::Place;
use crate::settings::Settings;
use crate::store::message::{self, Letter, Message};
use crate::store::task::Task;
use crate::store::{DbError, Tx, waiting};

/// Stands in a script for what is not known.
const GAP: &str = "…";

/// Who speaks: what a script may name besides the campaign's sender.
#[derive(Clone, Debug)]
pub struct Voice {
    /// `{{ organisation }}`.
    pub organisation: String,
    /// `{{ services }}`.
    pub services: String,
    /// Languages in order of preference, for a contact of another one.
    pub languages: Vec<String>,
    /// `{{ services.KIND }}`: what is offered where.
    pub directory: Option<Directory>,
}

impl Voice {
    /// As the settings have it.
    pub fn of(settings: &Settings) -> Self {
        let organisation = &settings.organisation;
        Self {
            organisation: organisation.name.clone(),
            services: organisation.services.clone(),
            languages: organisation.languages.clone(),
            directory: Some(Directory::of(settings)),
        }
    }
}

impl Voice {
    fn render(&self, (language, script): (&str, &str), sender: &str, letter: Letter) -> String {
        let named = [("sender", sender), ("organisation", &self.organisation), ("services", &self.services)];
        let mut named: BTreeMap<String, String> = named.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        named.extend(self.services_near(letter.region.as_deref(), language));
        named.extend(letter.cells);
        render(script, named)
    }

    /// The nearest service of each kind, in a language.
    fn services_near(&self, region: Option<&str>, language: &str) -> BTreeMap<String, String> {
        let (Some(directory), Some(place)) = (&self.directory, region.and_then(Place::one)) else {
            return BTreeMap::new();
        };
        let mut near = directory.near(place);
        // Of each kind the nearest, which comes last and stays.
        near.retain(|(how, _)| *how != How::Around);
        near.reverse();
        directory::variables(near.iter().map(|(_, one)| (&one.kind, one)), language)
    }
}

impl Tasks {
    /// The script of a task; `None` when the campaign has none, or it is forgotten.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn script(&self, tx: &mut Tx, voice: &Voice, task: &Task) -> Result<Option<String>, DbError> {
        let Some((message, definition)) = self.definitions.of_task(tx, task).await? else { return Ok(None) };
        if definition.is_by_hand() {
            let letter = self.letter(tx, message.id).await?;
            return Ok((!letter.is_gone()).then_some(letter.text));
        }
        if definition.is_calls() {
            return self.own_script(tx, voice, task, message, &definition).await;
        }
        let Some(follow_up) = follow_up(&definition, task) else { return Ok(None) };
        let wanted = task.language.iter().chain(&voice.languages);
        let Some(script) = choose(&follow_up.scripts, wanted) else { return Ok(None) };
        let letter = self.letter(tx, message.id).await?;
        // Whoever said hello in the message is who calls.
        let sender = definition.sender_of(&message.variant);
        Ok(Some(voice.render(script, sender, letter)))
    }

    /// What the plan wrote for a person; empty when its time was over.
    async fn letter(&self, tx: &mut Tx, message: MessageId) -> Result<Letter, DbError> {
        let sealed = waiting::letter(tx, message).await?;
        message::open(&self.ledger.vault, message, &sealed)
    }

    /// The picture that goes with a message by hand, if it has one.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn picture(&self, tx: &mut Tx, task: &Task) -> Result<Option<Image>, DbError> {
        let Some((message, definition)) = self.definitions.of_task(tx, task).await? else { return Ok(None) };
        let image = definition.image_of(&message.variant).filter(|_| definition.is_by_hand());
        Ok(image.cloned())
    }

    /// The script of a campaign of calls: as the plan wrote it for this person, unless they speak another language.
    async fn own_script(
        &self,
        tx: &mut Tx,
        voice: &Voice,
        task: &Task,
        message: Message,
        definition: &Definition,
    ) -> Result<Option<String>, DbError> {
        let scripts = definition.variants.first().map(|variant| &variant.texts);
        let other = task.language.as_ref().filter(|language| **language != message.language);
        if let Some((language, script)) = other.and_then(|language| scripts?.get_key_value(language)) {
            let letter = self.letter(tx, message.id).await?;
            let sender = definition.sender_of(&message.variant);
            return Ok(Some(voice.render((language, script), sender, letter)));
        }
        let letter = self.letter(tx, message.id).await?;
        Ok((!letter.is_gone()).then_some(letter.text))
    }
}

/// The script, with its language.
fn choose<'a>(
    scripts: &'a BTreeMap<String, String>,
    wanted: impl Iterator<Item = &'a String>,
) -> Option<(&'a str, &'a str)> {
    let found = wanted.filter_map(|language| scripts.get_key_value(language)).chain(scripts).next();
    found.map(|(language, script)| (language.as_str(), script.as_str()))
}

/// A script that cannot be filled in is shown as it was written: better than none on a call. So is one with a gap where
/// nothing is known any more.
fn render(script: &str, mut named: BTreeMap<String, String>) -> String {
    let Ok(template) = Template::new(script) else { return script.to_owned() };
    let filled = template.render(&named).or_else(|_| {
        named.retain(|_, value| !value.trim().is_empty());
        for name in template.variables() {
            named.entry(name.clone()).or_insert_with(|| GAP.to_owned());
        }
        template.render(&named)
    });
    filled.unwrap_or_else(|_| script.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_chosen_by_language_and_then_by_preference() {
        let scripts = BTreeMap::from([("en".to_owned(), "e".to_owned()), ("nb".to_owned(), "n".to_owned())]);
        let wanted = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            choose(&scripts, words.iter()).map(|(_, script)| script.to_owned())
        };
        assert_eq!(wanted(&["en", "nb"]).unwrap(), "e");
        assert_eq!(wanted(&["th", "nb", "en"]).unwrap(), "n");
        assert_eq!(wanted(&["th"]).unwrap(), "e");
    }

    #[test]
    fn a_script_names_the_nearest_service_of_a_kind() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("services")).unwrap();
        let one = |name: &str, place: &str| {
            format!(
                "[[service]]\nname = \"{name}\"\ntitle = \"{name}\"\nkind = \"doctor\"\nwhere = [\"{place}\"]\nchecked = 2026-10-01\n"
            )
        };
        let all = [one("country", "Norge"), one("oslo", "Oslo"), one("county", "Rogaland"), one("voss", "Voss")];
        std::fs::write(folder.path().join("services/a.toml"), all.concat()).unwrap();
        let directory = Some(Directory::in_folder(folder.path().to_owned()));
        let voice = Voice { organisation: String::new(), services: String::new(), languages: Vec::new(), directory };
        let near = |place| voice.services_near(Some(place), "nb").remove("services.doctor");
        assert_eq!(near("Oslo").as_deref(), Some("oslo"));
        assert_eq!(near("Stavanger").as_deref(), Some("county"));
        assert_eq!(near("Bergen").as_deref(), Some("country"), "Voss is not near enough to promise");
        assert_eq!(voice.services_near(None, "nb"), BTreeMap::new());
    }

    #[test]
    fn a_script_names_who_calls_and_one_that_cannot_be_filled_in_is_shown_as_it_is() {
        let named = [("sender", "Amanda & co"), ("organisation", "Lykten")];
        let named: BTreeMap<_, _> = named.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let render = |script: &str| super::render(script, BTreeMap::clone(&named));
        assert_eq!(render("{{ sender }}, {{ organisation }}"), "Amanda & co, Lykten");
        assert_eq!(render("{{ sender }} om {{ region }}"), "Amanda & co om …");
        let endless = "{% for i in range(1000) %}{% for j in range(1000) %}x{% endfor %}{% endfor %}";
        assert_eq!(render(endless), endless);
    }
}
