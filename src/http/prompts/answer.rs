//! What an answer for a prompt is: a redirect, a failure, or audio. Of a URI no more than scheme, host and port is told: a
//! path or a query may have a secret.

use std::{error::Error, time::Duration};

use axum::http::header;
use reqwest::Response;
use url::Url;

use super::address::NotPublic;
use crate::{
    http::{media::PromptError, outgoing::words},
    stream::{Clip, Pcm, WavError},
};

/// How many bytes of a `Content-Type` an error shows.
const SHOWN: usize = 100;

/// Where an answer sends on to, if it does.
pub(super) fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, PromptError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let wrong = |what: String| refused(format!("is elsewhere, as {} says, and {what}", shown(url)));
    let location = response.headers().get(header::LOCATION).ok_or_else(|| wrong("there is no Location".into()))?;
    let text = str::from_utf8(location.as_bytes()).map_err(|_| wrong("the Location is not UTF-8".into()))?;
    url.join(text).map(Some).map_err(|error| wrong(format!("the Location cannot be read: {error}")))
}

/// What went wrong with a request: an address that was refused is somewhere among the causes.
pub(super) fn failure(url: &Url, error: reqwest::Error) -> PromptError {
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<NotPublic>() {
            return not_public(url, *found);
        }
        cause = error.source();
    }
    PromptError::Unreachable { reason: format!("cannot be fetched: {}", words(error)) }
}

/// The client reads it: it learns that a name of the host's own network is one, and not where it leads.
pub(super) fn not_public(url: &Url, NotPublic { kind, .. }: NotPublic) -> PromptError {
    refused(format!("is at {}, which has {kind}; only public addresses are asked", shown(url)))
}

pub(super) fn refused(reason: String) -> PromptError {
    PromptError::Refused { reason }
}

/// The audio in the body of an answer.
pub(super) fn clip(body: &[u8], content_type: &str, most: Duration, rate_hz: u32) -> Result<Clip, PromptError> {
    let pcm = Pcm::from_wav(body, most.as_secs_f64() * 1000.0).map_err(|error| match error {
        WavError::TooLong { .. } => PromptError::TooLong { most },
        error => {
            let reason = format!("is no WAV file that can be played: {error}; it was sent as {content_type}");
            PromptError::NotAudio { reason }
        }
    })?;
    pcm.clip(rate_hz).map_err(|error| PromptError::NotAudio { reason: format!("cannot be played: {error}") })
}

/// Scheme, host and port: nothing else of a URL is shown.
fn shown(url: &Url) -> String {
    url.origin().ascii_serialization()
}

pub(super) fn header_text(response: &Response, name: header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(SHOWN).collect())
}
