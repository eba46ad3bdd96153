//! Over a steady network, at equal clocks, what is heard is what was sent, a whole number of ticks later.

use super::network::{Mixer, Source, as_heard, figures};
use crate::data::channels::Channels;
use crate::stream::{lanes::LanesFigures, port::Depth};

/// Sources that come and go, with one channel, two, or silent.
fn sent(tick: u64, frames: usize) -> Vec<Source> {
    let mixed = |slot: u64| (tick / 3 + 1).wrapping_mul(slot + 7).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
    let source = |slot: u32| {
        let of = |side: usize| {
            (0..frames).map(|at| (tick as usize * frames + at + 7 * side) as f32 * 1e-5 + slot as f32).collect()
        };
        let mut source = Source::mono(slot, of(0));
        match mixed(u64::from(slot)) % 3 {
            0 => source.planes.clear(),
            1 => source.planes.push(of(1)),
            _ => {}
        }
        source.active = mixed(u64::from(slot)) % 2 == 0;
        source.muted = mixed(u64::from(slot)) % 5 == 0;
        source.mean_square = tick as f64 * 1e-6;
        source
    };
    (0..9).filter(|slot| mixed(u64::from(*slot)) < 10).map(source).collect()
}

/// Each tick comes right before the one after it is played.
#[track_caller]
fn is_heard_after(ticks: u64, figures: &LanesFigures) {
    let mut mixer = Mixer::new(figures);
    let length = (100_000 / figures.tick as u64).clamp(40, 300);
    for now in 0..length {
        if let Some(made) = now.checked_sub(1) {
            assert!(mixer.insert(1_000_000 + made, &sent(made, figures.tick)));
        }
        let expected = now.checked_sub(ticks).map_or(Vec::new(), |made| sent(made, figures.tick));
        let (heard, expected) = (mixer.play(), as_heard(expected, figures.tick));
        let next = now.checked_sub(ticks).map(|made| 1_000_000 + made + 1);
        assert!(next.is_none_or(|next| next == mixer.lanes.next_tick()), "tick {now}");
        assert!(heard == expected, "{figures:?}: tick {now} is not what was sent");
    }
    let counts = mixer.counts();
    let faults = [counts.lost, counts.late, counts.concealed, counts.underruns, counts.resyncs, counts.dropped];
    assert_eq!((faults, counts.inserted_samples, counts.removed_samples, counts.received), ([0; 6], 0, 0, length - 1));
    let waits_ms = (ticks - 1) as f64 * figures.tick as f64 / 48.0;
    assert_eq!((counts.wait_ms, counts.target_ms, counts.drift_ppm), (waits_ms, waits_ms, 0.0));
}

#[test]
fn a_tick_later_if_none_waits() {
    for tick in [1, 120, 480, 960, 5760] {
        is_heard_after(1, &LanesFigures { tick, ..figures(Depth::fixed(0.0)) });
    }
}

#[test]
fn as_many_more_as_they_wait() {
    for (tick, later) in [(120, 8), (480, 2), (960, 1), (5760, 0)] {
        is_heard_after(1 + later, &LanesFigures { tick, ..figures(Depth::default()) });
    }
    is_heard_after(5, &figures(Depth::fixed(45.0)));
}

#[test]
fn a_mono_mixer_and_no_lanes_at_all_change_nothing() {
    is_heard_after(3, &LanesFigures { channels: Channels::Mono, lanes: 0, ..figures(Depth::default()) });
}

#[test]
fn ticks_of_the_first_number_and_with_nobody() {
    let mut mixer = Mixer::new(&figures(Depth::default()));
    for now in 0..10 {
        assert!(mixer.insert(now, &[]));
        assert_eq!(mixer.play(), []);
    }
    assert_eq!((mixer.counts().received, mixer.counts().lost, mixer.counts().concealed), (10, 0, 0));
}
