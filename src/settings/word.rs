//! A word of a closed list: one that is none of them is told together with those that are.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer};

/// Reads a word.
pub(super) fn word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(from)?.into_deserializer())
}

/// Reads a word that may be missing.
pub(super) fn some_word<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    word(from).map(Some)
}
