//! Participants with ports: sound arrives in every format that they send and hear, with the delay that
//! the readings tell; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use std::f64::consts::TAU;

use mixminus::{
    Channels, Detector, Direction, Frame, JoinOptions,
    stream::{Clock, Depth, InputOptions, JoinError, OutputOptions, PortOptions, PushError, Stamp, StreamFormat},
};
use streams::{Sender, drain, join, listen, mixer, tick, tone};

/// The amplitude of the tone in some samples, by least squares, and the RMS of the rest.
fn measure(samples: &[f32], rate_hz: f64) -> (f64, f64) {
    let waves = |n: usize| (TAU * 437.3 * n as f64 / rate_hz).sin_cos();
    let (mut ss, mut sc, mut cc, mut sx, mut cx) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let ((sin, cos), x) = (waves(n), f64::from(*sample));
        (ss, sc, cc, sx, cx) = (ss + sin * sin, sc + sin * cos, cc + cos * cos, sx + sin * x, cx + cos * x);
    }
    let det = ss * cc - sc * sc;
    let (a, b) = ((cc * sx - sc * cx) / det, (ss * cx - sc * sx) / det);
    let rest = samples.iter().enumerate().map(|(n, sample)| {
        let (sin, cos) = waves(n);
        (f64::from(*sample) - a * sin - b * cos).powi(2)
    });
    (a.hypot(b), (rest.sum::<f64>() / samples.len() as f64).sqrt())
}

#[test]
fn any_format_arrives_in_any_other() {
    let formats = [8000, 11_025, 22_050, 44_100, 48_000, 96_000].map(StreamFormat::mono);
    let stereo = [16_000, 48_000].map(StreamFormat::stereo);
    for (n, from) in formats.into_iter().chain(stereo).enumerate() {
        for (channels, clock) in [(Channels::Mono, Clock::Locked), (Channels::Stereo, Clock::FreeRunning)] {
            let to = [StreamFormat::mono(8000), StreamFormat::stereo(44_100), StreamFormat::stereo(48_000)][n % 3];
            let (controller, mut processor) = mixer(48_000, channels);
            let mut sender = Sender::new(&controller, InputOptions { clock, ..InputOptions::new(from) });
            let mut listener = listen(&controller, OutputOptions::prompt(to));
            let mut heard = Vec::new();
            for _ in 0..60 {
                sender.pass(0.01, tone, |_| false);
                tick(&mut processor);
                drain(&mut listener, to.channels.count(), &mut heard);
            }
            let whole = heard.len() as f64 / f64::from(to.rate_hz);
            assert!((0.57..=0.6).contains(&whole), "{from:?} to {to:?}: {whole} s of 0.6 s");
            let late = &heard[heard.len() / 3..];
            let (amplitude, rest) = measure(late, f64::from(to.rate_hz));
            assert!((amplitude / 0.25 - 1.0).abs() < 0.01, "{from:?} to {to:?}: an amplitude of {amplitude}");
            assert!(rest < 1e-4, "{from:?} to {to:?}: {rest} beside the tone");
        }
    }
}

#[test]
fn at_the_mixers_rate_and_clock_every_bit_arrives() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let format = StreamFormat::mono(48_000);
    let input = InputOptions { clock: Clock::Locked, ..InputOptions::new(format) };
    let mut sender = Sender::new(&controller, input);
    let mut listener = listen(&controller, OutputOptions::prompt(format));
    let mut heard = Vec::new();
    for _ in 0..20 {
        sender.pass(0.01, tone, |_| false);
        tick(&mut processor);
        drain(&mut listener, 1, &mut heard);
    }
    assert_eq!(heard.len(), 20 * 480);
    let sent: Vec<f32> = (0..heard.len()).map(|n| tone(n as f64 / 48_000.0) as f32).collect();
    // The least depth of 20 ms, of which 5 ms are half a tick. Then the sound fades in over 10 ms, in the port and in
    // the mixer.
    assert_eq!(heard[2400..], sent[2400 - 720..9600 - 720]);
    assert!(heard[..720].iter().all(|sample| *sample == 0.0));
    let readings = controller.port_readings("sender").unwrap().input.unwrap();
    assert_eq!((readings.conversion_ms, readings.lost_samples, readings.underruns), (0.0, 0, 0));
}

