//! Colleagues who may not come in any more, and what they left: nobody sees to it until it is handed over.

use super::finding::Findings;
use crate::domain::inert::inert;
use crate::store::{Db, DbError, user};
use crate::tasks::in_hand;
use crate::text;

/// Nothing that they took is held: their door is closed.
const NOTHING_HELD: (i64, i64) = (0, 0);

/// Looks for work of those whose account is closed.
pub(super) async fn look(db: &Db, found: &mut Findings) -> Result<(), DbError> {
    let mut tx = db.read().await?;
    for closed in user::all(&mut tx).await?.into_iter().filter(|user| user.disabled_at.is_some()) {
        let left = in_hand(&mut tx, &closed.name, NOTHING_HELD).await?;
        if left.is_empty() {
            continue;
        }
        let (tasks, answers, contacts) = (left.tasks.len(), left.answers, left.contacts.len());
        let name = inert(&closed.name);
        found.warning(
            "closed_account",
            text!(
                "the account of {name} is closed, and this is still theirs: open tasks {tasks}, answers taken on {answers}, contacts {contacts}",
                "kontoen til {name} er stengt, og dette er fortsatt deres: åpne oppgaver {tasks}, svar under arbeid {answers}, kontakter {contacts}"
            ),
            text!(
                "hand it over: lykt tasks hand-over --from \"{name}\" --to NAME",
                "overlat det til en kollega: lykt tasks hand-over --from \"{name}\" --to NAVN"
            ),
        );
        found.about(closed.name);
    }
    Ok(())
}
