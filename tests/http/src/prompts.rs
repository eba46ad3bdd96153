//! Prompts for the tests: tones that need no network.

use std::time::Duration;

use mixminus::{
    Frame,
    config::MediaInfo,
    http::{PromptError, PromptResolver, Resolving},
    stream::Clip,
};

/// Makes the prompts that its URIs describe: `level:0.25:1000` is a second of samples of 0.25; `late:200:level:0.25:1000`
/// is that after 200 ms; and all else is refused.
#[derive(Debug, Clone, Copy)]
pub struct Levels;

impl PromptResolver for Levels {
    fn resolve<'a>(&'a self, media: &'a MediaInfo, rate_hz: u32) -> Resolving<'a> {
        Box::pin(async move {
            let mut uri = media.uri.as_str();
            if let Some((ms, rest)) = uri.strip_prefix("late:").and_then(|rest| rest.split_once(':')) {
                tokio::time::sleep(Duration::from_millis(ms.parse().expect("a number"))).await;
                uri = rest;
            }
            let described = uri.strip_prefix("level:").and_then(|rest| rest.split_once(':'));
            let refused = || PromptError::Refused { reason: format!("is no level: {uri}") };
            let (level, ms) = described.ok_or_else(refused)?;
            Ok(clip(level.parse().expect("a level"), ms.parse().expect("a number"), rate_hz))
        })
    }
}

/// So many milliseconds of samples of one level.
pub fn clip(level: f32, ms: usize, rate_hz: u32) -> Clip {
    let samples = vec![level; ms * rate_hz as usize / 1000];
    Clip::new(Frame::mono(&samples), rate_hz, rate_hz).expect("samples of a mixer")
}
