//! A thread of its own for work that many wait for: in the pool of all other tasks its turn would come after theirs.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Does something on a thread of its own, which ends when this is let go. Belongs in a runtime, whose timers and sockets it uses.
pub async fn of_its_own(work: impl Future<Output = ()> + Send + 'static) {
    let (_held, let_go) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                () = work => {}
                _ = let_go => {}
            }
        });
    });
    let _ = done.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_on_a_thread_of_its_own_is_done_there_and_ends_when_it_is_let_go() {
        let (say, said) = oneshot::channel();
        of_its_own(async { say.send(std::thread::current().id()).unwrap() }).await;
        assert_ne!(said.await.unwrap(), std::thread::current().id());

        let (begun, has_begun) = oneshot::channel();
        let (held, let_go) = oneshot::channel::<()>();
        let endless = tokio::spawn(of_its_own(async move {
            let _held = held;
            begun.send(()).unwrap();
            std::future::pending().await
        }));
        has_begun.await.unwrap();
        endless.abort();
        let_go.await.unwrap_err();
    }
}
