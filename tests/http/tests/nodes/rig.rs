//! Several services in one process, each with a node of one conference, over a network in simulated time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig,
    cluster::{ClusterEvent, Conference, NodeName, NodeOptions},
    http::{AllowEverybody, CallOptions, OperationOptions, Service, ServiceOptions},
};
use mixminus_http_tests::prompts::{Levels, clip};
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{
    network::Network,
    node::{Node, TICK, TICK_MS, options},
};

/// The path of the call.
pub const CALL: &str = "/app/calls/room";

/// One of the nodes, from outside.
#[derive(Debug)]
pub struct At {
    pub conference: Conference,
    pub controller: Controller,
    pub name: NodeName,
    address: String,
    _service: Service,
}

/// The nodes, and a client.
#[derive(Debug)]
pub struct Rig {
    pub nodes: Vec<At>,
    pub network: Network,
    client: reqwest::Client,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    ended: AtomicBool,
    /// By the names of the nodes: whether they mix.
    mixing: Mutex<BTreeMap<String, bool>>,
    /// What everybody hears in the last sample of the last tick.
    heard: Mutex<BTreeMap<String, f32>>,
}

/// Who is where, and what they say in every sample.
pub type Cast<'a> = &'a [(&'a str, &'a [(&'a str, f32)])];

impl Rig {
    /// Starts nodes with these participants, and waits until all know of each other.
    pub async fn start(cast: Cast<'_>) -> Self {
        let (network, shared, mut nodes) = (Network::new(), Arc::<Shared>::default(), Vec::new());
        let mut all = Vec::new();
        for (name, people) in cast {
            let options = NodeOptions { silent_after: Duration::from_secs(1), ..options(name) };
            let mut node = Node::new(&network, options, MixerConfig::default());
            for (id, _) in *people {
                node.join(id, JoinOptions::default());
            }
            nodes.push(serve(&node).await);
            shared.mixing.lock().unwrap().insert((*name).to_owned(), true);
            all.push((node, people.iter().map(|(id, level)| ((*id).to_owned(), *level)).collect()));
        }
        let (clock, to_run) = (network.clone(), Arc::clone(&shared));
        thread::spawn(move || run(&clock, all, &to_run));
        let rig = Self { nodes, network, client: reqwest::Client::new(), shared };
        let everybody = cast.iter().map(|(_, people)| people.len()).sum::<usize>();
        rig.until("all know everybody", || rig.nodes.iter().all(|at| at.conference.participants().len() == everybody))
            .await;
        rig
    }

    /// Starts or stops the ticks of a node.
    pub async fn mix(&self, node: &str, mixing: bool) {
        self.shared.mixing.lock().unwrap().insert(node.to_owned(), mixing);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }

    /// Cuts a node off from all others.
    pub fn cut_off(&self, node: usize) {
        let cut = &self.nodes[node].name;
        self.nodes.iter().filter(|at| at.name != *cut).for_each(|at| self.network.cut(&at.name, cut, true));
    }

    pub async fn send(&self, node: usize, method: Method, path: &str, body: Option<&str>) -> Response {
        let request = self.client.request(method, format!("http://{}{CALL}{path}", self.nodes[node].address));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_owned()),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub async fn post(&self, node: usize, path: &str, body: &str) -> Response {
        self.send(node, Method::POST, path, Some(body)).await
    }

    pub async fn get(&self, node: usize, path: &str) -> Value {
        self.send(node, Method::GET, path, None).await.json().await.unwrap()
    }

    /// Posts a change at a node, and returns its operation.
    pub async fn begin(&self, node: usize, path: &str, body: &str) -> Value {
        let answer = self.post(node, path, body).await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
        answer.json().await.unwrap()
    }

    /// The same, until the operation has ended.
    pub async fn done(&self, node: usize, path: &str, body: &str) -> Value {
        let operation = self.begin(node, path, body).await;
        self.ended(node, &operation).await
    }

    /// An operation as it stands.
    pub async fn now(&self, node: usize, operation: &Value) -> Value {
        self.get(node, &format!("/operations/{}", operation["id"].as_str().unwrap())).await
    }

    /// An operation once it has ended.
    pub async fn ended(&self, node: usize, operation: &Value) -> Value {
        for _ in 0..1000 {
            let now = self.now(node, operation).await;
            if now["status"] != "running" {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{operation} has not ended");
    }

    /// What somebody hears.
    pub fn heard(&self, id: &str) -> f32 {
        self.shared.heard.lock().unwrap().get(id).copied().unwrap_or_default()
    }

    /// Waits until somebody hears this level.
    pub async fn until_heard(&self, id: &str, level: f32) {
        let (what, close) = (format!("{id} hears {level}"), |heard: f32| (heard - level).abs() < 1e-3);
        self.until(&what, || close(self.heard(id))).await;
    }

    pub async fn until(&self, what: &str, is: impl Fn() -> bool) {
        for _ in 0..2000 {
            if is() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("it is not so after 4 s: {what}; heard: {:?}", self.shared.heard.lock().unwrap());
    }

    /// Who was removed at a node, by what its host is told.
    pub fn removed(&self, node: usize) -> Vec<String> {
        let events = self.nodes[node].conference.take_events().into_iter();
        events
            .filter_map(|event| match event {
                ClusterEvent::Removed { id } => Some(id.to_string()),
                _ => None,
            })
            .collect()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
    }
}

/// The service of a node, on a socket.
async fn serve(node: &Node) -> At {
    let operations = OperationOptions { time_limit: Duration::from_secs(20), ..OperationOptions::default() };
    let service = Service::new(ServiceOptions { operations, ..ServiceOptions::default() }, AllowEverybody).unwrap();
    let cluster = Some(node.conference.clone());
    let prompts = Arc::new(Levels);
    let hold_music = Some(clip(0.0625, 1000));
    let options = CallOptions { cluster, prompts, hold_music, ..CallOptions::new(node.controller.clone()) };
    service.add_call("room", options).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let router = service.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    At {
        conference: node.conference.clone(),
        controller: node.controller.clone(),
        name: node.name.clone(),
        address,
        _service: service,
    }
}

/// Runs the nodes: a simulated millisecond at a time, some times faster than the clock.
fn run(network: &Network, mut nodes: Vec<(Node, Vec<(String, f32)>)>, shared: &Shared) {
    for ms in 0_u64.. {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let now = Duration::from_millis(ms);
        network.set_now(now);
        for (node, people) in &mut nodes {
            let is_mixing = shared.mixing.lock().unwrap()[node.name.as_str()];
            if ms % TICK_MS == 0 && is_mixing {
                tick(node, people, shared);
            }
            node.step(now);
        }
        thread::sleep(Duration::from_micros(200));
    }
}

fn tick(node: &mut Node, people: &[(String, f32)], shared: &Shared) {
    // Who was removed has no key any more.
    node.keys.retain(|id, _| node.controller.participant(id).is_ok_and(|one| !one.elsewhere));
    let here = people.iter().filter(|(id, _)| node.keys.contains_key(id));
    let samples: Vec<_> = here.map(|(id, level)| (id.as_str(), [*level; TICK])).collect();
    let frames: Vec<_> = samples.iter().map(|(id, samples)| (*id, Frame::from(&samples[..]))).collect();
    let heard = node.tick(&frames).into_iter().filter_map(|(id, mix)| Some((id, *mix.last()?)));
    shared.heard.lock().unwrap().extend(heard);
}
