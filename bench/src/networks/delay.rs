//! How long sound was on its way, found in the sound itself: [`Finder`].

use std::{fmt, sync::Arc};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use super::trace::PACKET_MS;

/// The rate of everything here: 8 kHz.
const PER_MS: f64 = 8.0;
/// What is looked for: 400 ms of the heard, every 200 ms.
const WINDOW: usize = 3200;
const HOP: usize = 1600;
/// How long it may have been on its way, and how much later than captured it may seem to be heard.
const LONGEST: usize = 8000;
const MARGIN: usize = 400;
const SIZE: usize = 16_384;
/// What is quieter has no place.
const QUIET: f32 = 1e-5;
/// From this likeness on, of at most 1, it is the same sound.
const ALIKE: f64 = 0.6;

/// Looks for what is heard in what was sent.
pub struct Finder {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

/// What was sent, at 8 kHz, and when its packets of 20 ms were.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The samples.
    pub samples: &'a [f32],
    /// When each packet was sent, in ms: once its last sample was captured.
    pub sent_ms: &'a [f64],
}

impl Sent<'_> {
    /// When a sample was captured, in ms.
    fn captured_ms(&self, sample: f64) -> f64 {
        let packet = PACKET_MS * PER_MS;
        let number = ((sample / packet).max(0.0) as usize).min(self.sent_ms.len().saturating_sub(1));
        let sent = self.sent_ms.get(number).copied().unwrap_or_default();
        sent - PACKET_MS + (sample - packet * number as f64) / PER_MS
    }

    /// The sample that is captured at a time.
    fn place(&self, ms: f64) -> i64 {
        let number = self.sent_ms.partition_point(|sent| sent - PACKET_MS <= ms).saturating_sub(1);
        let begin = self.sent_ms.get(number).map_or(0.0, |sent| sent - PACKET_MS);
        ((number as f64 * PACKET_MS + ms - begin) * PER_MS) as i64
    }

    /// Samples from a place on, which may lie outside.
    fn piece(&self, from: i64, count: usize) -> Vec<f32> {
        let sample = |at: i64| usize::try_from(at).ok().and_then(|at| self.samples.get(at)).copied().unwrap_or(0.0);
        (from..from + count as i64).map(sample).collect()
    }
}

/// A delay that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// When it was heard: the middle of the window, in ms.
    pub at_ms: f64,
    /// From its capture until then.
    pub delay_ms: f64,
    /// How alike what was heard and what was sent are: up to 1.
    pub likeness: f64,
}

impl Finder {
    /// Ready to look.
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(SIZE), inverse: planner.plan_fft_inverse(SIZE) }
    }

    /// The delays of what is heard between two times. `heard`, at 8 kHz, begins at `begin_ms`.
    pub fn find(&self, heard: &[f32], begin_ms: f64, sent: &Sent<'_>, within: std::ops::Range<f64>) -> Vec<Found> {
        let length = WINDOW as f64 / PER_MS;
        let windows = (0..heard.len().saturating_sub(WINDOW)).step_by(HOP);
        let find = |start: usize| {
            let t = begin_ms + start as f64 / PER_MS;
            let inside = t >= within.start && t + length <= within.end;
            let window = &heard[start..start + WINDOW];
            let from = sent.place(t) - LONGEST as i64;
            let (likeness, place) = inside.then(|| self.place(window, sent, from)).flatten()?;
            let at_ms = t + length / 2.0;
            Some(Found { at_ms, delay_ms: at_ms - sent.captured_ms(place as f64 + WINDOW as f64 / 2.0), likeness })
        };
        windows.filter_map(find).collect()
    }

    /// Where in what was sent, from a place on, a window is, and how alike they are.
    fn place(&self, window: &[f32], sent: &Sent<'_>, from: i64) -> Option<(f64, i64)> {
        let energy: f32 = window.iter().map(|sample| sample * sample).sum();
        if energy / (WINDOW as f32) < QUIET {
            return None;
        }
        let piece = sent.piece(from, WINDOW + LONGEST + MARGIN);
        let products = self.products(&piece, window)?;
        let square = |sample: f32| f64::from(sample) * f64::from(sample);
        let mut sum: f64 = piece[..WINDOW].iter().copied().map(square).sum();
        let mut best = None;
        for at in 0..=LONGEST + MARGIN {
            if at > 0 {
                sum += square(piece[at + WINDOW - 1]) - square(piece[at - 1]);
            }
            let likeness = f64::from(products[at]) / SIZE as f64 / (sum.max(1e-6) * f64::from(energy)).sqrt();
            if likeness > best.map_or(ALIKE, |(most, _)| most) {
                best = Some((likeness, from + at as i64));
            }
        }
        best
    }

    /// The sums of products of the window and the piece, by the window's place in it.
    fn products(&self, piece: &[f32], window: &[f32]) -> Option<Vec<f32>> {
        let mut spectrum = self.spectrum(piece)?;
        spectrum.iter_mut().zip(self.spectrum(window)?).for_each(|(a, b)| *a *= b.conj());
        // The ends of the spectrum of something real are real.
        for end in [0, SIZE / 2] {
            spectrum[end].im = 0.0;
        }
        let mut products = self.inverse.make_output_vec();
        self.inverse.process(&mut spectrum, &mut products).ok()?;
        Some(products)
    }

    fn spectrum(&self, samples: &[f32]) -> Option<Vec<Complex32>> {
        let mut padded = self.forward.make_input_vec();
        padded.iter_mut().zip(samples).for_each(|(to, sample)| *to = *sample);
        let mut spectrum = self.forward.make_output_vec();
        self.forward.process(&mut padded, &mut spectrum).ok()?;
        Some(spectrum)
    }
}

impl fmt::Debug for Finder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finder").finish_non_exhaustive()
    }
}

/// The mean and the 95th percentile of delays, in ms.
pub fn mean_and_p95(found: &[Found]) -> [f64; 2] {
    let mut delays: Vec<_> = found.iter().map(|found| found.delay_ms).collect();
    delays.sort_by(f64::total_cmp);
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    [mean, delays.get(delays.len() * 95 / 100).copied().unwrap_or(f64::NAN)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::speech::{speech, thinned};

    #[test]
    fn a_delay_that_changes_is_found() {
        let sent = thinned(&speech(48_000 * 10).unwrap(), 6);
        let sent_ms: Vec<_> = (0..500).map(|number| 20.0 * f64::from(number)).collect();
        let mut heard = vec![0.0; 800];
        heard.extend(&sent[..40_000]);
        heard.extend([0.0; 400]);
        heard.extend(&sent[40_000..]);
        let found = Finder::new().find(&heard, 0.0, &Sent { samples: &sent, sent_ms: &sent_ms }, 500.0..9500.0);
        assert!(found.len() > 30, "{}", found.len());
        for Found { at_ms, delay_ms, .. } in &found {
            // The first sample is captured 20 ms before the first packet is sent.
            let expected = if *at_ms < 5100.0 { 120.0 } else { 170.0 };
            assert!((delay_ms - expected).abs() < 0.2 || (at_ms - 5100.0).abs() < 450.0, "{at_ms}: {delay_ms}");
        }
        let [mean, p95] = mean_and_p95(&found);
        assert!(mean > 120.0 && (p95 - 170.0).abs() < 0.2);
    }
}
