//! Sessions: begun when somebody signs in, ended by signing out, by time and by every change of who they are.
//!
//! The cookie is random and stands nowhere but in the browser; the database knows its keyed digest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Access, Visitor};
use crate::audit::On;
use crate::clock;
use crate::domain::act::Act;
use crate::domain::id::UserId;
use crate::domain::private::Private;
use crate::domain::span::MINUTE_MS;
use crate::settings::Limits;
use crate::store::session::{self, Session};
use crate::store::{DbError, Tx, user};
use crate::vault::VaultError;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sessions {
    /// Without use.
    pub idle: Limits,
    /// In any case.
    pub longest: Limits,
}

impl Access {
    /// Who comes with this session's cookie; `None` when it is no session, or one that has ended.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn visitor(&self, cookie: &str) -> Result<Option<Visitor>, DbError> {
        if !is_random(cookie) {
            return Ok(None);
        }
        let digest = self.digest(cookie);
        let mut tx = self.db.read().await?;
        let Some(found) = session::find(&mut tx, &digest).await? else { return Ok(None) };
        let now = tx.steady_ms(&self.ledger.clock).await?;
        drop(tx);
        if !self.sessions.last(&found, now) {
            return Ok(None);
        }
        if now - found.seen_at >= MINUTE_MS {
            let mut tx = self.db.begin().await?;
            session::seen(&mut tx, &digest, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Visitor { user: found.user, name: found.name, role: found.role, lang: found.lang }))
    }

    /// Ends the session with this cookie.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn sign_out(&self, cookie: &str) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        if session::end(&mut tx, &self.digest(cookie)).await? {
            self.ledger.book().note(&mut tx, Act::SignedOut, On::Nothing).await?;
        }
        tx.commit().await
    }

    /// Begins a session for somebody who has shown who they are, and gives its cookie.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn begin(&self, tx: &mut Tx, user: UserId) -> Result<Private, DbError> {
        let cookie = draw()?;
        let now = tx.steady_ms(&self.ledger.clock).await?;
        let role = user::get(tx, user).await?.ok_or(DbError::Unknown("user"))?.role;
        let (ends_at, latest) = (now + self.sessions.longest.of(role), now + self.sessions.longest.most());
        session::begin(tx, &self.digest(cookie.expose()), user, now, (ends_at, latest)).await?;
        Ok(cookie)
    }

    fn digest(&self, cookie: &str) -> [u8; 32] {
        self.ledger.vault.keyed(b"session", cookie.as_bytes())
    }
}

impl Sessions {
    /// Whether a session still lasts. Steady time begins anew with a reboot: an end that is too far away, or a use that is
    /// still to come, is from before it.
    fn last(self, session: &Session, now: i64) -> bool {
        let ends = session.ends_at.min(session.seen_at + self.idle.of(session.role));
        session.seen_at <= now && session.ends_at <= now + self.longest.of(session.role) && now < ends
    }
}

/// Something that nobody can guess, in 43 characters.
///
/// # Errors
/// When the system has no randomness.
pub fn draw() -> Result<Private, DbError> {
    let bytes = Private::new(clock::random::<32>().map_err(VaultError::from)?);
    Ok(Private::new(URL_SAFE_NO_PAD.encode(bytes.expose())))
}

/// Whether a text has the form of what [`draw`] gives; what has not is not looked for.
pub(super) fn is_random(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
