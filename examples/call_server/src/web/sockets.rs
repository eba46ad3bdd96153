//! The open WebSockets: [`Sockets`]. Each sends the messages of its [`Feed`] and takes none; their
//! number is limited, and they end with the server.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    extract::ws::{CloseFrame, Message, WebSocket, close_code},
    response::{IntoResponse, Response},
};
use mixminus::config::ErrorCode;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{door::Desk, refused::Refused};

/// How long sending one message may take before the client counts as gone.
const SLOWEST: Duration = Duration::from_secs(10);
/// How long the closing handshake may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// The longest message that a client may send, and the longest part of one. Clients have nothing to send; this is enough for
/// pings.
const MOST_RECEIVED: usize = 4096;
/// How much is read at a time.
const READ: usize = 4096;

/// How many pings a client may send for each message that it gets: each takes time from
/// the other clients.
const MOST_MESSAGES: usize = 16;

/// The messages of a WebSocket.
pub trait Feed: Send + 'static {
    /// The next message; `None` after the last one. Must be cancel-safe: no message is lost if the
    /// future is dropped before it is ready.
    fn next(&mut self) -> impl Future<Output = Option<Message>> + Send;
}

/// The kinds of WebSockets. Each kind has its own limit.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    /// Receives the states of the desk.
    Watcher,
    /// Receives what a participant hears.
    Listener,
}

/// The limits of each kind, and the signal to close.
#[derive(Debug)]
pub struct Sockets {
    watchers: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Sockets {
    /// Allows `places` open WebSockets of each kind.
    pub fn new(places: usize) -> Self {
        let places = || Arc::new(Semaphore::new(places));
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        Self { watchers: places(), listeners: places(), closing, tasks }
    }

    /// Answers a client that may open a WebSocket.
    pub fn open(&self, desk: Desk, sort: Sort, feed: impl Feed) -> Response {
        let places = match sort {
            Sort::Watcher => &self.watchers,
            Sort::Listener => &self.listeners,
        };
        let Ok(place) = Arc::clone(places).try_acquire_owned() else {
            let message = "no place is left for another WebSocket; see --max-sockets";
            return Refused::new(ErrorCode::TooManyRequests, message).retry_after_s(5).into_response();
        };
        let (closing, tasks) = (self.closing.clone(), self.tasks.clone());
        let Desk { upgrade, expires } = desk;
        let upgrade = upgrade.max_message_size(MOST_RECEIVED).max_frame_size(MOST_RECEIVED).read_buffer_size(READ);
        upgrade.on_upgrade(move |socket| {
            tasks.track_future(async move {
                relay(socket, feed, expires, closing).await;
                drop(place);
            })
        })
    }

    /// Closes all WebSockets, and waits until they are closed or for `limit`.
    pub async fn close(&self, limit: Duration) {
        self.closing.cancel();
        self.tasks.close();
        // WebSockets that are still open are cut off when the server ends.
        let _all_gone = timeout(limit, self.tasks.wait()).await;
    }
}

/// Waits until a date, or forever if there is none.
async fn until(date: Option<SystemTime>) {
    match date {
        Some(date) => tokio::time::sleep(date.duration_since(SystemTime::now()).unwrap_or_default()).await,
        None => std::future::pending().await,
    }
}

/// Sends until the client is gone, too slow or sends more than pings, its token expires, the feed ends, or
/// the server ends.
async fn relay(mut socket: WebSocket, mut feed: impl Feed, expires: Option<SystemTime>, closing: CancellationToken) {
    let mut received = 0;
    let mut expired = std::pin::pin!(until(expires));
    let goodbye = loop {
        let message = tokio::select! {
            () = closing.cancelled() => break (close_code::AWAY, "the server stops"),
            () = &mut expired => break (close_code::POLICY, "the token has expired"),
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) if received < MOST_MESSAGES => {
                    received += 1;
                    continue;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => break (close_code::POLICY, "too many pings"),
                Some(Ok(Message::Text(_) | Message::Binary(_))) => break (close_code::POLICY, "nobody listens here"),
            },
            message = feed.next() => message,
        };
        let Some(message) = message else { break (close_code::AWAY, "there will be no more") };
        received = 0;
        if !matches!(timeout(SLOWEST, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    };
    let (code, reason) = goodbye;
    let goodbye = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    let _unless_it_is_gone = timeout(GOODBYE, socket.send(goodbye)).await;
}
