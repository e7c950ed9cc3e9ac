//! What people change of themselves: their password, their recovery codes. Whoever found an open session does not know
//! the password, so it is asked for again, and slowed down as it is at the door.

use std::net::IpAddr;

use super::password;
use super::{Access, Refusal, Visitor, folded};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::private::Private;
use crate::store::user::{self, By};
use crate::store::{DbError, session};

/// What comes of asking for somebody's own password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Own<T> {
    /// It is theirs, and this was done.
    Done(T),
    /// It is not.
    Wrong,
    /// It is theirs, and the new one can be nobody's.
    Refused(Refusal),
    /// Too many attempts: after so many seconds the next is looked at.
    Later(u64),
}

impl Access {
    /// Ten new recovery codes for somebody who shows their password, to be shown once.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn own_recovery(
        &self,
        me: &Visitor,
        password: &Private,
        from: Option<IpAddr>,
    ) -> Result<Own<Vec<Private>>, DbError> {
        match self.is_theirs(me, password, from).await? {
            Own::Done(()) => self.renew_own_recovery(me).await.map(Own::Done),
            Own::Later(seconds) => Ok(Own::Later(seconds)),
            _ => Ok(Own::Wrong),
        }
    }

    /// Another password for somebody who shows the one they have. All their sessions end.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn own_password(
        &self,
        me: &Visitor,
        (password, new): (&Private, &Private),
        from: Option<IpAddr>,
    ) -> Result<Own<()>, DbError> {
        let shown = self.is_theirs(me, password, from).await?;
        if shown != Own::Done(()) {
            return Ok(shown);
        }
        if let Err(weak) = password::check(new.expose(), &[&me.name, &self.organisation]) {
            return Ok(Own::Refused(Refusal::Weak(weak)));
        }
        let hash = self.hasher.hash(new).await?;
        let by = By { actor: Some(&me.name), at: self.ledger.clock.now_ms() };
        let mut tx = self.db.begin().await?;
        user::set_password(&mut tx, me.user, &hash, by).await?;
        session::end_all(&mut tx, me.user).await?;
        self.ledger.book().note(&mut tx, Act::UserPassword, On::User(me.user)).await?;
        tx.commit().await?;
        Ok(Own::Done(()))
    }

    async fn is_theirs(&self, me: &Visitor, password: &Private, from: Option<IpAddr>) -> Result<Own<()>, DbError> {
        let admitted = self.slow().admit(&folded(&me.name), None, from, self.ledger.clock.steady_ms());
        let counted = match admitted {
            Ok(counted) => counted,
            Err(wait) => return Ok(Own::Later(u64::try_from(wait).unwrap_or(0).div_ceil(1000).max(1))),
        };
        let user = user::get(&mut self.db.read().await?, me.user).await?;
        match self.hasher.verify(password, user.as_ref().map(|user| &user.password), true).await {
            Some(true) => {
                self.slow().forget(counted);
                Ok(Own::Done(()))
            }
            Some(false) => Ok(Own::Wrong),
            None => Ok(Own::Later(1)),
        }
    }
}
