//! [`Track`]: a tap, and the file that its sound goes into.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use mixminus::stream::{Tap, TapContent, TapSpan};

use crate::{
    header::{Sample, Spec},
    index::Timeline,
    wav_file::WavFile,
};

/// Frames that are read of a tap at a time.
const PIECE: usize = 4800;

/// What a track is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// What a participant said.
    Stem,
    /// What it heard.
    Mix,
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Stem => "stem",
            Self::Mix => "mix",
        }
    }
}

/// One file on the timeline of a call, and the tap whose sound goes into it. A participant who is away needs no tap, and
/// its file is closed meanwhile.
#[derive(Debug)]
pub struct Track {
    path: PathBuf,
    of: Of,
    spec: Spec,
    /// Whether the stays of its participant are told by it.
    tells_stays: bool,
    tap: Option<Tap>,
    /// `None` while nobody is there, or once writing has failed.
    wav: Option<WavFile>,
    frames: u64,
    /// Whether nobody with the id of the tap was there at last.
    away: bool,
    failed: bool,
    /// Ticks that taps before this one have lost.
    lost: u64,
    samples: Vec<f32>,
}

impl Track {
    /// Begins a file that is open for writing. Its path is for going on with it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin(file: File, path: PathBuf, of: Of, tap: Tap, sample: Sample) -> io::Result<Self> {
        let format = tap.format();
        let channels = format.channels.count();
        let spec = Spec { rate_hz: format.rate_hz, channels: channels as u16, sample };
        Ok(Self {
            path,
            of,
            spec,
            tells_stays: true,
            tap: Some(tap),
            wav: Some(WavFile::begin(file, spec)?),
            frames: 0,
            away: false,
            failed: false,
            lost: 0,
            samples: vec![0.0; PIECE * channels],
        })
    }

    /// The same, whose stays another track tells.
    pub fn without_stays(self) -> Self {
        Self { tells_stays: false, ..self }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file is.
    pub fn spec(&self) -> Spec {
        self.spec
    }

    /// Up to which frame of the timeline it has come.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether the participant has left, and all before that is written.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// Ticks of sound that were lost, as this was called too late.
    pub fn lost_ticks(&self) -> u64 {
        self.lost + self.tap.as_ref().map_or(0, |tap| tap.readings().lost_ticks)
    }

    /// Writes all that there is.
    ///
    /// # Errors
    /// The file cannot be written, told once: what comes then is marked as unwritten.
    pub fn pull(&mut self, timeline: &mut Timeline) -> io::Result<()> {
        let mut done = Ok(());
        let mut samples = std::mem::take(&mut self.samples);
        while let Some(span) = self.tap.as_mut().and_then(|tap| tap.read(&mut samples)) {
            let count = span.frames * usize::from(self.spec.channels);
            if let Err(error) = self.write(&span, &samples[..count]) {
                (self.wav, self.failed, done) = (None, true, Err(error));
            }
            self.note(&span, timeline);
            self.frames = span.end();
            self.away = span.content == TapContent::Absence;
        }
        self.samples = samples;
        done
    }

    fn write(&mut self, span: &TapSpan, samples: &[f32]) -> io::Result<()> {
        let Some(wav) = &mut self.wav else { return Ok(()) };
        wav.silence_until(span.position);
        if span.content == TapContent::Sound {
            wav.write(samples)?;
        }
        wav.silence_until(span.end());
        Ok(())
    }

    fn note(&self, span: &TapSpan, timeline: &mut Timeline) {
        let (from, to) = (span.position, span.end());
        if self.tells_stays && span.content != TapContent::Absence {
            timeline.here(from, to);
        }
        let why = match span.content {
            _ if self.failed => "unwritten",
            TapContent::Loss => "loss",
            TapContent::Skip => "skip",
            TapContent::Pause => "pause",
            _ => return,
        };
        timeline.gap(why, self.of.name(), from, to);
    }

    /// Makes the file readable as far as it has come.
    ///
    /// # Errors
    /// The file cannot be written, told once.
    pub fn sync(&mut self) -> io::Result<()> {
        let done = self.wav.as_mut().map_or(Ok(()), WavFile::sync);
        if done.is_err() {
            (self.wav, self.failed) = (None, true);
        }
        done
    }

    /// The participant is away: ends the tap, and closes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn rest(&mut self) -> io::Result<()> {
        self.lost = self.lost_ticks();
        (self.tap, self.away) = (None, false);
        self.wav.take().map_or(Ok(()), WavFile::finish)
    }

    /// The participant is back, with another tap.
    ///
    /// # Errors
    /// The file cannot be opened again.
    pub fn go_on(&mut self, tap: Tap) -> io::Result<()> {
        self.tap = Some(tap);
        if self.failed {
            return Ok(());
        }
        let opened = OpenOptions::new().write(true).open(&self.path);
        let wav = opened.and_then(|file| WavFile::go_on(file, self.spec, self.frames));
        self.failed = wav.is_err();
        self.wav = Some(wav?);
        Ok(())
    }

    /// Completes the file with so many frames.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish_at(mut self, frames: u64) -> io::Result<()> {
        if self.failed {
            return Ok(());
        }
        let wav = match self.wav.take() {
            Some(wav) => wav,
            None => WavFile::go_on(OpenOptions::new().write(true).open(&self.path)?, self.spec, self.frames)?,
        };
        wav.finish_at(frames)
    }
}

