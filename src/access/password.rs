//! Passwords: which may be one, how one is drawn, and their hashes. Two are hashed at once and no more.
//!
//! What is hashed is a keyed digest of the password, so that a stolen database without its key file gives nothing to
//! try passwords on.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::clock;
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::store::DbError;
use crate::text;
use crate::vault::{Vault, VaultError};

/// The fewest characters of a password.
const FEWEST: usize = 12;
/// The most bytes: longer ones are no passwords.
const MOST: usize = 1024;
/// So many attempts wait for their turn, and no more.
const WAITING: usize = 64;
/// The beginnings of the commonest passwords that are long enough.
const COMMON: [&str; 24] = [
    "password",
    "passw0rd",
    "p@ssword",
    "passord",
    "12345678",
    "qwerty",
    "qwertyuiop",
    "1q2w3e4r",
    "1qaz2wsx",
    "abcdefgh",
    "abc123",
    "letmein",
    "iloveyou",
    "welcome",
    "velkommen",
    "admin",
    "administrator",
    "hemmelig",
    "sommer",
    "vinter",
    "changeme",
    "changeit",
    "trustno1",
    "sunshine",
];

/// Why a text is no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It has too few characters.
    Short,
    /// It has too many.
    Long,
    /// It is a name that anybody would try.
    Name,
    /// Everybody uses it.
    Common,
}

impl Weak {
    /// What a person reads.
    pub fn text(self) -> Text {
        match self {
            Weak::Short => text!(
                "a password has at least {FEWEST} characters; four or five words in a row are easy to remember",
                "et passord har minst {FEWEST} tegn; fire eller fem ord på rad er lette å huske"
            ),
            Weak::Long => text!("the password is too long", "passordet er for langt"),
            Weak::Name => text!(
                "the password is too much like the name: whoever guesses tries that first",
                "passordet ligner for mye på navnet: den som gjetter, prøver det først"
            ),
            Weak::Common => text!(
                "the password is one of those that everybody tries first; take four or five words in a row",
                "passordet er et av dem alle prøver først; ta fire eller fem ord på rad"
            ),
        }
    }
}

/// Whether a text may be a password of somebody with these names.
pub(super) fn check(password: &str, names: &[&str]) -> Result<(), Weak> {
    if password.chars().count() < FEWEST {
        return Err(Weak::Short);
    }
    if password.len() > MOST {
        return Err(Weak::Long);
    }
    let bare = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let password = bare(password);
    // What is put before or after a name or a common word, mostly a year, makes it no better.
    let mostly = |word: &str| !word.is_empty() && password.replace(word, "").chars().count() <= 6;
    if names.iter().any(|name| mostly(&bare(name))) {
        return Err(Weak::Name);
    }
    let letters: std::collections::BTreeSet<char> = password.chars().collect();
    if letters.len() < 5 || COMMON.iter().any(|word| mostly(word)) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// Draws a password of twelve syllables, which can be read aloud: 72 bits.
pub(super) fn draw() -> Result<Private, DbError> {
    let bytes = Private::new(clock::random::<12>().map_err(VaultError::from)?);
    let mut drawn = String::with_capacity(27);
    for (n, byte) in bytes.expose().iter().enumerate() {
        if n > 0 && n % 3 == 0 {
            drawn.push('-');
        }
        drawn.push(char::from(b"bdfghjklmnprstvz"[usize::from(byte & 15)]));
        drawn.push(char::from(b"aeio"[usize::from(byte >> 4 & 3)]));
    }
    Ok(Private::new(drawn))
}

/// Hashes passwords. Cheap to clone; clones wait for each other.
#[derive(Clone)]
pub(super) struct Hasher {
    vault: Arc<Vault>,
    /// One lane for browsers that are known and for changes, one for everybody else: whoever tries passwords never
    /// stands before somebody who works here.
    known: Arc<Semaphore>,
    unknown: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Hasher {
    pub(super) fn new(vault: Arc<Vault>) -> Self {
        let lane = |permits| Arc::new(Semaphore::new(permits));
        Self { vault, known: lane(1), unknown: lane(1), waiting: lane(WAITING) }
    }

    /// The hash of a password.
    pub(super) async fn hash(&self, password: &Private) -> Result<Private, DbError> {
        let digest = self.digest(password);
        let _turn = self.known.acquire().await;
        let hashed = tokio::task::spawn_blocking(move || argon2().hash_password(&digest).map(|hash| hash.to_string()));
        Ok(Private::new(hashed.await.ok().and_then(Result::ok).ok_or(DbError::Unknown("password"))?))
    }

    /// Whether this is the password; without a hash it takes as long, and is never right. `None` when too many wait.
    pub(super) async fn verify(&self, password: &Private, hash: Option<&Private>, known: bool) -> Option<bool> {
        let _waits = if known { None } else { Some(self.waiting.try_acquire().ok()?) };
        let _turn = if known { &self.known } else { &self.unknown }.acquire().await;
        let digest = self.digest(password);
        let hash = hash.cloned();
        let verified = tokio::task::spawn_blocking(move || match hash {
            Some(hash) => argon2().verify_password(&digest, hash.expose().as_str()).is_ok(),
            None => argon2().hash_password_with_salt(&digest, &[0; 16]).is_err(),
        });
        Some(verified.await.unwrap_or(false))
    }

    /// The same however a keyboard puts its letters together, and of the same length whatever was typed.
    fn digest(&self, password: &Private) -> [u8; 32] {
        let written: String = password.expose().chars().take(MOST).nfkc().collect();
        self.vault.keyed(b"password", Private::new(written).expose().as_bytes())
    }
}

/// As OWASP has it: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("these parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_is_no_password() {
        let check = |password| check(password, &["Amanda Lund", "Lykten"]);
        assert_eq!(check("elleve tegn"), Err(Weak::Short));
        assert_eq!(check("amanda.lund2026"), Err(Weak::Name));
        assert_eq!(check("LYKTEN-LYKTEN-1"), Err(Weak::Name));
        assert_eq!(check("Password12345"), Err(Weak::Common));
        assert_eq!(check("aaaaaaaaaaaaaaa"), Err(Weak::Common));
        assert_eq!(check("hest batteri stift riktig"), Ok(()));
    }

    #[test]
    fn a_drawn_password_is_long_enough_and_none_is_drawn_twice() {
        let (one, two) = (draw().unwrap(), draw().unwrap());
        assert_ne!(one, two);
        assert_eq!(check(one.expose(), &["amanda"]), Ok(()));
        assert_eq!(one.expose().len(), 27);
    }
}
