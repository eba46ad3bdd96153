//! The adjustable way: one windowed sinc, read at any place between two samples, does the rates and
//! the drift together.
//!
//! Measured against 48 kHz, with tones off the beat and the ratio 250 ppm off. The cost is of a
//! mono tick of 10 ms at 48 kHz, of 300 streams in turn, on a busy machine; cutoffs of 0.98 to 1 of
//! the lower rate:
//!
//! | window of 64 samples of the lower rate | places | between them | images | aliases | cost  | table  |
//! |----------------------------------------|--------|--------------|--------|---------|-------|--------|
//! | Blackman-Harris                        | 256    | linear       | 108 dB | 117 dB  | 15 us | 64 KiB |
//! | Blackman-Harris                        | 64     | quadratic    | 116 dB | 117 dB  | 20 us | 16 KiB |
//! | Blackman-Harris                        | 32     | cubic        | 115 dB | 115 dB  | 35 us | 8 KiB  |
//! | Blackman                               | 64     | quadratic    | 93 dB  | 90 dB   | 20 us | 16 KiB |
//! | Hann squared                           | 64     | quadratic    | 111 dB | 96 dB   | 20 us | 16 KiB |
//!
//! All are flat within 0.01 dB up to 0.85 of half the lower rate. Blackman-Harris falls from unity
//! to nothing between 0.875 and 1.125 of it: nothing folds back below 0.875. The second row is in
//! use. rubato's linear interpolation panics where a place is rounded up to the next sample; its
//! quadratic one goes on to that sample. It needs places whose fractions round alike, so their
//! number is a power of two, and at least 4, since it reads three of them.
//!
//! Where the rate goes down the filter is stretched over more samples, with fewer places between
//! them: the table keeps its size.

use rubato::{
    Adjustable as _, Async, FixedAsync, Resampler, ResamplerConstructionError, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};

use super::planes::resample;
use crate::data::channels::{Channels, Planes, PlanesMut};

/// Samples of the lower rate that a filter spans.
const TAPS: f64 = 64.0;
/// Places between two samples of the lower rate for which there is a filter.
const PLACES: f64 = 64.0;
/// The greatest drift that is followed.
const MOST_PPM: f64 = 5000.0;
/// How much further rubato is told to go, for rounding.
const RANGE: f64 = 1.01;

#[derive(Debug)]
pub(super) struct Adjustable {
    sinc: Async<f32>,
    /// Samples in for one sample out.
    step: f64,
    taps: f64,
    places: f64,
    /// Samples of each call on the side whose length is fixed.
    tick: usize,
}

impl Adjustable {
    /// `fixed`: which side is the mixer's, with `tick` samples in each call.
    pub fn new(
        (from_hz, to_hz): (u32, u32),
        fixed: FixedAsync,
        tick: usize,
        channels: Channels,
    ) -> Result<Self, ResamplerConstructionError> {
        let step = f64::from(from_hz) / f64::from(to_hz);
        let stretch = step.max(1.0);
        let taps = ((TAPS * stretch) as usize).next_multiple_of(8);
        let places = ((PLACES / stretch).ceil() as usize).next_power_of_two().max(4);
        let parameters = SincInterpolationParameters::new(taps, WindowFunction::BlackmanHarris)
            .f_cutoff(1.0)
            .oversampling_factor(places)
            .interpolation(SincInterpolationType::Quadratic);
        let sinc = Async::new_sinc(step.recip(), RANGE, &parameters, tick, channels.count(), fixed)?;
        Ok(Self { sinc, step, taps: taps as f64, places: places as f64, tick })
    }

    /// Samples that the next call takes.
    pub fn needed(&self) -> usize {
        self.sinc.input_frames_next()
    }

    /// Samples that the next call gives.
    pub fn makes(&self) -> usize {
        self.sinc.output_frames_next()
    }

    /// The most that a call takes, where its output is fixed: at the greatest speed, and a part of
    /// a sample more.
    pub fn needed_most(&self) -> usize {
        (self.tick as f64 * self.step * most()).ceil() as usize + 1
    }

    /// The most that a call gives, where its input is fixed.
    pub fn makes_most(&self) -> usize {
        (self.tick as f64 / self.step * most()).floor() as usize + 1
    }

    pub fn convert(&mut self, from: Planes<'_>, to: PlanesMut<'_>) {
        resample(&mut self.sinc, from, to);
    }

    /// Gives this many more samples for as many, from the end of the next call on; until then the
    /// ratio moves evenly.
    pub fn give_more(&mut self, ppm: f64) {
        let ppm = ppm.clamp(-MOST_PPM, MOST_PPM);
        // Only NaN is out of range, and leaves all as it is.
        let _ = self.sinc.set_resample_ratio_relative(1.0 + 1e-6 * ppm, true);
    }

    /// Takes this many more samples for as many.
    pub fn take_more(&mut self, ppm: f64) {
        let ppm = ppm.clamp(-MOST_PPM, MOST_PPM);
        let _ = self.sinc.set_resample_ratio_relative((1.0 + 1e-6 * ppm).recip(), true);
    }

    /// The delay in samples of the input, where the output is fixed. A filter's middle is half of
    /// it behind its first sample; a call begins a step on, and the first of the filters a place
    /// on. One more sample must be there than is read.
    pub fn delay_out_fixed(&self) -> f64 {
        self.taps / 2.0 - self.step - self.places.recip() + 1.0
    }

    /// The delay where the input is fixed: two more samples must be there than are read, and up to
    /// a step of the input waits.
    pub fn delay_in_fixed(&self) -> f64 {
        self.taps / 2.0 - self.step / 2.0 - self.places.recip() + 2.0
    }

    /// As new, at the nominal ratio.
    pub fn reset(&mut self) {
        self.sinc.reset();
    }
}

fn most() -> f64 {
    1.0 + 1e-6 * MOST_PPM
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many samples go in for `ticks` of 80.
    fn taken(sinc: &mut Adjustable, ticks: usize) -> usize {
        let mut out = [0.0; 80];
        (0..ticks)
            .map(|_| {
                let needed = sinc.needed();
                assert!(needed <= sinc.needed_most());
                sinc.convert(
                    Planes { left: &vec![0.0; needed], right: None },
                    PlanesMut { left: &mut out, right: None },
                );
                needed
            })
            .sum()
    }

    fn equal(fixed: FixedAsync) -> Adjustable {
        Adjustable::new((8000, 8000), fixed, 80, Channels::Mono).unwrap()
    }

    #[test]
    fn one_sample_more_is_there_than_is_read() {
        assert_eq!(taken(&mut equal(FixedAsync::Output), 10), 801);
    }

    #[test]
    fn it_is_steered_no_further_than_its_range() {
        let mut sinc = equal(FixedAsync::Output);
        sinc.take_more(1e9);
        // The first tick is on the way there: 0.2 samples less than the others.
        assert_eq!(taken(&mut sinc, 100), 8000 + 40 + 1);
        sinc.take_more(f64::NAN);
        assert_eq!(taken(&mut sinc, 100), 8000 + 40);
        sinc.reset();
        assert_eq!(taken(&mut sinc, 10), 801);
    }

    #[test]
    fn stretched_filters_keep_the_size_of_their_tables() {
        for hz in [8000, 48_000, 96_000, 768_000] {
            let sinc = Adjustable::new((hz, 8000), FixedAsync::Output, 80, Channels::Mono).unwrap();
            assert_eq!(sinc.taps, 64.0 * sinc.step);
            assert!(sinc.places >= 4.0 && sinc.places * sinc.step >= 64.0);
        }
    }
}
