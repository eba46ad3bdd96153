//! Any calls at any time: a player plays and tells what a naive model of its docs does, whatever the tick.
#![cfg(feature = "stream")]

mod cases;
mod players;

use cases::cases;
use mixminus::{
    Gain,
    stream::{PlayerEventKind, PlayerOptions, QueueNumber, Repeat},
};
use players::{
    Stage, clip, config,
    model::{Call, Entry, Model, Told},
    noise,
};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
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

fn step() -> impl Strategy<Value = Step> {
    let repeat = prop_oneof![Just(Repeat::Off), Just(Repeat::Clip), Just(Repeat::Queue)];
    prop_oneof![
        4 => (1..70_usize).prop_map(Step::Append),
        2 => Just(Step::Mark),
        2 => (1..70_usize, 0..50_usize).prop_map(|(samples, fade)| Step::Play(samples, fade)),
        1 => (0..50_usize).prop_map(Step::Flush),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => repeat.prop_map(Step::Repeat),
        1 => (0..4_u32).prop_map(Step::Level),
        8 => (1..9_usize).prop_map(Step::Ticks),
        1 => (20..60_usize).prop_map(Step::Ticks),
    ]
}

/// A player and its model.
struct Both {
    stage: Stage,
    model: Model,
    /// The index of each clip's entry, by its number.
    marks: u64,
    numbers: Vec<Option<QueueNumber>>,
}

impl Both {
    fn new(tick: usize, smoothing: usize) -> Self {
        let options = PlayerOptions { smoothing_ms: smoothing as f64, events: 4096, ..PlayerOptions::default() };
        let stage = Stage::with(config(tick), options);
        Self { stage, model: Model::new(smoothing), marks: 0, numbers: Vec::new() }
    }

    fn sound(&self, samples: usize) -> Vec<f32> {
        noise(self.model.entries.len() as u32, samples)
    }

    fn add_clip(&mut self, samples: Vec<f32>, number: QueueNumber) {
        self.model.entries.push(Entry::Clip(samples));
        self.numbers.push(Some(number));
    }

    fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
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
            Step::Ticks(ticks) => return self.play(ticks),
        }
        Ok(())
    }

    fn play(&mut self, ticks: usize) -> Result<(), TestCaseError> {
        for _ in 0..ticks {
            let begin = self.model.position;
            let expected = self.model.tick(self.stage.tick);
            let heard = self.stage.ticks(1);
            for ((heard, expected), at) in heard.iter().zip(&expected).zip(begin..) {
                prop_assert!((f64::from(*heard) - expected).abs() < 1e-6, "{heard} for {expected} at {at}");
            }
            let told: Vec<_> = self.stage.told().into_iter().map(|(kind, at)| (self.of(kind), at)).collect();
            prop_assert_eq!(told, std::mem::take(&mut self.model.told));
        }
        let readings = self.stage.player.readings();
        prop_assert_eq!((readings.ran_dry, readings.dry_samples), (self.model.ran_dry, self.model.dry_samples));
        prop_assert_eq!(readings.lost_events, 0);
        Ok(())
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

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_player_does_what_its_docs_say(
        tick in prop_oneof![Just(1_usize), Just(7), Just(10), Just(60)],
        smoothing in prop_oneof![Just(0_usize), Just(10), Just(25)],
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let mut both = Both::new(tick, smoothing);
        for step in steps {
            both.take(step)?;
        }
        both.take(Step::Ticks(3))?;
    }
}
