//! Ports of samples: packets as networks bring them, and pulls by any clock.

use mixminus::{
    Channels, Controller, Frame, JoinOptions, LimiterConfig, MixerConfig, ParticipantKey, Processor,
    stream::{
        Clock, Depth, InputOptions, InputPort, JoinError, OutputOptions, OutputPort, PortOptions, Ports, PushError,
        Stamp, StreamFormat,
    },
};

use crate::steps::Steps;

/// So many samples are pushed, mixed and pulled at most.
const MOST_WORK: usize = 600_000;
/// What may wait in a port beyond its greatest depth and the longest packet: 250 ms and a tick.
const BEYOND_MS: f64 = 250.0 + 120.0;

/// Pushes packets of any length, samples and stamps into a port, concealed ones among them, pulls from another port, and
/// ticks between them. What is refused is what has to be; what is heard is finite and bounded; what waits is bounded; and
/// the counters add up.
pub fn ports(input: &[u8]) {
    let mut steps = Steps::new(input);
    let config = config(&mut steps);
    let Some(mut call) = Call::new(&config, &mut steps) else { return };
    while let Some(step) = steps.next() {
        if call.work > MOST_WORK {
            break;
        }
        match step {
            b'p' => call.push(&mut steps, false),
            b'c' => call.push(&mut steps, true),
            b't' => call.stamp = call.stamp.wrapping_add_signed(steps.one_of(&LEAPS)),
            b'b' => call.burst(&mut steps),
            b'o' => call.pull(&mut steps),
            b'h' => drop(call.controller.hold("a", &[])),
            b'w' => drop(call.controller.resume("a")),
            b'm' => drop(call.controller.set_muted("a", steps.flag())),
            b'x' => call.processor.enter().skip(steps.byte().into()),
            b'r' => call.replace(&mut steps),
            b'l' => call.leave(),
            _ => {
                let ticks = 1 + steps.number(32);
                (0..ticks).for_each(|_| call.tick());
            }
        }
    }
    call.finish();
}

/// How far the stamps of a stream leap, in ticks of its clock.
const LEAPS: [i32; 10] = [160, -160, 1, -1, 8000, -8000, 100_000, -100_000, i32::MAX, i32::MIN];

/// The figures of a mixer with streams.
pub(crate) fn config(steps: &mut Steps<'_>) -> MixerConfig {
    let sample_rate = steps.one_of(&[8000, 48_000, 16_000, 1000, 44_100, 11_025]);
    let tick_ms = steps.one_of(&[10.0, 20.0, 5.0, 1.0, 120.0, 7.3]);
    MixerConfig {
        sample_rate,
        tick_samples: ((f64::from(sample_rate) * tick_ms / 1000.0) as usize).max(1),
        channels: steps.one_of(&[Channels::Mono, Channels::Stereo]),
        limiter: steps.one_of(&[Some(LimiterConfig::default()), None]),
        loudest: steps.one_of(&[None, Some(1)]),
        participants: 2,
        ..MixerConfig::default()
    }
}

fn format(steps: &mut Steps<'_>) -> StreamFormat {
    let rate_hz =
        steps.one_of(&[8000, 48_000, 16_000, 11_025, 1000, 44_100, 24_000, 96_000, 999, 768_000, 0, u32::MAX]);
    StreamFormat { rate_hz, channels: steps.one_of(&[Channels::Mono, Channels::Stereo]) }
}

/// The options of an input; some are out of range.
pub(crate) fn input_options(format: StreamFormat, steps: &mut Steps<'_>) -> InputOptions {
    let depths = [
        (20.0, 500.0),
        (0.0, 0.0),
        (20.0, 20.0),
        (0.0, 60.0),
        (100.0, 5000.0),
        (5.0, 1.0),
        (f64::NAN, 50.0),
        (0.0, f64::INFINITY),
    ];
    let (least_ms, most_ms) = steps.one_of(&depths);
    InputOptions {
        format,
        clock: steps.one_of(&[Clock::FreeRunning, Clock::Locked]),
        depth: Depth { least_ms, most_ms },
        smoothing_ms: steps.one_of(&[10.0, 0.0, 1000.0, 0.01, -1.0, f64::NAN]),
        rtp_clock_hz: steps.one_of(&[None, Some(8000), Some(48_000), Some(90_000), Some(1000), Some(768_000), Some(7)]),
    }
}

