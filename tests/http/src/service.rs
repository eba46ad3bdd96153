//! A service on a real socket, a call of two with a thread that ticks it, and a client.

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
/// A request for nothing.
pub const NOTHING: &str = r#"{"participantMixerLevels": []}"#;

/// A request that changes something, if the level is not the one before.
pub fn anna_hears_ben_at(level: u32) -> String {
    format!(
        r#"{{"participantMixerLevels":[{{"participant":"anna","sourceLevels":[{{"participant":"ben","level":{level}}}]}}]}}"#
    )
}

/// Tokens by their names.
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
            Some("whenever") => Err(Refusal::Unavailable { retry_after: Duration::from_secs(7) }),
            Some(_) => invalid("is not known"),
        };
        Box::pin(async { answer })
    }
}

/// A service with the call "room", and a client.
#[derive(Debug)]
pub struct Rig {
    /// The service that is served.
    pub service: Service,
    /// Of the mixer of its call.
    pub controller: Controller,
    /// Where it listens.
    pub address: String,
    client: reqwest::Client,
    mixing: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
}

impl Rig {
    /// One as it is by default.
    pub async fn start() -> Self {
        Self::with(ServiceOptions::default()).await
    }

    /// One with options of the test's.
    pub async fn with(options: ServiceOptions) -> Self {
        let service = Service::new(options, Doors).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = service.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (mixing, ended) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let controller = mixer(&mixing, &ended);
        service.add_call("room", CallOptions::new(controller.clone())).unwrap();
        Self { service, controller, address, client: reqwest::Client::new(), mixing, ended }
    }

    /// Whether its call is mixed.
    pub fn mix(&self, mixing: bool) {
        self.mixing.store(mixing, Ordering::SeqCst);
        // The tick in hand.
        thread::sleep(Duration::from_millis(50));
    }

    /// Drops the processor of its call.
    pub fn drop_mixer(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    /// A request with a token that lets everything pass.
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

    /// What is read at a path.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// What its call answers to a configureMixer.
    pub async fn configure(&self, body: impl Into<reqwest::Body>) -> Response {
        self.configure_at(&format!("{CALL}/participants/configureMixer"), body).await
    }

    /// What a path answers to one.
    pub async fn configure_at(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
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

    /// Sends bytes as they are, and reads the answer until the other side closes or `wait` passes.
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

/// The answer refuses, in the form that all refusals have. Its message.
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
