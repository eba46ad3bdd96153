//! An issuer's server over real sockets, which answers as a test says.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A second path on the same server.
pub const MOVED: &str = "/moved";

/// The answer of an issuer's server.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 200, with this text.
    Text(String),
    Status(StatusCode, String),
    Redirect(String),
    /// None, ever.
    Hang,
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Served {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    answer: Mutex<Answer>,
    /// The answer at [`MOVED`].
    moved: Mutex<Answer>,
    asked: AtomicUsize,
}

impl Served {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let moved = Mutex::new(Answer::Status(StatusCode::NOT_FOUND, String::new()));
        let shared = Arc::new(Shared { answer: Mutex::new(answer), moved, asked: AtomicUsize::new(0) });
        let router = Router::new().fallback(answer_as_told).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, task }
    }

    pub fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// Redirects to another path of this server, which gives this answer.
    pub fn move_to(&self, answer: Answer) {
        *self.shared.moved.lock().unwrap() = answer;
        self.answer(Answer::Redirect(MOVED.into()));
    }

    /// How many requests the server has received.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Relaxed)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer_as_told(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    shared.asked.fetch_add(1, Relaxed);
    let answer = match uri.path() {
        MOVED => shared.moved.lock().unwrap().clone(),
        _ => shared.answer.lock().unwrap().clone(),
    };
    match answer {
        Answer::Text(text) => text.into_response(),
        Answer::Status(status, text) => (status, text).into_response(),
        Answer::Redirect(to) => Redirect::temporary(&to).into_response(),
        Answer::Hang => pending().await,
    }
}

/// A server that sends `beginning`, and then `again` without end with a pause of `wait` after each.
/// Returns its URL, and the count of the bytes sent after the beginning.
pub async fn endless(beginning: &'static str, again: Vec<u8>, wait: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = sent.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _hung_up = send(stream, beginning, &again, wait, &counted).await;
        }
    });
    (url, sent)
}

async fn send(
    mut stream: TcpStream,
    beginning: &str,
    again: &[u8],
    wait: Duration,
    sent: &AtomicUsize,
) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let _read = stream.read(&mut request).await?;
    stream.write_all(beginning.as_bytes()).await?;
    loop {
        stream.write_all(again).await?;
        sent.fetch_add(again.len(), Relaxed);
        tokio::time::sleep(wait).await;
    }
}
