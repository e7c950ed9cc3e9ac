//! What kinds of answer people give.

use super::lang::Text;
use crate::{text, words};

words! {
    /// What an answer means, as far as it can be told from its words.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum ReplyKind {
        /// A certain no: final, on all channels.
        OptOut = "opt_out",
        /// Perhaps a no: held until a person has read it.
        Suspected = "suspected",
        /// Wants messages again; the no stands until a person lifts it.
        Start = "start",
        /// Asks for help.
        Help = "help",
        /// "Thanks, I'm fine": the commonest answer.
        Thanks = "thanks",
        /// Says that they do not sell or trade sex.
        NotInGroup = "not_in_group",
        /// Says that the number belongs to somebody else.
        WrongNumber = "wrong_number",
        /// Everything else; a person reads it.
        Other = "other",
    }

    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl ReplyKind {
    /// All kinds, in the order staff want them: noes first.
    pub const ALL: [ReplyKind; 8] = [
        ReplyKind::OptOut,
        ReplyKind::Suspected,
        ReplyKind::Help,
        ReplyKind::WrongNumber,
        ReplyKind::NotInGroup,
        ReplyKind::Start,
        ReplyKind::Thanks,
        ReplyKind::Other,
    ];

    /// What it seems to mean, as a person reads it.
    pub fn text(self) -> Text {
        match self {
            ReplyKind::OptOut => text!("no, registered", "nei, registrert"),
            ReplyKind::Suspected => text!("perhaps a no", "kanskje et nei"),
            ReplyKind::Start => text!("wants messages again", "vil ha meldinger igjen"),
            ReplyKind::Help => text!("asks for help", "ber om hjelp"),
            ReplyKind::Thanks => text!("thanks", "takk"),
            ReplyKind::NotInGroup => text!("not in the group", "ikke i gruppen"),
            ReplyKind::WrongNumber => text!("wrong number", "feil nummer"),
            ReplyKind::Other => text!("something else", "noe annet"),
        }
    }
}
