//! The figures of [`Lanes`](super::Lanes): what the control side asks for, and what follows from it. Pure data.

use super::{
    convert::Slip,
    port::{Depth, Mover},
};
use crate::data::channels::Channels;

/// How much may wait beyond the greatest wait, where a slow path suddenly becomes faster.
const SURPLUS_MS: f64 = 250.0;

/// What [`Lanes`](super::Lanes) are made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LanesFigures {
    pub rate_hz: u32,
    /// Those of the mixer.
    pub channels: Channels,
    /// Samples of a tick, the same at both nodes: 1 sample to 120 ms.
    pub tick: usize,
    /// How long the quickest ticks wait, as of an input port. Both bounds are made up to whole ticks.
    pub depth: Depth,
    /// How many sources go on where a tick is missing.
    pub lanes: usize,
}

impl LanesFigures {
    /// How many ticks may be held at once: so many boxes are on their way, at most, besides those that the caller fills.
    pub fn ticks_held(&self) -> usize {
        let figures = Figures::of(self);
        let [kept, bound] = [figures.kept, figures.bound].map(|samples| samples.div_ceil(figures.tick));
        // The tick at the head, and one that is beyond the bound until the head has gone on.
        kept + bound + 2
    }
}

/// All in samples but the rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub rate_hz: u32,
    pub stereo: bool,
    pub ms: f64,
    pub tick: usize,
    /// The least and the greatest wait of the quickest ticks.
    pub least: usize,
    pub most: usize,
    /// How much may wait at most.
    pub bound: usize,
    /// How much is kept behind the head.
    pub kept: usize,
}

impl Figures {
    pub fn of(figures: &LanesFigures) -> Self {
        let LanesFigures { rate_hz, channels, depth, .. } = *figures;
        let (ms, tick) = (f64::from(rate_hz) / 1000.0, figures.tick.max(1));
        // On the average a tick waits for half a tick of the mixer until it is seen.
        let ticks = |of_ms: f64| ((of_ms * ms - 0.5 * tick as f64).max(0.0) / tick as f64).ceil() as usize;
        let most = ticks(depth.most_ms) * tick;
        Self {
            rate_hz,
            stereo: channels == Channels::Stereo,
            ms,
            tick,
            least: (ticks(depth.least_ms) * tick).min(most),
            most,
            bound: (most + (SURPLUS_MS * ms) as usize).next_multiple_of(tick),
            kept: Mover::new(rate_hz).reach().max(Slip::LENGTH + 1 + Slip::AROUND),
        }
    }

    /// Whether the wait follows the network.
    pub fn is_adaptive(&self) -> bool {
        self.least < self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(depth: Depth, tick: usize) -> Figures {
        Figures::of(&LanesFigures { rate_hz: 48_000, channels: Channels::Mono, tick, depth, lanes: 1 })
    }

    #[test]
    fn waits_are_whole_ticks_that_begin_half_a_tick_later() {
        let waits = |depth, tick| (of(depth, tick).least / tick, of(depth, tick).most / tick);
        assert_eq!(waits(Depth::fixed(0.0), 480), (0, 0));
        assert_eq!([5.0, 5.1, 15.0, 20.0].map(|ms| waits(Depth::fixed(ms), 480).0), [0, 1, 1, 2]);
        assert_eq!(waits(Depth::default(), 480), (2, 50));
        assert_eq!(waits(Depth::default(), 120), (8, 200));
        assert_eq!(waits(Depth::default(), 5760), (0, 4));
        assert_eq!(waits(Depth::between(50.0, 10.0), 480), (1, 1), "no more than the greatest");
    }

    #[test]
    fn what_is_held_is_what_waits_and_what_may_be_played_again() {
        let figures =
            LanesFigures { rate_hz: 48_000, channels: Channels::Mono, tick: 480, depth: Depth::fixed(0.0), lanes: 1 };
        // 250 ms, 48 ms made up to 50, and 2.
        assert_eq!(figures.ticks_held(), 25 + 5 + 2);
    }
}
