//! The anchor: how far the chain was when it was last found whole, in a file beside the witness, where no change of the
//! database reaches.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::vault::{Sheet, Vault};

const ABOUT: &str =
    "The end of Lykt's audit when it was last found whole. Put no old one back: it tells whether entries were cut off.";
const PURPOSE: &[u8] = b"audit anchor";

/// An entry that was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Anchor {
    /// Its number.
    pub n: i64,
    /// Its hash.
    pub hash: String,
    /// When it was seen, civil.
    pub at: i64,
}

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Anchored {
    Nowhere,
    Damaged,
    At(Anchor),
}

impl Anchor {
    pub(super) fn new(n: i64, hash: &[u8], at: i64) -> Self {
        Self { n, hash: URL_SAFE_NO_PAD.encode(hash), at }
    }

    /// Whether this is the hash that was seen.
    pub(super) fn is(&self, hash: &[u8]) -> bool {
        self.hash == URL_SAFE_NO_PAD.encode(hash)
    }

    pub(super) fn write(&self, path: &Path, vault: &Vault) -> io::Result<()> {
        vault.write_sheet(path, PURPOSE, ABOUT, &serde_json::to_string(self)?)
    }
}

/// Reads the anchor; one that cannot be read is a damaged one.
pub(super) fn read(path: &Path, vault: &Vault) -> Anchored {
    match vault.read_sheet(path, PURPOSE) {
        Ok(Sheet::Missing) => Anchored::Nowhere,
        Ok(Sheet::Told(told)) => serde_json::from_str(&told).map_or(Anchored::Damaged, Anchored::At),
        Ok(Sheet::Damaged) | Err(_) => Anchored::Damaged,
    }
}
