//! The timeline that a PostgreSQL server writes: another one begins each time that a standby takes over, or that a server is
//! put back to a moment of its past. What was told a moment before may be lost then, unless commits waited for the standby.

use serde::{Deserialize, Serialize};
use tracing::info;

use crate::store::{DbError, Server, Tx, meta};

/// Where the last one stands among the facts.
pub(super) const KEY: &str = "timeline";

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Timeline {
    n: i64,
    /// Whether commits waited for a standby on it.
    waits: bool,
}

impl Timeline {
    /// Whether a server still writes it; one that only follows lets nobody begin anything.
    pub(super) fn stands(self, server: Server) -> bool {
        server.timeline.is_none_or(|now| now == self.n)
    }

    /// Whether all that was told on it is on another. A lower number is a new server's that was filled with rows: it may also
    /// be equal by chance, so there only the witness can tell.
    fn is_kept_by(self, now: Timeline) -> bool {
        self.waits || now.n <= self.n
    }
}

/// Reads what stands under [`KEY`].
pub(super) fn read(noted: Option<String>) -> Result<Option<Timeline>, DbError> {
    let noted = noted.filter(|text| !text.is_empty());
    noted.map(|text| serde_json::from_str(&text).map_err(|_| DbError::Unknown("timeline"))).transpose()
}

/// Notes the timeline; false when what was told on the one before may be lost.
///
/// # Errors
/// As the database has it.
pub async fn note(tx: &mut Tx) -> Result<bool, DbError> {
    let server = tx.try_server().await?;
    let before = read(meta::get(tx, KEY).await?)?;
    let Some(server) = server else {
        // Nobody asks a server that forbids it; where there is none, nobody asks anyway.
        if before.is_some() {
            meta::set(tx, KEY, "").await?;
        }
        return Ok(true);
    };
    let Some(n) = server.timeline else { return Ok(true) };
    let now = Timeline { n, waits: server.waits };
    if before == Some(now) {
        return Ok(true);
    }
    meta::set(tx, KEY, &serde_json::to_string(&now).map_err(|_| DbError::Unknown("timeline"))?).await?;
    let Some(before) = before else { return Ok(true) };
    let kept = before.is_kept_by(now);
    if kept && before.n != n {
        info!(
            timeline.before = before.n,
            timeline.now = n,
            "another server has the database, by all that is known without a loss; everything goes on"
        );
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn on(n: i64, waits: bool) -> Timeline {
        Timeline { n, waits }
    }

    #[test]
    fn only_a_standby_that_nothing_waited_for_may_have_lost_something() {
        assert!(!on(1, false).is_kept_by(on(2, false)));
        assert!(!on(1, false).is_kept_by(on(2, true)), "what waits from now on has not waited before");
        assert!(on(1, true).is_kept_by(on(2, false)));
        assert!(on(1, true).is_kept_by(on(1, false)) && on(1, false).is_kept_by(on(1, true)), "the same server");
        assert!(on(3, false).is_kept_by(on(1, false)), "a new server: the witness tells");
    }

    #[test]
    fn nothing_begins_on_another_timeline_than_the_one_that_was_noted() {
        let server = |timeline| Server { now_ms: 0, timeline, waits: false };
        let noted = read(Some(r#"{"n":10,"waits":true}"#.to_owned())).unwrap().unwrap();
        assert!(noted.stands(server(Some(10))));
        assert!(!noted.stands(server(Some(11))) && !noted.stands(server(Some(1))));
        assert!(read(None).unwrap().is_none(), "a house from before this has none");
        assert!(read(Some(String::new())).unwrap().is_none() && read(Some("10".to_owned())).is_err());
    }
}
