//! What an Opus packet tells without being decoded (RFC 6716, section 3): how long it is, and
//! whether it carries a copy of the one before. Pure data.

/// Frames of 2.5 ms at 48 kHz, the shortest packet: every duration is a multiple of it.
pub const UNIT: usize = 120;
/// The frames of 120 ms at 48 kHz: no packet is longer (R5 in section 3.4).
pub const MOST_FRAMES: usize = 5760;
/// The bytes of the longest coded frame (R2).
const MOST_BYTES: usize = 1275;

/// A well-formed packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Its first byte: mode, bandwidth, duration and channels.
    toc: u8,
    /// How many coded frames it holds.
    count: usize,
    /// The first of them.
    first: &'a [u8],
}

impl<'a> Packet<'a> {
    /// None if it is malformed in a way that section 3.4 lists: a decoder refuses it.
    pub fn read(payload: &'a [u8]) -> Option<Self> {
        let (&toc, rest) = payload.split_first()?;
        let (count, first) = match toc & 3 {
            0 => (1, sized(rest)?),
            1 if rest.len().is_multiple_of(2) => (2, sized(&rest[..rest.len() / 2])?),
            1 => return None,
            2 => (2, two_sizes(rest)?),
            _ => many(rest)?,
        };
        let packet = Self { toc, count, first };
        (packet.frames() <= MOST_FRAMES).then_some(packet)
    }

    /// Its samples of each channel at 48 kHz.
    pub fn frames(&self) -> usize {
        self.count * self.coded_frame()
    }

    /// Those of each coded frame in it.
    pub fn coded_frame(&self) -> usize {
        let duration = usize::from(self.toc >> 3 & 3);
        match self.toc >> 3 {
            0..12 => [480, 960, 1920, 2880][duration],
            12..16 => [480, 960][duration & 1],
            _ => UNIT << duration,
        }
    }

    /// Whether it has no SILK part: the mode for music, and for the shortest packets.
    pub fn is_celt(&self) -> bool {
        self.toc & 0x80 != 0
    }

    /// Whether it carries a copy of what was before it (LBRR, section 4.2.4). The bits of one half
    /// that open the SILK part are the highest bits of its first byte: for each channel a voice
    /// activity flag for every 20 ms, and a flag for the copy.
    pub fn carries_copy(&self) -> bool {
        if self.is_celt() || self.first.len() <= 1 {
            return false;
        }
        let activity = self.coded_frame().div_ceil(960);
        let flag = |bit: usize| self.first[0] >> bit & 1 == 1;
        let stereo = self.toc & 4 != 0;
        flag(7 - activity) || stereo && flag(6 - 2 * activity)
    }
}

/// The frame, unless it is too long.
fn sized(frame: &[u8]) -> Option<&[u8]> {
    (frame.len() <= MOST_BYTES).then_some(frame)
}

/// The size that a frame's length field says, and what follows on the field (section 3.2.1).
fn size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&low, rest) = bytes.split_first()?;
    if low < 252 {
        return Some((low.into(), rest));
    }
    let (&high, rest) = rest.split_first()?;
    Some((usize::from(low) + 4 * usize::from(high), rest))
}

/// The first of two frames of different sizes (section 3.2.4).
fn two_sizes(rest: &[u8]) -> Option<&[u8]> {
    let (bytes, rest) = size(rest)?;
    let (first, second) = rest.split_at_checked(bytes)?;
    sized(second)?;
    sized(first)
}

/// The count and the first of any number of frames (section 3.2.5).
fn many(rest: &[u8]) -> Option<(usize, &[u8])> {
    let (&head, mut rest) = rest.split_first()?;
    let count = usize::from(head & 0x3F);
    if head & 0x40 != 0 {
        rest = unpadded(rest)?;
    }
    match count {
        0 => None,
        _ if head & 0x80 != 0 => Some((count, own_sizes(rest, count)?)),
        _ if rest.len().is_multiple_of(count) => Some((count, sized(&rest[..rest.len() / count])?)),
        _ => None,
    }
}

