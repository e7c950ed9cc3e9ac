//! Filling a map or a set that is in order, one by one.
//!
//! `collect` sorts first, and the sort is compiled anew for each place that collects: much to build, and nothing for how
//! few there are.

/// What an iterator's items are put into.
pub trait Gather: Iterator + Sized {
    /// All of them; of two with the same key the last counts, as with `collect`.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::Gather;

    #[test]
    fn what_is_gathered_is_what_would_be_collected() {
        let pairs = [(2, "b"), (1, "a"), (2, "c")];
        assert_eq!(pairs.into_iter().gather::<BTreeMap<i32, &str>>(), pairs.into_iter().collect());
        let numbers = [3, 1, 3, 2];
        assert_eq!(numbers.into_iter().gather::<BTreeSet<i32>>(), numbers.into_iter().collect());
    }
}
