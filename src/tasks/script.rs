//! What to say on a call, or to write by hand, in the contact's language as far as the campaign has it.

use std::collections::BTreeMap;

use super::Tasks;
use super::definition::follow_up;
use crate::campaign::file::{Definition, Image};
use crate::campaign::template::Template;
use crate::settings::Settings;
use crate::store::message::{self, Message};
use crate::store::task::Task;
use crate::store::{DbError, Tx, waiting};

/// Who speaks: what a script may name besides the campaign's sender.
#[derive(Clone, Debug)]
pub struct Voice {
    /// `{{ organisation }}`.
    pub organisation: String,
    /// `{{ services }}`.
    pub services: String,
    /// Languages in order of preference, for a contact of another one.
    pub languages: Vec<String>,
}

impl Voice {
    /// As the settings have it.
    pub fn of(settings: &Settings) -> Self {
        let organisation = &settings.organisation;
        Self {
            organisation: organisation.name.clone(),
            services: organisation.services.clone(),
            languages: organisation.languages.clone(),
        }
    }
}

impl Voice {
    fn render(&self, script: &str, definition: &Definition) -> String {
        let named =
            [("sender", &definition.sender), ("organisation", &self.organisation), ("services", &self.services)];
        render(script, &named.map(|(name, value)| (name.to_owned(), value.clone())).into())
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
            let sealed = waiting::letter(tx, message.id).await?;
            let letter = message::open(&self.ledger.vault, message.id, &sealed)?;
            return Ok((!letter.is_gone()).then_some(letter.text));
        }
        if definition.is_calls() {
            return self.own_script(tx, voice, task, message, &definition).await;
        }
        let Some(follow_up) = follow_up(&definition, task) else { return Ok(None) };
        let wanted = task.language.iter().chain(&voice.languages);
        let Some(script) = choose(&follow_up.scripts, wanted) else { return Ok(None) };
        Ok(Some(voice.render(script, &definition)))
    }

    /// The picture that goes with a message by hand, if it has one.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn picture(&self, tx: &mut Tx, task: &Task) -> Result<Option<Image>, DbError> {
        let campaign = self.definitions.of_task(tx, task).await?.map(|(_, definition)| definition);
        Ok(campaign.filter(|definition| definition.is_by_hand()).and_then(|definition| definition.image.clone()))
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
        if let Some(script) = other.and_then(|language| scripts?.get(language)) {
            return Ok(Some(voice.render(script, definition)));
        }
        let sealed = waiting::letter(tx, message.id).await?;
        let letter = message::open(&self.ledger.vault, message.id, &sealed)?;
        Ok((!letter.is_gone()).then_some(letter.text))
    }
}

fn choose<'a>(scripts: &'a BTreeMap<String, String>, wanted: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    wanted.filter_map(|language| scripts.get(language)).chain(scripts.values()).next().map(String::as_str)
}

/// A script that cannot be filled in is shown as it was written: better than none on a call.
fn render(script: &str, named: &BTreeMap<String, String>) -> String {
    Template::new(script).and_then(|template| template.render(named)).unwrap_or_else(|_| script.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_chosen_by_language_and_then_by_preference() {
        let scripts = BTreeMap::from([("en".to_owned(), "e".to_owned()), ("nb".to_owned(), "n".to_owned())]);
        let wanted = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            choose(&scripts, words.iter()).map(str::to_owned)
        };
        assert_eq!(wanted(&["en", "nb"]).unwrap(), "e");
        assert_eq!(wanted(&["th", "nb", "en"]).unwrap(), "n");
        assert_eq!(wanted(&["th"]).unwrap(), "e");
    }

    #[test]
    fn a_script_names_who_calls_and_one_that_cannot_be_filled_in_is_shown_as_it_is() {
        let named = [("sender", "Amanda & co"), ("organisation", "Lykten")];
        let named = named.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(render("{{ sender }}, {{ organisation }}", &named), "Amanda & co, Lykten");
        assert_eq!(render("{{ region }}", &named), "{{ region }}");
        let endless = "{% for i in range(1000) %}{% for j in range(1000) %}x{% endfor %}{% endfor %}";
        assert_eq!(render(endless, &named), endless);
    }
}
