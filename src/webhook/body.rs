//! Reads a request's body: so much, so long, and no more; all bodies together never hold more than their share.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::Limits;

/// A body that is too large is read on for so long and thrown away, so that its sender gets to hear the answer.
const LINGER: Duration = Duration::from_secs(2);
/// And so many times the limit.
const LINGER_TIMES: usize = 8;

/// Room for the bodies that are being read or worked on, in KiB.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

/// A body, and its share of the room.
pub(super) struct Whole {
    pub bytes: Vec<u8>,
    _share: Option<OwnedSemaphorePermit>,
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoBody {
    /// More than the limit.
    TooLarge,
    /// Not here in time.
    Late,
    /// Others have taken all the room.
    NoRoom,
    /// The connection broke, or what it brought is not HTTP.
    Broken,
}

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        Self(Arc::new(Semaphore::new(limits.room / 1024)))
    }

    /// Reads a body.
    pub(super) async fn read(&self, body: Body, limits: &Limits) -> Result<Whole, NoBody> {
        let mut body = body;
        let read = tokio::time::timeout(limits.body, self.collect(&mut body, limits.body_bytes)).await;
        let read = read.unwrap_or(Err(NoBody::Late));
        if matches!(read, Err(NoBody::TooLarge)) {
            let _ = tokio::time::timeout(LINGER.min(limits.body), throw_away(&mut body, limits.body_bytes)).await;
        }
        read
    }

    async fn collect(&self, body: &mut Body, most: usize) -> Result<Whole, NoBody> {
        let mut bytes = Vec::new();
        let mut share: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
            if bytes.len() + data.len() > most {
                return Err(NoBody::TooLarge);
            }
            let have = share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let more = (bytes.len() + data.len()).div_ceil(1024).saturating_sub(have);
            if more > 0 {
                let more = u32::try_from(more).map_err(|_| NoBody::TooLarge)?;
                let more = self.0.clone().try_acquire_many_owned(more).map_err(|_| NoBody::NoRoom)?;
                match &mut share {
                    Some(share) => share.merge(more),
                    None => share = Some(more),
                }
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Whole { bytes, _share: share })
    }
}

async fn throw_away(body: &mut Body, most: usize) {
    let mut left = most.saturating_mul(LINGER_TIMES);
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
        if left == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_together_never_take_more_than_the_room() {
        let limits = Limits { room: 4 * 1024, body_bytes: 3 * 1024, ..Limits::default() };
        let room = Room::new(&limits);
        let first = room.read(Body::from(vec![0; 3000]), &limits).await.map(|whole| whole.bytes.len());
        assert_eq!(first, Ok(3000));
        let held = room.read(Body::from(vec![0; 3000]), &limits).await.ok();
        assert_eq!(room.read(Body::from(vec![0; 3000]), &limits).await.err(), Some(NoBody::NoRoom));
        assert_eq!(room.read(Body::from(vec![0; 4000]), &limits).await.err(), Some(NoBody::TooLarge));
        drop(held);
        assert!(room.read(Body::from(vec![0; 3000]), &limits).await.is_ok());
    }
}
