//! The run: mixes the call from its first tick to its last, and writes and measures every mix.

use std::time::Instant;

use mixminus::{AudioThread, Frame, FrameError, Mix, Processor};

use crate::{
    call::{Call, Ports, refused},
    envelope::Envelope,
    error::Error,
    intake::Intake,
    meter::{Activity, Meter, Stopwatch},
    outputs::Outputs,
    progress::Progress,
    scene::Scene,
    settings::Settings,
    stems::Stems,
    track::Track,
};

/// How long the mixer goes on at most after the end of the call: longer than the delay of any
/// conversion.
const FLUSH_MS: f64 = 200.0;

/// The results of the run, by place in the cast.
#[derive(Debug)]
pub struct Outcome {
    pub heard: Vec<Heard>,
    pub activity: Activity,
    /// How many frames had a sample that is NaN, infinite or past ±1e6, and counted as missing.
    pub not_finite: Vec<u64>,
    pub stopwatch: Stopwatch,
    /// The figures of the input ports.
    pub intakes: Vec<Option<Intake>>,
}

/// What one participant heard.
#[derive(Debug)]
pub struct Heard {
    pub meter: Meter,
    pub waveform: Envelope,
}

/// Mixes the whole call into the tracks.
pub fn run(scene: &Scene, outputs: &mut Outputs<'_>, progress: &Progress) -> Result<Outcome, Error> {
    let (mut call, mut processor) = Call::new(scene, scene.settings.mixer(scene.cast.len()), Ports::AsAsked)?;
    if outputs.stems.is_some() {
        call.tap();
    }
    let hear = || Heard { meter: Meter::default(), waveform: Envelope::new(scene.length, scene.cast.len()) };
    let outcome = Outcome {
        heard: scene.cast.iter().map(|_| hear()).collect(),
        activity: Activity::new(scene.cast.len()),
        not_finite: vec![0; scene.cast.len()],
        stopwatch: Stopwatch::default(),
        intakes: Vec::new(),
    };
    let Outputs { tracks, stems, .. } = outputs;
    let stems = stems.as_mut();
    Run { scene, call, tracks, stems, outcome, last_not_finite: vec![0; scene.cast.len()] }
        .play(&mut processor, progress)
}

struct Run<'s, 't, 'p> {
    scene: &'s Scene,
    call: Call<'s>,
    tracks: &'t mut [Track],
    stems: Option<&'t mut Stems<'p>>,
    outcome: Outcome,
    /// The mixer's counters in the last tick: they start at 0 with every stay.
    last_not_finite: Vec<u64>,
}

impl Run<'_, '_, '_> {
    fn play(mut self, processor: &mut Processor, progress: &Progress) -> Result<Outcome, Error> {
        let mut audio = processor.enter();
        let silence = vec![0.0f32; self.scene.settings.tick_samples];
        for number in 0..self.scene.ticks() {
            self.call.take_cues(number, |sends| self.scene.settings.join(sends))?;
            self.begin_stems()?;
            self.call.push_packets(number);
            let start = Instant::now();
            let mut tick = audio.tick();
            for (_, seat) in self.call.seated().filter(|(_, seat)| seat.sends_by_hand()) {
                // After its recording a participant sends silence: it is still in the call.
                let frame = seat.frame(number, silence.len()).unwrap_or(Frame::mono(&silence));
                match tick.send(seat.key, frame) {
                    // A sample is NaN, infinite or past ±1e6: the mixer treats the frame as missing,
                    // and counts it.
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
            self.stems.as_mut().map_or(Ok(()), |stems| stems.pull())?;
            self.observe();
            progress.step();
        }
        self.flush(&mut audio)?;
        self.outcome.intakes = (0..self.scene.cast.len()).map(|member| self.call.intake(member)).collect();
        Ok(self.outcome)
    }

    /// Begins the stems of those who send for the first time.
    fn begin_stems(&mut self) -> Result<(), Error> {
        let Some(stems) = &mut self.stems else { return Ok(()) };
        self.call.taps().try_for_each(|(member, tap)| stems.begin(member, tap))
    }

    /// Writes and measures the mix of a member of the cast for a tick: nothing while the member is
    /// not in the call.
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

    /// Writes the samples of a member's output port, if it has one.
    fn pour(&mut self, member: usize) -> Result<(), Error> {
        self.call.ear(member).map_or(Ok(()), |ear| ear.pour(&mut self.tracks[member]))
    }

    /// Mixes on after the end until the output ports have given the whole call, in spite of their
    /// delay.
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

    /// Reads the activity and the counters of all sources after a tick.
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
