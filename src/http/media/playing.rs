//! Playing one request for prompts to its end, or stopping it: [`Playing`].

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{parts::Parts, reach::Reach, speaker::Speaker, unplayed::Unplayed};
use crate::{
    config::CompletionReason,
    stream::{Clip, PlayerEventKind, Repeat},
};

/// How long a prompt fades out that is cancelled, in ms: short for an ear, and without a click.
const FADE_MS: f64 = 30.0;
/// The time between two looks at what was played. A tick is mostly 10 or 20 ms.
const LOOK: Duration = Duration::from_millis(5);

/// A player, and what it is asked to do.
#[derive(Debug)]
pub(super) struct Playing<'a> {
    parts: &'a Parts,
    speaker: Arc<Speaker>,
}

impl<'a> Playing<'a> {
    pub fn new(parts: &'a Parts, speaker: Arc<Speaker>) -> Self {
        Self { parts, speaker }
    }

    /// Plays clips one after the other, without a gap, and returns when they were heard.
    pub async fn play(&self, clips: &[Clip], looped: bool) -> Result<CompletionReason, Unplayed> {
        let player = self.speaker.player();
        player.set_repeat(if looped { Repeat::Queue } else { Repeat::Off })?;
        for clip in clips {
            player.append(clip)?;
        }
        self.until_mark(looped).await
    }

    /// Fades out what is heard, drops the rest, and returns when that was done.
    pub async fn stop(&self) -> Result<(), Unplayed> {
        let player = self.speaker.player();
        player.flush(FADE_MS)?;
        player.set_repeat(Repeat::Off)?;
        self.until_mark(false).await.map(|_| ())
    }

    /// Waits until all that is queued was heard, or flushed.
    async fn until_mark(&self, looped: bool) -> Result<CompletionReason, Unplayed> {
        let mark = self.speaker.next_mark();
        self.speaker.player().append_mark(mark)?;
        let (mut reach, mut mixing) = (Reach::default(), Mixing::new(self.parts));
        loop {
            reach.refresh(self.parts, self.speaker.id());
            for kind in self.speaker.events() {
                match kind {
                    PlayerEventKind::Reached { mark: reached } if reached == mark && !looped => {
                        return Ok(CompletionReason::CompletedSuccessfully);
                    }
                    PlayerEventKind::Dropped { mark: dropped } if dropped == mark => {
                        return Ok(CompletionReason::MediaOperationCanceled);
                    }
                    _ => {}
                }
            }
            mixing.check()?;
            if !self.speaker.is_here() {
                return Err(Unplayed::SpeakerGone);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Whether the mixer goes on.
#[derive(Debug)]
struct Mixing<'a> {
    parts: &'a Parts,
    ticks: u64,
    since: Instant,
}

impl<'a> Mixing<'a> {
    fn new(parts: &'a Parts) -> Self {
        Self { parts, ticks: parts.controller.mixer_readings().ticks, since: Instant::now() }
    }

    /// An error once it is gone, or has stood still for as long as operations may take.
    fn check(&mut self) -> Result<(), Unplayed> {
        let ticks = self.parts.controller.mixer_readings().ticks;
        if ticks != self.ticks {
            (self.ticks, self.since) = (ticks, Instant::now());
        } else if self.parts.controller.processor_gone() {
            return Err(Unplayed::MixerGone);
        } else if self.since.elapsed() >= self.parts.time_limit {
            return Err(Unplayed::NotMixedWithin(self.parts.time_limit));
        }
        Ok(())
    }
}
