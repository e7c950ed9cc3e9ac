//! What keeps the house from its work until somebody looks: one word for each, and what to do.

use crate::domain::lang::Text;
use crate::domain::span::MINUTE_MS;
use crate::{text, words};

words! {
    /// What is wrong. Names no person.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Alarm {
        /// The database does not answer.
        Database = "database",
        /// The clock is not where it was.
        Clock = "clock",
        /// The database may not know what its house did last.
        Restored = "restored",
        /// A provider refuses an account.
        AccountPaused = "account_paused",
        /// A gateway cannot be reached.
        Unreachable = "unreachable",
        /// A gateway leaves one message after another in doubt.
        Doubting = "doubting",
        /// Answers to an account do not reach us.
        Deaf = "deaf",
        /// A campaign has paused itself.
        CampaignPaused = "campaign_paused",
        /// Messages in doubt that nobody has decided for an hour.
        Doubts = "doubts",
        /// A node that was at work is silent.
        NodeSilent = "node_silent",
        /// No backup was written at its time.
        Backup = "backup",
        /// The audit is not as it was written.
        Audit = "audit",
        /// A partner asks about more people than was agreed.
        Partner = "partner",
    }

    /// All alarms.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl Alarm {
    /// How long it must stand before somebody is told: what often goes over by itself waits a little.
    pub fn waits_ms(self) -> i64 {
        match self {
            Alarm::Clock | Alarm::Restored | Alarm::AccountPaused | Alarm::CampaignPaused | Alarm::Partner => 0,
            _ => MINUTE_MS,
        }
    }

    /// What is wrong; `name` is that of the account, the campaign or the node.
    pub fn what(self, name: &str) -> Text {
        match self {
            Alarm::Database => text!("the database does not answer", "databasen svarer ikke"),
            Alarm::Clock => text!(
                "the clock is more than a day from where it was; nothing is sent",
                "klokken er mer enn et døgn fra der den var; ingenting sendes"
            ),
            Alarm::Restored => text!(
                "the database was restored or copied, or a standby took over; nothing is sent",
                "databasen er lagt tilbake eller kopiert, eller en reserve tok over; ingenting sendes"
            ),
            Alarm::AccountPaused => text!(
                "the provider refuses the account {name}; it sends nothing",
                "leverandøren avviser kontoen {name}; den sender ingenting"
            ),
            Alarm::Unreachable => text!(
                "the gateway of {name} cannot be reached; messages wait in the queue",
                "tjenesten bak {name} kan ikke nås; meldingene venter i køen"
            ),
            Alarm::Doubting => text!(
                "the gateway of {name} leaves one message after another in doubt; the others wait",
                "tjenesten bak {name} gjør den ene meldingen etter den andre uviss; de andre venter"
            ),
            Alarm::Deaf => text!(
                "answers to {name} do not reach us; nothing is sent by it",
                "svar til {name} når oss ikke; ingenting sendes med den"
            ),
            Alarm::CampaignPaused => {
                text!("the campaign {name} has paused itself", "kampanjen {name} har satt seg selv på pause")
            }
            Alarm::Doubts => text!(
                "messages have been in doubt for more than an hour",
                "meldinger har vært uvisse i mer enn en time"
            ),
            Alarm::NodeSilent => text!(
                "the node {name} is silent, and did not say goodbye",
                "noden {name} er taus, og sa ikke fra at den stoppet"
            ),
            Alarm::Backup => text!("no backup was written", "ingen sikkerhetskopi ble skrevet"),
            Alarm::Audit => text!(
                "the audit is not as it was written; sending goes on",
                "revisjonsloggen er ikke slik den ble skrevet; sendingen fortsetter"
            ),
            Alarm::Partner => text!(
                "the partner {name} asked today about more people than it may; it was not answered",
                "partneren {name} har i dag spurt om flere personer enn den får; den fikk ikke svar"
            ),
        }
    }

    /// What a person can do.
    pub fn remedy(self, name: &str) -> Text {
        match self {
            Alarm::Database => text!(
                "Look at the database and its disk. Webhooks are answered with 503 meanwhile, so providers come again; nothing is lost.",
                "Se til databasen og disken dens. Webhooks får 503 imens, så leverandørene kommer igjen; ingenting går tapt."
            ),
            Alarm::Clock => text!(
                "Look at the machine's clock, then: lykt doctor --confirm-clock",
                "Se til klokken på maskinen, så: lykt doctor --confirm-clock"
            ),
            Alarm::Restored => text!(
                "See what it says: lykt doctor. Then: lykt doctor --confirm-restore",
                "Se hva den sier: lykt doctor. Så: lykt doctor --confirm-restore"
            ),
            Alarm::AccountPaused => text!(
                "Mend it at the provider or in lykt.toml, then: lykt gateway test {name}",
                "Rett det hos leverandøren eller i lykt.toml, så: lykt gateway test {name}"
            ),
            Alarm::Unreachable => text!(
                "Look at the network and the provider's status page. Lykt goes on by itself when it answers.",
                "Se til nettet og leverandørens statusside. Lykt går videre selv når den svarer."
            ),
            Alarm::Doubting | Alarm::Doubts => {
                text!("See them: lykt doubt list", "Se dem: lykt doubt list")
            }
            Alarm::Deaf => text!(
                "See that public_url leads to lykt serve: the proxy, the name, the certificate.",
                "Se at public_url leder til lykt serve: proxyen, navnet, sertifikatet."
            ),
            Alarm::CampaignPaused => text!(
                "See why: lykt status {name}. Go on: lykt resume {name}",
                "Se hvorfor: lykt status {name}. Gå videre: lykt resume {name}"
            ),
            Alarm::NodeSilent => text!(
                "See which: lykt status --nodes. The others do its work meanwhile.",
                "Se hvilken: lykt status --nodes. De andre gjør arbeidet dens imens."
            ),
            Alarm::Backup => text!(
                "See why in the daemon's log; write one by hand: lykt backup FILE",
                "Se hvorfor i loggen; skriv en for hånd: lykt backup FIL"
            ),
            Alarm::Audit => text!(
                "See which entry: lykt audit verify. Keep a copy of the database and of the witness's folder before anything else.",
                "Se hvilken oppføring: lykt audit verify. Ta vare på en kopi av databasen og av mappen til vitnet før noe annet."
            ),
            Alarm::Partner => text!(
                "See how many: lykt partner list. Ask them why. Raise per_day in lykt.toml, or take the partner out of it.",
                "Se hvor mange: lykt partner list. Spør dem hvorfor. Hev per_day i lykt.toml, eller ta partneren ut av den."
            ),
        }
    }
}
