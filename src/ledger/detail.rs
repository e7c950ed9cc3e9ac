//! What an entry's word on how it went is called: an outcome, a source, a state.

use crate::domain::lang::Text;
use crate::domain::outcome::Outcome;
use crate::text;

/// The word as people say it.
pub fn explain(word: &str) -> Text {
    if let Some(outcome) = Outcome::parse(word) {
        return lower(outcome.text());
    }
    match word {
        "answer" => text!("an answer by hand", "et svar for hånd"),
        "answered" => text!("answered", "tok telefonen"),
        "by_hand" => text!("by hand", "for hånd"),
        "reply" => text!("by answering", "ved å svare"),
        "provider" => text!("says the provider", "sier leverandøren"),
        "call" => text!("on a call", "i en samtale"),
        "queued" => text!("waits to be sent", "venter på å bli sendt"),
        "submitting" => text!("is being sent", "sendes nå"),
        "in_doubt" => text!("unclear whether it went out", "uavklart om den gikk ut"),
        "accepted" | "sent" => text!("sent", "sendt"),
        "delivered" => text!("delivered", "levert"),
        "read" => text!("read", "lest"),
        "undelivered" => text!("did not arrive", "kom ikke frem"),
        "failed" => text!("was refused", "ble avvist"),
        "withdrawn" => text!("withdrawn", "trukket tilbake"),
        "abandoned" => text!("never became clear", "ble aldri avklart"),
        "suspected" => text!("perhaps a no", "kanskje et nei"),
        "help" => text!("asks for help", "ber om hjelp"),
        "start" => text!("wants to start again", "vil i gang igjen"),
        "prefers" => text!("asked for this channel", "ønsker denne kanalen"),
        "prefers_any" => text!("any channel will do", "hvilken kanal som helst"),
        "receipt" => text!("the receipt of the no", "kvitteringen for neiet"),
        "spoken" => text!("they said it", "de sa det"),
        "in_writing" => text!("in writing", "skriftlig"),
        "other_way" => text!("another way", "på en annen måte"),
        "export" => text!("exported", "eksportert"),
        "other" => text!("another answer", "et annet svar"),
        other => Text { en: other.to_owned(), nb: other.to_owned() },
    }
}

/// The channel as people say it.
pub fn way(channel: Option<&str>) -> Text {
    match channel.unwrap_or_default() {
        "sms" => text!("SMS", "SMS"),
        "whatsapp" => text!("WhatsApp", "WhatsApp"),
        "phone" | "call" => text!("by phone", "på telefon"),
        "manual" => text!("by hand", "for hånd"),
        other => Text { en: other.to_owned(), nb: other.to_owned() },
    }
}

fn lower(Text { en, nb }: Text) -> Text {
    let small = |words: String| {
        let mut chars = words.chars();
        chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
    };
    Text { en: small(en), nb: small(nb) }
}
