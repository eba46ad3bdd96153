//! The audio thread's side of a participant's ports: what it sends, on the way from packets to the
//! mixer's format, and what it hears, on the way back.

use std::{fmt, sync::Arc};

use super::{
    convert::{Buffer, Inbound, Outbound, Slipping},
    format::Clock,
    inlet::Inlet,
    input::{self, InputPort},
    measure::{mean_square, mid_square},
    options::{InputOptions, OutputOptions, PortError},
    outlet::Outlet,
    output::{self, OutputPort},
    playout::Got,
};
use crate::data::{
    channels::Planes,
    connection::{Connection, Told},
    loudness::{cancels, square_of_dbov},
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
    fn advance(&mut self, _: u64) -> Option<Told> {
        self.input.as_mut().and_then(Incoming::advance)
    }

    fn read(&mut self) -> Planes<'_> {
        self.input.as_mut().map_or(Planes { left: &[], right: None }, Incoming::read)
    }

    fn discard(&mut self) {
        if let Some(input) = &mut self.input {
            input.discard();
        }
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
    /// What is known of the samples that were taken last.
    told: Told,
    /// Whether they are folded to one channel.
    folds: bool,
    /// How many samples of silence have passed since anything was heard; and how many make a pause
    /// in which nothing is left in the conversion.
    quiet: usize,
    drained: usize,
    /// For how many ticks nobody has read what was told of.
    unheard: u64,
    /// Whether the frame of this tick waits to be read; and whether the conversion has passed over frames.
    waiting: bool,
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
            told: Told { mean_square: 0.0, active: false, anti_phase: false },
            folds: options.format.channels.count() > mixer.channels.count(),
            // Nothing has been heard yet.
            quiet: drained,
            drained,
            unheard: 0,
            waiting: false,
            passed: true,
        };
        Ok((port, incoming, counters))
    }

    /// Takes the samples of a tick, as they were sent; `None` if they are only silence after a pause.
    fn advance(&mut self) -> Option<Told> {
        if std::mem::take(&mut self.waiting) {
            self.unheard += 1;
            self.pass_over();
        }
        let frames = self.inbound.needed();
        let got = self.inlet.read(frames, self.sent.part_mut(0..frames), self.unheard);
        self.quiet = if got.heard { 0 } else { (self.quiet + frames).min(self.drained) };
        if got.real || got.active {
            self.told.active = got.active;
        }
        if self.quiet >= self.drained {
            self.pass_over();
            return None;
        }
        self.waiting = true;
        // A tick may need no samples: then it is as loud as those before.
        if frames > 0 {
            self.measure(frames, &got);
        }
        Some(self.told)
    }

    fn measure(&mut self, frames: usize, got: &Got) {
        let sent = self.sent.part(0..frames);
        let square = mean_square(sent);
        self.told.mean_square = got.level.map_or(square, square_of_dbov);
        self.told.anti_phase =
            self.folds && sent.right.is_some_and(|right| cancels(mid_square(sent.left, right), square));
    }

    /// Nobody hears the samples of a tick.
    fn pass_over(&mut self) {
        if self.inbound.skip() {
            self.passed = true;
        } else {
            self.convert();
        }
    }

    /// Makes the frame of which [`advance`](Self::advance) told.
    fn read(&mut self) -> Planes<'_> {
        (self.waiting, self.unheard) = (false, 0);
        if std::mem::take(&mut self.passed) {
            self.inbound.reset();
        }
        self.convert();
        self.tick.part(0..self.tick.frames())
    }

    /// Drops what has come.
    fn discard(&mut self) {
        if std::mem::take(&mut self.waiting) {
            // Its tick is over.
            self.pass_over();
        }
        self.inlet.discard();
        self.inbound.forget();
        (self.quiet, self.passed, self.unheard) = (self.drained, true, 0);
        self.told = Told { mean_square: 0.0, active: false, anti_phase: false };
    }

    fn convert(&mut self) {
        let whole = self.tick.frames();
        self.inbound.convert(self.sent.part(0..self.inbound.needed()), self.tick.part_mut(0..whole));
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
        let own = (options.clock == Clock::FreeRunning).then_some(options.format);
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
