//! Asking a provider to delete what it keeps of a message: said as often as it takes, since saying it twice does no harm.

use std::time::Duration;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// It is gone, or was.
    Gone,
    /// Not yet: the provider is away, is busy, or still has the message under way.
    Later(Option<Duration>),
    /// This provider has no way to ask.
    Cannot,
}
