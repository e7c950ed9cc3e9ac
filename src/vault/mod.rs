//! Keys; sealing and opening a field; the blind index of an address. No other room sees a key.
//!
//! A field is sealed with XChaCha20-Poly1305 under its table, column and row, so that it cannot be moved. The blind
//! index is HMAC-SHA-256 under a key of its own; each key that came after that one is a link: the digest of a digest, so
//! that an index is brought forward by whoever has the new key, also where no address is left. Knows nothing of what it
//! seals.

mod dump;
pub mod envelope;
mod keys;
mod pair;
mod sheet;
mod stream;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::clock;
pub use dump::leave_no_dump;
pub use keys::{KeyError, Keys, Use};
pub use pair::PairKey;
pub use sheet::Sheet;
pub use stream::{Opener, Sealer, StreamError};

const NONCE: usize = 24;
/// Version byte, nonce and tag: what sealing adds to a text.
pub const OVERHEAD: usize = 1 + NONCE + 16;

/// Where a sealed field stands; a field opens only where it was sealed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id or key.
    pub row: &'a [u8],
}

/// Seals and opens fields, and finds addresses without showing them.
pub struct Vault {
    keys: RwLock<Keys>,
    /// How many links of the index the database's rows have.
    links: AtomicUsize,
    /// Where they come from, and go to when they are replaced.
    file: Option<PathBuf>,
}

/// Why a field could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The field was sealed with another key, stands in another place, or is damaged.
    #[error("a sealed field of {table}.{column} does not open: wrong key file, or a damaged database")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// It was sealed with a key that this key file lacks.
    #[error(
        "it is sealed with key {version}, which this key file lacks: copy the file from the node where the key was replaced"
    )]
    NoKey {
        /// The key's version.
        version: u8,
    },
    /// The operating system has no randomness.
    #[error("the operating system gave no randomness to seal with")]
    Random(#[from] getrandom::Error),
}

impl Vault {
    /// A vault with these keys.
    pub fn new(keys: Keys) -> Self {
        Self { links: AtomicUsize::new(keys.links()), keys: RwLock::new(keys), file: None }
    }

    /// A vault with the keys of a file, which is read again when something is sealed with a key that it had not then.
    ///
    /// # Errors
    /// When the file is missing, open to others, or damaged.
    pub fn of_file(file: &Path) -> Result<Self, KeyError> {
        Ok(Self { file: Some(file.to_owned()), ..Self::new(Keys::load(file)?) })
    }

    /// Takes over keys that were added to the file or taken from it. A file that is damaged or another house's changes
    /// nothing.
    pub fn refresh(&self) {
        let Some(Ok(new)) = self.file.as_deref().map(Keys::load) else { return };
        let is_ours = new.index().starts_with(&self.keys().index()[..self.links()]);
        if is_ours {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = new;
        }
    }

