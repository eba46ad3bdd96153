//! How long a message takes from node to node over loopback: processes that each publish one every 10 ms.
//!
//! ```sh
//! cargo run -p mixminus-zenoh --release --example latency -- --nodes 3 --carrier udp
//! ```

use std::{
    collections::BTreeMap,
    error::Error,
    net::UdpSocket,
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use clap::{Parser, ValueEnum};
use mixminus::cluster::{Engine, NodeName};
use mixminus_zenoh::{ZenohEngine, ZenohOptions};

/// Measures messages of nodes to each other, each node a process.
#[derive(Debug, Parser)]
struct Args {
    /// How many nodes.
    #[arg(long, default_value_t = 2)]
    nodes: usize,
    /// What carries the messages.
    #[arg(long, default_value = "udp")]
    carrier: Carrier,
    /// Of each message.
    #[arg(long, default_value_t = 7_700)]
    bytes: usize,
    /// From message to message, in milliseconds.
    #[arg(long, default_value_t = 10)]
    period: u64,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The ports of all nodes, of which this process is the one with that index.
    #[arg(long, hide = true, num_args = 1..)]
    ports: Vec<u16>,
    #[arg(long, hide = true)]
    index: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Carrier {
    /// Datagrams and streams of one connection.
    Udp,
    /// Datagrams alone.
    PlainUdp,
    /// One stream.
    Tcp,
}

impl Carrier {
    fn endpoint(self, port: u16) -> String {
        match self {
            Self::Udp => format!("udp/127.0.0.1:{port}?rel=1;mixed_rel=1"),
            Self::PlainUdp => format!("udp/127.0.0.1:{port}"),
            Self::Tcp => format!("tcp/127.0.0.1:{port}"),
        }
    }
}

/// A message begins with its number and with when it was published: nanoseconds of the system's clock.
const HEADER: usize = 16;

/// What came from one node: how many messages, and which numbers.
#[derive(Debug, Clone, Copy)]
struct Came {
    messages: u64,
    first: u64,
    last: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    match args.index {
        Some(index) => node(&args, index),
        None => all(&args),
    }
}

/// Starts a process for each node.
fn all(args: &Args) -> Result<(), Box<dyn Error>> {
    let sockets: Vec<_> = (0..args.nodes).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    let ports = sockets.iter().map(|socket| Ok(socket.local_addr()?.port().to_string()));
    let ports: Vec<_> = ports.collect::<Result<_, std::io::Error>>()?;
    drop(sockets);
    let start = |index: usize| {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(std::env::args().skip(1)).arg("--index").arg(index.to_string());
        command.arg("--ports").args(&ports).spawn()
    };
    let nodes: Vec<_> = (0..args.nodes).map(start).collect::<Result<_, _>>()?;
    nodes.into_iter().try_for_each(|mut node| node.wait().map(drop))?;
    Ok(())
}

/// One node: publishes, and measures what comes.
fn node(args: &Args, index: usize) -> Result<(), Box<dyn Error>> {
    let mut options = ZenohOptions::new("latency", NodeName::new(&format!("node-{index}"))?);
    options.listen = vec![args.carrier.endpoint(args.ports[index])];
    options.connect = args.ports[..index].iter().map(|&port| args.carrier.endpoint(port)).collect();
    let mut engine = ZenohEngine::open(options)?;
    meet(&mut engine, args.nodes - 1)?;
    let (mut took, came) = measure(&mut engine, args);
    took.sort_unstable();
    let at = |part: f64| took.get((took.len() as f64 * part) as usize).copied().unwrap_or_default();
    let lost: u64 = came.values().map(|came| came.last + 1 - came.first - came.messages).sum();
    println!(
        "{}: {} messages of {} nodes, median {:?}, p99 {:?}, most {:?}, {lost} lost",
        engine.name(),
        took.len(),
        came.len(),
        at(0.5),
        at(0.99),
        took.last().copied().unwrap_or_default(),
    );
    Ok(())
}

/// Waits for the others.
fn meet(engine: &mut ZenohEngine, others: usize) -> Result<(), Box<dyn Error>> {
    let (end, mut members) = (Instant::now() + Duration::from_secs(30), Vec::new());
    while members.len() < others {
        if Instant::now() > end {
            return Err(format!("{} sees {members:?} after 30 s", engine.name()).into());
        }
        engine.wait(Duration::from_millis(10));
        members.clear();
        engine.members(&mut members);
    }
    Ok(())
}

fn measure(engine: &mut ZenohEngine, args: &Args) -> (Vec<Duration>, BTreeMap<NodeName, Came>) {
    let (mut took, mut came) = (Vec::new(), BTreeMap::new());
    let (period, began) = (Duration::from_millis(args.period), Instant::now());
    let (mut message, mut members) = (vec![0x55; args.bytes.max(HEADER)], Vec::new());
    for number in 0..args.seconds * 1_000 / args.period {
        message[..8].copy_from_slice(&number.to_le_bytes());
        message[8..HEADER].copy_from_slice(&now().to_le_bytes());
        engine.publish(&message);
        let next = began + period * (number as u32 + 1);
        while let Some(left) = next.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            engine.wait(left);
            engine.receive(&mut |from, _, message| take(from, message, &mut took, &mut came));
        }
        members.clear();
        engine.members(&mut members);
    }
    (took, came)
}

fn take(from: &NodeName, message: &[u8], took: &mut Vec<Duration>, came: &mut BTreeMap<NodeName, Came>) {
    let number = |at: usize| u64::from_le_bytes(message[at..at + 8].try_into().expect("eight bytes"));
    took.push(Duration::from_nanos(now().saturating_sub(number(8))));
    let came = came.entry(from.clone()).or_insert(Came { messages: 0, first: number(0), last: 0 });
    came.messages += 1;
    came.last = came.last.max(number(0));
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64
}
