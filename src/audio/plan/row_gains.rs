//! [`RowGains`]: the gains of one listener's row in one channel, over one tick, as they are for the kernels.
//!
//! All audible sources have the gain of those that are not listed, but for a few *exceptions*: the own voice, and the
//! sources of pairs. While `hears` and the envelope rest, the envelope's level is multiplied into the gains.
//! Otherwise the row has *curves*: one for what is open, one for what is ducked.

use crate::{
    audio::{
        apply::Listener,
        pair::{Begun, Pair},
        receive::Audible,
    },
    data::{
        fade::{Fade, Line},
        timing::Clock,
    },
};

use super::recipe::Moves;

/// The gain of one source. In a row without curves all of it is open.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Gain {
    pub open: Line,
    pub ducked: Line,
}

impl Gain {
    pub const ZERO: Self = Self { open: Line::ZERO, ducked: Line::ZERO };

    /// One half of it.
    #[inline]
    pub fn half(&self, ducked: bool) -> &Line {
        if ducked { &self.ducked } else { &self.open }
    }

    pub fn is_zero(&self) -> bool {
        self.open.is_zero() && self.ducked.is_zero()
    }
}

/// The row of one listener in one channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowGains<'a> {
    listener: &'a Listener,
    slot: u32,
    channel: usize,
    pub audible: &'a Audible,
    clock: Clock<'a>,
    /// The envelope's level, in a row without curves.
    level: Option<f64>,
    /// How many samples of the moves are over, if all began together; 0 if nothing moves.
    over: Option<u32>,
    /// Whether the row has curves, and whether that of `hears` is one of them.
    pub curved: bool,
    pub fades: bool,
    /// The gain of sources without a pair.
    pub unlisted: Gain,
}

impl<'a> RowGains<'a> {
    /// The row of the listener of a slot.
    pub fn new(listener: &'a Listener, slot: u32, channel: usize, audible: &'a Audible, clock: Clock<'a>) -> Self {
        let fades = listener.hears().moving(clock.now, clock.timing);
        let over = match listener.row.begun() {
            Begun::Never => Some(0),
            Begun::Together(began) => Some((clock.now as u32).wrapping_sub(began)),
            Begun::Apart => None,
        };
        let apart = over.is_none() && listener.row.pairs(channel).iter().any(|pair| moves_apart(pair, &clock));
        let curved = fades || apart || listener.level().is_none();
        let level = if curved { None } else { listener.level() };
        let row = Self { listener, slot, channel, audible, clock, level, over, curved, fades, unlisted: Gain::ZERO };
        Self { unlisted: row.gain([Fade::ZERO, listener.row.unlisted()]), ..row }
    }

    /// Whether nothing is heard, whoever speaks.
    pub fn is_deaf(&self) -> bool {
        !self.fades && self.listener.hears().target() == 0.0
    }

    /// The gain that is made of an open and a ducked half, whenever their moves began.
    fn gain(&self, [open, ducked]: [Fade; 2]) -> Gain {
        let Clock { now, timing, .. } = self.clock;
        let (open, ducked) = (open.settled(now, timing), ducked.settled(now, timing));
        let over = |fade: Fade| if fade.moving(now, timing) { (now - fade.origin().1) as u32 } else { 0 };
        let Some(level) = self.level else {
            let half = |fade: Fade| Line::between(fade.origin().0, fade.target(), over(fade));
            return Gain { open: half(open), ducked: half(ducked) };
        };
        // One of them rests, or both began together.
        let start = open.origin().0 + level * ducked.origin().0;
        let line = Line::between(start, open.target() + level * ducked.target(), over(open).max(over(ducked)));
        Gain { open: line, ducked: Line::ZERO }
    }

    #[inline]
    fn pair_gain(&self, pair: &Pair) -> Gain {
        let Some(over) = self.over else { return self.gain(pair.fades(self.clock.now)) };
        let [[open, ducked], [open_target, ducked_target]] = pair.ends();
        match self.level {
            Some(level) => {
                let line = Line::between(open + level * ducked, open_target + level * ducked_target, over);
                Gain { open: line, ducked: Line::ZERO }
            }
            None => Gain {
                open: Line::between(open, open_target, over),
                ducked: Line::between(ducked, ducked_target, over),
            },
        }
    }

    /// Sees the positions and gains of audible sources with pairs, in their order. They may have the gain of the
    /// others.
    #[inline]
    fn pairs(&self, mut see: impl FnMut(usize, Gain)) {
        for pair in self.listener.row.pairs(self.channel) {
            if let Some(position) = self.audible.position(pair.slot) {
                see(position, self.pair_gain(pair));
            }
        }
    }

    /// Sees the positions and gains of all exceptions, in their order: of those with pairs, and of the own voice.
    #[inline]
    pub fn exceptions(&self, mut see: impl FnMut(usize, Gain)) {
        let mut own = self.audible.position(self.slot);
        self.pairs(|position, gain| {
            if let Some(own) = own.take_if(|own| *own <= position) {
                see(own, Gain::ZERO);
                if own == position {
                    return;
                }
            }
            see(position, gain);
        });
        if let Some(own) = own {
            see(own, Gain::ZERO);
        }
    }

    /// Writes something of the gain of every audible source.
    #[inline]
    pub fn write<T: Copy>(&self, gains: &mut [T], of: impl Fn(&Gain) -> T) {
        gains.fill(of(&self.unlisted));
        self.pairs(|position, gain| gains[position] = of(&gain));
        if let Some(own) = self.audible.position(self.slot) {
            gains[own] = of(&Gain::ZERO);
        }
    }

    /// Whether gains are on lines, and on which.
    pub fn moves(&self) -> Moves {
        match (self.listener.row.begun(), self.over) {
            (Begun::Never, _) => Moves::No,
            (_, Some(over)) => Moves::Together(over),
            (_, None) => Moves::Apart,
        }
    }
}

/// Whether both halves of a pair move and began at different times, so that no one line is their sum.
fn moves_apart(pair: &Pair, clock: &Clock<'_>) -> bool {
    let [open, ducked] = pair.fades(clock.now);
    let moves = |fade: &Fade| fade.moving(clock.now, clock.timing);
    moves(&open) && moves(&ducked) && open.origin().1 != ducked.origin().1
}
