//! [`RowGains`]: the gains of one listener's row in one channel, over one tick, as they are for the kernels.
//!
//! All audible sources of a class have one gain, that of those that are not listed, but for a few *exceptions*: the own
//! voice, and the sources of pairs. While `hears` and the envelope rest, the envelope's level is multiplied into the gains.
//! Otherwise the row has *curves*: one for what is open, one for what is ducked.

use crate::{
    audio::{
        apply::Listener,
        pair::{Begun, Pair},
        receive::Audible,
    },
    data::{
        class::{Class, ClassChange},
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
    /// When the gains that are on their way began.
    begun: Begun,
    /// How many samples of the moves are over, if all began together; 0 if nothing moves.
    over: Option<u32>,
    /// Whether the row has curves, and whether that of `hears` is one of them.
    pub curved: bool,
    pub fades: bool,
}

impl<'a> RowGains<'a> {
    /// The row of the listener of a slot.
    pub fn new(listener: &'a Listener, slot: u32, channel: usize, audible: &'a Audible, clock: Clock<'a>) -> Self {
        let fades = listener.hears().moving(clock.now, clock.timing);
        let begun = begun(listener, audible, &clock);
        let over = match begun {
            Begun::Never => Some(0),
            Begun::Together(began) => Some((clock.now as u32).wrapping_sub(began)),
            Begun::Apart => None,
        };
        let apart = over.is_none() && listener.row.pairs(channel).iter().any(|pair| moves_apart(pair, &clock));
        let curved = fades || apart || listener.level().is_none();
        let level = if curved { None } else { listener.level() };
        Self { listener, slot, channel, audible, clock, level, begun, over, curved, fades }
    }

    /// The gain of the sources of a class that have no pair.
    #[inline]
    pub fn unlisted(&self, class: Class) -> Gain {
        self.gain([Fade::ZERO, self.listener.row.unlisted(class)])
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

    /// Sees the positions and gains of all exceptions, which may have the gain of the others of their class: of audible
    /// sources with pairs, of the own voice, and of those whose class has just changed. In the order of their slots, which
    /// in one class is that of the positions; but for the last ones, which come behind.
    #[inline]
    pub fn exceptions(&self, mut see: impl FnMut(usize, Gain)) {
        self.lasting_exceptions(&mut see);
        for (slot, change) in self.changes() {
            if let Some(position) = self.audible.position(*slot)
                && *slot != self.slot
                && self.pair(*slot).is_none()
            {
                see(position, self.gain([Fade::ZERO, self.listener.row.changing(change, &self.clock)]));
            }
        }
    }

    fn changes(&self) -> &'a [(u32, ClassChange)] {
        self.audible.changes(self.listener.row.moves())
    }

    /// The pair of a slot, if its row has one.
    fn pair(&self, slot: u32) -> Option<&Pair> {
        let pairs = self.listener.row.pairs(self.channel);
        pairs.binary_search_by_key(&slot, |pair| pair.slot).ok().map(|at| &pairs[at])
    }

    #[inline]
    fn lasting_exceptions(&self, see: &mut impl FnMut(usize, Gain)) {
        let mut own = self.audible.position(self.slot);
        for pair in self.listener.row.pairs(self.channel) {
            if pair.slot >= self.slot
                && let Some(own) = own.take()
            {
                see(own, Gain::ZERO);
            }
            if pair.slot != self.slot
                && let Some(position) = self.audible.position(pair.slot)
            {
                see(position, self.pair_gain(pair));
            }
        }
        if let Some(own) = own {
            see(own, Gain::ZERO);
        }
    }

    /// Sees the position and the gain of every audible source, in the order of the positions.
    pub fn all(&self, mut see: impl FnMut(usize, &Gain)) {
        let changes = self.changes();
        for (class, positions) in self.audible.runs() {
            let unlisted = self.unlisted(class);
            for position in positions {
                let slot = self.audible.slots()[position];
                let change = changes.binary_search_by_key(&slot, |(slot, _)| *slot).map(|at| changes[at].1);
                match (self.pair(slot), change) {
                    _ if slot == self.slot => see(position, &Gain::ZERO),
                    (Some(pair), _) => see(position, &self.pair_gain(pair)),
                    (None, Ok(change)) => {
                        see(position, &self.gain([Fade::ZERO, self.listener.row.changing(&change, &self.clock)]));
                    }
                    (None, Err(_)) => see(position, &unlisted),
                }
            }
        }
    }

    /// Writes something of the gain of every audible source.
    #[inline]
    pub fn write<T: Copy>(&self, gains: &mut [T], of: impl Fn(&Gain) -> T) {
        for (class, positions) in self.audible.runs() {
            gains[positions].fill(of(&self.unlisted(class)));
        }
        self.exceptions(|position, gain| gains[position] = of(&gain));
    }

    /// Whether gains are on lines, and on which.
    pub fn moves(&self) -> Moves {
        match (self.begun, self.over) {
            (Begun::Never, _) => Moves::No,
            (_, Some(over)) => Moves::Together(over),
            (_, None) => Moves::Apart,
        }
    }
}

/// When the gains of a row that are on their way began, those of sources whose class has just changed included.
fn begun(listener: &Listener, audible: &Audible, clock: &Clock<'_>) -> Begun {
    let changes = audible.changes(listener.row.moves()).iter();
    let changing = changes.map(|(_, change)| Begun::of(listener.row.changing(change, clock), clock));
    changing.fold(listener.row.begun(), Begun::and)
}

/// Whether both halves of a pair move and began at different times, so that no one line is their sum.
fn moves_apart(pair: &Pair, clock: &Clock<'_>) -> bool {
    let [open, ducked] = pair.fades(clock.now);
    let moves = |fade: &Fade| fade.moving(clock.now, clock.timing);
    moves(&open) && moves(&ducked) && open.origin().1 != ducked.origin().1
}
