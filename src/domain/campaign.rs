//! A campaign's life, from a plan to its end, and what voids its approval.

use crate::domain::lang::Text;
use crate::{text, words};

words! {
    /// Where a campaign stands.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum CampaignState {
        /// A dry run exists; nothing was approved.
        Planned = "planned",
        /// The coordinator said yes; messages are being put in the outbox.
        Approved = "approved",
        /// Messages go out.
        Running = "running",
        /// Nothing begins until it is resumed.
        Paused = "paused",
        /// Nothing is left to do.
        Finished = "finished",
        /// Stopped for good.
        Cancelled = "cancelled",
    }

    /// All states, in the order of a life.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl CampaignState {
    /// The word for a person.
    pub fn text(self) -> Text {
        match self {
            CampaignState::Planned => text!("planned", "planlagt"),
            CampaignState::Approved => text!("approved", "godkjent"),
            CampaignState::Running => text!("running", "går"),
            CampaignState::Paused => text!("paused", "på pause"),
            CampaignState::Finished => text!("finished", "ferdig"),
            CampaignState::Cancelled => text!("cancelled", "avlyst"),
        }
    }

    /// Whether the campaign was approved and has not ended.
    pub fn is_live(self) -> bool {
        matches!(self, CampaignState::Approved | CampaignState::Running | CampaignState::Paused)
    }

    /// Whether nothing more is to come of the campaign.
    pub fn has_ended(self) -> bool {
        matches!(self, CampaignState::Finished | CampaignState::Cancelled)
    }
}

words! {
    /// Why a campaign paused itself.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum OwnPause {
        /// The provider filters its messages as unwanted.
        Filtered = "filtered",
        /// The provider does not send its template.
        Template = "template",
        /// Too many messages reach nobody.
        Failures = "failures",
        /// Too many people say no.
        Noes = "noes",
    }

    /// All of them.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when a person paused it, or a file that changed.
    pub fn parse;
}

impl OwnPause {
    /// Why, and what to look at, for a person.
    pub fn explain(self) -> Text {
        match self {
            OwnPause::Filtered => text!(
                "It paused itself: the provider filters its messages as unwanted. Look at the text, the links in it and the sender.",
                "Den satte seg selv på pause: leverandøren filtrerer meldingene som uønskede. Se på teksten, lenkene i den og avsenderen."
            ),
            OwnPause::Template => text!(
                "It paused itself: the provider does not send its template. Look at the template in the provider's console.",
                "Den satte seg selv på pause: leverandøren sender ikke malen. Se på malen i konsollen deres."
            ),
            OwnPause::Failures => text!(
                "It paused itself: too many messages reach nobody. Look at the reasons and the list.",
                "Den satte seg selv på pause: for mange meldinger når ingen. Se på årsakene og listen."
            ),
            OwnPause::Noes => text!(
                "It paused itself: too many people say no. Look at the answers, the text and the list.",
                "Den satte seg selv på pause: for mange sier nei. Se på svarene, teksten og listen."
            ),
        }
    }
}

words! {
    /// What is no longer as it was approved.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Change {
        /// The campaign file says something else, or cannot be read.
        File = "file",
        /// The campaign file is gone.
        Removed = "removed",
        /// The picture is another one, or gone.
        Image = "image",
        /// The account that would send is set up otherwise, or gone.
        Account = "account",
        /// The list says something else. A list that is gone is no change: its rows are in the plan.
        List = "list",
        /// Messages would say something else of services, because a file of services does.
        Services = "services",
    }

    /// All changes.
    pub const ALL;
    /// The word in JSON.
    pub fn as_str;
}

impl Change {
    /// Whether what runs is held until somebody has looked. Lists and services mean nothing to those planned before.
    pub fn holds(self) -> bool {
        !matches!(self, Change::List | Change::Services)
    }

