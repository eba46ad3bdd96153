//! The 80 bytes before the samples of a WAV file: those of RIFF with a chunk to spare, or, from 4 GiB on, those of RF64
//! (EBU Tech 3306), which has its sizes in that chunk. So a file may grow past 4 GiB without being moved.

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// 16 bits.
    I16,
    /// A float of 32 bits.
    F32,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spec {
    /// Samples per second and channel.
    pub rate_hz: u32,
    /// 1 or more.
    pub channels: u16,
    /// How a sample is stored.
    pub sample: Sample,
}

/// Bytes before the samples.
pub const HEADER: u64 = 80;
/// Bytes of the header that the size of a RIFF file counts.
const COUNTED: u64 = HEADER - 8;

impl Spec {
    fn bytes(self) -> u16 {
        match self.sample {
            Sample::I16 => 2,
            Sample::F32 => 4,
        }
    }

    /// Bytes of one sample of every channel.
    pub fn frame_bytes(self) -> u64 {
        u64::from(self.channels) * u64::from(self.bytes())
    }

    /// The header of a file with so many frames.
    pub fn header(self, frames: u64) -> [u8; HEADER as usize] {
        let data = frames * self.frame_bytes();
        let is_large = COUNTED + data > u64::from(u32::MAX);
        let size = |size: u64| if is_large { u32::MAX } else { size as u32 }.to_le_bytes();
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend(if is_large { b"RF64" } else { b"RIFF" });
        header.extend(size(COUNTED + data));
        header.extend(b"WAVE");
        header.extend(if is_large { b"ds64" } else { b"JUNK" });
        header.extend(28_u32.to_le_bytes());
        let sizes = if is_large { [COUNTED + data, data, frames] } else { [0; 3] };
        header.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        header.extend(0_u32.to_le_bytes());
        header.extend(b"fmt ");
        header.extend(16_u32.to_le_bytes());
        header.extend(if self.sample == Sample::F32 { 3_u16 } else { 1 }.to_le_bytes());
        header.extend(self.channels.to_le_bytes());
        header.extend(self.rate_hz.to_le_bytes());
        header.extend((self.rate_hz.saturating_mul(self.frame_bytes() as u32)).to_le_bytes());
        header.extend((self.frame_bytes() as u16).to_le_bytes());
        header.extend((self.bytes() * 8).to_le_bytes());
        header.extend(b"data");
        header.extend(size(data));
        header.try_into().unwrap_or_else(|header: Vec<u8>| unreachable!("{} bytes", header.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::stream::WavReader;

    const MONO: Spec = Spec { rate_hz: 48_000, channels: 1, sample: Sample::I16 };

    #[test]
    fn another_reader_reads_what_it_says() {
        let stereo = Spec { channels: 2, sample: Sample::F32, ..MONO };
        let mut file = stereo.header(2).to_vec();
        file.extend([0.5_f32, -0.5, 0.25, -0.25].iter().flat_map(|sample| sample.to_le_bytes()));
        let mut reader = hound::WavReader::new(&file[..]).unwrap();
        let read: Vec<f32> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(
            (reader.spec().channels, reader.spec().sample_rate, read),
            (2, 48_000, vec![0.5, -0.5, 0.25, -0.25])
        );
        assert_eq!(WavReader::new(&file[..]).unwrap().samples().unwrap(), [0.5, -0.5, 0.25, -0.25]);
    }

    #[test]
    fn from_4_gib_on_the_sizes_have_64_bits() {
        let most = (u64::from(u32::MAX) - COUNTED) / 2;
        assert_eq!(&MONO.header(most)[..4], b"RIFF");
        let frames = most + 1;
        let header = MONO.header(frames);
        assert_eq!((&header[..4], &header[4..8], &header[12..16]), (&b"RF64"[..], &[0xff; 4][..], &b"ds64"[..]));
        let at = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        assert_eq!([at(20), at(28), at(36)], [frames * 2 + 72, frames * 2, frames]);
        // Another reader believes the 64 bits: it misses what is not there.
        let fault = WavReader::new(&MONO.header(3_000_000_000)[..]).unwrap().samples().unwrap_err().to_string();
        assert!(fault.contains("6000000000"), "{fault}");
    }
}
