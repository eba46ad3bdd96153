//! Files that are whole and cannot be read: what is said of them.

use crate::{
    bytes::{body, chunk, extensible, fmt, headed, wav},
    fault,
};

/// What is said of a file with this format.
fn of_format(name: &str, format: Vec<u8>) -> String {
    fault(name, &wav(&[format, chunk(b"data", &[0; 64])]))
}

#[test]
fn the_samples_before_their_format() {
    let file = wav(&[chunk(b"data", &[0; 8]), fmt(1, 1, 48_000, 16)]);
    assert!(fault("data-first", &file).contains("data chunk comes before its fmt chunk"));
}

#[test]
fn a_rate_of_0() {
    assert!(of_format("rate", fmt(1, 1, 0, 16)).contains("sample rate is 0 Hz"));
}

#[test]
fn no_channels() {
    assert_eq!(of_format("channels", fmt(1, 0, 48_000, 16)), "it has 0 channels");
}

#[test]
fn compressed_audio_is_named_by_its_number() {
    let mp3 = of_format("mp3", fmt(0x55, 1, 48_000, 16));
    assert!(mp3.contains("format 0x0055") && mp3.contains("PCM (1), float (3), A-law (6) and mu-law (7)"), "{mp3}");
    assert!(of_format("adpcm", extensible(2, 48_000, 16, 16)).contains("format 0x0002"));
    let mut foreign = extensible(1, 48_000, 16, 16);
    *foreign.last_mut().unwrap() = 0;
    let said = of_format("foreign", foreign);
    assert!(said.contains("0100000000001000800000aa00389b00, which is none of PCM"), "{said}");
}

#[test]
fn widths_that_no_format_has() {
    for (tag, bits, said) in [
        (1, 0, "have 0 bits, and PCM has 1 to 32, or 64"),
        (1, 40, "have 40 bits, and PCM has 1 to 32, or 64"),
        (3, 16, "have 16 bits, and floats have 32 or 64"),
        (6, 16, "have 16 bits, and A-law and mu-law have 8"),
        (7, 0, "have 0 bits, and A-law and mu-law have 8"),
    ] {
        let fault = of_format("width", fmt(tag, 1, 48_000, bits));
        assert!(fault.contains(said), "{tag}: {fault}");
    }
    assert_eq!(of_format("valid", extensible(1, 48_000, 16, 24)), "24 bits of its samples count, and they have 16");
}

#[test]
fn frames_with_padding_that_nothing_describes() {
    let mut format = body(1, 1, 48_000, 24);
    format[12] = 4;
    let fault = of_format("padded", chunk(b"fmt ", &format));
    assert!(fault.contains("block align says 4 bytes") && fault.contains("1 of 24 bit take 3"), "{fault}");
}

#[test]
fn other_files() {
    assert_eq!(fault("nothing", b""), "it is empty");
    assert!(fault("text", b"this is text, and no sound").starts_with("it begins with \"this\", and a WAV file with"));
    let fault = fault("avi", b"RIFF\x04\0\0\0AVI ");
    assert!(fault.contains("with \"AVI \", and a WAV file is one with \"WAVE\""), "{fault}");
}

#[test]
fn a_file_without_samples() {
    assert!(fault("header", &wav(&[])).contains("neither a fmt chunk nor a data chunk"));
    assert!(fault("no-data", &wav(&[fmt(1, 1, 48_000, 16)])).contains("no data chunk"));
    assert!(fault("no-data-rf64", &headed(b"RF64", u32::MAX, &[fmt(1, 1, 48_000, 16)])).contains("no data chunk"));
}

#[test]
fn a_directory_and_a_file_that_is_not_there() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for path in [path.to_owned(), path.join("nowhere/none.wav")] {
        assert!(
            matches!(mixminus::stream::WavReader::open(&path).unwrap_err(), mixminus::stream::WavError::Io(_)),
            "{path:?}"
        );
    }
}
