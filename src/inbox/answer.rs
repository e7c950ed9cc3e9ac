//! A person answers somebody who wrote: on the account and channel it came by, and only because they pressed.

use crate::audit::On;
use crate::campaign::template::MOST_SENT;
use crate::clock::Clock;
use crate::domain::act::Act;
use crate::domain::channel::{Channel, WHATSAPP_WINDOW_MS};
use crate::domain::handle;
use crate::domain::id::{ContactId, DirectId, ReplyId};
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::direct::{self, Direct, Kind};
use crate::store::message::Letter;
use crate::store::reply::{self, Reply};
use crate::store::{DbError, Tx, contact};
use crate::text;

/// From this hour on people sleep, or work with somebody beside them.
const NIGHT_FROM: i8 = 21;
/// Until this hour.
const NIGHT_UNTIL: i8 = 8;

/// A press of the button.
#[derive(Debug)]
pub struct Press {
    /// The message's id, drawn before the press: the same press twice is one message.
    pub id: DirectId,
    /// What it answers.
    pub reply: ReplyId,
    /// What was written.
    pub text: Private,
    /// Who writes.
    pub by: String,
    /// Also at night: the person was warned.
    pub now: bool,
}

/// Why an answer does not go. Nothing was sent then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody wrote this, or not any more.
    Unknown,
    /// The person said no.
    OptedOut,
    /// Somebody else has taken it on.
    Taken(String),
    /// It is night; who wants to send anyway says so.
    Night,
    /// They wrote from what is no number.
    NoNumber,
    /// WhatsApp takes no text from us any more: they wrote more than a day ago.
    Window,
    /// There is nothing to send.
    Empty,
    /// More than any gateway takes.
    TooLong,
    /// It was pressed before.
    Again,
    /// They have written again since the button was shown.
    Newer,
}

impl Refused {
    /// What a person reads.
    pub fn text(&self) -> Text {
        match self {
            Refused::Unknown => text!("this answer is not here any more", "dette svaret finnes ikke lenger"),
            Refused::OptedOut => text!(
                "this person does not want to be contacted; nothing was sent",
                "denne personen vil ikke kontaktes; ingenting ble sendt"
            ),
            Refused::Taken(name) => text!(
                "{name} has taken this answer; talk to them, or have it handed over. Nothing was sent",
                "{name} har tatt dette svaret; snakk sammen, eller få det overlatt. Ingenting ble sendt"
            ),
            Refused::Night => text!(
                "it is between 21:00 and 08:00, and the phone may wake somebody, or be seen by somebody else; nothing was sent yet",
                "klokken er mellom 21.00 og 08.00, og telefonen kan vekke noen, eller bli sett av andre; ingenting er sendt ennå"
            ),
            Refused::NoNumber => text!(
                "they did not write from a phone number, so this cannot be answered from here",
                "de skrev ikke fra et telefonnummer, så dette kan ikke besvares herfra"
            ),
            Refused::Window => text!(
                "they wrote on WhatsApp more than 24 hours ago, and it takes no texts of ours any more; write by SMS, or wait until they write again. Nothing was sent",
                "de skrev på WhatsApp for mer enn et døgn siden, og da tar WhatsApp ikke imot tekster fra oss; skriv på SMS, eller vent til de skriver igjen. Ingenting ble sendt"
            ),
            Refused::Empty => text!("there is no text to send", "det er ingen tekst å sende"),
            Refused::TooLong => text!(
                "the text is longer than {MOST_SENT} characters; make it shorter",
                "teksten er lengre enn {MOST_SENT} tegn; gjør den kortere"
            ),
            Refused::Again => text!("this was sent already", "dette er allerede sendt"),
            Refused::Newer => text!(
                "they have written again meanwhile: read that first. Nothing was sent",
                "de har skrevet igjen i mellomtiden: les det først. Ingenting ble sendt"
            ),
        }
    }
}

/// Whether a person is warned before an answer goes.
pub fn is_night(clock: &Clock) -> bool {
    let hour = clock.zoned().hour();
    !(NIGHT_UNTIL..NIGHT_FROM).contains(&hour)
}

