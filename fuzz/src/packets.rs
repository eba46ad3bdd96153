//! Encoded packets: any payloads, numbers and timestamps, at a port and at its decoder; and the decoders by themselves.

use mixminus::{
    JoinOptions, LimiterConfig, MixerConfig, Processor,
    stream::{
        AudioLevel, DecodeError, Decoder, Decoders, G711, G722, InputOptions, MOST_MS, Opus, PacketError, PacketPort,
        PortOptions, RtpPacket,
    },
};

use crate::steps::Steps;

/// So many ticks are mixed, and packets decoded, at most.
const MOST_WORK: usize = 500;
/// The longest payload that a port takes, and one more.
const TOO_LONG: usize = 4097;

fn decoder(steps: &mut Steps<'_>) -> Box<dyn Decoder> {
    match steps.number(6) {
        1 => Box::new(G711::a_law()),
        2 => Box::new(G711::mu_law()),
        3 => Box::new(G722::new()),
        4 => Box::new(Opus::stereo().expect("the format is known")),
        _ => Box::new(Opus::mono().expect("the format is known")),
    }
}

/// Some payloads that are packets, and any others.
fn payload<'a>(steps: &mut Steps<'a>) -> Vec<u8> {
    match steps.number(8) {
        1 => vec![steps.byte(); 160],
        2 => Vec::new(),
        3 => vec![0x55; steps.one_of(&[TOO_LONG, 4096, 961, 1])],
        // Opus: the byte that says what the packet is, then anything.
        4 => [&[steps.byte()], steps.bytes(256)].concat(),
        5 => vec![steps.byte(), 0xFF, 0xFE],
        _ => {
            let most = steps.number(128);
            steps.bytes(most).to_vec()
        }
    }
}

/// Pushes packets of any payload, number and timestamp to a port, and decodes and plays them. What is heard is finite and
/// bounded, and every packet is counted once: as taken, as refused or as one too many.
pub fn packets(input: &[u8]) {
    let mut steps = Steps::new(input);
    let Some(mut call) = Call::new(&mut steps) else { return };
    let mut work = 0;
    while let Some(step) = steps.next() {
        match step {
            b'p' => call.push(&mut steps),
            b's' => call.sequence = call.sequence.wrapping_add(steps.u16()),
            b't' => call.timestamp = call.timestamp.wrapping_add(steps.u32()),
            b'd' => drop(call.controller.set_deafened("b", steps.flag())),
            b'm' => drop(call.controller.set_muted("a", steps.flag())),
            b'h' => drop(call.controller.hold("a", &[])),
            b'w' => drop(call.controller.resume("a")),
            b'x' => call.processor.enter().skip(steps.byte().into()),
            b'g' => {
                // The thread that decodes comes late.
                (0..steps.number(8)).for_each(|_| call.mix());
            }
            _ => {
                let ticks = 1 + steps.number(16);
                work += ticks;
                if work > MOST_WORK {
                    return;
                }
                for _ in 0..ticks {
                    call.decoders.pass();
                    call.mix();
                }
            }
        }
        call.check();
    }
}

struct Call {
    controller: mixminus::Controller,
    processor: Processor,
    decoders: Decoders,
    port: PacketPort,
    sequence: u16,
    timestamp: u32,
    frames: u32,
    pushed: u64,
    too_long: u64,
    full: u64,
}

impl Call {
    fn new(steps: &mut Steps<'_>) -> Option<Self> {
        let sample_rate = steps.one_of(&[48_000, 16_000, 8000, 44_100]);
        let loudest = steps.one_of(&[None, Some(1)]);
        let limiter = Some(LimiterConfig::default());
        let config = MixerConfig {
            sample_rate,
            tick_samples: (sample_rate / 100) as usize,
            loudest,
            limiter,
            ..MixerConfig::default()
        };
        let (controller, processor) = config.build().expect("figures in range");
        controller.join("b", JoinOptions::default()).expect("not here yet");
        let decoder = decoder(steps);
        let options: InputOptions = crate::ports::input_options(decoder.format(), steps);
        let clock = options.rtp_clock_hz.unwrap_or(options.format.rate_hz);
        let ports = PortOptions { input: Some(options), output: None };
        let joined = controller.join_with_ports("a", JoinOptions::default(), ports).ok()?;
        let (port, decoding) = joined.input.expect("asked for").decode_with(decoder).expect("its format");
        let mut decoders = Decoders::default();
        decoders.add(decoding);
        let frames = clock / 50;
        Some(Self {
            controller,
            processor,
            decoders,
            port,
            sequence: 65_000,
            timestamp: u32::MAX - 9600,
            frames,
            pushed: 0,
            too_long: 0,
            full: 0,
        })
    }

