//! A token as it was received, a JWS in compact form (RFC 7515): [`Token`]. Nothing in it can be
//! trusted before its signature is checked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{algorithm::Algorithm, key::Key, quote::quote};

/// A token whose header was read.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub algorithm: Algorithm,
    /// The id of the key that has signed the token, according to its header.
    pub key: Option<String>,
    message: &'a [u8],
    payload: &'a str,
    signature: Vec<u8>,
}

#[derive(serde::Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// # Errors
    /// Why the token cannot be checked, as the rest of a sentence that begins with "the token".
    pub fn read(text: &'a str, most: usize) -> Result<Self, String> {
        if text.len() > most {
            return Err(format!("is {} bytes long; {most} bytes at most are taken", text.len()));
        }
        let (header, payload, signature) = split(text)?;
        let message = text.as_bytes().get(..header.len() + 1 + payload.len()).unwrap_or_default();
        let Header { alg, kid, crit } = object(header, "header")?;
        if crit.is_some() {
            // RFC 7515, section 4.1.11: a token with an extension that is not understood is invalid.
            return Err("asks for extensions (\"crit\" in its header); none is known here".into());
        }
        let algorithm = Algorithm::named(&alg)
            .ok_or_else(|| format!("is signed with {}; RS256 and ES256 are taken", quote(&alg)))?;
        Ok(Self { algorithm, key: kid, message, payload, signature: bytes(signature, "signature")? })
    }

    /// The claims, if the key has signed them.
    pub fn claims(&self, key: &Key) -> Result<Map<String, Value>, String> {
        if !key.has_signed(self.message, &self.signature) {
            return Err("has a signature that does not match".into());
        }
        object(self.payload, "payload")
    }
}

/// The three parts of a token.
fn split(text: &str) -> Result<(&str, &str, &str), String> {
    let parts: Vec<&str> = text.splitn(6, '.').collect();
    match parts[..] {
        [header, payload, signature] => Ok((header, payload, signature)),
        [_, _, _, _, _] => Err("is encrypted, or no JWT; signed ones of three parts are taken".into()),
        _ => Err("is no JWT: it does not have three parts with dots between them".into()),
    }
}

fn bytes(part: &str, name: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(part).map_err(|error| format!("is no JWT: its {name} is not base64url: {error}"))
}

/// Reads a JSON object. A list is refused first, because serde would read it as a struct.
fn object<T: DeserializeOwned>(part: &str, name: &str) -> Result<T, String> {
    let json = bytes(part, name)?;
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(format!("is no JWT: its {name} is not a JSON object"));
    }
    serde_json::from_slice(&json).map_err(|error| format!("is no JWT: its {name} cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 16 << 10;

    fn token(header: &str) -> String {
        format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header))
    }

    fn refused(text: &str) -> String {
        Token::read(text, MOST).unwrap_err()
    }

    #[test]
    fn a_header_is_read() {
        let text = token(r#"{"typ": "JWT", "alg": "RS256", "kid": "k"}"#);
        let token = Token::read(&text, MOST).unwrap();
        assert_eq!((token.algorithm, token.key.as_deref()), (Algorithm::Rs256, Some("k")));
        assert_eq!(token.message, &text.as_bytes()[..text.len() - ".AAAA".len()]);
    }

    #[test]
    fn other_algorithms_are_refused_by_name() {
        for alg in ["none", "nOnE", "", "HS256", "HS384", "ES384", "PS256", "EdDSA", "rs256"] {
            let reason = refused(&token(&format!(r#"{{"alg": "{alg}"}}"#)));
            assert_eq!(reason, format!("is signed with \"{alg}\"; RS256 and ES256 are taken"));
        }
    }

    #[test]
    fn invalid_headers_are_refused() {
        for header in [
            "",
            "{}",
            "null",
            r#"["RS256", "k", null]"#,
            r#"{"alg": 7}"#,
            r#"{"alg": "RS256", "kid": 7}"#,
            r#"{"alg": "RS256", "alg": "ES256"}"#,
            r#"{"alg": "RS256"} x"#,
        ] {
            assert!(refused(&token(header)).starts_with("is no JWT"), "{header}");
        }
        assert!(refused(&token(r#"{"alg": "RS256", "crit": ["b64"], "b64": false}"#)).contains("crit"));
        assert!(refused(&token(&("[".repeat(5000)))).starts_with("is no JWT"));
        assert!(refused(&token(&format!("{{\"a\": {}", "[".repeat(5000)))).starts_with("is no JWT"));
    }

    #[test]
    fn a_token_without_three_parts_is_refused() {
        let good = token(r#"{"alg": "RS256"}"#);
        for text in ["", ".", "..", "...", "....", &".".repeat(MOST), &format!("{good}."), &format!(".{good}"), "a.b"] {
            assert!(refused(text).starts_with("is "), "{text}");
        }
        assert!(refused("a.b.c.d.e").starts_with("is encrypted"));
        assert!(refused(&format!("{good}=")).contains("its signature is not base64url"));
    }

    #[test]
    fn a_long_token_is_refused_before_it_is_read() {
        let long = "a".repeat(1 << 20);
        assert_eq!(refused(&long), "is 1048576 bytes long; 16384 bytes at most are taken");
        let reason = refused(&token(&format!(r#"{{"alg": "{}"}}"#, "x".repeat(10_000))));
        assert!(reason.len() < 200, "{reason}");
    }
}
