//! Encode groups: every listener is given packets of just what it hears, whatever the lengths of ticks and packets, whoever
//! comes, goes and talks; and its decoder hears on without an edge.

#![cfg(feature = "stream")]

use std::collections::HashMap;

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{
        CodecError, CodecKey, EncodeControl, EncodeError, EncodeGroups, EncodeOptions, EncodedPacket, Encoder, Silence,
        StreamFormat, Tap, TapOptions, TapWriter,
    },
};
use proptest::prelude::*;

/// The samples themselves, behind what tells where the encoder stands: how it was before this packet, and a digest of the
/// last five packets before it.
#[derive(Debug, Clone, Default)]
struct Witness {
    past: u64,
    recent: Vec<u64>,
}

fn digest(seed: u64, samples: &[f32]) -> u64 {
    samples.iter().fold(seed, |sum, sample| (sum ^ u64::from(sample.to_bits())).wrapping_mul(0x100_0000_01B3))
}

/// How many packets encoders have in common after a merge.
const COMMON: usize = 5;

impl Encoder for Witness {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(8000)
    }

    fn takes(&self, frames: usize) -> bool {
        frames.is_multiple_of(80)
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let common = self.recent.iter().fold(1, |sum, packet| digest(sum, &[*packet as f32]));
        let before = [self.past, common, self.recent.len() as u64].map(u64::to_le_bytes);
        self.past = digest(self.past, samples);
        self.recent.push(digest(7, samples));
        if self.recent.len() > COMMON {
            self.recent.remove(0);
        }
        let after = self.past.to_le_bytes();
        let head = before.into_iter().chain([after]).flatten();
        let bytes = head.chain(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        Ok(out.iter_mut().zip(bytes).map(|(out, byte)| *out = byte).count())
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        Box::new(self.clone())
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

/// One packet as a listener has got it.
#[derive(Debug, Clone, PartialEq)]
struct Got {
    position: u64,
    samples: Vec<f32>,
    before: [u64; 3],
    after: u64,
    resumes: bool,
    lost_before: u32,
}

impl Got {
    fn of(packet: &EncodedPacket<'_>) -> Self {
        let word = |at: usize| u64::from_le_bytes(packet.payload[8 * at..8 * at + 8].try_into().unwrap());
        Self {
            position: packet.position,
            samples: packet.payload[32..]
                .chunks_exact(4)
                .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
                .collect(),
            before: [word(0), word(1), word(2)],
            after: word(3),
            resumes: packet.resumes,
            lost_before: packet.lost_before,
        }
    }
}

/// A call of some people, and what each hears by the mixes themselves.
struct Call {
    controller: Controller,
    processor: Processor,
    writer: TapWriter,
    groups: EncodeGroups,
    control: EncodeControl,
    codec: CodecKey,
    here: Vec<ParticipantKey>,
    joined: usize,
    heard: HashMap<ParticipantKey, HashMap<u64, f32>>,
    got: HashMap<ParticipantKey, Vec<Got>>,
}

impl Call {
    fn new(tick_samples: usize, options: EncodeOptions) -> Self {
        let config = MixerConfig { sample_rate: 8000, tick_samples, ..MixerConfig::default() };
        let (controller, processor) = config.build().unwrap();
        let (writer, tap) = Tap::new(&processor, TapOptions { ticks: 256, ..TapOptions::default() }).unwrap();
        let groups = EncodeGroups::new(tap, options).unwrap();
        let control = groups.control();
        let codec = control.add_codec(Witness::default()).unwrap();
        let (here, heard, got) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { controller, processor, writer, groups, control, codec, here, joined: 0, heard, got }
    }

    fn join(&mut self, people: usize) {
        for _ in 0..people {
            let key = self.controller.join(format!("p{}", self.joined), JoinOptions::default()).unwrap();
            self.joined += 1;
            self.control.listen(key, self.codec);
            self.here.push(key);
        }
    }

    fn leave(&mut self, number: usize) {
        if !self.here.is_empty() {
            let key = self.here.remove(number % self.here.len());
            let id = self.controller.snapshot().participants.iter().find(|one| one.key == key).unwrap().id.clone();
            self.controller.leave(id.as_str()).unwrap();
            self.control.leave(key);
        }
    }

    /// A tick in which those at `talkers` send a level of their own; then the packets that are there.
    fn tick(&mut self, talkers: &[usize]) {
        let mut audio = self.processor.enter();
        let count = audio.tick_samples();
        let mut tick = audio.tick();
        for number in talkers.iter().filter(|number| **number < self.here.len()) {
            let samples: Vec<f32> = (0..count).map(|n| 0.01 * (*number as f32 + 1.0) + 1e-4 * n as f32).collect();
            tick.send(self.here[*number], Frame::mono(&samples)).unwrap();
        }
        let mixes = tick.mix();
        for (listener, mix) in self.here.iter().filter_map(|key| Some((*key, mixes.get(*key)?))) {
            let samples = (mixes.position()..).zip(mix.samples().iter().copied());
            self.heard.entry(listener).or_default().extend(samples);
        }
        self.writer.write(&mixes);
        self.pass();
    }

    fn pass(&mut self) {
        let got = &mut self.got;
        self.groups.pass(|packet| {
            for listener in packet.listeners {
                got.entry(*listener).or_default().push(Got::of(packet));
            }
        });
    }

    /// What a listener has heard in a packet, silence where it has heard nothing.
    fn truth(&self, listener: ParticipantKey, position: u64, samples: usize) -> Vec<f32> {
        let heard = &self.heard[&listener];
        (position..position + samples as u64).map(|at| heard.get(&at).copied().unwrap_or(0.0)).collect()
    }
}

const OPTIONS: EncodeOptions = EncodeOptions { packet_ms: 20, most_encoders: 1000, silence: Silence::Encode };

fn assert_packets_are_what_was_heard(call: &Call, packet: usize) {
    for (listener, got) in &call.got {
        for one in got {
            assert_eq!(one.samples, call.truth(*listener, one.position, packet), "{listener} at {}", one.position);
        }
        assert!(got.windows(2).all(|pair| pair[1].position == pair[0].position + packet as u64));
    }
}

fn assert_decoders_hear_on(call: &Call) {
    for (listener, got) in &call.got {
        for (number, one) in got.iter().enumerate() {
            let Some(next) = got.get(number + 1) else { continue };
            let same_encoder = next.before[0] == one.after;
            let in_common = next.before[1] == common_of(&got[..=number]);
            assert!(same_encoder || in_common, "{listener} went over at {} to a stranger", next.position);
        }
    }
}

/// What an encoder shows that has encoded the last packets that somebody got.
fn common_of(got: &[Got]) -> u64 {
    let last = &got[got.len().saturating_sub(COMMON)..];
    last.iter().fold(1, |sum, one| digest(sum, &[digest(7, &one.samples) as f32]))
}

fn assert_all_was_given(call: &Call, packet: usize) {
    for (listener, heard) in &call.heard {
        let end = call.got.values().flatten().map(|one| one.position + packet as u64).max().unwrap_or(0);
        let packets: Vec<u64> = call.got.get(listener).into_iter().flatten().map(|one| one.position).collect();
        // One who has left is given no packet of which it has heard a part only, nor any that was not made yet.
        let left = !call.here.contains(listener);
        let end = if left { heard.keys().max().map_or(0, |last| last.saturating_sub(packet as u64)) } else { end };
        let positions = heard.keys().map(|at| at - at % packet as u64).filter(|at| at + packet as u64 <= end);
        for position in positions {
            assert!(packets.contains(&position), "{listener} has no packet at {position}");
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Join(usize),
    Leave(usize),
    Talk(Vec<usize>, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => (1..4_usize).prop_map(Step::Join),
        1 => (0..20_usize).prop_map(Step::Leave),
        6 => (prop::collection::btree_set(0..8_usize, 0..4), 1..12_usize).prop_map(|(talkers, ticks)| Step::Talk(talkers.into_iter().collect(), ticks)),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_listener_gets_what_it_hears(
        steps in steps(),
        tick in prop::sample::select(vec![80, 160, 240, 120, 7, 480]),
        packet_ms in prop::sample::select(vec![10_u32, 20, 40, 60]),
    ) {
        let mut call = Call::new(tick, EncodeOptions { packet_ms, ..OPTIONS });
        call.join(4);
        for step in steps {
            match step {
                Step::Join(people) => call.join(people),
                Step::Leave(number) => call.leave(number),
                Step::Talk(talkers, ticks) => (0..ticks * 160 / tick + 1).for_each(|_| call.tick(&talkers)),
            }
        }
        let packet = 8 * packet_ms as usize;
        assert_all_was_given(&call, packet);
        assert_packets_are_what_was_heard(&call, packet);
        // Of longer packets fewer are in common.
        if packet_ms <= 20 {
            assert_decoders_hear_on(&call);
        }
    }
}

#[test]
fn a_split_forks_and_a_merge_lingers_for_five_packets() {
    let mut call = Call::new(80, OPTIONS);
    call.join(5);
    let encoders = |call: &Call| {
        let readings = call.control.readings();
        (readings.encoders, readings.lingering)
    };
    (0..20).for_each(|_| call.tick(&[0]));
    assert_eq!(encoders(&call), (2, 0), "the talker's, and that of all others");
    (0..20).for_each(|_| call.tick(&[0, 1]));
    assert_eq!(encoders(&call), (3, 0));
    assert_eq!(call.control.readings().splits, 1);
    // The second talker falls silent: after its voice has faded out it hears what the listeners hear.
    let counts: Vec<_> = (0..24)
        .map(|_| {
            call.tick(&[0]);
            encoders(&call)
        })
        .collect();
    let lingered = counts.iter().filter(|(_, lingering)| *lingering == 1).count();
    assert_eq!(lingered, 10, "five packets of two ticks: {counts:?}");
    assert_eq!((counts.last(), call.control.readings().merges), (Some(&(2, 0)), 1));
    assert_packets_are_what_was_heard(&call, 160);
    assert_decoders_hear_on(&call);
}

#[test]
fn with_fewer_encoders_than_mixes_the_largest_are_served_and_nobody_hears_another_mix() {
    let mut call = Call::new(160, EncodeOptions { most_encoders: 2, ..OPTIONS });
    call.join(6);
    (0..10).for_each(|_| call.tick(&[0, 1, 2]));
    let readings = call.control.readings();
    assert_eq!((readings.encoders, readings.waiting, readings.lost_packets), (2, 2, 20));
    assert_eq!(call.got[&call.here[3]].len(), 10, "three listeners have one mix");
    let of_talkers = [0, 1, 2].map(|number| call.got.get(&call.here[number]).map_or(0, Vec::len));
    assert_eq!(of_talkers, [10, 0, 0], "of those with as many listeners the first");
    (0..20).for_each(|_| call.tick(&[0]));
    assert_eq!(call.control.readings().waiting, 0);
    assert!(call.here.iter().all(|key| call.got[key].last().unwrap().position == 29 * 160));
    for (listener, got) in &call.got {
        got.iter().for_each(|one| assert_eq!(one.samples, call.truth(*listener, one.position, 160)));
    }
}

#[test]
fn silence_pauses_and_is_refreshed() {
    let pause = Silence::Pause { after_ms: 60, refresh_ms: 200 };
    let mut call = Call::new(160, EncodeOptions { silence: pause, ..OPTIONS });
    call.join(3);
    (0..5).for_each(|_| call.tick(&[0]));
    (0..30).for_each(|_| call.tick(&[]));
    (0..3).for_each(|_| call.tick(&[0]));
    let got = &call.got[&call.here[1]];
    let sent: Vec<u64> = got.iter().map(|one| one.position / 160).collect();
    // The voice fades out in the fifth packet; three packets of silence are sent, then one in 200 ms.
    assert_eq!(sent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 18, 28, 35, 36, 37]);
    let resumed: Vec<u64> = got.iter().filter(|one| one.resumes).map(|one| one.position / 160).collect();
    assert_eq!(resumed, [0, 35], "what refreshes a pause does not end it");
    assert!(got.iter().all(|one| one.lost_before == 0));
}

#[test]
fn skipped_ticks_are_lost_packets_and_positions_stay_true() {
    let mut call = Call::new(80, OPTIONS);
    call.join(2);
    (0..4).for_each(|_| call.tick(&[0]));
    call.processor.enter().skip(7);
    (0..5).for_each(|_| call.tick(&[0]));
    let got = &call.got[&call.here[1]];
    let sent: Vec<(u64, u32)> = got.iter().map(|one| (one.position / 80, one.lost_before)).collect();
    assert_eq!(sent, [(0, 0), (2, 0), (12, 4), (14, 0)]);
    assert!(got.iter().skip(1).all(|one| !one.resumes));
    assert_eq!(call.control.readings().lost_packets, 8, "of two encoders");
}

#[test]
fn an_encoder_that_panics_is_replaced_and_harms_nobody_else() {
    #[derive(Debug, Clone)]
    struct Fragile(Witness);
    impl Encoder for Fragile {
        fn format(&self) -> StreamFormat {
            self.0.format()
        }
        fn takes(&self, frames: usize) -> bool {
            self.0.takes(frames)
        }
        fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
            assert!(self.0.recent.len() < 3, "it breaks at the fourth packet");
            self.0.encode(samples, out)
        }
        fn fork(&mut self) -> Box<dyn Encoder> {
            Box::new(self.clone())
        }
        fn reset(&mut self) {
            self.0.reset();
        }
    }
    let mut call = Call::new(160, OPTIONS);
    call.join(3);
    let fragile = call.control.add_codec(Fragile(Witness::default())).unwrap();
    call.control.listen(call.here[2], fragile);
    (0..9).for_each(|_| call.tick(&[0]));
    assert_eq!((call.got[&call.here[1]].len(), call.got[&call.here[2]].len()), (9, 7));
    let lost: Vec<u32> = call.got[&call.here[2]].iter().map(|one| one.lost_before).collect();
    assert_eq!((lost, call.control.readings().panics), (vec![0, 0, 0, 1, 0, 0, 1], 2));
}

#[test]
fn a_codec_that_panics_where_it_is_forked_or_reset_harms_nobody_else() {
    #[derive(Debug, Clone)]
    struct Rigid(Witness);
    impl Encoder for Rigid {
        fn format(&self) -> StreamFormat {
            self.0.format()
        }
        fn takes(&self, frames: usize) -> bool {
            self.0.takes(frames)
        }
        fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
            self.0.encode(samples, out)
        }
        fn fork(&mut self) -> Box<dyn Encoder> {
            assert!(self.0.recent.is_empty(), "it cannot be forked once it is in use");
            Box::new(self.clone())
        }
        fn reset(&mut self) {
            unreachable!("it cannot be reset");
        }
    }
    let mut call = Call::new(160, OPTIONS);
    call.join(4);
    let rigid = call.control.add_codec(Rigid(Witness::default())).unwrap();
    call.here[1..3].iter().for_each(|key| call.control.listen(*key, rigid));
    (0..4).for_each(|_| call.tick(&[0]));
    (0..4).for_each(|_| call.tick(&[0, 1]));
    assert_eq!(call.control.readings().panics, 1, "one fork");
    (0..12).for_each(|_| call.tick(&[0]));
    assert_eq!(call.control.readings().panics, 2, "and one reset, of the encoder that is not needed any more");
    for key in &call.here {
        assert_eq!(call.got[key].len(), 20, "a new encoder takes the place of the fork");
    }
}

#[test]
fn a_tap_that_holds_less_than_a_packet_is_refused() {
    let (_controller, processor) = MixerConfig { tick_samples: 48, ..MixerConfig::default() }.build().unwrap();
    let groups = |ticks, packet_ms| {
        let (_writer, tap) = Tap::new(&processor, TapOptions { ticks, ..TapOptions::default() }).unwrap();
        EncodeGroups::new(tap, EncodeOptions { packet_ms, ..OPTIONS }).map(drop)
    };
    assert_eq!(groups(32, 40), Err(CodecError::Tap { ticks: 32, least: 42, packet_ms: 40 }));
    assert_eq!((groups(42, 40), groups(32, 20)), (Ok(()), Ok(())));
}
