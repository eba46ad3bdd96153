//! The audio thread's side of a participant's ports: what it sends, on the way from packets to the
//! mixer's format, and what it hears, on the way back.

use std::{fmt, sync::Arc};

use super::{
    convert::{Buffer, Inbound, Outbound},
    inlet::Inlet,
    input::{self, InputPort},
    jitter::Got,
    options::{InputOptions, OutputOptions, PortError},
    outlet::Outlet,
    output::{self, OutputPort},
};
use crate::data::{
    channels::Planes,
    connection::{Connection, Told},
    ports::{InputCounters, OutputCounters, StreamFormat},
};

/// The lines of one participant.
#[derive(Debug)]
pub(crate) struct Wire {
    input: Option<Incoming>,
    output: Option<Outgoing>,
}

impl Wire {
    pub fn new(input: Option<Incoming>, output: Option<Outgoing>) -> Self {
        Self { input, output }
    }
}

impl Connection for Wire {
    fn advance(&mut self) -> Option<Told> {
        self.input.as_mut().and_then(Incoming::advance)
    }

    fn read(&mut self) -> Planes<'_> {
        self.input.as_mut().map_or(Planes { left: &[], right: None }, Incoming::read)
    }

    fn write(&mut self, mix: Planes<'_>) {
        if let Some(output) = &mut self.output {
            output.write(mix);
        }
    }
}

/// From packets to ticks of the mixer.
pub(crate) struct Incoming {
    inlet: Inlet,
    inbound: Inbound,
    /// A tick at the participant's rate, and one at the mixer's.
    sent: Buffer,
    tick: Buffer,
    /// Samples of a tick at the participant's rate; and how many are due that were not taken yet,
    /// or, below 0, were taken ahead.
    per_tick: f64,
    due: f64,
    /// How many samples of silence have passed since anything was heard; and how many make a pause
    /// in which nothing is left in the resampler: then the resampler sleeps.
    quiet: usize,
    drained: usize,
    /// Whether the resampler sleeps: after a pause, or after frames that were passed over. Samples are taken by the
    /// clock meanwhile.
    asleep: bool,
    /// How many samples of a frame lie in `sent` that was told of and not read.
    waiting: Option<usize>,
    /// The mean square of the samples that were taken last, as they were sent.
    mean_square: f64,
    /// Whether the last heard samples came with the activity flag.
    active: bool,
}

/// A gap up to this long is a loss: the participant counts as there, and as active as it was. A
/// longer one is a pause.
const PAUSE_MS: f64 = 250.0;

impl Incoming {
    /// Makes a way in, and the port that it begins at. Control side: allocates.
    pub fn new(
        options: &InputOptions,
        mixer: StreamFormat,
        tick: usize,
    ) -> Result<(InputPort, Self, Arc<InputCounters>), PortError> {
        options.check()?;
        let options = options.for_tick(1000.0 * tick as f64 / f64::from(mixer.rate_hz));
        let (port, inlet) = input::input(&options)?;
        let inbound = Inbound::new(options.format, mixer, tick, options.clock)?;
        let (delay_ms, rate_hz) = (inbound.delay_ms(), f64::from(options.format.rate_hz));
        let counters = Arc::clone(port.counters());
        counters.conversion_ms.set_f64(delay_ms);
        let drained = ((2.0 * delay_ms).max(PAUSE_MS) * rate_hz / 1000.0).ceil() as usize;
        let incoming = Self {
            inlet,
            sent: Buffer::new(options.format.channels, inbound.needed_most()),
            tick: Buffer::new(mixer.channels, tick),
            inbound,
            per_tick: tick as f64 * rate_hz / f64::from(mixer.rate_hz),
            due: 0.0,
            // Nothing has been heard yet.
            quiet: drained,
            drained,
            asleep: true,
            waiting: None,
            mean_square: 0.0,
            active: false,
        };
        Ok((port, incoming, counters))
    }

    /// Takes the samples of a tick, as they were sent; `None` if that is only silence after a pause.
    fn advance(&mut self) -> Option<Told> {
        if self.waiting.take().is_some() {
            // The last frame was passed over: the resampler does not know what came before this one.
            self.sleep();
        }
        self.pass_tick();
        let due = self.due.max(0.0) as usize;
        let frames = if self.asleep { due.min(self.sent.frames()) } else { self.inbound.needed() };
        let got = self.take(0, frames);
        if got.heard {
            (self.quiet, self.active) = (0, got.active);
        } else {
            self.quiet = (self.quiet + frames).min(self.drained);
        }
        if self.asleep && self.quiet >= self.drained {
            return None;
        }
        self.waiting = Some(frames);
        // A tick may need no samples: then it is as loud as those before.
        self.mean_square = mean_square(self.sent.part(0..frames)).unwrap_or(self.mean_square);
        Some(Told { mean_square: self.mean_square, active: self.active })
    }

    /// Converts what [`advance`](Self::advance) took. A resampler that wakes may need more samples than were due, or
    /// fewer.
    fn read(&mut self) -> Planes<'_> {
        let (whole, needed) = (self.tick.frames(), self.inbound.needed());
        let frames = self.waiting.take().unwrap_or_default();
        if frames < needed {
            self.active |= self.take(frames, needed).active;
        } else if frames > needed {
            self.sent.move_to_front(frames - needed..frames);
        }
        self.asleep = false;
        self.inbound.convert(self.sent.part(0..needed), self.tick.part_mut(0..whole));
        // For the next tick: steering changes how much that needs.
        self.inbound.steer(self.inlet.steering_ppm());
        if self.quiet >= self.drained {
            self.sleep();
        }
        self.tick.part(0..whole)
    }

    fn sleep(&mut self) {
        self.asleep = true;
        self.inbound.reset();
    }

    fn pass_tick(&mut self) {
        self.due += self.per_tick * (1.0 + 1e-6 * self.inlet.steering_ppm());
    }

    fn take(&mut self, from: usize, to: usize) -> Got {
        self.due -= (to - from) as f64;
        self.inlet.read(to - from, self.sent.part_mut(from..to))
    }
}

/// Over all channels; `None` of no samples.
fn mean_square(planes: Planes<'_>) -> Option<f64> {
    let both = [planes.left, planes.right.unwrap_or_default()];
    let squares: f64 = both.iter().copied().flatten().map(|sample| f64::from(*sample).powi(2)).sum();
    let count = both.iter().map(|plane| plane.len()).sum::<usize>();
    (count > 0).then(|| squares / count as f64)
}

/// From ticks of the mixer to packets.
pub(crate) struct Outgoing {
    outbound: Outbound,
    outlet: Outlet,
}

impl Outgoing {
    /// Makes a way out, and the port that it ends at. Control side: allocates.
    pub fn new(
        options: &OutputOptions,
        mixer: StreamFormat,
        tick: usize,
    ) -> Result<(OutputPort, Self, Arc<OutputCounters>), PortError> {
        options.check()?;
        let tick_ms = 1000.0 * tick as f64 / f64::from(mixer.rate_hz);
        let options = options.for_tick(tick_ms);
        let (port, outlet) = output::output(&options, tick_ms)?;
        let outbound = Outbound::new(mixer, options.format, tick, options.clock)?;
        let counters = Arc::clone(port.counters());
        counters.conversion_ms.set_f64(outbound.delay_ms());
        Ok((port, Self { outbound, outlet }, counters))
    }

    fn write(&mut self, mix: Planes<'_>) {
        self.outlet.write(self.outbound.convert(mix));
        self.outbound.steer(self.outlet.steering_ppm());
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("inlet", &self.inlet).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("outlet", &self.outlet).finish_non_exhaustive()
    }
}
