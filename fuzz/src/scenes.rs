//! Control operations and ticks, held against the oracle of the tests.

use mixminus::{Direction, config::Ducking};

use crate::{
    oracle::Routing,
    scene::{Event, Figures, Scene},
    steps::Steps,
};

/// The oracle advances every pair sample by sample: so many of them are played at most.
const MOST_WORK: usize = 400_000;
/// Nobody joins past so many.
const MOST_PEOPLE: usize = 96;

/// Plays a script of control operations and ticks to a mixer and to its model: every mix is what the model says.
///
/// A script begins with the length of a tick, the smoothing time and the floor, and goes on with the steps of [`event`],
/// `P` (so many participants more) and `.` (a tick).
pub fn scenes(input: &[u8]) {
    let mut steps = Steps::new(input);
    let figures = figures(&mut steps);
    let mut scene = Scene::new(figures);
    let (mut people, mut work) = (0, 0);
    let join = Event::Join { direction: Direction::Both, host_detector: true, routing: Routing::DefaultGroup };
    while let Some(step) = steps.next() {
        match step {
            b'p' => {
                let more = steps.number(80).min(MOST_PEOPLE - people);
                (0..more).for_each(|_| scene.happen(&join));
                people += more;
            }
            b'j' if people == MOST_PEOPLE => {}
            _ => match event(step, &mut steps) {
                Some(event) => {
                    people += usize::from(matches!(event, Event::Join { .. }));
                    scene.happen(&event);
                }
                None => {
                    work += figures.tick * (people * people + 8);
                    if work > MOST_WORK {
                        return;
                    }
                    scene.tick();
                }
            },
        }
    }
}

fn figures(steps: &mut Steps<'_>) -> Figures {
    let tick = steps.one_of(&[48, 1, 7, 40, 120, 160, 240, 441, 480, 701, 960, 5760]);
    let smoothing_ticks = steps.one_of(&[1.0, 0.0, 2.0, 3.0, 5.0, 0.5, 0.03, 1.7, 2.51, 4.99]);
    let (floor_dbfs, hangover_ms) =
        steps.one_of(&[(Some(-80.0), 30.0), (None, 30.0), (Some(-70.8), 5.0), (Some(-7.9), 0.0), (Some(-80.0), 0.0)]);
    let smoothing_ms = smoothing_ticks * tick as f64 / 48.0;
    Figures { rate: 48_000, tick, smoothing_ms, threshold_dbfs: -50.0, hangover_ms, floor_dbfs }
}

/// An event; `None` for a tick.
fn event(step: u8, steps: &mut Steps<'_>) -> Option<Event> {
    let who = |steps: &mut Steps<'_>| steps.number(256);
    let mut switch = |of: fn(usize, bool) -> Event| Some(of(who(steps), steps.flag()));
    match step {
        b'm' => switch(Event::Mute),
        b'd' => switch(Event::Deafen),
        b's' => switch(Event::Send),
        b'a' => switch(Event::Active),
        b'j' => Some(Event::Join {
            direction: steps.one_of(&[Direction::Both, Direction::Source, Direction::Listener]),
            host_detector: steps.flag(),
            routing: routing(steps),
        }),
        b'l' => Some(Event::Leave(who(steps))),
        b'c' => Some(Event::Configure {
            listener: who(steps),
            exclusive: steps.flag(),
            ducking: ducking(steps),
            sources: steps.list(150, |steps| (who(steps), steps.number(101) as i64, steps.flag())),
        }),
        b'r' => Some(Event::Route(who(steps), routing(steps))),
        b't' => {
            Some(Event::Table(steps.list(10, |steps| (steps.number(Routing::ROLES), steps.number(Routing::ROLES)))))
        }
        b'g' => Some(Event::Group(steps.number(3), steps.list(5, who), steps.list(5, who))),
        b'u' => Some(Event::Ungroup(steps.number(3))),
        b'e' => Some(Event::Exempt(who(steps), who(steps), steps.flag())),
        b'h' => Some(Event::Hold(who(steps), steps.list(5, who))),
        b'w' => Some(Event::Resume(who(steps))),
        b'f' => Some(Event::Fade(who(steps), steps.number(101) as i64)),
        b'v' => Some(Event::FadeTwice(who(steps), steps.number(101) as i64)),
        _ => None,
    }
}

fn routing(steps: &mut Steps<'_>) -> Routing {
    let role = |role| Routing::Role(role);
    steps.one_of(&[Routing::DefaultGroup, role(0), role(1), role(2), role(3), Routing::Apart])
}

fn ducking(steps: &mut Steps<'_>) -> Option<Ducking> {
    if !steps.flag() {
        return None;
    }
    let ramps = [0, 1, 2, 5, 19, 20, 100, 399, 5000];
    let (ramp_active, ramp_inactive) = (steps.one_of(&ramps), steps.one_of(&ramps));
    let (a, b) = (steps.number(101) as i64, steps.number(101) as i64);
    Some(Ducking { ramp_active, ramp_inactive, lower_level: a.min(b), upper_level: a.max(b) })
}
