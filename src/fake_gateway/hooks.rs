//! The addresses that the gateway calls.

/// Where the gateway finds the webhooks of the daemon.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub local: String,
    /// What it believes it is called, and what signatures cover.
    pub public: String,
}

impl Hooks {
    /// Where an address under the public one is found on this machine.
    pub(super) fn local(&self, url: &str) -> String {
        match (url.strip_prefix(&self.public), url.find("/hooks/")) {
            (Some(path), _) => format!("{}{path}", self.local),
            (None, Some(at)) => format!("{}{}", self.local, &url[at..]),
            (None, None) => url.to_owned(),
        }
    }
}
