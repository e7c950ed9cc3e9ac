//! Seals a stream of any length: chunks with a number each and a mark on the last, so that a file that was cut, changed or
//! put together anew does not open.
//!
//! Each stream has a key of its own, drawn from the sealing key and a salt. Knows nothing of what goes through it.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{NONCE, Vault};
use crate::clock;

/// What a sealed stream begins with; its last character is the version of the form.
const MAGIC: &[u8; 8] = b"LYKTSEA1";
const SALT: usize = 32;
/// Magic, version of the key, salt: in clear, and part of what each chunk is sealed under.
const HEAD: usize = MAGIC.len() + 1 + SALT;
/// Bytes in a chunk, all but the last.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// The bit of a chunk's length that says that it is the last.
const LAST: u32 = 1 << 31;

/// Why a sealed stream does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It does not begin as one.
    #[error("it was not sealed by lykt, or by another version of it")]
    Foreign,
    /// The keys have no key of this version, or another one.
    #[error("it does not open with this key file, or it was changed")]
    Unreadable,
    /// It ends before its end, or goes on after it.
    #[error("it was cut off, or something was added to it")]
    Cut,
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// Seals what is written to it. [`finish`](Sealer::finish) it, or what came out does not open.
pub struct Sealer<W> {
    to: W,
    seal: Seal,
    waiting: Vec<u8>,
}

/// Opens what a [`Sealer`] made.
pub struct Opener<R> {
    from: R,
    seal: Seal,
    open: Zeroizing<Vec<u8>>,
    at: usize,
    ended: bool,
}

struct Seal {
    cipher: XChaCha20Poly1305,
    head: [u8; HEAD],
    n: u64,
}

impl Vault {
    /// Begins a sealed stream for one purpose.
    ///
    /// # Errors
    /// When there is no randomness, or the head cannot be written.
    pub fn sealer<W: Write>(&self, purpose: &str, mut to: W) -> io::Result<Sealer<W>> {
        let salt: [u8; SALT] = clock::random()?;
        let keys = self.keys();
        let (version, key) = keys.newest();
        let seal = Seal::new(version, key, &salt, purpose);
        to.write_all(&seal.head)?;
        Ok(Sealer { to, seal, waiting: Vec::with_capacity(CHUNK) })
    }

    /// Opens a sealed stream of one purpose.
    ///
    /// # Errors
    /// When it is none, or these keys have no key of its version.
    pub fn opener<R: Read>(&self, purpose: &str, mut from: R) -> io::Result<Opener<R>> {
        let mut head = [0; HEAD];
        match from.read_exact(&mut head) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(StreamError::Foreign.into()),
            read => read?,
        }
        let (magic, rest) = head.split_at(MAGIC.len());
        let (version, salt) = (rest[0], &rest[1..]);
        if magic != MAGIC {
            return Err(StreamError::Foreign.into());
        }
        let seal = self.with_key(version, |key| Seal::new(version, key, salt, purpose));
        let seal = seal.ok_or(StreamError::Unreadable)?;
        Ok(Opener { from, seal, open: Zeroizing::default(), at: 0, ended: false })
    }
}

impl Seal {
    fn new(version: u8, key: &[u8; 32], salt: &[u8], purpose: &str) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(b"stream\0");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(salt);
        let key = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
        let mut head = [0; HEAD];
        head[..MAGIC.len()].copy_from_slice(MAGIC);
        head[MAGIC.len()] = version;
        head[MAGIC.len() + 1..].copy_from_slice(salt);
        Self { cipher: XChaCha20Poly1305::new((&*key).into()), head, n: 0 }
    }

    /// The nonce of the next chunk: no two chunks of a stream have the same, and no two streams the same key.
    fn next(&mut self, last: bool) -> XNonce {
        let mut nonce = [0; NONCE];
        nonce[..8].copy_from_slice(&self.n.to_be_bytes());
        nonce[8] = u8::from(last);
        self.n += 1;
        XNonce::from(nonce)
    }
}

