//! Who speaks: talk events, the dominant speaker, and a stream of events that nobody reads.

mod alloc;
mod rig;

use std::time::{Duration, Instant};

use alloc::{alone, watched};
use mixminus::{Frame, JoinOptions, MixerConfig, TalkEventKind, TalkEvents, stream::Feed};
use rig::{Rig, small};

const LONG: Duration = Duration::from_secs(60);

/// What the events say: `at 20 ben started`.
fn said(rig: &Rig, events: &mut TalkEvents) -> Vec<String> {
    let name = |key| {
        let known = rig.keys.iter().find(|(_, known)| **known == key);
        known.map_or(format!("{key}"), |(name, _)| (*name).to_string())
    };
    let said = |kind| match kind {
        TalkEventKind::Started { key } => format!("{} started", name(key)),
        TalkEventKind::Stopped { key } => format!("{} stopped", name(key)),
        TalkEventKind::Dominant { key } => format!("dominant: {}", key.map_or("nobody".into(), name)),
        _ => "something else".into(),
    };
    events.map(|event| format!("{}: {}", event.at_sample, said(event.kind))).collect()
}

fn dominant(rig: &Rig) -> Option<String> {
    rig.controller.dominant().map(|id| id.to_string())
}

#[test]
fn who_speaks_is_told_with_the_first_sample_of_its_tick() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut events = rig.controller.talk_events().expect("nobody has taken them");
    rig.level(&[("anna", 0.5), ("ben", 0.0)]);
    assert_eq!(said(&rig, &mut events), ["10: anna started", "10: dominant: anna"]);
    // Without a frame it is not active, whatever the hangover.
    rig.level(&[("ben", 0.5)]);
    assert_eq!(said(&rig, &mut events), ["20: anna stopped", "20: ben started", "20: dominant: ben"]);
    // A hangover of 200 ms, and one second until the floor is given up.
    (0..140).for_each(|_| drop(rig.level(&[("ben", 0.0)])));
    assert_eq!(said(&rig, &mut events), ["230: ben stopped", "1230: dominant: nobody"]);
    assert_eq!((dominant(&rig), rig.controller.mixer_readings().lost_talk_events), (None, 0));
}

#[test]
fn who_is_muted_or_leaves_has_stopped() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut events = rig.controller.talk_events().unwrap();
    rig.level(&[("anna", 0.5), ("ben", 0.25)]);
    assert_eq!(said(&rig, &mut events), ["10: anna started", "10: ben started", "10: dominant: anna"]);
    rig.mute("anna", true);
    rig.level(&[("anna", 0.5), ("ben", 0.25)]);
    assert_eq!(said(&rig, &mut events), ["20: anna stopped", "20: dominant: ben"]);
    let ben = rig.keys["ben"];
    assert_eq!(rig.controller.id(ben), Some("ben".into()));
    rig.leave("ben");
    rig.level(&[("anna", 0.5)]);
    assert_eq!(said(&rig, &mut events), [format!("30: {ben} stopped"), "30: dominant: nobody".into()]);
    assert_eq!((rig.controller.id(ben), dominant(&rig)), (None, None));
}

#[test]
fn the_floor_does_not_go_to_and_fro() {
    for tick_ms in [5, 10, 20] {
        let config = MixerConfig { tick_samples: tick_ms, ..small() };
        let mut rig = Rig::with(config, &["anna", "ben"]);
        let mut play = |ms: usize, anna: f32, ben: f32| {
            (0..ms / tick_ms).for_each(|_| drop(rig.level(&[("anna", anna), ("ben", ben)])));
            dominant(&rig).unwrap_or_default()
        };
        assert_eq!(play(100, 0.1, 0.0), "anna");
        assert_eq!(play(2000, 0.1, 0.13), "anna", "2.3 dB louder");
        assert_eq!(play(300, 0.1, 0.5), "anna", "much louder, but not for long");
        assert_eq!(play(100, 0.1, 0.5), "ben");
        assert_eq!(play(190, 0.1, 0.0), "ben", "for its hangover");
        assert_eq!(play(60, 0.1, 0.0), "anna");
    }
}

