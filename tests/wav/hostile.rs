//! Files that were made to break a reader: a message, and no panic, and no memory for what is not there.

use std::io::{self, Read};

use mixminus::stream::WavReader;

use crate::{
    bytes::{body, chunk, extensible, fmt, sized, wav},
    fault, samples,
};

#[test]
fn huge_channel_counts() {
    for (tag, bits) in [(1, 16), (1, 64), (3, 64), (0xfffe, 16)] {
        let format = [body(tag, u16::MAX, 48_000, bits), vec![0xff; 24]].concat();
        let fault = fault("channels-huge", &wav(&[chunk(b"fmt ", &format), chunk(b"data", &[0; 64])]));
        assert!(fault.contains("65535 of") || fault.contains("of the format"), "{fault}");
    }
    // A frame that is larger than the file.
    let file = wav(&[fmt(1, u16::MAX, 48_000, 8), chunk(b"data", &[0; 64])]);
    assert_eq!(WavReader::new(&file[..]).unwrap().samples().unwrap(), [0.0_f32; 0]);
}

#[test]
fn a_mask_of_all_speakers_at_once() {
    let mut format = extensible(1, 48_000, 16, 16);
    format[8 + 20..8 + 24].fill(0xff);
    assert_eq!(samples("mask", &wav(&[format, chunk(b"data", &[0, 0x40])])), [0.5]);
}

#[test]
fn a_block_align_of_0() {
    let mut format = body(1, 1, 48_000, 16);
    format[12] = 0;
    let fault = fault("align-0", &wav(&[chunk(b"fmt ", &format), chunk(b"data", &[0; 64])]));
    assert!(fault.contains("block align says 0 bytes") && fault.contains("take 2"), "{fault}");
}

#[test]
fn a_fmt_chunk_that_is_too_short() {
    for there in [0, 2, 15] {
        let format = &body(1, 1, 48_000, 16)[..there];
        let fault = fault("fmt-short", &wav(&[chunk(b"fmt ", format), chunk(b"data", &[0; 64])]));
        assert_eq!(fault, format!("its fmt chunk has {there} bytes, and needs 16"));
    }
    for there in [16, 18, 39] {
        let format = &extensible(1, 48_000, 16, 16)[8..8 + there];
        let fault = fault("ext-short", &wav(&[chunk(b"fmt ", format), chunk(b"data", &[0; 64])]));
        assert_eq!(fault, format!("its fmt chunk has {there} bytes, and needs 40"));
    }
}

#[test]
fn sizes_that_are_not_there_take_no_memory() {
    for id in [b"fmt ", b"LIST", b"ds64", b"junk"] {
        let fault = fault("promise", &wav(&[sized(id, u32::MAX, &[1, 0])]));
        assert!(fault.contains("has 2 of 4294967295 bytes"), "{fault}");
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_has_a_message_or_its_first_samples() {
    let list = chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0");
    let whole = wav(&[extensible(1, 48_000, 32, 24), list, sized(b"data", u32::MAX, &[0x40; 64])]);
    for length in 0..whole.len() {
        match WavReader::new(&whole[..length]).and_then(WavReader::samples) {
            Ok(samples) => assert!(length >= whole.len() - 64 && samples.len() <= 16, "{length}"),
            Err(fault) => assert!(fault.to_string().len() > 10, "{length}"),
        }
    }
}

#[test]
fn garbage_in_every_byte_of_a_header_breaks_nothing() {
    let whole = wav(&[extensible(1, 48_000, 16, 16), chunk(b"fact", &[4, 0, 0, 0]), chunk(b"data", &[0x40; 8])]);
    for at in 0..whole.len() {
        for bad in [0, 1, 0x7f, 0x80, 0xff] {
            let mut file = whole.clone();
            file[at] = bad;
            // Either is right; neither takes long, or ends the program.
            let _ = WavReader::new(&file[..]).and_then(WavReader::samples);
        }
    }
}

/// A source of noise, with the header of a WAV file before it or without.
struct Noise(u32);

impl Read for Noise {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        for byte in to.iter_mut() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (self.0 >> 24) as u8;
        }
        Ok(to.len())
    }
}

#[test]
fn noise_is_no_wav_file_however_much_there_is() {
    for seed in 0..100 {
        assert!(WavReader::new(Noise(seed)).is_err());
        let chunks = io::Cursor::new(b"RIFF\0\0\0\0WAVE").chain(Noise(seed).take(1 << 16));
        assert!(WavReader::new(chunks).and_then(WavReader::samples).is_err());
    }
}
