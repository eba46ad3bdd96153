//! Taps and their model side by side: what is asked of both, and that they have the same on their timelines.

use std::collections::BTreeMap;

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{Tap, TapContent, TapOptions, Tapped},
};

const TICK: usize = 10;
const IDS: [&str; 3] = ["anna", "ben", "cleo"];
/// Ticks that a tap holds.
const HOLDS: usize = 4;

/// What happens to a call of three and its taps.
#[derive(Debug, Clone)]
pub enum Step {
    /// Each of the three sends this level, or nothing, if it is there.
    Tick([Option<u8>; 3]),
    Skip(u8),
    Join(usize),
    Leave(usize),
    Mute(usize, bool),
    Tap {
        who: usize,
        even_muted: bool,
    },
    Drop(usize),
    Pause(usize, bool),
    Read {
        tap: usize,
        frames: usize,
    },
}

/// A tap, and what it should have: for each sample of its timeline that was not read yet, what is there.
struct Both {
    tap: Tap,
    who: usize,
    even_muted: bool,
    paused: bool,
    /// The content of the last tick, and the ticks of sound that wait to be read.
    last: Option<TapContent>,
    expected: Vec<(u64, TapContent, f32)>,
    lost: u64,
}

impl Both {
    /// How many samples of sound wait. The tap takes whole ticks, as a read needs them.
    fn waiting(&self) -> usize {
        self.expected.iter().filter(|(_, content, _)| *content == TapContent::Sound).count() / TICK
    }

    fn tick(&mut self, position: u64, content: TapContent, level: f32) {
        let full = self.last == Some(TapContent::Loss) && HOLDS - self.waiting() < HOLDS / 2 || self.waiting() == HOLDS;
        let content = match content {
            _ if self.paused => TapContent::Pause,
            TapContent::Sound if full => TapContent::Loss,
            content => content,
        };
        self.lost += u64::from(content == TapContent::Loss);
        let level = if content == TapContent::Sound { level } else { 0.0 };
        self.expected.extend((position..position + TICK as u64).map(|at| (at, content, level)));
        self.last = Some(content);
    }

    fn skip(&mut self, from: u64, to: u64) {
        let content = match self.last {
            None => return,
            Some(content @ (TapContent::Absence | TapContent::Pause)) => content,
            Some(_) => TapContent::Skip,
        };
        self.expected.extend((from..to).map(|at| (at, content, 0.0)));
        self.last = Some(content);
    }

    /// Reads whole ticks: then the ring has exactly the rest.
    fn read(&mut self, ticks: usize) {
        let mut out = vec![9.0; ticks * TICK];
        let mut read = Vec::new();
        while let Some(span) = self.tap.read(&mut out[..TICK * (ticks - read.len() / TICK)]) {
            read.extend((0..span.frames).map(|n| (span.position + n as u64, span.content, out[n])));
            if read.len() == out.len() {
                break;
            }
        }
        let rest = self.expected.split_off(read.len().min(self.expected.len()));
        assert_eq!(read, std::mem::replace(&mut self.expected, rest));
        assert!(read.len() == out.len() || self.expected.is_empty());
        assert_eq!(self.tap.readings().lost_ticks, self.lost);
    }
}

pub struct Call {
    controller: Controller,
    processor: Processor,
    here: BTreeMap<usize, (ParticipantKey, bool)>,
    taps: Vec<Both>,
    position: u64,
    skipped: u64,
}

impl Call {
    pub fn new() -> Self {
        let config = MixerConfig { sample_rate: 1000, tick_samples: TICK, floor: None, ..MixerConfig::default() };
        let (controller, processor) = config.build().unwrap();
        Self { controller, processor, here: BTreeMap::new(), taps: Vec::new(), position: 0, skipped: 0 }
    }

    fn tick(&mut self, levels: [Option<u8>; 3]) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        assert_eq!(tick.position(), self.position);
        for (who, (key, _)) in &self.here {
            if let Some(level) = levels[*who] {
                tick.send(*key, Frame::mono(&[f32::from(level) / 8.0; TICK])).unwrap();
            }
        }
        tick.mix();
        for both in &mut self.taps {
            if self.skipped < self.position {
                both.skip(self.skipped, self.position);
            }
            let (content, level) = match (self.here.get(&both.who), levels[both.who]) {
                (None, _) => (TapContent::Absence, 0),
                (Some((_, muted)), Some(level)) if !muted || both.even_muted => (TapContent::Sound, level),
                _ => (TapContent::Silence, 0),
            };
            both.tick(self.position, content, f32::from(level) / 8.0);
        }
        self.position += TICK as u64;
        self.skipped = self.position;
    }

    pub fn take(&mut self, step: Step) {
        match step {
            Step::Tick(levels) => self.tick(levels),
            Step::Skip(ticks) => {
                self.processor.enter().skip(u64::from(ticks));
                self.position += u64::from(ticks) * TICK as u64;
            }
            Step::Join(who) if !self.here.contains_key(&who) => {
                let key = self.controller.join(IDS[who], JoinOptions::default()).unwrap();
                self.here.insert(who, (key, false));
            }
            Step::Leave(who) if self.here.remove(&who).is_some() => drop(self.controller.leave(IDS[who]).unwrap()),
            Step::Mute(who, muted) => {
                if let Some(here) = self.here.get_mut(&who) {
                    here.1 = muted;
                    self.controller.set_muted(IDS[who], muted).unwrap();
                }
            }
            Step::Tap { who, even_muted } if self.here.contains_key(&who) && self.taps.len() < 4 => {
                let options = TapOptions { holds_ms: (HOLDS * TICK) as f64, even_muted, ..TapOptions::default() };
                let tap = self.controller.tap(Tapped::source(IDS[who]), options).unwrap();
                let (expected, last) = (Vec::new(), None);
                self.taps.push(Both { tap, who, even_muted, paused: false, last, expected, lost: 0 });
            }
            Step::Drop(tap) if tap < self.taps.len() => drop(self.taps.remove(tap)),
            Step::Pause(tap, paused) => {
                if let Some(both) = self.taps.get_mut(tap) {
                    both.tap.set_paused(paused);
                    both.paused = paused;
                }
            }
            Step::Read { tap, frames } => {
                if let Some(both) = self.taps.get_mut(tap) {
                    both.read(frames.div_ceil(TICK));
                }
            }
            _ => {}
        }
    }

    /// Every sample that is left is read; then all memory comes back.
    pub fn finish(mut self) {
        self.taps.iter_mut().for_each(|both| both.read(1000));
        self.taps.clear();
        self.controller.reclaim();
        (0..3).for_each(|_| self.tick([None; 3]));
        assert_eq!(self.controller.reclaim(), 0);
    }
}
