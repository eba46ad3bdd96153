//! Where the samples begin and end: chunks around them, and sizes that mean nothing.

use crate::{
    bytes::{chunk, fmt, headed, sized, wav},
    fault, samples,
};

/// Four samples of 16 bit.
const DATA: [u8; 8] = [0, 0x40, 0, 0x80, 0, 0x20, 0, 0xe0];
const SAMPLES: [f32; 4] = [0.5, -1.0, 0.25, -0.25];

fn format() -> Vec<u8> {
    fmt(1, 1, 48_000, 16)
}

/// A file whose data chunk has this size, and one whose size of the whole is as wrong.
fn with_size(size: u32, data: &[u8]) -> [Vec<u8>; 2] {
    let chunks = [format(), sized(b"data", size, data)];
    [wav(&chunks), headed(b"RIFF", size.saturating_add(36), &chunks)]
}

#[test]
fn chunks_of_odd_sizes_have_a_padding_byte() {
    // An odd LIST with an odd entry, another one, and a chunk of no use.
    for (name, other) in [
        ("list-info", chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0")),
        ("list-padded", chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0\0")),
        ("list-adtl", chunk(b"LIST", b"adtlxyz")),
        ("junk", chunk(b"JUNK", b"\0\0\0")),
        ("fact", chunk(b"fact", &[0; 7])),
    ] {
        assert_eq!(samples(name, &wav(&[format(), other.clone(), chunk(b"data", &DATA)])), SAMPLES, "{name}");
        assert_eq!(samples(name, &wav(&[other.clone(), format(), chunk(b"data", &DATA)])), SAMPLES, "{name}");
        assert_eq!(samples(name, &wav(&[format(), chunk(b"data", &DATA), other])), SAMPLES, "{name}");
    }
}

#[test]
fn a_size_of_0_is_that_of_a_recorder_that_was_killed() {
    for file in with_size(0, &DATA) {
        assert_eq!(samples("size-0", &file), SAMPLES);
    }
    let no_size_at_all = headed(b"RIFF", 0, &[format(), sized(b"data", 0, &DATA)]);
    assert_eq!(samples("size-0-0", &no_size_at_all), SAMPLES);
    // Silence is no chunk.
    assert_eq!(samples("size-0-silence", &with_size(0, &[0; 16])[0]), [0.0; 8]);
}

#[test]
fn a_size_of_0_is_that_of_an_empty_recording_if_chunks_follow_or_nothing() {
    let list = chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0");
    assert_eq!(samples("empty-list", &wav(&[format(), chunk(b"data", b""), list.clone(), list])), [0.0_f32; 0]);
    assert_eq!(samples("empty", &wav(&[format(), chunk(b"data", b"")])), [0.0_f32; 0]);
}

#[test]
fn a_size_of_ffffffff_is_that_of_ffmpeg_to_a_pipe() {
    for file in with_size(u32::MAX, &DATA) {
        assert_eq!(samples("size-ffffffff", &file), SAMPLES);
    }
}

#[test]
fn a_size_of_7ffff000_is_that_of_sox_to_a_pipe() {
    for file in with_size(0x7fff_f000, &DATA) {
        assert_eq!(samples("size-7ffff000", &file), SAMPLES);
    }
}

#[test]
fn a_part_of_a_frame_at_the_end_is_left_out() {
    for file in with_size(u32::MAX, &DATA[..7]) {
        assert_eq!(samples("part", &file), SAMPLES[..3]);
    }
}

#[test]
fn the_size_of_the_whole_does_not_matter() {
    for size in [0, 1, 36, 1000, u32::MAX] {
        let file = headed(b"RIFF", size, &[format(), chunk(b"data", &DATA)]);
        assert_eq!(samples("riff-size", &file), SAMPLES, "{size}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_an_error_that_says_how_much_is_there() {
    let whole = wav(&[format(), chunk(b"LIST", &[7; 20]), chunk(b"data", &[1; 960])]);
    for (bytes, said) in [
        (5, "too early, after 5 bytes"),
        (11, "too early, after 11 bytes"),
        (30, "too early: its fmt chunk has 10 of 16 bytes"),
        (50, "too early: its LIST chunk has 6 of 20 bytes"),
        (72, "too early: its data chunk has 0 of 960 bytes"),
        (575, "too early: its data chunk has 503 of 960 bytes"),
        (whole.len() - 1, "too early: its data chunk has 959 of 960 bytes"),
    ] {
        let fault = fault("cut", &whole[..bytes]);
        assert!(fault.contains(said), "{bytes}: {fault}");
    }
}

/// The ds64 chunk of a file: the size of the whole, of the data, the frames, and an empty table.
fn ds64(data: u64) -> Vec<u8> {
    let sizes = [data.saturating_add(72), data, data / 2].map(u64::to_le_bytes).concat();
    chunk(b"ds64", &[&sizes[..], &[0; 4]].concat())
}

#[test]
fn rf64_and_bw64_have_their_size_in_a_chunk_of_its_own() {
    for riff in [b"RF64", b"BW64"] {
        let trailer = chunk(b"LIST", b"INFO");
        let file = |ds64| headed(riff, u32::MAX, &[ds64, format(), sized(b"data", u32::MAX, &DATA), trailer.clone()]);
        assert_eq!(samples("large", &file(ds64(8))), SAMPLES);
        assert!(fault("large-cut", &file(ds64(5_000_000_000))).contains("has 20 of 5000000000 bytes"));
    }
}

#[test]
fn rf64_without_a_size_is_read_to_the_end() {
    for large in [ds64(0), ds64(u64::MAX), chunk(b"ds64", &[0; 8]), chunk(b"JUNK", &[0; 28])] {
        let file = headed(b"RF64", u32::MAX, &[large, format(), sized(b"data", u32::MAX, &DATA)]);
        assert_eq!(samples("large-open", &file), SAMPLES);
    }
}
