//! [`Receiver`]: the sources of a mixer, and what they sent in the tick in hand.

use super::{
    audible::Audible,
    idle::Idle,
    loudest::{Lists, Loudest},
    source::{Source, Standing, Tapped},
    speaker_level::{Follower, SpeakerLevel},
};
use crate::{
    audio::{belongings::Kept, published::Slot},
    data::{
        channels::Channel,
        id::ParticipantKey,
        memory::{filled, room},
        shedding::Shedding,
        timing::{Clock, Timing},
    },
    dsp::{Kernel, SignalBuffer, Tile, prefetch},
};

/// The mean square of what is as loud as can be.
const FULL_SCALE: f64 = 1.0;

/// How many sources ahead they are fetched.
const AHEAD: usize = 4;

/// The sources of a mixer, and what they sent in the tick in hand. Indexed by slot.
#[derive(Debug, Default)]
pub(crate) struct Receiver {
    pub(super) channels: &'static [Channel],
    pub(super) sources: Vec<Source>,
    /// The signals of each channel: those of the slots as sent; behind them, the same faded by their presence, where
    /// it moves.
    pub(super) signals: Vec<SignalBuffer>,
    pub(super) idle: Vec<Idle>,
    /// What sources are compared by, and how it follows what they send.
    pub(super) levels: Vec<SpeakerLevel>,
    follower: Follower,
    /// The mean square under which a source is quiet; 0 if none is.
    pub(super) floor: f64,
    loudest: Loudest,
    /// How many sources the controllers let be heard, and what is left out of that.
    asked: Option<usize>,
    shedding: Shedding,
    /// Scratch of the choice of the loudest.
    seated: Vec<u32>,
    standing: Vec<u32>,
    /// Whether each source is active in this tick.
    pub(super) active: Vec<bool>,
    audible: Audible,
    /// Slots from here on have never been given.
    pub(super) used: usize,
    /// Participants who have left and faded out in this tick.
    gone: Vec<u32>,
    /// Something has changed on which the plan of a tick depends.
    changed: bool,
}

impl Receiver {
    /// Room for so many slots. Allocates: control side.
    pub fn new(channels: &'static [Channel], slots: usize, timing: &Timing, floor: f64) -> Self {
        let tiles = Tile::count(timing.tick);
        Self {
            channels,
            sources: (0..slots).map(|_| Source::default()).collect(),
            signals: channels.iter().map(|_| SignalBuffer::new(2 * slots, tiles)).collect(),
            idle: filled(slots, Idle::No),
            levels: filled(slots, SpeakerLevel::default()),
            follower: Follower::new(timing),
            floor,
            loudest: Loudest::default(),
            asked: None,
            shedding: Shedding::NONE,
            seated: room(slots, 0),
            standing: room(slots, 0),
            active: filled(slots, false),
            audible: Audible::new(slots),
            used: 0,
            gone: room(slots, 0),
            changed: false,
        }
    }

    /// Moves into `larger`, which takes the old memory in exchange. Frees nothing. Between ticks there is nothing in
    /// the signals that the next tick reads.
    pub fn move_into(&mut self, larger: &mut Self) {
        self.sources.iter_mut().zip(&mut larger.sources).for_each(|(old, new)| std::mem::swap(old, new));
        larger.idle[..self.idle.len()].copy_from_slice(&self.idle);
        larger.levels[..self.levels.len()].copy_from_slice(&self.levels);
        larger.active[..self.active.len()].copy_from_slice(&self.active);
        (larger.loudest, larger.used, larger.changed) = (self.loudest, self.used, true);
        (larger.asked, larger.shedding) = (self.asked, self.shedding);
        larger.audible.succeed(&self.audible);
        std::mem::swap(self, larger);
    }

    /// Slots from here on have never been given.
    pub fn used(&self) -> usize {
        self.used
    }

    pub fn audible(&self) -> &Audible {
        &self.audible
    }

    /// The signals of each channel.
    pub fn signals(&self) -> &[SignalBuffer] {
        &self.signals
    }

    /// Whether the source of a slot is active in this tick.
    #[inline]
    pub fn is_active(&self, slot: u32) -> bool {
        self.active.get(slot as usize).is_some_and(|active| *active)
    }

