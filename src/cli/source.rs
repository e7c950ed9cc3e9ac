//! The folder of campaign files for commands: whether a campaign is ready to be planned, else what is wrong.

use std::ops::Deref;
use std::path::PathBuf;

use anyhow::Context;
use jiff::civil::Date;

use super::app::App;
use super::table::complain;
use super::{Ctx, Exit};
use crate::campaign::file::Definition;
use crate::campaign::folder;
pub(super) use crate::campaign::folder::facts;
use crate::say;

/// A campaign whose file has no mistakes.
pub(super) struct Ready {
    pub definition: Definition,
    pub file_hash: String,
    pub list_hash: String,
    pub list: PathBuf,
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
        Ok(Ok(Ready { definition, file_hash: checked.file_hash, list_hash: checked.list_hash, list }))
    }
}
