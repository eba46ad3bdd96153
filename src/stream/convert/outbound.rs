//! From the mixer's ticks to what a participant hears: [`Outbound`]. Ticks drive it.

use rubato::FixedAsync;

use super::{
    Way, carried,
    fixed::{FixedOut, delay_ms},
    planes::Buffer,
    sinc::Sinc,
    too_far,
};
use crate::{
    data::channels::{Channels, Planes},
    stream::{FormatError, StreamFormat},
};

/// One stream to one participant, on its way out.
#[derive(Debug)]
pub(crate) struct Outbound {
    mixer: StreamFormat,
    to: StreamFormat,
    tick: usize,
    path: Path,
    /// The input of the resampler: in the channels that are resampled, and finite.
    taken: Buffer,
}

#[derive(Debug)]
enum Path {
    Through,
    Fixed(Box<FixedOut>),
    Sinc { sinc: Box<Sinc>, made: Buffer },
}

impl Outbound {
    /// `tick`: samples of a tick of the mixer.
    ///
    /// # Errors
    /// [`FormatError`] if a rate, or the ratio of the two, is out of range.
    pub fn new(mixer: StreamFormat, to: StreamFormat, tick: usize) -> Result<Self, FormatError> {
        let channels = carried(to, mixer);
        let path = match Way::between(to, mixer, tick)? {
            Way::Through => Ok(Path::Through),
            Way::Fixed(block) => FixedOut::new(block, tick, channels).map(|outgoing| Path::Fixed(Box::new(outgoing))),
            Way::Sinc => Sinc::new((mixer.rate_hz, to.rate_hz), FixedAsync::Input, tick, channels)
                .map(|sinc| Path::Sinc { made: Buffer::new(channels, sinc.makes_most()), sinc: Box::new(sinc) }),
        };
        // The resampler accepts all rates that pass the checks.
        let path = path.map_err(|_| too_far(to, mixer))?;
        Ok(Self { mixer, to, tick, path, taken: Buffer::new(channels, tick) })
    }

    /// The most samples of each channel that one tick gives.
    pub fn made_most(&self) -> usize {
        match &self.path {
            Path::Through => self.tick,
            Path::Fixed(fixed) => fixed.made_most(),
            Path::Sinc { made, .. } => made.frames(),
        }
    }

    /// Whether each tick gives the same number of samples, [`made_most`](Self::made_most).
    pub fn makes_equal_ticks(&self) -> bool {
        match &self.path {
            Path::Through => true,
            Path::Fixed(fixed) => fixed.block().ahead(self.tick) == 0,
            Path::Sinc { .. } => false,
        }
    }

    /// Takes a tick, in the channels of the mixer, and gives the samples that it makes, in the
    /// channels of the participant: 0 or more, not always the same number. Real time.
    pub fn convert<'a>(&'a mut self, mix: Planes<'a>) -> Planes<'a> {
        let made = match &mut self.path {
            Path::Through if mix.right.is_some() && self.to.channels == Channels::Mono => self.taken.take(mix),
            Path::Through => mix,
            Path::Fixed(fixed) => fixed.convert(self.taken.take(mix)),
            Path::Sinc { sinc, made } => {
                let count = sinc.makes();
                sinc.convert(self.taken.take(mix), made.part_mut(0..count));
                made.part(0..count)
            }
        };
        match self.to.channels {
            Channels::Mono => made,
            Channels::Stereo => Planes { right: made.right.or(Some(made.left)), ..made },
        }
    }

    /// The time of the first sample that it gives, in samples of the mixer from the first one that it takes: less than 0
    /// by the delay of its filter. The others follow at equal distances.
    pub fn first_at(&self) -> f64 {
        match &self.path {
            Path::Through => 0.0,
            Path::Fixed(fixed) => fixed.first_at(),
            Path::Sinc { sinc, .. } => sinc.first_at_in_fixed(),
        }
    }

    /// The delay of a sound against one that passes through, in ms: of the filter, and of blocks
    /// that are given once all of their ticks are there.
    pub fn delay_ms(&self) -> f64 {
        match &self.path {
            Path::Through => 0.0,
            Path::Fixed(fixed) => {
                let block = fixed.block();
                delay_ms((block.mixer, self.mixer.rate_hz), (block.ahead(self.tick), self.mixer.rate_hz))
            }
            Path::Sinc { sinc, .. } => 1e3 * sinc.delay_in_fixed() / f64::from(self.mixer.rate_hz),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONO: StreamFormat = StreamFormat::mono(48_000);
    const STEREO: StreamFormat = StreamFormat::stereo(48_000);

    #[test]
    fn at_the_mixers_rate_samples_pass_bit_for_bit() {
        let mut outbound = Outbound::new(STEREO, STEREO, 2).unwrap();
        let heard = outbound.convert(Planes { left: &[1e-42, f32::NAN], right: Some(&[3e38, 1.0]) });
        assert_eq!(heard.left[0], 1e-42);
        assert!(heard.left[1].is_nan());
        assert_eq!(heard.right, Some(&[3e38, 1.0][..]));
        assert_eq!((outbound.made_most(), outbound.delay_ms()), (2, 0.0));
    }

    #[test]
    fn a_mono_mix_is_heard_on_both_sides_and_a_stereo_mix_as_the_mean() {
        let mut both = Outbound::new(MONO, STEREO, 2).unwrap();
        let heard = both.convert(Planes { left: &[0.5, 0.25], right: None });
        assert_eq!((heard.left, heard.right), (&[0.5, 0.25][..], Some(&[0.5, 0.25][..])));
        let mut mean = Outbound::new(STEREO, MONO, 2).unwrap();
        let heard = mean.convert(Planes { left: &[0.5, 0.25], right: Some(&[1.0, -0.25]) });
        assert_eq!((heard.left, heard.right), (&[0.75, 0.0][..], None));
    }

    #[test]
    fn channels_are_kept_or_folded_where_rates_are_changed() {
        for rate_hz in [16_000, 96_000, 47_999] {
            let last = |mixer: StreamFormat, to: StreamFormat, right: Option<&[f32]>| {
                let mut outbound = Outbound::new(mixer, to, 480).unwrap();
                let mut heard = (0.0, None);
                for _ in 0..4 {
                    let made = outbound.convert(Planes { left: &[0.5; 480], right });
                    heard = (made.left[9], made.right.map(|right| right[9]));
                }
                heard
            };
            let near = |heard: f32, level: f32| (heard - level).abs() < 1e-5;
            let right = [-0.25; 480];
            let (left, heard) = last(STEREO, StreamFormat::stereo(rate_hz), Some(&right));
            assert!(near(left, 0.5) && near(heard.unwrap(), -0.25));
            let (mean, none) = last(STEREO, StreamFormat::mono(rate_hz), Some(&right));
            assert!(near(mean, 0.125) && none.is_none());
            let (left, heard) = last(MONO, StreamFormat::stereo(rate_hz), None);
            assert!(near(left, 0.5) && heard == Some(left));
        }
    }

    #[test]
    fn samples_that_are_none_do_no_harm() {
        for rate_hz in [16_000, 47_999] {
            let mut outbound = Outbound::new(MONO, StreamFormat::mono(rate_hz), 480).unwrap();
            for bad in [f32::NAN, f32::INFINITY, -f32::MAX] {
                let mix = [bad; 480];
                let heard = outbound.convert(Planes { left: &mix, right: None });
                assert!(heard.left.len() > 150 && heard.left.iter().all(|sample| *sample == 0.0));
            }
        }
    }
}
