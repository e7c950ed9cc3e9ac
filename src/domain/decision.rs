//! What a plan decides for a target, and why a message is withdrawn: one closed list of words.

use crate::domain::lang::Text;
use crate::{text, words};

words! {
    /// A decision with its reason; the first that applies, else [`Decision::Eligible`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Decision {
        /// Would get the message.
        Eligible = "eligible",
        /// The row has no usable address.
        Invalid = "invalid",
        /// The same address, or another of the same person, stands in an earlier row.
        Duplicate = "duplicate",
        /// The campaign's `where` leaves the row out.
        Filtered = "filtered",
        /// The person's no.
        OptedOut = "opted_out",
        /// An unread answer, or a suspected no.
        Held = "held",
        /// Said that they are not in the group.
        NotInGroup = "not_in_group",
        /// The number belongs to somebody else.
        WrongNumber = "wrong_number",
        /// A partner organisation is in contact.
        PartnerWait = "partner_wait",
        /// We do not know whether an earlier message went out.
        InDoubt = "in_doubt",
        /// Too soon after the last approach.
        Cooldown = "cooldown",
        /// Another campaign has a message waiting for this contact.
        AlreadyPlanned = "already_planned",
        /// The address cannot receive this channel.
        WrongType = "wrong_type",
        /// The channel may not open a conversation with this contact.
        NotAllowed = "not_allowed",
        /// No text in the contact's language, and the campaign requires one.
        NoLanguage = "no_language",
        /// The row lacks a field that the text needs.
        MissingField = "missing_field",
        /// The campaign was cancelled.
        Cancelled = "cancelled",
        /// The campaign ended first.
        Expired = "expired",
    }

    /// All of them, in the order in which they are tried.
    pub const ALL;
    /// The word in plans, the ledger, reports and the API.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

use Decision::{
    AlreadyPlanned, Cancelled, Cooldown, Duplicate, Eligible, Expired, Filtered, Held, InDoubt, Invalid, MissingField,
    NoLanguage, NotAllowed, NotInGroup, OptedOut, PartnerWait, WrongNumber, WrongType,
};

impl Decision {
    /// The reason in plain words.
    pub fn explain(self) -> Text {
        match self {
            Eligible => text!("would get the message", "ville fått meldingen"),
            Invalid => text!("no usable number in the row", "ingen brukbar adresse i raden"),
            Duplicate => {
                text!("same number or person as an earlier row", "samme nummer eller person som en tidligere rad")
            }
            Filtered => text!("left out by the campaign's filter", "utelatt av kampanjens filter"),
            OptedOut => text!("does not want contact", "vil ikke kontaktes"),
            Held => text!("on hold: an answer nobody has read", "på vent: et svar ingen har lest"),
            NotInGroup => text!("said: not in the group", "har sagt: ikke i gruppen"),
            WrongNumber => text!("the number is somebody else's, or dead", "nummeret tilhører en annen, eller er dødt"),
            PartnerWait => text!("a partner is in contact", "en partner har kontakt"),
            InDoubt => text!("unclear whether an earlier message went out", "uavklart om en tidligere melding gikk ut"),
            Cooldown => text!("too soon after the last contact", "for kort tid siden sist"),
            AlreadyPlanned => {
                text!(
                    "has a message of this campaign, or one waiting in another",
                    "har en melding i denne kampanjen, eller en på vei i en annen"
                )
            }
            WrongType => text!("the number cannot be reached this way", "nummeret kan ikke nås på denne måten"),
            NotAllowed => text!("no channel may open with this contact", "ingen kanal får åpne med kontakten"),
            NoLanguage => text!("no text in the contact's language", "ingen tekst på kontaktens språk"),
            MissingField => text!("a field that the text needs is empty", "et felt som teksten trenger er tomt"),
            Cancelled => text!("the campaign was cancelled", "kampanjen ble avlyst"),
            Expired => text!("the campaign ended first", "kampanjen tok slutt først"),
        }
    }
}
