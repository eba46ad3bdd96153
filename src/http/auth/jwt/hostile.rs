//! Tests of a [`JwtAuthorizer`] with fixed keys: valid tokens, tokens with one fault, forged
//! tokens, and random bytes.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use proptest::{collection::vec, prelude::any, prop_assert, proptest, sample::Index};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::{
    JwksSource, JwtAuthorizer, JwtError, JwtOptions,
    clock::Clock,
    issuer::{SigningKey, encode, hmac_token, jwks, message},
};
use crate::http::auth::{Audience, Authorizer, Grant, Permissions, Refusal};

const NOW: u64 = 1_700_000_000;

struct Desk {
    rsa: SigningKey,
    p256: SigningKey,
    authorizer: JwtAuthorizer,
    clock: Clock,
    runtime: Runtime,
}

/// Shared by all tests that do not change its clock.
static DESK: LazyLock<Desk> = LazyLock::new(Desk::new);

impl Desk {
    fn new() -> Self {
        let (rsa, p256) = (SigningKey::rsa("r"), SigningKey::p256("e"));
        let clock = Clock::manual(NOW);
        let keys = JwksSource::Text(jwks(&[&rsa, &p256]));
        let authorizer = JwtAuthorizer::with_clock(keys, options(), clock.clone()).unwrap();
        let runtime = Builder::new_current_thread().build().unwrap();
        Self { rsa, p256, authorizer, clock, runtime }
    }

    fn ask(&self, token: &str) -> Result<Grant, Refusal> {
        self.runtime.block_on(self.authorizer.authorize(Some(token)))
    }

    /// The reason of the refusal.
    fn refused(&self, token: &str) -> String {
        match self.ask(token) {
            Err(Refusal::Invalid { reason }) => reason,
            other => panic!("{other:?} for {token}"),
        }
    }
}

fn options() -> JwtOptions {
    JwtOptions { issuers: vec!["issuer".into()], audiences: vec!["mixer".into()], ..JwtOptions::default() }
}

fn claims() -> Value {
    json!({"iss": "issuer", "aud": "mixer", "sub": "anna", "exp": NOW + 600, "roles": ["Calls.MeetingJoin"]})
}

#[test]
fn valid_tokens_of_both_algorithms_are_accepted() {
    let desk = Desk::new();
    let grant = Grant {
        subject: Some("anna".into()),
        expires: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 600)),
        audience: Audience::Of(vec!["mixer".into()]),
        permissions: Permissions::Of(vec!["Calls.MeetingJoin".into()]),
    };
    for key in [&desk.rsa, &desk.p256] {
        assert_eq!(desk.ask(&key.token(&claims())), Ok(grant.clone()));
        let without_id = key.token_with(&json!({"alg": key.algorithm()}), &claims());
        assert_eq!(desk.ask(&without_id), Ok(grant.clone()));
    }
}

#[test]
fn a_request_without_a_token_is_refused_as_missing() {
    let answer = DESK.runtime.block_on(DESK.authorizer.authorize(None));
    assert_eq!(answer, Err(Refusal::Missing));
}

#[test]
fn a_token_expires_with_the_clock() {
    let desk = Desk::new();
    let token = desk.p256.token(&claims());
    desk.clock.advance(Duration::from_secs(659));
    assert!(desk.ask(&token).is_ok());
    desk.clock.advance(Duration::from_secs(31));
    assert_eq!(desk.refused(&token), "has expired 90 s ago");
}

#[test]
fn a_signature_by_another_key_does_not_match() {
    let forger = SigningKey::p256("e");
    assert_eq!(DESK.refused(&forger.token(&claims())), "has a signature that does not match");
    // Signed by a known key, but not by the key that the token names.
    let swapped = DESK.rsa.token_with(&json!({"alg": "ES256", "kid": "e"}), &claims());
    assert_eq!(DESK.refused(&swapped), "has a signature that does not match");
}

#[test]
fn changed_claims_do_not_match_the_signature() {
    for key in [&DESK.rsa, &DESK.p256] {
        let token = key.token(&claims());
        let parts: Vec<&str> = token.split('.').collect();
        let mut more = claims();
        more["roles"] = json!(["Everything"]);
        let forged = format!("{}.{}.{}", parts[0], encode(more.to_string()), parts[2]);
        assert_eq!(DESK.refused(&forged), "has a signature that does not match");
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(DESK.refused(&unsigned), "has a signature that does not match");
    }
}

#[test]
fn constant_signatures_do_not_match() {
    for length in [0, 1, 63, 64, 65, 255, 256, 257, 4096] {
        for (key, fill) in [(&DESK.rsa, 0), (&DESK.p256, 0), (&DESK.rsa, 1), (&DESK.p256, 255)] {
            let message = message(&json!({"alg": key.algorithm(), "kid": key.id}), &claims());
            let token = format!("{message}.{}", encode(vec![fill; length]));
            assert_eq!(DESK.refused(&token), "has a signature that does not match");
        }
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for signature in ["", "AAAA"] {
            let token = format!("{}.{signature}", message(&json!({"alg": alg, "kid": "r"}), &claims()));
            assert!(DESK.refused(&token).starts_with("is signed with"), "{alg}");
        }
    }
}

