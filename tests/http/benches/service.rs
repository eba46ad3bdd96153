//! The service under load and idle, in one run: a room of a hundred is mixed in real time while a
//! thousand requests a second change it.
//!
//! Idle and loaded phases alternate, so that other work of the machine affects both. The time of a
//! request counts from when it was due, so that a service that falls behind cannot hide it.
//! Clients, service and mixer share the machine. `-- --json` prints the figures for machines.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use comfy_table::{LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};
use indicatif::{ProgressBar, ProgressStyle};
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, Processor,
    http::{AllowEverybody, CallOptions, Limits, Service, ServiceOptions},
    stream::{Clock, InputOptions, InputPort, PortOptions, Runner, RunnerOptions, RunnerReadings, Stamp, StreamFormat},
};
use serde::Serialize;
use tokio::{net::TcpListener, task::JoinSet};

const PARTICIPANTS: usize = 100;
const ROUNDS: usize = 5;
const PHASE: Duration = Duration::from_secs(4);
const EACH_SECOND: u32 = 1000;
const CLIENTS: u32 = 20;

#[derive(Debug, Serialize)]
struct Figures {
    participants: usize,
    requests_per_second: f64,
    request_p50_us: f64,
    request_p99_us: f64,
    request_max_us: f64,
    refused: usize,
    idle: Ticks,
    loaded: Ticks,
}

/// The figures of the idle or the loaded phases: medians over the rounds, and all skipped ticks.
#[derive(Debug, Serialize)]
struct Ticks {
    duration_p50_us: f64,
    duration_p99_us: f64,
    lateness_p50_us: f64,
    lateness_p99_us: f64,
    skipped: u64,
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let figures = runtime.block_on(measure());
    if json {
        println!("{}", serde_json::to_string(&figures).unwrap());
    } else {
        print(&figures);
    }
}

async fn measure() -> Figures {
    let config = MixerConfig { participants: PARTICIPANTS, ..MixerConfig::default() };
    let (controller, mut processor) = config.build().unwrap();
    let feeder = Feeder::start((0..PARTICIPANTS).map(|id| join(&controller, id)).collect());
    let url = serve(&controller).await;
    let (mut idle, mut loaded, mut times, mut refused) = (vec![], vec![], vec![], 0);
    let progress = ProgressBar::new(2 * ROUNDS as u64);
    progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} phases").unwrap());
    for _ in 0..ROUNDS {
        let (back, readings) = phase(processor, tokio::time::sleep(PHASE)).await;
        idle.push(readings);
        progress.inc(1);
        let answers = Arc::new(Mutex::new((Vec::new(), 0)));
        let (back, readings) = phase(back, load(url.clone(), Arc::clone(&answers))).await;
        processor = back;
        loaded.push(readings);
        let (more, refusals) = std::mem::take(&mut *answers.lock().unwrap());
        times.extend(more);
        refused += refusals;
        progress.inc(1);
    }
    progress.finish_and_clear();
    drop(feeder);
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    Figures {
        participants: PARTICIPANTS,
        requests_per_second: times.len() as f64 / (ROUNDS as f64 * PHASE.as_secs_f64()),
        request_p50_us: at(0.5),
        request_p99_us: at(0.99),
        request_max_us: at(1.0),
        refused,
        idle: Ticks::of(&idle),
        loaded: Ticks::of(&loaded),
    }
}

fn join(controller: &Controller, id: usize) -> InputPort {
    let input = InputOptions { clock: Clock::Locked, ..InputOptions::new(StreamFormat::mono(48_000)) };
    let ports = PortOptions { input: Some(input), output: None };
    controller.join_with_ports(id.to_string(), JoinOptions::default(), ports).unwrap().input.unwrap()
}

