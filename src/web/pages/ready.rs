//! Whether this daemon can work, for whatever sends requests to several of them. Says nothing else.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use crate::ledger::quarantine;
use crate::web::{Allow, At, Doors};

/// A database that takes longer is away.
const WITHIN: Duration = Duration::from_secs(2);

/// The door.
pub fn doors(doors: Doors) -> Doors {
    doors.get("/readyz", Allow::Anyone, show)
}

async fn show(State(house): At) -> (StatusCode, &'static str) {
    let asked = async {
        let mut tx = house.db.read().await?;
        quarantine::get(&mut tx).await
    };
    match tokio::time::timeout(WITHIN, asked).await {
        // Webhooks must still come in.
        Ok(Ok(Some(_))) => {
            (StatusCode::OK, "ready, in quarantine: nothing is sent until `lykt doctor --confirm-restore`\n")
        }
        Ok(Ok(None)) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
