//! The configureMixer JSON through the public API: the published example, bad bodies with exactly their
//! faults, and properties that hold for every body.

use mixminus::config::{
    ApiError, ConfigureMixerRequest, Ducking, ErrorCode, InnerError, ParticipantMixerLevel, RequestError, SourceLevel,
    check, read_json, read_request,
};
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::{Just, ProptestConfig, Strategy, any, prop_oneof},
    prop_assert, prop_assert_eq, proptest,
    sample::select,
};
use serde_json::Value;

/// As published, with the comma after the last property.
const EXAMPLE: &str = include_str!("published-example.json");

fn example() -> ConfigureMixerRequest {
    let source = SourceLevel { level: 50, ..SourceLevel::new("632899f8-2ea1-4604-8413-27bd2892079f") };
    let level = ParticipantMixerLevel {
        exclusive: true,
        ducking: Some(Ducking { ramp_active: 50, ramp_inactive: 50, lower_level: 10, upper_level: 50 }),
        source_levels: vec![source],
        ..ParticipantMixerLevel::new("550fae72-d251-43ec-868c-373732c2704f")
    };
    ConfigureMixerRequest {
        client_context: Some("d45324c1-fcb5-430a-902c-f20af696537c".into()),
        ..ConfigureMixerRequest::new([level])
    }
}

