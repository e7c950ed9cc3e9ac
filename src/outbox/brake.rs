//! A campaign that fares badly pauses itself: a list of dead numbers, or people who do not want this message. A person
//! looks before more are written to, and what follows counts from their yes.

use crate::domain::campaign::OwnPause;
use crate::domain::message::MessageState;
use crate::settings::Sending;
use crate::store::{DbError, Tx, figures};

/// What happened to fewer people says nothing.
const LEAST: i64 = 30;

/// When a campaign pauses itself; the shares are percent, 0 for never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brake {
    failures: i64,
    noes: i64,
}

impl From<&Sending> for Brake {
    fn from(settings: &Sending) -> Self {
        Self { failures: settings.pause_at_failures.into(), noes: settings.pause_at_noes.into() }
    }
}

impl Brake {
    /// Why a campaign should pause, by what happened in it since a civil time.
    pub(super) async fn pulls(self, tx: &mut Tx, campaign: &str, since: i64) -> Result<Option<OwnPause>, DbError> {
        if self.failures == 0 && self.noes == 0 {
            return Ok(None);
        }
        let states = figures::since(tx, campaign, since).await?;
        let of = |states_of: fn(MessageState) -> bool| -> i64 {
            states.iter().filter(|(state, _)| states_of(**state)).map(|(_, n)| n).sum()
        };
        let failed = of(|state| matches!(state, MessageState::Failed | MessageState::Undelivered));
        let reached = of(|state| state.is_out() && state != MessageState::Undelivered);
        if is_too_much(failed, failed + reached, self.failures) {
            return Ok(Some(OwnPause::Failures));
        }
        let noes = if reached < LEAST { 0 } else { figures::noes_since(tx, campaign, since).await? };
        Ok(is_too_much(noes, reached, self.noes).then_some(OwnPause::Noes))
    }
}

fn is_too_much(n: i64, of: i64, percent: i64) -> bool {
    percent > 0 && of >= LEAST && n * 100 > of * percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_is_more_than_the_share_of_enough_people() {
        assert!(is_too_much(16, 30, 50) && is_too_much(7, 30, 20));
        assert!(!is_too_much(15, 30, 50), "just the share");
        assert!(!is_too_much(29, 29, 50), "too few to tell");
        assert!(!is_too_much(30, 30, 0), "switched off");
    }
}
