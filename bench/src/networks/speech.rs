//! What is sent: the recordings of the examples, one after the other.

use std::io::Cursor;

use super::{
    codec::PACKET,
    trace::{Fate, Trace},
};
use crate::Result;

/// The rate of the recordings.
pub const RATE_HZ: u32 = 48_000;

/// All are mono at 48 kHz.
const RECORDINGS: [&[u8]; 4] = [
    include_bytes!("../../../examples/recordings/speaker.wav"),
    include_bytes!("../../../examples/recordings/interpreter.wav"),
    include_bytes!("../../../examples/recordings/chair.wav"),
    include_bytes!("../../../examples/recordings/delegate.wav"),
];

/// So many samples of speech at 48 kHz: the recordings, again and again.
pub fn speech(samples: usize) -> Result<Vec<f32>> {
    let mut once = Vec::new();
    for recording in RECORDINGS {
        for sample in hound::WavReader::new(Cursor::new(recording))?.into_samples::<i16>() {
            once.push(f32::from(sample?) / 32_768.0);
        }
    }
    Ok(once.into_iter().cycle().take(samples).collect())
}

/// The mean of every `by` samples: the same at a lower rate.
pub fn thinned(samples: &[f32], by: usize) -> Vec<f32> {
    samples.chunks_exact(by).map(|few| few.iter().sum::<f32>() / by as f32).collect()
}

/// How long it is silent before the sender pauses, in packets; and the longest run of packets that are sent in a pause.
const HANGOVER: usize = 11;
const SENT_IN_PAUSE: usize = 5;

/// Which packets of a trace are silent, because the sender pauses or is about to.
fn silent(trace: &Trace) -> Vec<bool> {
    let unsent = |at: &usize| trace.packets[*at].fate == Fate::Unsent;
    let mut silent = vec![false; trace.packets.len()];
    let mut last = None;
    for at in (0..trace.packets.len()).filter(unsent) {
        let begin = match last {
            Some(last) if at - last <= SENT_IN_PAUSE + 1 => last,
            _ => at.saturating_sub(HANGOVER),
        };
        silent[begin..=at].fill(true);
        last = Some(at);
    }
    silent
}

/// Speech with pauses where a trace has them: it fades out and in within the packets around them.
pub fn with_pauses(speech: &[f32], trace: &Trace) -> Vec<f32> {
    let silent = silent(trace);
    let is_silent = |number: usize| silent.get(number).copied().unwrap_or(false);
    let mut speech = speech.to_vec();
    for (number, samples) in speech.chunks_mut(PACKET).enumerate() {
        if is_silent(number) {
            samples.fill(0.0);
        } else if is_silent(number + 1) {
            samples.iter_mut().enumerate().for_each(|(at, sample)| *sample *= 1.0 - at as f32 / PACKET as f32);
        } else if number > 0 && is_silent(number - 1) {
            samples.iter_mut().enumerate().for_each(|(at, sample)| *sample *= at as f32 / PACKET as f32);
        }
    }
    speech
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::trace::Packet;

    #[test]
    fn there_is_as_much_speech_as_is_wanted() {
        let minute = speech(48_000 * 60).unwrap();
        assert_eq!(minute.len(), 48_000 * 60);
        let mean_square = |second: &[f32]| second.iter().map(|sample| sample * sample).sum::<f32>() / 48_000.0;
        let loud = minute.chunks(48_000).filter(|second| mean_square(second) > 1e-4).count();
        assert!(loud > 45, "{loud}");
    }

    #[test]
    fn it_is_silent_before_and_in_a_pause() {
        let packet = |fate| Packet { sent_ms: 0.0, fate };
        let fates =
            [vec![Fate::Lost; 20], vec![Fate::Unsent], vec![Fate::Lost; 2], vec![Fate::Unsent], vec![Fate::Lost]];
        let packets = fates.concat().into_iter().map(packet).collect();
        let paused = with_pauses(&[1.0; 25 * PACKET], &Trace { name: String::new(), packets });
        let (begin, end) = (9 * PACKET, 24 * PACKET);
        assert!(paused[begin..end].iter().all(|sample| *sample == 0.0));
        assert!(paused[..begin - PACKET].iter().all(|sample| *sample == 1.0));
        assert!(paused[begin - PACKET..begin].is_sorted_by(|a, b| a > b) && paused[end..].is_sorted_by(|a, b| a < b));
    }
}