/// Puts an answer in the queue and takes the reply on, unless something stands in the way. The daemon sends it within a
/// second, and looks once more whether the person has said no.
///
/// # Errors
/// As the database has it.
pub async fn answer(ledger: &Ledger, tx: &mut Tx, press: Press) -> Result<Result<Direct, Refused>, DbError> {
    let text = press.text.expose().trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Ok(Err(Refused::Empty));
    }
    if text.chars().nth(MOST_SENT).is_some() {
        return Ok(Err(Refused::TooLong));
    }
    let Some(reply) = super::lock(ledger, tx, press.reply).await? else { return Ok(Err(Refused::Unknown)) };
    match contact::get(tx, reply.contact).await? {
        Some(contact) if contact.opted_out => return Ok(Err(Refused::OptedOut)),
        Some(_) => {}
        None => return Ok(Err(Refused::Unknown)),
    }
    let by_whatsapp = reply.channel == Channel::WhatsApp.as_str();
    let Some(to) = address(ledger, tx, reply.contact, by_whatsapp).await? else { return Ok(Err(Refused::NoNumber)) };
    if by_whatsapp && !is_in_window(ledger, tx, &reply.account, reply.contact).await? {
        return Ok(Err(Refused::Window));
    }
    if direct::get(tx, press.id).await?.is_some() {
        return Ok(Err(Refused::Again));
    }
    // Ids are drawn in order: the press's was when the conversation was shown.
    if reply::any_after(tx, reply.contact, press.id).await? {
        return Ok(Err(Refused::Newer));
    }
    if is_night(&ledger.clock) && !press.now {
        return Ok(Err(Refused::Night));
    }
    if let Err(name) = take(ledger, tx, press.reply, &press.by).await? {
        return Ok(Err(name.map_or(Refused::Unknown, Refused::Taken)));
    }
    let letter = Letter { to: to.expose().clone(), text, ..Letter::default() };
    let now = ledger.clock.now_ms();
    let row = Direct {
        reply: Some(reply.id),
        contact: Some(reply.contact),
        account: reply.account,
        channel: reply.channel,
        ..Direct::queued(&ledger.vault, Kind::Answer, press.id, &letter, &press.by, now)?
    };
    if !direct::add(tx, row.clone()).await? {
        return Ok(Err(Refused::Again));
    }
    ledger.book().note(tx, Act::AnswerSent, On::Reply(press.reply)).await?;
    Ok(Ok(row))
}

/// The phone number of a contact; on WhatsApp also the id under which Meta knows somebody without one.
pub(super) async fn address(
    ledger: &Ledger,
    tx: &mut Tx,
    contact: ContactId,
    by_whatsapp: bool,
) -> Result<Option<Private>, DbError> {
    let is_number = |written: &&Private| {
        let digits = written.expose().strip_prefix('+').unwrap_or_default();
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let is_id = |written: &&Private| by_whatsapp && handle::is_whatsapp_id(written.expose());
    let all = contact::addresses(tx, &ledger.vault, contact).await?;
    Ok(all.iter().find(is_number).or_else(|| all.iter().find(is_id)).cloned())
}

/// Whether a person wrote to this account on WhatsApp so lately that it takes a text of ours.
///
/// # Errors
/// As the database has it.
pub async fn is_in_window(ledger: &Ledger, tx: &mut Tx, account: &str, contact: ContactId) -> Result<bool, DbError> {
    let after = ledger.clock.now_ms() - WHATSAPP_WINDOW_MS;
    Ok(!reply::wrote_since(tx, account, after, &[contact]).await?.is_empty())
}

/// Takes a reply on, so that nobody else answers it. `Err` with the name of who has it; none when it is not there.
///
/// # Errors
/// As the database has it.
pub async fn take(ledger: &Ledger, tx: &mut Tx, id: ReplyId, by: &str) -> Result<Result<(), Option<String>>, DbError> {
    if reply::pass(tx, id, None, Some(by), ledger.clock.now_ms()).await? {
        ledger.book().note(tx, Act::AnswerTaken, On::Reply(id)).await?;
        return Ok(Ok(()));
    }
    let owner = reply::get(tx, &ledger.vault, id).await?.and_then(|reply| reply.owner);
    Ok(if owner.as_deref() == Some(by) { Ok(()) } else { Err(owner) })
}

/// Hands a reply over, from whoever was seen to have it, to somebody else; to nobody lets it go. False when somebody
/// else has it by now.
///
/// # Errors
/// As the database has it.
pub async fn hand_over(ledger: &Ledger, tx: &mut Tx, seen: &Reply, to: Option<&str>) -> Result<bool, DbError> {
    let passed = reply::pass(tx, seen.id, seen.owner.as_deref(), to, ledger.clock.now_ms()).await?;
    if passed {
        ledger.book().note(tx, Act::AnswerHandedOver, On::Reply(seen.id)).await?;
    }
    Ok(passed)
}
