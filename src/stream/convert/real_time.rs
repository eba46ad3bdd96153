//! Conversion never allocates or frees, on any way.

#[path = "../../../tests/alloc/mod.rs"]
mod alloc;

use super::{Inbound, Outbound, Slipping};
use crate::{
    data::channels::{Channels, Planes, PlanesMut},
    stream::StreamFormat,
};

const SOUND: [f32; 1024] = [0.25; 1024];

fn sound(channels: Channels, frames: usize) -> Planes<'static> {
    Planes { left: &SOUND[..frames], right: (channels == Channels::Stereo).then_some(&SOUND[..frames]) }
}

fn check(stream: StreamFormat, mixer: StreamFormat) {
    let mut inbound = Inbound::new(stream, mixer, 480).unwrap();
    let mut outbound = Outbound::new(mixer, stream, 480).unwrap();
    let mut slipping = Slipping::new(stream.channels, outbound.made_most());
    let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
    alloc::watched(|| {
        for ppm in [0.0, 3000.0, -300.0, f64::NAN, 1e9, -1e9] {
            slipping.give_more(ppm);
            let out = PlanesMut { left: &mut left, right: (mixer.channels == Channels::Stereo).then_some(&mut right) };
            inbound.convert(sound(stream.channels, inbound.needed()), out);
            slipping.convert(outbound.convert(sound(mixer.channels, 480)));
        }
        inbound.reset();
    });
}

#[test]
fn no_way_allocates_or_frees() {
    let _alone = alloc::alone();
    for rate_hz in [8000, 22_050, 47_999, 48_000, 96_000] {
        for mixer in [StreamFormat::mono(48_000), StreamFormat::stereo(48_000)] {
            check(StreamFormat::mono(rate_hz), mixer);
            check(StreamFormat::stereo(rate_hz), mixer);
        }
    }
}
