//! The speech detector compared with the energy detector: the bundled recordings in noise, slamming
//! doors, clicking keys.
#![cfg(feature = "vad")]

mod alloc;

use alloc::{alone, bytes, watched};
use mixminus::{ControlError, Detector, Frame, JoinOptions, MixerConfig};

const RATE: usize = 48_000;
const TICK: usize = 480;

/// A generator of white noise, from -1 to 1.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A recording, with a second of silence before and after.
fn recording(name: &str) -> Vec<f32> {
    let path = format!("{}/examples/recordings/{name}.wav", env!("CARGO_MANIFEST_DIR"));
    let samples = hound::WavReader::open(path).unwrap().into_samples::<i16>();
    let silence = || std::iter::repeat_n(0.0, RATE);
    silence().chain(samples.map(|sample| f32::from(sample.unwrap()) / 32_768.0)).chain(silence()).collect()
}

fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

/// Adds noise this many dB below the speech, measured where there is speech.
fn with_noise(speech: &[f32], snr_db: f64) -> Vec<f32> {
    let spoken: Vec<f32> = speech.chunks(TICK).filter(|tick| is_spoken(tick)).flatten().copied().collect();
    let level = rms(&spoken) / 10_f64.powf(snr_db / 20.0) * 3_f64.sqrt();
    let mut noise = Noise(1);
    speech.iter().map(|sample| sample + (f64::from(noise.next()) * level) as f32).collect()
}

/// Whether a tick of a clean recording is speech: an RMS of -40 dBFS or more.
fn is_spoken(tick: &[f32]) -> bool {
    rms(tick) > 0.01
}

/// Short bursts, one in every `every_ms`, for 10 s: noise through a low-pass filter, decaying.
fn bursts(every_ms: usize, decay_ms: f64, low_pass: f32, peak: f32) -> Vec<f32> {
    let (mut noise, mut low) = (Noise(2), 0.0_f32);
    let burst = |n: usize| {
        let at = n % (every_ms * RATE / 1000);
        let decay = (-(at as f64) / (decay_ms * RATE as f64 / 1000.0)).exp() as f32;
        low += low_pass * (noise.next() - low);
        (low / low_pass.sqrt() * decay * peak).clamp(-1.0, 1.0)
    };
    (0..10 * RATE).map(burst).collect()
}

/// The ticks that a detector takes for active.
fn decide(detector: Detector, samples: &[f32]) -> Vec<bool> {
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    let key = controller.join("talker", JoinOptions { detector, ..JoinOptions::default() }).unwrap();
    let mut audio = processor.enter();
    let mut active = |frame: &[f32]| {
        let mut tick = audio.tick();
        tick.send(key, Frame::from(frame)).unwrap();
        tick.mix();
        controller.readings("talker").unwrap().source.active
    };
    samples.chunks_exact(TICK).map(&mut active).collect()
}

/// The shares of ticks that the energy detector and the speech detector take for active.
fn shares(samples: &[f32], among: impl Fn(usize) -> bool) -> [f64; 2] {
    [Detector::default(), Detector::speech()].map(|detector| {
        let decided = decide(detector, samples);
        let ticks: Vec<_> = (0..decided.len()).filter(|tick| among(*tick)).collect();
        ticks.iter().filter(|tick| decided[**tick]).count() as f64 / ticks.len() as f64
    })
}

/// Speech and pauses of the four recordings together, 10 dB above white noise: the shares of active ticks.
#[test]
fn in_noise_it_hears_speech_and_mostly_nothing_else() {
    let _alone = alone();
    let (mut speech, mut pauses) = ([0.0; 2], [0.0; 2]);
    for name in ["speaker", "interpreter", "chair", "delegate"] {
        let clean = recording(name);
        let spoken: Vec<bool> = clean.chunks(TICK).map(is_spoken).collect();
        // A pause begins 300 ms after a word, when the hangovers are over.
        let pause = |tick: usize| !spoken[tick.saturating_sub(30)..=tick].contains(&true);
        let noisy = with_noise(&clean, 10.0);
        let [heard, idle] = [shares(&noisy, |tick| spoken[tick]), shares(&noisy, pause)];
        println!(
            "{name}: energy and speech detector find {heard:.3?} of the speech, \
             and are active in {idle:.3?} of the pauses"
        );
        (0..2).for_each(|n| (speech[n], pauses[n]) = (speech[n] + heard[n] / 4.0, pauses[n] + idle[n] / 4.0));
    }
    assert!(speech[1] > 0.95, "{speech:.3?}");
    assert!(pauses[1] < 0.3 && pauses[0] > 0.99, "the noise opens the energy detector all the time: {pauses:.3?}");
}