#[test]
fn the_delay_is_what_the_readings_say() {
    for (rate_hz, clock) in
        [(8000, Clock::Locked), (11_025, Clock::Locked), (16_000, Clock::FreeRunning), (48_000, Clock::FreeRunning)]
    {
        let (controller, mut processor) = mixer(48_000, Channels::Mono);
        let input = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(rate_hz)) };
        let mut sender = Sender::new(&controller, input);
        let mut listener = listen(&controller, OutputOptions::prompt(StreamFormat::mono(48_000)));
        // A pulse of 8 ms. The sound before it gives the port time to measure the clock.
        const MIDDLE: f64 = 12.0;
        let pulse = |t: f64| if t.abs() < 0.004 { 0.5 + 0.5 * (TAU * t / 0.008).cos() } else { 0.0 };
        let sound = |t: f64| if t < MIDDLE - 0.02 { tone(t) * 0.1 } else { pulse(t - MIDDLE) };
        let mut heard = Vec::new();
        for _ in 0..1220 {
            sender.pass(0.01, sound, |_| false);
            tick(&mut processor);
            drain(&mut listener, 1, &mut heard);
        }
        let readings = controller.port_readings("sender").unwrap().input.unwrap();
        let (loudest, _) = heard.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        let delay_ms = loudest as f64 / 48.0 - 1000.0 * MIDDLE;
        let told_ms = readings.wait_ms + readings.conversion_ms;
        // The conversion tells its greatest delay. Of 11.025 kHz the blocks of 13.3 ms do not fit ticks: these packets
        // come where no part of one waits, which may be 10 ms.
        let most = if rate_hz == 11_025 { 11.0 } else { 1.0 };
        assert!((-1.0..most).contains(&(told_ms - delay_ms)), "{rate_hz} Hz: {delay_ms} ms, told {told_ms} ms");
    }
}

#[test]
fn a_sender_is_as_active_as_it_was_through_a_loss_and_for_a_quarter_of_a_second_of_a_pause() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let ports = PortOptions { input: Some(InputOptions::new(StreamFormat::mono(8000))), output: None };
    let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
    let mut port = controller.join_with_ports("sender", options, ports).unwrap().input.unwrap();
    let sound: Vec<i16> = (0..160).map(|n| ((f64::from(n) * TAU / 40.0).sin() * 8000.0) as i16).collect();
    let mut active = Vec::new();
    for n in 0..100_u16 {
        // Of 20 packets of 20 ms three are lost in a row.
        if n % 2 == 0 && n < 40 && !(20..26).contains(&n) {
            port.push(Frame::mono(&sound).active(true), Stamp::Sequence(n / 2)).unwrap();
        }
        tick(&mut processor);
        active.push(controller.readings("sender").unwrap().source.active);
    }
    assert!(active[5..40].iter().all(|active| *active), "{active:?}");
    let more = active[40..].iter().take_while(|active| **active).count();
    assert!((25..40).contains(&more), "{more} ticks of 10 ms");
    assert!(!active[40 + more..].contains(&true));
}

#[test]
fn the_flag_of_a_packet_reaches_the_detector() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let ports = PortOptions { input: Some(InputOptions::new(StreamFormat::mono(8000))), output: None };
    let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
    let mut port = controller.join_with_ports("sender", options, ports).unwrap().input.unwrap();
    let mut active = Vec::new();
    for n in 0..40_u16 {
        if n % 2 == 0 {
            port.push(Frame::mono(&[100_i16; 160]).active((10..20).contains(&n)), Stamp::Sequence(n / 2)).unwrap();
        }
        tick(&mut processor);
        active.push(controller.readings("sender").unwrap().source.active);
    }
    // Five packets, 15 ms later. One tick may hold the end of a packet and a part of the next.
    let count = active.iter().filter(|active| **active).count();
    assert!((10..=11).contains(&count), "{active:?}");
    assert!(!active[..11].contains(&true) && !active[22..].contains(&true), "{active:?}");
}

