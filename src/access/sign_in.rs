//! Signing in: a name, a password and a code; the first time also the secret that makes the codes.
//!
//! An unknown name, a wrong password and a wrong code take as long and get the same answer.

use std::net::IpAddr;

use tracing::warn;

use super::recovery::Recovery;
use super::session::{draw, is_random};
use super::users::LONGEST_NAME;
use super::{Access, Visitor, folded};
use crate::audit::{On, Who};
use crate::domain::act::Act;
use crate::domain::id::UserId;
use crate::domain::private::Private;
use crate::store::user::{self, User};
use crate::store::{DbError, Tx, recovery, session};

/// So many browsers of each user are known.
const DEVICES: i64 = 20;

/// What somebody comes with.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The name they give.
    pub name: String,
    /// The password.
    pub password: Private,
    /// The code of their second factor, or one of their recovery codes.
    pub code: Option<String>,
    /// The cookie of a browser that signed somebody in before.
    pub device: Option<String>,
    /// Where they come from.
    pub from: Option<IpAddr>,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// They are in.
    Welcome {
        /// The session's cookie.
        cookie: Private,
        /// The browser's cookie.
        device: Private,
        /// Who it is.
        visitor: Visitor,
        /// What became of their recovery codes.
        recovery: Recovery,
    },
    /// The password is right, and a second factor is to be set up: the next attempt brings a code of it.
    Enrol {
        /// The secret in base32, to be typed.
        secret: Private,
        /// The same as an `otpauth://` address, to be drawn.
        url: Private,
    },
    /// Name, password or code are wrong.
    Wrong,
    /// Too many attempts.
    Later {
        /// After so many seconds the next is looked at.
        seconds: u64,
    },
}

/// What was shown beside the password.
enum Shown {
    /// A code of the app: the step it is of.
    Step(i64),
    /// A recovery code: what it is known by.
    Recovery([u8; 32]),
}

