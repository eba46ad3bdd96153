//! Which sources go over the links, and that nobody hears themselves or hears anybody twice.

use std::time::Duration;

use mixminus::{
    Channels, Frame, JoinOptions, MixerConfig, Routing,
    cluster::ChangeState,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    stream::{Clip, PlayerOptions, TapOptions, Tapped},
};

use crate::{
    network::Network,
    node::{Node, TICK, TICK_MS, options},
    room::{Room, config, level},
};

#[test]
fn own_voices_are_exact_zero_everywhere() {
    let mut room = Room::new(4);
    for (n, id) in ["anna", "ben", "cleo", "dora"].into_iter().enumerate() {
        room.join(n, id, 0.0);
    }
    room.run(5);
    for talker in ["anna", "dora"] {
        room.sounds.insert(talker.into(), 0.3);
        for _ in 0..50 {
            room.run(1);
            assert_eq!(room.heard[talker].to_bits(), 0);
        }
        assert_eq!(room.hears("ben"), 0.3);
        room.sounds.insert(talker.into(), 0.0);
        room.run(100);
    }
}

#[test]
fn of_the_conference_the_loudest_are_sent_and_those_that_somebody_elsewhere_lists() {
    let mut room = Room::with(2, |options| options, || MixerConfig { loudest: Some(2), ..config() });
    for (n, sound) in [0.04, 0.05, 0.06, 0.4].into_iter().enumerate() {
        room.join(0, &format!("a{n}"), sound);
        room.join(1, &format!("b{n}"), 1.125 * sound);
    }
    room.run(200);
    let sent = |room: &mut Room, n: usize| {
        let before = room.node(n).conference.readings();
        room.run(50);
        let after = room.node(n).conference.readings();
        (after.published_bytes - before.published_bytes) / 50
    };
    // The loudest two of all eight are a3 and b3: one at each node, whose samples go over.
    let (a, b) = (sent(&mut room, 0), sent(&mut room, 1));
    assert!((4 * TICK as u64..4 * TICK as u64 + 200).contains(&a) && a == b, "{a} {b}");
    assert_eq!(room.hears("a0"), 0.85);
    // Somebody at b lists a0.
    let levels = [level("b0", "a0", 50)];
    let change = room.node(1).conference.configure(&levels).unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    room.run(5);
    let a = sent(&mut room, 0);
    assert!((8 * TICK as u64..8 * TICK as u64 + 200).contains(&a), "{a}");
    // As in one mixer everybody hears it then.
    assert_eq!(["b0", "b1", "a1"].map(|id| room.hears(id)), [0.87, 0.89, 0.89]);
    // She lists nobody any more.
    let change = room.node(0).conference.configure(&[ParticipantMixerLevel::new("b0")]).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(sent(&mut room, 0), sent(&mut room, 1));
}

#[test]
fn ducking_by_one_at_another_node_starts_one_hop_later_and_no_more() {
    const DUCKING: Ducking = Ducking { ramp_active: 100, ramp_inactive: 100, lower_level: 0, upper_level: 100 };
    let mut room = Room::new(2);
    room.join(0, "anna", 0.0);
    room.join(0, "music", 0.5);
    room.join(1, "interpreter", 0.0);
    room.join(1, "here", 0.5);
    room.join(1, "ben", 0.0);
    room.run(5);
    let ducked = |listener: &str| ParticipantMixerLevel {
        ducking: Some(DUCKING),
        source_levels: vec![SourceLevel { duck_others: true, ..SourceLevel::new("interpreter") }],
        ..ParticipantMixerLevel::new(listener)
    };
    let change = room.node(0).conference.configure(&[ducked("anna"), ducked("ben")]).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(20);
    assert_eq!(["anna", "ben"].map(|id| room.hears(id)), [1.0, 1.0]);
    room.sounds.insert("interpreter".into(), 0.1);
    let mut falls = Vec::new();
    for _ in 0..4 {
        room.run(1);
        falls.push(["anna", "ben"].map(|id| room.hears(id)));
    }
    // 0.1 of the interpreter, and of the 1.0 of both a tenth less with every tick; the interpreter fades in over the first.
    assert_eq!(falls[0], [1.0, 1.0], "the ramp of the first tick, and nothing yet at the other node");
    assert_eq!(falls[1][0], falls[0][1], "one tick later");
    assert_eq!(falls[2][0], falls[1][1]);
    assert_eq!(falls[3], [0.8, 0.7]);
}

#[test]
fn a_stereo_source_is_heard_in_stereo_at_other_nodes() {
    let network = Network::new();
    let config = || MixerConfig { channels: Channels::Stereo, ..config() };
    let mut nodes: Vec<_> = ["a", "b"].map(|name| Node::new(&network, options(name), config())).into();
    let mut last = None;
    for tick in 0..30 {
        let now = Duration::from_millis(tick * TICK_MS);
        network.set_now(now);
        nodes.iter_mut().for_each(|node| node.step(now));
        if tick == 5 {
            nodes[0].join("anna", JoinOptions::default());
            nodes[1].join("ben", JoinOptions::default());
        }
        if tick > 5 {
            nodes[0].tick(&[("anna", Frame::planar(&[0.25_f32; TICK], &[-0.5_f32; TICK]))]);
            let Node { processor, audio, keys, .. } = &mut nodes[1];
            let mut thread = processor.enter();
            let mut tick = thread.tick();
            audio.before(&mut tick);
            let mixes = tick.mix();
            audio.after(&mixes);
            last = mixes.get(keys["ben"]).map(|mix| [mix.left()[TICK - 1], mix.right()[TICK - 1]]);
        }
        nodes.iter_mut().for_each(|node| node.step(now));
    }
    assert_eq!(last, Some([0.25, -0.5]));
}

#[test]
fn a_prompt_is_heard_at_all_nodes_and_hold_music_at_one() {
    let mut room = Room::new(2);
    room.join(0, "anna", 0.0);
    room.join(1, "ben", 0.0);
    room.run(5);
    let sound = |level: f32| Clip::new(Frame::mono(&[level; 48_000]), 48_000, 48_000);
    let node = room.node(0);
    let prompt = node.controller.join_player("prompt", JoinOptions::default(), PlayerOptions::default()).unwrap();
    prompt.append(&sound(0.25).unwrap()).unwrap();
    let apart = JoinOptions { routing: Routing::Apart, ..JoinOptions::default() };
    let music = node.controller.join_player("music", apart, PlayerOptions::default()).unwrap();
    music.append(&sound(0.125).unwrap()).unwrap();
    node.controller.hold("anna", &["music"]).unwrap();
    room.run(20);
    assert_eq!(["anna", "ben"].map(|id| room.hears(id)), [0.125, 0.25]);
    let unknown: u64 = room.node(1).conference.readings().links.iter().map(|link| link.unknown_sources).sum();
    assert_eq!(unknown, 0);
}

#[test]
fn a_tap_of_one_at_another_node_has_what_was_sent_and_then_zeros() {
    let mut room = Room::new(2);
    room.join(0, "anna", 0.5);
    room.join(1, "ben", 0.0);
    room.run(5);
    let mut tap = room.node(1).controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    room.run(3);
    room.sounds.insert("anna".into(), 0.0);
    room.run(5);
    let mut samples = [9.0_f32; TICK];
    let mut ticks = Vec::new();
    while let Some(span) = tap.read(&mut samples) {
        ticks.push((span.frames, samples[0], samples[TICK - 1]));
    }
    let (sound, zeros) = ((TICK, 0.5, 0.5), (TICK, 0.0, 0.0));
    assert_eq!(ticks, [vec![sound; 4], vec![zeros; 4]].concat());
}
