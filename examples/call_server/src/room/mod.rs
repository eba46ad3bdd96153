//! The call: [`Room`]. The audio thread only ticks; one thread feeds it with the recordings, another collects what the
//! participants hear for those who listen in, and one records the call. People come and go by its [`Entrance`].

mod collector;
mod ears;
mod entrance;
mod feeder;
mod recorder;
mod ticker;
mod worker;

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
};

use mixminus::{
    Controller, JoinOptions, MixerConfig, Mixes,
    cluster::{self, Conference, NodeDriver, NodeOptions},
    stream::{
        Clock, Depth, InputOptions, OutputOptions, PortOptions, Ports, Relay, RelayOptions, Runner, RunnerOptions,
        StreamFormat,
    },
};

use self::{collector::Ear, feeder::Voice, recorder::Recorder};
pub use self::{
    ears::Ears,
    entrance::{Cast, Entrance, Seat},
    recorder::Recorded,
    ticker::Ticker,
    worker::{Stop, Worker},
};
use crate::{cast::Member, error::Error, routes::Routes};

/// The sample rate of the mixer and of what the participants hear, in mono.
pub const SAMPLE_RATE: u32 = 48_000;
/// The length of packets, pushed ones and those for listening clients.
pub const PACKET_MS: u32 = 20;
/// How long samples wait before they are mixed: longer than the feeder is ever late on a busy
/// machine, or than it has been late lately. The delay does no harm to a recording; for a microphone it would be too
/// long.
const INPUT_DEPTH: Depth = Depth::between(500.0, 2000.0);
/// How late the collector may be before samples are lost.
const OUTPUT_BOUND_MS: f64 = 2000.0;
/// How many ticks wait for those who encode them, on a busy machine: a second.
const WAITING_TICKS: usize = 100;
/// For how many different mixes a waiting tick has room before it grows, at most: 48 MiB in all.
const MOST_MIXES: usize = 256;
/// And for how many listeners.
const MOST_LISTENERS: usize = 4096;
/// How many are named who are heard in a mix: as many as a packet of RTP names.
const NAMED: usize = 15;

/// A running call.
#[derive(Debug)]
pub struct Room {
    pub controller: Controller,
    pub ticker: Arc<Ticker>,
    pub ears: Arc<Ears>,
    pub entrance: Arc<Entrance>,
    feeder: Worker<()>,
    collector: Worker<()>,
    recorder: Option<Worker<Result<(), Error>>>,
    pub recorded: Arc<Recorded>,
    /// The call as a conference on several servers, and what talks to the others, until that is taken.
    pub node: Option<(Conference, NodeDriver)>,
}

/// How the call is recorded.
#[derive(Debug)]
pub struct Record {
    pub directory: PathBuf,
    /// Whether all stems become one file in the end.
    pub multichannel: bool,
}

