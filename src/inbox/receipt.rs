//! The receipt of a no: off unless an account asks for it; then once to a person, in fixed neutral words. The one thing
//! that is ever sent after a no.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::answer;
use crate::clock::new_id;
use crate::domain::channel::Channel;
use crate::domain::id::ReplyId;
use crate::domain::reply::ReplyKind;
use crate::ledger::Ledger;
use crate::settings::Settings;
use crate::store::direct::{self, Direct, Kind};
use crate::store::message::Letter;
use crate::store::reply::{self, Reply};
use crate::store::{DbError, Tx, contact};

/// Nothing in them says who writes, nor what about: somebody else may hold the phone.
const WORDS: &[(&str, &str)] = &[
    ("bg", "Няма да получавате повече съобщения оттук."),
    ("da", "Du får ikke flere beskeder herfra."),
    ("de", "Von hier kommen keine weiteren Nachrichten."),
    ("en", "You will get no more messages from here."),
    ("es", "No recibirás más mensajes desde aquí."),
    ("et", "Siit rohkem sõnumeid ei tule."),
    ("fi", "Et saa täältä enää viestejä."),
    ("fr", "Vous ne recevrez plus de messages d'ici."),
    ("hu", "Innen nem kap több üzenetet."),
    ("it", "Non arriveranno altri messaggi da qui."),
    ("lt", "Daugiau žinučių iš čia negausite."),
    ("lv", "No šejienes vairs ziņu nebūs."),
    ("nb", "Du får ikke flere meldinger herfra."),
    ("nl", "U krijgt hiervandaan geen berichten meer."),
    ("nn", "Du får ikkje fleire meldingar herifrå."),
    ("pl", "Stąd nie przyjdzie już żadna wiadomość."),
    ("pt", "Não vai receber mais mensagens daqui."),
    ("ro", "Nu veți mai primi mesaje de aici."),
    ("ru", "Сообщений отсюда больше не будет."),
    ("sv", "Du får inga fler meddelanden härifrån."),
    ("th", "คุณจะไม่ได้รับข้อความจากที่นี่อีก"),
    ("uk", "Повідомлень звідси більше не буде."),
];
/// Where nobody knows the person's language.
const ELSE: &str = "en";

/// Which accounts send receipts, and in which languages where a person's own is not known. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Receipts {
    accounts: Arc<BTreeSet<String>>,
    languages: Arc<Vec<String>>,
}

impl Receipts {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        let accounts = settings.gateways.iter().filter(|(_, account)| account.receipts_a_no());
        Self {
            accounts: Arc::new(accounts.map(|(name, _)| name.clone()).collect()),
            languages: Arc::new(settings.organisation.languages.clone()),
        }
    }

    /// Puts the receipt of an answer in the queue, if it is a no by the person's own words, the first of theirs, and came
    /// by an account that sends receipts.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn queue(&self, ledger: &Ledger, tx: &mut Tx, answered: ReplyId) -> Result<(), DbError> {
        if self.accounts.is_empty() {
            return Ok(());
        }
        let Some(reply) = reply::get(tx, &ledger.vault, answered).await? else { return Ok(()) };
        if reply.kind != ReplyKind::OptOut || !self.accounts.contains(&reply.account) {
            return Ok(());
        }
        let before = direct::of_contact(tx, reply.contact).await?;
        if before.iter().any(|direct| direct.kind == Kind::Receipt) {
            return Ok(());
        }
        let Some(to) = answer::address(ledger, tx, reply.contact, reply.channel == Channel::WhatsApp.as_str()).await?
        else {
            return Ok(());
        };
        let text = self.words(tx, &reply).await?.to_owned();
        let letter = Letter { to: to.expose().clone(), text, ..Letter::default() };
        let row = Direct {
            reply: Some(reply.id),
            contact: Some(reply.contact),
            account: reply.account,
            channel: reply.channel,
            ..Direct::queued(&ledger.vault, Kind::Receipt, new_id(), &letter, "lykt", ledger.clock.now_ms())?
        };
        direct::add(tx, row).await.map(drop)
    }

    /// The words in the person's language, or that of their no, or the house's.
    async fn words(&self, tx: &mut Tx, reply: &Reply) -> Result<&'static str, DbError> {
        let known = contact::get(tx, reply.contact).await?.and_then(|contact| contact.language);
        let wanted = known.iter().chain(&reply.language).chain(self.languages.iter()).map(String::as_str);
        Ok(wanted.chain([ELSE]).find_map(words_in).unwrap_or_default())
    }
}

fn words_in(language: &str) -> Option<&'static str> {
    let language = language.split('-').next().unwrap_or(language);
    WORDS.iter().find(|(code, _)| *code == language).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parts;

    #[test]
    fn every_receipt_is_one_part_and_reads_as_no_question_and_no_no() {
        for (language, words) in WORDS {
            assert_eq!(parts::split(words).len(), 1, "{language}");
            assert!(!words.contains('?'), "{language}");
        }
        assert!(words_in(ELSE).is_some());
        assert_eq!(words_in("pt-BR"), words_in("pt"));
        assert_eq!(words_in("xx"), None);
    }
}
