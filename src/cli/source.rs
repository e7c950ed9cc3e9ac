//! The folder of campaign files for commands: whether a campaign is ready to be planned, else what is wrong.

use std::ops::Deref;
use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;

use super::app::App;
use super::table::complain;
use super::{Ctx, Exit};
use crate::campaign::file::{Checked, Definition};
use crate::campaign::folder;
pub(super) use crate::campaign::folder::facts;
use crate::campaign::list::Facts;
use crate::domain::inert::inert;
use crate::say;

/// A campaign whose file has no mistakes.
pub(super) struct Ready {
    pub definition: Definition,
    pub file_hash: String,
    pub list_hash: String,
    pub list: PathBuf,
    pub list_facts: Option<Facts>,
}

impl Ready {
    /// Says on stderr how the list was understood, because a wrong guess is seen by a person or not at all.
    pub fn say_list(&self, ctx: &Ctx) {
        if let Some(facts) = &self.list_facts {
            let (list, said) = (inert(&self.definition.list), facts.said());
            eprintln!("{list}: {}", said.pick(ctx.lang));
        }
    }
}

/// The folder of campaign files, as commands ask for it.
pub(super) struct Folder(folder::Folder);

impl Deref for Folder {
    type Target = folder::Folder;

    fn deref(&self) -> &folder::Folder {
        &self.0
    }
}

impl Folder {
    /// The folder that the settings name.
    pub fn of(app: &App) -> Self {
        Self(folder::Folder::named(&app.settings))
    }

    /// The campaign, when its file has no mistakes; else they are shown, all at once.
    pub fn ready(&self, ctx: &Ctx, name: &str, today: Date) -> anyhow::Result<Result<Ready, Exit>> {
        let file = self.file(name);
        if !file.is_file() {
            let known = self.names().with_context(|| format!("cannot read the folder {}", self.path().display()))?;
            let known = known.join(", ");
            complain(&say!(
                ctx.lang,
                "there is no campaign {name}: the folder has {known}",
                "det finnes ingen kampanje {name}: mappen har {known}"
            ));
            return Ok(Err(Exit::Usage));
        }
        let checked = self.check(name, Some(today));
        let Some(definition) = checked.definition else {
            eprintln!("{}", super::check::told(ctx, &file, &checked));
            return Ok(Err(Exit::Usage));
        };
        let list = definition.list_in(self.path());
        let Checked { file_hash, list_hash, list_facts, .. } = checked;
        Ok(Ok(Ready { definition, file_hash, list_hash, list, list_facts }))
    }
}
