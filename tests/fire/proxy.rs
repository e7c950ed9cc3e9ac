//! Stands between a node and PostgreSQL, and loses the answer to COMMIT, or the COMMIT, when asked to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A proxy; it ends with its runtime.
#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    orders: Arc<Orders>,
}

#[derive(Default)]
struct Orders {
    lose_answers: AtomicU64,
    lose_commits: AtomicU64,
    /// How many answers, and how many commits, were lost so far.
    lost: [AtomicU64; 2],
}

impl Proxy {
    /// Starts one before this server.
    pub async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, orders) = (listener.local_addr().unwrap(), Arc::<Orders>::default());
        let ours = orders.clone();
        tokio::spawn(async move {
            loop {
                // One that went away before it was taken ends nothing.
                let Ok((client, _)) = listener.accept().await else { continue };
                let (server, orders) = (server.clone(), ours.clone());
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(server).await {
                        join(client, server, &orders).await;
                    }
                });
            }
        });
        Self { address, orders }
    }

    /// The next COMMIT reaches the server, and its answer does not come back.
    pub fn lose_answer(&self) {
        self.orders.lose_answers.fetch_add(1, Ordering::SeqCst);
    }

    /// The next COMMIT does not reach the server.
    pub fn lose_commit(&self) {
        self.orders.lose_commits.fetch_add(1, Ordering::SeqCst);
    }

    /// How many answers, and how many commits, were lost so far.
    pub fn lost(&self) -> [u64; 2] {
        [0, 1].map(|n| self.orders.lost[n].load(Ordering::SeqCst))
    }
}

/// Carries bytes both ways until one side ends; then both end.
async fn join(client: TcpStream, server: TcpStream, orders: &Orders) {
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mute = AtomicBool::new(false);
    tokio::select! {
        () = there(from_client, to_server, orders, &mute) => {}
        () = back(from_server, to_client, &mute) => {}
    }
}

async fn there(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, orders: &Orders, mute: &AtomicBool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = client.read(&mut bytes).await {
        // The simple query `COMMIT`, as its message is on the wire.
        if bytes[..n].windows(7).any(|part| part == b"COMMIT\0") {
            if take(&orders.lose_commits) {
                orders.lost[1].fetch_add(1, Ordering::SeqCst);
                return;
            }
            if take(&orders.lose_answers) {
                orders.lost[0].fetch_add(1, Ordering::SeqCst);
                mute.store(true, Ordering::SeqCst);
            }
        }
        if server.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

async fn back(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, mute: &AtomicBool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = server.read(&mut bytes).await {
        if mute.load(Ordering::SeqCst) || client.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

fn take(orders: &AtomicU64) -> bool {
    orders.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}
