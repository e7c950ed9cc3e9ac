//! A gateway that fails on demand: what the outside world does to us, for tests, benches and people who try Lykt out.
//!
//! Speaks as Twilio, as the WhatsApp Cloud API and as 46elks, all at one address. It counts what it *accepted*, by person,
//! before any fault hides that from the caller: "0 sends" means that [`FaultGateway::accepts`] is empty. It knows nothing of
//! the daemon: what it is told is a provider's request, what it tells is a provider's webhook.

mod answer;
mod chance;
mod content;
mod elks;
mod fault;
mod gateway;
mod hooks;
mod list;
mod message;
mod plan;
mod server;
mod shape;
mod speech;
mod tell;
mod twilio;
pub mod whatsapp;
mod wire;

pub use chance::scramble;
pub use elks::{HOOK_KEY, PASSWORD, USERNAME};
pub use fault::{Callback, Fault, Faults, Lie, Unknown, Word};
pub use gateway::FaultGateway;
pub use hooks::Hooks;
pub use message::Accept;
pub use shape::Shape;
pub use twilio::{ACCOUNT_SID, AUTH_TOKEN, sign};

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use crate::clock::boot_ms;
use crate::gateway::http::Http;
use gateway::Shared;
use tell::PATIENCE;

impl FaultGateway {
    /// Starts a gateway on a free port of this machine that does everything right.
    ///
    /// # Panics
    /// Where the machine has no free port.
    pub async fn start() -> Self {
        Self::listen(([127, 0, 0, 1], 0).into()).await.expect("a machine has a free port on its loopback address")
    }

    /// Starts a gateway at this address that does everything right.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let client = Http::new(boot_ms, PATIENCE).map_err(io::Error::other)?;
        let shared = Arc::new(Shared { plan: Mutex::default(), requests: AtomicUsize::new(0), client });
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        tokio::spawn(server::serve(listener, shared.clone()));
        Ok(Self { address, shared })
    }

    /// For `base_url` in the settings.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}
