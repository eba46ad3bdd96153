//! WAV files as the world writes them, through the example: what is heard of them, sample by sample,
//! and what is said of those that cannot be read. The reader's own tests have every kind.

#[path = "../../../../tests/wav/bytes.rs"]
mod bytes;

use std::fs;

use serde_json::Value;

use crate::bench::{Bench, RATE};
use bytes::{chunk, extensible, fmt, headed, sized, wav};

/// What a listener hears of a file at its own rate, sample by sample.
fn heard(name: &str, rate: u32, file: &[u8]) -> Vec<f32> {
    let bench = Bench::new(&format!("recordings/{name}"));
    fs::write(bench.0.join("a.wav"), file).unwrap();
    bench.mix(&format!("--source A=a.wav --listener L --rate {rate} --limiter off"));
    bench.heard_as("L", rate, 1)
}

/// A file of 16 bit with two samples.
fn two(data: Vec<u8>, other: &[u8]) -> Vec<u8> {
    wav(&[fmt(1, 1, RATE, 16), other.to_owned(), data])
}

#[test]
fn what_is_beside_the_samples_is_passed_over() {
    let data = chunk(b"data", &[0, 0x40, 0, 0xe0]);
    let list = chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0");
    assert_eq!(heard("list", RATE, &two(data, &list)), [0.5, -0.25]);
}

#[test]
fn sizes_that_mean_nothing_are_not_believed() {
    for size in [0, u32::MAX, 0x7fff_f000] {
        let file = two(sized(b"data", size, &[0, 0x40, 0, 0xe0]), b"");
        assert_eq!(heard(&format!("size-{size:x}"), RATE, &file), [0.5, -0.25], "{size:x}");
    }
    let ds64 = chunk(b"ds64", &[[80, 0, 0, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0, 0, 0], [0; 8]].concat());
    let data = sized(b"data", u32::MAX, &[0, 0x40, 0, 0xe0]);
    let file = headed(b"RF64", u32::MAX, &[ds64, fmt(1, 1, RATE, 16), data, chunk(b"LIST", b"INFO")]);
    assert_eq!(heard("rf64", RATE, &file), [0.5, -0.25]);
}

#[test]
fn samples_of_every_kind_are_heard_as_they_are() {
    let double = [0.5f64, -0.25].map(f64::to_le_bytes).concat();
    for (name, format, data, right) in [
        ("24-in-32", extensible(1, RATE, 32, 24), &[0, 0, 0, 0x40, 0, 0, 0, 0xe0][..], [0.5, -0.25]),
        ("float-40", extensible(3, RATE, 32, 32), &[0, 0, 0, 0x3f, 0, 0, 0x80, 0xbe], [0.5, -0.25]),
        ("float-64", fmt(3, 1, RATE, 64), &double, [0.5, -0.25]),
        ("a-law", fmt(6, 1, RATE, 8), &[0x80, 0x55], [5_504.0 / 32_768.0, -8.0 / 32_768.0]),
        ("mu-law", fmt(7, 1, RATE, 8), &[0xaa, 0x2a], [5_372.0 / 32_768.0, -5_372.0 / 32_768.0]),
    ] {
        assert_eq!(heard(name, RATE, &wav(&[format, chunk(b"data", data)])), right, "{name}");
    }
}

#[test]
fn a_recording_of_a_telephone_is_heard_at_its_rate() {
    let file = wav(&[fmt(7, 1, 8_000, 8), chunk(b"data", &[0xaa, 0x2a, 0xff])]);
    assert_eq!(heard("telephone", 8_000, &file), [5_372.0 / 32_768.0, -5_372.0 / 32_768.0, 0.0]);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_numbers() {
    let bench = Bench::new("recordings/refused");
    let data = chunk(b"data", &[1; 64]);
    let with = |format: Vec<u8>| wav(&[format, data.clone()]);
    let mut no_align = fmt(1, 1, RATE, 16);
    no_align[8 + 12] = 0;
    for (file, said) in [
        (vec![], "it is empty"),
        (b"RIFF\x24\0\0\0WAVE".to_vec(), "neither a fmt chunk nor a data chunk"),
        (wav(&[fmt(1, 1, RATE, 16)]), "no data chunk"),
        (wav(&[data.clone(), fmt(1, 1, RATE, 16)]), "data chunk comes before its fmt chunk"),
        (wav(&[fmt(1, 1, RATE, 16), sized(b"data", 64, &[1; 20])]), "its data chunk has 20 of 64 bytes"),
        (with(fmt(1, 1, 0, 16)), "sample rate is 0 Hz"),
        (with(fmt(1, 0, RATE, 16)), "0 channels"),
        (with(fmt(1, u16::MAX, RATE, 16)), "65535 of 16 bit take 131070"),
        (with(fmt(1, u16::MAX, RATE, 8)), "65535 channels"),
        (with(no_align), "block align says 0 bytes"),
        (with(chunk(b"fmt ", &[1, 0, 1, 0])), "fmt chunk has 4 bytes, and needs 16"),
        (with(fmt(0x55, 1, RATE, 16)), "format 0x0055"),
        (with(sized(b"LIST", u32::MAX, b"INFO")), "its LIST chunk has 76 of 4294967295 bytes"),
    ] {
        fs::write(bench.0.join("bad.wav"), file).unwrap();
        bench.refuse("--source A=bad.wav", said);
    }
    bench.refuse("--source A=.", "cannot read .: ");
}

#[test]
fn a_sample_past_the_bound_is_a_missing_frame_and_the_table_names_the_bound() {
    let bench = Bench::new("recordings/loud");
    let mut samples = vec![0.25_f32; 1440];
    samples[500] = -1.1e6;
    bench.wav("a.wav", 32, &samples);
    let text = bench.mix("--source A=a.wav --listener L --smoothing-ms 0");
    assert!(text.contains("frames NaN, infinite or past ±1e6"), "{text}");
    let report: Value = serde_json::from_str(&bench.mix("--source A=a.wav --listener L --json")).unwrap();
    assert_eq!(report["sources"][0]["notFinite"], 1);
}
