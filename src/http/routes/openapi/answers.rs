//! The parts of the answers that utoipa does not generate: headers by status, links to operations,
//! and descriptions without Rust.

use serde_json::{Map, Value, json};

/// Completes each answer of each path.
pub(super) fn complete(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let items = paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    // A path item may have parameters beside its operations.
    for operation in items.filter(|item| item["responses"].is_object()) {
        let begins = operation["requestBody"].is_object();
        let reads = operation["operationId"].as_str().and_then(|id| id.split_once('.'));
        let reads = reads.map(|(calls, _)| format!("{calls}.operation"));
        for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
            headers(status, answer);
            if let (Some(reads), true, true) = (&reads, begins, is_operation(answer)) {
                answer["links"] = link(reads);
            }
        }
    }
}

fn is_operation(answer: &Value) -> bool {
    answer["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/CommsOperation"
}

fn headers(status: &str, answer: &mut Value) {
    let is_empty = answer["content"].is_null();
    let mut header = |name: &str, description: &str, schema: Value| {
        answer["headers"][name] = json!({"description": description, "required": true, "schema": schema});
    };
    match status {
        "202" if is_empty => return header("Preference-Applied", "respond-async", json!({"const": "respond-async"})),
        "401" | "403" => header("WWW-Authenticate", "What is wrong with the token.", json!({"type": "string"})),
        success if success.starts_with('2') => return,
        "429" | "503" => {
            let seconds = json!({"type": "integer", "minimum": 1});
            header("Retry-After", "When to send the request again, in seconds.", seconds);
        }
        _ => {}
    }
    header("request-id", "The request's id, as in the body.", json!({"type": "string", "format": "uuid"}));
}

/// The link from a request to its operation.
fn link(operation: &str) -> Value {
    let parameters = json!({"call": "$request.path.call", "operation": "$response.body#/id"});
    json!({"operation": {"operationId": operation, "parameters": parameters, "description": "How far it is."}})
}

/// Cuts each description before the Rust examples that the docs of the crate's types have.
pub(super) fn plain_words(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description")
                && let Some(end) = text.find("\n\n```")
            {
                text.truncate(end);
            }
            fields.values_mut().for_each(plain_words);
        }
        Value::Array(items) => items.iter_mut().for_each(plain_words),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use serde_json::{Value, json};

    fn each_answer(mut look: impl FnMut(&str, &Value)) {
        let document = document("");
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values().filter(|item| item["responses"].is_object()) {
                for (status, answer) in operation["responses"].as_object().unwrap() {
                    look(status, answer);
                }
            }
        }
    }

    #[test]
    fn a_status_has_its_headers() {
        let mut seen = 0;
        each_answer(|status, answer| {
            let has = |name: &str| answer["headers"][name]["required"] == json!(true);
            let expected = (status >= "400", ["401", "403"].contains(&status), ["429", "503"].contains(&status));
            assert_eq!((has("request-id"), has("WWW-Authenticate"), has("Retry-After")), expected, "{status}");
            assert_eq!(has("Preference-Applied"), status == "202" && answer["content"].is_null());
            seen += 1;
        });
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn a_request_leads_to_an_operation_of_the_same_name() {
        let document = document("");
        for calls in ["app", "applications", "communications"] {
            let path = super::super::CALLS.iter().find(|path| path.starts_with(&format!("/{calls}/"))).unwrap();
            let post = &document["paths"][format!("{path}/participants/configureMixer")]["post"];
            let read = &document["paths"][format!("{path}/operations/{{operation}}")]["get"];
            let link = &post["responses"]["200"]["links"]["operation"];
            assert_eq!(link["operationId"], read["operationId"], "{calls}");
            assert!(link["operationId"].is_string());
            let mute = &document["paths"][format!("{path}/participants/{{participant}}/mute")]["post"];
            assert_eq!(mute["responses"]["200"]["links"]["operation"]["operationId"], read["operationId"]);
            assert!(read["responses"]["200"]["links"].is_null());
        }
    }

    #[test]
    fn nothing_is_written_for_readers_of_rust() {
        let text = document("").to_string();
        assert!(!text.contains("```") && !text.contains("::"), "{text}");
    }
}
