//! Both ends of an output with tiny exact numbers.

use std::sync::Arc;

use super::{
    OutputOptions, StreamFormat,
    output::{Outlet, OutputPort, output},
};
use crate::channels::Planes;

/// 1 kHz, a depth of 4, a bound of 10: a ring of 130 frames.
fn small(format: StreamFormat, smoothing_ms: f64) -> (OutputPort, Outlet) {
    output(&OutputOptions { depth_ms: 4.0, bound_ms: 10.0, smoothing_ms, ..OutputOptions::new(format) }).unwrap()
}

fn write(outlet: &mut Outlet, samples: &[f32]) {
    outlet.write(Planes { left: samples, right: None });
}

fn pull(port: &mut OutputPort, frames: usize) -> (Vec<f32>, usize) {
    let mut out = vec![9.0; frames];
    let real = port.pull(&mut out);
    (out, real)
}

#[test]
fn it_gives_once_the_depth_is_there_and_again_after_an_underrun() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 0.0);
    write(&mut outlet, &[0.1, 0.2, 0.3]);
    assert_eq!((port.available(), pull(&mut port, 2)), (0, (vec![0.0; 2], 0)));
    write(&mut outlet, &[0.4]);
    assert_eq!((port.available(), pull(&mut port, 3)), (4, (vec![0.1, 0.2, 0.3], 3)));
    assert_eq!((port.available(), pull(&mut port, 3)), (1, (vec![0.4, 0.0, 0.0], 1)));
    write(&mut outlet, &[0.5, 0.6, 0.7]);
    assert_eq!(pull(&mut port, 2), (vec![0.0; 2], 0));
    write(&mut outlet, &[0.8]);
    assert_eq!(pull(&mut port, 2), (vec![0.5, 0.6], 2));
    let readings = port.readings();
    assert_eq!((readings.pulled_samples, readings.underruns, readings.dropped_samples), (6, 1, 0));
}

#[test]
fn an_underrun_is_a_tail_and_a_rise() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 2.0);
    write(&mut outlet, &[1.0; 4]);
    assert_eq!(pull(&mut port, 6), (vec![0.0; 6], 0), "more than the depth is waited for");
    write(&mut outlet, &[1.0; 3]);
    assert_eq!(pull(&mut port, 6).0, [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(pull(&mut port, 4).0, [1.0, 0.5, 0.0, 0.0]);
}

#[test]
fn whole_packets_or_nothing() {
    let (mut port, mut outlet) = small(StreamFormat::stereo(1000), 0.0);
    let mut packet = [9_i16; 6];
    outlet.write(Planes { left: &[0.5; 5], right: Some(&[-0.5; 5]) });
    assert!(port.pull_whole(&mut packet));
    assert_eq!(packet, [16384, -16384, 16384, -16384, 16384, -16384]);
    assert!(!port.pull_whole(&mut packet));
    assert_eq!((port.available(), port.readings().underruns), (2, 0));
}

#[test]
fn who_does_not_pull_finds_the_newest_later() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 2.0);
    write(&mut outlet, &[1.0; 8]);
    assert_eq!(pull(&mut port, 4).0, [0.5, 1.0, 1.0, 1.0]);
    // 4 are left; 12 ticks of 10 fit, two do not.
    (0..14).for_each(|tick| write(&mut outlet, &[-1.0 - tick as f32; 10]));
    assert_eq!(outlet.fill(), 124);
    assert_eq!(pull(&mut port, 2).0, [-5.5, -12.0]);
    write(&mut outlet, &[1.0; 8]);
    assert_eq!(pull(&mut port, 4).0, [-12.0, -12.0, -5.5, 1.0]);
    assert_eq!((port.readings().overruns, port.readings().dropped_samples), (1, 140));
}

#[test]
fn without_its_port_an_outlet_goes_on() {
    let (port, mut outlet) = small(StreamFormat::mono(1000), 0.0);
    let counters = Arc::clone(port.counters());
    assert!(format!("{port:?} {outlet:?}").contains("Outlet"));
    drop(port);
    (0..20).for_each(|_| write(&mut outlet, &[0.5; 10]));
    assert_eq!((counters.read().dropped_samples, counters.read().fill_ms, outlet.steering_ppm()), (70, 130.0, 0.0));
}