#[test]
fn without_noise_both_know_a_pause() {
    let _alone = alone();
    let clean = recording("speaker");
    let spoken: Vec<bool> = clean.chunks(TICK).map(is_spoken).collect();
    let heard = shares(&clean, |tick| spoken[tick]);
    let idle = shares(&clean, |tick| !spoken[tick.saturating_sub(30)..=tick].contains(&true));
    assert!(heard.iter().all(|share| *share > 0.95) && idle.iter().all(|share| *share < 0.05), "{heard:?} {idle:?}");
}

/// For each noise, the greatest share of ticks in which the speech detector may open, and the least in
/// which the energy detector does.
#[test]
fn doors_and_keys_open_the_energy_detector_and_hardly_the_other() {
    let _alone = alone();
    let noises = [
        ("a door a second", bursts(1000, 60.0, 0.05, 0.9), 0.05, 0.4),
        ("a hard knock every 0.7 s", bursts(700, 30.0, 0.3, 0.9), 0.05, 0.4),
        // Long and low: of all these noises the most like a voice.
        ("a heavy door every two seconds", bursts(2000, 120.0, 0.02, 1.5), 0.3, 0.4),
        ("five keys a second", bursts(180, 4.0, 0.9, 0.3), 0.02, 0.9),
        ("five dull keys a second", bursts(180, 8.0, 0.3, 0.3), 0.03, 0.9),
        ("steady noise", bursts(100, 1e9, 1.0, 0.1), 0.03, 0.9),
    ];
    for (what, samples, most, least) in noises {
        let [energy, speech] = shares(&samples, |_| true);
        println!("{what}: active in {energy:.3} and {speech:.3} of the ticks");
        assert!(speech <= most && energy >= least, "{what}: {energy:.3} and {speech:.3}");
    }
}

#[test]
fn it_is_real_time_and_its_memory_comes_back() {
    let _alone = alone();
    for (sample_rate, tick_samples) in [(48_000, 480), (44_100, 441), (22_050, 7), (8000, 960), (768_000, 7680)] {
        let config = MixerConfig { sample_rate, tick_samples, participants: 1, ..MixerConfig::default() };
        let (controller, mut processor) = config.build().unwrap();
        let options = JoinOptions { detector: Detector::speech(), ..JoinOptions::default() };
        // The second participant makes the room grow while the first is in it.
        let join = |id: &str| controller.join(id, options.clone()).unwrap();
        let mut keys = vec![join("anna")];
        let mut noise = Noise(3);
        let frame: Vec<f32> = (0..tick_samples).map(|_| noise.next()).collect();
        let mut audio = processor.enter();
        for round in 0..300 {
            watched(|| {
                let mut tick = audio.tick();
                // A participant that has left is refused.
                for key in &keys {
                    let _ = tick.send(*key, Frame::from(&frame[..]));
                }
                tick.mix();
            });
            match round {
                100 => keys.push(join("ben")),
                200 => drop(controller.leave("anna").unwrap()),
                _ => {}
            }
        }
        assert_eq!(controller.reclaim(), 0);
        watched(move || drop(processor));
    }
}

#[test]
fn it_takes_no_more_memory_than_it_says() {
    let _alone = alone();
    let (controller, _processor) = MixerConfig::default().build().unwrap();
    let join = |id: &str, detector| bytes(|| controller.join(id, JoinOptions { detector, ..JoinOptions::default() })).1;
    let [energy, speech] = [join("anna", Detector::default()), join("ben", Detector::speech())];
    assert!(speech - energy < 64_000.0, "{speech} bytes, and {energy} with the energy detector");
}

#[test]
fn a_threshold_out_of_range_is_refused() {
    let _alone = alone();
    let (controller, _processor) = MixerConfig::default().build().unwrap();
    for (threshold, hangover_ms) in [(-0.1, 0.0), (1.1, 0.0), (0.5, -1.0), (0.5, 60_001.0)] {
        let detector = Detector::Speech { threshold, hangover_ms };
        let refused = controller.join("anna", JoinOptions { detector, ..JoinOptions::default() });
        assert_eq!(refused, Err(ControlError::SpeechDetector { threshold, hangover_ms }));
    }
}
