//! Where a piece of sound is most like another: [`Likeness`], by normalized cross-correlation, first at a low rate and
//! then sample by sample. So a stretch repeats or leaves out whole periods (waveform similarity, WSOLA: Verhelst and
//! Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993), and a concealment finds the period
//! that it goes on with. Nothing here allocates but [`Likeness::new`].

use crate::data::memory::filled;

/// The rate at which is searched first, in Hz.
const LOW_HZ: u32 = 6000;

/// The best place, and how like the sound is there: 1 for the same wave at any level, 0 or less for another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Match {
    pub shift: usize,
    pub likeness: f32,
}

#[derive(Debug)]
pub(crate) struct Likeness {
    /// Samples that become one at the low rate.
    ratio: usize,
    wanted: Vec<f32>,
    among: Vec<f32>,
}

impl Likeness {
    /// For sounds of up to `longest` samples.
    pub fn new(rate_hz: u32, longest: usize) -> Self {
        let ratio = (rate_hz / LOW_HZ).max(1) as usize;
        let room = longest / ratio + 1;
        Self { ratio, wanted: filled(room, 0.0), among: filled(room, 0.0) }
    }

    /// The shift at which `among` is most like `wanted`, which is shorter or as long.
    pub fn best(&mut self, wanted: &[f32], among: &[f32]) -> Match {
        let last = among.len().saturating_sub(wanted.len());
        let coarse = self.coarse(wanted, among) * self.ratio;
        let (from, to) = (coarse.saturating_sub(self.ratio), (coarse + self.ratio).min(last));
        search(wanted, among, from.min(last), to)
    }

    /// The same at the low rate.
    fn coarse(&mut self, wanted: &[f32], among: &[f32]) -> usize {
        let wanted = lower(wanted, self.ratio, &mut self.wanted);
        let among = lower(among, self.ratio, &mut self.among);
        search(wanted, among, 0, among.len().saturating_sub(wanted.len())).shift
    }
}

/// Means of so many samples each.
fn lower<'a>(from: &[f32], ratio: usize, to: &'a mut [f32]) -> &'a [f32] {
    let count = (from.len() / ratio).min(to.len());
    for (low, high) in to[..count].iter_mut().zip(from.chunks_exact(ratio)) {
        *low = high.iter().sum::<f32>() / ratio as f32;
    }
    &to[..count]
}

fn search(wanted: &[f32], among: &[f32], from: usize, to: usize) -> Match {
    // Without the mean: a constant is like everything.
    let mean = among.iter().sum::<f32>() / among.len().max(1) as f32;
    let own = wanted.iter().sum::<f32>() / wanted.len().max(1) as f32;
    let energy: f32 = wanted.iter().map(|sample| (sample - own).powi(2)).sum();
    let mut best = Match { shift: from, likeness: -1.0 };
    for shift in from..=to {
        let Some(piece) = among.get(shift..shift + wanted.len()) else { break };
        let (product, power) = products(wanted, piece, own, mean);
        let likeness = product / (energy * power).sqrt().max(1e-9);
        if likeness > best.likeness {
            best = Match { shift, likeness };
        }
    }
    best
}

/// The product of two pieces, and the energy of the second.
fn products(wanted: &[f32], piece: &[f32], own: f32, mean: f32) -> (f32, f32) {
    const LANES: usize = 8;
    let (mut product, mut power) = ([0.0_f32; LANES], [0.0_f32; LANES]);
    let (a, b) = (wanted.chunks_exact(LANES), piece.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let (mut over, mut under) = (0.0, 0.0);
    for (a, b) in rest {
        over += (a - own) * (b - mean);
        under += (b - mean) * (b - mean);
    }
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            let away = b[lane] - mean;
            product[lane] += (a[lane] - own) * away;
            power[lane] += away * away;
        }
    }
    (over + product.iter().sum::<f32>(), under + power.iter().sum::<f32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of 100 Hz with overtones.
    fn voice(rate_hz: f32, at: usize) -> f32 {
        let turn = |hz: f32| (std::f32::consts::TAU * hz * at as f32 / rate_hz).sin();
        0.1 + 0.3 * turn(100.0) + 0.2 * turn(300.0) + 0.1 * turn(1100.0)
    }

    #[test]
    fn it_finds_the_period_to_the_sample() {
        for rate_hz in [8000, 16_000, 44_100, 48_000] {
            let sound: Vec<f32> = (0..rate_hz as usize / 10).map(|at| voice(rate_hz as f32, at)).collect();
            let (window, first) = (rate_hz as usize / 100, rate_hz as usize / 400);
            let mut likeness = Likeness::new(rate_hz, sound.len());
            let found = likeness.best(&sound[..window], &sound[first..first + 5 * window / 2]);
            let period = found.shift + first;
            assert!(period.abs_diff(rate_hz as usize / 100) <= 1, "{rate_hz} Hz: {period}");
            assert!(found.likeness > 0.99);
        }
    }

    #[test]
    fn what_is_not_there_is_unlike() {
        let (rising, other): (Vec<f32>, Vec<f32>) =
            (0..200_u32).map(|at| (at as f32, at.wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32)).unzip();
        assert!(Likeness::new(8000, 200).best(&rising[..80], &other).likeness < 0.5);
        let silent = Likeness::new(48_000, 200).best(&[0.0; 100], &[0.0; 200]);
        assert!(silent.likeness.abs() < 1e-3 && silent.shift <= 100);
    }
}