impl Room {
    /// Lets all participants join, by these routes, and starts the call, in which everybody is mixed, or the `loudest`. What
    /// they say and hear is recorded, if that is asked for. The relay is for whoever encodes what people hear: the members
    /// and `most_people` more, each of whom may hear another mix from one tick to the next. With `node` the call is a
    /// conference on several servers.
    pub fn start(
        members: Vec<Member>,
        routes: Routes,
        most_people: usize,
        loudest: Option<usize>,
        record: Option<Record>,
        node: Option<NodeOptions>,
    ) -> Result<(Self, Relay), Error> {
        let listeners = (members.len() + most_people).min(MOST_LISTENERS);
        let waiting =
            RelayOptions { ticks: WAITING_TICKS, mixes: listeners.min(MOST_MIXES), listeners, sources: NAMED };
        let config = MixerConfig { sample_rate: SAMPLE_RATE, loudest, ..MixerConfig::default() };
        let (controller, processor) = config.build()?;
        controller.set_role_table(routes.table().clone());
        let mut cast = Cast { routes, ..Cast::default() };
        let (mut voices, mut outputs) = (Vec::new(), Vec::new());
        for Member { id, recording } in members {
            let Ports { input, output, .. } =
                join(&controller, &id, cast.joins(&id), recording.as_ref().map(|said| said.format))?;
            let sort = if recording.is_some() { &mut cast.recordings } else { &mut cast.listeners };
            sort.insert(id.clone());
            voices.extend(input.zip(recording).map(|(port, recording)| Voice::new(port, recording)));
            outputs.extend(output.map(|port| (id, port)));
        }
        // After all participants have joined: a call that cannot start leaves no files behind.
        let recorded = Arc::new(Recorded::default());
        let mut recorder = match &record {
            Some(Record { directory, multichannel }) => {
                Some(Recorder::begin(directory, *multichannel, Arc::clone(&recorded))?)
            }
            None => None,
        };
        if let Some(recorder) = &mut recorder {
            outputs.iter().try_for_each(|(id, _)| recorder.come(id, &controller))?;
        }
        let fan_out = Arc::new(Ears::default());
        let collected = outputs.into_iter().map(|(id, port)| Ear::new(&id, port, fan_out.add(&id))).collect();
        let (mut ticks, relay) = Relay::new(&processor, waiting)?;
        let node = node.map(|options| cluster::node(controller.clone(), &processor, options)).transpose()?;
        let options = RunnerOptions::default();
        let (runner, node) = match node {
            None => (Runner::start(processor, options, move |mixes| ticks.write(mixes))?, None),
            Some((conference, driver, audio)) => {
                let (before, mut after) = audio.into_closures();
                let write = move |mixes: &Mixes<'_>| {
                    ticks.write(mixes);
                    after(mixes);
                };
                (Runner::start_with(processor, options, before, write)?, Some((conference, driver)))
            }
        };
        let (orders, coming) = mpsc::channel();
        let (recording, to_record) = mpsc::channel();
        let entrance = Arc::new(Entrance {
            controller: controller.clone(),
            ticker: Arc::new(Ticker::new(runner)),
            ears: fan_out,
            cast,
            conference: node.as_ref().map(|(conference, _)| conference.clone()),
            orders,
            recorder: recorder.as_ref().map(|_| recording),
        });
        let (ticker, ears) = (Arc::clone(&entrance.ticker), Arc::clone(&entrance.ears));
        let feeder = Worker::start("feeder", move |stop| feeder::run(voices, stop))?;
        let collector = Worker::start("collector", move |stop| collector::run(collected, &coming, stop))?;
        let recorder = recorder.map(|recorder| Worker::start("recorder", move |stop| recorder.run(&to_record, stop)));
        let recorder = recorder.transpose()?;
        Ok((Self { controller, ticker, ears, entrance, feeder, collector, recorder, recorded, node }, relay))
    }

    /// Stops the threads in the order of the sound, so that everything that was mixed is collected,
    /// and completes the recordings. Blocks for a few ticks.
    pub fn stop(self) -> Result<(), Error> {
        let fed = self.feeder.stop();
        let ticked = self.ticker.stop();
        let collected = self.collector.stop();
        let recorded = self.recorder.map_or(Ok(Ok(())), Worker::stop);
        fed.and(ticked).and(collected).and(recorded?)
    }
}

/// Joins a participant with ports that follow the mixer's clock; it sends if there is a format for
/// that. All join as senders, for somebody may take the place of one who only hears.
fn join(controller: &Controller, id: &str, options: JoinOptions, sends: Option<StreamFormat>) -> Result<Ports, Error> {
    let input =
        sends.map(|format| InputOptions { clock: Clock::Locked, depth: INPUT_DEPTH, ..InputOptions::new(format) });
    let ports = PortOptions { input, output: Some(hears()) };
    let joined = controller.join_with_ports(id, options, ports);
    joined.map_err(|cause| Error::Join { id: id.to_owned(), cause })
}

/// The port of what a participant hears, for the collector.
fn hears() -> OutputOptions {
    OutputOptions { bound_ms: OUTPUT_BOUND_MS, ..OutputOptions::prompt(StreamFormat::mono(SAMPLE_RATE)) }
}
