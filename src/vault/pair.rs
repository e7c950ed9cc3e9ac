//! The key of a pair of organisations: one file each, made by one of them and carried to the other by hand.
//!
//! Both hold the same key and differ in their side, so that nothing that one said can be told back to it as the other's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::clock;
use crate::domain::private::Private;

/// What a key file begins with.
const HEAD: &str = "lykt-partner-1";

/// Which of the two somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Who made the key.
    A,
    /// Who got it.
    B,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }

    /// The byte that stands for it.
    pub fn byte(self) -> u8 {
        match self {
            Side::A => b'a',
            Side::B => b'b',
        }
    }
}

/// The key of a pair, as one of the two holds it.
#[derive(Clone)]
pub struct PairKey {
    side: Side,
    key: Private<[u8; 32]>,
}

impl PairKey {
    /// A new key: ours, and theirs.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn make() -> Result<(Self, Self), getrandom::Error> {
        let key = Private::new(clock::random()?);
        Ok((Self { side: Side::A, key: key.clone() }, Self { side: Side::B, key }))
    }

    /// Reads a key file; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (head, side, key) = (words.next()?, words.next()?, words.next()?);
        let side = [Side::A, Side::B].into_iter().find(|of| side.as_bytes() == [of.byte()])?;
        let key: [u8; 32] = STANDARD.decode(key).ok()?.try_into().ok()?;
        (head == HEAD && words.next().is_none()).then_some(Self { side, key: Private::new(key) })
    }

    /// What stands in the file.
    pub fn text(&self) -> Private<String> {
        Private::new(format!("{HEAD} {} {}\n", char::from(self.side.byte()), STANDARD.encode(self.key.expose())))
    }

    /// By what the pair is known on an envelope: says nothing of the key.
    pub fn name(&self) -> [u8; 8] {
        let whole = Sha256::new().chain_update(b"lykt partner name").chain_update(self.key.expose()).finalize();
        std::array::from_fn(|n| whole[n])
    }

    pub(super) fn ours(&self) -> Side {
        self.side
    }

    pub(super) fn theirs(&self) -> Side {
        self.side.other()
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.key.expose()
    }
}

impl std::fmt::Debug for PairKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PairKey").field("side", &self.side).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_back_and_says_whose_side_it_is() {
        let (ours, theirs) = PairKey::make().unwrap();
        let read = PairKey::parse(theirs.text().expose()).unwrap();
        assert_eq!((read.side, read.name()), (Side::B, ours.name()));
        assert_eq!(read.key, ours.key);
        let text = ours.text().expose().clone();
        for wrong in ["", "lykt-partner-1", &text[..40], &text.replace(" a ", " c "), &format!("{text} more")] {
            assert!(PairKey::parse(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{ours:?}").contains(&STANDARD.encode(ours.bytes())[..8]));
    }
}
