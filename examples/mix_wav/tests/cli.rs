//! The example `mix_wav` from the command line: what it writes, what it prints, and what it refuses.

#[path = "cli/bench.rs"]
mod bench;
#[path = "cli/recordings.rs"]
mod recordings;
#[path = "cli/stems.rs"]
mod stems;
#[path = "cli/streams.rs"]
mod streams;

use std::fs;

use bench::{Bench, RATE, bits, noise};
use hound::{SampleFormat, WavSpec, WavWriter};
use serde_json::Value;

#[test]
fn everyone_hears_the_others_bit_for_bit_and_never_themselves() {
    let bench = Bench::new("mix_minus");
    // Neither length is a whole number of ticks.
    let (a, b) = (noise(1, 4_321), noise(2, 9_999));
    bench.wav("a.wav", 32, &a);
    bench.wav("b.wav", 32, &b);
    bench.mix("--source A=a.wav --source B=b.wav --listener L --smoothing-ms 0 --limiter off");
    assert_eq!(bits(&bench.heard("A")), bits(&b));
    let a_then_silence: Vec<f32> = a.iter().copied().chain(vec![0.0; b.len() - a.len()]).collect();
    assert_eq!(bits(&bench.heard("B")), bits(&a_then_silence));
    let sum = bench.heard::<f32>("L");
    assert_eq!(sum.len(), b.len());
    assert!(sum.iter().zip(&a_then_silence).zip(&b).all(|((sum, a), b)| (sum - (a + b)).abs() < 1e-6));
}

#[test]
fn i16_comes_out_as_it_went_in() {
    let bench = Bench::new("i16");
    let b: Vec<i16> = (0..5_000).map(|n| (n * 7919 % 65_536 - 32_768) as i16).collect();
    bench.wav("a.wav", 16, &[0i16; 480]);
    bench.wav("b.wav", 16, &b);
    bench.mix("--source A=a.wav --source B=b.wav --limiter off --format i16");
    assert_eq!(bench.heard::<i16>("A"), b);
}

#[test]
fn every_sample_type_is_read() {
    let bench = Bench::new("types");
    bench.wav("8.wav", 8, &[64i8; 960]);
    bench.wav("16.wav", 16, &[1i16 << 14; 960]);
    bench.wav("24.wav", 24, &[1i32 << 22; 960]);
    bench.wav("32f.wav", 32, &[0.5f32; 960]);
    let spec = WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 32, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(bench.0.join("32.wav"), spec).unwrap();
    (0..960).for_each(|_| writer.write_sample(1i32 << 30).unwrap());
    writer.finalize().unwrap();
    for file in ["8", "16", "24", "32", "32f"] {
        bench.mix(&format!("--source A={file}.wav --listener L"));
        assert_eq!(bench.heard::<f32>("L"), [0.5; 960], "{file}");
    }
}

#[test]
fn a_spoilt_sample_is_a_missing_frame_and_is_reported() {
    let bench = Bench::new("nan");
    let mut samples = vec![0.25_f32; 4800];
    samples[1000] = f32::NAN;
    bench.wav("a.wav", 32, &samples);
    let report: Value =
        serde_json::from_str(&bench.mix("--source A=a.wav --listener L --smoothing-ms 0 --json")).unwrap();
    assert_eq!(report["sources"][0]["notFinite"], 1);
    let heard = bench.heard::<f32>("L");
    assert_eq!((heard[959], &heard[960..1440], heard[1440]), (0.25, &[0.0; 480][..], 0.25));
}

