//! `GET /openapi.json`: the service's description of itself, for everybody. An OpenAPI 3.1 document, made from the handlers and the types of the answers by utoipa.

mod answers;
mod request;

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Components, PathItem,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{CALLS, VERSIONS, configure, location::Asked, operation, participants};

/// As the handlers have it: under the first of the paths that each of them answers to.
#[derive(OpenApi)]
#[openapi(
    paths(configure::configure, operation::operation, participants::participants),
    info(
        title = "configureMixer",
        description = "Who hears whom in a call, and how loud, while the call runs.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    security(("bearer" = [])),
    modifiers(&Bearer, &EveryPath)
)]
struct Document;

pub(super) async fn openapi(asked: Asked) -> Json<Value> {
    Json(document(&asked.mounted_at("/openapi.json")))
}

/// The document for clients who reach the service at `base`.
fn document(base: &str) -> Value {
    // Everybody may ask for it: it is made once.
    static DOCUMENT: LazyLock<Value> = LazyLock::new(without_servers);
    let mut document = DOCUMENT.clone();
    document["servers"] = VERSIONS.iter().map(|version| json!({"url": server(base, version)})).collect();
    document
}

fn without_servers() -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    schemas["ConfigureMixerRequest"] = request::schema();
    tag(&mut schemas["CommsOperation"], "#microsoft.graph.commsOperation");
    tag(&mut schemas["OneParticipant"], "#microsoft.graph.participant");
    schemas["ErrorDetail"]["properties"]["code"]["description"] = json!("The kind of fault, for a program.");
    request::require(&mut document["paths"]);
    answers::complete(&mut document);
    answers::plain_words(&mut document);
    document
}

/// Adds the property that serde adds to a struct with a tag, and utoipa does not.
fn tag(schema: &mut Value, name: &str) {
    schema["properties"]["@odata.type"] = json!({"type": "string", "enum": [name]});
    if let Some(required) = schema["required"].as_array_mut() {
        required.push("@odata.type".into());
    }
}

/// Never empty, which no URL is.
fn server(base: &str, version: &str) -> String {
    match format!("{base}{version}") {
        empty if empty.is_empty() => "/".into(),
        url => url,
    }
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_with(Components::new).add_security_scheme("bearer", scheme);
    }
}

/// The same paths under each name that the API has for its calls.
struct EveryPath;

impl Modify for EveryPath {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let first = std::mem::take(&mut document.paths.paths);
        for (path, item) in first {
            for calls in CALLS {
                let item = if calls.contains("{application}") { with_application(item.clone()) } else { item.clone() };
                document.paths.paths.insert(path.replacen(CALLS[0], calls, 1), named_after(item, calls));
            }
        }
    }
}

fn with_application(mut item: PathItem) -> PathItem {
    item.parameters.get_or_insert_default().push(openapi::RefOr::T(application()));
    item
}

fn application() -> Parameter {
    ParameterBuilder::new()
        .name("application")
        .parameter_in(ParameterIn::Path)
        .required(openapi::Required::True)
        .description(Some("The application whose call it is."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

/// An operation's id is there once in a document.
fn named_after(mut item: PathItem, calls: &str) -> PathItem {
    let family = calls.split('/').nth(1).unwrap_or_default();
    for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
        if let Some(id) = &mut operation.operation_id {
            *id = format!("{family}.{id}");
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_there_under_every_name() {
        let document = document("https://m.example/mixer");
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["servers"][2]["url"], "https://m.example/mixer/v1.0");
        let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(paths.len(), 9, "{paths:?}");
        for path in paths {
            let has_parameter = document["paths"][&path]["parameters"].to_string().contains("application");
            assert_eq!(has_parameter, path.contains("{application}"), "{path}");
        }
    }

    #[test]
    fn all_that_is_referred_to_is_there() {
        let document = document("");
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next());
        let missing: Vec<_> = references.filter(|pointer| document.pointer(pointer).is_none()).collect();
        assert_eq!(missing, [""; 0]);
        assert_eq!(document["servers"][0]["url"], "/");
    }

    #[test]
    fn an_answer_has_its_type() {
        let document = document("");
        let properties = &document["components"]["schemas"]["CommsOperation"]["properties"];
        assert_eq!(properties["@odata.type"]["enum"], json!(["#microsoft.graph.commsOperation"]), "{properties}");
        let required = &document["components"]["schemas"]["OneParticipant"]["required"];
        assert_eq!(required, &json!(["id", "isMuted", "@odata.type"]));
        assert_eq!(properties["status"]["$ref"], "#/components/schemas/OperationStatus");
    }
}
