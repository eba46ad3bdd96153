//! What the message of a tick costs: to write it at one node, and to read it at another one.

use indicatif::ProgressBar;
use mixminus::{
    Channels, JoinOptions, MixerConfig,
    cluster::{LinkFormat, NodeOptions},
    stream::OpusEncoderOptions,
};

use super::{
    node::{Machine, options},
    sound::Sound,
    wire::Network,
};
use crate::{Result, stats::median};

/// How many sources the messages have.
const SOURCES: [usize; 4] = [1, 3, 8, 16];
/// How samples are written.
const FORMATS: [(&str, LinkFormat); 3] = [
    ("i16", LinkFormat::I16),
    ("f32", LinkFormat::F32),
    (
        "Opus",
        LinkFormat::Opus(OpusEncoderOptions {
            channels: Channels::Mono,
            bits_per_second: 32_000,
            complexity: 5,
            speech: true,
            expected_loss_percent: 0,
        }),
    ),
];

/// How many messages are not measured, and how many are.
const WARM_UP: usize = 60;
const MEASURED: usize = 400;
const QUICK: usize = 20;

/// How many kinds of messages there are.
pub const COUNT: usize = SOURCES.len() * FORMATS.len();

/// What a message costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MessageCost {
    /// How its samples are written.
    pub format: &'static str,
    /// How many sources it has, all mono.
    pub sources: usize,
    /// The mean.
    pub bytes: f64,
    /// The medians, in µs of processor time.
    pub write_us: f64,
    pub read_us: f64,
}

/// Of all kinds of messages.
pub fn costs(quick: bool, bar: &ProgressBar) -> Result<Vec<MessageCost>> {
    let kinds = FORMATS.iter().flat_map(|format| SOURCES.map(|sources| (*format, sources)));
    kinds.map(|(format, sources)| cost(format, sources, if quick { QUICK } else { MEASURED }, bar)).collect()
}

/// A step with a message takes so much longer than one without.
fn cost(format: (&'static str, LinkFormat), sources: usize, ticks: usize, bar: &ProgressBar) -> Result<MessageCost> {
    let (network, sound) = (Network::default(), Sound::new());
    let machine = |n| {
        let options = NodeOptions { format: format.1, ..options(n)? };
        Machine::node(MixerConfig::default(), options, &network)
    };
    let (mut from, mut to) = (machine(0)?, machine(1)?);
    from.join(0..sources, &JoinOptions::default())?;
    let (mut write, mut read) = (Vec::new(), Vec::new());
    let mut before = None;
    for tick in 0..WARM_UP + ticks {
        if tick == WARM_UP {
            before = from.readings();
        }
        from.tick(|person| Some(sound.of(person + tick, true)))?;
        to.tick(|_| None)?;
        let [with, come] = [from.step(), to.step()];
        let [without, none] = [from.step(), to.step()];
        if tick >= WARM_UP {
            write.push(1e6 * (with - without));
            read.push(1e6 * (come - none));
        }
    }
    bar.inc(1);
    let (before, after) = before.zip(from.readings()).ok_or("a node has readings")?;
    if after.published_sources - before.published_sources != (ticks * sources) as u64 {
        return Err(format!("not all of {sources} sources were in each message").into());
    }
    let bytes = (after.published_bytes - before.published_bytes) as f64 / ticks as f64;
    Ok(MessageCost { format: format.0, sources, bytes, write_us: median(&write), read_us: median(&read) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_bytes_of_its_samples() {
        let cost = |format: usize, sources| cost(FORMATS[format], sources, 5, &ProgressBar::hidden()).unwrap();
        assert_eq!(cost(0, 2).bytes, 24.0 + 2.0 * (17.0 + 960.0));
        assert_eq!(cost(1, 1).bytes, 24.0 + 17.0 + 1920.0);
        let opus = cost(2, 1);
        assert!(opus.bytes > 24.0 + 17.0 + 2.0 && opus.bytes < 200.0, "{opus:?}");
        assert!(opus.write_us > 0.0 && opus.read_us > 0.0, "{opus:?}");
    }
}