#[test]
fn an_event_takes_effect_at_the_first_tick_at_or_after_its_time() {
    let bench = Bench::new("timing");
    bench.wav("a.wav", 32, &vec![0.25f32; 2 * RATE as usize]);
    for (at_ms, tick_ms, sample) in
        [(1500.0, 10.0, 72_000), (1500.5, 10.0, 72_480), (1501.0, 2.5, 72_120), (0.0, 20.0, 0)]
    {
        bench.text("s.json", &format!(r#"[{{"atMs": {at_ms}, "mute": {{"participant": "A", "muted": true}}}}]"#));
        let report = bench
            .mix(&format!("--source A=a.wav --listener L --script s.json --smoothing-ms 0 --tick-ms {tick_ms} --json"));
        let heard = bench.heard::<f32>("L");
        assert_eq!(heard.iter().position(|sample| *sample == 0.0), Some(sample), "{at_ms} ms in ticks of {tick_ms} ms");
        assert!(heard[sample..].iter().all(|sample| *sample == 0.0));
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["events"][0]["sample"], sample);
    }
}

#[test]
fn whoever_joins_later_or_leaves_earlier_has_silence_around_their_stay() {
    let bench = Bench::new("stays");
    bench.wav("a.wav", 32, &vec![0.25f32; 48_000]);
    bench.wav("b.wav", 32, &vec![0.125f32; 10_000]);
    bench.text(
        "s.json",
        r#"[{"atMs": 950, "join": {"participant": "B", "file": "b.wav"}}, {"atMs": 500, "join": {"participant": "L"}},
            {"atMs": 980, "leave": {"participant": "A"}},]"#,
    );
    bench.mix("--source A=a.wav --script s.json --smoothing-ms 0 --limiter off");
    let (a, b, l) = (bench.heard::<f32>("A"), bench.heard::<f32>("B"), bench.heard::<f32>("L"));
    // B joins at sample 45600, is heard from the beginning of its file, and ends last.
    let length = 45_600 + 10_000;
    assert_eq!([a.len(), b.len(), l.len()], [length; 3]);
    // A hears B from sample 45600 until A leaves, at sample 47040.
    let expected =
        |levels: &[(usize, f32)]| levels.iter().flat_map(|(count, level)| vec![*level; *count]).collect::<Vec<_>>();
    assert_eq!(a, expected(&[(45_600, 0.0), (1_440, 0.125), (8_560, 0.0)]));
    assert_eq!(b, expected(&[(45_600, 0.0), (1_440, 0.25), (8_560, 0.0)]));
    assert_eq!(l, expected(&[(24_000, 0.0), (21_600, 0.25), (1_440, 0.375), (8_560, 0.125)]));
}

#[test]
fn a_ducker_ducks_by_the_published_request() {
    let bench = Bench::new("ducking");
    bench.wav("a.wav", 32, &vec![0.5f32; 48_000]);
    bench.wav("b.wav", 32, &[vec![0.0f32; 24_000], vec![0.0625; 24_000]].concat());
    bench.text(
        "s.json",
        r#"[{"atMs": 0, "configureMixer": {"clientContext": "x", "participantMixerLevels": [{"participant": "L",
            "ducking": {"rampActive": 100, "rampInactive": 100, "lowerLevel": 10, "upperLevel": 50},
            "sourceLevels": [{"participant": "B", "level": 0, "duckOthers": true}]}]}}]"#,
    );
    bench.mix("--source A=a.wav --source B=b.wav --listener L --script s.json");
    let heard = bench.heard::<f32>("L");
    // The ramp begins with the ducker's first tick, and is half way after 50 ms and over after 100 ms.
    for (sample, level) in [(0, 0.25f32), (23_999, 0.25), (26_399, 0.15), (28_799, 0.05), (47_999, 0.05)] {
        assert!((heard[sample] - level).abs() < 1e-6, "{sample}: {}", heard[sample]);
    }
    bench.mix("--source A=a.wav --source B=b.wav --listener L --script s.json --detector off");
    assert_eq!(bench.heard::<f32>("L"), vec![0.25; 48_000]);
}

