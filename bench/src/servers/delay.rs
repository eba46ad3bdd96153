//! How much later the sweeps are heard than they were sent: [`delays_ms`].

use std::time::Instant;

use mixminus::stream::{Decoder as _, Opus};

use super::{member::Came, sound::sweep};
use crate::{
    Result,
    networks::{codec::PACKET, speech::thinned},
};

/// Everything is compared at 8 kHz.
const THINNED: usize = 6;
const PER_MS: f64 = 8.0;
/// How long after its packet a sweep is looked for.
const LATEST_MS: f64 = 1000.0;
/// From this likeness on, of at most 1, it is the sweep: three may talk at once.
const ALIKE: f64 = 0.6;

/// How much later each sweep that was found is heard: from the sending of the packet in which something is, to the
/// arrival of the packet in which it is heard, as if both had it at the same place; else more or less by the distance of
/// the places. The packets are those of a listener, the times those at which sweeps began.
pub fn delays_ms(heard: &[Came], sent: &[Instant]) -> Result<Vec<f64>> {
    let sound = Sound::decoded(heard)?;
    let sweep = thinned(&sweep(), THINNED);
    Ok(sent.iter().filter_map(|at| sound.find(&sweep, *at)).collect())
}

/// What was heard, and when.
struct Sound {
    samples: Vec<f32>,
    /// When packets came, and which sample each begins with.
    packets: Vec<(Instant, usize)>,
}

impl Sound {
    fn decoded(heard: &[Came]) -> Result<Self> {
        let mut decoder = Opus::mono()?;
        let mut out = vec![0.0; decoder.most_samples()];
        let (mut samples, mut packets) = (Vec::new(), Vec::new());
        for packet in heard {
            let frames = decoder.decode(&packet.payload, &mut out)?;
            packets.push((packet.at, samples.len()));
            samples.extend(thinned(&out[..frames], THINNED));
        }
        Ok(Self { samples, packets })
    }

    fn find(&self, sweep: &[f32], sent: Instant) -> Option<f64> {
        let first = self.packets.partition_point(|(at, _)| *at < sent);
        // It may have begun in the packet before, if that came just then.
        let from = self.packets.get(first)?.1.saturating_sub(PACKET / THINNED);
        let most = from + (LATEST_MS * PER_MS) as usize;
        let place = place(self.samples.get(from..most.min(self.samples.len()))?, sweep)? + from;
        let packet = self.packets.partition_point(|(_, begin)| *begin <= place) - 1;
        let (at, begin) = self.packets[packet];
        Some((at.duration_since(sent)).as_secs_f64() * 1000.0 + (place - begin) as f64 / PER_MS)
    }
}

/// Where in some samples something is.
fn place(samples: &[f32], wanted: &[f32]) -> Option<usize> {
    let energy = |samples: &[f32]| samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>();
    let wanted_energy = energy(wanted);
    let likeness = |window: &[f32]| {
        let product: f64 = window.iter().zip(wanted).map(|(a, b)| f64::from(a * b)).sum();
        product / (energy(window).max(1e-9) * wanted_energy).sqrt()
    };
    let places = samples.windows(wanted.len()).map(likeness).enumerate();
    let best = places.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.filter(|(_, likeness)| *likeness > ALIKE).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::codec::encoded;
    use std::time::Duration;

    #[test]
    fn a_sweep_is_found_where_it_is() {
        // 0.2 s of noise, the sweep 7 ms after the begin of a packet, and noise again.
        let mut random = fastrand::Rng::with_seed(3);
        let mut sound: Vec<f32> = (0..48_000).map(|_| (random.f32() - 0.5) * 0.1).collect();
        sound[10 * PACKET + 336..][..sweep().len()].copy_from_slice(&sweep());
        let packets = encoded(&sound).unwrap();
        let begin = Instant::now();
        let came = |(number, payload)| Came { at: begin + Duration::from_millis(20) * number, payload };
        let heard: Vec<_> = (0..).zip(packets).map(came).collect();
        let sent = begin + Duration::from_millis(160);
        let found = delays_ms(&heard, &[sent, begin + Duration::from_millis(500)]).unwrap();
        // 40 ms after it was sent came its packet; 7 ms, and the codec's own delay.
        assert_eq!(found.len(), 1);
        assert!((50.0..60.0).contains(&found[0]), "{}", found[0]);
    }
}
