//! The mix does not depend on the tick: the same scene cut into 2.5, 5, 10 and 20 ms gives the same samples.

mod oracle;
mod scene;

use std::collections::BTreeMap;

use mixminus::{Direction, config::Ducking};
use oracle::Routing;
use scene::{Event, Figures, Scene};

/// Events at multiples of 20 ms, so that they fall on the same samples with every tick.
fn events(at_ms: usize) -> Vec<Event> {
    let ducking = Some(Ducking { ramp_active: 37, ramp_inactive: 111, lower_level: 13, upper_level: 91 });
    match at_ms {
        0 => (0..4)
            .map(|n| Event::Join {
                direction: if n == 3 { Direction::Listener } else { Direction::Both },
                host_detector: true,
                routing: Routing::default(),
            })
            .collect(),
        20 => vec![Event::Configure { listener: 0, exclusive: false, ducking, sources: vec![(1, 80, true)] }],
        40 => vec![Event::Active(1, true), Event::Mute(2, true)],
        60 => vec![Event::Active(1, false), Event::Mute(2, false), Event::Send(0, false), Event::Fade(0, 9)],
        80 => vec![
            Event::Table(vec![(0, 1), (1, 1)]),
            Event::Join { direction: Direction::Both, host_detector: true, routing: Routing::Role(1) },
            Event::Send(0, true),
        ],
        100 => vec![
            Event::Active(1, true),
            Event::Configure { listener: 3, exclusive: true, ducking, sources: vec![(2, 33, false)] },
        ],
        120 => vec![Event::Fade(0, 40), Event::Fade(3, 40)],
        140 => {
            vec![Event::Deafen(3, true), Event::Leave(1), Event::Route(1, Routing::Role(0)), Event::Hold(0, vec![1])]
        }
        160 => vec![Event::Resume(0), Event::Table(vec![(1, 0)]), Event::Group(0, vec![1], vec![0])],
        180 => vec![
            Event::Deafen(3, false),
            Event::Configure { listener: 0, exclusive: false, ducking: None, sources: vec![] },
        ],
        _ => Vec::new(),
    }
}

/// 260 ms of every listener's mix, in ticks of `tick` samples at 48 kHz.
fn play(tick: usize, smoothing_ms: f64) -> BTreeMap<usize, Vec<f32>> {
    // Whether a frame reaches the floor depends on where it is cut.
    let floor_dbfs = None;
    let figures = Figures { rate: 48_000, tick, smoothing_ms, threshold_dbfs: -50.0, hangover_ms: 0.0, floor_dbfs };
    let mut scene = Scene::new(figures);
    let mut heard: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
    for now in (0..12_480).step_by(tick) {
        if now % 960 == 0 {
            events(now / 48).iter().for_each(|event| scene.happen(event));
        }
        for (listener, mix) in scene.tick() {
            heard.entry(listener).or_default().extend(mix);
        }
    }
    heard
}

#[test]
fn in_ticks_of_2_5_to_20_ms() {
    for smoothing_ms in [0.0, 10.0, 35.0] {
        let reference = play(480, smoothing_ms);
        for tick in [120, 240, 960] {
            let heard = play(tick, smoothing_ms);
            assert_eq!(heard.keys().collect::<Vec<_>>(), reference.keys().collect::<Vec<_>>());
            for (listener, mix) in &heard {
                for (at, (a, b)) in mix.iter().zip(&reference[listener]).enumerate() {
                    assert!((a - b).abs() <= 4e-6, "tick {tick}, listener {listener}, sample {at}: {a} and {b}");
                }
            }
        }
    }
}

#[test]
fn the_limiter_does_not_know_the_tick() {
    let signal: Vec<f32> =
        (0..9600).map(|k| (k as f32 * 0.05).sin() * if k % 3000 < 1500 { 1.8 } else { 0.3 }).collect();
    let play = |tick: usize| -> Vec<f32> {
        // A tick of one sample may be silent.
        let config = mixminus::MixerConfig { tick_samples: tick, floor: None, ..mixminus::MixerConfig::default() };
        let (controller, mut processor) = config.build().unwrap();
        let [anna, ben] = ["anna", "ben"].map(|id| controller.join(id, Default::default()).unwrap());
        let mut audio = processor.enter();
        signal
            .chunks(tick)
            .flat_map(|frame| {
                let mut tick = audio.tick();
                tick.send(anna, frame.into()).unwrap();
                tick.mix().get(ben).unwrap().samples().to_vec()
            })
            .collect()
    };
    let reference = play(480);
    assert!(reference.iter().all(|sample| sample.abs() <= 1.0) && reference != signal);
    for tick in [1, 120, 960] {
        assert!(play(tick).iter().zip(&reference).all(|(a, b)| (a - b).abs() < 1e-6), "tick {tick}");
    }
}
