//! Parsers of compound arguments: addresses, ports, tokens, ids, `ID=FILE`, roles, URLs.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf};

use url::Url;

/// A parsed `--source`.
#[derive(Debug, Clone)]
pub struct SourceArgument {
    pub id: String,
    pub file: PathBuf,
}

/// The longest id and the longest token in bytes: they go into paths and headers.
const LONGEST_ID: usize = 256;
const LONGEST_TOKEN: usize = 4096;

/// Parses `ADDRESS:PORT`.
pub fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:0 or [::1]:80".into())
}

/// Parses `FIRST-LAST`: UDP ports.
pub fn ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let range = text.split_once('-').and_then(|(first, last)| Some(first.parse().ok()?..=last.parse().ok()?));
    range
        .filter(|ports: &RangeInclusive<u16>| *ports.start() > 0 && !ports.is_empty())
        .ok_or_else(|| "expected the first and the last UDP port, 1 to 65535, such as 40000-40100".into())
}

/// Parses a token: the characters that an `Authorization: Bearer` header can carry (RFC 6750,
/// section 2.1).
pub fn token(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    if (1..=LONGEST_TOKEN).contains(&text.len()) && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(format!("expected 1 to {LONGEST_TOKEN} letters, digits and - . _ ~ + / ="))
    }
}

/// Parses the id of a call or a participant.
pub fn id(text: &str) -> Result<String, String> {
    if (1..=LONGEST_ID).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(format!("expected an id of 1 to {LONGEST_ID} bytes"))
    }
}

/// Parses `ID=FILE`.
pub fn source(text: &str) -> Result<SourceArgument, String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok(SourceArgument { id: id(name)?, file: file.into() })
        }
        _ => Err("expected ID=FILE, such as alice=alice.wav".to_owned()),
    }
}

/// Parses `ID=ROLE`; the id may have another `=`.
pub fn role(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((name, role)) if !name.is_empty() => Ok((id(name)?, id(role)?)),
        _ => Err("expected ID=ROLE, such as anna=agent".to_owned()),
    }
}

/// Parses `ROLE=ROLE,ROLE`: a role, and those that it hears; it may hear none.
pub fn hears(text: &str) -> Result<(String, Vec<String>), String> {
    let parsed = text.split_once('=').and_then(|(listener, heard)| {
        let heard = heard.split(',').filter(|_| !heard.is_empty());
        Some((id(listener).ok()?, heard.map(id).collect::<Result<_, _>>().ok()?))
    });
    parsed.ok_or_else(|| "expected ROLE=ROLE,ROLE, such as agent=customer,supervisor".to_owned())
}

/// Parses an http or https URL.
pub fn web_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(url) => Err(format!("expected http:// or https://, not {}:", url.scheme())),
        Err(cause) => Err(format!("{cause}; expected such as https://host:8443/path")),
    }
}

/// Parses the URL of the server itself, with which the URLs in its answers begin.
pub fn public_url(text: &str) -> Result<Url, String> {
    let url = web_url(text)?;
    let problem = if !url.username().is_empty() || url.password().is_some() {
        "no user name and no password, which every client would read"
    } else if url.query().is_some() {
        "no query"
    } else if url.fragment().is_some() {
        "no fragment"
    } else {
        return Ok(url);
    };
    Err(format!(
        "a public URL has {problem}; the URLs in answers begin with it: expected such as https://host:8443/path"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_only_characters_that_a_header_can_carry() {
        assert_eq!(token("aZ0-._~+/="), Ok("aZ0-._~+/=".into()));
        for wrong in ["", "a b", "a\nb", "é", "\"", &"a".repeat(LONGEST_TOKEN + 1)] {
            assert!(token(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_source_has_an_id_and_a_file() {
        assert_eq!(source("a=b=c.wav").map(|source| (source.id, source.file)), Ok(("a".into(), "b=c.wav".into())));
        assert!(["", "a", "=b", "a="].iter().all(|wrong| source(wrong).is_err()));
    }

    #[test]
    fn a_role_hears_any_number_of_roles() {
        assert_eq!(hears("a=b,c"), Ok(("a".into(), vec!["b".into(), "c".into()])));
        assert_eq!(hears("a="), Ok(("a".into(), vec![])));
        assert!(["", "a", "=b", "a=b,", "a=,"].iter().all(|wrong| hears(wrong).is_err()));
        assert_eq!(role("a=b=c"), Ok(("a=b".into(), "c".into())));
        assert!(["", "a", "=b", "a="].iter().all(|wrong| role(wrong).is_err()));
    }

    #[test]
    fn a_url_is_http_or_https() {
        assert!(web_url("https://host:1/x").is_ok());
        assert!(["ftp://host", "host:80", "/x", "http://"].iter().all(|wrong| web_url(wrong).is_err()));
    }

    #[test]
    fn a_public_url_is_a_place_that_every_client_may_know() {
        assert!(public_url("https://host:1/x/").is_ok());
        for wrong in ["https://h/?", "https://h/a?b", "https://h/#", "https://me@h/", "https://:word@h/", "ftp://h/"] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
        assert!(!public_url("https://me:word@h/").unwrap_err().contains("word@"));
    }

    #[test]
    fn ports_are_a_range_that_is_not_empty() {
        assert_eq!(ports("40000-40100"), Ok(40_000..=40_100));
        assert_eq!(ports("7-7"), Ok(7..=7));
        assert!(["", "7", "8-7", "0-7", "1-65536", "a-b", "1-2-3"].iter().all(|wrong| ports(wrong).is_err()));
    }

    #[test]
    fn an_address_has_a_port() {
        assert!(listen("[::1]:0").is_ok() && listen("127.0.0.1").is_err() && listen("localhost:1").is_err());
    }
}
