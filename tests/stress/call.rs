//! The call: two sources whose levels are set together, those who judge what is heard of them, and a crowd.
#![allow(dead_code, reason = "each test file uses its part")]

use mixminus::{
    Controller, Detector, Direction, Gain, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{ParticipantMixerLevel, SourceLevel},
};

/// Ticks of 5 ms, in mono.
pub const CONFIG: fn() -> MixerConfig =
    || MixerConfig { tick_samples: TICK, workers: 1, participants: 8, ..MixerConfig::default() };
pub const TICK: usize = 240;
/// How many the crowd are: `"0"` to `"15"`.
pub const CROWD: usize = 16;
/// What each of the two sources sends in every sample.
pub const SENT: f32 = 0.5;

/// Who judges. The first two hear both sources, at levels that add up to 1; the other two hear one source, at levels
/// that do.
pub const JUDGES: [&str; 4] = ["one request", "one change", "one of two", "two of two"];

pub struct Call {
    pub controller: Controller,
    pub sources: [ParticipantKey; 2],
    pub judges: [ParticipantKey; 4],
    pub crowd: Vec<ParticipantKey>,
}

impl Call {
    /// The call, with all that judges hear at rest.
    pub fn new() -> (Self, Processor) {
        let (controller, mut processor) = CONFIG().build().unwrap();
        let join = |id: &str, direction| {
            let options = JoinOptions { direction, detector: Detector::Host, ..JoinOptions::default() };
            controller.join(id, options).unwrap()
        };
        let sources = ["plus", "minus"].map(|id| join(id, Direction::Source));
        let judges = JUDGES.map(|id| join(id, Direction::Listener));
        let crowd = (0..CROWD).map(|n| join(&n.to_string(), Direction::Both)).collect();
        let call = Self { controller, sources, judges, crowd };
        call.judge_requests(50);
        call.judge_change(50);
        let mut audio = processor.enter();
        for _ in 0..100 {
            let mut tick = audio.tick();
            call.sources.iter().for_each(|key| tick.send(*key, mixminus::Frame::mono(&[SENT; TICK])).unwrap());
            tick.mix();
        }
        (call, processor)
    }

    /// A request that sets several levels at once, for three judges.
    pub fn judge_requests(&self, percent: i64) {
        let hears = |judge: usize, levels: &[(&str, i64)]| ParticipantMixerLevel {
            exclusive: true,
            source_levels: levels
                .iter()
                .map(|(id, level)| SourceLevel { level: *level, ..SourceLevel::new(*id) })
                .collect(),
            ..ParticipantMixerLevel::new(JUDGES[judge])
        };
        let rest = 100 - percent;
        let request = [
            hears(0, &[("plus", percent), ("minus", rest)]),
            hears(2, &[("plus", percent)]),
            hears(3, &[("plus", rest)]),
        ];
        self.controller.configure(&request).unwrap();
    }

    /// Two changes that are published together, for one judge.
    pub fn judge_change(&self, percent: i64) {
        let gain = |percent: i64| Gain::from_percent(percent as f64).unwrap();
        let (done, _) = self.controller.change(|changes| {
            if changes.configuration(JUDGES[1])?.sources.is_empty() {
                let exclusive = ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new(JUDGES[1]) };
                changes.configure(&[exclusive]).unwrap();
            }
            changes.set_gain(JUDGES[1], "plus", gain(percent))?;
            changes.set_gain(JUDGES[1], "minus", gain(100 - percent))
        });
        done.unwrap();
    }

    /// Guests go, and nothing that cannot be read of the configuration is left.
    pub fn come_to_rest(&self) {
        for person in self.controller.participants() {
            let id = person.id.as_str();
            if id.starts_with("guest") {
                self.controller.leave(id).unwrap();
            } else if person.on_hold {
                self.controller.resume(id).unwrap();
            }
        }
        self.controller.set_loudest(None).unwrap();
    }
}
