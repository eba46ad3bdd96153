//! [`WavFile`]: a WAV file that grows, and is readable meanwhile.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
};

use crate::header::{HEADER, Sample, Spec};

/// A WAV file while it is written, on a timeline of frames that begins at 0. What is not written is silence: a hole, which
/// takes no room on most file systems.
#[derive(Debug)]
pub struct WavFile {
    file: BufWriter<File>,
    spec: Spec,
    /// Where the next samples go, and where they would go if the file went on.
    frame: u64,
    written: u64,
    bytes: Vec<u8>,
}

impl WavFile {
    /// Begins a file that is open for writing.
    ///
    /// # Errors
    /// The header cannot be written.
    pub fn begin(file: File, spec: Spec) -> io::Result<Self> {
        Self::go_on(file, spec, 0)
    }

    /// Goes on with a file of so many frames that was [finished](Self::finish).
    ///
    /// # Errors
    /// The header cannot be written.
    pub fn go_on(file: File, spec: Spec, frames: u64) -> io::Result<Self> {
        let mut wav = Self { file: BufWriter::new(file), spec, frame: frames, written: u64::MAX, bytes: Vec::new() };
        wav.sync()?;
        Ok(wav)
    }

    /// What the file is.
    pub fn spec(&self) -> Spec {
        self.spec
    }

    /// How many frames it has, silence included.
    pub fn frames(&self) -> u64 {
        self.frame
    }

    /// Has silence up to a frame; nothing if that is behind.
    pub fn silence_until(&mut self, frame: u64) {
        self.frame = self.frame.max(frame);
    }

    /// Writes samples, whose channels lie side by side, as floats: past full scale a 16-bit file has full scale.
    ///
    /// # Errors
    /// The disk is full, or fails: the file is over.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        self.bytes.clear();
        match self.spec.sample {
            Sample::F32 => self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
            Sample::I16 => self.bytes.extend(samples.iter().flat_map(|sample| to_i16(*sample).to_le_bytes())),
        }
        if self.written != self.frame {
            self.file.seek(SeekFrom::Start(HEADER + self.frame * self.spec.frame_bytes()))?;
        }
        self.file.write_all(&self.bytes)?;
        self.frame += (samples.len() / usize::from(self.spec.channels)) as u64;
        self.written = self.frame;
        Ok(())
    }

    /// Brings all that was written so far to the system, and makes the header right.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        let end = HEADER + self.frame * self.spec.frame_bytes();
        let file = self.file.get_mut();
        if file.metadata()?.len() < end {
            file.set_len(end)?;
        }
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&self.spec.header(self.frame))?;
        self.written = u64::MAX;
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.sync()
    }

    /// Completes the file with so many frames: what is past them is cut off.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn finish_at(mut self, frames: u64) -> io::Result<()> {
        self.file.flush()?;
        self.frame = frames;
        self.file.get_mut().set_len(HEADER + frames * self.spec.frame_bytes())?;
        self.sync()
    }

    /// A file that cannot be written to.
    #[cfg(test)]
    pub fn broken(file: File, spec: Spec, frame: u64) -> Self {
        Self { file: BufWriter::new(file), spec, frame, written: frame, bytes: Vec::new() }
    }
}

/// The nearest number; full scale past it.
fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round_ties_even() as i16
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    const SPEC: Spec = Spec { rate_hz: 8000, channels: 1, sample: Sample::I16 };

    fn read(path: &std::path::Path) -> Vec<f32> {
        mixminus::stream::WavReader::open(path).unwrap().samples().unwrap()
    }

    #[test]
    fn it_is_readable_whenever_it_was_synced_and_silence_is_where_nothing_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.wav");
        let mut wav = WavFile::begin(File::create(&path).unwrap(), SPEC).unwrap();
        assert!(read(&path).is_empty());
        wav.silence_until(2);
        wav.write(&[0.5, -2.0]).unwrap();
        wav.sync().unwrap();
        assert_eq!(read(&path), [0.0, 0.0, 0.5, -1.0]);
        // Killed now, the file would be that.
        wav.silence_until(5);
        wav.silence_until(3);
        wav.write(&[0.25]).unwrap();
        wav.silence_until(8);
        wav.finish().unwrap();
        let file = [0.0, 0.0, 0.5, -1.0, 0.0, 0.25, 0.0, 0.0];
        assert_eq!(read(&path), file);
        let mut wav = WavFile::go_on(OpenOptions::new().write(true).open(&path).unwrap(), SPEC, 8).unwrap();
        wav.write(&[0.125]).unwrap();
        wav.finish().unwrap();
        assert_eq!(read(&path), [&file[..], &[0.125]].concat());
        assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 9);
    }

    #[test]
    fn a_file_past_4_gib_is_whole_for_those_who_know_rf64() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.wav");
        let mut wav = WavFile::begin(File::create(&path).unwrap(), SPEC).unwrap();
        let far = 2_200_000_000;
        wav.silence_until(far);
        wav.write(&[0.5]).unwrap();
        wav.finish().unwrap();
        let file = File::open(&path).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 80 + 2 * (far + 1));
        let mut header = [0; 80];
        io::Read::read_exact(&mut &file, &mut header).unwrap();
        assert_eq!(header, SPEC.header(far + 1));
        assert_eq!(&header[..4], b"RF64");
    }
}
