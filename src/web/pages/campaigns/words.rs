//! Words and shares that several pages of a campaign show.

use crate::domain::campaign::CampaignState;

/// `n` of `of` in per cent; of nothing, nothing.
pub fn percent(n: i64, of: i64) -> i64 {
    if of > 0 { n.saturating_mul(100) / of } else { 0 }
}

/// How a state looks.
pub fn colour(state: &CampaignState) -> &'static str {
    match state {
        CampaignState::Running | CampaignState::Finished => "good",
        CampaignState::Approved | CampaignState::Planned => "info",
        CampaignState::Paused => "warn",
        CampaignState::Cancelled => "bad",
    }
}
