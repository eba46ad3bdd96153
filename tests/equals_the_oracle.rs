//! The mixer equals its model: random participants, events and ticks, played to the mixer and to a naive f64 model of
//! the page "What a listener hears".

mod cases;
mod oracle;
mod scene;

use std::ops::Range;

use cases::cases;
use mixminus::{Direction, config::Ducking};
use oracle::Routing;
use proptest::prelude::*;
use scene::{Event, Figures, Scene};

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![4 => Just(Direction::Both), 1 => Just(Direction::Source), 1 => Just(Direction::Listener)]
}

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
    prop_oneof![4 => event_in(0..8, 0..4), 1 => fade(0..8)]
}

/// Events among the participants in `who`; a configuration lists so many sources.
fn event_in(who: Range<usize>, sources: Range<usize>) -> impl Strategy<Value = Event> {
    let level = prop_oneof![Just(0_i64), Just(100_i64), 0..=100_i64];
    prop_oneof![
        3 => (direction(), any::<bool>(), routing()).prop_map(|(direction, host_detector, routing)| Event::Join {
            direction, host_detector, routing
        }),
        4 => routes(who.clone()),
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

/// Mostly the default group, so that much is heard.
fn routing() -> impl Strategy<Value = Routing> {
    prop_oneof![3 => Just(Routing::DefaultGroup), 1 => Just(Routing::Apart), 2 => (0..Routing::ROLES).prop_map(Routing::Role)]
}

/// A change of who may be heard by whom.
fn routes(who: Range<usize>) -> impl Strategy<Value = Event> {
    let role = || 0..Routing::ROLES;
    let some = |who: &Range<usize>| prop::collection::vec(who.clone(), 0..4);
    prop_oneof![
        4 => (who.clone(), routing()).prop_map(|(n, routing)| Event::Route(n, routing)),
        3 => prop::collection::vec((role(), role()), 0..9).prop_map(Event::Table),
        2 => (0..3_usize, some(&who), some(&who)).prop_map(|(group, s, r)| Event::Group(group, s, r)),
        1 => (0..3_usize).prop_map(Event::Ungroup),
        2 => (who.clone(), who.clone(), any::<bool>()).prop_map(|(l, s, exempt)| Event::Exempt(l, s, exempt)),
        1 => (who.clone(), some(&who)).prop_map(|(n, music)| Event::Hold(n, music)),
        2 => who.prop_map(Event::Resume),
    ]
}

/// A row that is replaced, once or twice in a row.
fn fade(who: Range<usize>) -> impl Strategy<Value = Event> {
    let twice = (who.clone(), 1..100_i64).prop_map(|(listener, by)| Event::FadeTwice(listener, by));
    prop_oneof![fade_once(who), twice]
}

fn fade_once(who: Range<usize>) -> impl Strategy<Value = Event> {
    (who, prop_oneof![Just(0_i64), 1..100_i64]).prop_map(|(listener, by)| Event::Fade(listener, by))
}

/// What happens before each tick.
fn events() -> impl Strategy<Value = Vec<Vec<Event>>> {
    prop::collection::vec(prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::vec(event(), 1..4)], 1..30)
}

/// Mostly so short a tick that moves overlap: smoothing times of 0 to 5 ticks.
fn figures(tick: impl Strategy<Value = usize>) -> impl Strategy<Value = Figures> {
    let other_ms = prop_oneof![5 => Just(None), 1 => (0.0..60.0).prop_map(Some)];
    (tick, smoothing_ticks(), other_ms, floor()).prop_map(|(tick, ticks, other_ms, floor_dbfs)| {
        let figures = figures_of(tick, ticks);
        let smoothing_ms = other_ms.unwrap_or(figures.smoothing_ms);
        Figures { smoothing_ms, hangover_ms: 30.0, floor_dbfs, ..figures }
    })
}

/// The default floor, none, and the levels of what the sources of a scene send: faint, and loud.
fn floor() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => Just(Some(-80.0)), 1 => Just(None), 1 => Just(Some(-70.8)), 1 => Just(Some(-7.9))]
}

/// The smoothing time in ticks: whole ones, where moves end with a tick, and others.
fn smoothing_ticks() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 2 => (1..=5_u8).prop_map(f64::from), 3 => 0.0..5.0]
}

fn figures_of(tick: usize, smoothing_ticks: f64) -> Figures {
    let smoothing_ms = smoothing_ticks * tick as f64 / 48.0;
    Figures { rate: 48_000, tick, smoothing_ms, threshold_dbfs: -50.0, hangover_ms: 5.0, floor_dbfs: Some(-80.0) }
}

fn play(figures: Figures, participants: usize, events: &[Vec<Event>]) {
    let mut scene = Scene::new(figures);
    for _ in 0..participants {
        scene.happen(&Event::Join { direction: Direction::Both, host_detector: true, routing: Routing::DefaultGroup });
    }
    for events in events {
        events.iter().for_each(|event| scene.happen(event));
        scene.tick();
    }
}

proptest! {
    #![proptest_config(cases(48))]

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
    fn with_one_change_at_a_time(
        tick in prop::sample::select(vec![48_usize, 240, 480, 701]),
        smoothing in prop_oneof![Just(0.0), Just(1.0), 0.0..1.0_f64],
        participants in 2..20_usize,
        changes in prop::collection::vec(prop_oneof![3 => event_in(0..20, 0..20), 1 => fade_once(0..20)], 1..30),
    ) {
        let events: Vec<_> = changes.into_iter().map(|change| vec![change]).collect();
        play(figures_of(tick, smoothing), participants, &events);
    }

    #[test]
    fn in_large_rooms(
        smoothing in smoothing_ticks(),
        participants in prop_oneof![12..40_usize, 60..80_usize],
        crowd in prop::collection::vec(
            prop::collection::vec(prop_oneof![5 => event_in(0..80, 0..4), 1 => fade(0..80)], 0..4),
            1..12,
        ),
    ) {
        play(figures_of(48, smoothing), participants, &crowd);
    }

    #[test]
    fn where_rows_list_many(
        smoothing in smoothing_ticks(),
        participants in prop_oneof![3..17_usize, 17..40_usize, 130..140_usize],
        crowd in prop::collection::vec(
            prop::collection::vec(prop_oneof![5 => event_in(0..140, 8..140), 1 => fade(0..140)], 0..4),
            1..8,
        ),
    ) {
        play(figures_of(48, smoothing), participants, &crowd);
    }

    #[test]
    fn where_large_rows_move_in_ticks_of_many_lengths(
        tick in prop::sample::select(vec![160_usize, 240, 320, 441, 480, 701, 960]),
        smoothing in smoothing_ticks(),
        participants in 14..60_usize,
        crowd in prop::collection::vec(
            prop::collection::vec(prop_oneof![event_in(0..60, 8..60), fade(0..60), fade(0..60)], 0..12),
            1..6,
        ),
    ) {
        play(figures_of(tick, smoothing), participants, &crowd);
    }

    #[test]
    fn in_large_rooms_where_moves_overlap(
        smoothing in 1.0..5.0_f64,
        participants in 17..60_usize,
        crowd in prop::collection::vec(
            prop::collection::vec(prop_oneof![event_in(0..60, 0..4), event_in(0..60, 8..60), fade(0..60)], 0..3),
            1..12,
        ),
    ) {
        play(figures_of(40, smoothing), participants, &crowd);
    }

    #[test]
    fn with_any_tick(
        figures in figures(1..=5760_usize),
        events in prop::collection::vec(prop::collection::vec(event(), 0..3), 1..8),
    ) {
        play(figures, 3, &events);
    }
}