/// The frames without the padding behind them, whose length comes first: 255 stands for 254 bytes,
/// and says that the length goes on.
fn unpadded(mut rest: &[u8]) -> Option<&[u8]> {
    let mut padding = 0;
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        padding += usize::from(byte.min(254));
        if byte < 255 {
            return rest.get(..rest.len().checked_sub(padding)?);
        }
    }
}

/// The first of frames whose sizes come first, all but the last one's.
fn own_sizes(mut rest: &[u8], count: usize) -> Option<&[u8]> {
    let (mut first, mut sum) = (None, 0);
    for _ in 1..count {
        let bytes;
        (bytes, rest) = size(rest)?;
        first.get_or_insert(bytes);
        sum += bytes;
    }
    let last = rest.get(sum..)?;
    sized(last)?;
    sized(&rest[..first.unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(payload: &[u8]) -> Option<usize> {
        Packet::read(payload).map(|packet| packet.frames())
    }

    #[test]
    fn the_first_byte_tells_the_duration() {
        // Table 2 of RFC 6716, in units of 2.5 ms.
        let silk = [4, 8, 16, 24];
        let celt = [1, 2, 4, 8];
        let all = [&silk, &silk, &silk, &[4, 8, 4, 8], &celt, &celt, &celt, &celt];
        for (config, units) in all.into_iter().flatten().enumerate() {
            for stereo in [0, 4] {
                assert_eq!(frames(&[(config as u8) << 3 | stereo, 0, 0]), Some(units * UNIT), "{config}");
            }
        }
    }

    #[test]
    fn frames_are_counted() {
        let toc = 15 << 3;
        assert_eq!(frames(&[toc | 1, 7, 7]), Some(1920));
        assert_eq!(frames(&[toc | 2, 1, 7, 7, 7]), Some(1920));
        assert_eq!(frames(&[toc | 3, 6, 1, 2, 3, 4, 5, 6]), Some(5760));
        assert_eq!(frames(&[toc | 3, 0x80 | 3, 1, 2, 7, 7, 7, 7]), Some(2880));
        assert_eq!(frames(&[toc | 3, 0x40 | 2, 1, 7, 7, 0]), Some(1920), "with a byte of padding");
        assert_eq!(frames(&[toc]), Some(960), "a packet that only says that the sender pauses");
    }

    #[test]
    fn what_is_malformed_is_none() {
        let toc = 15 << 3;
        let long = [toc; MOST_BYTES + 2];
        for payload in [
            &[][..],
            &long,
            &[toc | 1, 7],
            &[toc | 2],
            &[toc | 2, 252],
            &[toc | 2, 3, 7, 7],
            &[toc | 3],
            &[toc | 3, 0],
            &[toc | 3, 7, 0, 0, 0, 0, 0, 0, 0],
            &[toc | 3, 2, 7],
            &[toc | 3, 0x40 | 2],
            &[toc | 3, 0x40 | 2, 255],
            &[toc | 3, 0x40 | 2, 3, 7, 7],
            &[toc | 3, 0x80 | 2],
            &[toc | 3, 0x80 | 2, 2, 7],
        ] {
            assert_eq!(Packet::read(payload), None, "{:?}", &payload[..payload.len().min(9)]);
        }
        assert_eq!(frames(&long[1..]), Some(960));
    }

    #[test]
    fn the_flag_of_the_copy_is_behind_the_voice_activity() {
        let carries = |toc: u8, first: u8| Packet::read(&[toc, first, 0]).unwrap().carries_copy();
        for (config, bit) in [(8, 6), (9, 6), (10, 5), (11, 4), (13, 6)] {
            assert!(carries(config << 3, 1 << bit), "{config}");
            assert!(!carries(config << 3, !(1 << bit)), "{config}");
        }
        for (config, bit) in [(8, 4), (9, 4), (10, 2), (11, 0), (13, 4)] {
            assert!(carries(config << 3 | 4, 1 << bit), "the side of {config}");
        }
        assert!(!carries(31 << 3, 255), "CELT");
        assert!(!Packet::read(&[9 << 3, 255]).unwrap().carries_copy(), "a byte is no copy");
    }
}