#[test]
fn who_leaves_gives_its_ports_back() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let anna = join(&controller, "anna", PortOptions::both(StreamFormat::mono(48_000)));
    let (mut input, mut output) = (anna.input.unwrap(), anna.output.unwrap());
    input.push(Frame::mono(&[0.5_f32; 960]), Stamp::None).unwrap();
    tick(&mut processor);
    assert!(input.is_connected() && output.is_connected());
    controller.leave("anna").unwrap();
    (0..5).for_each(|_| tick(&mut processor));
    assert_eq!(controller.reclaim(), 0, "all has been given back");
    // Ports of a participant that has left say so, and do no harm.
    assert!(!input.is_connected() && !output.is_connected());
    assert_eq!(input.push(Frame::mono(&[0.5_f32; 960]), Stamp::None), Err(PushError::Gone));
    (0..100).for_each(|_| assert!(output.pull(&mut [0.0_f32; 960]) <= 960));
    assert_eq!(output.pull(&mut [0.0_f32; 960]), 0);
    // The same id may join again, with or without ports.
    controller.join("anna", JoinOptions::default()).unwrap();
    assert_eq!(controller.port_readings("anna").unwrap().input, None);
}

#[test]
fn a_frame_by_hand_goes_before_the_port() {
    let (controller, mut processor) = mixer(48_000, Channels::Mono);
    let prompt = InputOptions { depth: Depth::fixed(0.0), ..InputOptions::new(StreamFormat::mono(48_000)) };
    let input = InputOptions { clock: Clock::Locked, ..prompt };
    let mut anna = join(&controller, "anna", PortOptions { input: Some(input), output: None });
    let ben = controller.join("ben", JoinOptions::default()).unwrap();
    for _ in 0..4 {
        anna.input.as_mut().unwrap().push(Frame::mono(&[0.5_f32; 480]), Stamp::None).unwrap();
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        tick.send(anna.key, Frame::mono(&[0.25_f32; 480])).unwrap();
        assert!(tick.mix().get(ben).unwrap().samples().iter().all(|sample| *sample <= 0.25));
    }
    assert_eq!(
        controller.port_readings("anna").unwrap().input.unwrap().overruns,
        0,
        "the port is emptied all the same"
    );
}

#[test]
fn what_cannot_be_is_said() {
    let (controller, _processor) = mixer(48_000, Channels::Mono);
    let says = |direction, ports| {
        let options = JoinOptions { direction, ..JoinOptions::default() };
        controller.join_with_ports("anna", options, ports).unwrap_err().to_string()
    };
    let both = PortOptions::both(StreamFormat::mono(8000));
    assert_eq!(
        says(Direction::Listener, both),
        "participant \"anna\" joins as a listener, which has no use for an input port: \
         ask for none, or join with Direction::Both"
    );
    assert!(says(Direction::Source, both).contains("a source, which has no use for an output port"));
    let slow = PortOptions { output: Some(OutputOptions::new(StreamFormat::mono(10))), ..both };
    assert_eq!(says(Direction::Both, slow), "output port: a rate of 10 Hz is not between 1000 and 768000 Hz");
    join(&controller, "anna", both);
    let twice = controller.join_with_ports("anna", JoinOptions::default(), both);
    assert!(matches!(twice, Err(JoinError::Control(_))));
}

