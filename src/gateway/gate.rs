//! The last thing before the first byte: lets one request begin once, in time, or never.
//!
//! The request's body stands behind the gate. hyper asks for the body before it flushes the request's head, on a new
//! connection and on a reused one alike, so nothing is on its way before the gate opens. It opens once: a request that
//! has begun cannot begin again, whatever a layer below would like to retry. And it can be shut from outside: what
//! failed before it opened does not leave later, behind our back.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::gateway::exchange::Failure;

/// The steady clock, in milliseconds.
pub(super) type Steady = Arc<dyn Fn() -> i64 + Send + Sync>;

const WAITING: u8 = 0;
const OPEN: u8 = 1;
const SHUT: u8 = 2;
const LATE: u8 = 3;

/// Stands before the first byte of one request, and turns once: to open, or to shut for good.
pub(super) struct Gate {
    state: AtomicU8,
    deadline_ms: i64,
    steady: Steady,
}

impl Gate {
    /// A gate that nothing has passed yet.
    pub(super) fn new(deadline_ms: i64, steady: Steady) -> Self {
        Self { state: AtomicU8::new(WAITING), deadline_ms, steady }
    }

    fn turn(&self, to: u8) -> bool {
        self.state.compare_exchange(WAITING, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Lets the request begin, unless it is too late or the gate was shut.
    fn pass(&self) -> Result<(), Failure> {
        if (self.steady)() >= self.deadline_ms {
            self.turn(LATE);
        }
        if self.turn(OPEN) { Ok(()) } else { Err(Failure::Late) }
    }

    /// Says what a failed request amounts to. "Nothing left us" needs both: an error that says so, and a gate that
    /// never opened and is shut now, so that nothing can leave behind our back.
    pub(super) fn blame(&self, error: &reqwest::Error) -> Failure {
        let nothing_left = self.turn(SHUT);
        let late = self.state.load(Ordering::SeqCst) == LATE;
        match error {
            _ if late => Failure::Late,
            error if nothing_left && error.is_builder() => Failure::Unbuildable,
            error if nothing_left && error.is_connect() => Failure::Connect,
            error if error.is_timeout() => Failure::Timeout,
            _ => Failure::Broken,
        }
    }
}

/// A body that can be taken once, through its gate.
pub(super) struct GatedBody {
    gate: Arc<Gate>,
    bytes: Option<Bytes>,
}

impl GatedBody {
    /// Puts a body behind its gate; an empty one would be asked of nobody, and open nothing.
    pub(super) fn new(gate: Arc<Gate>, bytes: Vec<u8>) -> Self {
        Self { gate, bytes: Some(Bytes::from(bytes)) }
    }
}

impl Body for GatedBody {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        Poll::Ready(Some(self.gate.pass().map(|()| Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
