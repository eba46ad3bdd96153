//! Work that does not fit an async thread: it waits for locks, or computes for milliseconds.

use crate::{
    config::ErrorCode,
    http::{refused::Refused, state::ServiceState, work::Size},
};

/// Runs work on a blocking thread when it is the caller's turn, as one of the service's tasks. It runs to its end even if the
/// client is gone. If it panics, the client is answered with 500.
pub(super) async fn run<T: Send + 'static>(
    service: &ServiceState,
    subject: Option<String>,
    size: Size,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refused> {
    let turn = service.work.turn(subject.as_deref(), size).await?;
    let done = service.tasks.spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|_panic| Refused::new(ErrorCode::InternalServerError, "the request could not be worked on"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::http::{AllowEverybody, Limits, ServiceOptions};
    use axum::{http::StatusCode, response::IntoResponse};
    use tokio::runtime::Handle;

    fn service() -> Arc<ServiceState> {
        let limits = Limits { work_at_once: 1, ..Limits::default() };
        ServiceState::new(ServiceOptions { limits, ..ServiceOptions::default() }, AllowEverybody, Handle::current())
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_the_next_work_runs() {
        let service = service();
        let refused = run(&service, None, Size::Small, || panic!("a fault in the work")).await.map(|()| "no refusal");
        assert_eq!(refused.unwrap_err().into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(run(&service, None, Size::Small, || 7).await.ok(), Some(7));
    }

    #[tokio::test]
    async fn the_work_goes_on_when_nobody_waits_for_it_and_has_its_turn_until_then() {
        let service = service();
        let (sender, receiver) = std::sync::mpsc::channel();
        let (end, ends) = std::sync::mpsc::channel();
        let work = run(&service, None, Size::Small, move || {
            ends.recv().unwrap();
            sender.send("done")
        });
        let gone = tokio::time::timeout(std::time::Duration::from_millis(50), work);
        drop(gone.await);
        let waits = run(&service, None, Size::Small, || ());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(50), waits).await.is_err());
        end.send(()).unwrap();
        assert!(run(&service, None, Size::Small, || ()).await.is_ok());
        assert_eq!(receiver.recv(), Ok("done"));
    }
}