#[test]
fn the_report_for_machines_has_everything() {
    let bench = Bench::new("report");
    bench.wav("a.wav", 32, &[vec![0.5f32; 4_800], vec![0.0; 43_200]].concat());
    bench.text("s.json", r#"[{"atMs": 5000, "mute": {"participant": "A", "muted": true}}]"#);
    let text = bench.mix("--source A=a.wav --listener L --script s.json --hangover-ms 0 --plot p.svg --json");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&report["rate"], &report["samples"], &report["seconds"]),
        (&48_000.into(), &48_000.into(), &1.0.into())
    );
    let (a, l) = (&report["listeners"][0], &report["listeners"][1]);
    assert_eq!((&a["participant"], &a["peak"], &a["peakDbfs"]), (&"A".into(), &0.0.into(), &Value::Null));
    assert_eq!((&l["file"], &l["peak"], &l["limiterReductionDb"]), (&"out/L.wav".into(), &0.5.into(), &0.0.into()));
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 0.001, "{value}");
    near(&l["rms"], 0.5 * 0.1f64.sqrt());
    near(&l["peakDbfs"], -6.0206);
    near(&report["sources"][0]["activeSeconds"], 0.1);
    assert_eq!(report["events"][0]["sample"], Value::Null, "it comes after the end");
    assert_eq!(report["tickTime"]["ticks"], 100);
    for field in ["p50Us", "p99Us", "maxUs", "shareOfRealTime"] {
        assert!(report["tickTime"][field].as_f64().unwrap() > 0.0, "{field}");
    }
    assert_eq!(report["plot"]["listener"], "L");
    assert!(fs::read_to_string(bench.0.join("p.svg")).unwrap().trim_end().ends_with("</svg>"));
}

#[test]
fn the_bundled_scene_needs_no_options() {
    let bench = Bench::new("bundled");
    let text = bench.mix("");
    let heard = ["speaker", "interpreter", "guest", "minutes", "chair", "delegate"].map(|id| bench.heard::<f32>(id));
    assert!(heard.iter().all(|samples| samples.len() == heard[0].len() && samples.iter().any(|sample| *sample != 0.0)));
    let picture = fs::read_to_string(bench.0.join("out/mix_wav.svg")).unwrap();
    assert!(picture.len() < 300_000 && picture.contains("interpreter leaves"));
    assert!(text.contains("interpreter") && text.contains("p99") && text.contains("out/mix_wav.svg"), "{text}");
}

#[test]
fn results_do_not_depend_on_the_picture_and_nothing_else_is_left() {
    let bench = Bench::new("tidy");
    bench.wav("a.wav", 32, &noise(3, 5_000));
    bench.mix("--source A=a.wav --listener L");
    let without = bench.heard::<f32>("L");
    bench.mix("--source A=a.wav --listener L --plot out/p.svg --plot-listener L");
    assert_eq!(bits(&without), bits(&bench.heard("L")));
    let mut names: Vec<_> =
        fs::read_dir(bench.0.join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["A.wav", "L.wav", "p.svg"]);
}

