//! Whether the file of a campaign has no mistakes, so that it can be planned and approved.

use std::path::PathBuf;

use jiff::civil::Date;

use super::file::{Checked, Definition};
use super::folder::Folder;
use super::list::Facts;

/// A campaign whose file has no mistakes.
#[derive(Debug)]
pub struct Ready {
    /// The campaign.
    pub definition: Definition,
    /// Its file's hash.
    pub file_hash: String,
    /// Its list's hash.
    pub list_hash: String,
    /// Its list.
    pub list: PathBuf,
    /// What is known of the list.
    pub list_facts: Option<Facts>,
}

/// Why there is no campaign to plan.
#[derive(Debug)]
pub enum NotReady {
    /// There is no such file.
    Missing,
    /// The file has mistakes.
    Mistakes(Box<Checked>),
}

impl Folder {
    /// The campaign of this name, when its file has no mistakes. Reads the whole list.
    ///
    /// # Errors
    /// When there is no such file, or it has mistakes.
    pub fn ready(&self, name: &str, today: Date) -> Result<Ready, NotReady> {
        if !self.file(name).is_file() {
            return Err(NotReady::Missing);
        }
        let mut checked = self.check(name, Some(today));
        let Some(definition) = checked.definition.take() else {
            return Err(NotReady::Mistakes(Box::new(checked)));
        };
        let list = definition.list_in(self.path());
        let Checked { file_hash, list_hash, list_facts, .. } = checked;
        Ok(Ready { definition, file_hash, list_hash, list, list_facts })
    }
}
