//! While threads push, pull, join and leave, neither the audio thread nor a port allocates or frees.
#![cfg(feature = "stream")]

mod alloc;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use alloc::{alone, watched};
use mixminus::{
    Channels, Controller, Frame, JoinOptions, MixerConfig, Processor,
    stream::{Clock, InputOptions, InputPort, OutputOptions, OutputPort, PortOptions, Stamp, StreamFormat},
};

fn build(channels: Channels) -> (Controller, Processor) {
    MixerConfig { channels, participants: 2, ..MixerConfig::default() }.build().unwrap()
}

fn options(format: StreamFormat, clock: Clock) -> PortOptions {
    let input = InputOptions { clock, ..InputOptions::new(format) };
    PortOptions { input: Some(input), output: Some(OutputOptions { clock, ..OutputOptions::new(format) }) }
}

/// Pushes packets of all kinds, watched by the allocator.
fn push(mut port: InputPort, channels: Channels, stop: &AtomicBool) -> u64 {
    let samples: Vec<f32> = (0..3840).map(|n| (n as f32 * 0.05).sin() * 0.5).collect();
    let mut pushed = 0;
    while !stop.load(Ordering::Relaxed) {
        let n = pushed % 97;
        let stamp =
            [Stamp::Rtp(pushed as u32 * 960), Stamp::Sequence(pushed as u16), Stamp::None][(pushed % 3) as usize];
        let packet = &samples[..2 * (n as usize % 20 * 48 + 1)];
        let frame = match (n, channels) {
            (5, _) => Frame::mono(&[f32::NAN; 10]),
            (6, _) => Frame::mono(&samples),
            (_, Channels::Mono) => Frame::mono(packet),
            (_, Channels::Stereo) => Frame::interleaved(packet),
        };
        // Refused packets are part of the test.
        let _ = watched(|| port.push(frame.active(n % 3 == 0), stamp));
        pushed += 1;
        std::thread::yield_now();
    }
    pushed
}

fn pull(mut port: OutputPort, stop: &AtomicBool) -> u64 {
    let mut packet = [0_i16; 960];
    let mut pulled = 0;
    while !stop.load(Ordering::Relaxed) {
        let whole = watched(|| if pulled % 2 == 0 { port.pull(&mut packet) > 0 } else { port.pull_whole(&mut packet) });
        pulled += u64::from(whole) + 1;
        std::thread::yield_now();
    }
    pulled
}

fn run(processor: &mut Processor, stop: &AtomicBool, ticks: &AtomicU64) {
    let mut audio = processor.enter();
    while !stop.load(Ordering::Relaxed) {
        watched(|| assert!(audio.tick().mix().distinct().len() < 1000));
        ticks.fetch_add(1, Ordering::Relaxed);
        std::thread::yield_now();
    }
}

fn all_at_once(channels: Channels) {
    let (controller, mut processor) = build(channels);
    let (stop, ticks) = (AtomicBool::new(false), AtomicU64::new(0));
    let (stop, ticks) = (&stop, &ticks);
    std::thread::scope(|scope| {
        scope.spawn(|| run(&mut processor, stop, ticks));
        let formats = [
            (StreamFormat::mono(8000), Clock::FreeRunning),
            (StreamFormat::stereo(48_000), Clock::Locked),
            (StreamFormat::stereo(44_100), Clock::Locked),
        ];
        let workers: Vec<_> = formats
            .into_iter()
            .enumerate()
            .flat_map(|(n, (format, clock))| {
                let ports = options(format, clock);
                let ports = controller.join_with_ports(n.to_string(), JoinOptions::default(), ports).unwrap();
                let (input, output) = (ports.input.unwrap(), ports.output.unwrap());
                let pushing = scope.spawn(move || push(input, format.channels, stop));
                [pushing, scope.spawn(move || pull(output, stop))]
            })
            .collect();
        // Meanwhile guests come and go, some before they have sent anything, some with their ports still in use.
        let mut guests = 0;
        while guests < 60 || ticks.load(Ordering::Relaxed) < 300 {
            let id = format!("guest {guests}");
            let ports = options(StreamFormat::stereo(16_000), Clock::FreeRunning);
            let mut guest = controller.join_with_ports(id.as_str(), JoinOptions::default(), ports).unwrap();
            let _ = guest.input.as_mut().unwrap().push(Frame::mono(&[0.25_f32; 320]), Stamp::None);
            let generation = controller.set_muted(&id, guests % 2 == 0).unwrap();
            controller.wait_until_mixed(generation, std::time::Duration::from_secs(60)).unwrap();
            // Its network connection changes, and it may go before the audio thread has seen that.
            let other = [PortOptions::default(), options(StreamFormat::mono(48_000), Clock::Locked)][guests % 2];
            guest = controller.replace_ports(&id, other).unwrap();
            if let Some(input) = &mut guest.input {
                let _ = input.push(Frame::mono(&[0.25_f32; 480]), Stamp::None);
            }
            if guests % 3 > 0 {
                let generation = controller.published();
                controller.wait_until_mixed(generation, std::time::Duration::from_secs(60)).unwrap();
            }
            controller.leave(&id).unwrap();
            guests += 1;
        }
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().for_each(|worker| assert!(worker.join().unwrap() > 0));
    });
    (0..4).for_each(|_| assert!(processor.enter().tick().mix().distinct().len() > 0));
    assert_eq!(controller.reclaim(), 0, "what the guests had has come back");
}

#[test]
fn threads_push_and_pull_and_come_and_go() {
    let _alone = alone();
    [Channels::Mono, Channels::Stereo].into_iter().for_each(all_at_once);
}
