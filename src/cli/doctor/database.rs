//! The database: there, whole, of this version, safe against power cuts, and with room left.

use std::path::Path;

use super::finding::Findings;
use crate::clock::Clock;
use crate::domain::lang::{Text, number_of};
use crate::settings::Settings;
use crate::store::{Db, DbError, Health, Schema};
use crate::text;

/// Less room than this stops webhooks and sends soon.
const FULL: u64 = 100 << 20;
const NEARLY_FULL: u64 = 1 << 30;
/// A log of changes this large is never folded back: something reads without end.
const LARGE_WAL: u64 = 512 << 20;
/// Leases go by the database's clock, windows by ours.
const CLOCKS_APART_MS: i64 = 2_000;
/// The oldest PostgreSQL that its makers still mend.
const OLDEST_SERVER: i64 = 14;

/// Looks at the database; it can be asked further only when it is of this version.
pub(super) async fn look(settings: &Settings, found: &mut Findings) -> Option<Db> {
    let url = settings.database_url();
    let file = url.strip_prefix("sqlite:").map(Path::new);
    if let Some(file) = file {
        if !file.exists() {
            let name = file.display();
            found.broken(
                "database",
                text!("there is no database {name} yet", "det finnes ingen database {name} ennå"),
                text!(
                    "the first `lykt plan` or `lykt serve` makes it; if there was one, put it back first",
                    "den første `lykt plan` eller `lykt serve` lager den; har det vært en, legg den tilbake først"
                ),
            );
            return None;
        }
        room(file, found);
    }
    let db = match Db::look(&url).await {
        Ok(db) => db,
        Err(e) => {
            failed(&e, found);
            return None;
        }
    };
    let health = match db.health().await {
        Ok(health) => health,
        Err(e) => {
            failed(&e, found);
            return None;
        }
    };
    judge(&health, settings, found);
    (health.schema == Schema::Current).then_some(db)
}

/// The database does not answer, or not with what it should.
pub(super) fn failed(error: &DbError, found: &mut Findings) {
    if error.is_read_only() {
        return read_only(found);
    }
    let todo = match error {
        DbError::Address => text!(
            "write [database] url = \"sqlite:lykt.db\" or \"postgres://user@host/name\"",
            "skriv [database] url = \"sqlite:lykt.db\" eller \"postgres://bruker@maskin/navn\""
        ),
        DbError::Away(_) => text!(
            "look whether it runs, whether the user may read it, and whether the address is right",
            "se om den kjører, om brukeren får lese den, og om adressen er riktig"
        ),
        _ => text!(
            "restore a backup, and keep the damaged file",
            "legg tilbake en sikkerhetskopi, og behold den ødelagte filen"
        ),
    };
    found.broken("database", text!("{error}", "databasen: {error}"), todo);
}

fn read_only(found: &mut Findings) {
    found.broken(
        "database_read_only",
        text!("the database takes no writing", "databasen tar ikke imot skriving"),
        text!(
            "let the user who runs lykt write the file, what lies beside it (-wal, -shm) and its folder, or name the primary server",
            "la brukeren som kjører lykt skrive i filen, i det som ligger ved siden av (-wal, -shm) og i mappen, eller oppgi hovedserveren"
        ),
    );
}

fn judge(health: &Health, settings: &Settings, found: &mut Findings) {
    version(health.schema, found);
    if let Some(damage) = &health.damage {
        found.broken(
            "database_damage",
            text!("the database is damaged: {damage}", "databasen er skadet: {damage}"),
            text!(
                "stop lykt, keep a copy of the file, and restore a backup",
                "stopp lykt, behold en kopi av filen, og legg tilbake en sikkerhetskopi"
            ),
        );
    } else if health.server.is_none() && health.checked {
        found.ok("database_damage", text!("no damage is found in the database", "ingen skade er funnet i databasen"));
    }
    if health.locked {
        found.broken(
            "database_lock",
            text!("another program holds the database's lock", "et annet program holder låsen på databasen"),
            text!(
                "end the program that has the file open (`fuser -v` names it); a backup tool, perhaps",
                "avslutt programmet som har filen åpen (`fuser -v` navngir det); kanskje et kopieringsverktøy"
            ),
        );
    }
    if health.read_only {
        read_only(found);
    }
    if !health.unsafe_settings.is_empty() {
        let names = health.unsafe_settings.join(", ");
        found.broken(
            "database_durability",
            text!(
                "a power cut may lose what was committed, and send twice: {names} is off",
                "et strømbrudd kan miste det som var lagret, og sende to ganger: {names} er av"
            ),
            text!(
                "switch it on in postgresql.conf, and restart the server",
                "slå det på i postgresql.conf, og start serveren på nytt"
            ),
        );
    } else {
        found.ok(
            "database_durability",
            text!("what is committed survives a power cut", "det som er lagret, tåler strømbrudd"),
        );
    }
    server(health, settings, found);
}

