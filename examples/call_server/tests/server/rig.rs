//! A server that is started for one test, and its clients.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::StreamExt;
use rcgen::{Certificate, CertifiedKey, generate_simple_self_signed};
use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, which is killed at the latest when it is dropped.
pub struct Server {
    child: Child,
    said: Receiver<String>,
    pub url: String,
    pub token: Option<String>,
    pub call: String,
    pub participants: Vec<String>,
}

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The program, not started yet.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call_server"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The exit code of a program that ends by itself, and what it wrote to standard error.
pub fn failure(arguments: &[&str]) -> (Option<i32>, String) {
    let output = program(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        Self::of(program(&[&["--json", "--listen", "127.0.0.1:0"], arguments].concat()))
    }

    /// A server with TLS, and the certificate by which it is known.
    pub fn start_with_tls() -> (Self, Certificate) {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        fs::write(path("cert.pem"), cert.pem()).unwrap();
        fs::write(path("key.pem"), signing_key.serialize_pem()).unwrap();
        (Self::start(&["--tls-cert", &path("cert.pem"), "--tls-key", &path("key.pem")]), cert)
    }

    /// A server whose files may have so many blocks of 512 bytes each, as if the disk were full.
    pub fn start_with_a_full_disk(blocks: u32, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_call_server"), "--json", "--listen", "127.0.0.1:0"]);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (say, said) = mpsc::channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let Ok(hello) = serde_json::from_str::<Value>(&line) else {
            child.kill().unwrap();
            panic!("no line of JSON: {line:?} {:?}", said.iter().collect::<Vec<_>>());
        };
        let text = |name: &str| hello[name].as_str().map(str::to_owned);
        let ids = hello["participants"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        let (url, call, participants) = (text("url").unwrap(), text("call").unwrap(), ids.collect());
        Self { child, said, url, token: text("token"), call, participants }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.url.split("://").nth(1).unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until a line on standard error contains a text.
    pub fn wait_for(&self, text: &str) {
        while !self.said.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("never said {text}")).contains(text) {}
    }

    /// Waits until the server has ended; returns its exit status and the rest of standard error.
    pub fn ended(&mut self) -> (ExitStatus, Vec<String>) {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, self.said.iter().collect());
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.authorized(client().get(format!("{}{path}", self.url))).send().await.unwrap()
    }

    pub async fn post(&self, levels: Value) -> Response {
        self.post_by(&client(), levels).await
    }

    pub async fn post_by(&self, client: &Client, levels: Value) -> Response {
        let url = format!("{}/app/calls/{}/participants/configureMixer", self.url, self.call);
        let request = client.post(url).json(&json!({ "participantMixerLevels": levels }));
        self.authorized(request).send().await.unwrap()
    }

    pub fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        self.token.iter().fold(request, |request, token| request.bearer_auth(token))
    }

    /// Changes levels and waits until they are mixed.
    pub async fn configure(&self, levels: Value) {
        let answer = self.post(levels).await;
        assert_eq!(answer.status(), 200);
        let operation = answer.headers()["location"].to_str().unwrap().to_owned();
        let begin = Instant::now();
        loop {
            let operation: Value =
                self.authorized(client().get(&operation)).send().await.unwrap().json().await.unwrap();
            match operation["status"].as_str().unwrap() {
                "completed" => return,
                "running" | "notStarted" => tokio::time::sleep(Duration::from_millis(10)).await,
                other => panic!("{other}: {operation}"),
            }
            assert!(begin.elapsed() < PATIENCE, "never completed");
        }
    }

    /// Opens a WebSocket as the desk does.
    pub async fn socket(&self, path: &str) -> Socket {
        self.knock(path, &self.offer(), None).await.unwrap()
    }

    /// The subprotocols that the desk offers.
    pub fn offer(&self) -> String {
        let token = self.token.as_ref().map(|token| format!(", bearer.{}", BASE64_URL_SAFE_NO_PAD.encode(token)));
        format!("mixminus.desk{}", token.unwrap_or_default())
    }

    /// Tries to open a WebSocket; returns the status if it is refused.
    pub async fn knock(&self, path: &str, protocols: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("{}{path}", self.url.replacen("http", "ws", 1)).into_client_request().unwrap();
        if !protocols.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        match connect_async(request).await {
            Ok((socket, answer)) => {
                assert_eq!(answer.headers()["sec-websocket-protocol"], "mixminus.desk");
                Ok(socket)
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that uses no proxy, whatever the environment says.
pub fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// The next message, which has to come.
pub async fn message(socket: &mut Socket) -> Message {
    tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time").expect("not the end").unwrap()
}

/// The next message, as JSON.
pub async fn json_message(socket: &mut Socket) -> Value {
    serde_json::from_str(message(socket).await.to_text().unwrap()).unwrap()
}
