//! The conference mixer of rustpbx.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use rustpbx_media::{AudioFrame, CodecType, ConferenceAudioMixer, LegId};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc::{Receiver, Sender},
};

use crate::{Failure, Result, signal::noise_i16};

/// The name of this contender.
pub const RUSTPBX: &str = "rustpbx-media 0.5.0";

/// It mixes frames of 20 ms: at this rate they have as many samples as 10 ms at 48 kHz. It uses the
/// rate for nothing else.
const RATE: u32 = 24_000;

/// Everybody talks, and hears the next participant at half its level.
///
/// Its own timer makes it mix, and nothing else does. So its runtime has a clock that stands still,
/// and jumps to the timer once all tasks wait: waiting for the first mix runs one round of mixing,
/// without any sleep.
pub struct Rustpbx {
    // Declared before the runtime that its task runs on, so that it is dropped first.
    _mixer: ConferenceAudioMixer,
    inputs: Vec<Sender<AudioFrame>>,
    outputs: Vec<Receiver<AudioFrame>>,
    frames: Vec<Vec<i16>>,
    runtime: Runtime,
}

impl Rustpbx {
    /// A conference of so many.
    pub fn new(participants: usize) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let mixer = ConferenceAudioMixer::new("bench".to_owned(), RATE);
        let leg = |n: usize| LegId::new(n.to_string());
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        runtime.block_on(async {
            for n in 0..participants {
                let (input, output) = mixer.add_participant(leg(n), CodecType::PCMU).await?;
                inputs.push(input);
                outputs.push(output);
            }
            for n in 0..participants {
                mixer.set_route_gain(&leg((n + 1) % participants), &leg(n), 0.5).await;
            }
            mixer.start();
            Ok::<_, Failure>(())
        })?;
        let frames = (0..participants).map(|n| noise_i16(n, participants)).collect();
        Ok(Self { _mixer: mixer, inputs, outputs, frames, runtime })
    }

    /// The time of one round: from the first frame sent to the last mix received. The mixer keeps
    /// the frames, so they are made before.
    pub fn round(&mut self) -> Result<Duration> {
        let frames: Vec<_> = self.frames.iter().map(|frame| AudioFrame::new(frame.clone(), RATE)).collect();
        self.runtime.block_on(async {
            let begin = Instant::now();
            for (input, frame) in self.inputs.iter().zip(frames) {
                input.try_send(frame)?;
            }
            let mut outputs = self.outputs.iter_mut();
            if let Some(first) = outputs.next() {
                black_box(first.recv().await.ok_or("rustpbx has stopped mixing")?);
            }
            for output in outputs {
                black_box(output.try_recv()?);
            }
            Ok(begin.elapsed())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_gives_everybody_one_mix() {
        let mut peer = Rustpbx::new(3).unwrap();
        for _ in 0..3 {
            peer.round().unwrap();
            assert!(peer.outputs.iter_mut().all(|output| output.try_recv().is_err()));
        }
    }

    #[test]
    fn everybody_hears_the_next_at_half_and_the_others_as_they_are() {
        let mut peer = Rustpbx::new(3).unwrap();
        let frames = [100, 1000, 10_000].map(|sample| AudioFrame::new(vec![sample; 480], RATE));
        for (input, frame) in peer.inputs.iter().zip(frames) {
            input.try_send(frame).unwrap();
        }
        let first = peer.runtime.block_on(peer.outputs[0].recv()).unwrap();
        assert_eq!(first.samples, [500 + 10_000; 480]);
        let others = [1, 2].map(|n| peer.outputs[n].try_recv().unwrap().samples[0]);
        assert_eq!(others, [100 + 5000, 50 + 1000]);
    }
}
