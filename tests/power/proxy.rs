//! Stands between a program and PostgreSQL; counts what the program says, and breaks the connection at one of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Whatever is said.
    Word,
    /// COMMIT.
    Commit,
}

/// What becomes of the one that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// It does not arrive.
    Lost,
    /// It arrives; the answer does not.
    Unanswered,
    /// It does not arrive, and every connection ends with it.
    All,
}

impl Break {
    pub const ALL: [Break; 3] = [Break::Lost, Break::Unanswered, Break::All];
}

/// A proxy; it ends with its runtime.
pub struct Proxy {
    pub address: SocketAddr,
    count: Arc<AtomicU64>,
}

impl Proxy {
    /// Starts one before this server: at the `at`th of what is counted, from 1, it breaks.
    pub async fn start(server: String, what: What, at: u64, how: Break) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, count) = (listener.local_addr().unwrap(), Arc::<AtomicU64>::default());
        let (point, end) = (Point { what, at, how, count: count.clone() }, watch::channel(()).0);
        tokio::spawn(async move {
            loop {
                // One that went away before it was taken ends nothing.
                let Ok((client, _)) = listener.accept().await else { continue };
                let (server, point, end) = (server.clone(), point.clone(), end.clone());
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(server).await {
                        point.join(client, server, &end).await;
                    }
                });
            }
        });
        Self { address, count }
    }

    /// An address of this database that leads through here.
    pub fn before(&self, url: &str) -> String {
        let (login, place) = url.split_once('@').unwrap();
        format!("{login}@{}/{}", self.address, place.split_once('/').unwrap().1)
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }
}

/// The server of a database's address.
pub fn place(url: &str) -> String {
    url.split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned()
}

#[derive(Clone)]
struct Point {
    what: What,
    at: u64,
    how: Break,
    count: Arc<AtomicU64>,
}

impl Point {
    /// Carries bytes both ways until one side ends, or the point is reached.
    async fn join(&self, client: TcpStream, server: TcpStream, end: &watch::Sender<()>) {
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let there = async {
            let mut bytes = vec![0; 64 * 1024];
            while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
                // The simple query `COMMIT`, as its message is on the wire.
                let counts = self.what == What::Word || bytes[..n].windows(7).any(|part| part == b"COMMIT\0");
                if counts && self.count.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
                    if self.how == Break::Unanswered {
                        let _ = to_server.write_all(&bytes[..n]).await;
                        // It is done when the answer is here; that goes no further.
                        return true;
                    }
                    if self.how == Break::All {
                        end.send_replace(());
                    }
                    return false;
                }
                if to_server.write_all(&bytes[..n]).await.is_err() {
                    return false;
                }
            }
            false
        };
        let back = async {
            let mut bytes = vec![0; 64 * 1024];
            loop {
                let Ok(n @ 1..) = from_server.read(&mut bytes).await else { return };
                if to_client.write_all(&bytes[..n]).await.is_err() {
                    return;
                }
            }
        };
        // Those that come later live.
        let mut ended = end.subscribe();
        let unanswered = tokio::select! {
            unanswered = there => unanswered,
            () = back => false,
            _ = ended.changed() => false,
        };
        if unanswered {
            let _ = from_server.read(&mut [0; 64]).await;
        }
    }
}
