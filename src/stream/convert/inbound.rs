//! From what a participant sends to the mixer's ticks: [`Inbound`]. The mixer's need drives it.

use rubato::FixedAsync;

use super::{
    Way, carried,
    fixed::{FixedIn, delay_ms},
    planes::{Buffer, copy, fold},
    sinc::Sinc,
    too_far,
};
use crate::{
    data::channels::{Planes, PlanesMut},
    stream::{FormatError, StreamFormat},
};

/// One stream of one participant, on its way in.
///
/// For each tick: ask how much is [`needed`](Self::needed), then [`convert`](Self::convert) exactly
/// that.
#[derive(Debug)]
pub(crate) struct Inbound {
    from: StreamFormat,
    mixer: StreamFormat,
    tick: usize,
    path: Path,
    /// The input of the resampler: in the channels that are resampled, and finite.
    taken: Buffer,
}

#[derive(Debug)]
enum Path {
    Through,
    Fixed(Box<FixedIn>),
    Sinc(Box<Sinc>),
}

impl Inbound {
    /// `tick`: samples of a tick of the mixer.
    ///
    /// # Errors
    /// [`FormatError`] if a rate, or the ratio of the two, is out of range.
    pub fn new(from: StreamFormat, mixer: StreamFormat, tick: usize) -> Result<Self, FormatError> {
        let channels = carried(from, mixer);
        let path = match Way::between(from, mixer, tick)? {
            Way::Through => Ok(Path::Through),
            Way::Fixed(block) => FixedIn::new(block, tick, channels).map(|incoming| Path::Fixed(Box::new(incoming))),
            Way::Sinc => Sinc::new((from.rate_hz, mixer.rate_hz), FixedAsync::Output, tick, channels)
                .map(|sinc| Path::Sinc(Box::new(sinc))),
        };
        // The resampler accepts all rates that pass the checks.
        let path = path.map_err(|_| too_far(from, mixer))?;
        let room = if matches!(path, Path::Through) { 0 } else { most(&path, tick) };
        Ok(Self { from, mixer, tick, path, taken: Buffer::new(channels, room) })
    }

    /// How many samples of each channel, at the participant's rate, the next
    /// [`convert`](Self::convert) takes: 0 or more, not always the same.
    pub fn needed(&self) -> usize {
        match &self.path {
            Path::Through => self.tick,
            Path::Fixed(fixed) => fixed.needed(),
            Path::Sinc(sinc) => sinc.needed(),
        }
    }

    /// The most that is ever needed.
    pub fn needed_most(&self) -> usize {
        most(&self.path, self.tick)
    }

    /// Takes [`needed`](Self::needed) samples, in the channels of the participant, and writes a
    /// tick, in the channels of the mixer. Real time. With fewer samples the tick, or a part of it,
    /// is silent.
    pub fn convert(&mut self, input: Planes<'_>, out: PlanesMut<'_>) {
        if let Path::Through = self.path {
            return fold(input, out);
        }
        let taken = self.taken.take(input);
        match &mut self.path {
            Path::Through => {}
            Path::Fixed(fixed) => fold(fixed.convert(taken), out),
            Path::Sinc(sinc) => {
                let PlanesMut { left, right } = out;
                match (taken.right, right) {
                    (None, Some(right)) => {
                        sinc.convert(taken, PlanesMut { left: &mut *left, right: None });
                        copy(left, right);
                    }
                    (_, right) => sinc.convert(taken, PlanesMut { left, right }),
                }
            }
        }
    }

    /// The delay of a sound against one that passes through, in ms: of the filter, and of blocks
    /// that are taken before all of their ticks.
    pub fn delay_ms(&self) -> f64 {
        match &self.path {
            Path::Through => 0.0,
            Path::Fixed(fixed) => {
                let block = fixed.block();
                delay_ms((block.stream, self.from.rate_hz), (block.ahead(self.tick), self.mixer.rate_hz))
            }
            Path::Sinc(sinc) => 1e3 * sinc.delay_out_fixed() / f64::from(self.from.rate_hz),
        }
    }

    /// How many samples of the mixer later a sound is in what is given than it was in what was taken.
    pub fn output_delay(&self) -> usize {
        match &self.path {
            Path::Through => 0,
            Path::Fixed(fixed) => fixed.output_delay(),
            Path::Sinc(sinc) => sinc.output_delay(),
        }
    }

