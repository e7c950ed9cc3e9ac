//! Tokens, with which other systems come to the API: made once, shown once, known by a keyed digest.

use std::collections::BTreeSet;

use super::Access;
use super::session::{draw, is_random};
use super::users::{Refusal, is_name};
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::id::TokenId;
use crate::domain::private::Private;
use crate::domain::scope::Scope;
use crate::store::token;
use crate::store::{DbError, Tx};

pub use crate::store::token::Token;

/// What a token begins with, so that it is known for one wherever it turns up.
const PREFIX: &str = "lykt_";

/// Another system, and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The token's id.
    pub id: TokenId,
    /// Its name, which stands in the ledger.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
}

impl Access {
    /// Who comes with this token; `None` when it is none of ours, or was revoked.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn bearer(&self, secret: &str) -> Result<Option<Bearer>, DbError> {
        if !secret.strip_prefix(PREFIX).is_some_and(is_random) {
            return Ok(None);
        }
        let mut tx = self.db.read().await?;
        let Some(found) = token::find(&mut tx, &self.token_digest(secret)).await? else { return Ok(None) };
        drop(tx);
        let today = self.ledger.clock.today().to_string();
        if found.used_on.as_ref() != Some(&today) {
            let mut tx = self.db.begin().await?;
            token::used(&mut tx, found.id, &today).await?;
            tx.commit().await?;
        }
        let scopes = found.scopes.split(' ').filter_map(Scope::parse).collect();
        Ok(Some(Bearer { id: found.id, name: found.name, scopes }))
    }

    /// All tokens, by name.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn tokens(&self) -> Result<Vec<Token>, DbError> {
        token::all(&mut self.db.read().await?).await
    }

    /// Makes a token: what it is, and the secret, which is to be shown once.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn add_token(
        &self,
        name: &str,
        scopes: &BTreeSet<Scope>,
        actor: Option<&str>,
    ) -> Result<Result<(Token, Private), Refusal>, DbError> {
        let name = name.trim();
        if !is_name(name) {
            return Ok(Err(Refusal::NoName));
        }
        let secret = Private::new(format!("{PREFIX}{}", draw()?.expose()));
        let token = Token {
            id: new_id(),
            name: name.to_owned(),
            scopes: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
            made_at: self.ledger.clock.now_ms(),
            used_on: None,
            revoked_at: None,
        };
        let mut tx: Tx = self.db.begin().await?;
        if !token::add(&mut tx, &token, &self.token_digest(secret.expose()), actor).await? {
            return Ok(Err(Refusal::Taken));
        }
        self.ledger.book().note(&mut tx, Act::TokenAdded, On::Token(token.id)).await?;
        tx.commit().await?;
        Ok(Ok((token, secret)))
    }

    /// Revokes a token; `false` when there is none with this name that is still good.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn revoke(&self, name: &str) -> Result<bool, DbError> {
        let mut tx = self.db.begin().await?;
        let revoked = token::revoke(&mut tx, name.trim(), self.ledger.clock.now_ms()).await?;
        if let Some(id) = revoked {
            self.ledger.book().note(&mut tx, Act::TokenRevoked, On::Token(id)).await?;
        }
        tx.commit().await?;
        Ok(revoked.is_some())
    }

    fn token_digest(&self, secret: &str) -> [u8; 32] {
        self.ledger.vault.keyed(b"token", secret.as_bytes())
    }
}
