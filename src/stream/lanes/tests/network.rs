//! A node, a network and a mixer in simulated time.

use std::sync::LazyLock;

use crate::data::{channels::Channels, frame::Frame, id::ParticipantKey};
use crate::stream::{
    lanes::{Lanes, LanesCounts, LanesFigures, TickFrame, Told},
    port::{
        Depth,
        tests::scenarios::{FADE_STEP, STEP, voice},
    },
};

const RATE_HZ: u32 = 48_000;
/// Samples of a tick of 10 ms.
pub(super) const TICK: usize = 480;

/// One source in a tick, as it was sent or heard.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    pub slot: u32,
    pub active: bool,
    pub muted: bool,
    pub mean_square: f64,
    /// One or two channels; none if it is silent.
    pub planes: Vec<Vec<f32>>,
}

impl Source {
    pub fn mono(slot: u32, samples: Vec<f32>) -> Self {
        Self { slot, active: true, muted: false, mean_square: 0.1, planes: vec![samples] }
    }

    /// The voice at a tick of so many samples.
    pub fn voice(slot: u32, tick: u64, frames: usize) -> Self {
        let from = tick * frames as u64;
        Self::mono(slot, (from..from + frames as u64).map(|at| VOICE[(at % VOICE_FRAMES) as usize]).collect())
    }
}

/// The voice, over and over.
static VOICE: LazyLock<Vec<f32>> = LazyLock::new(|| (0..VOICE_FRAMES).map(voice).collect());
pub(super) const VOICE_FRAMES: u64 = 80_000;

/// The greatest step from one sample of the voice to the next, and what a crossfade over 4 ms adds.
const MOST_STEP: f32 = STEP + FADE_STEP;

pub(super) fn key(slot: u32) -> ParticipantKey {
    ParticipantKey { mixer: 1, slot, stay: 0 }
}

pub(super) fn figures(depth: Depth) -> LanesFigures {
    LanesFigures { rate_hz: RATE_HZ, channels: Channels::Stereo, tick: TICK, depth, lanes: 4 }
}

/// The lanes, and the boxes of their ticks.
pub(super) struct Mixer {
    pub lanes: Lanes,
    figures: LanesFigures,
    #[expect(clippy::vec_box, reason = "they go in and come back as boxes")]
    boxes: Vec<Box<TickFrame>>,
}

impl Mixer {
    pub fn new(figures: &LanesFigures) -> Self {
        let frame = || Box::new(TickFrame::new(16, 32, figures.tick));
        let boxes = (0..=figures.ticks_held()).map(|_| frame()).collect();
        Self { lanes: Lanes::new(figures), figures: *figures, boxes }
    }

    /// A tick comes. `false` if it was of no use.
    pub fn insert(&mut self, tick: u64, sources: &[Source]) -> bool {
        let mut frame = self.boxes.pop().expect("as many as may be held, and one");
        frame.clear(tick);
        for Source { slot, active, muted, mean_square, planes } in sources {
            let told = Told { key: key(*slot), active: *active, muted: *muted, mean_square: *mean_square };
            let channels = if planes.len() == 2 { Channels::Stereo } else { Channels::Mono };
            let taken = planes.is_empty() && frame.push_silent(told)
                || !planes.is_empty()
                    && frame.push(told, channels, |to| {
                        to.left.copy_from_slice(&planes[0]);
                        to.right.into_iter().for_each(|right| right.copy_from_slice(&planes[1]));
                    });
            assert!(taken, "there is room");
        }
        let back = self.lanes.insert(frame);
        let used = back.is_none();
        self.boxes.extend(back);
        used
    }

    /// What is heard in the next tick.
    pub fn play(&mut self) -> Vec<Source> {
        let mut heard = Vec::new();
        let frames = self.figures.tick;
        self.lanes.play(|told, frame| heard.push(taken(told, frame, frames)));
        self.boxes.extend(std::iter::from_fn(|| self.lanes.pop_used()));
        heard
    }

