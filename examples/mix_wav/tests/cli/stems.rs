//! Stems: what each participant said, on one timeline, and the index of who was when.

use std::fs;

use hound::WavReader;
use serde_json::{Value, json};

use crate::bench::{Bench, RATE, bits, noise};

fn index(bench: &Bench) -> Value {
    serde_json::from_slice(&fs::read(bench.0.join("stems/index.json")).unwrap()).unwrap()
}

fn read(bench: &Bench, file: &str) -> (u16, Vec<f32>) {
    let mut reader = WavReader::open(bench.0.join(file)).unwrap();
    let samples = reader.samples::<f32>().map(Result::unwrap).collect();
    (reader.spec().channels, samples)
}

/// A speaks from the start, leaves and comes back with another recording; B joins later; L only hears.
fn call(bench: &Bench) -> (Vec<f32>, Vec<f32>) {
    let (a, b) = (noise(1, 30_000), noise(2, 20_000));
    bench.wav("a.wav", 32, &a);
    bench.wav("b.wav", 32, &b);
    bench.text(
        "s.json",
        r#"[{"atMs": 200, "leave": {"participant": "A"}}, {"atMs": 300, "join": {"participant": "B", "file": "b.wav"}},
            {"atMs": 400, "join": {"participant": "A", "file": "a.wav"}},
            {"atMs": 500, "mute": {"participant": "B", "muted": true}},
            {"atMs": 600, "mute": {"participant": "B", "muted": false}}]"#,
    );
    let silence = |count: usize| vec![0.0; count];
    // A is heard to sample 9600, and again from 19,200 on: the call ends with it. B begins at 14,400 and is muted from
    // 24,000 to 28,800.
    let length = 19_200 + 30_000;
    let said_a = [&a[..9600], &silence(9600), &a].concat();
    let said_b = [&silence(14_400), &b[..9600], &silence(4800), &b[14_400..], &silence(length - 34_400)].concat();
    (said_a, said_b)
}

#[test]
fn each_stem_has_what_one_said_where_it_was_said() {
    let bench = Bench::new("stems");
    let (said_a, said_b) = call(&bench);
    let told = bench.mix("--source A=a.wav --listener L --script s.json --stems stems");
    assert!(told.contains("stems/index.json"), "{told}");
    let [(channels, a), (_, b)] = ["stems/A.wav", "stems/B.wav"].map(|file| read(&bench, file));
    assert_eq!((channels, a.len(), b.len()), (1, 49_200, 49_200));
    assert!(bits(&a) == bits(&said_a) && bits(&b) == bits(&said_b), "bit for bit");
    assert!(!bench.0.join("stems/L.wav").exists());
    let index = index(&bench);
    assert_eq!(
        (&index["sampleRate"], &index["samples"], &index["channels"]),
        (&json!(RATE), &json!(49_200), &json!(1))
    );
    let stays = |n: usize| {
        let stays = index["participants"][n]["stays"].as_array().unwrap().iter();
        stays.map(|stay| (stay["fromSample"].as_u64().unwrap(), stay["toSample"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    let of = |n: usize| (index["participants"][n]["id"].as_str(), index["participants"][n]["stem"].as_str());
    assert_eq!([of(0), of(1), of(2)], [(Some("A"), Some("A.wav")), (Some("L"), None), (Some("B"), Some("B.wav"))]);
    assert_eq!((stays(0), stays(2)), (vec![(0, 9600), (19_200, 49_200)], vec![(14_400, 49_200)]));
    assert_eq!(index["participants"][0]["stays"][1]["fromSeconds"], 0.4);
    assert!(index["participants"][1]["mix"].as_str().is_some_and(|mix| mix.ends_with("out/L.wav")));
}

#[test]
fn all_stems_may_be_the_channels_of_one_file() {
    let bench = Bench::new("multichannel");
    let (said_a, said_b) = call(&bench);
    bench.mix("--source A=a.wav --listener L --script s.json --stems stems --multichannel");
    let (channels, all) = read(&bench, "stems/stems.wav");
    assert_eq!((channels, all.len()), (2, 2 * 49_200));
    let channel = |n: usize| all.iter().skip(n).step_by(2).copied().collect::<Vec<f32>>();
    assert!(bits(&channel(0)) == bits(&said_a) && bits(&channel(1)) == bits(&said_b));
    let index = index(&bench);
    assert_eq!(index["multichannel"], "stems.wav");
    assert_eq!(index["participants"][2]["channel"], 1);
    let left = fs::read_dir(bench.0.join("stems")).unwrap().count();
    assert_eq!(left, 2, "no other file is left");
}

#[test]
fn stems_have_the_channels_and_the_type_of_the_mixer_s_files() {
    let bench = Bench::new("stems_stereo");
    bench.wav_of("a.wav", RATE, 2, 16, &[8192_i16, -4096].repeat(4800));
    bench.mix("--source A=a.wav --listener L --channels 2 --format i16 --stems stems");
    let mut reader = WavReader::open(bench.0.join("stems/A.wav")).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().bits_per_sample), (2, 16));
    let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(samples, [8192, -4096].repeat(4800));
}

#[test]
fn what_would_be_overwritten_is_refused() {
    let bench = Bench::new("stems_over");
    bench.wav("A.wav", 32, &[0.5; 480]);
    bench.refuse("--source A=A.wav --stems .", "a file that is read");
    bench.refuse("--source A=A.wav --stems out", "a mix");
    bench.refuse("--source A=A.wav --multichannel", "--stems");
}
