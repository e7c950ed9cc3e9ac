//! From a provider's news of a message to a receipt: `[[receipt]]`.

use super::answer::Table;
use super::condition::Condition;
use super::path::{Path, Paths, Scene};
use super::section::Section;
use crate::gateway::error::Unreadable;
use crate::gateway::event::{Receipt, ReceiptStatus};
use crate::gateway::outgoing::Token;
use crate::gateway::verdict::{Class, Code, ProviderId};

/// How one kind of news is read.
#[derive(Clone, Debug)]
pub(super) struct ReceiptRule {
    pub each: Option<Path>,
    pub when: Condition,
    id: Paths,
    reference: Paths,
    status: Paths,
    is: Table<(ReceiptStatus, Option<Class>)>,
    code: Paths,
    codes: Table<Class>,
    /// Where it says how many parts the message has, when each part has a receipt of its own.
    parts: Paths,
    one_a_part: bool,
}

impl ReceiptRule {
    /// Reads a rule.
    pub fn read(section: &Section<'_>) -> Self {
        let m = section.m;
        let paths = |key| Paths::read(&section.words(key), m);
        let classes = Class::ALL.map(Class::as_str).join(", ");
        let rule = Self {
            each: section.text("each").map(|said| Path::read(&said, m)),
            when: Condition::read(section, "when"),
            id: paths("id"),
            reference: paths("reference"),
            status: paths("status"),
            is: Table::read(section, "is", &format!("{STATUSES}; a bad one with one of: {classes}"), status),
            code: paths("code"),
            codes: Table::read(section, "codes", &classes, Class::parse),
            parts: paths("parts"),
            one_a_part: section.yes("one_a_part"),
        };
        section.done();
        if rule.id.is_empty() && rule.reference.is_empty() {
            section.missing("id", "id = \"messageId\", or reference = \"clientRef\"");
        }
        if rule.status.is_empty() {
            section.missing("status", "status = \"status\"");
        }
        if rule.is.is_empty() {
            section.missing("is", "is = { DELIVRD = \"delivered\", UNDELIV = \"undelivered unreachable\" }");
        }
        rule
    }

    /// The receipt.
    pub fn receipt(&self, scene: &Scene<'_>) -> Result<Receipt, Unreadable> {
        let word = |paths: &Paths| paths.word(scene).map_err(|_| Unreadable::Malformed);
        let reference = word(&self.reference)?;
        let id = word(&self.id)?.or_else(|| reference.clone()).ok_or(Unreadable::Missing("id"))?;
        let said = word(&self.status)?.ok_or(Unreadable::Missing("status"))?;
        let code = word(&self.code)?;
        // A status that nobody knows proves that the provider has the message, and no more.
        let (mut status, told) = self.is.get(&said).unwrap_or((ReceiptStatus::Accepted, None));
        let mut class = code.as_deref().and_then(|code| self.codes.get(code)).or(told);
        if self.one_a_part && self.parts.count(scene) != 1 {
            (status, class) = of_a_part(status, class);
        }
        Ok(Receipt {
            provider_id: ProviderId::parse(&id).ok_or(Unreadable::Malformed)?,
            token: reference.as_deref().and_then(Token::parse),
            status,
            code: code.as_deref().and_then(Code::parse).filter(|_| status.is_bad()),
            class: status.is_bad().then(|| class.unwrap_or(Class::Other)),
            to: None,
        })
    }
}

/// What the receipt of one part among several says of the message: on the phone is only the part, so the message is known
/// to be sent; and where one part failed another may have arrived, so nobody else may be asked to send it again.
fn of_a_part(status: ReceiptStatus, class: Option<Class>) -> (ReceiptStatus, Option<Class>) {
    match status {
        ReceiptStatus::Delivered | ReceiptStatus::Read => (ReceiptStatus::Sent, None),
        ReceiptStatus::Failed | ReceiptStatus::Undelivered => {
            (ReceiptStatus::Undelivered, class.filter(|class| !class.never_reached_never_will()))
        }
        other => (other, None),
    }
}

/// The words for how far a message came.
pub(super) const STATUSES: &str = "accepted, sent, delivered, read, undelivered, failed";

/// Reads `delivered`, or `failed bad_number`.
pub(super) fn status(written: &str) -> Option<(ReceiptStatus, Option<Class>)> {
    let mut words = written.split_whitespace();
    let status = ReceiptStatus::parse(words.next()?)?;
    let class = words.next().map(Class::parse);
    match class {
        None => Some((status, None)),
        Some(Some(class)) if status.is_bad() && words.next().is_none() => Some((status, Some(class))),
        Some(_) => None,
    }
}
