//! A bad network as the options describe it: its losses, its delays, and the error of the senders'
//! clocks.

use std::ops::RangeInclusive;

use mixminus::stream::{Clock, Depth, InputOptions, StreamFormat};
use serde::Serialize;

use crate::{cli::Options, error::Error};

/// The duration of a packet, if all of them come through this network.
pub const PACKET_MS: f64 = 20.0;

/// What the network does to the packets of every source; the same for the same seed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    pub drop_percent: f64,
    /// The longest delay of a packet.
    pub jitter_ms: f64,
    /// How much faster the senders' clocks run; negative if slower.
    pub drift_ppm: f64,
    pub seed: u64,
    least_depth_ms: f64,
    most_depth_ms: f64,
}

impl Network {
    /// The network that the options describe, or `None`.
    pub fn of(options: &Options) -> Result<Option<Self>, Error> {
        let network = &options.network;
        let asked = [network.drop, network.jitter_ms, network.drift_ppm];
        if asked.iter().all(Option::is_none) {
            let idle = network.depth_ms.is_some() || network.seed.is_some();
            let text = "--seed and --depth-ms are about a bad network: \
                        they need --drop, --jitter-ms or --drift-ppm";
            return if idle { Err(Error::Usage(text.to_owned())) } else { Ok(None) };
        }
        let [drop_percent, jitter_ms, drift_ppm] = asked.map(Option::unwrap_or_default);
        check("--drop", drop_percent, 0.0..=100.0, "percent")?;
        check("--jitter-ms", jitter_ms, 0.0..=1000.0, "ms")?;
        check("--drift-ppm", drift_ppm, -1000.0..=1000.0, "ppm")?;
        let Depth { least_ms: least_depth_ms, most_ms: most_depth_ms } = network.depth_ms.unwrap_or_default();
        check("--depth-ms", most_depth_ms, 0.0..=5000.0, "ms")?;
        check("--depth-ms", least_depth_ms, 0.0..=most_depth_ms, "ms")?;
        let seed = network.seed.unwrap_or(1);
        Ok(Some(Self { drop_percent, jitter_ms, drift_ppm, seed, least_depth_ms, most_depth_ms }))
    }

    /// The options of the input port that receives from this network.
    pub fn port(&self, format: StreamFormat) -> InputOptions {
        let clock = if self.drift_ppm == 0.0 { Clock::Locked } else { Clock::FreeRunning };
        let depth = Depth::between(self.least_depth_ms, self.most_depth_ms);
        InputOptions { clock, depth, ..InputOptions::new(format) }
    }

    /// The speed of the senders' clocks, where 1 is exact.
    pub fn speed(&self) -> f64 {
        1.0 + 1e-6 * self.drift_ppm
    }
}

fn check(option: &str, value: f64, range: RangeInclusive<f64>, unit: &str) -> Result<(), Error> {
    if range.contains(&value) {
        return Ok(());
    }
    let (least, most) = range.into_inner();
    Err(Error::Usage(format!("{option} {value} is not between {least} and {most} {unit}")))
}

/// Random numbers that are the same in every run: the generator SplitMix64.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// The numbers for one stay of one participant.
    pub fn new(seed: u64, member: usize, since: usize) -> Self {
        [member as u64, since as u64].into_iter().fold(Self(seed), |mut dice, more| Self(dice.next() ^ more))
    }

    /// A random number in [0, 1).
    pub fn throw(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
