//! The ways a call can end: one closed list of words, and what each means for the person.

use crate::domain::lang::Text;
use crate::text;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// We talked.
    Talked,
    /// "Thanks, no need."
    Thanks,
    /// They want us to come, or to come to us.
    WantsVisit,
    /// They asked to be called at another time.
    CallLater,
    /// Nobody answered.
    NoAnswer,
    /// Somebody else should call, in another language.
    OtherLanguage,
    /// They neither sell nor trade sex.
    NotInGroup,
    /// The number is somebody else's.
    WrongNumber,
    /// The number is dead.
    NotInService,
    /// They do not want contact.
    OptOut,
}

use Outcome::{
    CallLater, NoAnswer, NotInGroup, NotInService, OptOut, OtherLanguage, Talked, Thanks, WantsVisit, WrongNumber,
};

impl Outcome {
    /// All outcomes, in the order in which they are offered.
    pub const ALL: [Outcome; 10] =
        [Talked, Thanks, WantsVisit, CallLater, NoAnswer, OtherLanguage, NotInGroup, WrongNumber, NotInService, OptOut];

    /// The word in the database and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Talked => "talked",
            Thanks => "thanks",
            WantsVisit => "wants_visit",
            CallLater => "call_later",
            NoAnswer => "no_answer",
            OtherLanguage => "other_language",
            NotInGroup => "not_in_group",
            WrongNumber => "wrong_number",
            NotInService => "not_in_service",
            OptOut => "opt_out",
        }
    }

    /// Reads the word, also with `-` for `_` and in capitals; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether somebody answered: the cooldown runs from such a call.
    pub fn was_answered(self) -> bool {
        !matches!(self, NoAnswer | NotInService)
    }

    /// Whether it was the person whom we wanted to reach who answered.
    pub fn reached(self) -> bool {
        self.was_answered() && self != WrongNumber
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Talked => text!("We talked", "Vi snakket sammen"),
            Thanks => text!("Thanks, no need", "Takk, trenger ingenting"),
            WantsVisit => text!("Wants a visit", "Ønsker besøk"),
            CallLater => text!("Call later", "Ring senere"),
            NoAnswer => text!("No answer", "Tok ikke telefonen"),
            OtherLanguage => text!("Another language", "Annet språk"),
            NotInGroup => text!("Not in the group", "Ikke i gruppen"),
            WrongNumber => text!("Wrong number", "Feil nummer"),
            NotInService => text!("Not in service", "Nummeret er ikke i bruk"),
            OptOut => text!("Wants no contact", "Vil ikke kontaktes"),
        }
    }

    /// What it leads to, told before it is chosen; fits one line of a terminal.
    pub fn leads_to(self) -> Text {
        match self {
            Talked => text!("done; the cooldown runs from today", "gjort; ventetiden løper fra i dag"),
            Thanks => text!(
                "done, no more calls after this; the cooldown runs from today",
                "gjort, ingen flere samtaler; ventetiden løper fra i dag"
            ),
            WantsVisit => text!(
                "comes back on the day of the visit, or the next day",
                "kommer tilbake dagen for besøket, eller neste dag"
            ),
            CallLater => {
                text!("comes back at the time you choose", "kommer tilbake til tiden du velger")
            }
            NoAnswer => text!(
                "comes back on the next working day while tries are left",
                "kommer tilbake neste virkedag så lenge det er forsøk igjen"
            ),
            OtherLanguage => text!(
                "comes back the next working day, for somebody who speaks it",
                "kommer tilbake neste virkedag, til en som snakker det"
            ),
            NotInGroup => text!(
                "no more calls; left out of later plans until staff lift it",
                "ingen flere samtaler; utelates til noen opphever det"
            ),
            WrongNumber => text!(
                "this number is left out from now on, until staff lift it",
                "nummeret utelates fra nå av, til noen opphever det"
            ),
            NotInService => text!(
                "no more calls are tried; nobody answered, so no cooldown",
                "ingen flere forsøk; ingen svarte, så ingen ventetid"
            ),
            OptOut => {
                text!("final: never contacted again on any channel", "endelig: kontaktes aldri igjen, på noen kanal")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_reads_back_also_with_dashes() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
            assert_eq!(Outcome::parse(&outcome.as_str().replace('_', "-").to_uppercase()), Some(outcome));
        }
        assert_eq!(Outcome::parse("voicemail"), None);
    }

    #[test]
    fn what_an_outcome_leads_to_fits_a_line_beside_its_word() {
        for outcome in Outcome::ALL {
            let Text { en, nb } = outcome.leads_to();
            assert!(en.chars().count() <= 62 && nb.chars().count() <= 62, "{en} | {nb}");
        }
    }

    #[test]
    fn only_an_answered_call_counts_and_only_the_person_is_reached() {
        let unanswered: Vec<_> = Outcome::ALL.into_iter().filter(|outcome| !outcome.was_answered()).collect();
        assert_eq!(unanswered, [NoAnswer, NotInService]);
        assert!(WrongNumber.was_answered() && !WrongNumber.reached());
    }
}
