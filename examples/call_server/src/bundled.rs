//! The recordings inside the program: one conversation that is played in a loop.

use crate::{
    cast::Member,
    wav::{self, Recording},
};

/// One voice: its id, its start in the conversation, and its recording.
struct Voice {
    id: &'static str,
    begins_ms: usize,
    wav: &'static [u8],
}

/// The interpreter follows the speaker; then the chair asks, and a delegate answers.
const VOICES: [Voice; 4] = [
    Voice { id: "speaker", begins_ms: 0, wav: include_bytes!("../../recordings/speaker.wav") },
    Voice { id: "interpreter", begins_ms: 1200, wav: include_bytes!("../../recordings/interpreter.wav") },
    Voice { id: "chair", begins_ms: 8400, wav: include_bytes!("../../recordings/chair.wav") },
    Voice { id: "delegate", begins_ms: 10_900, wav: include_bytes!("../../recordings/delegate.wav") },
];

/// The length of the conversation; all voices loop together.
const LENGTH_MS: usize = 14_000;

/// The participants of the conversation.
pub fn members() -> Vec<Member> {
    let member = |voice: &Voice| {
        let recording = wav::parse(voice.wav).expect("a test reads all of them");
        Member { id: voice.id.to_owned(), recording: Some(placed(recording, voice.begins_ms)) }
    };
    VOICES.iter().map(member).collect()
}

/// The recording with silence before and after it.
fn placed(recording: Recording, begins_ms: usize) -> Recording {
    let samples = |ms: usize| ms * recording.format.rate_hz as usize / 1000 * recording.format.channels.count();
    let mut placed = vec![0.0; samples(begins_ms)];
    placed.extend(&recording.samples);
    placed.resize(samples(LENGTH_MS).max(placed.len()), 0.0);
    Recording { samples: placed, ..recording }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_voices_loop_together() {
        let recordings: Vec<_> = members().into_iter().filter_map(|member| member.recording).collect();
        assert_eq!(recordings.len(), 4);
        for recording in recordings {
            assert_eq!(recording.frames(), LENGTH_MS * 48);
            assert!(recording.samples.iter().any(|sample| sample.abs() > 0.4));
        }
    }
}
