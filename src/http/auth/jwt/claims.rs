//! Checks the claims of a signed token and makes a [`Grant`] of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::{
    JwtOptions,
    quote::{list, quote},
};
use crate::http::auth::{Audience, Grant, Permissions};

/// The grant of these claims at `now`, in seconds since 1970.
///
/// # Errors
/// What is wrong, as the rest of a sentence that begins with "the token".
pub(super) fn grant(claims: &Map<String, Value>, options: &JwtOptions, now: f64) -> Result<Grant, String> {
    let end = check_dates(claims, options.leeway.as_secs_f64(), now)?;
    check_issuer(claims, &options.issuers)?;
    let audience = check_audience(claims, &options.audiences)?;
    let subject = string(claims, "sub")?.map(str::to_owned);
    let permissions = Permissions::Of(permissions(claims)?);
    Ok(Grant { subject, expires: date(end), audience: Audience::Of(audience), permissions })
}

/// `None` for a date beyond the range of the system's clock: the grant then never expires.
fn date(seconds: f64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// Checks "exp" and "nbf"; returns the time of expiry.
fn check_dates(claims: &Map<String, Value>, leeway: f64, now: f64) -> Result<f64, String> {
    let Some(end) = seconds(claims, "exp")? else {
        return Err("never expires; one with \"exp\" is required".into());
    };
    if now >= end + leeway {
        return Err(format!("has expired {} s ago", whole(now - end)));
    }
    match seconds(claims, "nbf")? {
        Some(begin) if now + leeway < begin => Err(format!("is not valid before {} s from now", whole(begin - now))),
        _ => Ok(end),
    }
}

fn check_issuer(claims: &Map<String, Value>, issuers: &[String]) -> Result<(), String> {
    match string(claims, "iss")? {
        None => Err(format!("does not say who issued it; \"iss\" has to be {}", list(issuers, "or"))),
        Some(own) if issuers.iter().any(|issuer| issuer == own) => Ok(()),
        Some(own) => Err(format!("is issued by {}, not by {}", quote(own), list(issuers, "or"))),
    }
}

/// Checks "aud": one audience has to be this service. Returns all of them.
fn check_audience(claims: &Map<String, Value>, audiences: &[String]) -> Result<Vec<String>, String> {
    let own = strings(claims, "aud")?;
    if own.is_empty() {
        return Err(format!("does not say whom it is meant for; \"aud\" has to be {}", list(audiences, "or")));
    }
    if !own.iter().any(|own| audiences.contains(own)) {
        return Err(format!("is meant for {}, not for {}", list(&own, "and"), list(audiences, "or")));
    }
    Ok(own)
}

/// The roles of an application, and the scopes of a user, which are separated by spaces in one string.
fn permissions(claims: &Map<String, Value>) -> Result<Vec<String>, String> {
    let mut all = strings(claims, "roles")?;
    for claim in ["scp", "scope"] {
        let scopes = strings(claims, claim)?;
        all.extend(scopes.iter().flat_map(|scopes| scopes.split_whitespace()).map(str::to_owned));
    }
    Ok(all)
}

/// A claim, unless it is `null`.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|value| !value.is_null())
}

fn string<'a>(claims: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    match claim(claims, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("has a claim \"{name}\" that is not a string")),
    }
}

/// The value of a claim that is a string or a list of strings.
fn strings(claims: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("has a claim \"{name}\" that is neither a string nor a list of strings");
    match claim(claims, name) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(values)) => {
            values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// Seconds since 1970, which may have a fraction (RFC 7519, section 2).
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, String> {
    match claim(claims, name) {
        None => Ok(None),
        Some(value) => match value.as_f64().filter(|seconds| seconds.is_finite()) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(format!("has a claim \"{name}\" that is not a number of seconds since 1970")),
        },
    }
}

