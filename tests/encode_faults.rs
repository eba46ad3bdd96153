//! What goes wrong around encode groups harms nobody else: too few encoders, ticks that are missing, codecs that panic, a relay
//! that is too small.
#![cfg(feature = "stream")]

mod encode;

use encode::{Call, OPTIONS, Witness};
use mixminus::{
    MixerConfig,
    stream::{CodecError, EncodeError, EncodeGroups, EncodeOptions, Encoder, Relay, RelayOptions, StreamFormat},
};

#[test]
fn with_fewer_encoders_than_mixes_the_largest_are_served_and_nobody_hears_another_mix() {
    let mut call = Call::new(160, EncodeOptions { most_encoders: 2, ..OPTIONS });
    call.join(6);
    (0..10).for_each(|_| call.tick(&[0, 1, 2]));
    let readings = call.control.readings();
    assert_eq!((readings.encoders, readings.waiting, readings.lost_packets), (2, 2, 20));
    assert_eq!(call.got[&call.here[3]].len(), 10, "three listeners have one mix");
    let of_talkers = [0, 1, 2].map(|number| call.got.get(&call.here[number]).map_or(0, Vec::len));
    assert_eq!(of_talkers, [10, 0, 0], "of those with as many listeners the first");
    (0..20).for_each(|_| call.tick(&[0]));
    assert_eq!(call.control.readings().waiting, 0);
    assert!(call.here.iter().all(|key| call.got[key].last().unwrap().position == 29 * 160));
    for (listener, got) in &call.got {
        got.iter().for_each(|one| assert_eq!(one.samples, call.truth(*listener, one.position, 160)));
    }
}

#[test]
fn skipped_ticks_are_lost_packets_and_positions_stay_true() {
    let mut call = Call::new(80, OPTIONS);
    call.join(2);
    (0..4).for_each(|_| call.tick(&[0]));
    call.processor.enter().skip(7);
    (0..5).for_each(|_| call.tick(&[0]));
    let got = &call.got[&call.here[1]];
    let sent: Vec<(u64, u32)> = got.iter().map(|one| (one.position / 80, one.lost_before)).collect();
    assert_eq!(sent, [(0, 0), (2, 0), (12, 4), (14, 0)]);
    assert!(got.iter().skip(1).all(|one| !one.resumes));
    assert_eq!(call.control.readings().lost_packets, 8, "of two encoders");
}

#[test]
fn an_encoder_that_panics_is_replaced_and_harms_nobody_else() {
    #[derive(Debug, Clone)]
    struct Fragile(Witness);
    impl Encoder for Fragile {
        fn format(&self) -> StreamFormat {
            self.0.format()
        }
        fn takes(&self, frames: usize) -> bool {
            self.0.takes(frames)
        }
        fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
            assert!(self.0.recent.len() < 3, "it breaks at the fourth packet");
            self.0.encode(samples, out)
        }
        fn fork(&mut self) -> Box<dyn Encoder> {
            Box::new(self.clone())
        }
        fn reset(&mut self) {
            self.0.reset();
        }
    }
    let mut call = Call::new(160, OPTIONS);
    call.join(3);
    let fragile = call.control.add_codec(Fragile(Witness::default())).unwrap();
    call.control.listen(call.here[2], fragile);
    (0..9).for_each(|_| call.tick(&[0]));
    assert_eq!((call.got[&call.here[1]].len(), call.got[&call.here[2]].len()), (9, 7));
    let lost: Vec<u32> = call.got[&call.here[2]].iter().map(|one| one.lost_before).collect();
    assert_eq!((lost, call.control.readings().panics), (vec![0, 0, 0, 1, 0, 0, 1], 2));
}

#[test]
fn a_codec_that_panics_where_it_is_forked_or_reset_harms_nobody_else() {
    #[derive(Debug, Clone)]
    struct Rigid(Witness);
    impl Encoder for Rigid {
        fn format(&self) -> StreamFormat {
            self.0.format()
        }
        fn takes(&self, frames: usize) -> bool {
            self.0.takes(frames)
        }
        fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
            self.0.encode(samples, out)
        }
        fn fork(&mut self) -> Box<dyn Encoder> {
            assert!(self.0.recent.is_empty(), "it cannot be forked once it is in use");
            Box::new(self.clone())
        }
        fn reset(&mut self) {
            unreachable!("it cannot be reset");
        }
    }
    let mut call = Call::new(160, OPTIONS);
    call.join(4);
    let rigid = call.control.add_codec(Rigid(Witness::default())).unwrap();
    call.here[1..3].iter().for_each(|key| call.control.listen(*key, rigid));
    (0..4).for_each(|_| call.tick(&[0]));
    (0..4).for_each(|_| call.tick(&[0, 1]));
    assert_eq!(call.control.readings().panics, 1, "one fork");
    (0..12).for_each(|_| call.tick(&[0]));
    assert_eq!(call.control.readings().panics, 2, "and one reset, of the encoder that is not needed any more");
    for key in &call.here {
        assert_eq!(call.got[key].len(), 20, "a new encoder takes the place of the fork");
    }
}

#[test]
fn a_relay_that_holds_less_than_a_packet_is_refused() {
    let (_controller, processor) = MixerConfig { tick_samples: 48, ..MixerConfig::default() }.build().unwrap();
    let groups = |ticks, packet_ms| {
        let (_writer, relay) = Relay::new(&processor, RelayOptions { ticks, ..RelayOptions::default() }).unwrap();
        EncodeGroups::new(relay, EncodeOptions { packet_ms, ..OPTIONS }).map(drop)
    };
    assert_eq!(groups(32, 40), Err(CodecError::Relay { ticks: 32, least: 42, packet_ms: 40 }));
    assert_eq!((groups(42, 40), groups(32, 20)), (Ok(()), Ok(())));
}
