//! Streams on bad networks, with drifting clocks and long ticks: every fault is bounded, counted and
//! without a click; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::{
    Channels, Direction, Frame, JoinOptions, MixerConfig,
    stream::{Clock, Depth, InputOptions, InputPort, OutputOptions, PortOptions, Stamp, StreamFormat},
};
use streams::{Sender, drain, join, listen, mixer, step, tick, tone};

#[test]
fn a_lost_packet_is_counted_and_clicks_nowhere() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let mut sender = Sender::new(&controller, InputOptions::new(StreamFormat::mono(16_000)));
    let mut listener = listen(&controller, OutputOptions::prompt(StreamFormat::mono(48_000)));
    let mut heard = Vec::new();
    for _ in 0..100 {
        sender.pass(0.01, tone, |packet| packet % 7 == 5);
        tick(&mut processor);
        drain(&mut listener, 1, &mut heard);
    }
    let readings = controller.port_readings("sender").unwrap().input.unwrap();
    assert!((6 * 320..=7 * 320).contains(&readings.lost_samples), "{readings:?}");
    // What goes on from the last period sounds, and the sound before it may be stretched, so that half of the time of
    // a packet is enough. The tone's own greatest step is 0.0143.
    assert!((6 * 160..=7 * 320).contains(&readings.concealed_samples), "{readings:?}");
    assert_eq!((readings.concealment_events, readings.late), (7, 0), "{readings:?}");
    assert!(step(&heard) < 0.0156, "{}", step(&heard));
}

#[test]
fn a_pause_does_not_change_the_delay() {
    for (rate_hz, clock) in
        [(11_025, Clock::Locked), (44_100, Clock::Locked), (11_025, Clock::FreeRunning), (48_000, Clock::Locked)]
    {
        let (controller, mut processor) = mixer(48_000, Channels::Mono);
        let input = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(rate_hz)) };
        let mut sender = Sender::new(&controller, input);
        let mut wait = Vec::new();
        for round in 0..3 {
            for second in [false, true] {
                // One second of sound, then ten without packets.
                for _ in 0..if second { 1000 } else { 100 } {
                    sender.pass(0.01, tone, |_| second);
                    tick(&mut processor);
                }
                let readings = controller.port_readings("sender").unwrap().input.unwrap();
                assert_eq!(
                    (readings.late, readings.overruns, readings.resyncs),
                    (0, 0, 0),
                    "round {round}: {readings:?}"
                );
                // At a pause the last sound is stretched, for it may be a stall: then the lag is longer until it goes on.
                if !second {
                    wait.push(readings.wait_ms);
                }
            }
        }
        assert!(wait.iter().all(|ms| (ms - wait[0]).abs() < 5.0), "{rate_hz} Hz: {wait:?}");
    }
}

#[test]
fn a_clock_that_is_off_is_followed_without_a_click() {
    for speed in [1.0 - 300e-6, 1.0 + 300e-6] {
        let (controller, mut processor) = mixer(8000, Channels::Mono);
        let mut sender = Sender::new(&controller, InputOptions::new(StreamFormat::mono(8000)));
        sender.speed = speed;
        let mut listener = listen(&controller, OutputOptions::prompt(StreamFormat::mono(8000)));
        let (mut heard, mut last) = (Vec::new(), 0.0);
        for n in 0..30_000 {
            sender.pass(0.01, tone, |_| false);
            tick(&mut processor);
            drain(&mut listener, 1, &mut heard);
            let step = step(&heard).max((heard.first().map_or(last, |first| first - last)).abs());
            // The tone's own greatest step is 0.0859.
            assert!(step < 0.0862, "a step of {step} in tick {n}");
            last = heard.last().copied().unwrap_or(last);
            heard.clear();
        }
        let readings = controller.port_readings("sender").unwrap().input.unwrap();
        let lost = readings.late + readings.lost_samples + readings.underruns + readings.overruns + readings.resyncs;
        assert_eq!(lost, 0, "{readings:?}");
        // 300 s at 300 ppm; a tick may be made up for or not yet.
        let slipped = readings.removed_samples as f64 - readings.inserted_samples as f64;
        assert!((slipped - (speed - 1.0) * 300.0 * 8000.0).abs() < 120.0, "{readings:?}");
        assert!((readings.wait_ms - 15.0).abs() < 10.0, "{readings:?}");
    }
}

#[test]
fn ticks_longer_than_the_depth_starve_nobody() {
    tick_slowly(Depth::default());
}

#[test]
fn ticks_longer_than_a_fixed_depth_starve_nobody() {
    tick_slowly(Depth::fixed(20.0));
}

