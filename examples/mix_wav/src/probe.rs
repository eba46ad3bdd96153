//! Measures gains: the gain of each source in one listener's mix, sample by sample.
//!
//! A mix is a sum, which does not show its terms. So the call is run again, once for each source
//! *s*, with the same cues and with the activity that the detectors found in the real run: *s*
//! sends a constant 1, all others a constant 0, and the limiter is off. What the listener hears
//! then *is* the gain of *s*.

use mixminus::{Detector, Frame, JoinOptions, MixerConfig};

use crate::{
    call::{Call, Ports, refused},
    envelope::Envelope,
    error::Error,
    meter::Activity,
    progress::Progress,
    scene::Scene,
    settings::direction,
};

/// The gains in one listener's mix.
#[derive(Debug)]
pub struct Gains {
    /// The listener, by place in the cast.
    pub listener: usize,
    /// For each source that the listener may hear: its place in the cast, and its gain over the call.
    pub sources: Vec<(usize, Envelope)>,
}

/// The listener whose gains are drawn by default: the first one with ducking, because its gains
/// move most.
pub fn default_listener(scene: &Scene) -> usize {
    let configured = || scene.cues.iter().filter_map(|cue| cue.change.levels()).flatten();
    let first = configured().find(|level| level.ducking.is_some()).or_else(|| configured().next());
    let chosen = first.and_then(|level| scene.member(&level.participant));
    // Without a configuration: a participant who only hears, because it has the most sources.
    chosen.or_else(|| scene.cast.iter().position(|member| !member.sends)).unwrap_or(0)
}

/// How many ticks the measurement mixes.
pub fn ticks(scene: &Scene, listener: usize) -> usize {
    audible(scene, listener).count() * scene.ticks()
}

/// Measures the gain of every source in a listener's mix.
pub fn measure(scene: &Scene, listener: usize, activity: &Activity, progress: &Progress) -> Result<Gains, Error> {
    let gain = |source| Ok((source, measure_one(scene, listener, source, activity, progress)?));
    let sources = audible(scene, listener).map(gain).collect::<Result<_, Error>>()?;
    Ok(Gains { listener, sources })
}

fn audible(scene: &Scene, listener: usize) -> impl Iterator<Item = usize> {
    scene.senders().filter(move |source| *source != listener)
}

fn measure_one(
    scene: &Scene,
    listener: usize,
    source: usize,
    activity: &Activity,
    progress: &Progress,
) -> Result<Envelope, Error> {
    let mixer = MixerConfig { limiter: None, ..scene.settings.mixer(scene.cast.len()) };
    let (mut call, mut processor) = Call::new(scene, mixer, Ports::None)?;
    let mut audio = processor.enter();
    let join = |sends| JoinOptions { direction: direction(sends), detector: Detector::Host, ..JoinOptions::default() };
    let (zero, one) = (vec![0.0f32; scene.settings.tick_samples], vec![1.0f32; scene.settings.tick_samples]);
    let mut gain = Envelope::new(scene.length, audible(scene, listener).count());
    for number in 0..scene.ticks() {
        call.take_cues(number, join)?;
        let mut tick = audio.tick();
        for (member, seat) in call.seated().filter(|(_, seat)| seat.sends()) {
            let constant = if member == source { &one } else { &zero };
            let frame = Frame::from(constant.as_slice()).active(activity.at(number, member));
            tick.send(seat.key, frame).map_err(|cause| refused("a frame", &cause))?;
        }
        let mixes = tick.mix();
        let both_there = call.seat(source).and(call.seat(listener));
        match both_there.and_then(|seat| mixes.get(seat.key)) {
            Some(mix) => {
                // For a panned source the louder side is its gain.
                let louder: Vec<f32> = mix.left().iter().zip(mix.right()).map(|(a, b)| a.max(*b)).collect();
                gain.push(&louder, &louder);
            }
            None => gain.skip(scene.settings.tick_samples),
        }
        progress.step();
    }
    Ok(gain)
}