    fn push(&mut self, steps: &mut Steps<'_>) {
        let level = steps.one_of(&[
            None,
            Some(AudioLevel { dbov: 20, voice: true }),
            Some(AudioLevel { dbov: 127, voice: false }),
            Some(AudioLevel { dbov: 255, voice: true }),
        ]);
        let payload = payload(steps);
        let packet = RtpPacket { payload: &payload, sequence: self.sequence, timestamp: self.timestamp, level };
        self.pushed += u64::from(!payload.is_empty());
        match self.port.push(packet) {
            Ok(()) => assert!(payload.len() < TOO_LONG),
            Err(PacketError::TooLong { bytes, most }) => {
                assert!(bytes == payload.len() && bytes > most && bytes == TOO_LONG);
                self.too_long += 1;
            }
            Err(PacketError::Full) => self.full += 1,
            Err(error) => panic!("{error}"),
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(self.frames);
    }

    fn mix(&mut self) {
        let mut audio = self.processor.enter();
        let mixes = audio.tick().mix();
        for mix in mixes.distinct() {
            assert!(mix.samples().iter().all(|sample| sample.abs() <= 1.0), "it is loud, or not finite");
        }
    }

    fn check(&self) {
        let readings = self.port.readings();
        assert_eq!(self.decoders.panicked(), 0, "a decoder has panicked");
        assert!(readings.received_packets + readings.refused <= self.pushed + self.too_long);
        assert!(readings.refused >= self.too_long);
        assert!(readings.wait_ms.is_finite() && readings.target_ms.is_finite() && readings.drift_ppm.is_finite());
        assert!((0.0..=6000.0).contains(&readings.fill_ms), "{readings:?}");
    }
}

/// Gives a decoder any payloads: what it calls a packet it decodes to as many samples as it said, or refuses; what it
/// conceals and recovers is finite and bounded.
pub fn decoders(input: &[u8]) {
    let mut steps = Steps::new(input);
    let mut decoder = decoder(&mut steps);
    let (format, channels) = (decoder.format(), decoder.channels());
    let mut out = vec![0.0; decoder.most_samples()];
    assert_eq!(out.len(), format.rate_hz as usize * MOST_MS / 1000 * channels);
    for _ in 0..64 {
        let Some(step) = steps.next() else { return };
        let made = match step {
            b'c' => {
                let most = steps.number(128) * channels * format.rate_hz as usize / 400;
                let out_len = most.min(out.len());
                decoder.conceal(&mut out[..out_len]).then_some(out_len)
            }
            b'r' => {
                let payload = payload(&mut steps);
                let frames = decoder.frames(&payload).unwrap_or(steps.number(128) * 48);
                let out_len = (frames * channels).min(out.len());
                decoder.recover(&payload, &mut out[..out_len]).then_some(out_len)
            }
            b'n' => {
                decoder.reset();
                None
            }
            _ => decode(decoder.as_mut(), &payload(&mut steps), &mut out),
        };
        let made = made.map_or(&[][..], |made| &out[..made]);
        // A transform codec goes past full scale by so much with payloads that no encoder makes.
        assert!(
            made.iter().all(|sample| sample.abs() <= 8.0),
            "a decoder gives {:?}",
            made.iter().copied().fold(0.0, f32::max)
        );
    }
}

fn decode(decoder: &mut dyn Decoder, payload: &[u8], out: &mut [f32]) -> Option<usize> {
    let frames = decoder.frames(payload);
    match decoder.decode(payload, out) {
        Ok(decoded) => {
            assert_eq!(Some(decoded), frames, "it said how many there are");
            Some(decoded * decoder.channels())
        }
        Err(DecodeError::Empty) => {
            assert!(payload.is_empty());
            None
        }
        Err(DecodeError::NoPacket { bytes }) => {
            assert!(bytes == payload.len() && frames.is_none());
            None
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}