impl Access {
    /// Lets somebody in who shows who they are.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn sign_in(&self, attempt: Attempt) -> Result<SignIn, DbError> {
        let mut name = folded(&attempt.name);
        name.truncate(name.char_indices().nth(LONGEST_NAME + 1).map_or(name.len(), |(at, _)| at));
        let mut tx = self.db.read().await?;
        let user = user::named(&mut tx, &name).await?;
        let (browser, known) = self.browser(&mut tx, &attempt, user.as_ref()).await?;
        drop(tx);
        let device = browser.as_ref().filter(|_| known).map(|browser| self.device_digest(browser));
        let admitted = self.slow().admit(&name, device, attempt.from, self.ledger.clock.steady_ms());
        let counted = match admitted {
            Ok(counted) => counted,
            Err(wait) => {
                self.note_refused().await?;
                return Ok(later(wait));
            }
        };
        let right = self.hasher.verify(&attempt.password, user.as_ref().map(|user| &user.password), known).await;
        let user = match (right, user) {
            (None, _) => return Ok(later(1000)),
            (Some(true), Some(user)) if user.disabled_at.is_none() => user,
            _ => return Ok(SignIn::Wrong),
        };
        let ended = self.with_password(user, &attempt, browser).await?;
        if !matches!(ended, SignIn::Wrong) {
            self.slow().forget(counted);
        }
        Ok(ended)
    }

    /// Keeps in the audit how many attempts were slowed down.
    async fn note_refused(&self) -> Result<(), DbError> {
        let many = self.slow().refuse(self.ledger.clock.steady_ms());
        if many.is_some() {
            let mut tx = self.db.begin().await?;
            self.ledger.book().note_by(&mut tx, Who::Nobody, Act::SignInRefused, On::Nothing, many).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The password was right; what about the code?
    async fn with_password(
        &self,
        mut user: User,
        attempt: &Attempt,
        browser: Option<Private>,
    ) -> Result<SignIn, DbError> {
        if user.factor.is_none() {
            let mut tx = self.db.begin().await?;
            user::offer_factor(&mut tx, user.id, self.new_factor(user.id)?).await?;
            let Some(offered) = user::get(&mut tx, user.id).await? else { return Ok(SignIn::Wrong) };
            tx.commit().await?;
            user = offered;
        }
        let Some(totp) = self.factor(&user)? else { return Ok(SignIn::Wrong) };
        let shown = |code: &str| match self.step(&totp, code) {
            Some(step) => Some(Shown::Step(step)),
            None => self.recovery_digest(code).filter(|_| user.factor_confirmed).map(Shown::Recovery),
        };
        if let Some(shown) = attempt.code.as_deref().and_then(shown)
            && let Some(welcome) = self.welcome(&user, &shown, browser).await?
        {
            return Ok(welcome);
        }
        if user.factor_confirmed {
            warn!(user.id = %user.id, "a right password came with a wrong code, or with none");
            return Ok(SignIn::Wrong);
        }
        let url = totp.to_url().map_err(|_| DbError::Unknown("second factor"))?;
        Ok(SignIn::Enrol { secret: Private::new(totp.secret().to_base32()), url: Private::new(url) })
    }

    /// Everything was right: unless the code was taken before, a session begins.
    async fn welcome(&self, user: &User, shown: &Shown, browser: Option<Private>) -> Result<Option<SignIn>, DbError> {
        let mut tx = self.db.begin().await?;
        let taken = match shown {
            Shown::Step(step) => user::take_step(&mut tx, user, *step).await?,
            Shown::Recovery(code) => {
                user::stands(&mut tx, user).await? && recovery::take(&mut tx, user.id, code).await?
            }
        };
        if !taken {
            return Ok(None);
        }
        let cookie = self.begin(&mut tx, user.id).await?;
        let device = match browser {
            Some(browser) => browser,
            None => draw()?,
        };
        let digest = self.device_digest(&device);
        session::know_device(&mut tx, &digest, user.id, self.ledger.clock.now_ms(), DEVICES).await?;
        // What was read before may have changed: the session's row says who they are now.
        let Some(now) = user::get(&mut tx, user.id).await? else { return Ok(None) };
        self.ledger.book().note_by(&mut tx, Who::User(now.id), Act::SignedIn, On::User(now.id), None).await?;
        let recovery = self.after(&mut tx, now.id, shown).await?;
        tx.commit().await?;
        let visitor = Visitor { user: now.id, name: now.name, role: now.role, lang: now.lang };
        Ok(Some(SignIn::Welcome { cookie, device, visitor, recovery }))
    }

    /// What becomes of the recovery codes of somebody who is in. Whoever has none and shows a code of the app gets ten.
    async fn after(&self, tx: &mut Tx, user: UserId, shown: &Shown) -> Result<Recovery, DbError> {
        let left = recovery::left(tx, user).await?;
        let (act, recovery) = match shown {
            Shown::Recovery(_) => (Act::RecoveryUsed, Recovery::Left(left)),
            Shown::Step(_) if left > 0 => return Ok(Recovery::Untouched),
            Shown::Step(_) => (Act::RecoveryMade, Recovery::Drawn(self.draw_recovery(tx, user).await?)),
        };
        let many = matches!(shown, Shown::Recovery(_)).then_some(left);
        self.ledger.book().note_by(tx, Who::User(user), act, On::User(user), many).await?;
        Ok(recovery)
    }

    /// The cookie of a browser that signed anybody in before, and whether it was this user.
    async fn browser(
        &self,
        tx: &mut Tx,
        attempt: &Attempt,
        user: Option<&User>,
    ) -> Result<(Option<Private>, bool), DbError> {
        let Some(cookie) = attempt.device.as_ref().filter(|cookie| is_random(cookie)) else { return Ok((None, false)) };
        let cookie = Private::new(cookie.clone());
        let digest = self.device_digest(&cookie);
        let (somebody, them) = session::device(tx, &digest, user.map(|user| user.id)).await?;
        Ok((somebody.then_some(cookie), them))
    }

    fn device_digest(&self, device: &Private) -> [u8; 32] {
        self.ledger.vault.keyed(b"device", device.expose().as_bytes())
    }
}

fn later(wait_ms: i64) -> SignIn {
    SignIn::Later { seconds: u64::try_from(wait_ms).unwrap_or(0).div_ceil(1000).max(1) }
}
