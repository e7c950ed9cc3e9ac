//! A wrapper for what must never be printed: numbers, handles, names, texts and secrets.

use std::fmt;

use zeroize::Zeroize;

/// A value that does not print and is wiped when dropped.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Private<T: Zeroize = String>(T);

impl<T: Zeroize> Private<T> {
    /// Wraps a value; from here on `{:?}` shows nothing of it.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Each call is a place to look at in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> From<T> for Private<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(private)")
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_value_does_not_print() {
        assert_eq!(format!("{:?}", Private::new("Amanda".to_owned())), "(private)");
    }
}
