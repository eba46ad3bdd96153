//! The half of a node that belongs to the audio thread: [`NodeAudio`].

use std::sync::Arc;

use rtrb::{Consumer, Producer};

use super::meters::{AudioMeters, LinkMeters};
use crate::{
    Frame, Mixes, Tick,
    data::{
        channels::{Channels, Planes, PlanesMut},
        sharing::Shared,
    },
    stream::lanes::{Lanes, TickFrame, Told},
};

/// How many ticks of a node are taken at once, at most: a burst after a stall.
const TICKS_AT_ONCE: usize = 64;

/// The audio thread's half of a node: what the other nodes sent goes into each tick, and what they need goes out of it.
///
/// It belongs to one thread at a time, as the [`Processor`](crate::Processor) does. Nothing here locks, allocates, frees, blocks or
/// makes a system call. Drop it once the audio has stopped, or off the audio thread: that frees its memory.
///
/// ```
/// use mixminus::{MixerConfig, cluster::{NodeName, NodeOptions, node}};
/// let (controller, mut processor) = MixerConfig::default().build()?;
/// let (_conference, _link, mut audio) = node(controller, &processor, NodeOptions::new(NodeName::new("fra-1")?))?;
/// // The audio thread, every 10 ms. For a Runner there is `into_closures`.
/// let mut thread = processor.enter();
/// let mut tick = thread.tick();
/// audio.before(&mut tick);
/// audio.after(&tick.mix());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NodeAudio {
    pub(super) input: AudioInput,
    pub(super) output: AudioOutput,
}

/// What goes into each tick.
#[derive(Debug)]
pub(super) struct AudioInput {
    #[allow(clippy::vec_box, reason = "they come and go back in their boxes, without a copy")]
    pub(super) links: Vec<Box<AudioLink>>,
    pub(super) orders: Consumer<AudioOrder>,
    /// There is room for as many as there can be.
    pub(super) returned: Producer<Box<AudioLink>>,
}

/// What goes out of each tick.
#[derive(Debug)]
pub(super) struct AudioOutput {
    /// Memory for ticks, and those that are written.
    pub(super) free: Consumer<Box<TickFrame>>,
    pub(super) written: Producer<Box<TickFrame>>,
    pub(super) tick_samples: usize,
    pub(super) most_sources: usize,
    pub(super) meters: Arc<AudioMeters>,
}

/// What becomes of a link.
#[derive(Debug)]
pub(super) enum AudioOrder {
    Add(Box<AudioLink>),
    Remove { number: u64 },
}

/// The audio thread's end of the link from another node.
#[derive(Debug)]
pub(super) struct AudioLink {
    pub number: u64,
    pub lanes: Lanes,
    pub frames: Consumer<Box<TickFrame>>,
    /// There is room for all that were ever made for this link.
    pub used: Producer<Box<TickFrame>>,
    pub meters: Arc<LinkMeters>,
}

impl NodeAudio {
    /// Gives a tick what the other nodes have sent for it. Call it once for each tick, before it is mixed.
    pub fn before(&mut self, tick: &mut Tick<'_>) {
        self.input.play(tick);
    }

    /// Gives the other nodes what they need of a tick. Call it once for each tick, with its mixes.
    pub fn after(&mut self, mixes: &Mixes<'_>) {
        self.output.write(mixes);
    }

