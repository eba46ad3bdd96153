//! The schema of a request as it may stand on the wire, where much may be absent that the types of the crate always have.

use serde_json::{Value, json};

use crate::config::{MAX_CLIENT_CONTEXT, MAX_LEVEL, MAX_RAMP_MS};

/// What a schema can say; that names differ and are in the call, and that levels do not cross, is checked all the same.
pub(super) fn schema() -> Value {
    let levels = json!({
        "type": "array",
        "description": "One entry for each listener that changes; no listener twice.",
        "items": listener(),
    });
    let context = json!({
        "type": ["string", "null"],
        "maxLength": MAX_CLIENT_CONTEXT,
        "description": "Text of the client's own, which comes back in the operation and the notification.",
    });
    let mut request =
        object(&["participantMixerLevels"], json!({"clientContext": context, "participantMixerLevels": levels}));
    request["description"] = json!("New levels for any number of listeners; all of them are put in force, or none.");
    request["examples"] = json!([example()]);
    request
}

/// What the macro cannot say of the parameters and the body: what may be absent, and that nothing else may stand there.
pub(super) fn require(paths: &mut Value) {
    let operations = paths.as_object_mut().into_iter().flatten().flat_map(|(_, item)| item.as_object_mut());
    for operation in operations.flat_map(|item| item.values_mut()) {
        if let Some(body) = operation.get_mut("requestBody") {
            body["required"] = json!(true);
        }
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            match parameter["name"].as_str() {
                Some("Prefer") => parameter["schema"] = json!({"type": "string", "examples": ["respond-async"]}),
                Some("$expand") => parameter["required"] = json!(false),
                _ => {}
            }
        }
    }
}

fn listener() -> Value {
    let exclusive = json!({
        "type": ["boolean", "null"],
        "default": false,
        "description": "Whether only the listed sources are heard. Also called exclusiveMode; one of the two names at a time.",
    });
    let sources = json!({
        "type": ["array", "null"],
        "description": "No source twice, and not the listener.",
        "items": source(),
    });
    let mut listener = object(
        &["participant"],
        json!({
            "participant": {"type": "string", "description": "The listener's id."},
            "exclusive": exclusive,
            "exclusiveMode": exclusive,
            "ducking": ducking(),
            "sourceLevels": sources,
        }),
    );
    // Both at once is an error.
    listener["not"] = json!({
        "required": ["exclusive", "exclusiveMode"],
        "properties": {"exclusive": {"type": "boolean"}, "exclusiveMode": {"type": "boolean"}},
    });
    listener
}

fn ducking() -> Value {
    let ramp = |what| json!({"type": "integer", "minimum": 0, "maximum": MAX_RAMP_MS, "description": what});
    let level = |what| json!({"type": "integer", "minimum": 0, "maximum": MAX_LEVEL, "description": what});
    let mut ducking = object(
        &["rampActive", "rampInactive", "lowerLevel", "upperLevel"],
        json!({
            "rampActive": ramp("Time for ducked sources to fade out, in ms."),
            "rampInactive": ramp("Time for ducked sources to fade in, in ms."),
            "lowerLevel": level("Volume of ducked sources while a ducker is active, in %."),
            "upperLevel": level("Volume of ducked sources while none is, in %; lowerLevel or more."),
        }),
    );
    ducking["type"] = json!(["object", "null"]);
    ducking
}

fn source() -> Value {
    object(
        &["participant"],
        json!({
            "participant": {"type": "string", "description": "The source's id."},
            "level": {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_LEVEL, "default": 100, "description": "Volume in %."},
            "duckOthers": {
                "type": ["boolean", "null"],
                "default": false,
                "description": "Whether other sources are ducked while this one is active; needs ducking.",
            },
        }),
    )
}

/// Nothing else may stand in it but OData's annotations, which say nothing.
fn object(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": {"@odata\\.": true},
        "additionalProperties": false,
    })
}

/// The published one.
fn example() -> Value {
    json!({
        "clientContext": "d45324c1-fcb5-430a-902c-f20af696537c",
        "participantMixerLevels": [{
            "participant": "550fae72-d251-43ec-868c-373732c2704f",
            "exclusive": true,
            "ducking": {"rampActive": 50, "rampInactive": 50, "lowerLevel": 10, "upperLevel": 50},
            "sourceLevels": [{"participant": "632899f8-2ea1-4604-8413-27bd2892079f", "level": 50, "duckOthers": false}],
        }],
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_body_has_to_be_there_and_a_preference_has_not() {
        let document = super::super::document("");
        let post = &document["paths"]["/app/calls/{call}/participants/configureMixer"]["post"];
        assert_eq!(post["requestBody"]["required"], true);
        assert_eq!(
            (&post["parameters"][1]["name"], &post["parameters"][1]["required"]),
            (&"Prefer".into(), &false.into())
        );
        let expand = &document["paths"]["/app/calls/{call}/participants"]["get"]["parameters"][1];
        assert_eq!(
            (&expand["required"], &expand["schema"]["enum"]),
            (&false.into(), &serde_json::json!(["mixerLevel"]))
        );
    }

    #[test]
    fn the_example_is_a_request() {
        let text = super::example().to_string();
        assert!(crate::config::read_request(text.as_bytes(), |_| true).is_ok());
    }
}
