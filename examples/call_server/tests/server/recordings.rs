//! What each participant hears is recorded, and the files are complete once the server has stopped.

use std::{path::Path, time::Duration};

use hound::WavReader;
use rustix::process::Signal;

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

#[tokio::test]
async fn recordings_are_complete_after_a_signal() {
    let directory = tempfile::tempdir().unwrap();
    let to = directory.path().join("new/here");
    let (low, high) =
        (tones::source(directory.path(), "low", 500.0), tones::source(directory.path(), "../high", 1000.0));
    let arguments = ["--source", &low, "--source", &high, "--record", to.to_str().unwrap()];
    let mut server = Server::start(&arguments);
    until_it_grows(&to.join("guest.wav")).await;
    server.signal(Signal::TERM);
    let (status, said) = server.ended();
    assert!(status.success(), "{said:?}");

    // The two sources hear each other's tone; the guest hears for as long as they do.
    let [guest, low, high] = ["guest.wav", "low.wav", "%2E%2E%2Fhigh.wav"].map(|name| samples(&to.join(name)));
    assert!(guest.len() >= 48_000 && guest.len() == low.len() && low.len() == high.len());
    for (heard, wanted) in [(&low, 1.0), (&high, 1.0), (&guest, 2_f64.sqrt())] {
        let as_loud =
            heard.chunks_exact(960).filter(|packet| (tones::tones(packet) / wanted - 1.0).abs() < 0.01).count();
        assert!(as_loud >= 10, "{as_loud}");
    }

    // An existing recording is not overwritten.
    let (code, said) = failure(&[&["--listen", "127.0.0.1:0"], &arguments[..]].concat());
    assert!(code == Some(1) && said.contains("low.wav") && said.contains("choose another --record"), "{said}");
}