fn output_options(steps: &mut Steps<'_>) -> OutputOptions {
    let format = format(steps);
    let prompt = OutputOptions::prompt(format);
    let (depth_ms, bound_ms) =
        steps.one_of(&[(40.0, 200.0), (0.0, 1.0), (200.0, 200.0), (0.0, 5000.0), (2.0, 1.0), (f64::NAN, 9.0)]);
    let own = OutputOptions {
        depth_ms,
        bound_ms,
        smoothing_ms: steps.one_of(&[10.0, 0.0, 500.0]),
        ..OutputOptions::new(format)
    };
    steps.one_of(&[prompt, own])
}

struct Call {
    controller: Controller,
    processor: Processor,
    has_limiter: bool,
    tick: usize,
    listener: ParticipantKey,
    input: Option<(InputPort, InputOptions)>,
    output: Option<(OutputPort, OutputOptions)>,
    /// The next packet's timestamp and number.
    stamp: u32,
    number: u16,
    counts: Counts,
    work: usize,
}

/// What the ports should have counted.
#[derive(Debug, Default)]
struct Counts {
    packets: u64,
    samples: u64,
    refused: u64,
    pulled: u64,
}

impl Call {
    fn new(config: &MixerConfig, steps: &mut Steps<'_>) -> Option<Self> {
        let (controller, processor) = config.clone().build().expect("figures in range");
        let listener = controller.join("b", JoinOptions::default()).expect("not here yet");
        controller.join("a", JoinOptions::default()).expect("not here yet");
        let mut call = Self {
            controller,
            processor,
            has_limiter: config.limiter.is_some(),
            tick: config.tick_samples,
            listener,
            input: None,
            output: None,
            stamp: 0,
            number: 0,
            counts: Counts::default(),
            work: 0,
        };
        call.replace(steps);
        call.input.is_some().then_some(call)
    }

