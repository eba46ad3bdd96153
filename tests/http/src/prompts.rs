//! Prompts for the tests: tones that need no network.

use std::time::Duration;

use mixminus::{
    config::MediaInfo,
    http::{PromptAudio, PromptError, PromptResolver},
    stream::{Clip, Pcm, StreamFormat},
};

/// Makes the prompts that its URIs describe: `level:0.25:1000` is a second of samples of 0.25; `late:200:level:0.25:1000`
/// is that after 200 ms; `panics` does so; and all else is refused.
#[derive(Debug, Clone, Copy)]
pub struct Levels;

impl PromptResolver for Levels {
    fn resolve<'a>(&'a self, media: &'a MediaInfo) -> PromptAudio<'a> {
        Box::pin(async move {
            let mut uri = media.uri.as_str();
            if let Some((ms, rest)) = uri.strip_prefix("late:").and_then(|rest| rest.split_once(':')) {
                tokio::time::sleep(Duration::from_millis(ms.parse().expect("a number"))).await;
                uri = rest;
            }
            assert_ne!(uri, "panics", "the resolver is at fault");
            let described = uri.strip_prefix("level:").and_then(|rest| rest.split_once(':'));
            let refused = || PromptError::Refused { reason: format!("is no level: {uri}") };
            let (level, ms) = described.ok_or_else(refused)?;
            Ok(pcm(level.parse().expect("a level"), ms.parse().expect("a number")))
        })
    }
}

/// The rate of the tests' mixers, in Hz.
const RATE_HZ: u32 = 48_000;

fn pcm(level: f32, ms: usize) -> Pcm {
    Pcm { format: StreamFormat::mono(RATE_HZ), samples: vec![level; ms * RATE_HZ as usize / 1000] }
}

/// So many milliseconds of samples of one level.
pub fn clip(level: f32, ms: usize) -> Clip {
    pcm(level, ms).clip(RATE_HZ).expect("samples of a mixer")
}
