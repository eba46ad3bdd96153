//! Any scene sounds as the rules say: random participants, events and ticks against a naive f64 model of the rules.

mod oracle;
mod scene;

use std::ops::Range;

use mixminus::{Role, config::Ducking};
use proptest::prelude::*;
use scene::{Event, Figures, Scene};

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![4 => Just(Role::Both), 1 => Just(Role::Source), 1 => Just(Role::Listener)]
}

/// Bounds that no slope meets on a sample by chance, where rounding would decide between two ways that the rules tell apart.
fn ducking() -> impl Strategy<Value = Option<Ducking>> {
    let ramp = prop_oneof![Just(0_i64), 1..20_i64, 20..400_i64];
    let ducking = (ramp.clone(), ramp, 0..=100_i64, 0..=100_i64).prop_map(|(down, up, a, b)| Ducking {
        ramp_active: down,
        ramp_inactive: up,
        lower_level: a.min(b),
        upper_level: a.max(b),
    });
    proptest::option::of(ducking)
}

fn event() -> impl Strategy<Value = Event> {
    event_in(0..8, 0..4)
}

/// `sources` is how many a configuration lists.
fn event_in(who: Range<usize>, sources: Range<usize>) -> impl Strategy<Value = Event> {
    let level = prop_oneof![Just(0_i64), Just(100_i64), 0..=100_i64];
    prop_oneof![
        3 => (role(), any::<bool>()).prop_map(|(role, host_detector)| Event::Join { role, host_detector }),
        1 => who.clone().prop_map(Event::Leave),
        2 => (who.clone(), any::<bool>()).prop_map(|(n, muted)| Event::Mute(n, muted)),
        1 => (who.clone(), any::<bool>()).prop_map(|(n, deafened)| Event::Deafen(n, deafened)),
        2 => (who.clone(), any::<bool>()).prop_map(|(n, sends)| Event::Send(n, sends)),
        2 => (who.clone(), any::<bool>()).prop_map(|(n, active)| Event::Active(n, active)),
        6 => (who.clone(), any::<bool>(), ducking(), prop::collection::vec((who, level, any::<bool>()), sources))
            .prop_map(|(listener, exclusive, ducking, sources)| Event::Configure {
                listener, exclusive, ducking, sources
            }),
    ]
}

fn fade(who: Range<usize>) -> impl Strategy<Value = Event> {
    (who, prop_oneof![Just(0_i64), 1..100_i64]).prop_map(|(listener, by)| Event::Fade(listener, by))
}

/// What happens before each tick; most ticks follow the one before at once.
fn events() -> impl Strategy<Value = Vec<Vec<Event>>> {
    prop::collection::vec(prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::vec(event(), 1..4)], 1..30)
}

fn figures(tick: impl Strategy<Value = usize>) -> impl Strategy<Value = Figures> {
    let smoothing = prop_oneof![4 => Just(10.0), 1 => Just(0.0), 2 => 0.1..60.0];
    (tick, smoothing).prop_map(|(tick, smoothing_ms)| Figures {
        rate: 48_000,
        tick,
        smoothing_ms,
        threshold_dbfs: -50.0,
        hangover_ms: 30.0,
    })
}

fn play(figures: Figures, participants: usize, events: &[Vec<Event>]) {
    let mut scene = Scene::new(figures);
    for _ in 0..participants {
        scene.happen(&Event::Join { role: Role::Both, host_detector: true });
    }
    for events in events {
        events.iter().for_each(|event| scene.happen(event));
        scene.tick();
    }
    assert_eq!(scene.approximated(), 0, "there is room for every move of scenes as small as these");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn with_the_ticks_of_media_servers(
        figures in figures(prop::sample::select(vec![120_usize, 240, 480, 960, 1920])),
        events in events(),
    ) {
        play(figures, 3, &events);
    }

    #[test]
    fn with_ticks_shorter_than_the_moves(figures in figures(1..200_usize), events in events()) {
        play(figures, 3, &events);
    }

    #[test]
    fn in_large_rooms(
        smoothing_ms in prop::sample::select(vec![0.0, 1.0]),
        participants in prop_oneof![12..40_usize, 60..80_usize],
        crowd in prop::collection::vec(prop::collection::vec(event_in(0..80, 0..4), 0..4), 1..12),
    ) {
        let figures = Figures { rate: 48_000, tick: 48, smoothing_ms, threshold_dbfs: -50.0, hangover_ms: 5.0 };
        play(figures, participants, &crowd);
    }

    #[test]
    fn where_rows_list_many(
        smoothing_ms in prop::sample::select(vec![0.0, 1.0]),
        participants in prop_oneof![3..17_usize, 17..40_usize, 130..140_usize],
        crowd in prop::collection::vec(prop::collection::vec(event_in(0..140, 8..140), 0..4), 1..8),
    ) {
        let figures = Figures { rate: 48_000, tick: 48, smoothing_ms, threshold_dbfs: -50.0, hangover_ms: 5.0 };
        play(figures, participants, &crowd);
    }

    #[test]
    fn where_large_rows_move_over_many_tiles(
        // 10 ms and others at rates from 16 kHz on: most ticks end within a tile, and moves with them or not.
        (tick, smoothing) in (prop::sample::select(vec![160_usize, 240, 320, 441, 480, 701, 960]), any::<prop::sample::Index>())
            .prop_map(|(tick, choice)| (tick, *choice.get(&[tick, tick, 240, 441, 480, 713, 960]))),
        participants in 14..33_usize,
        crowd in prop::collection::vec(
            prop::collection::vec(prop_oneof![event_in(0..33, 8..33), fade(0..33), fade(0..33)], 0..12),
            1..6,
        ),
    ) {
        let smoothing_ms = smoothing as f64 / 48.0;
        let figures = Figures { rate: 48_000, tick, smoothing_ms, threshold_dbfs: -50.0, hangover_ms: 5.0 };
        play(figures, participants, &crowd);
    }

    #[test]
    fn in_large_rooms_where_moves_overlap(
        participants in 17..28_usize,
        crowd in prop::collection::vec(prop::collection::vec(prop_oneof![event_in(0..30, 0..4), event_in(0..30, 8..30)], 0..3), 1..12),
    ) {
        let figures = Figures { rate: 48_000, tick: 40, smoothing_ms: 2.5, threshold_dbfs: -50.0, hangover_ms: 5.0 };
        play(figures, participants, &crowd);
    }

    #[test]
    fn with_any_tick(figures in figures(1..=5760_usize), events in prop::collection::vec(prop::collection::vec(event(), 0..3), 1..8)) {
        play(figures, 3, &events);
    }
}
