//! The ways a call, or a message by hand, can end: one closed list of words, and what each means for the person.

use crate::domain::lang::Text;
use crate::{text, words};

/// The kind of a task whose message a person writes elsewhere.
pub const MANUAL: &str = "manual";

words! {
    /// How a call, or a message by hand, ended.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Outcome {
        /// We talked.
        Talked = "talked",
        /// "Thanks, no need."
        Thanks = "thanks",
        /// They want us to come, or to come to us.
        WantsVisit = "wants_visit",
        /// They asked to be called at another time.
        CallLater = "call_later",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// Somebody else should call, in another language.
        OtherLanguage = "other_language",
        /// They neither sell nor trade sex.
        NotInGroup = "not_in_group",
        /// The number is somebody else's.
        WrongNumber = "wrong_number",
        /// The number is dead.
        NotInService = "not_in_service",
        /// They do not want contact.
        OptOut = "opt_out",
        /// The message by hand was sent.
        Sent = "sent",
        /// It could not be sent.
        CouldNot = "could_not",
    }

    /// All outcomes.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
}

use Outcome::{
    CallLater, CouldNot, NoAnswer, NotInGroup, NotInService, OptOut, OtherLanguage, Sent, Talked, Thanks, WantsVisit,
    WrongNumber,
};

impl Outcome {
    /// How calls end, in the order in which it is offered.
    pub const OF_CALLS: [Outcome; 10] =
        [Talked, Thanks, WantsVisit, CallLater, NoAnswer, OtherLanguage, NotInGroup, WrongNumber, NotInService, OptOut];

    /// How messages by hand end, in the order in which it is offered.
    pub const BY_HAND: [Outcome; 3] = [Sent, CouldNot, OptOut];

    /// How a task of this kind can end, in the order in which it is offered.
    pub fn of(kind: &str) -> &'static [Outcome] {
        if kind == MANUAL { &Self::BY_HAND } else { &Self::OF_CALLS }
    }

    /// Reads the word, also with `-` for `_` and in capitals; `None` when it is none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// Whether somebody answered, or has the message: the cooldown runs from then.
    pub fn was_answered(self) -> bool {
        !matches!(self, NoAnswer | NotInService | CouldNot)
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
            Sent => text!("It is sent", "Den er sendt"),
            CouldNot => text!("It could not be sent", "Den kunne ikke sendes"),
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
            OtherLanguage => text!("comes back for somebody who speaks it", "kommer tilbake til en som snakker det"),
            NotInGroup => text!(
                "no more calls; left out of later plans until staff lift it",
                "ingen flere samtaler; utelates til noen opphever det"
            ),
            WrongNumber => text!(
                "this number is left out from now on, until staff lift it",
                "nummeret utelates fra nå av, til noen opphever det"
            ),
            Sent => text!("done; the cooldown runs from today", "gjort; ventetiden løper fra i dag"),
            CouldNot => text!("done: it reached nobody, so no cooldown", "gjort: den nådde ingen, så ingen ventetid"),
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
    fn a_kind_of_task_has_its_own_outcomes() {
        assert_eq!(Outcome::of("manual"), [Sent, CouldNot, OptOut]);
        assert!(!Outcome::of("call").contains(&Sent) && Outcome::of("call").len() == 10);
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
        assert_eq!(unanswered, [NoAnswer, NotInService, CouldNot]);
        assert!(WrongNumber.was_answered() && !WrongNumber.reached());
    }
}