    /// Passes over the samples that are [`needed`](Self::needed), without converting them. Nothing is heard of them: the
    /// next conversion is to begin with a [`reset`](Self::reset). `false` if that cannot be, and they are to be
    /// converted. Real time.
    pub fn skip(&mut self) -> bool {
        match &mut self.path {
            Path::Through => true,
            Path::Fixed(fixed) => {
                fixed.skip();
                true
            }
            Path::Sinc(_) => false,
        }
    }

    /// As if silence had been sent before. Real time.
    pub fn reset(&mut self) {
        match &mut self.path {
            Path::Through => {}
            Path::Fixed(fixed) => fixed.reset(),
            // It goes on: what it took is the past of what it will take.
            Path::Sinc(_) => {}
        }
    }

    /// Of what it took nothing is heard any more: what it takes next is the beginning of a sound. Real time.
    pub fn forget(&mut self) {
        match &mut self.path {
            Path::Sinc(sinc) => sinc.reset(),
            Path::Through | Path::Fixed(_) => self.reset(),
        }
    }
}

fn most(path: &Path, tick: usize) -> usize {
    match path {
        Path::Through => tick,
        Path::Fixed(fixed) => fixed.needed_most(),
        Path::Sinc(sinc) => sinc.needed_most(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEREO: StreamFormat = StreamFormat::stereo(48_000);

    fn tick_of(inbound: &mut Inbound, left: f32, right: Option<f32>) -> ([f32; 4], [f32; 4]) {
        let (mut to_left, mut to_right) = ([9.0; 4], [9.0; 4]);
        let planes = (vec![left; inbound.needed()], right.map(|right| vec![right; inbound.needed()]));
        let stereo = inbound.mixer.channels.count() == 2;
        let out = PlanesMut { left: &mut to_left, right: stereo.then_some(&mut to_right) };
        inbound.convert(Planes { left: &planes.0, right: planes.1.as_deref() }, out);
        (to_left, to_right)
    }

    #[test]
    fn at_the_mixers_rate_samples_pass_bit_for_bit() {
        let mut inbound = Inbound::new(STEREO, STEREO, 4).unwrap();
        assert_eq!(tick_of(&mut inbound, 1e-42, Some(-3e38)), ([1e-42; 4], [-3e38; 4]));
        assert_eq!((inbound.needed(), inbound.needed_most(), inbound.delay_ms()), (4, 4, 0.0));
    }

    #[test]
    fn mono_comes_on_both_sides_on_every_way() {
        for rate_hz in [48_000, 24_000, 47_999] {
            let mut inbound = Inbound::new(StreamFormat::mono(rate_hz), STEREO, 4).unwrap();
            let ticks: Vec<_> = (0..500).map(|_| tick_of(&mut inbound, 0.5, None)).collect();
            assert!(ticks.iter().all(|(left, right)| left == right));
            assert!(ticks[499].0.iter().all(|sample| (sample - 0.5).abs() < 1e-5));
        }
    }

    #[test]
    fn stereo_keeps_its_sides_or_comes_as_their_mean_on_every_way() {
        for rate_hz in [48_000, 96_000, 47_999] {
            let last = |mixer: StreamFormat| {
                let mut inbound = Inbound::new(StreamFormat::stereo(rate_hz), mixer, 4).unwrap();
                (0..500).map(|_| tick_of(&mut inbound, 0.5, Some(-0.25))).last().unwrap()
            };
            let near = |heard: [f32; 4], level: f32| heard.iter().all(|sample| (sample - level).abs() < 1e-5);
            let (left, right) = last(STEREO);
            assert!(near(left, 0.5) && near(right, -0.25));
            assert!(near(last(StreamFormat::mono(48_000)).0, 0.125));
        }
    }

    #[test]
    fn samples_that_are_none_do_no_harm() {
        for rate_hz in [16_000, 47_999] {
            let mut inbound = Inbound::new(StreamFormat::mono(rate_hz), StreamFormat::mono(48_000), 4).unwrap();
            for bad in [f32::NAN, f32::INFINITY, f32::MAX, -f32::MAX] {
                (0..200).for_each(|_| assert_eq!(tick_of(&mut inbound, bad, None).0, [0.0; 4]));
            }
        }
    }

    #[test]
    fn too_few_samples_give_silence() {
        for rate_hz in [16_000, 47_999] {
            let mut inbound = Inbound::new(StreamFormat::mono(rate_hz), StreamFormat::mono(48_000), 4).unwrap();
            let mut out = [1.0; 4];
            inbound.convert(Planes { left: &[], right: None }, PlanesMut { left: &mut out, right: None });
            assert_eq!(out, [0.0; 4]);
        }
    }
}