fn version(schema: Schema, found: &mut Findings) {
    const CAUSE: &str = "database_version";
    match schema {
        Schema::Current => found.ok(CAUSE, text!("the database is of this version", "databasen har denne versjonen")),
        Schema::Empty => found.warning(
            CAUSE,
            text!("the database is empty", "databasen er tom"),
            text!(
                "the first `lykt plan` or `lykt serve` sets it up; if there was one, restore it first",
                "den første `lykt plan` eller `lykt serve` setter den opp; har det vært en, legg den tilbake først"
            ),
        ),
        Schema::Behind => found.warning(
            CAUSE,
            text!("the database is of an older version", "databasen har en eldre versjon"),
            text!(
                "make a copy; the next `lykt serve` brings it to this version",
                "ta en kopi; neste `lykt serve` bringer den til denne versjonen"
            ),
        ),
        Schema::HalfDone => found.broken(
            CAUSE,
            text!(
                "the step to this version was begun and not ended",
                "steget til denne versjonen ble påbegynt, ikke fullført"
            ),
            text!("restore the copy from before it", "legg tilbake kopien fra før det"),
        ),
        Schema::Newer => found.broken(
            CAUSE,
            text!("the database was written by a newer lykt", "databasen er skrevet av en nyere lykt"),
            text!(
                "use that version, or restore a backup of this one",
                "bruk den versjonen, eller legg tilbake en kopi av denne"
            ),
        ),
        Schema::Another => found.broken(
            CAUSE,
            text!("the database was made by another build of lykt", "databasen er laget av en annen utgave av lykt"),
            text!(
                "use the program that made it, or restore a backup",
                "bruk programmet som laget den, eller legg tilbake en kopi"
            ),
        ),
    }
}

fn server(health: &Health, settings: &Settings, found: &mut Findings) {
    if let Some(version) = health.server.filter(|version| *version < OLDEST_SERVER) {
        found.warning(
            "database_server",
            text!("PostgreSQL {version} is not mended any more", "PostgreSQL {version} blir ikke lenger rettet"),
            text!("move to PostgreSQL {OLDEST_SERVER} or newer", "gå over til PostgreSQL {OLDEST_SERVER} eller nyere"),
        );
    }
    if let Some(encoding) = health.encoding.as_deref().filter(|encoding| *encoding != "UTF8") {
        found.broken(
            "database_encoding",
            text!("the database's encoding is {encoding}", "databasens tegnkoding er {encoding}"),
            text!(
                "make it with `create database lykt encoding 'UTF8'`",
                "lag den med `create database lykt encoding 'UTF8'`"
            ),
        );
    }
    if health.standby_lags {
        found.warning(
            "database_standby",
            text!(
                "a standby copies the database, and nothing waits for it: if it takes over, the last messages and noes may be lost, and nothing is sent until somebody has looked",
                "en reserve kopierer databasen, og ingenting venter på den: tar den over, kan de siste meldingene og neiene være tapt, og ingenting sendes før noen har sett etter"
            ),
            text!(
                "name it in `synchronous_standby_names`, and let only such a one take over",
                "nevn den i `synchronous_standby_names`, og la bare en slik ta over"
            ),
        );
    }
    let ours = Clock::real(settings.organisation.timezone.clone()).now_ms();
    if let Some(apart) = health.clock_ms.map(|theirs| (theirs - ours).abs()).filter(|apart| *apart > CLOCKS_APART_MS) {
        let Text { en, nb } = number_of(apart / 1000, ["second", "seconds"], ["sekund", "sekunder"]);
        found.warning(
            "database_clock",
            text!(
                "the database's clock is {en} from this machine's",
                "databasens klokke går {nb} feil i forhold til denne maskinens"
            ),
            text!("set both by NTP", "still begge med NTP"),
        );
    }
}

fn room(file: &Path, found: &mut Findings) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(disk) = rustix::fs::statvfs(folder) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let mb = free >> 20;
        let todo = || text!("make room on the disk of the database", "gjør plass på disken til databasen");
        if free < FULL {
            found.broken(
                "disk",
                text!("the disk is full: {mb} MB are left", "disken er full: {mb} MB er igjen"),
                todo(),
            );
        } else if free < NEARLY_FULL {
            let what = text!("the disk is nearly full: {mb} MB are left", "disken er nesten full: {mb} MB er igjen");
            found.warning("disk", what, todo());
        } else {
            found.ok("disk", text!("there is room on the disk", "det er plass på disken"));
        }
    }
    let mut wal = file.as_os_str().to_owned();
    wal.push("-wal");
    let size = std::fs::metadata(&wal).map_or(0, |data| data.len());
    if size > LARGE_WAL {
        let mb = size >> 20;
        found.warning(
            "database_wal",
            text!(
                "the database's log of changes has grown to {mb} MB",
                "databasens endringslogg har vokst til {mb} MB"
            ),
            text!(
                "end what reads the file without end, then stop and start `lykt serve`",
                "avslutt det som leser filen uten stans, så stopp og start `lykt serve`"
            ),
        );
    }
}
