//! What a tick of players costs, of one and of a thousand, beside the same room without any: players that play music from
//! memory, that are heard by one listener; that are muted; and that have nothing to play.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group};
use mixminus::{
    Controller, Direction, Frame, JoinOptions, MixerConfig, Processor,
    stream::{Clip, Player, PlayerOptions, Repeat},
};

/// What the players do.
#[derive(Debug, Clone, Copy)]
enum Doing {
    Playing,
    Muted,
    Nothing,
}

/// A listener, a talker by hand, and players.
struct Room {
    processor: Processor,
    talker: mixminus::ParticipantKey,
    talk: Vec<f32>,
    _players: Vec<Player>,
    _controller: Controller,
}

impl Room {
    fn new(players: usize, doing: Doing) -> Self {
        let (controller, processor) = MixerConfig { participants: 1024, ..MixerConfig::default() }.build().unwrap();
        let talker = controller.join("talker", JoinOptions::default()).unwrap();
        let listening = JoinOptions { direction: Direction::Listener, ..JoinOptions::default() };
        controller.join("listener", listening).unwrap();
        // 1.3 s, so that it does not end with a tick.
        let music: Vec<f32> = (0..62_477).map(|n| (n as f32 * 0.031).sin() * 0.01).collect();
        let music = Clip::new(Frame::mono(&music), 48_000, 48_000).unwrap();
        let join = |n: usize| {
            let options = JoinOptions { muted: matches!(doing, Doing::Muted), ..JoinOptions::default() };
            let player = controller.join_player(n.to_string(), options, PlayerOptions::default()).unwrap();
            if !matches!(doing, Doing::Nothing) {
                player.set_repeat(Repeat::Clip).unwrap();
                player.append(&music).unwrap();
            }
            player
        };
        let players = (0..players).map(join).collect();
        let talk = (0..480).map(|n| (n as f32 * 0.05).sin() * 0.25).collect();
        let mut room = Self { processor, talker, talk, _players: players, _controller: controller };
        for _ in 0..200 {
            room.tick();
        }
        room
    }

    fn tick(&mut self) -> Duration {
        let started = Instant::now();
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        tick.send(self.talker, Frame::mono(&self.talk)).unwrap();
        black_box(tick.mix().distinct().len());
        started.elapsed()
    }
}

fn players(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tick of 10 ms with players");
    let mut none = Room::new(0, Doing::Nothing);
    group.bench_function("none", |b| b.iter_custom(|rounds| (0..rounds).map(|_| none.tick()).sum()));
    for doing in [Doing::Playing, Doing::Muted, Doing::Nothing] {
        for count in [1, 100, 1000] {
            let mut room = Room::new(count, doing);
            group.bench_function(format!("{count} {doing:?}").to_lowercase(), |b| {
                b.iter_custom(|rounds| (0..rounds).map(|_| room.tick()).sum());
            });
        }
    }
    group.finish();
}

fn clips(c: &mut Criterion) {
    let second: Vec<i16> = (0..8000).map(|n| ((n as f32 * 0.05).sin() * 8000.0) as i16).collect();
    c.bench_function("a clip of a second, 8 to 48 kHz", |b| {
        b.iter(|| black_box(Clip::new(Frame::mono(&second), 8000, 48_000).unwrap()).samples());
    });
}

criterion_group!(benches, players, clips);
