//! One key of an issuer: [`Key`], made from a JWK (RFC 7517) that can check signatures.

use jsonwebtoken::{
    DecodingKey, DecodingKeyKind,
    crypto::aws_lc,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

use super::{algorithm::Algorithm, quote::cut};

/// A public key and its one algorithm.
#[derive(Debug)]
pub(super) struct Key {
    pub id: Option<String>,
    pub algorithm: Algorithm,
    key: DecodingKey,
}

impl Key {
    /// # Errors
    /// Why the key cannot be used, as the rest of a sentence that begins with the key.
    pub fn new(value: &Value) -> Result<Self, String> {
        Self::fit(value).map_err(|problem| cut(&problem, 200))
    }

    fn fit(value: &Value) -> Result<Self, String> {
        if value.get("d").is_some() {
            // Whoever can read the set could sign with this key.
            return Err("has its private part with it".into());
        }
        let jwk = Jwk::deserialize(value).map_err(|error| format!("is no JWK: {error}"))?;
        let (algorithm, key) = public_key(&jwk)?;
        check_use(&jwk, algorithm)?;
        Ok(Self { id: jwk.common.key_id, algorithm, key })
    }

    /// Whether the private key of this key has signed the message.
    pub fn has_signed(&self, message: &[u8], signature: &Vec<u8>) -> bool {
        // Names the provider: the process-wide one panics if the host's other crates enable two.
        let verifier = (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&self.algorithm.of_library(), &self.key);
        verifier.is_ok_and(|verifier| verifier.verify(message, signature).is_ok())
    }
}

/// The type of the key decides the algorithm, and never the token.
fn public_key(jwk: &Jwk) -> Result<(Algorithm, DecodingKey), String> {
    let key = |made: jsonwebtoken::errors::Result<DecodingKey>| made.map_err(|error| format!("is no key: {error}"));
    match &jwk.algorithm {
        AlgorithmParameters::RSA(parameters) => {
            let key = key(DecodingKey::from_rsa_components(&parameters.n, &parameters.e))?;
            Ok((Algorithm::Rs256, rsa(&key)?))
        }
        AlgorithmParameters::EllipticCurve(parameters) if parameters.curve == EllipticCurve::P256 => {
            let key = key(DecodingKey::from_ec_components(&parameters.x, &parameters.y))?;
            Ok((Algorithm::Es256, p256(key)?))
        }
        _ => Err("is neither an RSA key nor one on the curve P-256".into()),
    }
}

/// Checks modulus and exponent, and removes the leading zeros that some issuers write.
fn rsa(key: &DecodingKey) -> Result<DecodingKey, String> {
    let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() else { return Err("is no RSA key".into()) };
    let (n, e) = (without_zeros(n), without_zeros(e));
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(format!("has {bits} bits; RSA keys of 2048 to 8192 bits are taken"));
    }
    // A large exponent makes each check slow, and with exponent 1 every signature is valid.
    if e.len() > 4 || e == [1] || e.last().is_none_or(|last| last % 2 == 0) {
        return Err("has an exponent that is even, 1, or of more than 32 bits".into());
    }
    Ok(DecodingKey::from_rsa_raw_components(n, e))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// Checks the length of the point: one byte of format and two coordinates of 32 bytes. The library
/// joins coordinates of any length.
fn p256(key: DecodingKey) -> Result<DecodingKey, String> {
    match key.try_get_as_bytes() {
        Ok(point) if point.len() == 65 => Ok(key),
        _ => Err("has coordinates that are not 32 bytes long".into()),
    }
}

/// Checks "alg", "use" and "key_ops", as far as the issuer gives them.
fn check_use(jwk: &Jwk, algorithm: Algorithm) -> Result<(), String> {
    let common = &jwk.common;
    if common.key_algorithm.is_some_and(|own| own != algorithm.of_library().into()) {
        return Err(format!("has another \"alg\" than {}", algorithm.name()));
    }
    if common.public_key_use.as_ref().is_some_and(|own| *own != PublicKeyUse::Signature) {
        return Err("has another \"use\" than \"sig\"".into());
    }
    if common.key_operations.as_ref().is_some_and(|own| !own.contains(&KeyOperations::Verify)) {
        return Err("has \"key_ops\" without \"verify\"".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::issuer::SigningKey, *};
    use serde_json::json;

    fn with(key: &SigningKey, name: &str, value: Value) -> Value {
        let mut jwk = key.jwk();
        jwk[name] = value;
        jwk
    }

    #[test]
    fn the_type_of_a_key_decides_its_algorithm() {
        assert_eq!(Key::new(&SigningKey::rsa("r").jwk()).unwrap().algorithm, Algorithm::Rs256);
        let key = Key::new(&SigningKey::p256("e").jwk()).unwrap();
        assert_eq!((key.algorithm, key.id.as_deref()), (Algorithm::Es256, Some("e")));
    }

    #[test]
    fn fields_that_allow_signatures_are_accepted() {
        let key = SigningKey::p256("e");
        for (name, value) in [
            ("use", json!("sig")),
            ("alg", json!("ES256")),
            ("key_ops", json!(["sign", "verify"])),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("dGh1bWI")),
            ("issuer", json!("https://issuer.example")),
            ("kid", json!(null)),
        ] {
            assert!(Key::new(&with(&key, name, value)).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_key_for_another_use_is_refused() {
        let (rsa, p256) = (SigningKey::rsa("r"), SigningKey::p256("e"));
        for (key, name, value) in [
            (&rsa, "alg", json!("ES256")),
            (&rsa, "alg", json!("HS256")),
            (&rsa, "alg", json!("RS512")),
            (&rsa, "alg", json!("RSA-OAEP")),
            (&rsa, "use", json!("enc")),
            (&p256, "alg", json!("RS256")),
            (&p256, "alg", json!("none")),
            (&p256, "key_ops", json!(["sign"])),
            (&p256, "key_ops", json!([])),
        ] {
            assert!(Key::new(&with(key, name, value.clone())).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn an_invalid_key_is_refused() {
        let (rsa, p256) = (SigningKey::rsa("r"), SigningKey::p256("e"));
        for (key, name, value) in [
            (&rsa, "n", json!("AQAB")),
            (&rsa, "n", json!("A".repeat(2000))),
            (&rsa, "n", json!("!")),
            (&rsa, "n", json!(7)),
            (&rsa, "e", json!("AQ")),
            (&rsa, "e", json!("Ag")),
            (&rsa, "e", json!("")),
            (&rsa, "e", json!("AQAAAAAB")),
            (&rsa, "d", json!("AQAB")),
            (&rsa, "kid", json!(7)),
            (&p256, "x", json!("AQAB")),
            (&p256, "y", json!("A".repeat(100))),
            (&p256, "crv", json!("P-384")),
            (&p256, "crv", json!("secp256k1")),
            (&p256, "kty", json!("OKP")),
            (&p256, "d", json!("AQAB")),
        ] {
            assert!(Key::new(&with(key, name, value.clone())).is_err(), "{name} {value}");
        }
        let long = Key::new(&with(&p256, "x5c", json!("a".repeat(100_000)))).unwrap_err();
        assert!(long.len() < 210, "{long}");
        for value in [json!(null), json!([]), json!({}), json!({"kty": "oct", "k": "c2VjcmV0"})] {
            assert!(Key::new(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn leading_zeros_of_a_modulus_are_ignored() {
        let signer = SigningKey::rsa("r");
        let padded = Key::new(&with(&signer, "n", json!(signer.padded_modulus()))).unwrap();
        let (message, signature) = (b"message", signer.sign(b"message"));
        assert!(padded.has_signed(message, &signature));
        assert!(!padded.has_signed(b"massage", &signature));
    }
}
