//! The errors of requests, for people: [`words`].

use std::error::Error;

/// An error with its causes, as the outermost says little. A URL that the client would put in front of it is not in it:
/// it may contain a secret.
pub(in crate::http) fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Some causes repeat what stands above them.
        if !words.ends_with(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words
}
