//! Reading taps to their ends.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod model;

use mixminus::stream::{Tap, TapContent, TapSpan};

/// Everything that is there, in pieces of up to `most` frames of one channel.
pub fn spans(tap: &mut Tap, most: usize) -> Vec<(TapSpan, Vec<f32>)> {
    let channels = tap.format().channels.count();
    let mut out = vec![9.0; most * channels];
    std::iter::from_fn(|| tap.read(&mut out).map(|span| (span, out[..span.frames * channels].to_vec()))).collect()
}

/// Everything that is there: the position of the first frame, and all samples.
pub fn samples(tap: &mut Tap) -> (u64, Vec<f32>) {
    let spans = spans(tap, 4096);
    for pair in spans.windows(2) {
        assert_eq!(pair[0].0.end(), pair[1].0.position, "a timeline has no holes");
    }
    let first = spans.first().map_or(0, |(span, _)| span.position);
    (first, spans.into_iter().flat_map(|(_, samples)| samples).collect())
}

/// Everything that is there: from where to where the tap has what.
pub fn contents(tap: &mut Tap) -> Vec<(u64, u64, TapContent)> {
    spans(tap, 1 << 20).into_iter().map(|(span, _)| (span.position, span.end(), span.content)).collect()
}
