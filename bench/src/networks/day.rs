//! A day of a sender whose clock is off: [`day`].

use fastrand::Rng;

use super::{
    delay::{Finder, Sent, mean_and_p95},
    room::{Room, TICK_MS},
    speech::{RATE_HZ, speech, thinned},
    trace::PACKET_MS,
};
use crate::Result;

const MINUTE_MS: f64 = 60_000.0;
const DAY_MS: f64 = 24.0 * 60.0 * MINUTE_MS;
const JITTER_MS: f64 = 10.0;

/// What became of a day.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// By how much the sender's clock was faster.
    pub ppm: f64,
    /// The rate of the sender and of the mixer.
    pub rate_hz: u32,
    /// What was concealed from half a second on, in ms, and when the first of it was, in hours.
    pub gap_ms: f64,
    /// The hour in which the first of it was.
    pub first_gap_hour: Option<f64>,
    /// The mean delay of the first and of the last minute.
    pub delay_ms: [f64; 2],
    /// What it stretched and shortened by, in ms.
    pub moved_ms: [f64; 2],
}

/// A sender whose clock is faster by some ppm.
struct Sender {
    /// A minute of speech, which is sent again and again.
    minute: Vec<f32>,
    rate_hz: u32,
    ppm: f64,
}

impl Sender {
    fn packet_samples(&self) -> usize {
        self.rate_hz as usize / 50
    }

    fn sent_ms(&self, number: usize) -> f64 {
        PACKET_MS * number as f64 * (1.0 - 1e-6 * self.ppm)
    }

    fn packet(&self, number: usize) -> &[f32] {
        let length = self.packet_samples();
        let at = number % (self.minute.len() / length) * length;
        &self.minute[at..at + length]
    }

    /// The mean delay of what was heard in a minute from a time on, at 8 kHz.
    fn delay_ms(&self, heard: &[f32], begin_ms: f64) -> f64 {
        // No less than the first: what is negative becomes 0.
        let first = ((begin_ms - 1500.0) / PACKET_MS / (1.0 - 1e-6 * self.ppm)) as usize;
        let numbers = first..first + 3200;
        let samples: Vec<f32> = numbers.clone().flat_map(|number| self.packet(number)).copied().collect();
        let samples = thinned(&samples, self.rate_hz as usize / 8000);
        let sent_ms: Vec<_> = numbers.map(|number| self.sent_ms(number)).collect();
        let sent = Sent { samples: &samples, sent_ms: &sent_ms };
        let within = begin_ms + 1000.0..begin_ms + MINUTE_MS;
        mean_and_p95(&Finder::new().find(heard, begin_ms, &sent, within))[0]
    }
}

/// A day, simulated as fast as it goes. `passed` is told every minute of it.
pub fn day(ppm: f64, rate_hz: u32, passed: impl Fn()) -> Result<Day> {
    let minute = thinned(&speech(RATE_HZ as usize * 60)?, (RATE_HZ / rate_hz) as usize);
    let sender = Sender { minute, rate_hz, ppm };
    let mut room = Room::new(rate_hz, false)?;
    let mut random = Rng::with_seed(1);
    let (mut number, mut came_ms) = (0, 0.0);
    let mut heard = [Vec::new(), Vec::new()];
    let last_ms = DAY_MS - MINUTE_MS;
    let (mut early, mut first_gap_hour) = (0, None);
    for tick in 0..(DAY_MS / TICK_MS) as usize {
        let now = TICK_MS * tick as f64;
        while came_ms <= now {
            room.take_samples(sender.packet(number), (number * sender.packet_samples()) as u32);
            number += 1;
            came_ms = sender.sent_ms(number) + JITTER_MS * random.f64();
        }
        let minute = if now < MINUTE_MS { Some(0) } else { (now >= last_ms).then_some(1) };
        room.tick(|samples| {
            if let Some(minute) = minute {
                heard[minute].extend(thinned(samples, rate_hz as usize / 8000));
            }
        });
        if tick == 50 {
            early = room.readings().concealed_samples;
        }
        if tick % 6000 == 5999 {
            let gone = room.readings().concealed_samples > early;
            first_gap_hour = first_gap_hour.or(gone.then_some(now / MINUTE_MS / 60.0));
            passed();
        }
    }
    let readings = room.readings();
    let ms = |samples: u64| samples as f64 * 1000.0 / f64::from(rate_hz);
    Ok(Day {
        ppm,
        rate_hz,
        gap_ms: ms(readings.concealed_samples - early),
        first_gap_hour,
        delay_ms: [sender.delay_ms(&heard[0], 0.0), sender.delay_ms(&heard[1], last_ms)],
        moved_ms: [ms(readings.inserted_samples), ms(readings.removed_samples)],
    })
}

/// The minutes of a day.
pub const MINUTES: u64 = (DAY_MS / MINUTE_MS) as u64;