    pub fn counts(&self) -> LanesCounts {
        self.lanes.counts()
    }
}

fn taken(told: &Told, frame: Option<Frame<'_>>, frames: usize) -> Source {
    let zeros = vec![0.0; frames];
    let frame = frame.unwrap_or(Frame::mono(&zeros[..]));
    assert_eq!(frame.len(), Ok(frames));
    let plane = |side: usize| (0..frames).map(|at| frame.both(at)[side]).collect::<Vec<f32>>();
    let planes = if frame.is_stereo() { vec![plane(0), plane(1)] } else { vec![plane(0)] };
    let Told { key, active, muted, mean_square } = *told;
    Source { slot: key.slot, active, muted, mean_square, planes }
}

/// What was sent, as it is heard: silence is samples.
pub(super) fn as_heard(mut sent: Vec<Source>, frames: usize) -> Vec<Source> {
    for source in &mut sent {
        if source.planes.is_empty() {
            source.planes.push(vec![0.0; frames]);
        }
    }
    sent
}

/// Ticks on their way: when each comes, in ms of the mixer's clock, and its number.
pub(super) type Arrivals = Vec<(f64, u64)>;

/// Ticks that come as soon as they are made, one after the other.
pub(super) fn steady(ticks: u64) -> Arrivals {
    (0..ticks).map(|tick| ((tick + 1) as f64 * 10.0, tick)).collect()
}

/// Plays ticks of the voice, in slots 1 and 2, until a time; `each` sees what is heard, and what is counted.
pub(super) fn run(
    mixer: &mut Mixer,
    mut coming: Arrivals,
    until_ms: f64,
    mut each: impl FnMut(f64, Vec<Source>, &LanesCounts),
) {
    coming.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut coming = coming.into_iter().peekable();
    let frames = mixer.figures.tick;
    let length_ms = 1000.0 * frames as f64 / f64::from(mixer.figures.rate_hz);
    let mut tick = 0_u64;
    while (tick as f64) * length_ms < until_ms {
        let now_ms = tick as f64 * length_ms;
        while let Some((_, number)) = coming.next_if(|(came_ms, _)| *came_ms <= now_ms) {
            mixer.insert(number, &[1, 2].map(|slot| Source::voice(slot, number, frames)));
        }
        let heard = mixer.play();
        each(now_ms, heard, &mixer.counts());
        tick += 1;
    }
}

/// All that was heard of one source, with silence where it was not sent; both sources were the same at all times, and nothing
/// clicked. And what was counted by the end.
pub(super) fn hear(depth: Depth, coming: Arrivals, until_ms: f64) -> (Vec<f32>, LanesCounts) {
    let mut mixer = Mixer::new(&figures(depth));
    let (mut samples, mut goes_on) = (Vec::new(), false);
    run(&mut mixer, coming, until_ms, |now_ms, heard, _| {
        match &heard[..] {
            [one, other] => {
                assert_eq!(one.planes, other.planes, "at {now_ms} ms");
                let joint = samples.last().copied().filter(|_| goes_on);
                let steps = joint.into_iter().chain(one.planes[0].iter().copied()).collect::<Vec<f32>>();
                let most = steps.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                assert!(most <= MOST_STEP, "a step of {most} at {now_ms} ms");
                samples.extend(&one.planes[0]);
            }
            [] => samples.extend([0.0; TICK]),
            _ => panic!("one of two at {now_ms} ms"),
        }
        goes_on = !heard.is_empty();
    });
    (samples, mixer.counts())
}

/// How many samples after it was spoken the voice is heard at the end, for the last 20 ms of it; `None` if they are not the voice
/// bit for bit.
pub(super) fn delay(samples: &[f32]) -> Option<usize> {
    let from = samples.len() - 2 * TICK;
    let is = |delay: &usize| {
        (from..samples.len()).all(|at| samples[at] == VOICE[(at as u64 - *delay as u64) as usize % VOICE.len()])
    };
    (0..VOICE.len().min(from)).find(is)
}
