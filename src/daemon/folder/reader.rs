//! Reads campaign files that somebody has finished writing, checks them, and says in the log what it found: mistakes by
//! file and line, and which keys differ from the plan. Never the campaign's own words. Changes nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use tracing::{error, info, warn};

use super::Again;
use super::beside::{Beside, News};
use super::still::{Patience, Rest, Watched};
use crate::campaign::difference;
use crate::campaign::file::{Checked, Definition, Severity};
use crate::campaign::folder::Folder;
use crate::campaign::stamp::Stamp;
use crate::domain::campaign::CampaignState;
use crate::ledger::Ledger;
use crate::store::{Db, DbError, campaign};

/// A half-written file waits this long for the rest; one that is always being written is read as it is.
const PATIENCE: Patience = Patience { quiet_ms: 2_000, most_ms: 30_000 };
/// A step checks no more files after this long, in steady milliseconds: what was found is told first.
const AT_A_TIME_MS: i64 = 500;
/// Mistakes of one file that are logged.
const MOST_MISTAKES: usize = 5;
/// And of all files beside the campaigns, at a time.
const MOST_BESIDE: usize = 20;

/// Checks files that are new or have changed.
pub struct Reader {
    db: Db,
    ledger: Ledger,
    folder: Arc<Folder>,
    files: BTreeMap<String, File>,
    beside: Beside,
    blind: bool,
}

/// A campaign file, with the list and the picture that it named when it was last read, and the files of services when it
/// names some.
struct File {
    watched: Watched<Vec<Option<Stamp>>>,
    beside: Vec<PathBuf>,
    served: bool,
    told: Option<Told>,
}

/// What was said of a file: the same is not said twice.
#[derive(PartialEq, Eq)]
struct Told {
    hashes: [String; 3],
    mistakes: Vec<String>,
}

impl Told {
    fn lacks_only_its_list(&self) -> bool {
        !self.mistakes.is_empty() && self.mistakes.iter().all(|place| place.ends_with(" list_missing"))
    }
}

impl Reader {
    /// A reader of this folder.
    pub fn new(db: Db, ledger: Ledger, folder: Arc<Folder>) -> Self {
        let beside = Beside::new(folder.path());
        Self { db, ledger, folder, files: BTreeMap::new(), beside, blind: false }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Looks at every file, and checks those that have come to rest since they were last checked.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&mut self) -> Result<Again, DbError> {
        let (files, folder) = (std::mem::take(&mut self.files), self.folder.clone());
        let (clock, mut beside) = (self.ledger.clock.clone(), self.beside.clone());
        let looked = tokio::task::spawn_blocking(move || {
            let (at, today) = (clock.steady_ms(), clock.today());
            let (mut files, gone, error) = look(files, &folder, at);
            let mut checked = Vec::new();
            let mut again = Again::Later;
            for (name, (file, stamps)) in &mut files {
                match file.watched.look(std::mem::take(stamps), at, PATIENCE) {
                    Rest::Judged => {}
                    Rest::Moving => again = again.min(Again::Soon),
                    _ if clock.steady_ms() - at > AT_A_TIME_MS => again = Again::Now,
                    rest => checked.push((file.check(name, &folder, today), name.clone(), rest)),
                }
            }
            let files: BTreeMap<_, _> = files.into_iter().map(|(name, (file, _))| (name, file)).collect();
            // Of a folder that does not answer nothing is known.
            let (soon, news) = match error {
                None => beside.look(at, PATIENCE),
                Some(_) => (Again::Later, News::default()),
            };
            (files, checked, again.min(soon), gone, error, beside, news)
        });
        // A look that broke off is begun anew by the next step.
        let Ok((files, checked, again, gone, error, beside, news)) = looked.await else { return Ok(Again::Later) };
        (self.files, self.beside) = (files, beside);
        match error {
            Some(error) if !self.blind => {
                error!(%error, "the folder of campaigns cannot be read");
                self.blind = true;
            }
            Some(_) => {}
            None => self.blind = false,
        }
        for name in gone {
            info!(file = format!("{name}.toml"), "a campaign file is gone");
        }
        for (checked, name, rest) in checked {
            self.tell(&name, checked, rest).await?;
        }
        tell_beside(&news);
        Ok(again)
    }

    async fn tell(&mut self, name: &str, checked: Checked, rest: Rest) -> Result<(), DbError> {
        let services = checked.definition.as_ref().and_then(|definition| definition.services_digest.clone());
        let hashes = [checked.file_hash.clone(), checked.list_hash.clone(), services.unwrap_or_default()];
        let told = Told { hashes, mistakes: places(name, &checked) };
        if self.files.get(name).is_none_or(|file| file.told.as_ref() == Some(&told)) {
            return Ok(());
        }
        let done_with = told.lacks_only_its_list() && self.is_approved(name, &checked.file_hash).await?;
        let Some(file) = self.files.get_mut(name) else { return Ok(()) };
        if done_with {
            info!(
                campaign.name = name,
                "the list is gone, and not needed any more: its people are in the approved plan"
            );
            file.told = Some(told);
            return Ok(());
        }
        if rest == Rest::Restless {
            warn!(file = format!("{name}.toml"), "the file keeps changing: this is how it stands, perhaps unfinished");
        }
        for place in told.mistakes.iter().take(MOST_MISTAKES) {
            // A file's name may have spaces, a code has none.
            let (at, code) = place.rsplit_once(' ').unwrap_or((place, ""));
            warn!(file = at, code, "a mistake in a campaign file");
        }
        let mistakes = told.mistakes.len();
        file.told = Some(told);
        match checked.definition {
            Some(definition) => self.tell_campaign(name, &definition).await?,
            None => warn!(mistakes, "campaigns/{name}.toml cannot be used: `lykt check` shows what to write instead"),
        }
        Ok(())
    }

