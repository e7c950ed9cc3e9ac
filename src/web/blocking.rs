//! Work that would keep others waiting.

use super::failure::Failure;

/// Work that reads files, apart from what answers others.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|why| Failure::away(&why))
}
