//! Encode groups, held against what every listener hears.

use mixminus::stream::EncodeOptions;

use crate::{
    encode::{Call, OPTIONS, assert_all_was_given, assert_decoders_hear_on, assert_packets_are_what_was_heard},
    steps::Steps,
};

/// So many samples are mixed, for each participant, at most.
const MOST_WORK: usize = 200_000;
/// Nobody joins past so many.
const MOST_PEOPLE: usize = 16;

/// Whoever comes, goes and talks: every listener is given packets of just what it hears, one after the other.
pub fn encoding(input: &[u8]) {
    let mut steps = Steps::new(input);
    let tick = steps.one_of(&[80, 160, 240, 120, 7, 480]);
    let packet_ms = steps.one_of(&[20, 10, 40, 60]);
    let mut call = Call::new(tick, EncodeOptions { packet_ms, ..OPTIONS });
    call.join(3);
    let mut work = 0;
    while let Some(step) = steps.next() {
        match step {
            b'j' if call.joined < MOST_PEOPLE => call.join(1),
            b'l' => call.leave(steps.number(MOST_PEOPLE)),
            _ => {
                let mut talkers = steps.list(4, |steps| steps.number(8));
                talkers.sort_unstable();
                talkers.dedup();
                for _ in 0..1 + steps.number(12) {
                    work += tick * (1 + call.here.len());
                    call.tick(&talkers);
                }
            }
        }
        if work > MOST_WORK {
            break;
        }
    }
    let packet = 8 * packet_ms as usize;
    assert_all_was_given(&call, packet);
    assert_packets_are_what_was_heard(&call, packet);
    // Of longer packets fewer are in common.
    if packet_ms <= 20 {
        assert_decoders_hear_on(&call);
    }
}
