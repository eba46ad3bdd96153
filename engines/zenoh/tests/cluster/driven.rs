//! Mixers that are nodes of one conference, each driven by a thread.

use std::{
    thread,
    time::{Duration, Instant},
};

use mixminus::{
    Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    cluster::{Conference, NodeAudio, NodeOptions, node},
};
use mixminus_zenoh::{Drive, ZenohEngine, ZenohOptions};

use crate::support::{UDP, endpoint, name, options};

/// A mixer with one participant, and its drive.
struct Mixer {
    conference: Conference,
    drive: Drive,
    audio: NodeAudio,
    processor: Processor,
    key: ParticipantKey,
}

impl Mixer {
    fn start(zenoh: ZenohOptions, id: &str) -> Self {
        let (controller, processor) = MixerConfig::default().build().unwrap();
        let options = NodeOptions::new(name(zenoh.node.as_str()));
        let (conference, driver, audio) = node(controller, &processor, options).unwrap();
        let key = conference.admit(id, |changes| changes.join(id, JoinOptions::default())).unwrap();
        let drive = Drive::start(driver, ZenohEngine::open(zenoh).unwrap()).unwrap();
        Self { conference, drive, audio, processor, key }
    }

    /// A tick in which its participant says this in every sample. What it hears in the last one.
    fn tick(&mut self, says: f32) -> f32 {
        let mut thread = self.processor.enter();
        let mut tick = thread.tick();
        self.audio.before(&mut tick);
        tick.send(self.key, Frame::from(&[says; 480][..])).unwrap();
        let mixes = tick.mix();
        self.audio.after(&mixes);
        mixes.get(self.key).unwrap().samples()[479]
    }
}

#[test]
fn two_mixers_are_one_conference() {
    let endpoint = endpoint(UDP);
    let mut a = Mixer::start(options("a", &[&endpoint], &[]), "anna");
    let mut b = Mixer::start(options("b", &[], &[&endpoint]), "ben");
    let begin = Instant::now();
    loop {
        let heard = [a.tick(0.25), b.tick(0.5)];
        if heard[0] == 0.5 && heard[1] == 0.25 {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{heard:?} {:?}", a.conference.readings());
        thread::sleep(Duration::from_millis(10));
    }
    assert!(a.drive.is_running() && b.conference.participants().len() == 2);
    // The figures are a tenth of a second old at most.
    thread::sleep(Duration::from_millis(200));
    let read = a.drive.readings();
    assert!(read.published > 0 && read.received > 0, "{read:?}");
}