impl<W: Write> Sealer<W> {
    fn chunk(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.seal.next(last);
        let payload = Payload { msg: &self.waiting, aad: &self.seal.head };
        let sealed = self.seal.cipher.encrypt(&nonce, payload).map_err(|_| StreamError::Unreadable)?;
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)? | if last { LAST } else { 0 };
        self.to.write_all(&length.to_be_bytes())?;
        self.to.write_all(&sealed)?;
        self.waiting.clear();
        Ok(())
    }

    /// Seals the last chunk, and gives back what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.chunk(true)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.len() == CHUNK {
            self.chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<R: Read> Opener<R> {
    fn chunk(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        whole(self.from.read_exact(&mut length))?;
        let length = u32::from_be_bytes(length);
        let (last, length) = (length & LAST != 0, (length & !LAST) as usize);
        if !(TAG..=CHUNK + TAG).contains(&length) {
            return Err(StreamError::Unreadable.into());
        }
        let mut sealed = vec![0; length];
        whole(self.from.read_exact(&mut sealed))?;
        let nonce = self.seal.next(last);
        let payload = Payload { msg: &sealed, aad: &self.seal.head };
        let open = self.seal.cipher.decrypt(&nonce, payload).map_err(|_| StreamError::Unreadable)?;
        (self.open, self.at, self.ended) = (Zeroizing::new(open), 0, last);
        // What stands behind the end was added by somebody.
        if last && self.from.read(&mut [0])? > 0 {
            return Err(StreamError::Cut.into());
        }
        Ok(())
    }
}

fn whole(read: io::Result<()>) -> io::Result<()> {
    read.map_err(|e| if e.kind() == io::ErrorKind::UnexpectedEof { StreamError::Cut.into() } else { e })
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.open.len() {
            if self.ended || into.is_empty() {
                return Ok(0);
            }
            self.chunk()?;
        }
        let taken = into.len().min(self.open.len() - self.at);
        into[..taken].copy_from_slice(&self.open[self.at..self.at + taken]);
        self.at += taken;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;

    fn vault() -> Vault {
        Vault::new(Keys::generate().unwrap())
    }

    fn sealed(vault: &Vault, open: &[u8]) -> Vec<u8> {
        let mut sealer = vault.sealer("backup", Vec::new()).unwrap();
        sealer.write_all(open).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(vault: &Vault, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, StreamError> {
        let mut open = Vec::new();
        let read = vault.opener(purpose, sealed).and_then(|mut opener| opener.read_to_end(&mut open));
        match read {
            Ok(_) => Ok(open),
            Err(e) => Err(*e.get_ref().unwrap().downcast_ref().unwrap()),
        }
    }

    #[test]
    fn a_stream_of_any_length_opens_as_it_was() {
        let vault = vault();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7] {
            let open: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            assert_eq!(opened(&vault, "backup", &sealed(&vault, &open)), Ok(open), "{length} bytes");
        }
    }

    #[test]
    fn a_stream_that_was_cut_anywhere_does_not_open() {
        let vault = vault();
        let whole = sealed(&vault, &[7; 2 * CHUNK + 5]);
        for length in [0, 3, HEAD, HEAD + 2, HEAD + 4 + CHUNK + TAG, whole.len() - 1] {
            assert!(opened(&vault, "backup", &whole[..length]).is_err(), "cut at {length}");
        }
        assert_eq!(opened(&vault, "backup", &[whole, vec![0]].concat()), Err(StreamError::Cut));
    }

    #[test]
    fn a_stream_that_was_changed_anywhere_does_not_open() {
        let vault = vault();
        let whole = sealed(&vault, &[7; CHUNK + 5]);
        for at in [0, MAGIC.len(), HEAD - 1, HEAD, HEAD + 3, HEAD + 4, HEAD + 9, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(opened(&vault, "backup", &changed).is_err(), "changed at {at}");
        }
        // Two whole chunks in each other's place.
        let two = sealed(&vault, &[7; 2 * CHUNK + 5]);
        let chunk = 4 + CHUNK + TAG;
        let swapped =
            [&two[..HEAD], &two[HEAD + chunk..HEAD + 2 * chunk], &two[HEAD..HEAD + chunk], &two[HEAD + 2 * chunk..]];
        assert_eq!(opened(&vault, "backup", &swapped.concat()), Err(StreamError::Unreadable));
    }

    #[test]
    fn a_stream_opens_with_its_own_keys_and_for_its_own_purpose_only() {
        let (ours, theirs) = (vault(), vault());
        let whole = sealed(&ours, b"hei");
        assert_eq!(opened(&theirs, "backup", &whole), Err(StreamError::Unreadable));
        assert_eq!(opened(&ours, "witness", &whole), Err(StreamError::Unreadable));
        assert_ne!(sealed(&ours, b"hei"), sealed(&ours, b"hei"), "each has a key of its own");
    }
}
