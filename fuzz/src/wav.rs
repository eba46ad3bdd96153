//! WAV files: those that are read, and those that a recording writes.

use std::{
    fs::{File, OpenOptions},
    io::Read,
    path::PathBuf,
};

use mixminus::stream::{Pcm, WavError, WavReader};
use recording::{Sample, Spec, WavFile};

use crate::steps::Steps;

/// The rates that a clip is made at.
const MIXER_HZ: u32 = 8000;

/// Reads bytes as a WAV file: what is read is no more than what is there, in whole frames; a player's clip of it is refused or
/// finite; and the same file read in pieces is the same.
pub fn wav(input: &[u8]) {
    let reader = match WavReader::new(input) {
        Ok(reader) => reader,
        Err(error) => return assert!(!error.to_string().is_empty() && Pcm::from_wav(input, 1e9).is_err()),
    };
    let format = reader.format();
    assert!(format.rate_hz > 0 && format.channels > 0);
    let samples = reader.samples();
    if let Ok(samples) = &samples {
        assert!(samples.len() <= input.len() && samples.len().is_multiple_of(format.channels.into()));
    }
    let pieces = WavReader::new(Pieces(input, 1)).and_then(WavReader::samples);
    match (&samples, pieces) {
        (Ok(samples), Ok(pieces)) => {
            assert!(samples.iter().map(|sample| sample.to_bits()).eq(pieces.iter().map(|sample| sample.to_bits())));
        }
        (Err(_), Err(_)) => {}
        (whole, pieces) => panic!("at once it is {whole:?}, in pieces {pieces:?}"),
    }
    clip(input);
}

/// A limit of the length holds, and a clip has no sample that a mixer would refuse.
fn clip(input: &[u8]) {
    let limited = Pcm::from_wav(input, 10.0);
    let Ok(pcm) = Pcm::from_wav(input, 1e9) else { return assert!(limited.is_err()) };
    match limited {
        Ok(limited) => assert!(limited.duration_ms() <= 10.0 && limited.frames() == pcm.frames()),
        Err(WavError::TooLong { ms, most_ms }) => assert!(ms > most_ms),
        Err(error) => panic!("{error}"),
    }
    let Ok(clip) = pcm.clip(MIXER_HZ) else { return };
    let expected = pcm.duration_ms();
    assert!((clip.duration_ms() - expected).abs() <= 1.0, "{} ms of {expected}", clip.duration_ms());
    assert!(pcm.samples.iter().all(|sample| sample.abs() <= 1e6));
}

/// A reader that gives its bytes in pieces of 1 to 7.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let most = self.1.min(out.len());
        self.0.read(&mut out[..most])
    }
}

/// Writes a recording in pieces, with silence between them, and goes on with it: whenever it was brought to the disk, another
/// reader finds what was written up to there.
pub fn recordings(input: &[u8]) {
    let mut steps = Steps::new(input);
    let sample = steps.one_of(&[Sample::I16, Sample::F32]);
    let channels = steps.one_of(&[1, 2, 3]);
    let spec = Spec { rate_hz: 8000, channels, sample };
    let path = path();
    let file = File::create(&path).expect("a temporary file");
    let mut wav = Some(WavFile::begin(file, spec).expect("it can be written"));
    let mut model: Vec<f32> = Vec::new();
    while let Some(step) = steps.next() {
        let channels = usize::from(channels);
        let open = wav.as_mut().expect("it is open");
        match step {
            b's' => {
                let frame = usize::from(steps.u16());
                open.silence_until(frame as u64);
                model.resize(model.len().max(frame * channels), 0.0);
            }
            b'w' => {
                let value = steps.one_of(&[0.5, -1.0, 1.0, -2.0, 3.0, 1e-9, f32::NAN, f32::INFINITY]);
                let samples = vec![value; steps.number(100) * channels];
                open.write(&samples).expect("it can be written");
                model.extend(samples);
            }
            b'y' => {
                open.sync().expect("it can be written");
                check(&path, spec, &model);
            }
            b'g' => {
                wav.take().map(WavFile::finish).expect("it is open").expect("it can be written");
                check(&path, spec, &model);
                let file = OpenOptions::new().write(true).open(&path).expect("it is there");
                wav = Some(WavFile::go_on(file, spec, (model.len() / channels) as u64).expect("it can be written"));
            }
            _ => {}
        }
        if model.len() > 200_000 {
            break;
        }
    }
    let frames = steps.u16();
    wav.take().map(|wav| wav.finish_at(frames.into())).expect("it is open").expect("it can be written");
    model.resize(usize::from(frames) * usize::from(channels), 0.0);
    check(&path, spec, &model);
}

/// A file of this process.
fn path() -> PathBuf {
    std::env::temp_dir().join(format!("mixminus-fuzz-{}.wav", std::process::id()))
}

fn check(path: &std::path::Path, spec: Spec, model: &[f32]) {
    let reader = WavReader::open(path).expect("a WAV file");
    assert_eq!((reader.format().rate_hz, reader.format().channels), (spec.rate_hz, spec.channels));
    let samples = reader.samples().expect("a whole WAV file");
    assert_eq!(samples.len(), model.len());
    for (read, written) in samples.iter().zip(model) {
        match spec.sample {
            Sample::F32 => assert_eq!(read.to_bits(), written.to_bits()),
            Sample::I16 if written.is_nan() => assert_eq!(*read, 0.0),
            Sample::I16 => assert!((read - written.clamp(-1.0, 1.0)).abs() <= 1.0 / 32_768.0, "{read} for {written}"),
        }
    }
}