#[test]
fn what_nobody_reads_is_lost_and_counted() {
    let _alone = alone();
    let mut rig = Rig::with(MixerConfig { talk_events: 3, ..small() }, &["anna"]);
    for _ in 0..3 {
        rig.level(&[("anna", 0.5)]);
        rig.level(&[]);
    }
    // There is room for started, dominant and stopped; the two events of the second time and the two of
    // the third are lost.
    assert_eq!(rig.controller.mixer_readings().lost_talk_events, 4);
    let mut events = rig.controller.talk_events().unwrap();
    assert_eq!(said(&rig, &mut events), ["10: anna started", "10: dominant: anna", "20: anna stopped"]);
    assert!(rig.controller.talk_events().is_none(), "they are handed out once");
    drop(events);
    rig.level(&[("anna", 0.5)]);
    assert_eq!(rig.controller.mixer_readings().lost_talk_events, 4, "nobody can read it");
    let (without, _processor) = MixerConfig { talk_events: 0, ..small() }.build().unwrap();
    assert!(without.talk_events().is_none());
}

#[test]
fn the_ring_is_never_freed_on_the_audio_thread() {
    let _alone = alone();
    let (controller, mut processor) = MixerConfig { participants: 1, ..small() }.build().unwrap();
    let events = controller.talk_events().unwrap();
    // The second participant makes the room grow, and the ring moves to the new room.
    let keys = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let mut audio = processor.enter();
    let mut speak = |level: f32| {
        watched(|| {
            let mut tick = audio.tick();
            keys.iter().for_each(|key| tick.send(*key, Frame::from(&[level; 10][..])).unwrap());
            tick.mix();
        });
    };
    speak(0.5);
    assert_eq!(events.count(), 3, "anna, ben, and one of them has the floor");
    speak(0.0);
    watched(move || drop(processor));
    controller.leave("anna").unwrap();
    assert_eq!(controller.reclaim(), 0);
}

#[test]
fn who_leaves_without_being_heard_is_told_by_name() {
    let config = MixerConfig { loudest: Some(1), ..small() };
    let (controller, mut processor) = config.build().unwrap();
    let keys = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let events = controller.talk_events().unwrap();
    let mut audio = processor.enter();
    for n in 0..30 {
        if n == 20 {
            controller.leave("ben").unwrap();
        }
        let mut tick = audio.tick();
        tick.send(keys[0], Frame::from(&[0.5_f32; 10][..])).unwrap();
        assert_eq!(tick.send(keys[1], Frame::from(&[0.1_f32; 10][..])).is_ok(), n < 20);
        tick.mix();
    }
    assert_eq!(events.map(|event| event.kind).last(), Some(TalkEventKind::Stopped { key: keys[1] }));
    assert_eq!(controller.reclaim(), 0);
}

#[test]
fn a_thread_may_wait_for_events_and_the_audio_thread_does_nothing_for_it() {
    let _alone = alone();
    let (controller, mut processor) = MixerConfig { participants: 1, ..small() }.build().unwrap();
    let anna = controller.join("anna", JoinOptions::default()).unwrap();
    let feed = Feed::talk(controller.talk_events().unwrap(), Duration::from_millis(1)).unwrap();
    let (mut marks, marked) = Feed::new(4, Duration::from_millis(1)).unwrap();
    let events = feed.receiver().clone();
    let waiting = std::thread::spawn(move || events.iter().map(|event| event.kind).collect::<Vec<_>>());
    let mut audio = processor.enter();
    for (number, level) in [(1_u32, 0.5_f32), (2, 0.0)] {
        watched(|| {
            let mut tick = audio.tick();
            tick.send(anna, Frame::from(&[level; 10][..])).unwrap();
            tick.mix();
            marks.send(number).unwrap();
        });
        assert_eq!(marked.receiver().recv_timeout(LONG), Ok(number));
    }
    // The processor and its end of the ring go, once a controller frees them; then nobody waits any more.
    drop(processor);
    assert_eq!(controller.reclaim(), 0);
    let told = [TalkEventKind::Started { key: anna }, TalkEventKind::Dominant { key: Some(anna) }];
    assert_eq!(waiting.join().unwrap(), told);
}

#[test]
fn events_that_nobody_receives_are_lost_in_the_ring_and_counted() {
    let mut rig = Rig::with(MixerConfig { talk_events: 4, ..small() }, &["anna"]);
    let feed = Feed::talk(rig.controller.talk_events().unwrap(), Duration::from_millis(1)).unwrap();
    let begin = Instant::now();
    while rig.controller.mixer_readings().lost_talk_events == 0 && begin.elapsed() < LONG {
        rig.level(&[("anna", 0.5)]);
        rig.level(&[]);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(rig.controller.mixer_readings().lost_talk_events > 0, "the channel is full, and then the ring");
    let told: Vec<_> = feed.receiver().iter().take(4).collect();
    assert_eq!(told[0].kind, TalkEventKind::Started { key: rig.keys["anna"] }, "the oldest are kept");
    assert!(told.is_sorted_by_key(|event| event.at_sample), "{told:?}");
}
