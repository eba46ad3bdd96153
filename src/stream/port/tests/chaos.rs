//! Packets with lengths and stamps by chance, read in ticks by chance: the output is finite, and
//! the buffer keeps its bound.

use super::scenarios::Random;
use crate::data::{channels::PlanesMut, frame::Frame};
use crate::stream::{
    StreamFormat,
    port::{Depth, InputOptions, Stamp, input::input},
};

#[test]
fn whatever_is_sent_nothing_breaks() {
    for seed in 1..=10 {
        let mut random = Random(seed);
        let mut below = move |most: u32| (random.next() * f64::from(most)) as u32;
        let options =
            InputOptions { depth: Depth::between(20.0, 50.0), ..InputOptions::new(StreamFormat::stereo(8000)) };
        let (mut port, mut inlet) = input(&options, 10.0).unwrap();
        let (mut timestamp, samples) = (u32::MAX - 1000, [1.0_f32; 800]);
        for _ in 0..2000 {
            for _ in 0..below(4) {
                let most = 1 + 2 * below(200);
                let length = below(most);
                timestamp = match below(30) {
                    0 => below(u32::MAX),
                    1 => timestamp.wrapping_sub(below(10_000)),
                    2 => timestamp.wrapping_add(below(10_000)),
                    _ => timestamp.wrapping_add(length),
                };
                let stamp = match below(100) {
                    0 => Stamp::Sequence(timestamp as u16),
                    1 => Stamp::None,
                    _ => Stamp::Rtp(timestamp),
                };
                let frame = Frame::interleaved(&samples[..2 * length as usize]).active(below(2) == 0);
                let _ = port.push(frame, stamp);
            }
            let (mut left, mut right) = ([f32::NAN; 200], [f32::NAN; 200]);
            let frames = below(200) as usize;
            inlet.read(frames, PlanesMut { left: &mut left, right: Some(&mut right) }, 0);
            assert_eq!(left[..frames], right[..frames]);
            assert!(left[..frames].iter().all(|sample| (-0.2..=1.2).contains(sample)), "{left:?}");
            assert!(port.readings().fill_ms <= 50.0 + 250.0 + 120.0, "{:?}", port.readings());
        }
        let readings = port.readings();
        assert!([readings.late, readings.strays, readings.resyncs, readings.overruns].iter().all(|count| *count > 0));
    }
}
