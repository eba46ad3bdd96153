//! A flood of requests by hostile clients, honest clients beside it, and what the server makes of both: times, answers, and the
//! peak of its memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::RequestBuilder;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    runtime::{Builder, Runtime},
    time::{sleep, sleep_until},
};

use crate::rig::Server;

/// How many answers had which status.
pub type Answers = BTreeMap<u16, usize>;

/// Clients that send the same request over and over, each on a connection of its own, until this is dropped. They have a thread of
/// their own: they shall not delay the honest ones themselves.
pub struct Flood {
    clients: Option<Runtime>,
    answers: Arc<Mutex<Answers>>,
}

impl Flood {
    /// Begins to send.
    pub fn start(server: &Server, request: Vec<u8>, connections: usize) -> Self {
        let (request, answers): (Arc<[u8]>, Arc<Mutex<Answers>>) = (request.into(), Arc::default());
        let clients = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        for _ in 0..connections {
            let (address, request, answers) = (server.address().to_owned(), Arc::clone(&request), Arc::clone(&answers));
            clients.spawn(async move {
                loop {
                    // The server closes the connections of those that it refuses before the whole body was sent.
                    if let Ok(mut stream) = TcpStream::connect(&address).await {
                        while let Some(status) = exchange(&mut stream, &request).await {
                            *answers.lock().unwrap().entry(status).or_default() += 1;
                        }
                    }
                    sleep(Duration::from_millis(5)).await;
                }
            });
        }
        Self { clients: Some(clients), answers }
    }

    /// What has been answered so far.
    pub fn answers(&self) -> Answers {
        self.answers.lock().unwrap().clone()
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        // In a test's own runtime it must not be waited for.
        self.clients.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

/// The bytes of a request with a body of JSON.
pub fn post(token: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: mixer\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// Sends a request and reads the answer; returns its status, or `None` if the connection has ended.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<u16> {
    let (mut from, mut to) = stream.split();
    // Whoever is refused early is answered before it has sent everything.
    let (_sent, answer) = tokio::join!(to.write_all(request), answer(&mut from));
    answer
}

async fn answer(from: &mut (impl AsyncReadExt + Unpin)) -> Option<u16> {
    let mut from = BufReader::with_capacity(4096, from);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        from.read_until(b'\n', &mut head).await.ok().filter(|length| *length > 0)?;
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let length: u64 = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    tokio::io::copy(&mut from.take(length), &mut tokio::io::sink()).await.ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(status).filter(|_| !head.contains("connection: close"))
}

/// What an honest client has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// How long each answer took, sorted.
    pub times: Vec<Duration>,
    pub answers: Answers,
}

impl Seen {
    /// The time that this share of the answers took at most.
    pub fn quantile(&self, share: f64) -> Duration {
        self.times[((self.times.len() - 1) as f64 * share) as usize]
    }
}

/// An honest client, which sends a request at intervals for some time.
pub async fn honest(request: impl Fn() -> RequestBuilder, every: Duration, lasts: Duration) -> Seen {
    let (mut seen, begin) = (Seen::default(), Instant::now());
    let mut due = begin;
    while begin.elapsed() < lasts {
        let sent = Instant::now();
        if let Ok(answer) = request().send().await {
            let status = answer.status().as_u16();
            let _body = answer.bytes().await;
            *seen.answers.entry(status).or_default() += 1;
        } else {
            *seen.answers.entry(0).or_default() += 1;
        }
        seen.times.push(sent.elapsed());
        due += every;
        sleep_until(due.into()).await;
    }
    seen.times.sort_unstable();
    seen
}

/// The most memory that the server has had so far, in MB.
pub fn peak_memory(server: &Server) -> f64 {
    memory(server, "VmHWM:")
}

/// The memory that the server has, in MB.
pub fn memory_now(server: &Server) -> f64 {
    memory(server, "VmRSS:")
}

fn memory(server: &Server, field: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1000.0
}

/// A body of this many bytes at most: as many elements as fit, each with its number, between a beginning and an end.
fn filled(bytes: usize, begin: &str, element: impl Fn(usize) -> String, end: &str) -> String {
    let mut body = begin.to_owned();
    for number in 0.. {
        let element = element(number);
        if body.len() + element.len() + end.len() >= bytes {
            break;
        }
        if number > 0 {
            body.push(',');
        }
        body.push_str(&element);
    }
    body + end
}

/// Bodies of this many bytes at most, each of a shape that costs as much as it can.
pub fn bodies(bytes: usize) -> Vec<(&'static str, String)> {
    const BEGIN: &str = "{\"participantMixerLevels\":[";
    let listeners = |element: &str| filled(bytes, BEGIN, |_| element.to_owned(), "]}");
    let nest = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let sources = format!("{BEGIN}{{\"participant\":\"guest\",\"sourceLevels\":[");
    vec![
        ("numbers", listeners("1")),
        ("empty objects", listeners("{}")),
        ("arrays of one", listeners("[1]")),
        ("objects of one", listeners("{\"\":1}")),
        ("flags alone", listeners("{\"exclusive\":true}")),
        ("misspelt names", listeners("{\"exclusivx\":1}")),
        ("names as escapes", listeners("{\"\\u0061\":1}")),
        ("nests", listeners(&nest)),
        ("misspelt names of one object", filled(bytes, "{", |_| "\"exclusivx\":1".into(), "}")),
        ("one long name", filled(bytes, "{\"", |_| "\u{200b}".into(), "\":1}")),
        ("one listener over and over", listeners("{\"participant\":\"guest\"}")),
        ("strangers", filled(bytes, BEGIN, |number| format!("{{\"participant\":\"{number}\"}}"), "]}")),
        (
            "sources",
            filled(bytes, &sources, |number| format!("{{\"participant\":\"{number}\",\"level\":101}}"), "]}]}"),
        ),
    ]
}
