//! Both ends of an output with tiny exact numbers.

use std::sync::Arc;

use crate::data::channels::Planes;
use crate::stream::{
    Clock, StreamFormat,
    port::{
        OutputOptions,
        outlet::Outlet,
        output::{OutputPort, output},
        tests::scenarios::{FADE_STEP, Random, STEP, voice},
    },
};

/// 1 kHz, a depth of 4, a bound of 10: a ring of 130 frames.
fn small(format: StreamFormat, smoothing_ms: f64) -> (OutputPort, Outlet) {
    output(&OutputOptions { depth_ms: 4.0, bound_ms: 10.0, smoothing_ms, ..OutputOptions::new(format) }, 0.0).unwrap()
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
    write(&mut outlet, &[1.0; 2]);
    assert_eq!(pull(&mut port, 6).0, [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]);
    write(&mut outlet, &[1.0]);
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
    let mut odd = [9_i16; 5];
    assert!(port.pull_whole(&mut odd) && odd == [16384, -16384, 16384, -16384, 0], "half a frame is silence");
}

#[test]
fn who_does_not_pull_finds_the_newest_later() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 2.0);
    write(&mut outlet, &[1.0; 4]);
    assert_eq!(pull(&mut port, 4).0, [0.5, 1.0, 1.0, 1.0]);
    write(&mut outlet, &[1.0; 4]);
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

#[test]
fn a_receiver_with_a_clock_of_its_own_begins_with_just_the_depth() {
    for (clock, first) in [(Clock::FreeRunning, 0.3), (Clock::Locked, 0.1)] {
        let options =
            OutputOptions { clock, depth_ms: 4.0, smoothing_ms: 0.0, ..OutputOptions::new(StreamFormat::mono(1000)) };
        let (mut port, mut outlet) = output(&options, 0.0).unwrap();
        write(&mut outlet, &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        assert_eq!(pull(&mut port, 1), (vec![first], 1));
    }
}

#[test]
fn a_receiver_that_stops_for_a_while_hears_the_newest_and_no_click() {
    let (mut port, mut outlet) = output(&OutputOptions::new(StreamFormat::mono(8000)), 0.0).unwrap();
    let (mut heard, mut made) = (Vec::new(), 0);
    for tick in 0..400_u64 {
        let samples: Vec<f32> = (made..made + 80).map(voice).collect();
        made += 80;
        write(&mut outlet, &samples);
        let stops = (100..200).contains(&tick);
        if tick % 2 == 1 && !stops {
            heard.extend(pull(&mut port, 160).0);
        }
        assert!(outlet.fill() <= 320 * 8);
        if tick == 50 || tick == 300 {
            assert_eq!(outlet.fill(), 240, "30 ms are left after a pull, 40 ms before");
        }
    }
    let most = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(most <= STEP + FADE_STEP, "a step of {most}");
    let readings = port.readings();
    let dropped = made - readings.pulled_samples - outlet.fill() as u64;
    assert_eq!((readings.overruns, readings.underruns, readings.dropped_samples), (1, 0, dropped));
}

#[test]
fn a_receiver_with_a_clock_of_its_own_finds_the_depth() {
    for drift_ppm in [-3000.0, -300.0, 300.0, 3000.0] {
        let (mut port, mut outlet) = output(&OutputOptions::new(StreamFormat::mono(1000)), 0.0).unwrap();
        let (mut random, mut rest, mut pulled, mut next_ms) = (Random(7), 0.0, 0, 0.0);
        let (mut sum, mut squares, mut count, mut settled) = (0.0, 0.0, 0.0, port.readings());
        for tick in 0..180_000_u32 {
            rest += 10.0 * (1.0 + outlet.steering_ppm() * 1e-6);
            write(&mut outlet, &[0.5; 11][..rest as usize]);
            rest = rest.fract();
            while next_ms <= f64::from(tick) * 10.0 {
                pull(&mut port, 20);
                pulled += 1;
                next_ms = f64::from(pulled) * 20.0 / (1.0 + drift_ppm * 1e-6) + 30.0 * random.next();
            }
            if tick == 30_000 {
                // The first pull may come late for its clock; then the port runs dry until it has
                // begun with a pull in time.
                settled = port.readings();
                // One that is far too fast is known after some gaps.
                assert!(settled.underruns < if drift_ppm > 1000.0 { 30 } else { 5 }, "{settled:?}");
            }
            if tick > 60_000 {
                let off = outlet.steering_ppm() - drift_ppm;
                (sum, squares, count) = (sum + off, squares + off * off, count + 1.0);
            }
        }
        let (mean, deviation) = (sum / count, (squares / count - (sum / count).powi(2)).sqrt());
        let readings = port.readings();
        assert_eq!((readings.underruns, readings.overruns), (settled.underruns, 0));
        assert_eq!(readings.dropped_samples, settled.dropped_samples);
        assert!(mean.abs() < 5.0 && deviation < 30.0, "off by {mean} ppm, give or take {deviation}");
        assert!((readings.drift_ppm - drift_ppm).abs() < 40.0, "{readings:?}");
        assert!((20.0..60.0).contains(&readings.fill_ms), "{readings:?}");
    }
}

#[test]
fn threads_may_write_and_pull_at_once() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 0.0);
    let pulling = std::thread::spawn(move || {
        let (mut last, mut real) = (0.0, 0);
        while real < 20_000 {
            let (out, count) = pull(&mut port, 3);
            for sample in &out[..count] {
                assert!(*sample > last, "{sample} after {last}");
                last = *sample;
            }
            real += count;
            std::thread::yield_now();
        }
    });
    let mut number = 0.0;
    while !pulling.is_finished() {
        number += 1.0;
        write(&mut outlet, &[number]);
        std::thread::yield_now();
    }
    pulling.join().unwrap();
}

#[test]
fn what_is_said_to_be_available_is_what_is_given_whole() {
    for (clock, depth_ms) in [(Clock::Locked, 0.0), (Clock::Locked, 4.0), (Clock::FreeRunning, 4.0)] {
        let format = StreamFormat::mono(1000);
        let options = OutputOptions { clock, depth_ms, bound_ms: 10.0, ..OutputOptions::new(format) };
        for there in 0..40 {
            let (mut port, mut outlet) = output(&options, 3.0).unwrap();
            (0..there).for_each(|_| write(&mut outlet, &[0.5]));
            let available = port.available();
            let out = &mut [0.0_f32; 40];
            assert!(!port.pull_whole(&mut out[..available + 1]), "{clock:?}: more than {available} of {there}");
            // Nor is a receiver stuck that asks first, after it did not pull for long.
            assert!(port.pull_whole(&mut out[..available]) && (available > 0 || there < 10), "{clock:?}: {there}");
        }
    }
}

#[test]
fn who_pulls_more_than_the_bound_at_once_gets_what_is_there() {
    let (mut port, mut outlet) = small(StreamFormat::mono(1000), 0.0);
    write(&mut outlet, &[0.5; 10]);
    assert_eq!(pull(&mut port, 300).1, 10);
    write(&mut outlet, &[0.5; 50]);
    assert_eq!(pull(&mut port, 300).1, 10);
    assert!(!port.pull_whole(&mut [0.0_f32; 11]));
}
