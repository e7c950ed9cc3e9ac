//! What one client may cost.

use std::time::Duration;

/// Times and sizes that nobody exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a request's head may take, and how long a connection may be idle.
    pub head: Duration,
    /// How long a body may take.
    pub body: Duration,
    /// How large a body may be.
    pub body_bytes: usize,
    /// How much all bodies together may hold, in bytes.
    pub room: usize,
    /// Connections at the same time; the system's limit of open files counts too.
    pub connections: usize,
    /// How long a connection may live.
    pub life: Duration,
    /// How long what is under way may take after a stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            body_bytes: 1024 * 1024,
            room: 64 * 1024 * 1024,
            connections: 8192,
            life: Duration::from_secs(300),
            grace: Duration::from_secs(5),
        }
    }
}
