//! Reads WAV files for the examples: the samples as numbers from -1 to 1, whatever their type, and
//! a message with the numbers where a file cannot be read.
//!
//! What is read: RIFF, RF64 and BW64; integers of 8 to 64 bits, floats of 32 and 64, A-law and
//! mu-law; each with any form of the fmt chunk that was ever written. A recorder that was killed
//! and a program that wrote to a pipe leave a size of their data that means nothing: their files
//! are read to the end. A file with less than it promises is an error ([`Fault::CutOff`]).
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
mod fault;
mod format;
mod length;
mod samples;

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use crate::{chunks::Chunks, length::Length};
pub use crate::{chunks::Id, fault::Fault, format::Format, samples::Encoding};

/// A WAV file, read up to its samples.
#[derive(Debug)]
pub struct Reader<R> {
    chunks: Chunks<R>,
    format: Format,
    length: Length,
}

impl Reader<BufReader<File>> {
    /// Opens a file and reads it up to its samples.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::new(BufReader::new(File::open(path)?))
    }
}

impl<R: Read> Reader<R> {
    /// Reads a file up to its samples.
    pub fn new(from: R) -> Result<Self, Fault> {
        let (mut chunks, large) = Chunks::open(from)?;
        let mut format = None;
        let mut large_size = None;
        while let Some(header) = chunks.next()? {
            match &header.id.0 {
                b"fmt " => format = Some(Format::parse(&chunks.body(header, Format::LONGEST)?)?),
                b"ds64" if large => large_size = length::large_size(&chunks.body(header, 16)?),
                b"data" => {
                    let length = Length::of(header.size, large_size);
                    return Ok(Self { chunks, format: format.ok_or(Fault::DataFirst)?, length });
                }
                _ => chunks.skip(header)?,
            }
        }
        Err(if format.is_some() { Fault::NoData } else { Fault::NoFormat })
    }

    /// The rate, the channels, and how the samples are stored.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Reads the samples, interleaved: whole frames. Integers are divided by the power of two just
    /// above their largest value, so that samples of up to 24 bits are exact. Floats are taken as
    /// they are, also those past ±1, NaN and infinity.
    pub fn samples(mut self) -> Result<Vec<f32>, Fault> {
        let bytes = self.length.read(self.chunks.rest())?;
        // A recorder that was killed may have written a part of a frame.
        let whole = bytes.len() - bytes.len() % self.format.frame_bytes();
        Ok(self.format.encoding.decode(&bytes[..whole]))
    }
}