/// The faults of a body, as texts, in a call with alice, bob and carol.
fn faults(body: &str) -> Vec<String> {
    match read_request(body.as_bytes(), |id| ["alice", "bob", "carol"].contains(&id)) {
        Ok(_) => vec![],
        Err(RequestError::Faults(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn the_published_example_reads_as_it_stands() {
    assert_eq!(read_request(EXAMPLE.as_bytes(), |_| true), Ok(example()));
    let strict: Value = serde_json::from_str(&EXAMPLE.replace("  ],\n}", "  ]\n}")).unwrap();
    assert_eq!(serde_json::to_value(example()).unwrap(), strict);
}

#[test]
fn the_other_name_of_exclusive_means_the_same() {
    assert_eq!(read_request(EXAMPLE.replace("exclusive", "exclusiveMode").as_bytes(), |_| true), Ok(example()));
}

#[test]
fn good_bodies_have_no_faults() {
    for body in [
        r#"{"participantMixerLevels":[]}"#,
        r#"{"participantMixerLevels":[],}"#,
        r#"{"clientContext":null,"participantMixerLevels":[{"participant":"alice","exclusive":null,"exclusiveMode":null,"ducking":null,"sourceLevels":null}]}"#,
        r#"{"participantMixerLevels":[{"participant":"alice","ducking":{"rampActive":0,"rampInactive":5000.0,"lowerLevel":1e2,"upperLevel":100},"sourceLevels":[{"participant":"bob","level":null,"duckOthers":null}]}]}"#,
        r#"{"@odata.type":"x","participantMixerLevels@odata.type":1,"participantMixerLevels":[{"@odata.id":null,"@odata.id":2,"participant":"alice"}]}"#,
    ] {
        assert_eq!(faults(body), [""; 0], "{body}");
    }
}

#[test]
fn bad_bodies_have_exactly_these_faults() {
    let table: &[(&str, &[&str])] = &[
        ("[]", &["$: found an array, expected an object"]),
        ("{}", &["participantMixerLevels: is missing; an array is required"]),
        (
            r#"{"participantMixerLevels":{},"mute":true}"#,
            &[
                r#"mute: unknown property "mute"; known here: clientContext, participantMixerLevels"#,
                "participantMixerLevels: found an object, expected an array",
            ],
        ),
        (
            r#"{"participantMixerLevels":[null,{"participant":"alice","exlusive":true}]}"#,
            &[
                "participantMixerLevels[0]: found null, expected an object",
                r#"participantMixerLevels[1].exlusive: unknown property "exlusive"; did you mean "exclusive"?"#,
            ],
        ),
        (
            r#"{"participantMixerLevels":[{"participant":"alice","ducking":{"rampActive":6000,"rampInactive":-1,"lowerLevel":60,"upperLevel":"50"}}]}"#,
            &[
                "participantMixerLevels[0].ducking.upperLevel: found a string, expected an integer of 64 bits",
                "participantMixerLevels[0].ducking.rampActive: 6000 is over 5000 ms",
                "participantMixerLevels[0].ducking.rampInactive: -1 is under 0 ms",
            ],
        ),
        (
            r#"{"participantMixerLevels":[{"participant":"alice","sourceLevels":[{"participant":"bob","level":18446744073709551616},{"participant":"carol","level":49.5},{"participant":"dave"}]}]}"#,
            &[
                "participantMixerLevels[0].sourceLevels[0].level: found the number 1.8446744073709552e19, expected an integer of 64 bits",
                "participantMixerLevels[0].sourceLevels[1].level: found the number 49.5, expected an integer of 64 bits",
                r#"participantMixerLevels[0].sourceLevels[2].participant: "dave" is not in the call; name a participant who is"#,
            ],
        ),
        (
            r#"{"participantMixerLevels":[{"participant":"alice","exclusive":true,"exclusiveMode":true,"ducking":null,"sourceLevels":[{"participant":"alice"},{"participant":"bob","duckOthers":true},{"participant":"bob"}]},{"participant":"alice"}]}"#,
            &[
                "participantMixerLevels[0].exclusiveMode: is another name of exclusive, which is given too; give one of them",
                r#"participantMixerLevels[0].sourceLevels[0].participant: "alice" is the listener itself, who never hears themselves; leave it out"#,
                "participantMixerLevels[0].sourceLevels[1].duckOthers: true needs ducking on the same listener",
                r#"participantMixerLevels[0].sourceLevels[2].participant: "bob" is named already, in element 1 of the same list; name it once"#,
                r#"participantMixerLevels[1].participant: "alice" is named already, in element 0 of the same list; name it once"#,
            ],
        ),
        (
            r#"{"participantMixerLevels":[],"participantMixerLevels":[{"participant":"dave"}]}"#,
            &["participantMixerLevels: stands more than once in this object; give it once"],
        ),
        ("{\"participantMixerLevels\":\n[,]}", &["line 2, column 2: expected value"]),
        ("{\"participantMixerLevels\":[]}\n}", &["line 2, column 1: trailing characters"]),
    ];
    for (body, expected) in table {
        assert_eq!(&faults(body), expected, "{body}");
    }
}

#[test]
fn a_large_list_gets_every_fault() {
    let sources: Vec<_> = (0..50_000).map(|i| SourceLevel::new(i.to_string())).collect();
    let mut levels: Vec<_> = (0..50_000).map(|i| ParticipantMixerLevel::new(i.to_string())).collect();
    levels[0] = ParticipantMixerLevel { source_levels: sources, ..ParticipantMixerLevel::new("listener") };
    levels.extend(levels.clone());
    let body = serde_json::to_vec(&ConfigureMixerRequest::new(levels)).unwrap();
    let Err(RequestError::Faults(faults)) = read_request(&body, |_| true) else {
        panic!("every listener is there twice")
    };
    assert_eq!(faults.len(), 50_000);
}

#[test]
fn an_error_body_says_what_is_wrong_with_the_request() {
    let inner = InnerError { request_id: "r".into(), date: "2018-03-19T09:46:02Z".into() };
    let body = |json: &str| read_request(json.as_bytes(), |_| true).unwrap_err().error_body(inner.clone()).error;
    let targets = |error: ApiError| error.details.into_iter().map(|detail| detail.target).collect::<Vec<_>>();
    assert_eq!(targets(body(r#"{"a":1}"#)), ["a", "participantMixerLevels"]);
    let malformed = body("{");
    assert_eq!(malformed.code, ErrorCode::BadRequest);
    assert_eq!(malformed.message, "line 1, column 2: EOF while parsing an object");
    assert_eq!(targets(malformed), [""; 0]);
}

/// Pieces of bodies in random order: closer to JSON than random bytes, and seldom valid.
fn pieces() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "\n",
        "1",
        "-",
        "0.5",
        "null",
        "true",
        "é",
        "\"a\"",
        "\"a\":",
        "\"participantMixerLevels\":",
        "\"participant\":",
        "\"ducking\":{",
        "\"level\":",
        "@odata.",
        "1e400",
    ]);
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Any small JSON.
fn json() -> impl Strategy<Value = Value> {
    let name = select(vec![
        "participantMixerLevels",
        "participant",
        "exclusive",
        "ducking",
        "sourceLevels",
        "level",
        "rampActive",
        "x,]",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c,\\]\"\\\\]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        let entries = vec((name.clone(), inner.clone()), 0..5);
        let object = entries.prop_map(|entries| entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        prop_oneof![vec(inner, 0..5).prop_map(Value::Array), object.prop_map(Value::Object)]
    })
}

/// JSON with a comma and a newline after every value of an array or object, the last ones too.
fn with_trailing_commas(value: &Value) -> String {
    let list = |items: Vec<String>| items.into_iter().map(|item| item + ",\n").collect::<String>();
    match value {
        Value::Array(values) => format!("[{}]", list(values.iter().map(with_trailing_commas).collect())),
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| {
                format!("{}:{}", Value::from(name.as_str()), with_trailing_commas(value))
            };
            format!("{{{}}}", list(entries.iter().map(entry).collect()))
        }
        leaf => leaf.to_string(),
    }
}

fn ducking() -> impl Strategy<Value = Ducking> {
    (0..=5000i64, 0..=5000i64, 0..=100i64, 0..=100i64).prop_map(|(ramp_active, ramp_inactive, a, b)| Ducking {
        ramp_active,
        ramp_inactive,
        lower_level: a.min(b),
        upper_level: a.max(b),
    })
}

/// A request that keeps the rules. Each listener's id is its place in the list, so all differ.
fn request() -> impl Strategy<Value = ConfigureMixerRequest> {
    let sources = btree_set("[a-z\"\\\\é]{0,5}", 0..5);
    let level = (any::<bool>(), option::of(ducking()), sources, 0..=100i64, any::<bool>());
    (option::of("\\PC{0,256}"), vec(level, 0..6)).prop_map(|(client_context, levels)| {
        let levels = levels.into_iter().enumerate().map(|(index, (exclusive, ducking, ids, level, ducks))| {
            let duck_others = ducks && ducking.is_some();
            let source = |participant| SourceLevel { participant, level, duck_others };
            let source_levels = ids.into_iter().map(source).collect();
            ParticipantMixerLevel { participant: format!("listener {index}"), exclusive, ducking, source_levels }
        });
        ConfigureMixerRequest { client_context, participant_mixer_levels: levels.collect() }
    })
}

/// Levels that may break any rule on values.
fn levels() -> impl Strategy<Value = Vec<ParticipantMixerLevel>> {
    let id = || select(vec!["a", "b", "c", "absent"]).prop_map(str::to_owned);
    let percent = || prop_oneof![-1..=1i64, 99..=101i64];
    let ducking = (-1..=1i64, 4999..=5001i64, percent(), percent());
    let ducking = ducking.prop_map(|(ramp_active, ramp_inactive, lower_level, upper_level)| Ducking {
        ramp_active,
        ramp_inactive,
        lower_level,
        upper_level,
    });
    let source = (id(), percent(), any::<bool>()).prop_map(|(participant, level, duck_others)| SourceLevel {
        participant,
        level,
        duck_others,
    });
    let level = (id(), option::of(ducking), vec(source, 0..4)).prop_map(|(participant, ducking, source_levels)| {
        ParticipantMixerLevel { participant, exclusive: false, ducking, source_levels }
    });
    vec(level, 0..4)
}

/// Replaces the value with number `place` in a document: outer values count before the inner, this one is 0.
fn replace(value: &mut Value, place: &mut usize, with: &Value) {
    if *place == 0 {
        *value = with.clone();
    }
    *place = place.wrapping_sub(1);
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, place, with)),
        Value::Object(entries) => entries.values_mut().for_each(|value| replace(value, place, with)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let _ = read_request(&bytes, |_| true);
    }

    #[test]
    fn any_pieces_are_refused_in_a_place_that_exists(text in pieces()) {
        if let Err(RequestError::Malformed(error)) = read_request(text.as_bytes(), |_| true) {
            let line = text.split('\n').nth(error.line - 1);
            let columns = line.map(|line| line.chars().count() + 1);
            prop_assert!(columns.is_some_and(|most| (1..=most).contains(&error.column)), "{error}");
        }
    }

    #[test]
    fn any_json_is_read_or_has_faults(value in json()) {
        let error = read_request(value.to_string().as_bytes(), |_| true).err();
        prop_assert!(!matches!(error, Some(RequestError::Malformed(_))));
    }

    #[test]
    fn what_strict_json_accepts_means_the_same_here(text in pieces()) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            prop_assert_eq!(read_json::<Value>(text.as_bytes()), Ok(value));
        }
    }

    #[test]
    fn trailing_commas_change_nothing(value in json()) {
        prop_assert_eq!(read_json::<Value>(with_trailing_commas(&value).as_bytes()), Ok(value));
    }

    #[test]
    fn a_request_reads_back_as_it_was_written(request in request()) {
        let body = serde_json::to_vec(&request).unwrap();
        prop_assert_eq!(read_request(&body, |_| true), Ok(request.clone()));
        prop_assert_eq!(serde_json::from_slice::<ConfigureMixerRequest>(&body).unwrap(), request);
    }

    #[test]
    fn typed_levels_and_a_body_break_the_same_rules(levels in levels()) {
        let is_here = |id: &str| id != "absent";
        let body = serde_json::to_vec(&ConfigureMixerRequest::new(levels.clone())).unwrap();
        let read = read_request(&body, is_here).map(|request| request.participant_mixer_levels);
        prop_assert_eq!(check(&levels, is_here).map(|()| levels).map_err(RequestError::Faults), read);
    }

    #[test]
    fn a_request_with_another_value_somewhere_is_read_or_has_faults(
        request in request(), mut place in 0..60usize, with in json(),
    ) {
        let mut body = serde_json::to_value(request).unwrap();
        replace(&mut body, &mut place, &with);
        match read_request(body.to_string().as_bytes(), |_| true) {
            Ok(read) => prop_assert_eq!(check(&read.participant_mixer_levels, |_| true), Ok(())),
            Err(error) => prop_assert!(matches!(error, RequestError::Faults(_)), "{}", error),
        }
    }
}