    /// Whether a file is as somebody has said yes to it.
    async fn is_approved(&self, name: &str, file_hash: &str) -> Result<bool, DbError> {
        let mut tx = self.db.read().await?;
        let campaign = campaign::get(&mut tx, name).await?.filter(|c| c.state != CampaignState::Planned);
        let Some(plan) = campaign.and_then(|campaign| campaign.plan_id) else { return Ok(false) };
        let plan = campaign::plan(&mut tx, &self.ledger.vault, plan).await?;
        Ok(plan.is_some_and(|plan| plan.file_hash == file_hash))
    }

    /// Says where the campaign of a file without mistakes stands, and what in it is not as planned.
    async fn tell_campaign(&self, name: &str, definition: &Definition) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        let campaign = campaign::get(&mut tx, name).await?;
        let state = campaign.as_ref().map_or("loaded", |campaign| campaign.state.as_str());
        let plan = match campaign.and_then(|campaign| campaign.plan_id) {
            Some(plan) => campaign::plan(&mut tx, &self.ledger.vault, plan).await?,
            None => None,
        };
        let planned = plan.and_then(|plan| serde_json::from_str::<Definition>(&plan.definition).ok());
        let differs: Vec<String> = match planned {
            Some(planned) => difference::between(&planned, definition).into_iter().map(|d| d.key).collect(),
            None => Vec::new(),
        };
        match differs.is_empty() {
            true => info!(campaign.name = name, campaign.state = state, "campaign file read"),
            false => {
                let differs = differs.join(", ");
                info!(
                    campaign.name = name,
                    campaign.state = state,
                    differs,
                    "campaign file read; it is not as planned: `lykt plan` shows the difference"
                );
            }
        }
        Ok(())
    }
}

fn tell_beside(news: &News) {
    for mistake in news.mistakes.iter().take(MOST_BESIDE) {
        let (place, code) = (mistake.place(), mistake.code);
        warn!(file = place, code, "a mistake in a file beside the campaigns: `lykt check` shows what to write instead");
    }
    if news.mended {
        info!("the files beside the campaigns have no mistakes any more");
    }
}

impl File {
    fn check(&mut self, name: &str, folder: &Folder, today: Date) -> Checked {
        let checked = folder.check(name, Some(today));
        self.beside = checked.beside.iter().map(|path| folder.path().join(path)).collect();
        // Followed from here on; what they were is what was just read.
        self.watched.now.truncate(1);
        self.watched.now.extend(self.beside.iter().map(|path| Stamp::of(path).ok().flatten()));
        self.served = checked.definition.as_ref().is_some_and(|definition| definition.services_digest.is_some());
        if self.served {
            self.watched.now.extend(folder.service_stamps());
        }
        self.watched.judge();
        checked
    }
}

/// Every file that is there, with its stamps; the names of those that are gone; and why the folder cannot be read.
type Looked = (BTreeMap<String, (File, Vec<Option<Stamp>>)>, Vec<String>, Option<std::io::Error>);

fn look(mut known: BTreeMap<String, File>, folder: &Folder, at: i64) -> Looked {
    let names = match folder.names() {
        Ok(names) => names,
        // Known files stay as they were: a disk that does not answer has changed none of them.
        Err(error) => {
            let as_it_was = |(name, file): (String, File)| {
                let stamps = file.watched.now.clone();
                (name, (file, stamps))
            };
            return (known.into_iter().map(as_it_was).collect(), Vec::new(), Some(error));
        }
    };
    let mut files = BTreeMap::new();
    let services: Vec<_> = folder.service_stamps().collect();
    for name in names {
        let file = known.remove(&name);
        let beside = file.as_ref().map(|file| file.beside.as_slice()).unwrap_or_default();
        let paths = std::iter::once(folder.file(&name)).chain(beside.iter().cloned());
        let mut stamps: Vec<Option<Stamp>> = paths.map(|path| Stamp::of(&path).ok().flatten()).collect();
        if file.as_ref().is_some_and(|file| file.served) {
            stamps.extend(&services);
        }
        let new = || File { watched: Watched::new(stamps.clone(), at), beside: Vec::new(), served: false, told: None };
        files.insert(name, (file.unwrap_or_else(new), stamps));
    }
    (files, known.into_keys().collect(), None)
}

/// Where the mistakes of a file stand, and their codes; warnings are for `lykt check`.
fn places(name: &str, checked: &Checked) -> Vec<String> {
    let errors = checked.mistakes.iter().filter(|mistake| mistake.severity == Severity::Error);
    let place = |mistake| {
        let (line, column) = checked.position(mistake);
        format!("{name}.toml:{line}:{column} {}", mistake.code)
    };
    errors.map(place).collect()
}
