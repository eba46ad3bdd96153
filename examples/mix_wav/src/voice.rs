//! What a participant sends: a recording, and how it gets into the mixer.
//!
//! A recording at the mixer's rate is handed over tick by tick, bit for bit. A recording of another
//! rate, and every recording behind a bad network, goes through an input port, in packets.

use std::sync::Arc;

use mixminus::{
    Channels, Frame,
    stream::{Clock, Depth, InputOptions, StreamFormat},
};

use crate::{error::Error, rehearsal, settings::Settings};

/// By how much longer than the longest delay of a packet a port makes packets wait, at most.
const MARGIN_MS: f64 = 30.0;

/// The samples of a file, interleaved.
#[derive(Debug)]
pub struct Recording {
    pub format: StreamFormat,
    pub samples: Vec<f32>,
}

impl Recording {
    /// Samples per channel.
    pub fn frames(&self) -> usize {
        self.samples.len() / self.format.channels.count()
    }
}

/// A recording and the port that it goes through, if any.
#[derive(Debug, Clone)]
pub struct Voice {
    recording: Arc<Recording>,
    port: Option<InputOptions>,
    /// How long the mixer hears it, in samples of the mixer: until its end has come through the port.
    pub length: usize,
}

impl Voice {
    /// Prepares a recording for a call with these settings; an error if it needs a port and the
    /// mixer does not accept one.
    pub fn new(mut recording: Recording, settings: &Settings) -> Result<Self, Error> {
        let frames = recording.frames();
        if settings.network.is_none() && recording.format.rate_hz == settings.rate {
            // Whole ticks, with silence after the end.
            let padded = frames.next_multiple_of(settings.tick_samples);
            recording.samples.resize(padded * recording.format.channels.count(), 0.0);
            return Ok(Self { recording: Arc::new(recording), port: None, length: frames });
        }
        let network = settings.network.as_ref();
        let (port, conversion_ms) = port(recording.format, settings)?;
        let jitter_ms = network.map_or(0.0, |network| network.jitter_ms + MARGIN_MS);
        let delay_ms = port.depth.least_ms + jitter_ms + conversion_ms;
        let lasts_ms = 1000.0 * frames as f64
            / f64::from(recording.format.rate_hz)
            / network.map_or(1.0, |network| network.speed());
        // An empty recording does not lengthen the call.
        let heard_ms = if frames == 0 { 0.0 } else { lasts_ms + delay_ms };
        let length = (heard_ms * f64::from(settings.rate) / 1000.0).ceil() as usize;
        Ok(Self { recording: Arc::new(recording), port: Some(port), length })
    }

    /// The options of its port; `None` if it is handed over tick by tick.
    pub fn port(&self) -> Option<InputOptions> {
        self.port
    }

    /// The frame of a tick, counted from the beginning of the stay; `None` after the end of the
    /// recording.
    pub fn frame(&self, tick: usize, tick_samples: usize) -> Option<Frame<'_>> {
        let size = tick_samples * self.recording.format.channels.count();
        self.recording.samples.get(tick * size..(tick + 1) * size).map(|samples| framed(samples, self.recording.format))
    }

    /// Fills `packet` with `frames` frames from `first` on, and with silence after the end.
    pub fn copy(&self, first: usize, frames: usize, packet: &mut Vec<f32>) {
        let channels = self.format().channels.count();
        let rest = self.recording.samples.get(first * channels..).unwrap_or_default();
        packet.clear();
        packet.extend_from_slice(&rest[..rest.len().min(frames * channels)]);
        packet.resize(frames * channels, 0.0);
    }

    /// The rate and channels of the recording.
    pub fn format(&self) -> StreamFormat {
        self.recording.format
    }
}

/// Samples as a frame of the mixer.
pub fn framed(samples: &[f32], format: StreamFormat) -> Frame<'_> {
    match format.channels {
        Channels::Mono => Frame::mono(samples),
        Channels::Stereo => Frame::interleaved(samples),
    }
}

/// The options of the port for a format, and the delay of its conversion.
fn port(format: StreamFormat, settings: &Settings) -> Result<(InputOptions, f64), Error> {
    let port = match &settings.network {
        Some(network) => network.port(format),
        None => InputOptions {
            clock: Clock::Locked,
            depth: Depth::fixed(0.0),
            smoothing_ms: 0.0,
            ..InputOptions::new(format)
        },
    };
    let conversion_ms = rehearsal::conversion_ms(settings, port)?;
    // The conversion needs samples this long before they are due: with this depth it never runs dry. A packet comes
    // right before its tick, and the depth is counted from the middle of the time between two.
    let clean = Depth::fixed(conversion_ms.ceil() + settings.tick_ms / 2.0);
    let depth = if settings.network.is_some() { port.depth } else { clean };
    Ok((InputOptions { depth, ..port }, conversion_ms))
}