    /// [`before`](Self::before) and [`after`](Self::after) as closures, for
    /// [`Runner::start_with`](crate::stream::Runner::start_with). Both belong to one thread.
    ///
    /// ```
    /// use mixminus::{MixerConfig, cluster::{NodeName, NodeOptions, node}, stream::{Runner, RunnerOptions}};
    /// let (controller, processor) = MixerConfig::default().build()?;
    /// let (_conference, _driver, audio) = node(controller, &processor, NodeOptions::new(NodeName::new("fra-1")?))?;
    /// let (before, after) = audio.into_closures();
    /// let runner = Runner::start_with(processor, RunnerOptions::default(), before, after)?;
    /// # runner.stop()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_closures(
        self,
    ) -> (impl FnMut(&mut Tick<'_>) + Send + 'static, impl FnMut(&Mixes<'_>) + Send + 'static) {
        let Self { mut input, mut output } = self;
        (move |tick: &mut Tick<'_>| input.play(tick), move |mixes: &Mixes<'_>| output.write(mixes))
    }
}

impl AudioOutput {
    fn write(&mut self, mixes: &Mixes<'_>) {
        let number = mixes.position() / self.tick_samples as u64;
        self.meters.tick.set(number + 1);
        let Ok(mut frame) = self.free.pop() else {
            self.meters.lost.add(1);
            return;
        };
        frame.clear(number);
        let mut left_out = 0;
        // Where there is no room for all, they come by what they matter.
        let ranks = if mixes.shared().nth(self.most_sources).is_some() { RANKS } else { 1 };
        for rank in 0..ranks {
            for (key, shared, planes) in mixes.shared().filter(|(_, shared, _)| ranks == 1 || rank_of(shared) == rank) {
                let Shared { active, muted, mean_square, audible, .. } = shared;
                let told = Told { key, active, muted, mean_square };
                let taken = if audible { push(&mut frame, told, planes) } else { frame.push_silent(told) };
                left_out += u64::from(!taken && audible);
            }
        }
        self.meters.left_out.add(left_out);
        // There is room for as many as there are.
        let _ = self.written.push(frame);
    }
}

impl AudioInput {
    fn play(&mut self, tick: &mut Tick<'_>) {
        self.obey();
        for link in &mut self.links {
            link.play(tick);
        }
    }

    fn obey(&mut self) {
        // Those that are there now: more may come meanwhile.
        for _ in 0..self.orders.slots() {
            let Ok(order) = self.orders.pop() else { return };
            match order {
                AudioOrder::Add(link) if self.links.len() < self.links.capacity() => self.links.push(link),
                AudioOrder::Add(link) => self.give_back(link),
                AudioOrder::Remove { number } => {
                    if let Some(at) = self.links.iter().position(|link| link.number == number) {
                        let link = self.links.swap_remove(at);
                        self.give_back(link);
                    }
                }
            }
        }
    }

    fn give_back(&mut self, link: Box<AudioLink>) {
        let refused = self.returned.push(link);
        debug_assert!(refused.is_ok(), "there is room for as many as there can be");
    }
}

/// How many ranks there are.
const RANKS: usize = 4;

/// Which sources come first where there is no room for all: those that somebody lists, those that are active, and those that are
/// heard.
fn rank_of(shared: &Shared) -> usize {
    match shared {
        Shared { wanted: true, .. } => 0,
        Shared { active: true, .. } => 1,
        Shared { audible: true, .. } => 2,
        _ => 3,
    }
}

/// Adds a source, in one channel if both have the same samples.
fn push(frame: &mut TickFrame, told: Told, planes: Planes<'_>) -> bool {
    let right = planes.right.filter(|right| *right != planes.left);
    let channels = if right.is_some() { Channels::Stereo } else { Channels::Mono };
    frame.push(told, channels, |to: PlanesMut<'_>| {
        to.left.copy_from_slice(planes.left);
        if let (Some(to), Some(from)) = (to.right, right) {
            to.copy_from_slice(from);
        }
    })
}

impl AudioLink {
    fn play(&mut self, tick: &mut Tick<'_>) {
        for _ in 0..TICKS_AT_ONCE {
            let Ok(frame) = self.frames.pop() else { break };
            if let Some(useless) = self.lanes.insert(frame) {
                self.give_back(useless);
            }
        }
        self.lanes.play(|told, frame| {
            let Told { key, active, muted, mean_square } = *told;
            // One who has left meanwhile is in no tick.
            let _ = match frame {
                Some(frame) => tick.send(key, Frame { active, muted, told: Some(mean_square), ..frame }),
                None => {
                    let silence = Frame::mono::<f32>(&[]);
                    tick.send_silence(key, &Frame { active, muted, told: Some(mean_square), ..silence })
                }
            };
        });
        while let Some(used) = self.lanes.pop_used() {
            self.give_back(used);
        }
        self.meters.show(&self.lanes.counts());
        self.meters.played.set(self.lanes.next_tick());
    }

    fn give_back(&mut self, frame: Box<TickFrame>) {
        let refused = self.used.push(frame);
        debug_assert!(refused.is_ok(), "there is room for as many as there can be");
    }
}
