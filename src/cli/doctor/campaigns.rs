//! The folder of campaigns: its files, those beside them, and lists that lie in clear.

use std::collections::BTreeMap;

use super::finding::Findings;
use crate::campaign::file::practice::Shelves;
use crate::campaign::folder::Folder;
use crate::campaign::old_list::{DAYS, list_files};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::text;

/// Looks at the folder of campaigns.
pub(super) fn look(settings: &Settings, found: &mut Findings) {
    let path = settings.path(&settings.campaigns.folder);
    let folder = Folder::named(settings);
    let names = match folder.names() {
        Ok(names) => names,
        Err(e) => {
            let shown = path.display();
            found.broken(
                "campaigns",
                text!("cannot read the folder {shown}: {e}", "kan ikke lese mappen {shown}: {e}"),
                text!(
                    "make the folder, let the user who runs lykt read it, or write [campaigns] folder",
                    "lag mappen, la brukeren som kjører lykt lese den, eller skriv [campaigns] folder"
                ),
            );
            return;
        }
    };
    let clock = Clock::real(settings.organisation.timezone.clone());
    let mut sound = 0;
    for name in &names {
        let mistakes = folder.check(name, None).errors();
        if mistakes == 0 {
            sound += 1;
            continue;
        }
        let file = folder.file(name);
        let file = file.display();
        found.warning(
            "campaign_file",
            text!("mistakes in the campaign file of {name}: {mistakes}", "feil i kampanjefilen til {name}: {mistakes}"),
            text!("lykt check {file}", "lykt check {file}"),
        );
        found.about(name);
    }
    found.ok("campaigns", text!("campaign files without mistakes: {sound}", "kampanjefiler uten feil: {sound}"));
    let mut beside: BTreeMap<String, usize> = BTreeMap::new();
    for mistake in Shelves::of(&path).mistakes() {
        *beside.entry(mistake.file).or_default() += 1;
    }
    for (file, mistakes) in beside {
        let shown = path.join(&file);
        let shown = shown.display();
        found.warning(
            "beside_file",
            text!("mistakes in {file}: {mistakes}", "feil i {file}: {mistakes}"),
            text!("lykt check {shown}", "lykt check {shown}"),
        );
        found.about(file);
    }
    for list in list_files(&path, clock.now_ms()) {
        let (file, days) = (list.path.display().to_string(), list.days);
        if days > DAYS {
            found.warning(
                "list_old",
                text!(
                    "the list {file} has lain in clear for {days} days",
                    "listen {file} har ligget i klartekst i {days} dager"
                ),
                text!(
                    "remove it when its campaign is approved: shred -u {file}",
                    "fjern den når kampanjen er godkjent: shred -u {file}"
                ),
            );
            found.about(&file);
        }
        if list.open {
            found.warning(
                "list_open",
                text!("every user of this machine can read {file}", "alle brukere av denne maskinen kan lese {file}"),
                text!("run `chmod 600 {file}`", "kjør `chmod 600 {file}`"),
            );
            found.about(&file);
        }
    }
}
