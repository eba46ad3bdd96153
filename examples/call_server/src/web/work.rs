//! What the server's own routes do for clients at a time, at most: [`Work`], with the reading of their bodies.

use std::{thread, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt;
use mixminus::config::ErrorCode;
use tokio::{
    task::spawn_blocking,
    time::{error::Elapsed, timeout},
};

use super::{door::Client, refused::Refused};
use crate::shares::{Share, Shares};

/// How many bytes of bodies are in memory at a time, and how many each counts at least.
const BYTES: usize = 4 << 20;
const FEWEST: usize = 1 << 10;
/// How long a body may take to arrive.
const SLOWEST: Duration = Duration::from_secs(10);
/// How long work waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Memory for bodies, and turns on the threads that work; each client has at most half.
#[derive(Debug)]
pub struct Work {
    bytes: Shares<Client>,
    turns: Shares<Client>,
}

impl Default for Work {
    /// As many turns as the process may use processors, 2 at least.
    fn default() -> Self {
        let turns = thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
        Self { bytes: Shares::new(BYTES), turns: Shares::new(turns) }
    }
}

impl Work {
    /// Reads a body of so many bytes at most, and works on it.
    pub async fn on<T: Send + 'static>(
        &self,
        client: &Client,
        body: Body,
        most: usize,
        work: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let late = |_: Elapsed| Refused::new(ErrorCode::RequestTimeout, "the body took too long to arrive");
        let (bytes, room) = timeout(SLOWEST, self.read(client, body, most)).await.map_err(late)??;
        self.run(client, move || {
            let _room = room;
            work(bytes)
        })
        .await
    }

    /// Works on a thread that may block, when it is the client's turn.
    pub async fn run<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let turn = timeout(PATIENCE, self.turns.wait(client)).await.map_err(busy)?;
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        let failed = |_| Refused::new(ErrorCode::InternalServerError, "the request could not be worked on");
        done.await.map_err(failed)
    }

    /// Copies what comes into one piece of memory, which grows with it: a body of many small frames would take many times its
    /// bytes, and one of which nothing comes takes nothing.
    async fn read(&self, client: &Client, mut body: Body, most: usize) -> Result<(Vec<u8>, Option<Share>), Refused> {
        let (mut read, mut room) = (Vec::new(), None);
        while let Some(frame) = body.frame().await {
            let broken = |error| Refused::new(ErrorCode::BadRequest, format!("the body broke off: {error}"));
            let Ok(bytes) = frame.map_err(broken)?.into_data() else { continue };
            let total = read.len() + bytes.len();
            if total > most {
                let message = format!("the body has at most {most} bytes");
                return Err(Refused::new(ErrorCode::RequestTooLarge, message));
            }
            if total > read.capacity() {
                let capacity = (2 * total).max(FEWEST).min(most);
                self.bytes.grow(&mut room, client, capacity).map_err(busy)?;
                read.reserve_exact(capacity - read.len());
            }
            read.extend_from_slice(&bytes);
        }
        Ok((read, room))
    }
}

fn busy<E>(_: E) -> Refused {
    Refused::new(ErrorCode::ServiceUnavailable, "the server is busy").retry_after_s(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    fn client(name: &str) -> Client {
        Client::Subject(name.into())
    }

    async fn status(work: &Work, client: &Client, body: impl Into<Body>) -> u16 {
        match work.on(client, body.into(), 3, |bytes| bytes.len()).await {
            Ok(length) => length as u16,
            Err(refused) => refused.into_response().status().as_u16(),
        }
    }

    #[tokio::test]
    async fn each_client_has_room_for_bodies_and_takes_it_as_they_come() {
        let work = Work { bytes: Shares::new(8), ..Work::default() };
        let (anna, ben) = (client("anna"), client("ben"));
        assert_eq!((status(&work, &anna, "abc").await, status(&work, &anna, "abcd").await), (3, 413));
        let never = Body::from_stream(futures_util::stream::pending::<Result<&str, std::io::Error>>());
        let waits = timeout(Duration::from_millis(50), status(&work, &anna, never));
        let (waited, other) = tokio::join!(waits, status(&work, &anna, "abc"));
        assert!(waited.is_err() && other == 3, "what has not come takes no room");
        let room = work.bytes.take(&anna, 2).unwrap();
        assert_eq!((status(&work, &anna, "abc").await, status(&work, &anna, "").await), (503, 0));
        assert_eq!(status(&work, &ben, "abc").await, 3, "another client has its own");
        drop(room);
        assert_eq!(status(&work, &anna, "abc").await, 3);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_turn_for_ever_nor_for_those_of_one_other_client() {
        let work = Work { turns: Shares::new(2), ..Work::default() };
        let _turn = work.turns.wait(&client("anna")).await;
        assert_eq!(work.run(&client("anna"), || ()).await.unwrap_err().into_response().status(), 503);
        assert!(work.run(&client("ben"), || ()).await.is_ok());
    }
}
