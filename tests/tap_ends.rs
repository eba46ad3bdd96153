//! How taps end: the reader goes, the processor goes, the controllers go; and their memory comes back.
#![cfg(feature = "stream")]

mod rig;
mod taps;

use mixminus::stream::{StreamFormat, TapContent::Sound, TapOptions, Tapped};
use rig::{Rig, small};
use taps::{samples, spans};

#[test]
fn the_memory_of_a_dropped_tap_comes_back_and_its_place_is_given_again() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    for round in 0..20 {
        let mut taps: Vec<_> = (0..=round)
            .map(|n| {
                let tapped = if n % 2 == 0 { Tapped::source("anna") } else { Tapped::mix("ben") };
                rig.controller.tap(tapped, TapOptions::default()).unwrap()
            })
            .collect();
        rig.level(&[("anna", 0.5)]);
        for tap in taps.iter_mut().take(3) {
            assert_eq!(samples(tap).1.len(), 10);
        }
        drop(taps);
        rig.controller.reclaim();
        rig.level(&[("anna", 0.5)]);
        assert_eq!(rig.controller.reclaim(), 0, "nothing is out after a tick");
    }
}

#[test]
fn one_that_was_never_mixed_comes_back_too() {
    let mut rig = Rig::with(small(), &["anna"]);
    drop(rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap());
    rig.leave("anna");
    (0..3).for_each(|_| drop(rig.level(&[])));
    assert_eq!(rig.controller.reclaim(), 0);
}

#[test]
fn when_the_processor_goes_the_rest_is_read_and_the_tap_is_over() {
    let mut rig = Rig::with(small(), &["anna"]);
    let mut tap = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    let format = TapOptions::new(StreamFormat::stereo(2000));
    let mut converted = rig.controller.tap(Tapped::source("anna"), format).unwrap();
    (0..10).for_each(|_| drop(rig.level(&[("anna", 0.5)])));
    let Rig { controller, processor, .. } = rig;
    drop(processor);
    let never = controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    assert!(!tap.is_over());
    assert_eq!(samples(&mut tap), (10, vec![0.5; 100]));
    assert!(tap.is_over() && tap.read(&mut [0.0_f32; 10]).is_none());
    let (first, both) = samples(&mut converted);
    assert_eq!((first, both.len() / 2), (20, 200), "as many frames as belong to the ticks");
    assert!(converted.is_over() && (both[100] - 0.5).abs() < 1e-3 && both[100] == both[101]);
    let mut never = never;
    assert!(spans(&mut never, 10).is_empty() && never.is_over());
    assert_eq!(controller.reclaim(), 0);
}

#[test]
fn it_goes_on_without_controllers() {
    let rig = Rig::with(small(), &["anna"]);
    let mut tap = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    let (key, mut processor) = (rig.keys["anna"], rig.processor);
    drop(rig.controller);
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    tick.send(key, mixminus::Frame::mono(&[0.5_f32; 10])).unwrap();
    tick.mix();
    drop(processor);
    let spans = spans(&mut tap, 10);
    assert_eq!((spans.len(), spans[0].0.content, tap.is_over()), (1, Sound, true));
}
