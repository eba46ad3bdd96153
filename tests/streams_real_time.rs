//! Eight seconds of packets from a thread, decoded by another and mixed by a third, in real time, over a network that
//! loses, delays and repeats: the thread that mixes allocates and frees nothing.
#![cfg(feature = "stream")]

mod alloc;
mod streams;

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::sync_channel,
    },
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use alloc::{alone, watch};
use mixminus::{
    JoinOptions, MixerConfig,
    stream::{InputOptions, OutputOptions, PacketPort, PortOptions, RtpPacket, Runner, RunnerOptions, StreamFormat},
};
use streams::path::{L16, payload};

const STREAMS: usize = 6;
const TICKS: u64 = 800;
const RATES: [u32; 3] = [8000, 16_000, 48_000];

/// Pushes packets of 20 ms when they are due, until it is told to stop. Of ten packets one is lost, one comes with the
/// next, one comes twice, and each three seconds all of 150 ms come at once.
fn push(mut port: PacketPort, rate_hz: u32, stop: &AtomicBool) -> PacketPort {
    let (begin, mut held) = (Instant::now(), Vec::new());
    let frames = u64::from(rate_hz) / 50;
    for number in 0_u64.. {
        let due = Duration::from_millis(20 * number);
        sleep(due.saturating_sub(begin.elapsed()));
        if stop.load(Ordering::Relaxed) {
            break;
        }
        held.insert(0, number);
        let stalls = number % 150 > 143;
        if stalls || number % 10 == 3 {
            continue;
        }
        for number in held.drain(..).filter(|number| number % 10 != 7) {
            let payload = payload(rate_hz, number * frames, frames);
            let timestamp = (number * frames) as u32;
            let packet = RtpPacket { payload: &payload, sequence: number as u16, timestamp, level: None };
            (0..1 + u64::from(number % 10 == 5)).for_each(|_| port.push(packet).unwrap());
        }
    }
    port
}

#[test]
fn nothing_is_allocated_or_freed_while_packets_are_decoded_and_mixed() {
    let _alone = alone();
    let (controller, processor) = MixerConfig { participants: 16, ..MixerConfig::default() }.build().unwrap();
    let (counts, counted) = sync_channel(2);
    let mut tick = 0;
    let options = RunnerOptions { decode_threads: 2, ..RunnerOptions::default() };
    let runner = Runner::start(processor, options, move |mixes| {
        tick += 1;
        assert!(mixes.distinct().len() < 1000);
        // The first tick ends the watch before it sends, because a send may allocate.
        if tick == 1 {
            counts.send(watch(false)).unwrap();
            watch(true);
        } else if tick == TICKS {
            counts.send(watch(false)).unwrap();
        }
    })
    .unwrap();
    let stop = AtomicBool::new(false);
    scope(|scope| {
        let pushing = RATES.iter().cycle().take(STREAMS).enumerate().map(|(n, rate_hz)| {
            let input = InputOptions::new(StreamFormat::mono(*rate_hz));
            let output = OutputOptions::prompt(StreamFormat::mono(48_000));
            let ports = PortOptions { input: Some(input), output: Some(output) };
            let joined = controller.join_with_ports(n.to_string(), JoinOptions::default(), ports).unwrap();
            let (port, decoding) = joined.input.unwrap().decode_with(L16(*rate_hz)).unwrap();
            runner.decode(decoding).unwrap();
            let stop = &stop;
            scope.spawn(move || push(port, *rate_hz, stop))
        });
        let pushing: Vec<_> = pushing.collect();
        let [before, after] = [(), ()].map(|()| counted.recv_timeout(Duration::from_secs(60)));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(before.unwrap(), after.unwrap(), "(allocated, freed) on the audio thread");
        for port in pushing.into_iter().map(|pushing| pushing.join().unwrap()) {
            let readings = port.readings();
            assert!(readings.received_packets > 250, "{readings:?}");
            // The rest is the doing of the machine, which may be busy.
            assert_eq!((readings.refused, readings.strays), (0, 0), "{readings:?}");
        }
    });
    assert_eq!(runner.decode_readings().panicked, 0);
    runner.stop().unwrap();
}
