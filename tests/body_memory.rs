//! Reading a request takes a small multiple of its bytes, however many faults it has: all are counted, and few are kept.

mod alloc;

use alloc::{alone, peak};
use mixminus::config::{InnerError, RequestError, read_request};

const BYTES: usize = 256 << 10;
/// How many times the bytes of a body reading it may take, with the body of the error answer and its text.
const TIMES: f64 = 32.0;

/// A body of so many bytes at most: as many elements as fit, and how many those are.
fn filled(begin: &str, element: impl Fn(usize) -> String, end: &str) -> (String, usize) {
    let (mut body, mut count) = (begin.to_owned(), 0);
    loop {
        let element = element(count);
        if body.len() + element.len() + end.len() >= BYTES {
            return (body + end, count);
        }
        if count > 0 {
            body.push(',');
        }
        body.push_str(&element);
        count += 1;
    }
}

/// How many faults a body has, as its error answer says, and how many bytes were held for each of the body.
fn cost(body: &str) -> (usize, f64) {
    let read = || {
        let Err(RequestError::Faults(faults)) = read_request(body.as_bytes(), |_| false) else { panic!("no faults") };
        let inner = InnerError { request_id: "r".into(), date: "d".into() };
        let answer = serde_json::to_string(&RequestError::from(faults.clone()).error_body(inner)).unwrap();
        assert!(answer.contains(&format!("\"message\":\"{} faults", faults.len())), "{}", &answer[..200]);
        faults.len()
    };
    let (faults, held) = peak(read);
    (faults, held / body.len() as f64)
}

#[test]
fn every_shape_of_a_body_takes_little_and_every_fault_is_counted() {
    let _alone = alone();
    const BEGIN: &str = r#"{"participantMixerLevels":["#;
    let listener = r#"{"participantMixerLevels":[{"participant":"a","sourceLevels":["#;
    let list = |element: &'static str| filled(BEGIN, move |_| element.to_owned(), "]}");
    for (shape, (body, count), faults) in [
        ("numbers", list("1"), 1),
        ("empty objects", list("{}"), 1),
        ("arrays", list("[1]"), 1),
        ("a fault and a missing name", list(r#"{"":1}"#), 2),
        ("flags", list(r#"{"exclusive":true}"#), 1),
        ("ducking", list(r#"{"ducking":{}}"#), 5),
        ("escapes", list(r#"{"\u0061":1}"#), 2),
        ("sources of nobody", list(r#"{"sourceLevels":[1,1,1,1]}"#), 5),
        ("the same listener", list(r#"{"participant":""}"#), 1),
        ("strangers", filled(BEGIN, |number| format!(r#"{{"participant":"{number}"}}"#), "]}"), 1),
        ("faulty sources", filled(listener, |_| "1".into(), "]}]}"), 1),
        (
            "strange sources",
            filled(listener, |number| format!(r#"{{"participant":"{number}","level":101}}"#), "]}]}"),
            2,
        ),
        ("misspelt names", filled("{", |_| r#""participantMixerLevelx":1"#.into(), "}"), 1),
        ("nests", list("[[[[[[[[1]]]]]]]]"), 1),
    ] {
        let (found, times) = cost(&body);
        println!("{shape}: {found} faults, {times:.1} bytes for each of the body");
        // The listener that has the sources is a stranger, too, and a body without a list lacks it.
        assert!((count * faults..=count * faults + 1).contains(&found), "{shape}: {found} of {count} times {faults}");
        assert!(times < TIMES, "{shape}: {times} bytes for each of the body");
    }
}

#[test]
fn a_long_name_is_in_the_answer_in_part() {
    let _alone = alone();
    for name in ["\u{200b}".repeat(80_000), "a".repeat(250_000)] {
        let body = format!(r#"{{"{name}":1,"participantMixerLevels":[]}}"#);
        let Err(error) = read_request(body.as_bytes(), |_| true) else { panic!("an unknown name") };
        let inner = InnerError { request_id: "r".into(), date: "d".into() };
        let answer = serde_json::to_string(&error.error_body(inner)).unwrap();
        assert!(answer.len() < 10_000, "{} bytes", answer.len());
    }
}
