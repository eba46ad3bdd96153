//! Reads WAV files, whatever wrote them: the samples as numbers from -1 to 1, whatever their type, and
//! a message with the numbers where a file cannot be read.
//!
//! What is read: RIFF, RF64 and BW64; integers of 8 to 64 bits, floats of 32 and 64, A-law and
//! mu-law; each with any form of the fmt chunk that was ever written. A recorder that was killed
//! and a program that wrote to a pipe leave a size of their data that means nothing: their files
//! are read to the end. A file with less than it promises is an error ([`WavError::CutOff`]).
//!
//! The samples are converted by a library (`samples.rs`). The chunks around them are read here
//! (`chunks.rs`, `format.rs`), because no library reads them all. hound refuses the sizes of
//! recorders that were killed, A-law, mu-law and 64 bit, and takes 24 bits in 32 for other numbers.
//! symphonia 0.6 loses its way behind a LIST chunk of an odd size, refuses RF64 and fmt chunks
//! of A-law in 16 bytes, reads nothing where the size is 0, and panics at thousands of channels.
//!
//! Nothing is believed of a file before it is seen: memory is taken for the bytes that are there,
//! not for those that a header promises.

mod chunks;
mod error;
mod format;
mod length;
mod pcm;
mod riff_id;
mod samples;

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use chunks::Chunks;
pub use error::WavError;
pub use format::WavFormat;
use length::Length;
pub use riff_id::RiffId;
pub use samples::WavEncoding;

/// A WAV file, read up to its samples. [`Pcm::from_wav`](super::Pcm::from_wav) reads one for a player.
///
/// Read are RIFF, RF64 and BW64; integers of 8 to 64 bits, floats of 32 and 64, A-law and mu-law; each with any form of
/// the fmt chunk that was ever written. Files of recorders that were killed, and of programs that wrote to a pipe, are
/// read to their ends.
///
/// ```
/// use mixminus::stream::WavReader;
/// let header = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0";
/// let file = [&header[..], &[0, 0x40, 0, 0xC0]].concat();
/// let reader = WavReader::new(&file[..])?;
/// assert_eq!(reader.format().rate_hz, 8000);
/// # Ok::<(), mixminus::stream::WavError>(())
/// ```
#[derive(Debug)]
pub struct WavReader<R> {
    chunks: Chunks<R>,
    format: WavFormat,
    length: Length,
}

impl WavReader<BufReader<File>> {
    /// Opens a file and reads it up to its samples.
    ///
    /// # Errors
    /// [`WavError`].
    pub fn open(path: &Path) -> Result<Self, WavError> {
        Self::new(BufReader::new(File::open(path)?))
    }
}

impl<R: Read> WavReader<R> {
    /// Reads a file up to its samples.
    ///
    /// # Errors
    /// [`WavError`].
    pub fn new(from: R) -> Result<Self, WavError> {
        let (mut chunks, large) = Chunks::open(from)?;
        let mut format = None;
        let mut large_size = None;
        while let Some(header) = chunks.next()? {
            match &header.id.0 {
                b"fmt " => format = Some(WavFormat::parse(&chunks.body(header, WavFormat::LONGEST)?)?),
                b"ds64" if large => large_size = length::large_size(&chunks.body(header, 16)?),
                b"data" => {
                    let length = Length::of(header.size, large_size);
                    return Ok(Self { chunks, format: format.ok_or(WavError::DataFirst)?, length });
                }
                _ => chunks.skip(header)?,
            }
        }
        Err(if format.is_some() { WavError::NoData } else { WavError::NoFormat })
    }

    /// The rate, the channels, and how the samples are stored.
    pub fn format(&self) -> WavFormat {
        self.format
    }

    /// The samples of a file of so many ms at most.
    fn samples_of(self, most_ms: f64) -> Result<Vec<f32>, WavError> {
        let Self { mut chunks, format, length } = self;
        let bytes = length.read(chunks.rest())?;
        // A recorder that was killed may have written a part of a frame.
        let whole = bytes.len() - bytes.len() % format.frame_bytes();
        let ms = 1000.0 * (whole / format.frame_bytes()) as f64 / f64::from(format.rate_hz);
        if ms > most_ms {
            return Err(WavError::TooLong { ms, most_ms });
        }
        Ok(format.encoding.decode(&bytes[..whole]))
    }

    /// Reads the samples, interleaved: whole frames. Integers are divided by the power of two just
    /// above their largest value, so that samples of up to 24 bits are exact. Floats are taken as
    /// they are, also those past ±1, NaN and infinity.
    ///
    /// # Errors
    /// [`WavError`].
    pub fn samples(self) -> Result<Vec<f32>, WavError> {
        self.samples_of(f64::INFINITY)
    }
}
