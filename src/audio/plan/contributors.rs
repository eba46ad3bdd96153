//! Who is in a mix: for those who tell the receivers, as the list of contributing sources of an RTP packet does.

use crate::{
    audio::{apply::Listener, receive::Audible},
    data::{class::Class, fade::Fade, id::ParticipantKey, timing::Clock},
};

/// Whether a source has a gain over 0, at any time of a tick, in the mix of the listener of a slot.
pub(crate) fn is_in_mix(
    (source, class): (ParticipantKey, Class),
    listener: &Listener,
    slot: u32,
    channels: usize,
    audible: &Audible,
    clock: &Clock<'_>,
) -> bool {
    let heard = |fade: &Fade| fade.is_over_0(clock);
    source.slot != slot
        && audible.position(source.slot).is_some()
        && heard(&listener.hears())
        && (0..channels).any(|channel| {
            let pairs = listener.row.pairs(channel);
            let found = pairs.binary_search_by_key(&source.slot, |pair| pair.slot).map(|at| pairs[at]);
            let [open, ducked] = match found {
                Ok(pair) if pair.is_of(source) => pair.fades(clock.now),
                _ => [Fade::ZERO, unlisted(listener, source.slot, class, audible, clock)],
            };
            heard(&open) || heard(&ducked) && greatest_level(listener, clock) > 0.0
        })
}

/// The gain of a source without a pair.
fn unlisted(listener: &Listener, slot: u32, class: Class, audible: &Audible, clock: &Clock<'_>) -> Fade {
    let changes = audible.changes(listener.row.moves());
    match changes.binary_search_by_key(&slot, |(slot, _)| *slot) {
        Ok(at) => listener.row.changing(&changes[at].1, clock),
        Err(_) => listener.row.unlisted(class),
    }
}

/// The greatest value of an envelope in the tick. It is at an end of it, for it turns between ticks only.
fn greatest_level(listener: &Listener, clock: &Clock<'_>) -> f64 {
    let (first, last) = (clock.now + 1, clock.now + clock.timing.tick as u64);
    [first, last].map(|at| listener.motion().value(at, clock.timing)).into_iter().fold(0.0, f64::max)
}
