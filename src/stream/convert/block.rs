//! The blocks that two rates have in common: [`Block`]. Pure data.

/// A number of samples of the stream, and the number of the mixer's that last exactly as long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    /// Samples at the stream's rate.
    pub stream: usize,
    /// Samples at the mixer's rate.
    pub mixer: usize,
}

impl Block {
    /// The fewest samples of the lower rate. A filter is as long as a block; with fewer samples it
    /// is not flat to 0.85 of half that rate: 3.4 kHz at 8 kHz.
    const LEAST: usize = 80;
    /// The shortest block is the 150th part of a second, 6.7 ms, the longest the 25th part, 40 ms.
    const SHORTEST: usize = 150;
    const LONGEST: usize = 25;

    /// The block that delays least with ticks of `tick` samples: a block that fits in them, if
    /// there is one. `None` if all are too long.
    pub fn between(stream_hz: u32, mixer_hz: u32, tick: usize) -> Option<Self> {
        let (stream, mixer) = (stream_hz as usize, mixer_hz as usize);
        let (common, low) = (gcd(stream, mixer), stream.min(mixer));
        let unit = low / common;
        let least = low.div_ceil(Self::SHORTEST).max(Self::LEAST).div_ceil(unit);
        (least..=2 * least)
            .take_while(|times| times * unit <= low / Self::LONGEST)
            .map(|times| Self { stream: times * stream / common, mixer: times * mixer / common })
            .min_by_key(|block| block.mixer + 2 * block.ahead(tick))
    }

    /// How many of the mixer's samples are made, or waited for, ahead of their tick: at most.
    pub fn ahead(&self, tick: usize) -> usize {
        self.mixer - gcd(self.mixer, tick)
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(stream_hz: u32, tick: usize) -> Option<(usize, usize)> {
        Block::between(stream_hz, 48_000, tick).map(|block| (block.stream, block.mixer))
    }

    #[test]
    fn ticks_of_10_ms_are_blocks_of_10_ms() {
        for rate_hz in [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 96_000] {
            assert_eq!(block(rate_hz, 480), Some((rate_hz as usize / 100, 480)));
        }
        assert_eq!(Block::between(8000, 44_100, 441).map(|block| block.stream), Some(80));
    }

    #[test]
    fn what_does_not_divide_the_tick_waits_as_little_as_possible() {
        assert_eq!((block(22_050, 480), block(11_025, 480)), (Some((147, 320)), Some((147, 640))));
        assert_eq!(block(16_000, 120), Some((120, 360)));
        assert_eq!(Block { stream: 147, mixer: 320 }.ahead(480), 160);
        assert_eq!(Block { stream: 160, mixer: 480 }.ahead(1), 479);
        assert_eq!(Block { stream: 160, mixer: 480 }.ahead(5760), 0);
    }

    #[test]
    fn low_rates_take_longer_blocks_up_to_40_ms() {
        assert_eq!(block(4000, 480), Some((80, 960)));
        assert_eq!((block(1000, 480), block(47_999, 480)), (None, None));
    }
}
