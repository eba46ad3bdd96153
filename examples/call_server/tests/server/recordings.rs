//! What each participant says and hears is recorded on one timeline, with an index; and what becomes of the files when the
//! server stops, is killed, or has no room.

use std::{fs, path::Path, time::Duration};

use hound::WavReader;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    rig::{PATIENCE, Server, failure},
    tones,
};

fn samples(path: &Path) -> Vec<i16> {
    let reader = WavReader::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let spec = reader.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 48_000, 16));
    reader.into_samples().collect::<Result<_, _>>().unwrap()
}

/// Waits until a file that is being written has more than a second.
async fn until_it_grows(path: &Path) {
    let grows = async {
        while WavReader::open(path).map_or(0, |reader| reader.duration()) < 48_000 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, grows).await.expect("a second is recorded");
}

fn index(to: &Path) -> Value {
    serde_json::from_slice(&fs::read(to.join("index.json")).unwrap()).unwrap()
}

/// How many packets have tones as loud as one tone, times so much.
fn packets(samples: &[i16], wanted: f64) -> usize {
    samples.chunks_exact(960).filter(|packet| (tones::tones(packet) / wanted - 1.0).abs() < 0.01).count()
}

#[tokio::test]
async fn recordings_are_complete_after_a_signal() {
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("new/here");
    let (low, high) =
        (tones::source(directory.path(), "low", 500.0), tones::source(directory.path(), "../high", 1000.0));
    let arguments = ["--source", &low, "--source", &high, "--record", to.to_str().unwrap()];
    let mut server = Server::start(&arguments);
    until_it_grows(&to.join("mixes/guest.wav")).await;
    let figures = server.get("/metrics").await.text().await.unwrap();
    assert!(figures.contains("call_server_recording_lost_ticks_total"), "{figures}");
    server.signal(Signal::TERM);
    let (status, said) = server.ended();
    assert!(status.success(), "{said:?}");

    // The two sources say a tone and hear each other's; the guest says nothing, and hears for as long as they do.
    let names = ["guest.wav", "low.wav", "%2E%2E%2Fhigh.wav"];
    let mixes = names.map(|name| samples(&to.join("mixes").join(name)));
    let stems = names.map(|name| samples(&to.join("stems").join(name)));
    let length = mixes[0].len();
    assert!(length >= 48_000 && mixes.iter().chain(&stems).all(|file| file.len() == length));
    for (file, wanted) in mixes.iter().zip([2_f64.sqrt(), 1.0, 1.0]).chain(stems[1..].iter().zip([1.0, 1.0])) {
        assert!(packets(file, wanted) >= 10);
    }
    assert!(stems[0].iter().all(|sample| *sample == 0));
    // In a mix a voice fades in.
    let late = length / 2..;
    assert!(
        stems[1][late.clone()] == mixes[2][late.clone()] && stems[2][late.clone()] == mixes[1][late],
        "sample by sample"
    );
    let index = index(&to);
    assert_eq!((&index["samples"], &index["sampleRate"]), (&json!(length), &json!(48_000)));
    let low = &index["participants"][2];
    assert_eq!(
        (&low["id"], &low["stem"], &low["mix"]),
        (&json!("low"), &json!("stems/low.wav"), &json!("mixes/low.wav"))
    );
    assert_eq!((&low["stays"][0]["toSample"], &low["gaps"]), (&json!(length), &json!([])));

    // An existing recording is not overwritten.
    let (code, said) = failure(&[&["--listen", "127.0.0.1:0"], &arguments[..]].concat());
    assert!(code == Some(2) && said.contains("new/here") && said.contains("choose another --record"), "{said}");
}

#[tokio::test]
async fn stems_may_become_the_channels_of_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("call");
    let (low, high) = (tones::source(directory.path(), "low", 500.0), tones::source(directory.path(), "high", 1000.0));
    let arguments = ["--source", &low, "--source", &high, "--record", to.to_str().unwrap(), "--multichannel"];
    let mut server = Server::start(&arguments);
    until_it_grows(&to.join("stems/low.wav")).await;
    server.signal(Signal::TERM);
    assert!(server.ended().0.success());
    let mut reader = WavReader::open(to.join("stems.wav")).unwrap();
    let all: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    let index = index(&to);
    assert_eq!((reader.spec().channels, &index["multichannel"]), (3, &json!("stems.wav")));
    for participant in index["participants"].as_array().unwrap() {
        let channel = participant["channel"].as_u64().unwrap() as usize;
        let own: Vec<i16> = all.iter().skip(channel).step_by(3).copied().collect();
        let expected = if participant["id"] == "guest" { 0.0 } else { 1.0 };
        assert_eq!(packets(&own, 1.0) >= 10, expected > 0.0, "{participant}");
    }
    assert!(!to.join("stems").exists() && to.join("mixes/low.wav").exists());
}

#[tokio::test]
async fn what_was_recorded_until_the_program_is_killed_can_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("call");
    let low = tones::source(directory.path(), "low", 500.0);
    let mut server = Server::start(&["--source", &low, "--record", to.to_str().unwrap()]);
    until_it_grows(&to.join("mixes/guest.wav")).await;
    server.signal(Signal::KILL);
    assert!(!server.ended().0.success());
    let (stem, mix) = (samples(&to.join("stems/low.wav")), samples(&to.join("mixes/guest.wav")));
    assert!(packets(&stem, 1.0) >= 10 && packets(&mix, 1.0) >= 10);
    let index = index(&to);
    assert!(
        index["samples"].as_u64() >= Some(48_000) && index["participants"][1]["stays"][0]["fromSample"] == 0,
        "{index}"
    );
}

#[tokio::test]
async fn a_full_disk_is_told_and_marked_and_the_call_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("call");
    let low = tones::source(directory.path(), "low", 500.0);
    // Half a second.
    let mut server = Server::start_with_a_full_disk(100, &["--source", &low, "--record", to.to_str().unwrap()]);
    server.wait_for("low.wav failed: ");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(server.get("/healthz").await.status(), 200);
    server.signal(Signal::TERM);
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(1), "{said:?}");
    let index = index(&to);
    let gap = index["participants"][1]["gaps"].as_array().unwrap().iter().find(|gap| gap["of"] == "stem").unwrap();
    assert!(gap["why"] == "unwritten" && gap["toSample"] == index["samples"], "{index}");
}

#[test]
fn a_directory_that_cannot_be_written_keeps_the_server_from_starting() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "no directory").unwrap();
    let in_the_way = directory.path().join("in the way");
    fs::create_dir_all(in_the_way.join("stems/speaker.wav")).unwrap();
    let index = directory.path().join("index");
    fs::create_dir_all(index.join("index.json")).unwrap();
    // The last one nobody may write to, not even who may write to everything.
    for to in [&file, &file.join("below"), &in_the_way, &index, Path::new("/proc/self/recording")] {
        let (code, said) = failure(&["--listen", "127.0.0.1:0", "--record", to.to_str().unwrap()]);
        assert_eq!((code, said.lines().count()), (Some(2), 1), "{}: {said}", to.display());
        assert!(said.contains("cannot write to") && said.contains("choose another --record"), "{said}");
    }
    let (code, said) = failure(&["--listen", "127.0.0.1:0", "--multichannel"]);
    assert!(code == Some(2) && said.contains("--record"), "{said}");
}