/// The sources: all participants talk, in packets of 20 ms.
struct Feeder {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Feeder {
    fn start(mut inputs: Vec<InputPort>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let packet: Vec<i16> = (0..960).map(|n| ((n as f32 * 0.05).sin() * 2000.0) as i16).collect();
        let thread = thread::spawn(move || {
            let mut due = Instant::now();
            while !stopped.load(Ordering::Relaxed) {
                for input in &mut inputs {
                    input.push(Frame::mono(&packet), Stamp::None).unwrap();
                }
                due += Duration::from_millis(20);
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}

/// Serves the room; returns the URL for requests.
async fn serve(controller: &Controller) -> String {
    let plenty = 1_000_000.try_into().unwrap();
    let limits =
        Limits { requests_per_second: plenty, requests_at_once: plenty, operations: 1000, ..Limits::default() };
    let service = Service::new(ServiceOptions { limits, ..ServiceOptions::default() }, AllowEverybody).unwrap();
    service.add_call("room", CallOptions::new(controller.clone())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service.router()).await });
    format!("http://{address}/app/calls/room/participants/configureMixer")
}

/// Mixes in real time while `work` runs; returns the processor and the runner's readings.
async fn phase(processor: Processor, work: impl Future<Output = ()>) -> (Processor, RunnerReadings) {
    let runner = Runner::start(processor, RunnerOptions::default(), |_| {}).unwrap();
    work.await;
    let readings = runner.readings();
    (runner.stop().unwrap(), readings)
}

/// Sends all requests of a phase, each when it is due.
async fn load(url: String, answers: Arc<Mutex<(Vec<Duration>, usize)>>) {
    let (client, begin) = (reqwest::Client::new(), Instant::now());
    let mut clients = JoinSet::new();
    for first in 0..CLIENTS {
        let (client, url, answers) = (client.clone(), url.clone(), Arc::clone(&answers));
        clients.spawn(async move {
            for n in (first..EACH_SECOND * PHASE.as_secs() as u32).step_by(CLIENTS as usize) {
                let due = begin + Duration::from_secs(1) * n / EACH_SECOND;
                tokio::time::sleep_until(due.into()).await;
                let request = client.post(&url).header("content-type", "application/json").body(request(n));
                let answer = request.send().await.unwrap();
                let (status, _body) = (answer.status(), answer.bytes().await.unwrap());
                let mut answers = answers.lock().unwrap();
                answers.0.push(due.elapsed());
                answers.1 += usize::from(!status.is_success());
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
}

/// A request with new levels of three sources for one listener.
fn request(n: u32) -> String {
    let listener = n % PARTICIPANTS as u32;
    let levels = (1..=3).map(|step| {
        let source = (listener + step) % PARTICIPANTS as u32;
        format!(r#"{{"participant":"{source}","level":{}}}"#, (n / 7 + step) % 101)
    });
    let levels: Vec<_> = levels.collect();
    format!(r#"{{"participantMixerLevels":[{{"participant":"{listener}","sourceLevels":[{}]}}]}}"#, levels.join(","))
}

impl Ticks {
    fn of(phases: &[RunnerReadings]) -> Self {
        let median = |read: fn(&RunnerReadings) -> f64| {
            let mut values: Vec<_> = phases.iter().map(read).collect();
            values.sort_unstable_by(f64::total_cmp);
            values[values.len() / 2]
        };
        Self {
            duration_p50_us: median(|phase| phase.duration_us.p50),
            duration_p99_us: median(|phase| phase.duration_us.p99),
            lateness_p50_us: median(|phase| phase.lateness_us.p50),
            lateness_p99_us: median(|phase| phase.lateness_us.p99),
            skipped: phases.iter().map(|phase| phase.skipped_ticks).sum(),
        }
    }
}

fn print(figures: &Figures) {
    let Figures { idle, loaded, .. } = figures;
    println!(
        "{:.0} requests a second on one call: p50 {:.0} us, p99 {:.0} us, longest {:.0} us, {} refused",
        figures.requests_per_second,
        figures.request_p50_us,
        figures.request_p99_us,
        figures.request_max_us,
        figures.refused
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header(["tick of a room of 100", "idle service, us", "under load, us", "ratio"]);
    for (name, idle, loaded) in [
        ("takes, p50", idle.duration_p50_us, loaded.duration_p50_us),
        ("takes, p99", idle.duration_p99_us, loaded.duration_p99_us),
        ("is late, p50", idle.lateness_p50_us, loaded.lateness_p50_us),
        ("is late, p99", idle.lateness_p99_us, loaded.lateness_p99_us),
    ] {
        table.add_row([name.into(), format!("{idle:.0}"), format!("{loaded:.0}"), format!("{:.2}", loaded / idle)]);
    }
    println!("{table}\nskipped ticks: {} idle, {} under load", idle.skipped, loaded.skipped);
}
