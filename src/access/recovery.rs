//! Recovery codes: ten for each person, each good once in place of the app's code. Shown when they are drawn, then known
//! by keyed digests alone.
//!
//! A code has 120 random bits. Whoever has the database and even the key file would try 2^119 of them for one, so nothing
//! is won by a slow hash, which is for what people think of themselves.

use super::{Access, Refusal, User, Visitor, folded};
use crate::audit::On;
use crate::clock;
use crate::domain::act::Act;
use crate::domain::id::UserId;
use crate::domain::private::Private;
use crate::store::{DbError, Tx, recovery, session, user};
use crate::vault::VaultError;

/// So many codes are drawn.
const MANY: usize = 10;
/// Digits and letters of which none is mistaken for another: five bits each.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code.
const LENGTH: usize = 24;

/// What signing in did with somebody's recovery codes.
#[derive(Clone, Debug)]
pub enum Recovery {
    /// Nothing.
    Untouched,
    /// They had none, and these were drawn: to be shown once.
    Drawn(Vec<Private>),
    /// One was used up; so many are left.
    Left(i64),
}

impl Access {
    /// How many recovery codes somebody has left.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn recovery_left(&self, user: UserId) -> Result<i64, DbError> {
        recovery::left(&mut self.db.read().await?, user).await
    }

    /// Draws ten new codes for somebody, to be shown once; the old ones and all their sessions end.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn renew_recovery(&self, name: &str) -> Result<Result<(User, Vec<Private>), Refusal>, DbError> {
        let mut tx = self.db.begin().await?;
        let Some(found) = user::named(&mut tx, &folded(name)).await? else { return Ok(Err(Refusal::Unknown)) };
        if !found.factor_confirmed {
            return Ok(Err(Refusal::NoFactor));
        }
        let codes = self.draw_recovery(&mut tx, found.id).await?;
        session::end_all(&mut tx, found.id).await?;
        self.ledger.book().note(&mut tx, Act::RecoveryMade, On::User(found.id)).await?;
        tx.commit().await?;
        Ok(Ok((found, codes)))
    }

    /// The same for oneself, by whoever has just shown their password; their session goes on.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn renew_own_recovery(&self, me: &Visitor) -> Result<Vec<Private>, DbError> {
        let mut tx = self.db.begin().await?;
        let codes = self.draw_recovery(&mut tx, me.user).await?;
        self.ledger.book().note(&mut tx, Act::RecoveryMade, On::User(me.user)).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Draws ten codes in place of those that somebody has.
    pub(super) async fn draw_recovery(&self, tx: &mut Tx, user: UserId) -> Result<Vec<Private>, DbError> {
        let codes = (0..MANY).map(|_| draw()).collect::<Result<Vec<_>, _>>()?;
        let digests: Vec<_> = codes.iter().filter_map(|code| self.recovery_digest(code.expose())).collect();
        recovery::replace(tx, user, &digests, self.ledger.clock.now_ms()).await?;
        Ok(codes)
    }

    /// What a code is known by, however it was typed; `None` when it has not the form of one.
    pub(super) fn recovery_digest(&self, typed: &str) -> Option<[u8; 32]> {
        read(typed).map(|code| self.ledger.vault.keyed(b"recovery", code.expose().as_bytes()))
    }
}

/// A code in groups of four.
fn draw() -> Result<Private, DbError> {
    let bytes = Private::new(clock::random::<LENGTH>().map_err(VaultError::from)?);
    let mut code = String::with_capacity(LENGTH + 5);
    for (n, byte) in bytes.expose().iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    Ok(Private::new(code))
}

/// The letters alone: capitals, spaces and dashes do not matter, nor an O for a zero.
fn read(typed: &str) -> Option<Private> {
    if typed.len() > 4 * LENGTH {
        return None;
    }
    let mut code = String::with_capacity(LENGTH);
    for letter in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let letter = match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        code.push(letter);
    }
    let code = Private::new(code);
    let good = code.expose().len() == LENGTH && code.expose().bytes().all(|b| LETTERS.contains(&b));
    good.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = draw().unwrap();
        assert_eq!(code.expose().len(), 29);
        let plain = read(code.expose()).unwrap();
        let typed = format!(" {} ", code.expose().to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l"));
        assert_eq!(read(&typed), Some(plain));
        for wrong in [
            "",
            "123456",
            "0123-4567-89ab-cdef-0123-456",
            "0123-4567-89ab-cdef-0123-45678",
            "0123-4567-89ab-cdef-0123-456u",
            "æ123-4567-89ab-cdef-0123-45",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_two_codes_are_the_same() {
        let codes: std::collections::BTreeSet<_> = (0..200).map(|_| draw().unwrap().expose().clone()).collect();
        assert_eq!(codes.len(), 200);
    }
}
