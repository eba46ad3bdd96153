//! Decoders that panic, threads that do not decode, and ports that are dropped: each harms its own stream at most; in
//! simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::{
    Channels,
    stream::{
        DecodeError, Decoder, Decoders, InputOptions, OutputOptions, PacketError, PacketPort, PortOptions, RtpPacket,
        StreamFormat,
    },
};
use streams::{
    drain, join, listen, mixer,
    path::{L16, Path, Way, packets, payload, rms, voice},
    tick,
};

const RATE_HZ: u32 = 8000;

/// Panics at a packet.
#[derive(Debug)]
struct Bomb(L16, usize);

impl Decoder for Bomb {
    fn format(&self) -> StreamFormat {
        self.0.format()
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        self.0.frames(payload)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        self.1 = self.1.checked_sub(1).expect("the decoder of this test panics here");
        self.0.decode(payload, out)
    }

    fn conceal(&mut self, _out: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

fn push(port: &mut PacketPort, number: u64, sound: impl Fn(u64) -> Vec<u8>) -> Result<(), PacketError> {
    let (sequence, timestamp) = (number as u16, number as u32 * 160);
    port.push(RtpPacket { payload: &sound(number), sequence, timestamp, level: None })
}

#[test]
fn a_decoder_that_panics_takes_only_its_own_stream() {
    let (controller, mut processor) = mixer(RATE_HZ, Channels::Mono);
    let input = PortOptions { input: Some(InputOptions::new(StreamFormat::mono(RATE_HZ))), output: None };
    let mut decoders = Decoders::default();
    let mut enter = |id: &str, decoder: Box<dyn FnOnce() -> Bomb>| {
        let (port, decoding) = join(&controller, id, input).input.unwrap().decode_with(decoder()).unwrap();
        decoders.add(decoding);
        port
    };
    let mut bad = enter("bad", Box::new(|| Bomb(L16(RATE_HZ), 50)));
    let mut good = enter("good", Box::new(|| Bomb(L16(RATE_HZ), usize::MAX)));
    let mut listener = listen(&controller, OutputOptions::prompt(StreamFormat::mono(RATE_HZ)));
    let (mut heard, mut refused) = (Vec::new(), 0);
    for n in 0..400_u64 {
        if n % 2 == 0 {
            push(&mut good, n / 2, |number| payload(RATE_HZ, number * 160, 160)).unwrap();
            // Too loud to be overheard.
            let told = push(&mut bad, n / 2, |_| 16_384_i16.to_be_bytes().repeat(160));
            refused += u64::from(told == Err(PacketError::Gone));
        }
        decoders.pass();
        tick(&mut processor);
        drain(&mut listener, 1, &mut heard);
    }
    assert_eq!((decoders.panicked(), decoders.len()), (1, 1));
    assert!((140..=150).contains(&refused) && !bad.is_connected() && good.is_connected(), "{refused} were refused");
    let readings = good.readings();
    let missing = (readings.concealed_samples, readings.lost_samples, readings.late, readings.undecoded_samples);
    assert_eq!(missing, (0, 0, 0, 0), "{readings:?}");
    // From second 2 on only one is heard, bit for bit, 15 ms late.
    assert!((16_000..32_000).all(|at| heard[at] == voice(at as u64 - 120, RATE_HZ)));
    let both = heard[6400..7800].iter().fold(0.0_f32, |most, sample| most.max(*sample));
    assert!(both > 0.8, "before that, both: {both}");
}

#[test]
fn what_is_never_decoded_is_silence_until_it_is() {
    let mut path = Path::new(Way::Packets, InputOptions::new(StreamFormat::mono(RATE_HZ)));
    let mut decoders = std::mem::take(&mut path.decoders);
    let mut told = Vec::new();
    let mut tell = |path: &mut Path, number: u64| {
        told.push(push(path.packets(), number, |number| payload(RATE_HZ, number * 160, 160)));
        (0..2).for_each(|_| path.tick());
    };
    (0..600).for_each(|number| tell(&mut path, number));
    let readings = path.readings();
    assert!(path.heard.iter().all(|sample| *sample == 0.0), "{readings:?}");
    assert_eq!(readings.overruns, 600 - 512, "what there is no room for is counted: {readings:?}");
    decoders.pass();
    path.decoders = decoders;
    (600..700).for_each(|number| tell(&mut path, number));
    assert_eq!(told.iter().filter(|told| **told == Err(PacketError::Full)).count(), 600 - 512);
    assert!(told[600..].iter().all(Result::is_ok));
    let readings = path.readings();
    let level = rms(path.between(13_000, 13_990));
    assert!(level > 0.2, "a second later it is heard as it should be: {level}: {readings:?}");
}

#[test]
fn a_thread_that_decodes_too_late_is_silence_and_told() {
    let mut path = Path::new(Way::Packets, InputOptions::new(StreamFormat::mono(RATE_HZ)));
    path = path.send(packets(RATE_HZ, 20, 9000));
    path.run(2000);
    let decoders = std::mem::take(&mut path.decoders);
    let before = path.readings();
    let stalled = path.run(3000);
    assert!(path.between(2200, 3000).iter().all(|sample| *sample == 0.0), "{stalled:?}");
    assert!(stalled.concealed_samples - before.concealed_samples <= 8 * 90, "{stalled:?}");
    path.decoders = decoders;
    let after = path.run(9000);
    assert_eq!((after.refused, after.resyncs, after.strays), (0, 0, 0), "{after:?}");
    let level = rms(path.between(8000, 9000));
    assert!(level > 0.2, "it is heard as it should be: {level}: {after:?}");
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let insert = |order: &Vec<usize>, at: usize| [&order[..at], &[count - 1], &order[at..]].concat();
    orders(count - 1).iter().flat_map(|order| (0..count).map(move |at| insert(order, at))).collect()
}

#[test]
fn ports_are_dropped_in_any_order() {
    let orders = orders(5);
    assert_eq!(orders.len(), 120);
    for order in orders {
        let (controller, processor) = mixer(RATE_HZ, Channels::Mono);
        let input = PortOptions { input: Some(InputOptions::new(StreamFormat::mono(RATE_HZ))), output: None };
        let port = join(&controller, "sender", input).input.unwrap();
        let output = listen(&controller, OutputOptions::prompt(StreamFormat::mono(RATE_HZ)));
        let (port, decoding) = port.decode_with(L16(RATE_HZ)).unwrap();
        let mut decoders = Decoders::default();
        decoders.add(decoding);
        let (mut controller, mut processor, mut port) = (Some(controller), Some(processor), Some(port));
        let (mut output, mut decoders, mut number) = (Some(output), Some(decoders), 0);
        for dropped in [None].into_iter().chain(order.iter().copied().map(Some)) {
            match dropped {
                Some(0) => drop(controller.take()),
                Some(1) => drop(processor.take()),
                Some(2) => drop(port.take()),
                Some(3) => drop(output.take()),
                Some(4) => drop(decoders.take()),
                _ => {}
            }
            for _ in 0..5 {
                let told = port.as_mut().map(|port| push(port, number, |number| payload(RATE_HZ, number * 160, 160)));
                let leads = decoders.as_ref().is_some_and(|decoders| !decoders.is_empty());
                assert_eq!(told.is_some_and(|told| told.is_ok()), port.is_some() && leads, "{order:?}: {told:?}");
                number += 1;
                decoders.as_mut().map(Decoders::pass);
                (0..2).for_each(|_| processor.iter_mut().for_each(tick));
                output.iter_mut().for_each(|output| drain(output, 1, &mut Vec::new()));
                controller.iter().for_each(|controller| _ = controller.reclaim());
            }
        }
    }
}
