//! Parsers of compound arguments: `ID=FILE`, `ID=RATE:CHANNELS`, `LEAST..MOST`, and the options of a bad network.

use std::path::PathBuf;

use clap::Args;
use mixminus::{
    Channels,
    stream::{Depth, StreamFormat},
};

/// A parsed `--source`.
#[derive(Debug, Clone)]
pub struct SourceArgument {
    pub id: String,
    pub file: PathBuf,
}

/// A parsed `--listener-format`.
#[derive(Debug, Clone)]
pub struct FormatArgument {
    pub id: String,
    pub format: StreamFormat,
}

/// The options of a bad network. [`crate::network`] checks the values.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "A bad network, for every source")]
pub struct NetworkArguments {
    /// How many packets of 20 ms are lost
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub drop: Option<f64>,

    /// The longest delay of a packet; delays are random, so packets come late, in bursts and out of
    /// order
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    pub jitter_ms: Option<f64>,

    /// How much faster the senders' clocks run than the mixer's; slower if negative
    #[arg(long, value_name = "PPM", allow_negative_numbers = true)]
    pub drift_ppm: Option<f64>,

    /// The seed of the random losses and delays; the same seed repeats them [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// How long packets wait for those that come later than they do: between two bounds as the network needs it, or
    /// always the same [default: 20..500]
    #[arg(long, value_name = "LEAST..MOST|MS", value_parser = depth, allow_hyphen_values = true)]
    pub depth_ms: Option<Depth>,
}

/// Parses `ID=FILE`.
pub fn source(text: &str) -> Result<SourceArgument, String> {
    match text.split_once('=') {
        Some((id, file)) if !id.is_empty() && !file.is_empty() => {
            Ok(SourceArgument { id: id.to_owned(), file: file.into() })
        }
        _ => Err("expected ID=FILE, such as alice=alice.wav".to_owned()),
    }
}

/// Parses `ID=RATE:CHANNELS`.
pub fn format(text: &str) -> Result<FormatArgument, String> {
    let parsed = || {
        let (id, format) = text.split_once('=')?;
        let (rate, count) = format.split_once(':')?;
        let format = StreamFormat { rate_hz: rate.parse().ok()?, channels: channels(count).ok()? };
        (!id.is_empty()).then(|| FormatArgument { id: id.to_owned(), format })
    };
    parsed().ok_or_else(|| "expected ID=RATE:CHANNELS with 1 or 2 channels, such as alice=16000:2".to_owned())
}

/// Parses `LEAST..MOST`, or one number for both.
pub fn depth(text: &str) -> Result<Depth, String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    match (least.parse(), most.parse()) {
        (Ok(least_ms), Ok(most_ms)) => Ok(Depth { least_ms, most_ms }),
        _ => Err("expected LEAST..MOST in ms, such as 20..500, or one number for both".to_owned()),
    }
}

/// Parses `1` or `2`.
pub fn channels(text: &str) -> Result<Channels, String> {
    match text {
        "1" => Ok(Channels::Mono),
        "2" => Ok(Channels::Stereo),
        _ => Err("expected 1 (mono) or 2 (stereo)".to_owned()),
    }
}
