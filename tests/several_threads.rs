//! A tick on several threads gives the same bits as on one, whichever thread makes which part.

use std::collections::BTreeMap;

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

const TICK: usize = 480;

/// A room with rows of every kind: equal, without a list, with a short list, with a long list, ducked and moving.
fn room(participants: usize, workers: usize) -> (Controller, Processor, Vec<ParticipantKey>) {
    let (controller, processor) = MixerConfig { workers, participants, ..MixerConfig::default() }.build().unwrap();
    let keys = (0..participants).map(|n| controller.join(n.to_string(), JoinOptions::default()).unwrap()).collect();
    (controller, processor, keys)
}

fn configure(controller: &Controller, participants: usize, round: usize) {
    let ducking = Ducking { ramp_active: 37, ramp_inactive: 111, lower_level: 13, upper_level: 91 };
    let row = |n: usize| {
        let listed = [0, 3, participants - 1, 0, 1][n % 5];
        let sources = (0..listed).map(|k| (n + 1 + k) % participants).map(|source| SourceLevel {
            level: ((n * 7 + source * 11 + round) % 100) as i64,
            duck_others: n.is_multiple_of(3) && source % 7 == round % 7,
            ..SourceLevel::new(source.to_string())
        });
        ParticipantMixerLevel {
            exclusive: n % 10 == 3,
            ducking: n.is_multiple_of(3).then_some(ducking),
            source_levels: sources.collect(),
            ..ParticipantMixerLevel::new(n.to_string())
        }
    };
    controller.configure(&(0..participants).step_by(2).map(row).collect::<Vec<_>>()).unwrap();
}

/// Noise, different for each source.
fn signal(source: usize, at: usize) -> f32 {
    let bits =
        (source as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (at as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    let bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((bits >> 40) as f32 / (1 << 23) as f32 - 1.0) * 0.2
}

/// How the parts of a tick are made.
#[derive(Clone, Copy)]
enum Way {
    AtOnce,
    OnThreads,
    /// Every second part is handed out and dropped.
    HalfDropped,
    #[cfg(feature = "rayon")]
    OnRayon,
}

/// Every listener's mix in twelve ticks in which rows change, voices come and go, and ramps run.
fn play(participants: usize, talkers: usize, workers: usize, way: Way) -> Vec<BTreeMap<usize, Vec<u32>>> {
    let (controller, mut processor, keys) = room(participants, workers);
    let mut heard = Vec::new();
    for round in 0..12 {
        if round % 4 == 2 {
            configure(&controller, participants, round);
        }
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        for (n, key) in keys.iter().enumerate().filter(|(n, _)| (n + round / 3) % participants < talkers) {
            let frame: Vec<f32> = (0..TICK).map(|k| signal(n, round * TICK + k)).collect();
            tick.send(*key, Frame::from(&frame[..])).unwrap();
        }
        let mut prepared = tick.prepare();
        let mixes = match way {
            Way::AtOnce => prepared.finish(),
            Way::OnThreads => {
                std::thread::scope(|scope| {
                    let threads: Vec<_> = prepared.parts().map(|part| scope.spawn(|| part.mix())).collect();
                    threads.into_iter().for_each(|thread| thread.join().unwrap());
                });
                assert_eq!(prepared.parts().count(), 0, "each part is made once");
                prepared.finish()
            }
            Way::HalfDropped => {
                prepared.parts().step_by(2).for_each(|part| part.mix());
                prepared.finish()
            }
            #[cfg(feature = "rayon")]
            Way::OnRayon => prepared.finish_with_rayon(),
        };
        let bits = |key: &ParticipantKey| mixes.get(*key).unwrap().samples().iter().map(|x| x.to_bits()).collect();
        heard.push(keys.iter().enumerate().map(|(n, key)| (n, bits(key))).collect());
    }
    heard
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (participants, talkers) in [(6, 6), (40, 4), (60, 60), (150, 140)] {
        let alone = play(participants, talkers, 1, Way::AtOnce);
        for workers in [2, 3, 8] {
            assert!(play(participants, talkers, workers, Way::OnThreads) == alone, "{workers} of {participants}");
        }
        assert!(play(participants, talkers, 3, Way::HalfDropped) == alone);
        assert!(play(participants, talkers, 3, Way::AtOnce) == alone);
        #[cfg(feature = "rayon")]
        assert!(play(participants, talkers, 4, Way::OnRayon) == alone);
    }
}

#[test]
fn there_are_no_more_parts_than_mixes() {
    let (_controller, mut processor, keys) = room(4, 3);
    let mut audio = processor.enter();
    let mut prepared = audio.tick().prepare();
    assert_eq!(prepared.parts().map(|part| part.mix()).count(), 1, "nobody sends: all hear one mix");
    let mixes = prepared.finish();
    assert!(keys.iter().all(|key| mixes.get(*key).unwrap().is_silent()));
}
