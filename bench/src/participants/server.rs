//! What a media server does with a call, on one thread: [`Server`].

use std::collections::HashMap;

use fastrand::Rng;
use mixminus::{
    Controller, JoinOptions, MixerConfig, Processor,
    stream::{
        Decoders, EncodeControl, EncodeGroups, EncodeOptions, InputOptions, PacketPort, PortOptions, Relay,
        RelayOptions, RelayWriter, StreamFormat,
    },
};

use super::{
    PACKET_MS, RATE_HZ,
    network::Network,
    outbox::Outbox,
    rtp::{self, Outgoing, RtpPacket},
    scenario::{Encoders, Scenario},
    step::{Step, Stopwatch, Times},
};
use crate::Result;

/// The server of a call.
#[derive(Debug)]
pub struct Server {
    ports: HashMap<u32, PacketPort>,
    decoders: Decoders,
    processor: Processor,
    writer: RelayWriter,
    groups: EncodeGroups,
    encoding: EncodeControl,
    outbox: Outbox,
    /// What each participant is sent.
    streams: Vec<Outgoing>,
    watch: Stopwatch,
    controller: Controller,
}

impl Server {
    /// A server in whose call nobody is yet.
    pub fn new(scenario: &Scenario) -> Result<Self> {
        let people = scenario.people;
        let tick_samples = (RATE_HZ * scenario.tick_ms / 1000) as usize;
        let config =
            MixerConfig { loudest: scenario.loudest, participants: people, tick_samples, ..MixerConfig::default() };
        let (controller, processor) = config.build()?;
        let (writer, relay) =
            Relay::new(&processor, RelayOptions { mixes: people, listeners: people, ..RelayOptions::default() })?;
        // As many as there can be, with those that go on for a moment beside another one.
        let options = EncodeOptions { packet_ms: PACKET_MS, most_encoders: 2 * people, ..EncodeOptions::default() };
        let groups = EncodeGroups::new(relay, options)?;
        Ok(Self {
            ports: HashMap::new(),
            decoders: Decoders::default(),
            processor,
            writer,
            encoding: groups.control(),
            groups,
            outbox: Outbox::default(),
            streams: Vec::new(),
            watch: Stopwatch::new(),
            controller,
        })
    }

    /// Lets people in who send by these sources.
    pub fn admit(&mut self, sources: impl Iterator<Item = u32>, scenario: &Scenario) -> Result<()> {
        let mut rng = Rng::with_seed(2);
        let Scenario { codec, encoders, .. } = *scenario;
        let shared = codec.encode_with(&self.encoding)?;
        for (person, source) in sources.enumerate() {
            let input = Some(InputOptions::new(StreamFormat::mono(RATE_HZ)));
            let ports = PortOptions { input, output: None };
            let joined = self.controller.join_with_ports(format!("p{person}"), JoinOptions::default(), ports)?;
            let (port, decoding) = codec.decode(joined.input.ok_or("there is no port")?)?;
            self.ports.insert(source, port);
            self.decoders.add(decoding);
            // Who hears by a codec of their own has an encoder of their own.
            let heard_by = match encoders {
                Encoders::Mix => shared,
                Encoders::Listener => codec.encode_with(&self.encoding)?,
            };
            self.encoding.listen(joined.key, heard_by);
            self.streams.push(Outgoing::of(joined.key.index(), &mut rng));
        }
        Ok(())
    }

    /// Takes all packets that have come. How many they were.
    pub fn receive(&mut self, network: &Network) -> Result<u64> {
        let (mut count, mut bytes) = (0, [0; 1500]);
        self.watch.start();
        while let Some(packet) = network.receive(&mut bytes)? {
            let packet = RtpPacket::parse(packet)?;
            let port = self.ports.get_mut(&packet.ssrc()).ok_or("a packet is of nobody in the call")?;
            port.push(mixminus::stream::RtpPacket {
                payload: packet.payload(),
                sequence: packet.sequence_number(),
                timestamp: packet.timestamp(),
                level: rtp::level(&packet),
            })?;
            count += 1;
        }
        self.watch.lap(Step::In);
        Ok(count)
    }

    /// A tick, from the decoders to the packets.
    pub fn tick(&mut self) {
        let Self { watch, outbox, .. } = self;
        watch.start();
        self.decoders.pass();
        watch.lap(Step::Decode);
        let mut audio = self.processor.enter();
        let prepared = audio.tick().prepare();
        watch.lap(Step::Ports);
        let mixes = prepared.finish();
        watch.lap(Step::Mix);
        self.writer.write(&mixes);
        watch.lap(Step::Relay);
        self.groups.pass(|packet| outbox.take(packet));
        watch.lap(Step::Encode);
    }

    /// Sends what was encoded. How many packets that were.
    pub fn send(&mut self, network: &Network) -> Result<u64> {
        self.watch.start();
        let sent = self.outbox.send(&mut self.streams, network)?;
        self.watch.lap(Step::Out);
        Ok(sent)
    }

    /// How many encoders there are.
    pub fn encoders(&self) -> u64 {
        self.encoding.readings().encoders
    }

    /// The times of all steps since they were taken last.
    pub fn take_times(&mut self) -> Times {
        self.watch.take()
    }

    /// What went wrong, and would spoil the figures.
    pub fn check(&self) -> Result<()> {
        let readings = self.encoding.readings();
        let faults = [
            ("packets that could not be made", readings.lost_packets),
            ("encoders that failed", readings.panics),
            ("ticks that were not read", readings.relay.dropped_ticks),
            ("streams that were let go", self.decoders.panicked()),
        ];
        match faults.into_iter().find(|(_, count)| *count > 0) {
            Some((what, count)) => Err(format!("the call went wrong: {count} {what}").into()),
            None => Ok(()),
        }
    }
}
