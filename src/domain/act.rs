//! What people do and read that is kept in the audit: a closed list of words, with what each is called.

use super::lang::Text;
use crate::{text, words};

macro_rules! acts {
    ($($act:ident $word:literal $en:literal $nb:literal),+ $(,)?) => {
        words! {
            /// One kind of act.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum Act {
                $(#[doc = $en] $act = $word),+
            }

            /// All of them, in the order in which they are offered.
            pub const ALL;
            /// The word in the database and in JSON.
            pub fn as_str;
            /// Reads the word; `None` when it is none of ours.
            pub fn parse;
        }

        impl Act {
            /// What people call it.
            pub fn text(self) -> Text {
                match self {
                    $(Act::$act => text!($en, $nb)),+
                }
            }
        }
    };
}

acts! {
    SignedIn "signed_in" "signed in" "logget inn",
    SignedOut "signed_out" "signed out" "logget ut",
    SignInRefused "sign_in_refused" "attempts to sign in slowed down" "forsøk på å logge inn bremset",
    UserAdded "user_added" "user added" "bruker lagt til",
    UserRole "user_role" "role of a user changed" "en brukers rolle endret",
    UserPassword "user_password" "password of a user changed" "en brukers passord endret",
    UserFactor "user_factor" "second factor of a user reset" "en brukers andre faktor nullstilt",
    RecoveryMade "recovery_made" "recovery codes made" "gjenopprettingskoder laget",
    RecoveryUsed "recovery_used" "signed in with a recovery code" "logget inn med en gjenopprettingskode",
    UserDisabled "user_disabled" "user shut out" "bruker stengt ute",
    UserEnabled "user_enabled" "user let in again" "bruker sluppet inn igjen",
    TokenAdded "token_added" "token made" "token laget",
    TokenRevoked "token_revoked" "token revoked" "token trukket",
    LookedUp "looked_up" "address looked up" "adresse slått opp",
    ContactOpened "contact_opened" "contact opened" "kontakt åpnet",
    NumberShown "number_shown" "number shown" "nummer vist",
    ContactExported "contact_exported" "contact exported" "kontakt eksportert",
    ContactErased "contact_erased" "contact erased" "kontakt slettet",
    Registered "registered" "what happened registered" "hendelse registrert",
    Agreed "agreed" "consent registered" "samtykke registrert",
    Preferred "preferred" "preferred channel registered" "ønsket kanal registrert",
    OptedOut "opted_out" "no registered" "nei registrert",
    NoLifted "no_lifted" "no lifted" "nei opphevet",
    Linked "linked" "addresses linked" "adresser koblet",
    Unlinked "unlinked" "addresses parted" "adresser skilt",
    TasksListed "tasks_listed" "list of calls read" "ringeliste lest",
    TaskOpened "task_opened" "task opened" "oppgave åpnet",
    TaskTaken "task_taken" "task taken" "oppgave tatt",
    TaskReleased "task_released" "task given back" "oppgave gitt tilbake",
    TaskSnoozed "task_snoozed" "task put off" "oppgave utsatt",
    TaskHandedOver "task_handed_over" "task handed over" "oppgave overlatt",
    WorkHandedOver "work_handed_over" "all work handed over" "alt arbeid overlatt",
    WorkReceived "work_received" "all work of a colleague received" "alt arbeid fra en kollega mottatt",
    OutcomeSet "outcome_set" "outcome set" "utfall satt",
    OutcomeUndone "outcome_undone" "outcome taken back" "utfall tatt tilbake",
    OutcomeCounted "outcome_counted" "outcome registered" "utfall registrert",
    OutcomeUncounted "outcome_uncounted" "registered outcome taken back" "registrert utfall tatt tilbake",
    RoutineDone "routine_done" "routine done" "rutine gjort",
    RoutineUndone "routine_undone" "routine not done after all" "rutine likevel ikke gjort",
    MarketCounted "market_counted" "market counted" "marked talt",
    AnswerTallied "answer_tallied" "answer to a question tallied" "svar på et spørsmål talt",
    AnswersListed "answers_listed" "list of answers read" "liste over svar lest",
    AnswerOpened "answer_opened" "conversation opened" "samtale åpnet",
    AnswerTaken "answer_taken" "answer taken on" "svar tatt",
    AnswerHandedOver "answer_handed_over" "answer handed over" "svar overlatt",
    AnswerRead "answer_read" "answer marked as read" "svar merket som lest",
    AnswerSent "answer_sent" "answer written" "svar skrevet",
    ReadyChanged "ready_changed" "ready reply changed" "ferdig svar endret",
    Planned "planned" "campaign planned" "kampanje planlagt",
    PlanRead "plan_read" "people of a plan read" "personer i en plan lest",
    Approved "approved" "campaign approved" "kampanje godkjent",
    Paused "paused" "campaign paused" "kampanje satt på pause",
    Resumed "resumed" "campaign resumed" "kampanje fortsatt",
    Cancelled "cancelled" "campaign cancelled" "kampanje avlyst",
    Tried "tried" "message tried on the panel" "melding prøvd på testpanelet",
    AbsenceNoted "absence_noted" "absence noted" "fravær notert",
    AbsenceEnded "absence_ended" "absence ended" "fravær avsluttet",
    VerdictAdded "verdict_added" "verdict of the panel noted" "testpanelets dom notert",
    VerdictUndone "verdict_undone" "verdict of the panel taken back" "testpanelets dom tatt tilbake",
    DoubtSettled "doubt_settled" "doubt settled by hand" "uavklart melding avgjort",
    ListAdded "list_added" "list uploaded" "liste lastet opp",
    ListRead "list_read" "rows of a list read" "rader i en liste lest",
    ListChanged "list_changed" "list corrected" "liste rettet",
    ListUsed "list_used" "list given to a campaign" "liste gitt til en kampanje",
    ListWritten "list_written" "list of people to contact again written" "liste over folk å kontakte igjen skrevet",
    ListRemoved "list_removed" "list removed" "liste fjernet",
    KeysRotated "keys_rotated" "keys rotated" "nøkler byttet",
    KeyRetired "key_retired" "key retired" "nøkkel tatt bort",
    PartnerAccepted "partner_accepted" "terms of a partner accepted" "vilkårene til en partner godtatt",
    PartnerAsked "partner_asked" "partner asked about numbers" "partner spurt om numre",
    PartnerAnswered "partner_answered" "partner answered about numbers" "partner fått svar om numre",
    PartnerForgotten "partner_forgotten" "answers of a partner forgotten" "svar fra en partner glemt",
    SecondAsked "second_asked" "second person asked for" "en annen person bedt om",
    SecondAgreed "second_agreed" "agreed as the second person" "godtatt som den andre personen",
    SecondRefused "second_refused" "refused as the second person" "avslått som den andre personen",
    BackedUp "backed_up" "backup written" "sikkerhetskopi skrevet",
    Restored "restored" "backup put back" "sikkerhetskopi lagt tilbake",
    RestoreConfirmed "restore_confirmed" "restore confirmed" "gjenoppretting bekreftet",
    ClockConfirmed "clock_confirmed" "clock confirmed" "klokke bekreftet",
    Forgotten "forgotten" "oldest entries forgotten" "eldste oppføringer glemt",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_an_act_is_written_in_small_letters() {
        for act in Act::ALL {
            assert!(act.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", act.as_str());
        }
    }
}
