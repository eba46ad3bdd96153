//! The WebSockets that are open: [`Sockets`]. Each sends what its [`Feed`] has, and takes nothing; there are only so many, and they end with the server.

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

/// How long a client may take for one message before it counts as gone.
const SLOWEST: Duration = Duration::from_secs(10);
/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// Clients have nothing to say; this is enough for what they may send anyway.
const MOST_RECEIVED: usize = 4096;

/// How many messages a client may send for each that it gets: pings, at most. Each costs time that the others do not have.
const MOST_MESSAGES: usize = 16;

/// What a WebSocket sends.
pub trait Feed: Send + 'static {
    /// The next message; `None` if there will be none. Nothing is lost if the future is dropped before it is ready.
    fn next(&mut self) -> impl Future<Output = Option<Message>> + Send;
}

/// What sort of WebSocket: there are places for each.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    /// Sees the states of the desk.
    Watcher,
    /// Hears what a participant hears.
    Listener,
}

/// The places, and the end.
#[derive(Debug)]
pub struct Sockets {
    watchers: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Sockets {
    /// So many of each sort at a time.
    pub fn new(places: usize) -> Self {
        let places = || Arc::new(Semaphore::new(places));
        let (closing, tasks) = (CancellationToken::new(), TaskTracker::new());
        Self { watchers: places(), listeners: places(), closing, tasks }
    }

    /// Answers a client who may open one.
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
        upgrade.max_message_size(MOST_RECEIVED).on_upgrade(move |socket| {
            tasks.track_future(async move {
                relay(socket, feed, expires, closing).await;
                drop(place);
            })
        })
    }

    /// Says goodbye to all, and waits until they are gone, or for so long.
    pub async fn close(&self, limit: Duration) {
        self.closing.cancel();
        self.tasks.close();
        // Who does not go is cut off with the server.
        let _all_gone = timeout(limit, self.tasks.wait()).await;
    }
}

/// For ever, if there is no date.
async fn until(date: Option<SystemTime>) {
    match date {
        Some(date) => tokio::time::sleep(date.duration_since(SystemTime::now()).unwrap_or_default()).await,
        None => std::future::pending().await,
    }
}

/// Sends until the client is gone, too slow or too talkative, its token ends, nothing will come any more, or the server ends.
async fn relay(mut socket: WebSocket, mut feed: impl Feed, expires: Option<SystemTime>, closing: CancellationToken) {
    let mut received = 0;
    let mut expired = std::pin::pin!(until(expires));
    let goodbye = loop {
        let message = tokio::select! {
            () = closing.cancelled() => break (close_code::AWAY, "the server stops"),
            () = &mut expired => break (close_code::POLICY, "the token has expired"),
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) if received < MOST_MESSAGES => {
                    received += 1;
                    continue;
                }
                Some(Ok(_)) => break (close_code::POLICY, "nobody listens here: too many messages"),
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
