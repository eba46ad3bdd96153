//! Reads JSON from bytes: standard JSON, and trailing commas. An error has its line and column.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use thiserror::Error;

use super::{
    ConfigureMixerRequest, ErrorBody, ErrorCode, Faults, InnerError, UncheckedRequest, trailing::blank_trailing_commas,
};

/// Reads a request and checks it: `is_here` says whether an id is in the call.
///
/// Trailing commas are accepted. The length of the body is not limited here: the host sets a limit
/// when it receives the body.
///
/// For a request to a [`Controller`](crate::Controller), read an [`UncheckedRequest`] by
/// [`read_json`]: the controller then checks who is in the call when it puts the request in force,
/// and nobody can leave between the two.
///
/// # Errors
///
/// The place where the body stops being JSON, or else every fault of the request.
///
/// ```
/// use mixminus::config::{RequestError, read_request};
///
/// let here = |id: &str| ["alice", "bob"].contains(&id);
/// let request = read_request(br#"{"participantMixerLevels": [{"participant": "alice"},]}"#, here)?;
/// assert_eq!(request.participant_mixer_levels[0].participant, "alice");
///
/// let Err(RequestError::Faults(faults)) = read_request(br#"{"clientContext": 5}"#, here) else { panic!() };
/// assert_eq!(faults.len(), 2);
/// # Ok::<(), RequestError>(())
/// ```
pub fn read_request(body: &[u8], is_here: impl Fn(&str) -> bool) -> Result<ConfigureMixerRequest, RequestError> {
    Ok(read_json::<UncheckedRequest>(body)?.check(is_here)?)
}

/// Reads any type from JSON. Trailing commas are accepted.
///
/// # Errors
///
/// The place where the text stops being JSON, or the JSON stops being a `T`.
///
/// ```
/// use mixminus::config::read_json;
///
/// assert_eq!(read_json::<Vec<u8>>(b"[1, 2,]")?, [1, 2]);
/// let error = read_json::<Vec<u8>>(b"[1,\n 2,,]").unwrap_err();
/// assert_eq!((error.line, error.column), (2, 4));
/// # Ok::<(), mixminus::config::Malformed>(())
/// ```
pub fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    if body.starts_with("\u{feff}".as_bytes()) {
        return Err(Malformed::at(body, 0, "a byte order mark; JSON starts without one".into()));
    }
    if let Err(error) = std::str::from_utf8(body) {
        return Err(Malformed::at(body, error.valid_up_to(), "not UTF-8".into()));
    }
    serde_json::from_slice(&blank_trailing_commas(body)).map_err(|error| Malformed::new(body, &error))
}

/// Where and why a text is not JSON, or not the JSON of the type that was read.
///
/// Prints as `line 2, column 4: expected value`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1. If the text ends too early, one past its last character.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl Malformed {
    /// From the parser's error, whose columns count bytes, with 0 for a line break.
    fn new(body: &[u8], error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = text.strip_suffix(&place).unwrap_or(&text).to_owned();
        let offset = match error.classify() {
            Category::Eof => body.len(),
            // The parser's place is one past the byte. A value that is refused as a whole has line
            // 0: the error is placed at the first byte.
            _ => (line_start(body, error.line()) + error.column()).saturating_sub(1),
        };
        Self::at(body, offset, message)
    }

    fn at(body: &[u8], offset: usize, message: String) -> Self {
        let before = &body[..offset.min(body.len())];
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        // A character begins at every byte that is not a UTF-8 continuation byte.
        let column = 1 + before[start..].iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        Self { line, column, message }
    }
}

/// The offset of the first byte of a line, counted from 1.
fn line_start(body: &[u8], line: usize) -> usize {
    let ends = body.iter().enumerate().filter(|&(_, &byte)| byte == b'\n');
    line.checked_sub(2).and_then(|skip| ends.skip(skip).map(|(at, _)| at + 1).next()).unwrap_or(0)
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The body is not JSON.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The body is JSON, and the request has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
}

impl RequestError {
    /// The body of the error answer, a `badRequest`.
    pub fn error_body(&self, inner_error: InnerError) -> ErrorBody {
        match self {
            Self::Malformed(error) => ErrorBody::new(ErrorCode::BadRequest, error.to_string(), inner_error),
            Self::Faults(faults) => ErrorBody::from_faults(faults, inner_error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestError, read_json, read_request};
    use serde_json::Value;

    /// Line, column and message of what must not parse.
    fn fails(body: impl AsRef<[u8]>) -> (usize, usize, String) {
        let error = read_json::<Value>(body.as_ref()).unwrap_err();
        (error.line, error.column, error.message)
    }

    #[test]
    fn an_error_points_at_its_character() {
        for (body, line, column) in [
            ("", 1, 1),
            (" \n", 2, 1),
            ("[1 2]", 1, 4),
            ("[,]", 1, 2),
            ("{,}", 1, 2),
            ("[1,,]", 1, 4),
            ("[1,}", 1, 4),
            ("{\"a\",}", 1, 5),
            ("{\"a\":,}", 1, 6),
            ("[1,] x", 1, 6),
            ("{}\n{}", 2, 1),
            ("[\n\"é\" x]", 2, 5),
            ("[tru\n]", 1, 5),
            ("[\"a\nb\"]", 1, 4),
            ("[\"\\q\"]", 1, 4),
            ("[1, 2,", 1, 7),
            ("{\"a\": \"b", 1, 9),
            ("\u{feff}{}", 1, 1),
        ] {
            let (found_line, found_column, message) = fails(body);
            assert_eq!((found_line, found_column), (line, column), "{body:?}: {message}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_and_nests_that_are_too_deep_are_errors() {
        assert_eq!(fails(b"[\"\xc3\xa9\xff\"]"), (1, 4, "not UTF-8".into()));
        assert_eq!(fails("[".repeat(100_000)), (1, 128, "recursion limit exceeded".into()));
        assert_eq!(fails("\u{feff}{}").2, "a byte order mark; JSON starts without one");
    }

    #[test]
    fn a_refused_type_has_its_place_too() {
        let error = read_json::<Vec<u8>>(b"[1,\n 2,\n  true,]").unwrap_err();
        assert_eq!(error.to_string(), "line 3, column 6: invalid type: boolean `true`, expected u8");
        let error = read_json::<super::ConfigureMixerRequest>(b"\n {}").unwrap_err();
        assert_eq!(error.to_string(), "line 1, column 1: participantMixerLevels: is missing; an array is required");
    }

    #[test]
    fn a_request_is_malformed_or_faulty() {
        let error = |body: &str| read_request(body.as_bytes(), |_| false).unwrap_err();
        assert_eq!(error("{").to_string(), "line 1, column 2: EOF while parsing an object");
        assert!(matches!(error("7"), RequestError::Faults(_)));
        assert_eq!(error("7").to_string(), "$: found the number 7, expected an object");
    }
}
