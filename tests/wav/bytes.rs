//! The parts of a WAV file, byte by byte.

/// A RIFF file of some chunks.
pub fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
    let size = 4 + chunks.iter().map(Vec::len).sum::<usize>();
    headed(b"RIFF", size as u32, chunks)
}

/// A file of some chunks, with a size of the whole that may be wrong.
pub fn headed(riff: &[u8; 4], size: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    [riff, &size.to_le_bytes(), b"WAVE", chunks.concat().as_slice()].concat()
}

/// A chunk, with its padding byte if its size is odd.
pub fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = sized(id, body.len() as u32, body);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// A chunk with a size that may be wrong, without padding.
pub fn sized(id: &[u8; 4], size: u32, body: &[u8]) -> Vec<u8> {
    [id, size.to_le_bytes().as_slice(), body].concat()
}

/// A fmt chunk of 16 bytes.
pub fn fmt(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    chunk(b"fmt ", &body(tag, channels, rate, bits))
}

/// A fmt chunk of 40 bytes, the format in its extension (WAVE_FORMAT_EXTENSIBLE).
pub fn extensible(tag: u16, rate: u32, bits: u16, valid_bits: u16) -> Vec<u8> {
    let mut body = body(0xfffe, 1, rate, bits);
    body.extend(22u16.to_le_bytes());
    body.extend(valid_bits.to_le_bytes());
    body.extend(4u32.to_le_bytes());
    body.extend(tag.to_le_bytes());
    body.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    chunk(b"fmt ", &body)
}

/// The 16 bytes that every fmt chunk begins with.
pub fn body(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let align = channels.wrapping_mul(bits.div_ceil(8));
    let mut body = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    body.extend(rate.to_le_bytes());
    body.extend(rate.wrapping_mul(u32::from(align)).to_le_bytes());
    body.extend([align.to_le_bytes(), bits.to_le_bytes()].concat());
    body
}
