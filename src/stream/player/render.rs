//! The samples of a player, where one thing is heard and where several are on their way. Real time.

use super::{clip::Clip, fading::Tail, playback::Playback};
use crate::data::channels::Planes;

impl Playback {
    /// Makes the samples of a run. Whether anything is played.
    pub(super) fn render(&mut self, at: usize, run: usize) -> bool {
        let (voice, tails, gains, now) = (self.voice.clip(), &self.tails, &self.gains, self.now);
        if tails.is_empty() {
            match (voice, gains.at_rest(now)) {
                (None, _) => {
                    self.output.silence(at..at + run);
                    return false;
                }
                (Some((clip, offset)), Some(gain)) => {
                    self.output.put(at..at + run, clip, offset, gain);
                    return true;
                }
                _ => {}
            }
        }
        let tails = || tails.iter().filter_map(|tail| tail.cursor.clip().map(|(clip, offset)| (tail, clip, offset)));
        if voice.into_iter().chain(tails().map(|(_, clip, offset)| (clip, offset))).any(|(clip, _)| is_stereo(clip)) {
            self.output.widen(at);
        }
        self.output.make(at..at + run, |channel, place| {
            let at = now + place as u64 + 1;
            let voice = voice.map_or(0.0, |(clip, offset)| sample(clip, channel, offset + place));
            let fading = |(tail, clip, offset): (&Tail, _, _)| tail.value(at) * sample(clip, channel, offset + place);
            gains.value(at) * (voice + tails().map(fading).sum::<f64>())
        });
        voice.is_some() || tails().next().is_some()
    }
}

fn is_stereo(clip: &Clip) -> bool {
    clip.planes().right.is_some()
}

fn sample(clip: &Clip, channel: usize, at: usize) -> f64 {
    let Planes { left, right } = clip.planes();
    f64::from(if channel == 0 { left[at] } else { right.unwrap_or(left)[at] })
}