#[test]
fn a_public_key_is_not_accepted_as_a_shared_secret() {
    let (rsa, p256) = (DESK.rsa.jwk(), DESK.p256.jwk());
    let texts = [rsa.to_string(), p256.to_string(), jwks(&[&DESK.rsa, &DESK.p256])];
    let numbers = [rsa["n"].as_str().unwrap(), p256["x"].as_str().unwrap()].map(str::to_owned);
    for secret in texts.iter().chain(&numbers) {
        for (alg, id) in [("HS256", "r"), ("HS256", "e"), ("RS256", "r"), ("ES256", "e")] {
            let token = hmac_token(&json!({"alg": alg, "kid": id}), &claims(), secret.as_bytes());
            let reason = DESK.refused(&token);
            assert!(reason.starts_with("is signed with \"HS256\"") || reason.ends_with("does not match"), "{reason}");
        }
    }
}

#[test]
fn the_key_decides_the_algorithm_and_not_the_token() {
    let token = DESK.p256.token_with(&json!({"alg": "RS256", "kid": "e"}), &claims());
    assert_eq!(DESK.refused(&token), "is signed with RS256, but its key is for ES256");
    let token = DESK.rsa.token_with(&json!({"alg": "ES256", "kid": "r"}), &claims());
    assert_eq!(DESK.refused(&token), "is signed with ES256, but its key is for RS256");
    let token = DESK.rsa.token_with(&json!({"alg": "RS512", "kid": "r"}), &claims());
    assert_eq!(DESK.refused(&token), "is signed with \"RS512\"; RS256 and ES256 are taken");
}

#[test]
fn keys_inside_a_token_are_ignored() {
    let forger = SigningKey::p256("own");
    let header =
        json!({"alg": "ES256", "kid": "own", "jwk": forger.jwk(), "jku": "http://127.0.0.1:9/", "x5c": ["AA"]});
    let reason = DESK.refused(&forger.token_with(&header, &claims()));
    assert_eq!(reason, "names a key, \"own\", that is not known");
}

#[test]
fn a_token_without_a_key_id_is_refused_if_two_keys_match() {
    let (one, two) = (SigningKey::p256("1"), SigningKey::p256("2"));
    let keys = JwksSource::Text(jwks(&[&one, &two]));
    let authorizer = JwtAuthorizer::with_clock(keys, options(), Clock::manual(NOW)).unwrap();
    let token = one.token_with(&json!({"alg": "ES256"}), &claims());
    let answer = DESK.runtime.block_on(authorizer.authorize(Some(&token)));
    let reason = "names no key (\"kid\"), and 2 keys are for ES256".into();
    assert_eq!(answer, Err(Refusal::Invalid { reason }));
}

#[test]
fn signed_payloads_without_claims_are_refused() {
    for payload in [json!(null), json!([1]), json!("x"), json!({})] {
        DESK.refused(&DESK.p256.token(&payload));
    }
}

#[test]
fn issuer_audience_and_keys_are_required() {
    let make = |keys: &str, options| JwtAuthorizer::new(JwksSource::Text(keys.into()), options).unwrap_err();
    let good = jwks(&[&DESK.p256]);
    assert!(matches!(make(&good, JwtOptions::default()), JwtError::NoIssuer));
    assert!(matches!(make(&good, JwtOptions { issuers: vec![String::new()], ..options() }), JwtError::NoIssuer));
    assert!(matches!(make(&good, JwtOptions { audiences: vec![], ..options() }), JwtError::NoAudience));
    assert!(matches!(make("{\"keys\": []}", options()), JwtError::NoKey { keys: 0, .. }));
    assert!(matches!(make("", options()), JwtError::NotJwks { .. }));
    let nowhere = JwtAuthorizer::new(JwksSource::File("no/such/file".into()), options()).unwrap_err();
    assert!(nowhere.to_string().starts_with("cannot read the JWKS in no/such/file"), "{nowhere}");
}

#[test]
fn debug_shows_no_key() {
    let debug = format!("{:?}", DESK.authorizer);
    let n = DESK.rsa.jwk()["n"].as_str().unwrap()[..16].to_owned();
    assert!(debug.contains("issuer") && !debug.contains(&n), "{debug}");
}

proptest! {
    #[test]
    fn random_text_is_refused(text in "\\PC{0,300}") {
        prop_assert!(DESK.ask(&text).is_err());
    }

    #[test]
    fn random_parts_are_refused(
        header in vec(any::<u8>(), 0..80),
        payload in vec(any::<u8>(), 0..80),
        signature in vec(any::<u8>(), 0..300),
    ) {
        let token = format!("{}.{}.{}", encode(header), encode(payload), encode(signature));
        prop_assert!(DESK.ask(&token).is_err());
    }

    #[test]
    fn random_signatures_are_refused(signature in vec(any::<u8>(), 64)) {
        let message = message(&json!({"alg": "ES256", "kid": "e"}), &claims());
        let token = format!("{message}.{}", encode(signature));
        prop_assert!(DESK.ask(&token).is_err());
    }

    /// The last character of each part has unused bits, which have to be 0.
    #[test]
    fn a_token_with_another_character_is_refused(at in any::<Index>(), other in "[A-Za-z0-9_.=+/ -]") {
        let token = DESK.p256.token(&claims());
        let at = at.index(token.len());
        let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        prop_assert!(changed == token || DESK.ask(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn a_truncated_token_is_refused(at in any::<Index>()) {
        let token = DESK.rsa.token(&claims());
        prop_assert!(DESK.ask(&token[..at.index(token.len())]).is_err());
    }
}
