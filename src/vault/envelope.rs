//! What passes between two organisations, by line or by hand: sealed under the key of the pair, with who wrote it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use super::pair::PairKey;
use crate::clock;

const HEAD: &[u8] = b"lykt-partner-1\n";
const NAME: usize = 8;
const NONCE: usize = 24;
/// Head, name of the pair, side.
const OUTSIDE: usize = HEAD.len() + NAME + 1;

/// By what the pair is known to which an envelope belongs; `None` when it is no envelope.
pub fn pair_of(envelope: &[u8]) -> Option<[u8; 8]> {
    envelope.strip_prefix(HEAD)?.get(..NAME)?.try_into().ok()
}

/// Seals something as ours.
///
/// # Errors
/// When the system has no randomness.
pub fn seal(pair: &PairKey, open: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
    let nonce: [u8; NONCE] = clock::random()?;
    let mut envelope = [HEAD, &pair.name(), &[pair.ours().byte()]].concat();
    let payload = Payload { msg: open, aad: &envelope };
    let sealed = cipher(pair).encrypt(&XNonce::from(nonce), payload).map_err(|_| getrandom::Error::UNEXPECTED)?;
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&sealed);
    Ok(envelope)
}

/// Opens what the other one sealed; `None` when it is not theirs, or was changed.
pub fn open(pair: &PairKey, envelope: &[u8]) -> Option<Vec<u8>> {
    let (outside, rest) = envelope.split_at_checked(OUTSIDE)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    if pair_of(outside)? != pair.name() || outside.last() != Some(&pair.theirs().byte()) {
        return None;
    }
    cipher(pair).decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: outside }).ok()
}

fn cipher(pair: &PairKey) -> XChaCha20Poly1305 {
    let key = Sha256::new().chain_update(b"lykt partner seal").chain_update(pair.bytes()).finalize();
    XChaCha20Poly1305::new(&<[u8; 32]>::from(key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_other_one_opens_it_and_only_as_it_was_written() {
        let (a, b) = PairKey::make().unwrap();
        let (stranger, _) = PairKey::make().unwrap();
        let envelope = seal(&a, b"words").unwrap();
        assert_eq!(open(&b, &envelope).as_deref(), Some(&b"words"[..]));
        assert_eq!(open(&a, &envelope), None, "nobody is told what they said themselves");
        assert_eq!(open(&stranger, &envelope), None);
        for n in 0..envelope.len() {
            let mut changed = envelope.clone();
            changed[n] ^= 1;
            assert_eq!(open(&b, &changed), None, "byte {n}");
            assert_eq!(open(&b, &envelope[..n]), None, "cut at {n}");
        }
    }
}