    /// Why the campaign does not go on, as a word in the database and JSON.
    pub fn reason(self) -> &'static str {
        match self {
            Change::File | Change::Image | Change::Account => "file_changed",
            Change::Removed => "file_removed",
            Change::List => "list_changed",
            Change::Services => "services_changed",
        }
    }

    /// Whether a reason is one of these: the daemon's own, and not a person's.
    pub fn is_reason(word: &str) -> bool {
        Self::ALL.iter().any(|change| change.reason() == word)
    }

    /// What has changed, for a person.
    pub fn explain(self, campaign: &str) -> Text {
        match self {
            Change::File => text!(
                "campaigns/{campaign}.toml is not the file that was approved",
                "campaigns/{campaign}.toml er ikke filen som ble godkjent"
            ),
            Change::Removed => text!("campaigns/{campaign}.toml is gone", "campaigns/{campaign}.toml er borte"),
            Change::Image => text!(
                "the picture of {campaign} is not the one that was approved",
                "bildet til {campaign} er ikke det som ble godkjent"
            ),
            Change::Account => text!(
                "the account of {campaign} is not set up as it was when it was approved",
                "kontoen til {campaign} er ikke satt opp som da den ble godkjent"
            ),
            Change::List => text!(
                "the list of {campaign} is not the one that was approved",
                "listen til {campaign} er ikke den som ble godkjent"
            ),
            Change::Services => text!(
                "the services that {campaign} names are not those that were approved",
                "tjenestene som {campaign} nevner, er ikke de som ble godkjent"
            ),
        }
    }

    /// What a person can do about it, in a campaign that now stands in this state.
    pub fn remedy(self, campaign: &str, state: CampaignState) -> Text {
        match (state, self) {
            (CampaignState::Paused, Change::Account) => text!(
                "Set the account up as it was, start `lykt serve` again, and run `lykt resume {campaign}`; or approve it as it is now, with `lykt plan {campaign}` and `lykt approve {campaign}`.",
                "Sett opp kontoen som før, start `lykt serve` på nytt, og kjør `lykt resume {campaign}`; eller godkjenn slik den er nå, med `lykt plan {campaign}` og `lykt approve {campaign}`."
            ),
            (CampaignState::Paused, Change::Services) => text!(
                "To write what waits anew: `lykt plan {campaign}`, then `lykt approve {campaign}`. To let it go out as it was approved: `lykt resume {campaign}`.",
                "For å skrive det som venter på nytt: `lykt plan {campaign}`, så `lykt approve {campaign}`. For å sende det slik det ble godkjent: `lykt resume {campaign}`."
            ),
            (_, Change::Services) if state.is_live() => text!(
                "Those planned before get their message as it was approved. To write what waits anew: `lykt pause {campaign}`, then `lykt plan {campaign}` and `lykt approve {campaign}`.",
                "De som alt er planlagt, får meldingen slik den ble godkjent. For å skrive det som venter på nytt: `lykt pause {campaign}`, så `lykt plan {campaign}` og `lykt approve {campaign}`."
            ),
            (CampaignState::Paused, Change::Removed) => text!(
                "Put the file back and run `lykt resume {campaign}`; or stop for good with `lykt cancel {campaign}`.",
                "Legg filen tilbake og kjør `lykt resume {campaign}`; eller avlys med `lykt cancel {campaign}`."
            ),
            (CampaignState::Paused, _) => text!(
                "Put back what was approved and run `lykt resume {campaign}`; or approve it as it is now, with `lykt plan {campaign}` and `lykt approve {campaign}`.",
                "Legg tilbake det som ble godkjent og kjør `lykt resume {campaign}`; eller godkjenn slik det er nå, med `lykt plan {campaign}` og `lykt approve {campaign}`."
            ),
            (_, Change::List) if state.is_live() => text!(
                "Those planned before get their message all the same. To add the newcomers: `lykt plan {campaign}`, then `lykt approve {campaign}`.",
                "De som alt er planlagt, får meldingen likevel. For å ta med de nye: `lykt plan {campaign}`, så `lykt approve {campaign}`."
            ),
            _ => text!(
                "Look again with `lykt plan {campaign}`, then `lykt approve {campaign}`.",
                "Se igjen med `lykt plan {campaign}`, så `lykt approve {campaign}`."
            ),
        }
    }
}
