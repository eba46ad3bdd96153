//! The run: the call from its first tick to its last, everything that is heard written and measured.

use std::time::Instant;

use mixminus::{AudioThread, Frame, FrameError, Mix, Processor};

use crate::{
    call::{Call, Ports, refused},
    envelope::Envelope,
    error::Error,
    intake::Intake,
    meter::{Activity, Meter, Stopwatch},
    progress::Progress,
    scene::Scene,
    settings::Settings,
    track::Track,
};

/// How long the mixer goes on after the end at most: longer than any conversion is late.
const FLUSH_MS: f64 = 200.0;

/// What came of the run, by place in the cast.
#[derive(Debug)]
pub struct Outcome {
    pub heard: Vec<Heard>,
    pub activity: Activity,
    /// Frames that held something that is no number, and counted as missing.
    pub not_finite: Vec<u64>,
    pub stopwatch: Stopwatch,
    /// What came through the ports of those who sent through one.
    pub intakes: Vec<Option<Intake>>,
}

/// What one participant heard.
#[derive(Debug)]
pub struct Heard {
    pub meter: Meter,
    pub waveform: Envelope,
}

/// Mixes the whole call into the tracks.
pub fn run(scene: &Scene, tracks: &mut [Track], progress: &Progress) -> Result<Outcome, Error> {
    let (call, mut processor) = Call::new(scene, scene.settings.mixer(scene.cast.len()), Ports::AsAsked)?;
    let hear = || Heard { meter: Meter::default(), waveform: Envelope::new(scene.length, scene.cast.len()) };
    let outcome = Outcome {
        heard: scene.cast.iter().map(|_| hear()).collect(),
        activity: Activity::new(scene.cast.len()),
        not_finite: vec![0; scene.cast.len()],
        stopwatch: Stopwatch::default(),
        intakes: Vec::new(),
    };
    Run { scene, call, tracks, outcome, last_not_finite: vec![0; scene.cast.len()] }.play(&mut processor, progress)
}

struct Run<'s, 't> {
    scene: &'s Scene,
    call: Call<'s>,
    tracks: &'t mut [Track],
    outcome: Outcome,
    /// The mixer's counters in the last tick: they begin at 0 with every stay.
    last_not_finite: Vec<u64>,
}

impl Run<'_, '_> {
    fn play(mut self, processor: &mut Processor, progress: &Progress) -> Result<Outcome, Error> {
        let mut audio = processor.enter();
        let silence = vec![0.0f32; self.scene.settings.tick_samples];
        for number in 0..self.scene.ticks() {
            self.call.take_cues(number, |sends| self.scene.settings.join(sends))?;
            self.call.push_packets(number);
            let start = Instant::now();
            let mut tick = audio.tick();
            for (_, seat) in self.call.seated().filter(|(_, seat)| seat.sends_by_hand()) {
                // A recording that is over goes on as silence: the participant is still there.
                let frame = seat.frame(number, silence.len()).unwrap_or(Frame::mono(&silence));
                match tick.send(seat.key, frame) {
                    // A recording with a spoilt sample: the mixer takes the frame as missing, and counts it.
                    Ok(()) | Err(FrameError::NotFinite { .. }) => {}
                    Err(cause) => return Err(refused("a frame", &cause)),
                }
            }
            let mixes = tick.mix();
            self.outcome.stopwatch.push(start.elapsed());
            for member in 0..self.scene.cast.len() {
                let mix = self.call.seat(member).and_then(|seat| mixes.get(seat.key));
                self.hear(number, member, mix)?;
            }
            self.observe();
            progress.step();
        }
        self.flush(&mut audio)?;
        self.outcome.intakes = (0..self.scene.cast.len()).map(|member| self.call.intake(member)).collect();
        Ok(self.outcome)
    }

    /// Writes and measures what a member of the cast hears in a tick: nothing while they are not in the call.
    fn hear(&mut self, tick: usize, member: usize, mix: Option<Mix<'_>>) -> Result<(), Error> {
        let Settings { tick_samples, channels, .. } = self.scene.settings;
        let count = tick_samples.min(self.scene.length - tick * tick_samples);
        let heard = &mut self.outcome.heard[member];
        let Some(mix) = mix else {
            heard.waveform.skip(count);
            return Ok(());
        };
        heard.meter.push(&mix, channels, count);
        heard.waveform.push(&mix.left()[..count], &mix.right()[..count]);
        if self.scene.cast[member].hearing.is_some() {
            return self.pour(member);
        }
        self.tracks[member].silence_until(tick * tick_samples)?;
        self.tracks[member].write(&mix)
    }

    /// Writes what has come out of a member's port, if they hear by one.
    fn pour(&mut self, member: usize) -> Result<(), Error> {
        self.call.ear(member).map_or(Ok(()), |ear| ear.pour(&mut self.tracks[member]))
    }

    /// Mixes on past the end until those who hear by a port have all of the call: their conversion is late.
    fn flush(&mut self, audio: &mut AudioThread<'_>) -> Result<(), Error> {
        for _ in 0..self.scene.settings.tick_at(FLUSH_MS) {
            if self.tracks.iter().all(Track::is_complete) {
                break;
            }
            audio.tick().mix();
            (0..self.scene.cast.len()).try_for_each(|member| self.pour(member))?;
        }
        Ok(())
    }

    /// Reads what the mixer found out about the sources in the tick that has just been mixed.
    fn observe(&mut self) {
        let call = &self.call;
        self.outcome.activity.push(|member| call.is_active(member));
        for (member, last) in self.last_not_finite.iter_mut().enumerate() {
            let now = call.not_finite(member);
            self.outcome.not_finite[member] += now.saturating_sub(*last);
            *last = now;
        }
    }
}
