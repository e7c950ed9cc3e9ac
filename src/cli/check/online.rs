//! `lykt check --online`: the templates that a campaign names, compared with those that the account really has. Reads;
//! sends nothing.

use crate::campaign::file::{self, Checked, Mistake, Severity};
use crate::clock::Clock;
use crate::domain::channel::Channel;
use crate::domain::lang::{Lang, Text};
use crate::gateway::template::Wanted;
use crate::gateway::{Accounts, AccountsError};
use crate::settings::Settings;
use crate::{say, text};

/// What asks the accounts of an installation.
pub(super) struct Online {
    accounts: Accounts,
}

impl Online {
    /// Opens the accounts.
    ///
    /// # Errors
    /// When a secret cannot be read, or an account cannot work as it stands.
    pub(super) fn open(settings: &Settings) -> Result<Self, AccountsError> {
        let clock = Clock::real(settings.organisation.timezone.clone());
        Ok(Self { accounts: Accounts::open(settings, &clock)? })
    }

    /// Adds how a campaign's templates differ from the account's; a sentence when the account's cannot be read.
    pub(super) async fn compare(&self, checked: &mut Checked, lang: Lang) -> Option<String> {
        let campaign = checked.definition.as_ref()?;
        let mut wanted = Vec::new();
        let mut places = Vec::new();
        let spans = file::templates(&checked.source);
        let templates: Vec<_> = campaign
            .variants
            .iter()
            .zip(spans)
            .filter_map(|(variant, span)| Some((variant, variant.template.as_ref()?, span?)))
            .map(|(variant, template, span)| {
                let variables: Vec<(Option<String>, String)> =
                    template.variables.iter().map(|place| (place.name.clone(), place.text.clone())).collect();
                (variant, template, variables, span)
            })
            .collect();
        for (variant, template, variables, span) in &templates {
            for (code, language) in &template.languages {
                let Some(text) = variant.texts.get(code) else { continue };
                let image = campaign.image_of(&variant.name).is_some();
                wanted.push(Wanted {
                    name: &template.name,
                    language,
                    image,
                    variables,
                    buttons: &template.buttons,
                    text,
                });
                places.push((format!("{}, {language}", template.name), span.clone()));
            }
        }
        if wanted.is_empty() {
            return None;
        }
        let account = campaign.account_of(Channel::WhatsApp)?;
        let Some(found) = self.accounts.misfits(account, &wanted).await else {
            return Some(say!(
                lang,
                "the templates of {account} cannot be read; try: lykt gateway test {account}",
                "malene til {account} kan ikke leses; prøv: lykt gateway test {account}"
            ));
        };
        for (misfits, (name, span)) in found.into_iter().zip(places) {
            checked.mistakes.extend(misfits.into_iter().map(|misfit| mistake(misfit, &name, span.clone())));
        }
        checked.mistakes.sort_by_key(|mistake| mistake.span.start);
        None
    }
}

fn mistake(misfit: Text, name: &str, span: std::ops::Range<usize>) -> Mistake {
    let Text { en, nb } = misfit;
    let part = |sentence: &str| {
        let (wrong, help) = sentence.split_once("; ").unwrap_or((sentence, ""));
        (wrong.to_owned(), help.to_owned())
    };
    let ((wrong_en, help_en), (wrong_nb, help_nb)) = (part(&en), part(&nb));
    Mistake {
        severity: Severity::Error,
        code: "template_differs",
        span,
        text: text!("template {name}: {wrong_en}", "mal {name}: {wrong_nb}"),
        help: Text { en: help_en, nb: help_nb },
    }
}
