//! The clock: where it was, which zone, and whether it lapses.

use super::finding::Findings;
use crate::clock::Clock;
use crate::domain::moment;
use crate::ledger::trust;
use crate::settings::Settings;
use crate::store::{Db, DbError};
use crate::text;

/// Looks at the civil clock.
pub(super) async fn look(db: &Db, settings: &Settings, found: &mut Findings) -> Result<(), DbError> {
    if settings.clock.is_some() {
        found.warning(
            "clock_lapses",
            text!("the clock lapses: for trying out only", "klokken går for fort: bare til utprøving"),
            text!("remove [clock] before the first real campaign", "fjern [clock] før den første ekte kampanjen"),
        );
        return Ok(());
    }
    let zone = settings.organisation.timezone.clone();
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    let clock = Clock::real(zone);
    let now = moment::plain(clock.now_ms(), clock.zone());
    let mut tx = db.read().await?;
    if trust::clock_fits(&mut tx, &clock).await? {
        found.ok("clock", text!("it is {now} in {name}", "klokken er {now} i {name}"));
    } else {
        found.broken(
            "clock",
            text!(
                "the clock says {now} in {name}, more than a day from where the daemon last saw it: nothing is sent",
                "klokken sier {now} i {name}, mer enn et døgn fra der tjenesten sist så den: ingenting sendes"
            ),
            text!("when that is right: lykt doctor --confirm-clock", "når det stemmer: lykt doctor --confirm-clock"),
        );
    }
    Ok(())
}
