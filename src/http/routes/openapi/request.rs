//! The schemas of the requests on the wire, from the table of `config`. The types of the crate have no
//! schemas of them, because on the wire most fields may be absent.

use serde_json::{Value, json};

use crate::config::{
    ActionRequest, AudioRoutingGroupChange, ConfigureMixerRequest, Ducking, Field, Kind, MediaInfo, MediaPrompt,
    NewAudioRoutingGroup, ParticipantMixerLevel, PlayPromptRequest, RoutingMode, SourceLevel, StartHoldMusicRequest,
    Wire,
};

/// Every schema that a body refers to, by its name.
pub(super) fn schemas() -> [(&'static str, Value); 6] {
    [
        ("ConfigureMixerRequest", schema()),
        ("ActionRequest", object::<ActionRequest>()),
        ("StartHoldMusicRequest", object::<StartHoldMusicRequest>()),
        ("PlayPromptRequest", object::<PlayPromptRequest>()),
        ("NewAudioRoutingGroup", object::<NewAudioRoutingGroup>()),
        ("AudioRoutingGroupChange", object::<AudioRoutingGroupChange>()),
    ]
}

/// The rules that a schema can express. All others, such as names that have to differ, are checked
/// all the same.
fn schema() -> Value {
    let mut request = object::<ConfigureMixerRequest>();
    request["description"] = json!("New levels for any number of listeners; all of them are put in force, or none.");
    request["examples"] = json!([example()]);
    request
}

/// An object of the table. Other properties are not allowed, but for OData's annotations, which are
/// ignored.
fn object<T: Wire>() -> Value {
    let mut schema = json!({
        "type": "object",
        "required": T::FIELDS.iter().filter(|field| field.required).map(|field| field.name).collect::<Vec<_>>(),
        "properties": {},
        "patternProperties": {"@odata\\.": true},
        "additionalProperties": false,
    });
    for field in T::FIELDS {
        let property = property(field);
        for &other in field.other_name {
            schema["properties"][other] = property.clone();
            schema["not"] = both_names(field.name, other, &property);
        }
        schema["properties"][field.name] = property;
    }
    schema
}

/// Both names of one property at once, neither of them null: that is an error.
fn both_names(name: &str, other: &str, property: &Value) -> Value {
    let present = json!({"type": property["type"][0]});
    json!({"required": [name, other], "properties": {name: present, other: present}})
}

fn property<T: Wire>(field: &Field<T>) -> Value {
    let absent = T::blank();
    let mut schema = match &field.kind {
        Kind::Id(_) => json!({"type": "string"}),
        Kind::Text(_, most) => json!({"type": "string", "maxLength": most}),
        Kind::Flag(place) => json!({"type": "boolean", "default": (place.get)(&absent)}),
        Kind::Integer(place, range) => {
            json!({"type": "integer", "minimum": 0, "maximum": range.most, "default": (place.get)(&absent)})
        }
        Kind::Ducking(_) => object::<Ducking>(),
        Kind::Listeners(_) => json!({"type": "array", "items": object::<ParticipantMixerLevel>()}),
        Kind::Sources(_) => json!({"type": "array", "items": object::<SourceLevel>()}),
        Kind::Ids(_) => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Mode(_) => json!({"type": "string", "enum": RoutingMode::KNOWN}),
        Kind::Uri(_, most) => json!({"type": "string", "maxLength": most}),
        Kind::MediaInfo(_) => object::<MediaInfo>(),
        Kind::Prompt(_) => object::<MediaPrompt>(),
        Kind::Prompts(_) => json!({"type": "array", "items": object::<MediaPrompt>(), "minItems": 1, "maxItems": 20}),
    };
    if field.required {
        schema.as_object_mut().map(|schema| schema.remove("default"));
    } else {
        schema["type"] = json!([schema["type"], "null"]);
        if let Some(known) = schema["enum"].as_array_mut() {
            known.push(Value::Null);
        }
    }
    schema["description"] = json!(field.about);
    schema
}

/// Completes the parameters and bodies of all operations, where the macro cannot say what is
/// required.
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

/// The example that the API publishes.
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