fn tick_slowly(depth: Depth) {
    for tick_ms in [10, 60, 120] {
        let config = MixerConfig { sample_rate: 8000, tick_samples: 8 * tick_ms, ..MixerConfig::default() };
        let (controller, mut processor) = config.build().unwrap();
        let input = InputOptions { depth, ..InputOptions::new(StreamFormat::mono(8000)) };
        let mut sender = Sender::new(&controller, input);
        let mut listener = listen(&controller, OutputOptions::new(StreamFormat::mono(8000)));
        let mut pulled = 0;
        // Two minutes, of which the stream may take the first to settle.
        let mut settled = None;
        for n in 0..120_000 / tick_ms {
            for _ in 0..tick_ms / 10 {
                sender.pass(0.01, tone, |_| false);
            }
            tick(&mut processor);
            while pulled * 20 + 5 < (n + 1) * tick_ms {
                listener.pull(&mut [0_i16; 160]);
                pulled += 1;
            }
            let readings = (sender.port.readings(), listener.readings());
            let counts = (readings.0.late, readings.0.concealment_events, readings.1.underruns, readings.1.overruns);
            if n * tick_ms >= 60_000 {
                assert_eq!(counts, *settled.get_or_insert(counts), "tick of {tick_ms} ms: {readings:?}");
            }
        }
    }
}

#[test]
fn a_short_loss_is_no_pause() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    controller.set_loudest(Some(1)).unwrap();
    let mut anna = Sender::new(&controller, InputOptions::new(StreamFormat::mono(48_000)));
    let ben = controller.join("ben", JoinOptions::default()).unwrap();
    let guest =
        controller.join("guest", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
    let mut events = controller.talk_events().unwrap();
    for n in 0..200 {
        // A little louder than Ben. Two of the packets are lost.
        anna.pass(0.01, |_| 0.3, |packet| (50..52).contains(&packet));
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        tick.send(ben, Frame::mono(&[if n > 20 { 0.25_f32 } else { 0.0 }; 480])).unwrap();
        let heard = tick.mix().get(guest).unwrap().samples()[470];
        let alone = (heard - 0.3).abs() < 1e-5;
        assert!(n < 30 || alone || (100..120).contains(&n) && heard < 0.3, "tick {n}: {heard}");
    }
    let told: Vec<_> = events.by_ref().map(|event| event.kind).collect();
    assert_eq!(told.len(), 3, "Anna and Ben began, Anna has the floor: {told:?}");
}

#[test]
fn a_path_that_is_slow_again_is_not_cut() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let input = InputOptions { clock: Clock::Locked, ..InputOptions::new(StreamFormat::mono(48_000)) };
    let mut port = join(&controller, "sender", PortOptions { input: Some(input), output: None }).input.unwrap();
    let mut sent = 0_u32;
    for n in 0..800 {
        // For a while all packets come 140 ms earlier, and then as late as before, just before the port
        // would drop the surplus.
        let ahead = if (100..450).contains(&n) { 14 } else { 0 };
        while sent * 2 <= n + ahead {
            let at = |k: u32| (f64::from(sent * 960 + k) * 0.05).sin() as f32 * 0.3;
            let packet: Vec<f32> = (0..960).map(at).collect();
            port.push(Frame::mono(&packet), Stamp::Rtp(sent * 960)).unwrap();
            sent += 1;
        }
        tick(&mut processor);
    }
    let readings = port.readings();
    assert_eq!((readings.late, readings.resyncs, readings.lost_samples), (0, 0, 0), "{readings:?}");
    assert_eq!((readings.dropped_samples, readings.duplicates), (0, 0), "{readings:?}");
}

#[test]
fn a_flood_takes_no_more_than_its_share_of_a_tick() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let input = InputOptions { depth: Depth::between(20.0, 5000.0), ..InputOptions::new(StreamFormat::mono(48_000)) };
    let mut port = join(&controller, "sender", PortOptions { input: Some(input), output: None }).input.unwrap();
    // Packets of one sample in reverse order: the most expensive to sort.
    let flood = (0..10_000_u32).filter(|n| port.push(Frame::mono(&[0.1_f32]), Stamp::Rtp(200_000 - 2 * n)).is_ok());
    let pushed = flood.count();
    let seen = |port: &InputPort| {
        let readings = port.readings();
        readings.reordered + readings.late + readings.duplicates + readings.strays
    };
    tick(&mut processor);
    // One read takes 480 frames, and so two packets for each frame and 256 more. A stream that wakes is
    // read twice in a tick.
    let (after_one, most) = (seen(&port), 2 * 256 + 2 * 600);
    assert!(pushed > 5000 && after_one <= most, "{after_one} of {pushed} packets in one tick");
    (0..20).for_each(|_| tick(&mut processor));
    assert!(seen(&port) > after_one, "the rest follows");
}
