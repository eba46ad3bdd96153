//! Both ends of an input with tiny exact numbers.

use std::sync::Arc;

use crate::data::{channels::PlanesMut, frame::Frame};
use crate::stream::{
    Clock, StreamFormat,
    port::{
        Depth, InputOptions, OutputOptions, PushError, Stamp,
        inlet::Inlet,
        input::{InputPort, input},
        output::output,
        playout::Got,
    },
};

fn exact(format: StreamFormat) -> (InputPort, Inlet) {
    input(
        &InputOptions {
            clock: Clock::Locked,
            depth: Depth::fixed(0.0),
            smoothing_ms: 0.0,
            ..InputOptions::new(format)
        },
        1.0,
    )
    .unwrap()
}

fn read(inlet: &mut Inlet, frames: usize) -> (Vec<f32>, Vec<f32>, Got) {
    let (mut left, mut right) = (vec![9.0; frames], vec![9.0; frames]);
    let got = inlet.read(frames, PlanesMut { left: &mut left, right: Some(&mut right) }, 0);
    (left, right, got)
}

#[test]
fn every_kind_of_frame_comes_out_in_the_channels_of_the_port() {
    let (mut port, mut inlet) = exact(StreamFormat::stereo(1000));
    port.push(Frame::mono(&[0.5_f32]).active(true), Stamp::None).unwrap();
    port.push(Frame::interleaved(&[16384_i16, -16384]), Stamp::None).unwrap();
    port.push(Frame::planar(&[0.25_f32], &[-0.25_f32]), Stamp::None).unwrap();
    let (left, right, got) = read(&mut inlet, 3);
    assert_eq!((left, right), (vec![0.5, 0.5, 0.25], vec![0.5, -0.5, -0.25]));
    assert_eq!(got, Got { heard: true, real: true, active: true, level: None });
    let (mut port, mut inlet) = exact(StreamFormat::mono(1000));
    port.push(Frame::interleaved(&[0.5_f32, -0.25]), Stamp::None).unwrap();
    let mut left = [9.0];
    inlet.read(1, PlanesMut { left: &mut left, right: None }, 0);
    assert_eq!(left, [0.125]);
}

#[test]
fn what_cannot_be_taken_is_refused_and_counted() {
    let (mut port, _inlet) = exact(StreamFormat::mono(1000));
    let says = |port: &mut InputPort, frame: Frame<'_>| port.push(frame, Stamp::None).unwrap_err();
    for bad in [f32::NAN, f32::NEG_INFINITY, 1.1e6] {
        assert_eq!(says(&mut port, Frame::mono(&[0.0, bad])), PushError::NotFinite { index: 1 });
    }
    assert_eq!(says(&mut port, Frame::mono(&[0_i16; 121])), PushError::TooLong { frames: 121, most: 120 });
    assert_eq!(says(&mut port, Frame::interleaved(&[0_i16; 3])), PushError::Uneven { left: 2, right: 1 });
    assert_eq!(says(&mut port, Frame::planar(&[0.0], &[f32::NAN])), PushError::NotFinite { index: 0 });
    assert_eq!(port.push(Frame::mono::<f32>(&[]), Stamp::None), Ok(()));
    assert_eq!((port.readings().refused, port.readings().received_packets), (6, 0));
}

#[test]
fn without_ticks_packets_are_refused_for_want_of_room() {
    let (mut port, mut inlet) = exact(StreamFormat::mono(1000));
    // Room for 370 samples and 87 packets.
    let pushed = |port: &mut InputPort, samples: &[f32]| {
        (0..1000).take_while(|_| port.push(Frame::mono(samples), Stamp::None).is_ok()).count()
    };
    assert_eq!(pushed(&mut port, &[0.5; 8]), 46);
    read(&mut inlet, 1);
    assert_eq!(pushed(&mut port, &[0.5; 1]), 87);
    assert_eq!(port.readings().overruns, 3, "two refused; the bound once: {:?}", port.readings());
    assert!(format!("{port:?} {inlet:?}").starts_with("InputPort"));
}

#[test]
fn without_its_port_an_inlet_plays_what_came() {
    let (mut port, mut inlet) = exact(StreamFormat::mono(1000));
    port.push(Frame::mono(&[0.5_f32; 2]), Stamp::None).unwrap();
    let counters = Arc::clone(port.counters());
    drop(port);
    assert_eq!(read(&mut inlet, 4).0[..2], [0.5, 0.5]);
    assert_eq!(counters.read().underruns, 1);
}

#[test]
fn threads_may_push_and_read_at_once() {
    let (mut port, mut inlet) = exact(StreamFormat::mono(1000));
    let pushing = std::thread::spawn(move || {
        let mut number = 0.0;
        for _ in 0..20_000 {
            let samples = [number + 1.0, number + 2.0, number + 3.0];
            while port.push(Frame::mono(&samples), Stamp::None).is_err() {
                std::thread::yield_now();
            }
            number += 3.0;
        }
        port
    });
    let mut last = 0.0;
    // Where much comes at once, some of it is left out.
    let mut hear = |samples: Vec<f32>| last = samples.into_iter().rfind(|sample| *sample != 0.0).unwrap_or(last);
    while !pushing.is_finished() {
        hear(read(&mut inlet, 2).0);
    }
    let mut heard = 0.0_f32;
    (0..600).for_each(|_| heard = read(&mut inlet, 2).0.into_iter().fold(heard, f32::max));
    hear(vec![heard]);
    assert!(last > 59_990.0, "{last}");
    let readings = pushing.join().unwrap().readings();
    assert_eq!((readings.received_samples, readings.late), (60_000, 0));
}

#[test]
fn both_ends_may_go_to_another_thread() {
    fn goes<T: Send>(_: &T) {}
    let (port, inlet) = exact(StreamFormat::mono(1000));
    goes(&port);
    goes(&inlet);
    let (port, outlet) = output(&OutputOptions::new(StreamFormat::mono(1000)), 0.0).unwrap();
    goes(&port);
    goes(&outlet);
}

#[test]
fn while_a_sample_is_slipped_the_wait_the_fill_and_what_the_sender_told_go_on() {
    let options = InputOptions { smoothing_ms: 0.0, ..InputOptions::new(StreamFormat::mono(1000)) };
    let (mut port, mut inlet) = input(&options, 10.0).unwrap();
    // So long packets that the wait is lengthened, by a sample as the sound is nowhere like itself, for 240 ms.
    for start in [25, 0, 36] {
        port.push(Frame::mono(&[0.25_f32; 320]).active(true), Stamp::Rtp(start)).unwrap();
    }
    let mut fill_ms = 346.0;
    for tick in 0..33 {
        let (_, _, got) = read(&mut inlet, 10);
        let readings = port.readings();
        assert!(got.active && got.heard, "in tick {tick}");
        assert!((15.0..30.0).contains(&readings.wait_ms), "in tick {tick}: {readings:?}");
        fill_ms -= 10.0;
        assert!((fill_ms - readings.fill_ms).abs() <= 1.0, "in tick {tick}: {readings:?}");
    }
    assert_eq!(port.readings().inserted_samples, 1);
}