#[test]
fn bad_options_are_refused() {
    let bench = Bench::new("options");
    bench.wav("a.wav", 16, &[1i16; 480]);
    bench.text("s.json", "[]");
    for (arguments, expected) in [
        ("--souce A=a.wav", "--souce"),
        ("--source A", "expected ID=FILE"),
        ("--source A=a.wav --format mp3", "possible values: f32, i16"),
        ("--source A=a.wav --source A=a.wav", r#""A" is given twice"#),
        ("--source A=a.wav --listener A", r#""A" is given twice"#),
        ("--source ../x=a.wav", r#""../x" cannot name a file"#),
        ("--source A=a.wav --listener .hidden", r#"".hidden" cannot name a file"#),
        ("--listener L", "--source"),
        ("--script s.json", "--source"),
        ("--source A=a.wav --detector off --threshold-dbfs -40", "--detector off"),
        ("--source A=a.wav --threshold-dbfs 3", "at or below 0 dBFS"),
        ("--source A=a.wav --tick-ms 0", "--tick-ms 0"),
        ("--source A=a.wav --tick-ms 121", "--tick-ms 121"),
        (
            "--source A=a.wav --tick-ms 0.33",
            "15.84 samples at 48000 Hz, and a tick is a whole number of them: try --tick-ms 1",
        ),
        ("--source A=a.wav --smoothing-ms -1", "smoothing time of -1 ms"),
        ("--source A=a.wav --hangover-ms 70000", "hangover"),
        ("--source A=a.wav --rate 10 --tick-ms 100", "sample rate of 10 Hz"),
        ("--source A=a.wav --plot p.png", ".svg"),
        ("--source A=a.wav --plot none/p.svg", "cannot write to none/p.svg"),
        ("--source A=a.wav --plot-listener A", "--plot"),
        ("--source A=a.wav --plot p.svg --plot-listener X", r#""X" is never in the call"#),
    ] {
        bench.refuse(arguments, expected);
    }
    assert_eq!(bench.run("--help").status.code(), Some(0));
}

#[test]
fn what_is_read_is_not_written_over() {
    let bench = Bench::new("overwrite");
    bench.wav("a.wav", 16, &[1i16; 480]);
    let before = fs::read(bench.0.join("a.wav")).unwrap();
    let output = bench.run("--source a=a.wav --out .");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("a.wav would be written over"));
    assert_eq!(fs::read(bench.0.join("a.wav")).unwrap(), before);
}

#[test]
fn bad_recordings_are_refused() {
    let bench = Bench::new("recordings");
    bench.wav("empty.wav", 16, &[0i16; 0]);
    bench.wav("whole.wav", 16, &[1i16; 480]);
    let whole = fs::read(bench.0.join("whole.wav")).unwrap();
    fs::write(bench.0.join("cut.wav"), &whole[..500]).unwrap();
    bench.text("text.wav", "this is no recording, however long it goes on");
    for (file, expected) in [
        ("none.wav", "cannot read none.wav"),
        ("empty.wav", "nothing to mix"),
        ("cut.wav", "cut.wav is no WAV file that can be mixed: it ends too early: its data chunk has 456 of 960 bytes"),
        ("text.wav", "text.wav is no WAV file that can be mixed"),
    ] {
        bench.refuse(&format!("--source A={file}"), expected);
    }
}

#[test]
fn bad_scripts_are_refused() {
    let bench = Bench::new("scripts");
    bench.wav("a.wav", 16, &[1i16; 480]);
    let refuse = |script: &str, expected: &str| {
        bench.text("s.json", script);
        bench.refuse("--source A=a.wav --listener L --script s.json", expected);
    };
    bench.refuse("--source A=a.wav --script none.json", "cannot read none.json");
    refuse("[\n  {\"atMs\": 1 \"leave\"}]", "s.json: line 2, column 14");
    refuse(r#"[{"atMs": 1, "leaves": {"participant": "A"}}]"#, "leaves");
    refuse(r#"[{"atMs": 1}]"#, "[0] (atMs 1)");
    refuse(r#"[{"atMs": 1, "leave": {"participant": "A"}, "mute": {"participant": "A", "muted": true}}]"#, "one of");
    refuse(r#"[{"atMs": 1e10, "leave": {"participant": "A"}}]"#, "atMs");
    refuse(r#"[{"atMs": -1, "leave": {"participant": "A"}}]"#, "atMs");
    refuse(r#"[{"atMs": 1, "leave": {"participant": "X"}}]"#, r#""X" is not in the call"#);
    refuse(
        r#"[{"atMs": 5, "mute": {"participant": "A", "muted": true}}, {"atMs": 1, "leave": {"participant": "A"}}]"#,
        "[0] (atMs 5)",
    );
    refuse(r#"[{"atMs": 1, "join": {"participant": "A", "file": "a.wav"}}]"#, "in the call already");
    refuse(r#"[{"atMs": 1, "join": {"participant": "../B", "file": "a.wav"}}]"#, "cannot name a file");
    refuse(r#"[{"atMs": 1, "join": {"participant": "B", "file": "none.wav"}}]"#, "cannot read none.wav");
    let configure =
        |levels: &str| format!(r#"[{{"atMs": 7, "configureMixer": {{"participantMixerLevels": [{levels}]}}}}]"#);
    refuse(&configure(r#"{"participant": "X"}"#), "[0].configureMixer (atMs 7): participantMixerLevels[0].participant");
    refuse(
        &configure(
            r#"{"participant": "L", "sourceLevels": [{"participant": "A"}, {"participant": "A", "level": 101}]}"#,
        ),
        "participantMixerLevels[0].sourceLevels[1].level",
    );
    refuse(&configure(r#"{"participant": "L", "exlusive": true}"#), "exlusive");
}
