//! `lykt tasks undo`: takes back an outcome that was registered by mistake.

use serde_json::json;

use super::super::Exit;
use super::{Desk, UndoArgs};
use crate::domain::private::Private;
use crate::say;
use crate::store::task::TaskState;

impl Desk<'_> {
    /// Takes back the newest outcome of a task.
    pub(super) async fn undo(&self, args: &UndoArgs, who: &str) -> anyhow::Result<Exit> {
        let id = match self.find(&args.task).await? {
            Ok(id) => id,
            Err(exit) => return Ok(exit),
        };
        let reason = args.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let reason = reason.map(|reason| Private::new(reason.to_owned()));
        let mut tx = self.db.begin().await?;
        let undone = match self.tasks.undo(&mut tx, id, who, reason.as_ref()).await? {
            Ok(undone) => undone,
            Err(refusal) => return Ok(self.refuse(&refusal)),
        };
        tx.commit().await?;
        let (lang, word, state) = (self.ctx.lang, undone.outcome.as_str(), undone.task.state);
        if self.ctx.json {
            println!(
                "{}",
                json!({
                    "id": id.to_string(), "undone": word, "state": state.as_str(), "no_lifted": undone.lifted,
                    "calls_planned": undone.planned,
                })
            );
            return Ok(Exit::Done);
        }
        println!("{}", say!(lang, "Taken back: {word} does not count.", "Tatt tilbake: {word} teller ikke."));
        if undone.lifted {
            println!(
                "{}",
                say!(
                    lang,
                    "The no is lifted. Messages that were withdrawn with it stay withdrawn.",
                    "Neiet er opphevet. Meldinger som ble trukket tilbake med det, forblir det."
                )
            );
        }
        println!(
            "{}",
            match state {
                TaskState::Claimed => say!(lang, "The call is yours again.", "Samtalen er din igjen."),
                TaskState::Open => say!(lang, "The call is free again.", "Samtalen er ledig igjen."),
                _ => say!(
                    lang,
                    "The call was not needed any more; it stays so.",
                    "Samtalen trengtes ikke lenger; det blir den ved."
                ),
            }
        );
        Ok(Exit::Done)
    }
}
