//! Every way to store a sample, and every form of the fmt chunk for it.

use crate::{
    bytes::{body, chunk, extensible, fmt, sized, wav},
    samples,
};

/// A file of one channel at 48 kHz.
fn mono(format: Vec<u8>, data: &[u8]) -> Vec<u8> {
    wav(&[format, chunk(b"data", data)])
}

/// The same with a fmt chunk that has something behind its 16 bytes.
fn extended(tag: u16, bits: u16, extension: &[u8], data: &[u8]) -> Vec<u8> {
    mono(chunk(b"fmt ", &[&body(tag, 1, 48_000, bits), extension].concat()), data)
}

#[test]
fn eight_bit_has_its_silence_at_128() {
    let file = mono(fmt(1, 1, 48_000, 8), &[0xc0, 0, 0x80, 0xff]);
    assert_eq!(samples("8", &file), [0.5, -1.0, 0.0, 127.0 / 128.0]);
}

#[test]
fn sixteen_bit() {
    let file = mono(fmt(1, 1, 48_000, 16), &[0, 0x40, 0, 0x80, 1, 0, 0xff, 0x7f]);
    assert_eq!(samples("16", &file), [0.5, -1.0, 2f32.powi(-15), 32_767.0 / 32_768.0]);
}

#[test]
fn twelve_bit_are_the_upper_ones_of_sixteen() {
    let file = mono(fmt(1, 1, 48_000, 12), &[0, 0x40, 0x10, 0]);
    assert_eq!(samples("12", &file), [0.5, 2f32.powi(-11)]);
}

#[test]
fn twenty_four_bit_in_three_bytes() {
    let file = mono(fmt(1, 1, 48_000, 24), &[0, 0, 0x40, 0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0x7f]);
    assert_eq!(samples("24", &file), [0.5, -1.0, 2f32.powi(-23), 8_388_607.0 / 8_388_608.0]);
}

#[test]
fn twenty_four_bit_of_an_odd_size_without_the_padding_byte() {
    let data = [0, 0, 0x40, 0, 0, 0x80, 0xff, 0xff, 0xff];
    let file = wav(&[fmt(1, 1, 48_000, 24), sized(b"data", 9, &data)]);
    assert_eq!(samples("24-odd", &file), [0.5, -1.0, -2f32.powi(-23)]);
}

#[test]
fn twenty_four_bit_in_thirty_two_are_the_upper_ones() {
    let data = [0, 0, 0, 0x40, 0, 0, 0, 0x80, 0, 1, 0, 0, 0, 0xff, 0xff, 0x7f];
    let file = mono(extensible(1, 48_000, 32, 24), &data);
    assert_eq!(samples("24-in-32", &file), [0.5, -1.0, 2f32.powi(-23), 8_388_607.0 / 8_388_608.0]);
}

#[test]
fn twenty_bit_in_twenty_four_are_the_upper_ones() {
    let file = mono(extensible(1, 48_000, 24, 20), &[0, 0, 0x40, 0x10, 0, 0]);
    assert_eq!(samples("20-in-24", &file), [0.5, 2f32.powi(-19)]);
}

#[test]
fn thirty_two_bit_with_a_fmt_chunk_of_18_bytes() {
    let file = extended(1, 32, &[0, 0], &[0, 0, 0, 0x40, 0, 0, 0, 0x80, 1, 0, 0, 0]);
    assert_eq!(samples("32-18", &file), [0.5, -1.0, 2f32.powi(-31)]);
}

#[test]
fn sixty_four_bit() {
    let file = mono(fmt(1, 1, 48_000, 64), &[0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    assert_eq!(samples("64", &file), [0.5, -1.0]);
}

#[test]
fn float_comes_bit_for_bit_and_is_not_clipped() {
    let numbers = [0.1f32, -1e6, f32::NAN, f32::INFINITY, -0.0, 1e-40];
    let file = mono(fmt(3, 1, 48_000, 32), &numbers.map(f32::to_le_bytes).concat());
    let read = samples("float", &file);
    assert_eq!(read.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>(), numbers.map(f32::to_bits));
}

#[test]
fn float_with_an_extensible_fmt_chunk_of_40_bytes() {
    let data = [0.5f32, -0.25].map(f32::to_le_bytes).concat();
    assert_eq!(samples("float-40", &mono(extensible(3, 48_000, 32, 32), &data)), [0.5, -0.25]);
    // Without the bits that count, and with an empty extension, as some programs write it.
    assert_eq!(samples("float-0", &mono(extensible(3, 48_000, 32, 0), &data)), [0.5, -0.25]);
    assert_eq!(samples("float-empty", &extended(3, 32, &[0; 24], &data)), [0.5, -0.25]);
}

#[test]
fn sixty_four_bit_float() {
    let numbers = [0.5f64, -0.1, 3.0, f64::NAN, 1e300];
    let read = samples("float-64", &mono(fmt(3, 1, 48_000, 64), &numbers.map(f64::to_le_bytes).concat()));
    assert_eq!(read[..3], [0.5, -0.1, 3.0]);
    assert!(read[3].is_nan() && read[4] == f32::INFINITY, "{read:?}");
}

/// The values of the tables in ITU-T G.711, on a scale of 16 bits.
fn of_16_bit(values: [f32; 6]) -> [f32; 6] {
    values.map(|value| value / 32_768.0)
}

#[test]
fn a_law() {
    let data = [0xd5, 0x55, 0xaa, 0x2a, 0x80, 0x00];
    let right = of_16_bit([8.0, -8.0, 32_256.0, -32_256.0, 5_504.0, -5_504.0]);
    assert_eq!(samples("a-law-16", &mono(fmt(6, 1, 8_000, 8), &data)), right);
    assert_eq!(samples("a-law-18", &extended(6, 8, &[0, 0], &data)), right);
    assert_eq!(samples("a-law-40", &mono(extensible(6, 8_000, 8, 8), &data)), right);
}

#[test]
fn mu_law() {
    let data = [0xff, 0x7f, 0x80, 0x00, 0xaa, 0x2a];
    let right = of_16_bit([0.0, 0.0, 32_124.0, -32_124.0, 5_372.0, -5_372.0]);
    assert_eq!(samples("mu-law-16", &mono(fmt(7, 1, 8_000, 8), &data)), right);
    assert_eq!(samples("mu-law-18", &extended(7, 8, &[0, 0], &data)), right);
    assert_eq!(samples("mu-law-40", &mono(extensible(7, 8_000, 8, 8), &data)), right);
}

#[test]
fn a_fmt_chunk_of_an_unusual_length() {
    let file = extended(1, 16, &[0, 0, 7, 7, 7], &[0, 0x40]);
    assert_eq!(samples("fmt-21", &file), [0.5]);
}
