//! A service on a real socket, a call with two participants and a thread that ticks it, and a client.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use mixminus::{
    Controller, JoinOptions, MixerConfig,
    http::{Audience, Authorization, Authorizer, CallOptions, Grant, Permissions, Refusal, Service, ServiceOptions},
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The path of the call that every rig has.
pub const CALL: &str = "/app/calls/room";
/// A request without levels.
pub const NOTHING: &str = r#"{"participantMixerLevels": []}"#;

/// A request that changes the mixer, unless the level is the same as before.
pub fn anna_hears_ben_at(level: u32) -> String {
    let levels = format!(r#"[{{"participant":"ben","level":{level}}}]"#);
    format!(r#"{{"participantMixerLevels":[{{"participant":"anna","sourceLevels":{levels}}}]}}"#)
}

/// An authorizer for the tests, which knows tokens by name; `of anna` is one of the subject anna's.
#[derive(Debug)]
pub struct Doors;

impl Authorizer for Doors {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        let invalid = |reason: &str| Err(Refusal::Invalid { reason: reason.into() });
        let answer = match token {
            None => Err(Refusal::Missing),
            Some("good") => Ok(Grant::default()),
            Some("guest") => Ok(Grant {
                permissions: Permissions::Of(vec!["Calls.JoinGroupCallsasGuest.All".into()]),
                ..Grant::default()
            }),
            Some("powerless") => {
                Ok(Grant { permissions: Permissions::Of(vec!["Mail.Read".into()]), ..Grant::default() })
            }
            Some("elsewhere") => Ok(Grant { audience: Audience::Of(vec!["elsewhere".into()]), ..Grant::default() }),
            Some("panics") => panic!("the authorizer is at fault"),
            Some("whenever") => Err(Refusal::Unavailable { retry_after: Duration::from_secs(7) }),
            Some(token) => match token.strip_prefix("of ") {
                Some(subject) => Ok(Grant { subject: Some(subject.to_owned()), ..Grant::default() }),
                None => invalid("is not known"),
            },
        };
        Box::pin(async { answer })
    }
}

/// A running service with the call "room", and a client.
#[derive(Debug)]
pub struct Rig {
    /// The running service.
    pub service: Service,
    /// The controller of its call's mixer.
    pub controller: Controller,
    /// The address that it listens on.
    pub address: String,
    client: reqwest::Client,
    mixing: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
}

impl Rig {
    /// A service with the default options.
    pub async fn start() -> Self {
        Self::with(ServiceOptions::default()).await
    }

    /// A service with these options.
    pub async fn with(options: ServiceOptions) -> Self {
        Self::of(options, |call| call).await
    }

    /// A service with these options, whose call has what `call` gives it.
    pub async fn of(options: ServiceOptions, call: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        let service = Service::new(options, Doors).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = service.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (mixing, ended) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let controller = mixer(&mixing, &ended);
        service.add_call("room", call(CallOptions::new(controller.clone()))).unwrap();
        Self { service, controller, address, client: reqwest::Client::new(), mixing, ended }
    }

    /// Starts or stops mixing its call.
    pub fn mix(&self, mixing: bool) {
        self.mixing.store(mixing, Ordering::SeqCst);
        // Waits for the end of the current tick.
        thread::sleep(Duration::from_millis(50));
    }

    /// Drops the processor of its call.
    pub fn drop_mixer(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    /// A request with a token that allows everything.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_as(Some("good"), method, path)
    }

    /// A request with this token, or none, to a path or a whole URL.
    pub fn request_as(&self, token: Option<&str>, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) };
        let request = self.client.request(method, url);
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Reads a path.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Posts a configureMixer request to its call.
    pub async fn configure(&self, body: impl Into<reqwest::Body>) -> Response {
        self.configure_at(&format!("{CALL}/participants/configureMixer"), body).await
    }

    /// Posts a configureMixer request to a path.
    pub async fn configure_at(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        self.post(path, body).await
    }

    /// Posts JSON to a path.
    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    }

    /// Reads an operation until it has ended.
    pub async fn ended(&self, path: &str) -> Value {
        for _ in 0..1000 {
            let operation: Value = self.get(path).await.json().await.unwrap();
            if operation["status"] != "running" {
                return operation;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} has not ended in 10 s");
    }

    /// The peak of what a participant hears.
    pub fn heard(&self, id: &str) -> f32 {
        self.controller.readings(id).unwrap().listener.peak
    }

    /// Waits until a participant hears this level, give or take rounding.
    pub async fn until_heard(&self, id: &str, level: f32) {
        for _ in 0..2000 {
            if (self.heard(id) - level).abs() < 1e-4 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{id} hears {} and not {level} after 2 s", self.heard(id));
    }

    /// Sends a configureMixer request but for the last byte of its body, which has so many: the service holds it until the
    /// connection is dropped.
    pub async fn half_sent(&self, bytes: usize) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let head = format!(
            "POST {CALL}/participants/configureMixer HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer good\r\n\
             Content-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n"
        );
        stream.write_all((head + &" ".repeat(bytes - 1)).as_bytes()).await.unwrap();
        stream
    }

    /// Sends raw bytes, and reads the answer until the service closes the connection or `wait` has
    /// passed.
    pub async fn raw(&self, bytes: impl AsRef<[u8]>, wait: Duration) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(bytes.as_ref()).await.unwrap();
        let mut answer = Vec::new();
        let _open_still = tokio::time::timeout(wait, stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

/// A mixer with anna and ben, ticked fast.
fn mixer(mixing: &Arc<AtomicBool>, ended: &Arc<AtomicBool>) -> Controller {
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    for id in ["anna", "ben"] {
        controller.join(id, JoinOptions::default()).unwrap();
    }
    let (mixing, ended) = (Arc::clone(mixing), Arc::clone(ended));
    thread::spawn(move || {
        let mut audio = processor.enter();
        while !ended.load(Ordering::SeqCst) {
            if mixing.load(Ordering::SeqCst) {
                audio.tick().mix();
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
    controller
}

/// Checks that an answer is an error in the API's format; returns its message.
pub async fn refused(answer: Response, status: u16, code: &str) -> String {
    assert_eq!(answer.status(), StatusCode::from_u16(status).unwrap());
    assert_eq!(answer.headers()["content-type"], "application/json");
    let request_id = answer.headers()["request-id"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    let error = &body["error"];
    assert_eq!((&error["code"], &error["innerError"]["request-id"]), (&code.into(), &request_id.into()), "{body}");
    let date = error["innerError"]["date"].as_str().unwrap();
    assert!(date.len() == 20 && date.ends_with('Z'), "{date}");
    assert!(error["details"].is_array(), "{body}");
    error["message"].as_str().unwrap().to_owned()
}