#[test]
fn what_is_pulled_lies_as_it_is_asked_for() {
    for format in [StreamFormat::mono(48_000), StreamFormat::stereo(48_000)] {
        let heard = [true, false].map(|planar| {
            let (controller, mut processor) = mixer(48_000, Channels::Stereo);
            let anna = controller.join("anna", JoinOptions::default()).unwrap();
            let mut port = listen(&controller, OutputOptions::prompt(format));
            for _ in 0..3 {
                let mut audio = processor.enter();
                let mut tick = audio.tick();
                tick.send(anna, Frame::planar(&[0.5_f32; 480], &[-0.25; 480])).unwrap();
                tick.mix();
            }
            let (mut left, mut right) = ([9.0_f32; 1440], [9.0_f32; 1440]);
            if planar {
                assert_eq!(port.pull_planar(&mut left, &mut right), 1440);
            } else {
                let channels = format.channels.count();
                let mut out = vec![9.0_f32; 1440 * channels];
                assert_eq!(port.pull(&mut out), 1440);
                left.iter_mut().zip(out.chunks(channels)).for_each(|(left, frame)| *left = frame[0]);
                right.iter_mut().zip(out.chunks(channels)).for_each(|(right, frame)| *right = frame[channels - 1]);
            }
            assert_eq!(port.pull(&mut [0.0_f32; 0]), 0);
            (left, right)
        });
        assert_eq!(heard[0], heard[1]);
        let expected = if format.channels == Channels::Mono { (0.125, 0.125) } else { (0.5, -0.25) };
        assert_eq!((heard[0].0[1000], heard[0].1[1000]), expected);
    }
}

#[test]
fn what_is_taken_as_soon_as_it_is_there_is_never_more() {
    for options in [OutputOptions::prompt, OutputOptions::new] {
        let (controller, mut processor) = mixer(48_000, Channels::Mono);
        let mut port = listen(&controller, options(StreamFormat::mono(8000)));
        let (mut packet, mut packets) = ([0_i16; 160], 0);
        for _ in 0..6000 {
            tick(&mut processor);
            while port.pull_whole(&mut packet) {
                packets += 1;
            }
        }
        assert!((2998..=3000).contains(&packets), "{packets} packets of 20 ms in a minute");
        assert_eq!(port.readings().overruns, 0);
    }
}

#[test]
fn at_the_mixers_rate_a_receivers_clock_changes_a_few_samples_and_no_others() {
    for ppm in [50.0, -50.0] {
        let (controller, mut processor) = mixer(48_000, Channels::Mono);
        let anna = controller.join("anna", JoinOptions::default()).unwrap();
        let mut port = listen(&controller, OutputOptions::new(StreamFormat::mono(48_000)));
        let (mut mixed, mut heard, mut pulled) = (Vec::new(), Vec::new(), 0);
        for n in 0..12_000 {
            let sent: Vec<f32> = (0..480).map(|at| tone(f64::from(480 * n + at) / 48_000.0) as f32).collect();
            let mut audio = processor.enter();
            let mut tick = audio.tick();
            tick.send(anna, Frame::mono(&sent)).unwrap();
            tick.mix();
            mixed.extend(sent);
            while f64::from(pulled) * 20.0 / (1.0 + 1e-6 * ppm) < f64::from(n) * 10.0 + 5.0 {
                let mut packet = [0.0_f32; 960];
                port.pull(&mut packet);
                heard.extend(packet);
                pulled += 1;
            }
        }
        // When the clock is known.
        let heard = &heard[heard.len() / 2..];
        let mut at = mixed.windows(48).position(|mixed| mixed == &heard[..48]).unwrap();
        let (begun, mut touched) = (at, 0);
        for sample in heard {
            // A slip has ended where the samples go on with one more or one fewer.
            let same = [at, at + 1, at.wrapping_sub(1)].into_iter().find(|at| mixed.get(*at) == Some(sample));
            touched += usize::from(same.is_none());
            at = same.unwrap_or(at) + 1;
        }
        let (passed, moved) = (heard.len() as f64, (at - begun) as f64 - heard.len() as f64);
        // Where a pull moves past a tick, the fill leaps by a tick, which is made up for and back again.
        assert!((moved + 1e-6 * ppm * passed).abs() < 500.0, "{moved} samples in {passed} at {ppm} ppm");
        assert!((0.005..0.06).contains(&(touched as f64 / passed)), "{touched} of {passed} samples at {ppm} ppm");
        assert!(streams::step(heard) < 0.0145, "a step of {}", streams::step(heard));
        assert_eq!(port.readings().conversion_ms, 0.5);
    }
}