    /// Other ports, if their options are in range; the ones before otherwise.
    fn replace(&mut self, steps: &mut Steps<'_>) {
        self.work += 20_000;
        let options = input_options(format(steps), steps);
        let output = output_options(steps);
        let ports = PortOptions { input: Some(options), output: Some(output) };
        match self.controller.replace_ports("a", ports) {
            Ok(Ports { input: Some(port), output: Some(out), .. }) => {
                self.input = Some((port, options));
                self.output = Some((out, output));
                self.counts = Counts::default();
            }
            Ok(ports) => panic!("both were asked for: {ports:?}"),
            Err(JoinError::Control(_)) => {}
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }

    fn leave(&mut self) {
        let _ = self.controller.leave("a");
    }

    fn stamp(&mut self, frames: usize, options: &InputOptions, steps: &mut Steps<'_>) -> Stamp {
        let (rate, clock) =
            (u64::from(options.format.rate_hz), u64::from(options.rtp_clock_hz.unwrap_or(options.format.rate_hz)));
        let stamp = self.stamp;
        self.stamp = stamp.wrapping_add((frames as u64 * clock / rate) as u32);
        self.number = self.number.wrapping_add(1);
        match steps.number(6) {
            3 => Stamp::Sequence(self.number),
            4 => Stamp::None,
            5 => {
                self.number = steps.u16();
                Stamp::Sequence(self.number)
            }
            _ => Stamp::Rtp(stamp),
        }
    }

    fn push(&mut self, steps: &mut Steps<'_>, concealed: bool) {
        let Some((mut port, options)) = self.input.take() else { return };
        let length = steps.one_of(&[160, 80, 320, 480, 960, 1, 0, 7, 1920, 5760, 12_000, 100_000]);
        let value = steps.one_of(&[0.5, 0.0, 1.0, -1.0, 1e-30, 2.0, -1e6, 1.1e6, f32::NAN, f32::INFINITY]);
        let stereo = steps.flag();
        let samples = vec![value; if stereo { 2 * length } else { length }];
        let frame = if stereo { Frame::interleaved(&samples) } else { Frame::mono(&samples) }.active(value > 0.0);
        let stamp = self.stamp(length, &options, steps);
        let done = if concealed { port.push_concealed(frame, stamp) } else { port.push(frame, stamp) };
        self.work += length;
        let is_sound = value.abs() <= 1e6;
        match done {
            Ok(()) => {
                assert!(is_sound || length == 0, "{value} was taken");
                self.counts.packets += u64::from(length > 0);
                self.counts.samples += length as u64;
            }
            Err(PushError::NotFinite { index }) => {
                assert!(!is_sound && index == 0);
                self.counts.refused += 1;
            }
            Err(PushError::TooLong { frames, most }) => {
                assert!(frames == length && frames > most);
                self.counts.refused += 1;
            }
            Err(PushError::Gone) => {
                assert!(!port.is_connected() && self.controller.configuration("a").is_err());
                self.counts.refused += 1;
            }
            Err(PushError::Full) => {}
            Err(error) => panic!("{error}"),
        }
        self.input = Some((port, options));
        self.check();
    }

    /// Many packets at once, in any order and some of them twice: their stamps are those of a stream.
    fn burst(&mut self, steps: &mut Steps<'_>) {
        let Some((mut port, options)) = self.input.take() else { return };
        let length = steps.one_of(&[160, 80, 320, 960]);
        let begin = self.stamp;
        let samples = vec![0.25_f32; length];
        for _ in 0..steps.number(64) {
            let place = steps.number(32) as u32;
            let stamp = Stamp::Rtp(begin.wrapping_add(place * length as u32));
            self.work += length;
            match port.push(Frame::mono(&samples), stamp) {
                Ok(()) => {
                    self.counts.packets += 1;
                    self.counts.samples += length as u64;
                }
                Err(PushError::Full) => {}
                Err(_) => self.counts.refused += 1,
            }
        }
        self.input = Some((port, options));
        self.check();
    }

    fn pull(&mut self, steps: &mut Steps<'_>) {
        let Some((port, options)) = &mut self.output else { return };
        let channels = options.format.channels.count();
        let length = steps.one_of(&[160, 80, 320, 960, 1, 0, 7, 4801]);
        self.work += length;
        let available = port.available();
        let mut samples = vec![f32::NAN; length];
        let real = match steps.number(4) {
            0 => port.pull(&mut samples),
            1 => {
                let mut integers = vec![i16::MIN; length];
                samples.fill(0.0);
                port.pull(&mut integers)
            }
            2 => {
                let mut right = vec![f32::NAN; length];
                let real = port.pull_planar(&mut samples, &mut right);
                assert!(right.iter().all(|sample| sample.is_finite()));
                real
            }
            _ => {
                let whole = port.pull_whole(&mut samples);
                // A buffer of no whole frame is always full.
                assert!(length / channels == 0 || whole == (available >= length / channels), "{whole} of {available}");
                samples.iter_mut().for_each(|sample| *sample = if whole { *sample } else { 0.0 });
                if whole { length / channels } else { 0 }
            }
        };
        assert!(real <= length && samples.iter().all(|sample| sample.is_finite()));
        assert!(!self.has_limiter || samples.iter().all(|sample| sample.abs() <= 1.01), "{samples:?}");
        self.counts.pulled += real as u64;
        assert_eq!(port.readings().pulled_samples, self.counts.pulled);
    }

    fn tick(&mut self) {
        self.work += self.tick + 50;
        let mut audio = self.processor.enter();
        let mixes = audio.tick().mix();
        for mix in mixes.distinct() {
            for sample in mix.left().iter().chain(mix.right()) {
                assert!(sample.is_finite() && (!self.has_limiter || sample.abs() <= 1.0), "{sample} is heard");
            }
        }
        assert!(mixes.get(self.listener).is_some());
        self.check();
    }

    fn check(&self) {
        let Some((port, options)) = &self.input else { return };
        let readings = port.readings();
        assert_eq!((readings.received_packets, readings.received_samples), (self.counts.packets, self.counts.samples));
        assert_eq!(readings.refused, self.counts.refused);
        // A packet may be as long as the greatest depth, or 120 ms.
        let most_ms = options.depth.most_ms + options.depth.most_ms.max(120.0) + BEYOND_MS;
        assert!((0.0..=most_ms).contains(&readings.fill_ms), "{readings:?}");
        // Both are told beside the quickest packets: while all come later than these, they have no bound.
        for ms in [readings.wait_ms, readings.target_ms] {
            assert!(ms >= 0.0 && ms.is_finite(), "{readings:?}");
        }
        assert!(readings.drift_ppm.abs() <= 1e6 && readings.conversion_ms >= 0.0);
        assert!(readings.duplicates + readings.reordered + readings.strays <= readings.received_packets);
    }

    /// When everybody has gone, and what was heard of them has faded out, all memory comes back.
    fn finish(mut self) {
        self.leave();
        (self.input, self.output) = (None, None);
        (0..30).for_each(|_| self.tick());
        assert_eq!(self.controller.reclaim(), 0);
    }
}
