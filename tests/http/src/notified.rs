//! A service on a real port whose calls are mixed, and callbacks on other ports that answer as a
//! test says.

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use mixminus::{
    JoinOptions, MixerConfig,
    http::{
        AllowEverybody, CallOptions, Callback, Delivery, DeliveryState, NotificationOptions, Service, ServiceOptions,
    },
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The token that the notifications have to carry.
pub const TOKEN: &str = "c2VjcmV0.dG9rZW4";
/// Longer than anything that a test waits for, on the slowest machine.
pub const LONG: Duration = Duration::from_secs(60);

/// Short waits between attempts, and time limits that suit a slow machine.
pub fn quick() -> NotificationOptions {
    let ms = Duration::from_millis;
    NotificationOptions {
        attempt_time: LONG,
        first_wait: ms(10),
        longest_wait: ms(20),
        age: LONG,
        ..Default::default()
    }
}

/// A running service, with a thread for each call that ticks until this is dropped.
#[derive(Debug)]
pub struct Host {
    /// The service that is served.
    pub service: Service,
    address: SocketAddr,
    client: reqwest::Client,
    stop: Arc<AtomicBool>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Host {
    /// A host with these options of notifications.
    pub async fn new(notifications: NotificationOptions) -> Self {
        Self::with(ServiceOptions { notifications, ..ServiceOptions::default() }).await
    }

    /// A host with these options.
    pub async fn with(options: ServiceOptions) -> Self {
        let service = Service::new(options, AllowEverybody).unwrap();
        let address = serve(service.router()).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { service, address, client, stop: Arc::default() }
    }

    /// Adds a call with Anna in it, whose notifications go to this URL.
    pub fn add(&self, call: &str, url: &str) {
        self.add_call(call, url, true);
    }

    /// Adds a call that is not mixed, so that operations run until the call ends.
    pub fn add_unmixed(&self, call: &str, url: &str) {
        self.add_call(call, url, false);
    }

    fn add_call(&self, call: &str, url: &str, mixed: bool) {
        let (controller, mut processor) = MixerConfig::default().build().unwrap();
        controller.join("anna", JoinOptions::default()).unwrap();
        let callback = Callback::new(url, TOKEN).unwrap();
        let options = CallOptions { callback: Some(callback), ..CallOptions::new(controller) };
        self.service.add_call(call, options).unwrap();
        let stop = Arc::clone(&self.stop);
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if mixed {
                    processor.enter().tick().mix();
                }
                thread::sleep(Duration::from_millis(2));
            }
        });
    }

    /// Configures Anna. Returns the id of the operation.
    pub async fn configure(&self, call: &str) -> String {
        let body = json!({"clientContext": "context", "participantMixerLevels": [{"participant": "anna"}]});
        let url = format!("http://{}/app/calls/{call}/participants/configureMixer", self.address);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the state of a call's notifications meets a condition, and returns it.
    pub async fn until(&self, call: &str, is_so: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        let begin = Instant::now();
        loop {
            let deliveries = self.service.deliveries(call);
            if is_so(&deliveries) {
                return deliveries;
            }
            assert!(begin.elapsed() < LONG, "{deliveries:#?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until at least `count` notifications exist, and each is delivered or given up.
    pub async fn until_ended(&self, call: &str, count: usize) -> Vec<Delivery> {
        let ended = |deliveries: &[Delivery]| {
            deliveries.len() >= count && deliveries.iter().all(|delivery| delivery.state != DeliveryState::Waiting)
        };
        self.until(call, ended).await
    }

    /// Configures Anna, and waits until the call's only notification is delivered or given up.
    pub async fn one(&self, call: &str) -> Delivery {
        let operation = self.configure(call).await;
        let [delivery] = <[Delivery; 1]>::try_from(self.until_ended(call, 1).await).expect("there is one");
        assert_eq!(delivery.operation, operation);
        delivery
    }
}

/// Serves a router on a port of its own.
pub async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    serve_on(listener, router);
    address
}

/// Serves a router on this port.
pub fn serve_on(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
}

/// A request that a callback has received.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The time of arrival.
    pub at: Instant,
    /// The address of the client's connection.
    pub from: SocketAddr,
    /// Its method and path.
    pub line: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Seen {
    /// The value of a header, which must be there exactly once.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap();
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The ids of the operations in the body.
    pub fn operations(&self) -> Vec<String> {
        let json = self.json();
        let resources = json["value"].as_array().unwrap().iter().map(|entry| entry["resource"].as_str().unwrap());
        resources.map(|resource| resource.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

/// The received requests, in the order of arrival.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    /// All requests.
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// The ids of the operations in all requests.
    pub fn operations(&self) -> Vec<String> {
        self.all().iter().flat_map(Seen::operations).collect()
    }
}

/// The answer of a callback.
pub type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A callback whose answer depends on the request and the number of earlier ones. Returns its URL
/// and its log.
pub async fn callback(answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> (String, Log) {
    let (router, log) = callback_router(answer);
    (format!("http://{}", serve(router).await), log)
}

/// The same callback as a router, for a test that serves it itself, and its log.
pub fn callback_router(answer: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> (Router, Log) {
    let (answer, log) = (Arc::new(answer), Log::default());
    let given = log.clone();
    let handle = move |ConnectInfo(from): ConnectInfo<SocketAddr>, request: Request| {
        let (answer, log) = (Arc::clone(&answer), log.clone());
        async move {
            let (parts, body) = request.into_parts();
            let line = format!("{} {}", parts.method, parts.uri);
            let body = to_bytes(body, 1 << 20).await.unwrap();
            let seen = Seen { at: Instant::now(), from, line, headers: parts.headers, body };
            let before = {
                let mut log = log.0.lock().unwrap();
                log.push(seen.clone());
                log.len() - 1
            };
            answer(&seen, before).await
        }
    };
    (Router::new().fallback(handle), given)
}

/// Gives this answer at once.
pub fn now(answer: impl IntoResponse) -> Answer {
    let answer = answer.into_response();
    Box::pin(async { answer })
}

/// Never gives an answer.
pub fn never() -> Answer {
    Box::pin(std::future::pending())
}

/// Redirects to this location at once.
pub fn redirect(status: u16, location: &str) -> Answer {
    let answer = Response::builder().status(status).header("location", location);
    now(answer.body(Body::empty()).unwrap())
}