    /// The version of the key that seals.
    pub fn newest(&self) -> u8 {
        self.keys().newest().0
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the key of a version.
    fn with_key<T>(&self, version: u8, work: impl Fn(&[u8; 32]) -> T) -> Option<T> {
        let known = self.keys().version(version).map(&work);
        known.or_else(|| {
            self.refresh();
            self.keys().version(version).map(&work)
        })
    }

    /// Seals bytes for one place. Output: version, nonce (24), ciphertext with tag.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, place: Place<'_>, open: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE] = clock::random()?;
        let keys = self.keys();
        let (version, key) = keys.newest();
        let cipher = XChaCha20Poly1305::new(key.into());
        let payload = Payload { msg: open, aad: &associated(place) };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| unreadable(place))?;
        Ok([&[version][..], &nonce, &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// When its key is not here, or the key, the place or the bytes are not those it was sealed with.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (version, rest) = sealed.split_first().ok_or_else(|| unreadable(place))?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or_else(|| unreadable(place))?;
        let aad = associated(place);
        let open = |key: &[u8; 32]| {
            XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
        };
        let opened = self.with_key(*version, open).ok_or(VaultError::NoKey { version: *version })?;
        opened.map_err(|_| unreadable(place))
    }

    /// Opens a text; see [`open`](Self::open).
    ///
    /// # Errors
    /// As `open`, and when the bytes are no UTF-8.
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, VaultError> {
        String::from_utf8(self.open(place, sealed)?).map_err(|_| unreadable(place))
    }

    /// The blind index of an address: equal for equal addresses, and telling nothing without the key.
    pub fn blind(&self, address: &str) -> [u8; 32] {
        self.find_by(b"address", address.as_bytes())
    }

    /// A keyed digest by which a person can be found: under the last key of the index, so that replaced keys find nobody.
    /// [`crate::store::reindex::forward`] must know where it stands.
    pub fn find_by(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        self.forward(self.keyed(purpose, bytes), 1, self.links())
    }

    /// A keyed digest that finds nobody; the purpose keeps them apart. Always under the first key.
    pub fn keyed(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        digest(&self.keys().index()[0], purpose, bytes)
    }

    /// How many links an index of this database has.
    pub fn links(&self) -> usize {
        self.links.load(Ordering::SeqCst)
    }

    /// How many links the key file has.
    pub fn known_links(&self) -> usize {
        self.keys().links()
    }

    /// From now on every index has so many links, at most those that are known.
    pub fn use_links(&self, links: usize) {
        self.links.store(links.clamp(1, self.known_links()), Ordering::SeqCst);
    }

    /// Brings a digest forward from so many links to so many.
    pub fn forward(&self, digested: [u8; 32], from: usize, to: usize) -> [u8; 32] {
        let keys = self.keys();
        keys.index().iter().take(to).skip(from).fold(digested, |last, key| digest(key, b"link", &last))
    }
}

fn digest(key: &[u8; 32], purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(purpose);
    mac.update(&[0]);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn associated(place: Place<'_>) -> Vec<u8> {
    [place.table.as_bytes(), b"\0", place.column.as_bytes(), b"\0", place.row].concat()
}

fn unreadable(place: Place<'_>) -> VaultError {
    VaultError::Unreadable { table: place.table, column: place.column }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { table: "message", column: "sealed", row: b"1" };

    fn vault() -> Vault {
        Vault::new(Keys::generate().unwrap())
    }

    #[test]
    fn a_sealed_text_opens_where_it_was_sealed() {
        let vault = vault();
        let sealed = vault.seal(HERE, b"hei").unwrap();
        assert_eq!(vault.open_text(HERE, &sealed).unwrap(), "hei");
        assert_eq!(sealed.len(), OVERHEAD + 3);
    }

    #[test]
    fn a_sealed_text_does_not_open_in_another_row_or_with_another_key() {
        let (vault, other) = (vault(), vault());
        let sealed = vault.seal(HERE, b"hei").unwrap();
        assert!(vault.open(Place { row: b"2", ..HERE }, &sealed).is_err());
        assert!(other.open(HERE, &sealed).is_err());
        assert!(vault.open(HERE, &sealed[..10]).is_err());
    }

    #[test]
    fn an_index_is_brought_forward_without_its_address() {
        let mut keys = Keys::generate().unwrap();
        keys.add_link().unwrap();
        let vault = Vault::new(keys);
        vault.use_links(1);
        let (before, proof) = (vault.blind("+46701740605"), vault.keyed(b"check", b"lykt"));
        vault.use_links(2);
        assert_ne!(vault.blind("+46701740605"), before);
        assert_eq!(vault.forward(before, 1, 2), vault.blind("+46701740605"));
        assert_eq!(vault.keyed(b"check", b"lykt"), proof, "what is no address stays as it is");
        vault.use_links(9);
        assert_eq!(vault.links(), 2, "no more than there are");
    }

    #[test]
    fn the_blind_index_is_the_same_for_the_same_address_only() {
        let vault = vault();
        assert_eq!(vault.blind("+447700900000"), vault.blind("+447700900000"));
        assert_ne!(vault.blind("+447700900000"), vault.blind("+447700900001"));
    }
}
