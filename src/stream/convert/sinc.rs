//! The sinc way, for rates that have no short block in common: one windowed sinc, read at any place
//! between two samples.
//!
//! Measured against 48 kHz, with tones off the beat and a ratio that is 250 ppm off. The cost is of
//! a mono tick of 10 ms at 48 kHz, of 300 streams in turn, on a busy machine; cutoffs of 0.98 to 1
//! of the lower rate:
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
    Async, FixedAsync, Resampler, ResamplerConstructionError, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

use super::planes::resample;
use crate::data::channels::{Channels, Planes, PlanesMut};

/// Samples of the lower rate that a filter spans.
const TAPS: f64 = 64.0;
/// Places between two samples of the lower rate for which there is a filter.
const PLACES: f64 = 64.0;

#[derive(Debug)]
pub(super) struct Sinc {
    sinc: Async<f32>,
    /// Samples in for one sample out.
    step: f64,
    taps: f64,
    places: f64,
    /// Samples of each call on the side whose length is fixed.
    tick: usize,
}

impl Sinc {
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
        let sinc = Async::new_sinc(step.recip(), 1.0, &parameters, tick, channels.count(), fixed)?;
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

    /// The most that a call takes, where its output is fixed: a part of a sample more at times.
    pub fn needed_most(&self) -> usize {
        (self.tick as f64 * self.step).ceil() as usize + 1
    }

    /// The most that a call gives, where its input is fixed.
    pub fn makes_most(&self) -> usize {
        (self.tick as f64 / self.step).floor() as usize + 1
    }

    pub fn convert(&mut self, from: Planes<'_>, to: PlanesMut<'_>) {
        resample(&mut self.sinc, from, to);
    }

    /// How many samples late a sound comes out, where the output is fixed.
    pub fn output_delay(&self) -> usize {
        ((self.delay_out_fixed() - 1.0) / self.step).round() as usize
    }

    /// As if nothing had been converted.
    pub fn reset(&mut self) {
        self.sinc.reset();
    }

    /// The delay in samples of the input, where the output is fixed. A filter's middle is half of
    /// it behind its first sample; a call begins a step on, and the first of the filters a place
    /// on. One more sample must be there than is read.
    pub fn delay_out_fixed(&self) -> f64 {
        self.taps / 2.0 - self.step - self.places.recip() + 1.0
    }

    /// The time of the first sample that it gives, in samples of the input, where that is fixed. A filter's middle is half
    /// of it behind its first sample; the first sample that it reads is the one before the input begins, a step on.
    pub fn first_at_in_fixed(&self) -> f64 {
        self.step - self.taps / 2.0 + self.places.recip()
    }

    /// The delay where the input is fixed: two more samples must be there than are read, and up to
    /// a step of the input waits.
    pub fn delay_in_fixed(&self) -> f64 {
        self.taps / 2.0 - self.step / 2.0 - self.places.recip() + 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sample_more_is_there_than_is_read() {
        let mut sinc = Sinc::new((8000, 8000), FixedAsync::Output, 80, Channels::Mono).unwrap();
        let mut out = [0.0; 80];
        let ticks = (0..10).map(|_| {
            let needed = sinc.needed();
            assert!(needed <= sinc.needed_most());
            let sent = vec![0.0; needed];
            sinc.convert(Planes { left: &sent, right: None }, PlanesMut { left: &mut out, right: None });
            needed
        });
        assert_eq!(ticks.sum::<usize>(), 801);
    }

    #[test]
    fn stretched_filters_keep_the_size_of_their_tables() {
        for hz in [8000, 48_000, 96_000, 768_000] {
            let sinc = Sinc::new((hz, 8000), FixedAsync::Output, 80, Channels::Mono).unwrap();
            assert_eq!(sinc.taps, 64.0 * sinc.step);
            assert!(sinc.places >= 4.0 && sinc.places * sinc.step >= 64.0);
        }
    }
}
