//! How a mix is put together in which no single gain moves: most mixes, most of the time.
//!
//! All its sources have the gain of the *rest*, but for a few *exceptions*: the own voice, and the sources that the row lists. What moves may be the
//! ducking envelope, or the gain of the rest as a whole (somebody joins): then the row has an envelope that its ducked part is multiplied by.

use super::{
    compose::Heard,
    exceptions::Exception,
    listener::Listener,
    plan::Sum,
    program::Programs,
    segments::{Segments, WORTHWHILE},
};
use crate::kernel::SEGMENT;

/// The gain of one source; `ducked` if the envelope of the row is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Gain {
    pub value: f32,
    pub ducked: bool,
}

impl Gain {
    pub const NOTHING: Self = Self { value: 0.0, ducked: false };

    fn open(value: f64) -> Self {
        Self { value: value as f32, ducked: false }
    }

    /// Where nothing is heard there is nothing to duck.
    fn ducked(value: f64) -> Self {
        Self { value: value as f32, ducked: value as f32 != 0.0 }
    }
}

/// The row of one listener, of which no single gain moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resting<'a> {
    listener: &'a Listener,
    slot: u32,
    pub(super) heard: Heard<'a>,
    /// The ducking envelope, if it does not move.
    level: Option<f64>,
    pub(super) rest: Gain,
}

impl<'a> Resting<'a> {
    /// `None` if single gains move.
    pub fn of(listener: &'a Listener, slot: u32, heard: Heard<'a>) -> Option<Self> {
        let (gains, clock) = (&listener.gains, &heard.clock);
        let level = listener.level;
        let rest = if listener.is_unsettled() {
            let overlaps = clock.timing.moves_overlap();
            let together = level.is_none() && heard.moving().next().is_some();
            let apart = !gains.entries.is_empty() || !gains.classes.is_empty() || gains.departs();
            if overlaps || together || apart {
                return None;
            }
            // The move of the rest is in the envelope of the row.
            Gain::ducked(1.0)
        } else {
            level.map_or(Gain::ducked(gains.unlisted.target()), |level| Gain::open(gains.unlisted.target() * level))
        };
        Some(Self { listener, slot, heard, level, rest })
    }

    /// The sources that are no part of the rest, in the order of their positions, but for the own voice, which may also be among them; some of them may have
    /// the gain of the rest all the same.
    #[inline]
    fn others(&self, mut see: impl FnMut(usize, Gain)) {
        if self.listener.is_unsettled() {
            return self.heard.moving().for_each(|position| see(position, self.together(position)));
        }
        for entry in &self.listener.gains.at_rest {
            if let Some(position) = self.heard.position(entry.slot) {
                see(
                    position,
                    match (self.level, entry.ducks_others) {
                        (Some(level), false) => Gain::open(f64::from(entry.gain) * level),
                        (None, false) => Gain::ducked(f64::from(entry.gain)),
                        (_, true) => Gain::open(f64::from(entry.gain)),
                    },
                );
            }
        }
    }

    /// All sources that are no part of the rest, in the order of their positions.
    pub(super) fn exceptions(&self, mut see: impl FnMut(usize, Gain)) {
        let mut own = self.heard.position(self.slot);
        self.others(|position, gain| {
            if let Some(own) = own.take_if(|own| *own <= position) {
                see(own, Gain::NOTHING);
                if own == position {
                    return;
                }
            }
            see(position, gain);
        });
        if let Some(own) = own {
            see(own, Gain::NOTHING);
        }
    }

    /// Writes something of the gain of every audible source.
    #[inline]
    fn write<T: Copy>(&self, gains: &mut [T], of: impl Fn(Gain) -> T) {
        gains.fill(of(self.rest));
        self.others(|position, gain| gains[position] = of(gain));
        if let Some(own) = self.heard.position(self.slot) {
            gains[own] = of(Gain::NOTHING);
        }
    }

    /// The gain, at its presence, of a source that comes or goes together with the row: one move, on which it already is.
    fn together(&self, position: usize) -> Gain {
        let source = &self.heard.sources[self.heard.audible[position] as usize];
        let unlisted = self.listener.gains.unlisted;
        let gain = if source.presence.fade.target() > 0.0 { unlisted.target() } else { unlisted.start() };
        Gain::open(gain * self.level.unwrap_or(1.0))
    }

    /// Whether the row of a listener has an envelope.
    pub fn ducks(listener: &Listener) -> bool {
        listener.level.is_none() || listener.is_unsettled()
    }

    /// Writes the gain of every audible source: of those that are not ducked, or of those that are.
    pub fn fill(&self, gains: &mut [f32], ducked: bool) {
        self.write(gains, |gain| if gain.ducked == ducked { gain.value } else { 0.0 });
    }

    /// What the row is the sum of; its program, if it is one, is added to `programs`.
    pub fn sum(&self, programs: &mut Programs, segments: &mut Segments, exceptions: &mut Vec<Exception>) -> Sum {
        if self.heard.audible.len() >= WORTHWHILE {
            return self.by_segments(programs, segments, exceptions);
        }
        let mut gains = [Gain::NOTHING; WORTHWHILE - 1];
        let gains = &mut gains[..self.heard.audible.len()];
        self.write(gains, |gain| gain);
        let named = gains.iter().filter(|gain| gain.value != 0.0).count();
        self.others_of(gains)
            .or_else(|| self.by_fewer(named, programs, segments, exceptions))
            .unwrap_or_else(|| self.by_sources(gains, programs))
    }

    /// By segments, if that takes fewer signals than the sources that are named, so many that it is worth it.
    fn by_fewer(
        &self,
        named: usize,
        programs: &mut Programs,
        segments: &mut Segments,
        exceptions: &mut Vec<Exception>,
    ) -> Option<Sum> {
        /// The segments themselves cost about as much as so many signals in each of some mixes.
        const SAVED: usize = 2;
        if named < SEGMENT {
            return None;
        }
        match self.by_segments(programs, segments, exceptions) {
            Sum::Program(program) if program.is_made_with_few() && program.len() + SAVED <= named => {
                Some(Sum::Program(program))
            }
            Sum::Program(program) => {
                programs.forget(program);
                None
            }
            _ => None,
        }
    }

    /// A gain for each source.
    fn by_sources(&self, gains: &[Gain], programs: &mut Programs) -> Sum {
        let mut program = programs.begin();
        let ducks = Self::ducks(self.listener);
        for ducked in [false, true].into_iter().take(1 + usize::from(ducks)) {
            for (signal, gain) in self.heard.signals.iter().zip(gains).filter(|(_, gain)| gain.ducked == ducked) {
                programs.add(&mut program, *signal, gain.value, ducked);
            }
        }
        match programs.of(program) {
            ([], []) => Sum::Silent,
            ([only], []) if only.gain == 1.0 => {
                let signal = only.signal;
                programs.forget(program);
                Sum::Copy(signal)
            }
            _ => Sum::Program(program),
        }
    }

    /// Everybody but one, if all others have the same gain, and are so many that rows of that kind cost less than a gain for each.
    fn others_of(&self, gains: &[Gain]) -> Option<Sum> {
        const MANY: usize = 12;
        let one = gains.iter().position(|gain| gain.value == 0.0).filter(|_| gains.len() >= MANY)?;
        let rest = *gains.get(usize::from(one == 0))?;
        let alike = gains.iter().enumerate().all(|(position, gain)| *gain == rest || position == one);
        let named = alike && !rest.ducked && rest.value != 0.0;
        named.then_some(Sum::Others { position: one as u32, gain: rest.value })
    }
}