/// Whole seconds for a message, limited to the range of u64.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is for reading")]
fn whole(seconds: f64) -> u64 {
    seconds.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: f64 = 1_000_000.0;

    fn options() -> JwtOptions {
        let issuers = vec!["https://issuer.example".into(), "b".into()];
        JwtOptions { issuers, audiences: vec!["mixer".into()], ..JwtOptions::default() }
    }

    /// Valid claims with these changes.
    fn granted(changes: Value) -> Result<Grant, String> {
        let mut claims = json!({"iss": "b", "aud": "mixer", "exp": NOW + 100.0});
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        grant(claims.as_object().unwrap(), &options(), NOW)
    }

    fn refused(changes: Value) -> String {
        granted(changes).unwrap_err()
    }

    fn permitted(changes: Value) -> Vec<String> {
        match granted(changes).unwrap().permissions {
            Permissions::Of(permissions) => permissions,
            Permissions::Every => panic!("no token has every permission"),
        }
    }

    #[test]
    fn a_token_is_valid_until_its_expiry_plus_the_leeway() {
        assert!(granted(json!({"exp": NOW})).is_ok());
        assert!(granted(json!({"exp": NOW - 59.5})).is_ok());
        assert_eq!(refused(json!({"exp": NOW - 60.0})), "has expired 60 s ago");
        assert_eq!(refused(json!({"exp": 0})), "has expired 1000000 s ago");
        assert!(refused(json!({"exp": -1e300})).starts_with("has expired"));
        assert!(granted(json!({"exp": 1e300})).is_ok());
    }

    #[test]
    fn a_token_without_an_expiry_is_refused() {
        for exp in [json!(null), json!("1e9"), json!(true), json!([9e9]), json!({})] {
            assert!(refused(json!({"exp": exp})).contains("\"exp\""), "{exp}");
        }
    }

    #[test]
    fn a_token_is_valid_from_its_nbf_minus_the_leeway() {
        assert!(granted(json!({"nbf": NOW + 60.0})).is_ok());
        assert_eq!(refused(json!({"nbf": NOW + 61.0})), "is not valid before 61 s from now");
        assert!(refused(json!({"nbf": "soon"})).contains("\"nbf\""));
    }

    #[test]
    fn the_issuer_has_to_match_exactly() {
        assert!(granted(json!({"iss": "https://issuer.example"})).is_ok());
        let reason = refused(json!({"iss": "https://issuer.example/"}));
        let expected = r#"is issued by "https://issuer.example/", not by "https://issuer.example" or "b""#;
        assert_eq!(reason, expected);
        assert!(refused(json!({"iss": null})).starts_with("does not say who issued it"));
        assert!(refused(json!({"iss": ["b"]})).contains("\"iss\" that is not a string"));
    }

    #[test]
    fn this_service_has_to_be_among_the_audiences() {
        let grant = granted(json!({"aud": ["other", "mixer"]})).unwrap();
        assert_eq!(grant.audience, Audience::Of(vec!["other".into(), "mixer".into()]));
        assert_eq!(refused(json!({"aud": "x"})), r#"is meant for "x", not for "mixer""#);
        assert_eq!(refused(json!({"aud": ["x", "y"]})), r#"is meant for "x" and "y", not for "mixer""#);
        for aud in [json!(null), json!([]), json!(""), json!(7), json!(["mixer", 7]), json!({"mixer": 1})] {
            assert!(granted(json!({"aud": aud})).is_err(), "{aud}");
        }
    }

    #[test]
    fn the_subject_is_for_the_logs() {
        assert_eq!(granted(json!({"sub": "anna"})).unwrap().subject.as_deref(), Some("anna"));
        assert_eq!(granted(json!({})).unwrap().subject, None);
    }

    #[test]
    fn a_grant_ends_with_its_token() {
        let end = |exp: Value| granted(json!({"exp": exp})).unwrap().expires;
        assert_eq!(end(json!(NOW + 0.5)), Some(UNIX_EPOCH + Duration::from_secs_f64(NOW + 0.5)));
        assert_eq!(end(json!(1e300)), None);
        assert!(refused(json!({"sub": 7})).contains("\"sub\" that is not a string"));
    }

    #[test]
    fn permissions_are_roles_and_scopes() {
        assert_eq!(permitted(json!({"roles": ["a b", "c"]})), ["a b", "c"]);
        assert_eq!(permitted(json!({"roles": "a"})), ["a"]);
        assert_eq!(permitted(json!({"scp": "a  b"})), ["a", "b"]);
        assert_eq!(permitted(json!({"scope": "c", "scp": ["a", "b"], "roles": ["r"]})), ["r", "a", "b", "c"]);
        assert!(refused(json!({"roles": {"a": 1}})).contains("\"roles\""));
        assert!(refused(json!({"scp": [1]})).contains("\"scp\""));
    }

    #[test]
    fn a_token_without_permissions_has_none() {
        assert_eq!(permitted(json!({})), [""; 0]);
        assert_eq!(permitted(json!({"roles": [], "scp": " "})), [""; 0]);
    }

    #[test]
    fn reasons_stay_short_and_printable() {
        let reason = refused(json!({"aud": vec!["\r\n\u{1b}"; 1000], "iss": "b"}));
        assert!(reason.len() < 200 && reason.chars().all(|c| (' '..='~').contains(&c)), "{reason}");
    }
}
