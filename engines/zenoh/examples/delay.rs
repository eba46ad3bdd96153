//! How much later a listener at another node hears a sample: two nodes with real threads, over loopback.
//!
//! ```sh
//! cargo run -p mixminus-zenoh --release --example delay
//! ```

use std::{
    error::Error,
    net::UdpSocket,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use mixminus::{
    Frame, JoinOptions, MixerConfig, Mixes, ParticipantKey, Processor, Tick,
    cluster::{Conference, LinkReadings, NodeAudio, NodeName, NodeOptions, node},
    stream::{Depth, Feed, FeedSender, Runner, RunnerError, RunnerOptions},
};
use mixminus_zenoh::{Drive, ZenohEngine, ZenohOptions};

/// Measures how much later a listener at another node hears a sample.
#[derive(Debug, Parser)]
struct Args {
    /// How often two nodes are made, whose ticks lie differently in time.
    #[arg(long, default_value_t = 8)]
    turns: u32,
    /// For how long each turn measures.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Print one JSON object a line instead of the table.
    #[arg(long)]
    json: bool,
}

/// A tick of the mixers.
const TICK: Duration = Duration::from_millis(10);
const TICK_SAMPLES: usize = 480;
/// In every so many ticks the talker is heard: these are the marks. In between there is silence, as between words: there the wait of the
/// link comes to what it should be.
const EVERY: u32 = 20;
/// The samples of a mark, and what tells them from silence.
const MARK: f32 = 0.5;
const LIMIT: f32 = 0.25;
/// Not measured: what waits is adapted to the network.
const WARM_UP: Duration = Duration::from_secs(2);

/// What a wait of the links came to, over all turns.
#[derive(Debug, Default)]
struct Measured {
    delays: Vec<Duration>,
    /// Marks that were not heard.
    missing: usize,
    lost: u64,
    wait_ms: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let usual = NodeOptions::new(NodeName::new("a")?).depth;
    if !args.json {
        println!(
            "{:>18} {:>7} {:>9} {:>9} {:>9} {:>9} {:>8} {:>10}",
            "wait of a link", "marks", "least", "median", "p99", "most", "missing", "ticks lost"
        );
    }
    for (name, depth) in
        [("fixed, 0 ms", Depth::fixed(0.0)), ("fixed, 5 ms", Depth::fixed(5.0)), ("as it is by itself", usual)]
    {
        let mut measured = Measured::default();
        for turn in 0..args.turns {
            measure(depth, TICK * turn / args.turns, Duration::from_secs(args.seconds), &mut measured)?;
        }
        measured.show(name, args.json);
    }
    Ok(())
}

impl Measured {
    fn show(mut self, name: &str, json: bool) {
        self.delays.sort_unstable();
        let at = |part: f64| {
            let place = ((self.delays.len() as f64 * part) as usize).min(self.delays.len().saturating_sub(1));
            self.delays.get(place).map_or(f64::NAN, |delay| 1e3 * delay.as_secs_f64())
        };
        let [least, median, p99, most] = [0.0, 0.5, 0.99, 1.0].map(at);
        let (marks, missing, lost) = (self.delays.len(), self.missing, self.lost);
        if json {
            let object = serde_json::json!({"wait": name, "marks": marks, "leastMs": least, "medianMs": median,
                "p99Ms": p99, "mostMs": most, "missing": missing, "ticksLost": lost, "waitMs": self.wait_ms});
            println!("{object}");
        } else {
            println!(
                "{name:>18} {marks:>7} {least:>6.1} ms {median:>6.1} ms {p99:>6.1} ms {most:>6.1} ms {missing:>8} {lost:>10}"
            );
        }
    }
}

/// Two nodes, of which the second one ticks so much later; for so long.
fn measure(depth: Depth, later: Duration, time: Duration, measured: &mut Measured) -> Result<(), Box<dyn Error>> {
    let (sent, marks) = Feed::new(10_000, Duration::from_millis(20))?;
    let (heard, hearings) = Feed::new(10_000, Duration::from_millis(20))?;
    let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
    let endpoint = format!("udp/127.0.0.1:{port}?rel=1;mixed_rel=1");
    let origin = Instant::now();
    let (connect, listen_at) = (endpoint.clone(), endpoint);
    let _from = Node::start("a", depth, |zenoh| zenoh.listen = vec![listen_at], |parts| talk(parts, sent, origin))?;
    let to =
        Node::start("b", depth, |zenoh| zenoh.connect = vec![connect], |parts| listen(parts, heard, origin, later))?;
    thread::sleep(WARM_UP);
    let (first, before) = (origin.elapsed(), to.link()?.lost_ticks);
    thread::sleep(time);
    let last = origin.elapsed();
    // What was sent last is heard, too.
    thread::sleep(EVERY * TICK);
    let (link, heard) = (to.link()?, hearings.receiver().try_iter().collect::<Vec<Duration>>());
    for mark in marks.receiver().try_iter().filter(|mark| (first..last).contains(mark)) {
        match heard.iter().find(|heard| **heard > mark && **heard < mark + EVERY * TICK) {
            Some(heard) => measured.delays.push(*heard - mark),
            None => measured.missing += 1,
        }
    }
    measured.lost += link.lost_ticks - before;
    measured.wait_ms.push(link.wait_ms);
    Ok(())
}

/// What the audio thread of a node has.
type Parts = (Processor, NodeAudio, ParticipantKey);

/// A node with its two threads, which end with it.
struct Node {
    conference: Conference,
    _runner: Runner,
    _drive: Drive,
}

impl Node {
    fn start(
        name: &str,
        depth: Depth,
        connect: impl FnOnce(&mut ZenohOptions),
        run: impl FnOnce(Parts) -> Result<Runner, RunnerError>,
    ) -> Result<Self, Box<dyn Error>> {
        let (controller, processor) = MixerConfig { smoothing_ms: 0.0, ..MixerConfig::default() }.build()?;
        let options = NodeOptions { depth, ..NodeOptions::new(NodeName::new(name)?) };
        let mut zenoh = ZenohOptions::new("delay", options.name.clone());
        connect(&mut zenoh);
        let (conference, driver, audio) = node(controller.clone(), &processor, options)?;
        let key = controller.join(format!("somebody at {name}"), JoinOptions::default())?;
        let drive = Drive::start(driver, ZenohEngine::open(zenoh)?)?;
        Ok(Self { conference, _runner: run((processor, audio, key))?, _drive: drive })
    }

    /// The link from the other node.
    fn link(&self) -> Result<LinkReadings, String> {
        self.conference.readings().links.pop().ok_or_else(|| "the nodes have not found each other".to_owned())
    }
}

/// Sleeps until whole ticks are over since a moment, and so much more.
fn align(to: Instant, later: Duration) {
    let over = (to.elapsed().as_nanos() / TICK.as_nanos()) as u32;
    thread::sleep(((over + 2) * TICK + later).saturating_sub(to.elapsed()));
}

/// A runner of the node of the one who talks. It tells when each tick with a mark was begun, since the origin.
fn talk(
    (processor, audio, key): Parts,
    mut sent: FeedSender<Duration>,
    origin: Instant,
) -> Result<Runner, RunnerError> {
    let (mut before, after) = audio.into_closures();
    let each = move |tick: &mut Tick<'_>| {
        before(tick);
        let is_marked = (tick.position() / TICK_SAMPLES as u64).is_multiple_of(u64::from(EVERY));
        // What is refused is counted, and missing then.
        let _ = tick.send(key, Frame::mono(&[if is_marked { MARK } else { 0.0 }; TICK_SAMPLES]));
        if is_marked {
            let _ = sent.send(origin.elapsed());
        }
    };
    align(origin, Duration::ZERO);
    Runner::start_with(processor, RunnerOptions::default(), each, after)
}

/// A runner of the node of the one who listens. It tells when the first sample of a mark was in a mix, since the origin; the samples of
/// a tick follow each other from when it was mixed.
fn listen(
    (processor, audio, key): Parts,
    mut heard: FeedSender<Duration>,
    origin: Instant,
    later: Duration,
) -> Result<Runner, RunnerError> {
    let (before, mut after) = audio.into_closures();
    let mut was_marked = false;
    let each = move |mixes: &Mixes<'_>| {
        after(mixes);
        let samples = mixes.get(key).map(|mix| mix.samples()).unwrap_or_default();
        if let Some(at) = samples.iter().position(|sample| *sample > LIMIT).filter(|_| !was_marked) {
            let _ = heard.send(origin.elapsed() + TICK * at as u32 / TICK_SAMPLES as u32);
        }
        was_marked = samples.last().is_some_and(|sample| *sample > LIMIT);
    };
    align(origin, later);
    Runner::start_with(processor, RunnerOptions::default(), before, each)
}
