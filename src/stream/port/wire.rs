//! The audio thread's side of a participant's ports: what it sends, on the way from packets to the
//! mixer's format, and what it hears, on the way back.

use std::{fmt, sync::Arc};

use super::{
    convert::{Buffer, Inbound, Outbound, Slipping},
    format::Clock,
    inlet::Inlet,
    input::{self, InputPort},
    options::{InputOptions, OutputOptions, PortError},
    outlet::Outlet,
    output::{self, OutputPort},
};
use crate::data::{
    channels::Planes,
    connection::Connection,
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
    fn read(&mut self) -> Option<(Planes<'_>, bool)> {
        self.input.as_mut().and_then(Incoming::read)
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
    /// How many samples of silence have passed since anything was heard; and how many make a pause
    /// in which nothing is left in the conversion.
    quiet: usize,
    drained: usize,
    /// Whether the last heard samples came with the activity flag.
    active: bool,
    /// Whether the conversion has passed over samples.
    passed: bool,
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
        let (port, inlet) = input::input(options, 1000.0 * tick as f64 / f64::from(mixer.rate_hz))?;
        let inbound = Inbound::new(options.format, mixer, tick)?;
        let (delay_ms, rate_hz) = (inbound.delay_ms(), f64::from(options.format.rate_hz));
        let counters = Arc::clone(port.counters());
        counters.conversion_ms.set_f64(delay_ms);
        let drained = ((2.0 * delay_ms).max(PAUSE_MS) * rate_hz / 1000.0).ceil() as usize;
        let incoming = Self {
            inlet,
            sent: Buffer::new(options.format.channels, inbound.needed_most()),
            tick: Buffer::new(mixer.channels, tick),
            inbound,
            // Nothing has been heard yet.
            quiet: drained,
            drained,
            active: false,
            passed: true,
        };
        Ok((port, incoming, counters))
    }

    /// Takes the samples of a tick at the participant's rate. `false` if they are only silence.
    fn advance(&mut self) -> bool {
        let frames = self.inbound.needed();
        let got = self.inlet.read(frames, self.sent.part_mut(0..frames), false);
        if got.heard {
            (self.quiet, self.active) = (0, got.active);
        } else {
            self.quiet = (self.quiet + frames).min(self.drained);
        }
        let heard = self.quiet < self.drained;
        if !heard {
            self.pass_over();
        }
        heard
    }

    /// Nobody hears the tick.
    fn pass_over(&mut self) {
        if self.inbound.skip() {
            self.passed = true;
        } else {
            self.convert();
        }
    }

    /// Makes the tick.
    fn convert(&mut self) -> Planes<'_> {
        if std::mem::take(&mut self.passed) {
            self.inbound.reset();
        }
        let whole = self.tick.frames();
        self.inbound.convert(self.sent.part(0..self.inbound.needed()), self.tick.part_mut(0..whole));
        self.tick.part(0..whole)
    }

    /// A tick of what was sent; `None` if it is only silence.
    fn read(&mut self) -> Option<(Planes<'_>, bool)> {
        let active = self.advance().then_some(self.active)?;
        Some((self.convert(), active))
    }
}

/// From ticks of the mixer to packets.
pub(crate) struct Outgoing {
    outbound: Outbound,
    /// For a receiver with a clock of its own.
    slipping: Option<Slipping>,
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
        let outbound = Outbound::new(mixer, options.format, tick)?;
        let own = (options.clock == Clock::Own).then_some(options.format);
        let slipping = own.map(|format| Slipping::new(format.channels, outbound.made_most()));
        let counters = Arc::clone(port.counters());
        let waits_ms = own.map_or(0.0, |format| 1000.0 * Slipping::DELAY as f64 / f64::from(format.rate_hz));
        counters.conversion_ms.set_f64(outbound.delay_ms() + waits_ms);
        Ok((port, Self { outbound, slipping, outlet }, counters))
    }

    fn write(&mut self, mix: Planes<'_>) {
        let made = self.outbound.convert(mix);
        match &mut self.slipping {
            Some(slipping) => {
                slipping.give_more(self.outlet.steering_ppm());
                self.outlet.write(slipping.convert(made));
            }
            None => self.outlet.write(made),
        }
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
