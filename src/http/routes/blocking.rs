//! Work that does not fit an async thread: it waits for locks, or computes for milliseconds.

use tokio_util::task::TaskTracker;

use crate::{config::ErrorCode, http::refused::Refused};

/// Runs work on a blocking thread, as one of the service's tasks. It runs to its end even if the
/// client is gone. If it panics, the client is answered with 500.
pub(super) async fn run<T: Send + 'static>(
    tasks: &TaskTracker,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    let done = tasks.spawn_blocking(work).await;
    done.map_err(|_panic| Refused::new(ErrorCode::InternalServerError, "the request could not be worked on"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{http::StatusCode, response::IntoResponse};

    #[tokio::test]
    async fn a_panic_is_answered_and_the_next_work_runs() {
        let tasks = TaskTracker::new();
        let refused = run(&tasks, || panic!("a fault in the work")).await.map(|()| "no refusal").unwrap_err();
        assert_eq!(refused.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(run(&tasks, || 7).await.ok(), Some(7));
    }

    #[tokio::test]
    async fn the_work_goes_on_when_nobody_waits_for_it() {
        let tasks = TaskTracker::new();
        let (sender, receiver) = std::sync::mpsc::channel();
        let work = run(&tasks, move || sender.send("done"));
        let gone = tokio::time::timeout(std::time::Duration::ZERO, work);
        drop(gone.await);
        tasks.close();
        tasks.wait().await;
        assert_eq!(receiver.recv(), Ok("done"));
    }
}
