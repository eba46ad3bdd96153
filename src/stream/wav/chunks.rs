//! The chunks of a RIFF file, one after the other: an id, a size, as many bytes, and one byte more
//! after an odd size.
//!
//! The size of the whole, in the first header, is not looked at: recorders that were killed leave
//! a wrong one, and the file says itself where it ends.

use std::io::{self, Read};

use super::{error::WavError, riff_id::RiffId};

/// What a chunk begins with.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    pub id: RiffId,
    pub size: u32,
}

impl Header {
    /// Bytes of a header in a file.
    const SIZE: usize = 8;

    fn parse(bytes: [u8; Self::SIZE]) -> Self {
        let [a, b, c, d, size @ ..] = bytes;
        Self { id: RiffId([a, b, c, d]), size: u32::from_le_bytes(size) }
    }
}

/// Reads chunks from the first to the last.
#[derive(Debug)]
pub struct Chunks<R> {
    from: R,
}

impl<R: Read> Chunks<R> {
    /// Reads what comes before the first chunk. Says also whether the sizes of 64 bits count that a
    /// ds64 chunk has.
    pub fn open(mut from: R) -> Result<(Self, bool), WavError> {
        let bytes = up_to(&mut from, 12)?;
        let id = |at: usize| bytes.get(at..at + 4).map(|id| RiffId([id[0], id[1], id[2], id[3]]));
        let large = match id(0) {
            Some(RiffId(riff)) if riff == *b"RIFF" => false,
            Some(RiffId(riff)) if riff == *b"RF64" || riff == *b"BW64" => true,
            Some(other) => return Err(WavError::NotRiff(other)),
            None if bytes.is_empty() => return Err(WavError::Empty),
            None => return Err(WavError::Short { there: bytes.len() }),
        };
        match id(8) {
            Some(RiffId(form)) if form == *b"WAVE" => Ok((Self { from }, large)),
            Some(other) => Err(WavError::NotWave(other)),
            None => Err(WavError::Short { there: bytes.len() }),
        }
    }

    /// The header of the next chunk; `None` at the end. The last one's bytes must have been taken.
    pub fn next(&mut self) -> Result<Option<Header>, WavError> {
        let bytes = up_to(&mut self.from, Header::SIZE)?;
        Ok(bytes.try_into().ok().map(Header::parse))
    }

    /// The first bytes of a chunk, at most `most`. Goes past the others.
    pub fn body(&mut self, header: Header, most: u32) -> Result<Vec<u8>, WavError> {
        let taken = header.size.min(most);
        let bytes = up_to(&mut self.from, taken as usize)?;
        if bytes.len() < taken as usize {
            return Err(cut_off(header, bytes.len() as u64));
        }
        self.pass(header, u64::from(taken))?;
        Ok(bytes)
    }

    /// Goes past a chunk.
    pub fn skip(&mut self, header: Header) -> Result<(), WavError> {
        self.pass(header, 0)
    }

    /// What follows the last header.
    pub fn rest(&mut self) -> &mut R {
        &mut self.from
    }

    /// Goes past a chunk of which some bytes have been taken, and past the byte that makes it even.
    fn pass(&mut self, header: Header, taken: u64) -> Result<(), WavError> {
        let size = u64::from(header.size);
        let there = taken + self.drop(size - taken)?;
        if there < size {
            return Err(cut_off(header, there));
        }
        self.drop(size % 2)?;
        Ok(())
    }

    /// Reads bytes and forgets them; says how many there were.
    fn drop(&mut self, bytes: u64) -> io::Result<u64> {
        io::copy(&mut self.from.by_ref().take(bytes), &mut io::sink())
    }
}

/// Whether these bytes are nothing but whole chunks, as far as one can see: a name in letters, and
/// as many bytes as it has.
pub fn are_chunks(mut bytes: &[u8]) -> bool {
    while let Some((header, rest)) = bytes.split_first_chunk().map(|(header, rest)| (Header::parse(*header), rest)) {
        let named = header.id.0.iter().all(|letter| matches!(letter, b' '..=b'~'));
        match rest.get(header.size as usize..) {
            Some(after) if named => bytes = after.get(header.size as usize % 2..).unwrap_or_default(),
            _ => return false,
        }
    }
    bytes.is_empty()
}

fn cut_off(header: Header, there: u64) -> WavError {
    WavError::CutOff { chunk: header.id, size: u64::from(header.size), there }
}

/// Reads so many bytes, or fewer if there are no more.
fn up_to(from: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    from.take(bytes as u64).read_to_end(&mut read)?;
    Ok(read)
}
