//! Whom somebody means: a number in any spelling, a handle, or a nickname that exactly one contact has.

use std::collections::BTreeSet;

use super::Ledger;
use crate::domain::gather::Gather;
use crate::domain::handle::{Handle, nick_of};
use crate::domain::lang::Text;
use crate::domain::pasted::{Pasted, platforms};
use crate::domain::phone::{PhoneNumber, Problem, ProblemCode, Region};
use crate::domain::private::Private;
use crate::store::{DbError, Tx, contact};
use crate::text;

/// Why nobody can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// It looks like a number, and is none.
    Number(Problem),
    /// One number that no plan knows.
    Unknown(PhoneNumber),
    /// It may be a number that no plan knows.
    MayBe(PhoneNumber),
    /// A link that does not say who it is.
    Link,
    /// A nickname that no contact has; on which platform is not said.
    NoSuchNick,
    /// A nickname on more than one platform.
    SeveralNicks,
}

impl Unclear {
    /// The number for which a no is registered all the same, since none may be turned away.
    ///
    /// # Errors
    /// When it is not certain whose no it is.
    pub fn for_a_no(self) -> Result<Private, Unclear> {
        match self {
            // Whoever is called by a number of before has the one of today, as in an answer.
            Unclear::Number(Problem { code: ProblemCode::NotValid, suggestion: Some(number) })
            | Unclear::Unknown(number) => Ok(address(&number)),
            other => Err(other),
        }
    }

    /// What is wrong, and what to write instead.
    pub fn explain(&self) -> Text {
        match self {
            Unclear::Number(problem) => {
                let Text { en, nb } = problem.code.text();
                match problem.suggestion.as_ref().map(PhoneNumber::expose) {
                    Some(number) => text!(
                        "The number is not understood: {en}. Did you mean {number}?",
                        "Nummeret ble ikke forstått: {nb}. Mente du {number}?"
                    ),
                    None => text!("The number is not understood: {en}.", "Nummeret ble ikke forstått: {nb}."),
                }
            }
            Unclear::Unknown(_) => text!(
                "No numbering plan knows this number: look at the digits once more. Only a no can be registered for it.",
                "Ingen nummerplan kjenner dette nummeret: se over sifrene en gang til. Bare et nei kan registreres for det."
            ),
            Unclear::MayBe(number) => {
                let number = number.expose();
                text!(
                    "No numbering plan knows this number. If it is right, write it like this, with nothing around it: {number}",
                    "Ingen nummerplan kjenner dette nummeret. Er det riktig, skriv det slik, uten noe rundt: {number}"
                )
            }
            Unclear::Link => text!(
                "This is a link that does not say who it is. Write the number, or the platform and the nick, as in instagram:nick.",
                "Dette er en lenke som ikke sier hvem det er. Skriv nummeret, eller plattformen og kallenavnet, som instagram:kallenavn."
            ),
            Unclear::NoSuchNick => text!(
                "This is no phone number, and no nick that anybody here has. To register one, write the platform too, as in instagram:nick.",
                "Dette er ikke et telefonnummer, og ikke et kallenavn noen her har. For å registrere et, skriv plattformen også, som instagram:kallenavn."
            ),
            Unclear::SeveralNicks => text!(
                "More than one has this nick: write the platform too, as in instagram:nick.",
                "Flere har dette kallenavnet: skriv plattformen også, som instagram:kallenavn."
            ),
        }
    }
}

impl Ledger {
    /// The address that is meant, whether or not it is known.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn look_up(
        &self,
        tx: &mut Tx,
        written: &str,
        region: Region,
    ) -> Result<Result<Private, Unclear>, DbError> {
        Ok(match self.read(tx, written.trim(), region).await? {
            Err(Unclear::Unknown(number)) if self.knows(tx, number.expose()).await? => Ok(address(&number)),
            found => found,
        })
    }

    async fn read(&self, tx: &mut Tx, written: &str, region: Region) -> Result<Result<Private, Unclear>, DbError> {
        if let Some(pasted) = Pasted::read(written) {
            return Ok(of_link(&pasted, written, region));
        }
        // Somebody answered from what is no number for us: a short code, a name, an id on a platform.
        if self.knows(tx, written).await? {
            return Ok(Ok(Private::new(written.to_owned())));
        }
        if let Some(handle) = Handle::parse(written, region) {
            return Ok(Ok(handle.address().clone()));
        }
        let problem = match PhoneNumber::parse(written, region) {
            Ok(number) => return Ok(Ok(address(&number))),
            Err(problem) => problem,
        };
        let is_name = |nick: &String| nick.contains(char::is_alphabetic);
        let Some(nick) = nick_of(written).filter(is_name) else {
            return Ok(Err(unclear(problem, written, region)));
        };
        // What looks like a number with a slip in it is no nick, unless somebody has it.
        Ok(match self.by_nick(tx, &nick).await? {
            Err(Unclear::NoSuchNick) if problem.code != ProblemCode::NoNumber => Err(unclear(problem, written, region)),
            found => found,
        })
    }

    /// Whether anything has happened with this address. Whoever was forgotten is known by their no alone.
    async fn knows(&self, tx: &mut Tx, address: &str) -> Result<bool, DbError> {
        let blind = self.vault.blind(address);
        Ok(contact::find(tx, &blind).await?.is_some() || !contact::noes(tx, &[blind]).await?.is_empty())
    }

    async fn by_nick(&self, tx: &mut Tx, nick: &str) -> Result<Result<Private, Unclear>, DbError> {
        let mut found = Vec::new();
        let anybodys = contact::platforms(tx).await?.into_iter();
        let all: BTreeSet<String> = anybodys.chain(platforms().map(str::to_owned)).gather();
        for platform in all {
            let address = format!("{platform}:{nick}");
            if self.knows(tx, &address).await? {
                found.push(Private::new(address));
            }
        }
        Ok(match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(Unclear::SeveralNicks),
            (None, _) => Err(Unclear::NoSuchNick),
        })
    }
}

fn address(number: &PhoneNumber) -> Private {
    Private::new(number.expose().to_owned())
}

/// Why a text is no number, or which number that no plan knows.
fn unclear(problem: Problem, written: &str, region: Region) -> Unclear {
    let unknown = PhoneNumber::parse_unknown(written, region);
    // Bare, and as long as its country's numbers are: what a plus before a national number makes is seldom that.
    let is_bare = unknown.as_ref().is_ok_and(|number| number.expose() == written.trim() && number.is_possible(region));
    let is_doubtful = problem.code != ProblemCode::NotValid || problem.suggestion.is_some();
    if is_doubtful && !(is_bare && problem.code == ProblemCode::Unsure) {
        return Unclear::Number(problem);
    }
    match unknown {
        Ok(number) => Unclear::Unknown(number),
        Err(Some(number)) => Unclear::MayBe(number),
        Err(None) => Unclear::Number(problem),
    }
}

/// The address that a link leads to.
fn of_link(pasted: &Pasted, written: &str, region: Region) -> Result<Private, Unclear> {
    let read = |text: &str| PhoneNumber::parse(text, region).map(|number| address(&number));
    match pasted {
        Pasted::Page(..) => Handle::parse(written, region).map(|handle| handle.address().clone()).ok_or(Unclear::Link),
        Pasted::Number(number) => read(number.expose()).or_else(|problem| {
            // A link often leaves out the plus.
            read(&format!("+{}", number.expose())).map_err(|_| unclear(problem, number.expose(), region))
        }),
        Pasted::Other => read(written).map_err(|problem| match problem.suggestion {
            Some(_) => Unclear::Number(problem),
            None => Unclear::Link,
        }),
    }
}
