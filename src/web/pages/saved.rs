//! How a call ended, for whoever has just said so.

use crate::domain::lang::Text;
use crate::domain::span::DAY_MS;
use crate::store::task::Task;
use crate::store::{DbError, Tx, outcome};
use crate::text;
use crate::web::{Frame, House, Me, person};

/// A banner offers to take it back for so long; the room allows it for a day.
const FRESH_MS: i64 = 10_000;

/// What was saved last, for who saved it.
pub(super) struct Saved {
    pub outcome: String,
    pub led_to: String,
    pub fresh: bool,
    pub can_undo: bool,
    pub needs_reason: bool,
}

/// How the task's last call ended, if this person has just said so.
pub(super) async fn saved(
    house: &House,
    tx: &mut Tx,
    frame: &Frame,
    me: &Me,
    task: &Task,
) -> Result<Option<Saved>, DbError> {
    let Some(ended) = outcome::of_task(tx, task.id).await?.pop().filter(|ended| ended.actor == me.name()) else {
        return Ok(None);
    };
    let age = house.ledger.clock.now_ms() - ended.at;
    if !(0..DAY_MS).contains(&age) {
        return Ok(None);
    }
    let led_to = if task.state.is_open() {
        let due = person::when(house, frame, task.due_at);
        frame.say(&text!("Saved. It comes back {due}.", "Lagret. Den kommer tilbake {due}."))
    } else {
        let Text { en, nb } = ended.outcome.leads_to();
        frame.say(&text!("Saved: {en}.", "Lagret: {nb}."))
    };
    Ok(Some(Saved {
        outcome: frame.say(&ended.outcome.text()),
        led_to,
        fresh: age < FRESH_MS || house.ledger.clock.lapses(),
        can_undo: true,
        needs_reason: ended.led_to.no,
    }))
}