    /// Whether the source of a slot is active in this tick, and is not left out of all mixes: if so it ducks others.
    #[inline]
    pub fn ducks(&self, slot: u32) -> bool {
        self.is_active(slot) && (!self.loudest.seats_all() || self.levels[slot as usize].chosen)
    }

    /// The source of a slot; of a slot that nobody has, one that sends nothing.
    pub fn source(&self, slot: u32) -> Option<&Source> {
        self.sources.get(slot as usize)
    }

    /// Who has a slot.
    pub fn key(&self, slot: u32) -> ParticipantKey {
        self.source(slot).map_or(ParticipantKey::NOBODY, |source| source.key)
    }

    /// Whether anything has changed, since this was asked last, on which the plan of a tick depends.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed) || self.audible.moves()
    }

    /// A new participant takes a slot.
    pub fn admit(&mut self, index: usize, slot: &Slot, kept: &mut Kept, clock: &Clock<'_>) {
        self.idle[index] = Idle::No;
        self.sources[index].admit(slot, clock);
        self.sources[index].judge = kept.belongings.judge.take();
        self.used = self.used.max(index + 1);
    }

    /// Takes what was published of a slot.
    pub fn update(&mut self, index: usize, slot: &Slot, clock: &Clock<'_>) {
        self.changed = true;
        self.idle[index].wake();
        self.sources[index].muted = slot.muted || slot.on_hold;
        #[cfg(feature = "cluster")]
        {
            self.sources[index].sharing = slot.sharing;
        }
        self.sources[index].set_class(slot.class, clock);
        self.levels[index].wanted = slot.wanted;
    }

    /// What comes from a source now does not go on from what it sent before.
    pub fn cut(&mut self, index: usize, clock: &Clock<'_>) {
        self.idle[index].wake();
        self.sources[index].cut(clock);
    }

    /// The participant of a slot leaves. Whether there was one.
    pub fn leave(&mut self, index: usize) -> bool {
        self.changed = true;
        let here = self.sources[index].standing == Standing::Here;
        if here {
            self.idle[index].wake();
            self.sources[index].leave();
        }
        here
    }

    /// No source has a tap.
    pub fn forget_taps(&mut self) {
        self.sources[..self.used].iter_mut().for_each(|source| source.tapped = Tapped::No);
    }

    /// A source has a tap, which has it even while it is muted or not.
    pub fn note_tap(&mut self, of: ParticipantKey, even_muted: bool) {
        if let Some(source) = self.sources.get_mut(of.slot as usize).filter(|source| source.key == of) {
            source.tapped = source.tapped.max(if even_muted { Tapped::EvenMuted } else { Tapped::Unmuted });
        }
    }

    /// From now on only so many sources are heard, or all.
    pub fn set_loudest(&mut self, limit: Option<usize>) {
        self.asked = limit;
        self.loudest.set_limit(self.shedding.limit(limit), &mut self.levels);
    }

    /// Leaves this out from now on.
    pub fn shed(&mut self, shedding: Shedding) {
        self.shedding = shedding;
        self.loudest.all_compete = shedding.listed_compete;
        self.set_loudest(self.asked);
    }

    /// What is left out.
    pub fn shedding(&self) -> Shedding {
        self.shedding
    }

    /// Something has changed on which the plan of a tick depends.
    pub fn note_change(&mut self) {
        self.changed = true;
    }

    /// Forgets what was sent in a tick that was begun and dropped.
    pub fn forget_frames(&mut self) {
        self.sources.iter_mut().for_each(Source::forget_frame);
    }

    /// Takes each source's frame, or its absence, into account, reads those of connections that are heard, and lists
    /// the audible. `told` are the slots that were told to be active. [`pop_gone`](Self::pop_gone) names those who
    /// have left and faded out.
    pub fn receive(&mut self, kept: &mut [Option<Kept>], told: &[bool], kernel: Kernel, clock: &Clock<'_>) {
        if self.loudest.limit.is_some() {
            self.choose_loudest(clock);
        }
        self.audible.begin();
        for index in 0..self.used {
            if self.idle[index].is_idle() {
                continue;
            }
            prefetch(self.sources.get(index + AHEAD..).unwrap_or_default());
            if let Some(Some(kept)) = kept.get(index + AHEAD) {
                prefetch(std::slice::from_ref(&*kept.meters));
            }
            match self.sources[index].standing {
                // Not before it is told that it speaks no more.
                Standing::Leaving if self.sources[index].is_gone(clock) && !told[index] => {
                    self.audible.leave_out(index, false);
                    self.gone.push(index as u32);
                }
                Standing::Vacant => self.idle[index] = Idle::Since(clock.tick()),
                _ if self.sources[index].sends => {
                    self.receive_one(index, kept[index].as_mut(), kernel, clock);
                    self.end_one(index, kept[index].as_ref(), told[index], clock);
                }
                _ => self.idle[index] = Idle::Since(clock.tick()),
            }
        }
        self.changed |= self.audible.end();
    }

    /// The slot of somebody who has left and faded out in this tick, each once.
    pub fn pop_gone(&mut self) -> Option<usize> {
        self.gone.pop().map(|slot| slot as usize)
    }

    /// Forgets the participant who had a slot, whose belongings go back.
    pub fn vacate(&mut self, index: usize, kept: &mut Kept) {
        kept.belongings.judge = self.sources[index].judge.take();
        self.sources[index] = Source::default();
        (self.active[index], self.levels[index], self.idle[index]) = (false, SpeakerLevel::default(), Idle::No);
        self.changed = true;
    }

    /// Takes all frames, and chooses who is heard where only the loudest are.
    fn choose_loudest(&mut self, clock: &Clock<'_>) {
        (0..self.used).for_each(|index| self.listen(index, clock));
        let lists = Lists { seated: &mut self.seated, standing: &mut self.standing };
        self.loudest.choose(&mut self.levels[..self.used], lists, clock);
    }

    /// Takes a source's frame, or its absence, into account.
    fn listen(&mut self, index: usize, clock: &Clock<'_>) {
        let source = &mut self.sources[index];
        if self.idle[index].is_idle() || !source.sends {
            return;
        }
        source.miss_more(self.idle[index].end(clock.tick()));
        let present = source.listen(self.floor, clock);
        let level = &mut self.levels[index];
        // One wild sample must not keep others out for long.
        level.level = self.follower.follow(level.level, source.square().min(FULL_SCALE));
        (level.present, level.active) = (present, source.readings.active);
        self.changed |= std::mem::replace(&mut self.active[index], level.active) != level.active;
    }

    /// Decides whether a source is heard, reads its frame if it is, and lists it.
    fn receive_one(&mut self, index: usize, kept: Option<&mut Kept>, kernel: Kernel, clock: &Clock<'_>) {
        if self.loudest.limit.is_none() {
            self.listen(index, clock);
        }
        // One that is quiet keeps its seat.
        let heard = self.loudest.lets(&self.levels[index]) && !self.sources[index].readings.quiet;
        self.sources[index].fade(heard, clock);
        if let Some(told) = self.sources[index].needs(clock) {
            self.read(index, told, kept, kernel, clock);
        }
        let faded = self.sources.len() + index;
        let source = &mut self.sources[index];
        let turned = source.has_turned();
        if source.settle(clock) {
            let moves = source.sound(&mut self.signals, index, faded, clock);
            let signal = if moves { faded } else { index } as u32;
            self.audible.push(index as u32, self.sources[index].change(), signal, moves || turned, clock);
        } else {
            self.audible.leave_out(index, turned);
        }
    }

    /// Ends a source's tick: its meters, and whether it is looked at in the next one.
    #[inline]
    fn end_one(&mut self, index: usize, kept: Option<&Kept>, told: bool, clock: &Clock<'_>) {
        self.sources[index].forget_frame();
        let missing_from = self.become_idle(index, told, clock);
        if let (Some(measures), Some(kept)) = (self.sources[index].measures(), kept) {
            kept.meters.write_source(measures, missing_from);
        }
    }

    /// Lets a source be idle if nothing is to be done there in a tick in which nothing happens to it. From which tick
    /// on its missing frames count by themselves, if they do.
    fn become_idle(&mut self, index: usize, told: bool, clock: &Clock<'_>) -> Option<u64> {
        let source = &self.sources[index];
        if source.audible || !source.is_idle(clock) || told || self.levels[index].level > 0.0 {
            return None;
        }
        self.idle[index] = Idle::Since(clock.tick());
        source.counts_missing().then(|| clock.tick() + 1)
    }
}
