//! The refusals that all requests of a kind can be answered with: [`OfRead`] and [`OfChange`], for the document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

/// The refusals of a request without a body.
#[derive(Debug)]
pub(in crate::http::routes) struct OfRead;

/// The refusals of a request with a body.
#[derive(Debug)]
pub(in crate::http::routes) struct OfChange;

const EVERY: [(&str, &str); 6] = [
    ("401", "No token, or one that does not check out."),
    ("403", "The token lacks the permission."),
    ("404", "There is no such call, or nothing of this id in it."),
    ("429", "Over the rate, or too many operations run; see Retry-After."),
    ("500", "The service has failed."),
    ("503", "Tokens cannot be checked now, or no changes are taken on any more."),
];
const OF_BODIES: [(&str, &str); 4] = [
    ("400", "The body is malformed or breaks rules, each of which is in the details."),
    ("408", "The body took too long."),
    ("413", "The body is too long, or names too many."),
    ("415", "The body is not JSON."),
];

fn all<'a>(list: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> BTreeMap<String, RefOr<Response>> {
    let body = || ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let refusal = |(status, description): &(&str, &str)| {
        let response = ResponseBuilder::new().description(*description).content("application/json", body());
        ((*status).to_owned(), RefOr::T(response.build()))
    };
    list.into_iter().map(refusal).collect()
}

impl IntoResponses for OfRead {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        all(&EVERY)
    }
}

impl IntoResponses for OfChange {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        all(EVERY.iter().chain(&OF_BODIES))
    }
}
