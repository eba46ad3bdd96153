//! A relay: nothing of its audio thread's end allocates or frees, whatever the reader does, with real threads.
#![cfg(feature = "stream")]

mod alloc;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use mixminus::{
    Frame, JoinOptions, MixerConfig,
    stream::{Relay, RelayOptions},
};

#[test]
fn writing_allocates_and_frees_nothing_while_the_call_grows_and_the_reader_comes_late_and_goes() {
    let _alone = alloc::alone();
    let config = MixerConfig { sample_rate: 8000, tick_samples: 80, participants: 4, ..MixerConfig::default() };
    let (controller, mut processor) = config.build().unwrap();
    let options = RelayOptions { ticks: 8, mixes: 2, listeners: 2, sources: 3 };
    let (mut writer, mut relay) = Relay::new(&processor, options).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let reading = {
        let over = Arc::clone(&over);
        thread::spawn(move || {
            let (mut last, mut read) = (None, 0_u64);
            while !over.load(Relaxed) {
                while let Some(tick) = relay.next() {
                    assert!(last < Some(tick.position()), "ticks come in order");
                    let listeners: usize = tick.mixes().map(|mix| mix.listeners().len()).sum();
                    assert!(
                        tick.mixes().all(|mix| mix.left().len() == 80 && mix.sources().len() <= 3) && listeners > 0
                    );
                    (last, read) = (Some(tick.position()), read + 1);
                }
                thread::sleep(Duration::from_millis(read % 3));
            }
            assert!(read > 0);
            relay.readings()
        })
    };
    let mut audio = processor.enter();
    let mut keys = Vec::new();
    for number in 0..4000_u64 {
        if number % 40 == 0 && keys.len() < 60 {
            keys.push(controller.join(format!("p{}", keys.len()), JoinOptions::default()).unwrap());
        }
        if number == 3000 {
            // The reader is gone from now on.
            over.store(true, Relaxed);
        }
        alloc::watched(|| {
            let mut tick = audio.tick();
            for key in keys.iter().take((number / 100) as usize % 9) {
                let _refused = tick.send(*key, Frame::mono(&[0.1; 80]));
            }
            writer.write(&tick.mix());
        });
        if number % 4 == 0 {
            thread::sleep(Duration::from_micros(200));
        }
    }
    let readings = reading.join().unwrap();
    assert!(readings.ticks > 100, "{readings:?}");
}
