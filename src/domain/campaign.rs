//! A campaign's life, from a plan to its end.

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CampaignState {
    /// A dry run exists; nothing was approved.
    Planned,
    /// The coordinator said yes; messages are being put in the outbox.
    Approved,
    /// Messages go out.
    Running,
    /// Nothing begins until it is resumed.
    Paused,
    /// Nothing is left to do.
    Finished,
    /// Stopped for good.
    Cancelled,
}

impl CampaignState {
    /// All states, in the order of a life.
    pub const ALL: [CampaignState; 6] = [
        CampaignState::Planned,
        CampaignState::Approved,
        CampaignState::Running,
        CampaignState::Paused,
        CampaignState::Finished,
        CampaignState::Cancelled,
    ];

    /// The word in the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            CampaignState::Planned => "planned",
            CampaignState::Approved => "approved",
            CampaignState::Running => "running",
            CampaignState::Paused => "paused",
            CampaignState::Finished => "finished",
            CampaignState::Cancelled => "cancelled",
        }
    }

    /// Reads the word back; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the campaign was approved and has not ended.
    pub fn is_live(self) -> bool {
        matches!(self, CampaignState::Approved | CampaignState::Running | CampaignState::Paused)
    }
}
