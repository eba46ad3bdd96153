//! A sender that pauses, and sends a packet of comfort noise now and then: the delay stays as it was, nothing is lost or
//! late, and between the packets the sound fades to nothing; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use std::f64::consts::TAU;

use mixminus::stream::{Clock, InputOptions, InputReadings, StreamFormat};
use streams::path::{Path, Sent, WAYS, Way, lag, packets, rms};

const SPEECH_MS: u64 = 3000;
const PAUSE_MS: u64 = 4000;
const END_MS: u64 = 10_000;
const REFRESH_MS: u64 = 400;

fn is_pause(ms: u64) -> bool {
    (SPEECH_MS..SPEECH_MS + PAUSE_MS).contains(&ms)
}

/// A voice whose pitch rises and falls.
fn voice(at: u64, rate_hz: u32) -> f32 {
    let time = at as f64 / f64::from(rate_hz);
    let phase = TAU * 150.0 * time - 40.0 / 0.7 * (TAU * 0.7 * time).cos();
    (0.3 * phase.sin() + 0.15 * (2.0 * phase).sin()) as f32
}

/// The voice, and in the pause a noise of 40 dB less.
fn sound(at: u64, rate_hz: u32) -> f32 {
    if !is_pause(at * 1000 / u64::from(rate_hz)) {
        return voice(at, rate_hz);
    }
    let random = (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((random >> 40) as f32 / (1_u64 << 24) as f32 - 0.5) * 0.01
}

/// Packets of 20 ms; in the pause one each 400 ms.
fn sent(rate_hz: u32) -> Vec<Sent> {
    let is_sent = |packet: &Sent| {
        let ms = packet.from * 1000 / u64::from(rate_hz);
        !is_pause(ms) || ms % REFRESH_MS < 20
    };
    let made = packets(rate_hz, 20, END_MS).into_iter().filter(is_sent);
    (0..).zip(made).map(|(sequence, packet)| Sent { sequence, ..packet }).collect()
}

/// What was heard is right, and what the readings tell.
fn check(path: &Path, rate_hz: u32, readings: InputReadings, case: &str) {
    let counts = (readings.late, readings.resyncs, readings.dropped_samples, readings.overruns, readings.duplicates);
    assert_eq!(counts, (0, 0, 0, 0, 0), "{case}: {readings:?}");
    let ms = rate_hz as usize / 1000;
    let delay_ms = |at_ms: u64| {
        let at = path.samples(at_ms);
        let most = 150 * ms;
        let sent = |n| voice((at + n - most) as u64, rate_hz);
        lag(path.between(at_ms, at_ms + 200), sent, most, ms / 4) as f64 / ms as f64
    };
    let [before, after, last] = [2700, 7500, 9700].map(delay_ms);
    assert!((after - before).abs() <= 15.0, "{case}: {before} ms before, {after} ms after: {readings:?}");
    assert!((last - before).abs() <= 15.0, "{case}: {before} ms before, {last} ms at the end: {readings:?}");
    for at_ms in (SPEECH_MS + REFRESH_MS..SPEECH_MS + PAUSE_MS).step_by(REFRESH_MS as usize) {
        let heard = path.between(at_ms, at_ms + REFRESH_MS);
        let loudest = heard.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
        assert!(loudest < 0.02, "{case}: {loudest} in the pause at {at_ms} ms");
        let silent = heard.iter().filter(|sample| **sample == 0.0).count() / ms;
        assert!((200..=380).contains(&silent), "{case}: {silent} ms of silence at {at_ms} ms: {readings:?}");
    }
    // The tail of the speech is a fade, and the speech after the pause is whole.
    let tail = path.between(SPEECH_MS + 60, SPEECH_MS + 200);
    assert!(streams::step(tail) < 0.15, "{case}");
    let level = 20.0 * (rms(path.between(7200, 9900)) / rms(path.between(300, 3000))).log10();
    assert!(level.abs() < 0.3, "{case}: {level} dB");
}

#[test]
fn samples_and_packets_pause_without_a_loss() {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            let case = format!("{way:?}, {clock:?}");
            let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(8000)) };
            let mut path = Path::new(way, options).send(sent(8000));
            path.sound = sound;
            let readings = path.run(END_MS);
            check(&path, 8000, readings, &case);
        }
    }
}

/// The numbers of the packets tell it.
#[test]
fn a_pause_of_packets_is_not_counted_as_a_loss() {
    for clock in [Clock::Locked, Clock::FreeRunning] {
        let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(8000)) };
        let readings = Path::new(Way::Packets, options).send(sent(8000)).run(END_MS);
        assert_eq!(readings.lost_samples, 0, "{clock:?}: {readings:?}");
    }
}

#[cfg(feature = "g711")]
#[test]
fn g711_pauses_without_a_loss() {
    use audio_codec::{Encoder, pcmu::PcmuEncoder};
    for clock in [Clock::Locked, Clock::FreeRunning] {
        let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(8000)) };
        let mut path = Path::with(options, Some(mixminus::stream::G711::mu_law())).send(sent(8000));
        path.sound = sound;
        let mut encoder = PcmuEncoder::new();
        path.encode = Box::new(move |sound| {
            let sound: Vec<i16> = sound.iter().map(|sample| (sample * 32_768.0) as i16).collect();
            let mut bytes = vec![0; sound.len()];
            encoder.encode_into(&sound, &mut bytes).unwrap();
            bytes
        });
        let readings = path.run(END_MS);
        check(&path, 8000, readings, &format!("{clock:?}"));
    }
}

/// The encoder is the library's, at 16 kHz: SILK alone.
#[cfg(feature = "opus")]
#[test]
fn opus_pauses_without_a_loss() {
    use opus_rs::{Application, OpusEncoder};
    for clock in [Clock::Locked, Clock::FreeRunning] {
        let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(48_000)) };
        let mut path = Path::with(options, Some(mixminus::stream::Opus::mono().unwrap())).send(sent(48_000));
        path.sound = sound;
        let mut encoder = OpusEncoder::new(16_000, 1, Application::Voip).unwrap();
        encoder.bitrate_bps = 28_000;
        path.encode = Box::new(move |sound| {
            let sound: Vec<f32> = sound.iter().step_by(3).copied().collect();
            let mut bytes = vec![0; 1275];
            let written = encoder.encode(&sound, sound.len(), &mut bytes).unwrap();
            bytes.truncate(written);
            bytes
        });
        let readings = path.run(END_MS);
        check(&path, 48_000, readings, &format!("{clock:?}"));
    }
}
