//! The folder of campaign files for commands: whether a campaign is ready to be planned, else what is wrong.

use std::ops::Deref;
use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;

use super::app::App;
use super::table::complain;
use super::{Ctx, Exit};
use crate::campaign::file::practice::Misplaced;
use crate::campaign::folder;
use crate::campaign::ready::NotReady;
pub(super) use crate::campaign::ready::Ready;
use crate::domain::inert::inert;
use crate::gateway::Accounts;
use crate::say;
use crate::settings::Settings;

/// Says on stderr how the list was understood, because a wrong guess is seen by a person or not at all.
pub(super) fn say_list(ctx: &Ctx, ready: &Ready) {
    if let Some(facts) = &ready.list_facts {
        let (list, said) = (inert(&ready.definition.list), facts.said());
        eprintln!("{list}: {}", said.pick(ctx.lang));
    }
}

/// Says on stderr where files beside the campaigns have mistakes.
pub(super) fn say_mistakes(ctx: &Ctx, mistakes: &[Misplaced]) {
    for mistake in mistakes {
        complain(&say!(
            ctx.lang,
            "a mistake in {mistake}: `lykt check` shows what to write instead",
            "en feil i {mistake}: `lykt check` viser hva du skal skrive i stedet"
        ));
    }
}

/// The folder of campaign files, as commands ask for it.
pub(super) struct Folder<'a> {
    folder: folder::Folder,
    settings: &'a Settings,
}

impl Deref for Folder<'_> {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.folder
    }
}

impl<'a> Folder<'a> {
    /// The folder that the settings name.
    pub fn of(app: &'a App) -> Self {
        Self { folder: folder::Folder::named(&app.settings), settings: &app.settings }
    }

    /// The campaign, when its file has no mistakes; else they are shown, all at once. What an account has wrong is none of
    /// the campaign's.
    pub fn ready(&self, ctx: &Ctx, name: &str, today: Date) -> anyhow::Result<Result<Ready, Exit>> {
        Accounts::fit(self.settings)?;
        match self.folder.ready(name, today) {
            Ok(ready) => Ok(Ok(ready)),
            Err(NotReady::Mistakes(checked)) => {
                eprintln!("{}", super::check::told(ctx, &self.file(name), &checked));
                Ok(Err(Exit::Usage))
            }
            Err(NotReady::Missing) => {
                let known =
                    self.names().with_context(|| format!("cannot read the folder {}", self.path().display()))?;
                // Who writes the file's path means its campaign.
                let meant = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                complain(&match (known.iter().find(|known| *known == meant), known.join(", ")) {
                    (Some(meant), _) => say!(
                        ctx.lang,
                        "there is no campaign {name}: write its name alone, {meant}",
                        "det finnes ingen kampanje {name}: skriv bare navnet, {meant}"
                    ),
                    (None, known) if known.is_empty() => say!(
                        ctx.lang,
                        "there is no campaign {name}, nor any other: {} has no campaign file yet",
                        "det finnes ingen kampanje {name}, og ingen andre: {} har ingen kampanjefil ennå",
                        self.path().display()
                    ),
                    (None, known) => say!(
                        ctx.lang,
                        "there is no campaign {name}: the folder has {known}",
                        "det finnes ingen kampanje {name}: mappen har {known}"
                    ),
                });
                Ok(Err(Exit::Usage))
            }
        }
    }
}
