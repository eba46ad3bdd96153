//! A player and its model side by side: what is asked of both, and that they do the same.

use mixminus::{
    Gain,
    stream::{PlayerEventKind, PlayerOptions, QueueNumber, Repeat},
};

use super::{
    Stage, clip, config,
    model::{Call, Entry, Model, Told},
    noise,
};

/// What a player may be asked for; lengths are in ms, levels in quarters.
#[derive(Debug, Clone)]
pub enum Step {
    Append(usize),
    Mark,
    Play(usize, usize),
    Flush(usize),
    Pause,
    Resume,
    Repeat(Repeat),
    Level(u32),
    Ticks(usize),
}

/// A player and its model.
pub struct Both {
    stage: Stage,
    model: Model,
    /// The index of each clip's entry, by its number.
    marks: u64,
    numbers: Vec<Option<QueueNumber>>,
}

impl Both {
    pub fn new(tick: usize, smoothing: usize) -> Self {
        let options = PlayerOptions { smoothing_ms: smoothing as f64, events: 4096, ..PlayerOptions::default() };
        let stage = Stage::with(config(tick), options);
        Self { stage, model: Model::new(smoothing), marks: 0, numbers: Vec::new() }
    }

    /// How many calls wait for a tick, or for the end of a fade.
    pub fn waiting(&self) -> usize {
        self.model.waiting()
    }

    fn sound(&self, samples: usize) -> Vec<f32> {
        noise(self.model.entries.len() as u32, samples)
    }

    fn add_clip(&mut self, samples: Vec<f32>, number: QueueNumber) {
        self.model.entries.push(Entry::Clip(samples));
        self.numbers.push(Some(number));
    }

    pub fn take(&mut self, step: Step) {
        let player = &self.stage.player;
        match step {
            Step::Append(samples) => {
                let sound = self.sound(samples);
                let number = player.append(&clip(&sound)).unwrap();
                self.add_clip(sound, number);
            }
            Step::Mark => {
                self.marks += 1;
                player.append_mark(self.marks).unwrap();
                self.model.entries.push(Entry::Mark(self.marks));
                self.numbers.push(None);
            }
            Step::Play(samples, fade) => {
                let sound = self.sound(samples);
                let number = player.play(&clip(&sound), fade as f64).unwrap();
                self.model.call(Call::Flush(self.model.entries.len(), fade));
                self.add_clip(sound, number);
            }
            Step::Flush(fade) => {
                player.flush(fade as f64).unwrap();
                self.model.call(Call::Flush(self.model.entries.len(), fade));
            }
            Step::Pause => player.pause().map(|()| self.model.call(Call::Pause(true))).unwrap(),
            Step::Resume => player.resume().map(|()| self.model.call(Call::Pause(false))).unwrap(),
            Step::Repeat(repeat) => player.set_repeat(repeat).map(|()| self.model.call(Call::Repeat(repeat))).unwrap(),
            Step::Level(quarters) => {
                let level = f64::from(quarters) * 0.25;
                player.set_level(Gain::new(level).unwrap()).unwrap();
                self.model.call(Call::Level(level));
            }
            Step::Ticks(ticks) => self.play(ticks),
        }
    }

    fn play(&mut self, ticks: usize) {
        for _ in 0..ticks {
            let begin = self.model.position;
            let expected = self.model.tick(self.stage.tick);
            let heard = self.stage.ticks(1);
            for ((heard, expected), at) in heard.iter().zip(&expected).zip(begin..) {
                assert!((f64::from(*heard) - expected).abs() < 1e-6, "{heard} for {expected} at {at}");
            }
            let told: Vec<_> = self.stage.told().into_iter().map(|(kind, at)| (self.of(kind), at)).collect();
            assert_eq!(told, std::mem::take(&mut self.model.told));
        }
        let readings = self.stage.player.readings();
        assert_eq!((readings.ran_dry, readings.dry_samples), (self.model.ran_dry, self.model.dry_samples));
        assert_eq!(readings.lost_events, 0);
    }

    fn of(&self, kind: PlayerEventKind) -> Told {
        let entry = |clip| self.numbers.iter().position(|number| *number == Some(clip)).unwrap();
        match kind {
            PlayerEventKind::Started { clip } => Told::Started(entry(clip)),
            PlayerEventKind::Finished { clip } => Told::Finished(entry(clip)),
            PlayerEventKind::Flushed { clip, heard_samples } => Told::Flushed(entry(clip), heard_samples),
            PlayerEventKind::Reached { mark } => Told::Reached(mark),
            PlayerEventKind::Dropped { mark } => Told::Dropped(mark),
            other => unreachable!("{other:?}"),
        }
    }
}
