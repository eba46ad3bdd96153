//! The threads that bring sound and take it: guests with ports, players, taps; and those who drop what they have.

use std::{sync::atomic::AtomicBool, thread, time::Duration};

use mixminus::{
    Direction, Frame, Gain, JoinOptions, Routing,
    stream::{
        Clip, Clock, InputOptions, OutputOptions, Player, PlayerError, PlayerOptions, PortOptions, Repeat, Stamp,
        StreamFormat, Tap, TapOptions, Tapped,
    },
};

use super::{
    call::Call,
    control::{nth, repeat},
};

fn ports(round: usize) -> PortOptions {
    let format = [StreamFormat::mono(16_000), StreamFormat::stereo(48_000), StreamFormat::mono(8000)][round % 3];
    let clock = [Clock::FreeRunning, Clock::Locked][round / 3 % 2];
    let input = InputOptions { clock, ..InputOptions::new(format) };
    PortOptions { input: Some(input), output: Some(OutputOptions { clock, ..OutputOptions::new(format) }) }
}

/// Guests come with ports, push and pull, get other ports, and go: some while their ports are still there.
pub fn guests(call: &Call, stop: &AtomicBool) -> u64 {
    let mut kept = Vec::new();
    repeat(stop, |round| {
        let id = format!("guest {}", round % 12);
        // A clone is dropped while others are at work.
        let controller = call.controller.clone();
        if controller.is_here(&id) {
            if controller.participant(&id).is_ok_and(|guest| guest.direction == Direction::Both) {
                let other = [PortOptions::default(), ports(round + 1)][round / 2 % 2];
                kept.push(controller.replace_ports(&id, other).unwrap());
            }
            controller.leave(&id).unwrap();
        }
        // Those with ports send and hear.
        let direction = [Direction::Source, Direction::Both, Direction::Listener, Direction::Both][round % 4];
        let routing = [Routing::DefaultGroup, Routing::Role("a".into()), Routing::Apart][round % 3].clone();
        let options = JoinOptions { direction, routing, muted: round.is_multiple_of(5), ..JoinOptions::default() };
        if round.is_multiple_of(2) {
            controller.join(id, options).unwrap();
        } else {
            kept.push(controller.join_with_ports(id, options, ports(round)).unwrap());
        }
        for ports in &mut kept {
            if let Some(input) = &mut ports.input {
                // What finds no room, or nobody, is refused: a part of the test.
                let _ = input.push(Frame::mono(&[0.1_f32; 160]), Stamp::None);
            }
            if let Some(output) = &mut ports.output {
                output.pull(&mut [0_i16; 320]);
            }
        }
        if kept.len() > 6 {
            kept.remove(round % 6);
        }
    })
}

fn clip(round: usize) -> Clip {
    let samples: Vec<f32> = (0..1 + round * 97 % 3000).map(|n| (n as f32 * 0.07).sin() * 0.1).collect();
    Clip::new(Frame::mono(&samples), 48_000, 48_000).unwrap()
}

fn order(player: &Player, round: usize) -> Result<(), PlayerError> {
    match round % 9 {
        0 => player.play(&clip(round), (round % 30) as f64).map(|_| ()),
        1 | 2 => player.append(&clip(round)).map(|_| ()),
        3 => player.append_mark(round as u64),
        4 => player.flush((round % 20) as f64),
        5 => player.set_level(Gain::new((round % 5) as f64 * 0.25).unwrap()),
        6 => player.set_repeat([Repeat::Off, Repeat::Clip, Repeat::Queue][round / 9 % 3]),
        7 => player.pause(),
        _ => player.resume(),
    }
}

/// Players come, play and go: with their handles, before them and after them.
pub fn play(call: &Call, stop: &AtomicBool) -> u64 {
    let (mut players, mut played): (Vec<Player>, _) = (Vec::new(), 0);
    let done = repeat(stop, |round| {
        if round.is_multiple_of(40) {
            let id = format!("guest {}", 100 + round / 40);
            players.push(call.controller.join_player(id, JoinOptions::default(), PlayerOptions::default()).unwrap());
        }
        if players.len() > 3 {
            let player = players.remove(round % 3);
            played += player.readings().played_samples;
            let id = call.controller.id(player.key()).unwrap();
            if round.is_multiple_of(2) {
                drop(player);
                call.controller.leave(id.as_str()).unwrap();
            } else {
                call.controller.leave(id.as_str()).unwrap();
                let _ = order(&player, round);
            }
        }
        for player in &players {
            match order(player, round) {
                Ok(()) => {}
                Err(PlayerError::Full { .. } | PlayerError::Busy { .. } | PlayerError::Hollow { .. }) => {
                    thread::sleep(Duration::from_micros(200));
                }
                Err(error) => panic!("{error}"),
            }
        }
    });
    played += players.iter().map(|player| player.readings().played_samples).sum::<u64>();
    assert!(played > 0);
    done
}

/// Reads all that a tap has. The timeline has no holes.
fn read(tap: &mut Tap, next: &mut Option<u64>) {
    let mut out = [0.0_f32; 480];
    while let Some(span) = tap.read(&mut out) {
        assert!(next.is_none_or(|next| next == span.position), "{next:?} {span:?}");
        *next = Some(span.end());
    }
}

/// Taps are made, read, paused and dropped.
pub fn tap(call: &Call, stop: &AtomicBool) -> u64 {
    let mut taps: Vec<(Tap, Option<u64>)> = Vec::new();
    repeat(stop, |round| {
        let id = if round.is_multiple_of(3) { format!("guest {}", round % 12) } else { nth(round) };
        let tapped = match round % 4 {
            0 | 1 => Tapped::source(id),
            rest => Tapped::Mix { id: id.into(), before_limiter: rest == 2 },
        };
        let options = TapOptions { holds_ms: 40.0, even_muted: round.is_multiple_of(2), ..TapOptions::default() };
        // The guest may have left.
        if let Ok(tap) = call.controller.tap(tapped, options) {
            taps.push((tap, None));
        }
        taps.iter_mut().for_each(|(tap, next)| read(tap, next));
        if let Some((tap, _)) = taps.get(round % 8) {
            tap.set_paused(round.is_multiple_of(5));
        }
        if taps.len() > 8 {
            taps.remove(round % 8);
        }
    })
}