#[cfg(test)]
mod tests {
    use mixminus::{
        Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
        stream::{TapOptions, Tapped},
    };

    use super::*;
    use crate::index::Interval;

    const TICK: usize = 80;

    fn call() -> (Controller, Processor, ParticipantKey) {
        let config = MixerConfig { sample_rate: 8000, tick_samples: TICK, ..MixerConfig::default() };
        let (controller, processor) = config.build().unwrap();
        let anna = controller.join("anna", JoinOptions::default()).unwrap();
        (controller, processor, anna)
    }

    fn tap(controller: &Controller, holds_ms: f64) -> Tap {
        controller.tap(Tapped::source("anna"), TapOptions { holds_ms, ..TapOptions::default() }).unwrap()
    }

    fn tick(processor: &mut Processor, anna: ParticipantKey, level: f32) {
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        // She may have left.
        let _ = tick.send(anna, Frame::mono(&[level; TICK]));
        tick.mix();
    }

    #[test]
    fn who_leaves_and_comes_back_goes_on_in_the_same_file_on_the_same_timeline() {
        let (controller, mut processor, anna) = call();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("anna.wav");
        let file = File::create(&path).unwrap();
        let mut track = Track::begin(file, path.clone(), Of::Stem, tap(&controller, 1000.0), Sample::F32).unwrap();
        let mut timeline = Timeline::default();
        tick(&mut processor, anna, 0.5);
        controller.leave("anna").unwrap();
        tick(&mut processor, anna, 0.5);
        track.pull(&mut timeline).unwrap();
        assert!(track.is_away());
        track.rest().unwrap();
        tick(&mut processor, anna, 0.5);
        let anna = controller.join("anna", JoinOptions::default()).unwrap();
        track.go_on(tap(&controller, 1000.0)).unwrap();
        tick(&mut processor, anna, 0.25);
        track.pull(&mut timeline).unwrap();
        assert!(track.frames() == 4 * 80 && !track.is_away());
        track.finish_at(5 * 80).unwrap();
        let samples = mixminus::stream::WavReader::open(&path).unwrap().samples().unwrap();
        let levels: Vec<f32> = samples.chunks(TICK).map(|tick| tick[TICK - 1]).collect();
        assert_eq!(levels, [0.5, 0.0, 0.0, 0.25, 0.0]);
        assert_eq!(timeline.intervals(8000, 400).0, [Interval::new(0, 80, 8000), Interval::new(240, 320, 8000)]);
    }

    #[test]
    fn what_is_lost_and_what_cannot_be_written_is_in_the_index() {
        let (controller, mut processor, anna) = call();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("anna.wav");
        // Opened for reading: it cannot be written.
        File::create(&path).unwrap();
        let file = File::create(directory.path().join("other.wav")).unwrap();
        let mut track = Track::begin(file, path.clone(), Of::Mix, tap(&controller, 20.0), Sample::I16).unwrap();
        let mut timeline = Timeline::default();
        (0..5).for_each(|_| tick(&mut processor, anna, 0.5));
        track.pull(&mut timeline).unwrap();
        assert_eq!(track.lost_ticks(), 3);
        track.wav = Some(WavFile::broken(File::open(&path).unwrap(), track.spec, track.frames));
        tick(&mut processor, anna, 0.5);
        track.pull(&mut timeline).unwrap();
        assert!(track.sync().is_err() && track.sync().is_ok(), "told once");
        tick(&mut processor, anna, 0.5);
        track.pull(&mut timeline).unwrap();
        let gaps: Vec<_> =
            timeline.intervals(8000, 1000).1.iter().map(|gap| (gap.why, gap.of, gap.interval.from_sample)).collect();
        assert_eq!(gaps, [("loss", "mix", 160), ("unwritten", "mix", 480)]);
        track.finish_at(1000).unwrap();
    }
}
