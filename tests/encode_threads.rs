//! Threads that encode give the same packets as one thread, each listener's in order, and end in order.
#![cfg(feature = "stream")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use mixminus::{
    Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{
        EncodeError, EncodeGroups, EncodeOptions, EncodeThreads, EncodeThreadsOptions, Encoder, Relay, RelayOptions,
        RelayWriter, Silence, StreamFormat,
    },
};

/// The samples as they are.
#[derive(Debug, Clone, Copy)]
struct Raw;

impl Encoder for Raw {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(8000)
    }

    fn takes(&self, _frames: usize) -> bool {
        true
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes());
        Ok(out.iter_mut().zip(bytes).map(|(out, byte)| *out = byte).count())
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        Box::new(*self)
    }

    fn reset(&mut self) {}
}

const PEOPLE: usize = 12;
const TICKS: usize = 100;

/// What each listener got: position and payload.
type Got = BTreeMap<ParticipantKey, Vec<(u64, Vec<u8>)>>;

/// A call in which ever others talk.
struct Call {
    processor: Processor,
    writer: RelayWriter,
    groups: EncodeGroups,
    keys: Vec<ParticipantKey>,
}

impl Call {
    fn new() -> Self {
        let config = MixerConfig { sample_rate: 8000, tick_samples: 80, ..MixerConfig::default() };
        let (controller, processor) = config.build().unwrap();
        let options = RelayOptions { ticks: TICKS + 1, mixes: PEOPLE, ..RelayOptions::default() };
        let (writer, relay) = Relay::new(&processor, options).unwrap();
        let options = EncodeOptions { silence: Silence::Encode, ..EncodeOptions::default() };
        let groups = EncodeGroups::new(relay, options).unwrap();
        let codec = groups.control().add_codec(Raw).unwrap();
        let join = |number| controller.join(format!("p{number}"), JoinOptions::default()).unwrap();
        let keys: Vec<_> = (0..PEOPLE).map(join).collect();
        keys.iter().for_each(|key| groups.control().listen(*key, codec));
        Self { processor, writer, groups, keys }
    }

    fn run(&mut self, mut each_tick: impl FnMut()) {
        let mut audio = self.processor.enter();
        for number in 0..TICKS {
            let mut tick = audio.tick();
            for (at, key) in self.keys.iter().enumerate().filter(|(at, _)| (number / 9 + at) % 4 == 0) {
                tick.send(*key, Frame::mono(&[0.01 * (at + 1) as f32; 80])).unwrap();
            }
            self.writer.write(&tick.mix());
            each_tick();
        }
    }
}

fn numbered(got: &Got, keys: &[ParticipantKey]) -> Vec<Vec<(u64, Vec<u8>)>> {
    keys.iter().map(|key| got.get(key).cloned().unwrap_or_default()).collect()
}

fn on_one_thread() -> Vec<Vec<(u64, Vec<u8>)>> {
    let mut call = Call::new();
    let mut got = Got::new();
    call.run(|| {});
    call.groups.pass(|packet| {
        for key in packet.listeners {
            got.entry(*key).or_default().push((packet.position, packet.payload.to_vec()));
        }
    });
    numbered(&got, &call.keys)
}

fn on_threads(threads: usize) -> Vec<Vec<(u64, Vec<u8>)>> {
    let mut call = Call::new();
    let (got, keys) = (Arc::new(Mutex::new(Got::new())), call.keys.clone());
    let own = Arc::clone(&got);
    call.run(|| {});
    let Call { writer, groups, .. } = call;
    // The audio thread's end is gone: they end once all is read.
    drop(writer);
    let options = EncodeThreadsOptions { threads, ..EncodeThreadsOptions::default() };
    let encoding = EncodeThreads::start(groups, options, move |packet| {
        let mut got = own.lock().unwrap();
        for key in packet.listeners {
            got.entry(*key).or_default().push((packet.position, packet.payload.to_vec()));
        }
    })
    .unwrap();
    let begin = Instant::now();
    while encoding.is_running() && begin.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(1));
    }
    assert!(!encoding.is_running());
    assert!(encoding.stop().is_some());
    numbered(&got.lock().unwrap(), &keys)
}

#[test]
fn one_thread_or_several_give_the_same_packets() {
    let one = on_one_thread();
    assert!(one.iter().all(|got| got.len() == TICKS / 2));
    for threads in [1, 2, 5] {
        assert!(on_threads(threads) == one, "{threads} threads");
    }
}

#[test]
fn they_stop_while_the_call_goes_on_and_the_groups_go_on_elsewhere() {
    let call = Call::new();
    let Call { mut processor, mut writer, groups, keys } = call;
    let threads = EncodeThreads::start(groups, EncodeThreadsOptions::default(), |_packet| {}).unwrap();
    let mut mix = || writer.write(&processor.enter().tick().mix());
    (0..2).for_each(|_| mix());
    let begin = Instant::now();
    while threads.control().readings().packets == 0 && begin.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(1));
    }
    let mut groups = threads.stop().unwrap();
    (0..2).for_each(|_| mix());
    let mut listeners = 0;
    assert_eq!(groups.pass(|packet| listeners += packet.listeners.len()), 1);
    assert_eq!(listeners, keys.len());
}
