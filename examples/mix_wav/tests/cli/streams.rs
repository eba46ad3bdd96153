//! Streams in the example `mix_wav`: recordings and listeners of other rates and channels, stereo, and bad networks.

use std::f64::consts::TAU;

use serde_json::Value;

use crate::bench::{Bench, RATE, bits, noise};

/// A tone of `hz` Hz.
fn tone(rate: u32, hz: f64, amplitude: f64, length: usize) -> Vec<f32> {
    (0..length).map(|n| (amplitude * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// The amplitude of a tone, and its phase in turns. `samples` must hold a whole number of its periods.
fn listen(samples: &[f32], rate: u32, hz: f64) -> (f64, f64) {
    let turns = hz / f64::from(rate);
    let sum = |of: fn(f64) -> f64| {
        samples.iter().enumerate().map(|(n, sample)| f64::from(*sample) * of(TAU * turns * n as f64)).sum::<f64>()
    };
    let (sine, cosine) = (sum(f64::sin), sum(f64::cos));
    (2.0 * sine.hypot(cosine) / samples.len() as f64, cosine.atan2(sine) / TAU)
}

/// Within half a decibel.
fn assert_level(heard: f64, expected: f64, what: &str) {
    let off = 20.0 * (heard / expected).log10();
    assert!(off.abs() < 0.5, "{what}: {heard} is {off} dB off {expected}");
}

fn interleaved(left: &[f32], right: &[f32]) -> Vec<f32> {
    left.iter().zip(right).flat_map(|(left, right)| [*left, *right]).collect()
}

/// One side of a stereo mix.
fn side(samples: &[f32], side: usize) -> Vec<f32> {
    samples.iter().skip(side).step_by(2).copied().collect()
}

fn report(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_rate_is_heard_at_its_level_and_its_place() {
    let bench = Bench::new("rates");
    bench.wav_of("a.wav", 8_000, 1, 32, &[vec![0.0; 4_000], tone(8_000, 500.0, 0.25, 4_000)].concat());
    let (left, right) = (tone(44_100, 1_000.0, 0.4, 44_100), tone(44_100, 1_500.0, 0.2, 44_100));
    bench.wav_of("b.wav", 44_100, 2, 32, &interleaved(&left, &right));
    let report = report(&bench.mix("--source A=a.wav --source B=b.wav --listener L --json"));
    let heard = bench.heard::<f32>("L");
    assert_eq!(report["samples"], heard.len());
    // The tone of A begins after half a second and the delay of its port, which the report tells.
    let delay_ms = report["sources"][0]["port"]["delayMs"].as_f64().unwrap();
    assert!((5.0..30.0).contains(&delay_ms), "{delay_ms}");
    let start = 24_000 + (48.0 * delay_ms) as usize;
    assert!(listen(&heard[start - 4_800..start], RATE, 500.0).0 < 0.01, "it begins too early");
    for (hz, amplitude, range) in
        [(500.0, 0.25, start..start + 19_200), (1_000.0, 0.2, 4_800..43_200), (1_500.0, 0.1, 4_800..43_200)]
    {
        assert_level(listen(&heard[range], RATE, hz).0, amplitude, &format!("{hz} Hz"));
    }
    // Nobody hears themselves.
    assert!(listen(&bench.heard::<f32>("A")[start..start + 19_200], RATE, 500.0).0 < 1e-3);
    for source in 0..2 {
        let port = &report["sources"][source]["port"];
        assert_eq!(port["sentPackets"], port["receivedPackets"]);
        for count in ["lostSamples", "late", "reordered", "underruns", "overruns"] {
            assert_eq!(port[count], 0, "{count}");
        }
    }
}

#[test]
fn odd_rates_and_ticks_lose_nothing() {
    let bench = Bench::new("odd");
    for (rate, tick_ms) in [(11_025, 10.0), (1_000, 10.0), (47_999, 2.5), (8_000, 15.0), (22_050, 120.0)] {
        bench.wav_of("a.wav", rate, 1, 32, &tone(rate, 100.0, 0.25, rate as usize));
        let report = report(&bench.mix(&format!("--source A=a.wav --listener L --tick-ms {tick_ms} --json")));
        let port = &report["sources"][0]["port"];
        assert_eq!(
            (&port["lostSamples"], &port["underruns"], &port["overruns"]),
            (&0.into(), &0.into(), &0.into()),
            "{rate}"
        );
        assert_level(listen(&bench.heard::<f32>("L")[9_600..43_200], RATE, 100.0).0, 0.25, &format!("{rate} Hz"));
    }
}

#[test]
fn a_stereo_mixer_keeps_both_sides_and_pans() {
    let bench = Bench::new("stereo");
    let (left, right) = (noise(1, 24_000), noise(2, 24_000));
    bench.wav_of("a.wav", RATE, 2, 32, &interleaved(&left, &right));
    bench.wav("b.wav", 32, &[0.25_f32; 24_000]);
    bench.text("s.json", r#"[{"atMs": 0, "pan": {"listener": "A", "source": "B", "position": 1}}]"#);
    let options = "--source A=a.wav --source B=b.wav --script s.json --smoothing-ms 0 --limiter off --plot p.svg";
    bench.mix(&format!("{options} --channels 2 --plot-listener A"));
    assert_eq!(bits(&bench.heard_as::<f32>("B", RATE, 2)), bits(&interleaved(&left, &right)));
    assert_eq!(bench.heard_as::<f32>("A", RATE, 2), interleaved(&[0.0; 24_000], &[0.25; 24_000]));
    assert!(std::fs::read_to_string(bench.0.join("p.svg")).unwrap().contains("A hears B 100 % right"));
}

#[test]
fn a_listener_of_another_rate_hears_the_same_at_the_same_time() {
    let bench = Bench::new("listener");
    bench.wav("a.wav", 32, &tone(RATE, 440.0, 0.25, 48_001));
    let options = "--source A=a.wav --listener L --listener M --listener-format M=16000:2 --json";
    let report = report(&bench.mix(options));
    let (here, there) = (bench.heard::<f32>("L"), bench.heard_as::<f32>("M", 16_000, 2));
    assert_eq!((here.len(), there.len()), (48_001, 2 * 16_000));
    assert_eq!(report["listeners"][2]["stream"]["samples"], 16_000);
    assert_eq!(side(&there, 0), side(&there, 1));
    let (_, expected) = listen(&here[4_800..43_200], RATE, 440.0);
    let (amplitude, phase) = listen(&side(&there, 0)[1_600..14_400], 16_000, 440.0);
    assert_level(amplitude, 0.25, "M");
    let late_samples = (expected - phase) / 440.0 * 16_000.0;
    assert!(late_samples.abs() < 0.6, "{late_samples} samples late");
    // It is heard to the very end.
    assert!(listen(&side(&there, 0)[15_600..], 16_000, 440.0).0 > 0.2);
}

#[test]
fn a_port_at_the_rate_of_the_mixer_changes_nothing() {
    let bench = Bench::new("through");
    bench.wav("a.wav", 32, &noise(7, 9_999));
    bench.mix("--source A=a.wav --listener L");
    let expected = bench.heard::<f32>("L");
    bench.mix("--source A=a.wav --listener L --listener-format L=48000:1");
    assert_eq!(bits(&bench.heard("L")), bits(&expected));
}

#[test]
fn a_stay_of_a_listener_by_port_stands_at_its_place() {
    let bench = Bench::new("stay");
    bench.wav("a.wav", 32, &[0.25_f32; 48_000]);
    bench.text(
        "s.json",
        r#"[{"atMs": 500, "join": {"participant": "L"}}, {"atMs": 800, "leave": {"participant": "L"}}]"#,
    );
    bench.mix("--source A=a.wav --script s.json --listener-format L=16000:1 --smoothing-ms 0 --limiter off");
    let heard = bench.heard_as::<f32>("L", 16_000, 1);
    assert_eq!(heard.len(), 16_000);
    assert!(heard[..8_000].iter().chain(&heard[12_800..]).all(|sample| *sample == 0.0));
    assert!(heard[8_100..12_700].iter().all(|sample| (sample - 0.25).abs() < 0.001));
}

#[test]
fn bad_luck_is_the_same_for_the_same_seed() {
    let bench = Bench::new("seeds");
    bench.wav("a.wav", 32, &noise(3, 96_000));
    bench.wav_of("b.wav", 16_000, 2, 32, &noise(4, 64_000));
    let run = |seed: &str| {
        let network = format!("--drop 5 --jitter-ms 70 --drift-ppm -300 {seed}");
        bench.mix(&format!("--source A=a.wav --source B=b.wav --listener L {network}"));
        bits(&bench.heard("L"))
    };
    let first = run("--seed 7");
    assert_eq!(first, run("--seed 7"));
    assert_ne!(first, run("--seed 8"));
    assert_eq!(run(""), run("--seed 1"));
}

#[test]
fn what_a_network_does_is_counted() {
    let bench = Bench::new("network");
    bench.wav_of("a.wav", 8_000, 1, 32, &noise(5, 40_000));
    let port = |network: &str| {
        let text = bench.mix(&format!("--source A=a.wav --listener L --json {network}"));
        report(&text)["sources"][0]["port"].clone()
    };
    let count = |port: &Value, name: &str| port[name].as_u64().unwrap();
    let fine = port("--drop 0 --depth-ms 80");
    assert_eq!(fine["sentPackets"], fine["receivedPackets"]);
    assert_eq!([&fine["lostSamples"], &fine["late"], &fine["underruns"]], [0; 3]);
    assert_eq!(
        ["waitMs", "targetMs", "conversionMs", "delayMs"].map(|name| fine[name].as_f64().unwrap().round()),
        // A packet waits for half a tick before it is seen.
        [75.0, 75.0, 5.0, 80.0]
    );

    let lossy = port("--drop 10");
    let dropped = count(&lossy, "sentPackets") - count(&lossy, "receivedPackets");
    assert!((10..45).contains(&dropped), "{lossy}");
    // A packet lost at the very end counts only when a newer one arrives, and none does.
    let lost = count(&lossy, "lostSamples");
    assert!(lost.is_multiple_of(160) && (dropped - 3..=dropped).contains(&(lost / 160)), "{lossy}");
    assert_eq!(count(&port("--drop 100"), "receivedPackets"), 0);

    let jittery = port("--jitter-ms 100");
    assert!(count(&jittery, "reordered") > 10, "{jittery}");
    let shallow = port("--jitter-ms 100 --depth-ms 20");
    assert!(count(&shallow, "late") > 10, "{shallow}");
}

#[test]
fn a_drift_is_seen_and_followed() {
    let bench = Bench::new("drift");
    bench.wav_of("a.wav", 8_000, 1, 32, &noise(8, 96_000));
    for ppm in [1_000_i32, -1_000] {
        let text = bench.mix(&format!("--source A=a.wav --listener L --json --drift-ppm {ppm}"));
        let port = &report(&text)["sources"][0]["port"];
        let seen = port["driftPpm"].as_f64().unwrap() * f64::from(ppm.signum());
        assert!((1.0..1_000.0).contains(&seen), "{ppm}: {port}");
        // No packet is lost or late.
        assert_eq!((&port["lostSamples"], &port["late"], &port["underruns"]), (&0.into(), &0.into(), &0.into()));
    }
}

#[test]
fn spoilt_packets_and_all_stays_are_counted() {
    let bench = Bench::new("port_stays");
    let mut samples = vec![0.25_f32; 8_000];
    samples[1_000] = f32::NAN;
    bench.wav_of("a.wav", 8_000, 1, 32, &samples);
    bench.text(
        "s.json",
        r#"[{"atMs": 200, "leave": {"participant": "A"}}, {"atMs": 300, "join": {"participant": "A", "file": "a.wav"}}]"#,
    );
    let report = report(&bench.mix("--source A=a.wav --listener L --script s.json --json"));
    let source = &report["sources"][0];
    // One packet in each stay is spoilt. The first stay lasts 10 packets, the second until the whole file is sent.
    assert_eq!(source["notFinite"], 2);
    let [sent, received] = ["sentPackets", "receivedPackets"].map(|name| source["port"][name].as_u64().unwrap());
    // What goes on from the last period stands in for it, or a part of it, and the sound before it is stretched.
    let port = |name: &str| source["port"][name].as_u64().unwrap();
    assert_eq!((received, port("lostSamples")), (sent - 2, 2 * 160), "{source}");
    assert!(port("concealedSamples") + port("stretchedSamples") <= 3 * 160, "{source}");
    assert!((10 + 50..10 + 53).contains(&sent), "{sent}");
}

#[test]
fn without_ports_the_report_tells_of_none() {
    let bench = Bench::new("portless");
    bench.wav("a.wav", 32, &noise(6, 4_800));
    let report = report(&bench.mix("--source A=a.wav --listener L --json"));
    assert_eq!((report.get("network"), report["sources"][0].get("port")), (None, None));
    assert_eq!(report["listeners"][0].get("stream"), None);
    assert!(!bench.mix("--source A=a.wav --listener L").contains("port"));
    assert!(bench.mix("--source A=a.wav --listener L --drop 1").contains("through a port"));
}

#[test]
fn bad_streams_are_refused() {
    let bench = Bench::new("streams");
    bench.wav("a.wav", 16, &[1i16; 480]);
    bench.wav_of("three.wav", RATE, 3, 16, &[1i16; 480]);
    bench.wav_of("slow.wav", 999, 1, 16, &[1i16; 480]);
    for (arguments, expected) in [
        (
            "--source B=three.wav",
            "three.wav has 3 channels, and one or two can be mixed: convert it with `sox three.wav -c 2",
        ),
        ("--source B=slow.wav", "slow.wav: input port: a rate of 999 Hz is not between 1000 and 768000 Hz"),
        ("--listener-format X=16000:2", r#"--listener-format "X" is never in the call"#),
        ("--listener-format A=16000:2 --listener-format A=8000:1", r#""A" is given twice"#),
        (
            "--listener-format A=999:1",
            "--listener-format A: output port: a rate of 999 Hz is not between 1000 and 768000 Hz",
        ),
        ("--listener-format A=16000:3", "expected ID=RATE:CHANNELS with 1 or 2 channels"),
        ("--listener-format A=16000", "expected ID=RATE:CHANNELS"),
        ("--channels 3", "expected 1 (mono) or 2 (stereo)"),
        ("--drop 101", "--drop 101 is not between 0 and 100 percent"),
        ("--drop NaN", "--drop NaN is not between"),
        ("--jitter-ms -1", "--jitter-ms -1 is not between 0 and 1000 ms"),
        ("--drift-ppm 1001", "--drift-ppm 1001 is not between -1000 and 1000 ppm"),
        ("--drop 1 --depth-ms 20..5001", "--depth-ms 5001 is not between 0 and 5000 ms"),
        ("--drop 1 --depth-ms 201..200", "--depth-ms 201 is not between 0 and 200 ms"),
        ("--drop 1 --depth-ms -1", "--depth-ms -1 is not between 0 and 5000 ms"),
        ("--drop 1 --depth-ms 20..", "expected LEAST..MOST in ms, such as 20..500"),
        ("--drop 1 --seed x", "--seed"),
        ("--depth-ms 10", "--seed and --depth-ms are about a bad network"),
    ] {
        bench.refuse(&format!("--source A=a.wav {arguments}"), expected);
    }
    let refuse = |pan: &str, expected: &str| {
        bench.text("s.json", &format!(r#"[{{"atMs": 3, "pan": {pan}}}]"#));
        bench.refuse("--source A=a.wav --listener L --channels 2 --script s.json", expected);
    };
    refuse(r#"{"listener": "L", "source": "X", "position": 0}"#, r#"[0] (atMs 3): "X" is not in the call"#);
    refuse(r#"{"listener": "A", "source": "A", "position": 0}"#, r#""A" never hears itself"#);
    refuse(r#"{"listener": "L", "source": "A", "position": 2}"#, "[0] (atMs 3): a pan of 2 ");
    bench.text("s.json", r#"[{"atMs": 3, "pan": {"listener": "L", "source": "A", "position": 1}}]"#);
    let mono = "[0] (atMs 3): a mono mixer has no left and right to pan between: mix with --channels 2";
    bench.refuse("--source A=a.wav --listener L --script s.json", mono);
}
