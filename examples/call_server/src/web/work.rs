//! What the server's own routes do for clients at a time, at most: [`Work`], with the reading of their bodies.

use std::{sync::Arc, thread, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt;
use mixminus::config::ErrorCode;
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{error::Elapsed, timeout},
};

use super::refused::Refused;

/// How many bodies are in memory at a time.
const BODIES: usize = 64;
/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(10);
/// How long work waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Places for bodies, and turns on the threads that work.
#[derive(Debug)]
pub struct Work {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Work {
    /// As many turns as the process may use processors, 2 at least.
    fn default() -> Self {
        let turns = thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
        Self { places: Arc::new(Semaphore::new(BODIES)), turns: Arc::new(Semaphore::new(turns)) }
    }
}

impl Work {
    /// Reads a body of so many bytes at most, and works on it.
    pub async fn on<T: Send + 'static>(
        &self,
        body: Body,
        most: usize,
        work: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let late = |_: Elapsed| Refused::new(ErrorCode::RequestTimeout, "the body took too long to arrive");
        let bytes = timeout(SLOWEST, read(body, most)).await.map_err(late)??;
        self.run(move || {
            let _place = place;
            work(bytes)
        })
        .await
    }

    /// Works on a thread that may block, when it is its turn.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await.map_err(|_| busy())?;
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        let failed = |_| Refused::new(ErrorCode::InternalServerError, "the request could not be worked on");
        done.await.map_err(failed)
    }
}

/// Copies what comes into one piece of memory: a body of many small frames would take many times its bytes.
async fn read(mut body: Body, most: usize) -> Result<Vec<u8>, Refused> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let broken = |error| Refused::new(ErrorCode::BadRequest, format!("the body broke off: {error}"));
        let Ok(bytes) = frame.map_err(broken)?.into_data() else { continue };
        if read.len() + bytes.len() > most {
            return Err(Refused::new(ErrorCode::RequestTooLarge, format!("the body can have {most} bytes at most")));
        }
        read.extend_from_slice(&bytes);
    }
    Ok(read)
}

fn busy() -> Refused {
    Refused::new(ErrorCode::ServiceUnavailable, "the server is busy").retry_after_s(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    async fn status(work: &Work, body: &'static str) -> u16 {
        match work.on(body.into(), 3, |bytes| bytes.len()).await {
            Ok(length) => length as u16,
            Err(refused) => refused.into_response().status().as_u16(),
        }
    }

    #[tokio::test]
    async fn bodies_have_places_and_a_length() {
        let work = Work { places: Arc::new(Semaphore::new(1)), ..Work::default() };
        assert_eq!((status(&work, "abc").await, status(&work, "abcd").await), (3, 413));
        let place = work.places.acquire().await.unwrap();
        assert_eq!(status(&work, "").await, 503);
        drop(place);
        assert_eq!(status(&work, "").await, 0);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_turn_for_ever() {
        let work = Work { turns: Arc::new(Semaphore::new(1)), ..Work::default() };
        let _turn = work.turns.acquire().await.unwrap();
        assert_eq!(work.run(|| ()).await.unwrap_err().into_response().status(), 503);
    }
}
