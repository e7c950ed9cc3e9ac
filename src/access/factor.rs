//! The second factor: codes of six digits that an app makes from a shared secret and its own clock (TOTP, RFC 6238).

use totp_rs::{Algorithm, Builder, Totp};

use super::Access;
use crate::clock;
use crate::domain::id::UserId;
use crate::domain::private::Private;
use crate::store::DbError;
use crate::store::user::User;
use crate::vault::{Place, VaultError};

impl Access {
    /// A new secret for a user, sealed for their row.
    pub(super) fn new_factor(&self, user: UserId) -> Result<Vec<u8>, DbError> {
        let secret = Private::new(clock::random::<20>().map_err(VaultError::from)?);
        Ok(self.ledger.vault.seal(place(user.0.as_bytes()), secret.expose())?)
    }

    /// What makes and checks the codes of a user; `None` when no secret was drawn for them.
    pub(super) fn factor(&self, user: &User) -> Result<Option<Totp>, DbError> {
        let Some(sealed) = &user.factor else { return Ok(None) };
        let secret = self.ledger.vault.open(place(user.id.0.as_bytes()), sealed)?;
        // A colon would end the organisation's name in the address.
        let plain = |name: &str| name.replace(':', " ");
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_skew(1)
            .with_secret(secret)
            .with_issuer(Some(plain(&self.organisation)))
            .with_account_name(plain(&user.name));
        totp.build().map(Some).map_err(|_| DbError::Unknown("second factor"))
    }

    /// The step whose code this is, one before and after now included.
    pub(super) fn step(&self, totp: &Totp, code: &str) -> Option<i64> {
        let code: String = code.split_whitespace().collect();
        let six = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
        let step = six.then(|| totp.check(&code, self.ledger.clock.wall_seconds())).flatten()?;
        i64::try_from(step).ok()
    }
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "app_user", column: "factor", row }
}
