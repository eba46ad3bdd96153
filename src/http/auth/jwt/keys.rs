//! The keys of an issuer: [`Keys`], read from a JWKS. Picks the key that a token is checked with.

use serde::Deserialize;
use serde_json::Value;

use super::{JwtError, algorithm::Algorithm, key::Key};

/// The usable keys of a JWKS; at least one.
#[derive(Debug)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

/// Why no key was picked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotPicked {
    /// No key has this id, or none is for this algorithm. A newer set may have one.
    Unknown,
    /// The key with this id is for another algorithm.
    IsFor(Algorithm),
    /// This many keys match.
    Several(usize),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

impl Keys {
    /// Skips keys that cannot be used, as RFC 7517 says (section 5): an issuer's set can have keys
    /// for other purposes.
    pub fn parse(text: &[u8]) -> Result<Self, JwtError> {
        let set: Set = serde_json::from_slice(text).map_err(|error| JwtError::NotJwks { error })?;
        let mut keys = Vec::new();
        let mut problems = Vec::new();
        for (place, value) in set.keys.iter().enumerate() {
            match Key::new(value) {
                Ok(key) => keys.push(key),
                Err(problem) => problems.push(format!("key {place} {problem}")),
            }
        }
        if keys.is_empty() {
            problems.truncate(5);
            return Err(JwtError::NoKey { keys: set.keys.len(), problems: problems.join("; ") });
        }
        Ok(Self { keys })
    }

    /// The key with this id, or without an id the only key for the algorithm. The key has to be for
    /// this algorithm.
    pub fn pick(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&Key, NotPicked> {
        let named: Vec<&Key> = self.keys.iter().filter(|key| id.is_none() || key.id.as_deref() == id).collect();
        let fit: Vec<&Key> = named.iter().copied().filter(|key| key.algorithm == algorithm).collect();
        match (fit.as_slice(), named.first()) {
            ([key], _) => Ok(key),
            ([], Some(other)) if id.is_some() => Err(NotPicked::IsFor(other.algorithm)),
            ([], _) => Err(NotPicked::Unknown),
            (several, _) => Err(NotPicked::Several(several.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::issuer::{SigningKey, jwks},
        *,
    };
    use proptest::{arbitrary::any, collection::vec, prop_assert, proptest};
    use serde_json::json;
    use std::string::ToString;

    fn keys(of: &[&SigningKey]) -> Keys {
        Keys::parse(jwks(of).as_bytes()).unwrap()
    }

    fn id(picked: Result<&Key, NotPicked>) -> Result<Option<String>, NotPicked> {
        picked.map(|key| key.id.clone())
    }

    #[test]
    fn a_key_is_picked_by_its_id_and_its_algorithm() {
        let set = keys(&[&SigningKey::rsa("r"), &SigningKey::p256("e"), &SigningKey::p256("f")]);
        assert_eq!(id(set.pick(Some("r"), Algorithm::Rs256)), Ok(Some("r".into())));
        assert_eq!(id(set.pick(Some("f"), Algorithm::Es256)), Ok(Some("f".into())));
        assert_eq!(id(set.pick(Some("r"), Algorithm::Es256)), Err(NotPicked::IsFor(Algorithm::Rs256)));
        assert_eq!(id(set.pick(Some("g"), Algorithm::Es256)), Err(NotPicked::Unknown));
    }

    #[test]
    fn without_an_id_exactly_one_key_has_to_match() {
        let set = keys(&[&SigningKey::rsa("r"), &SigningKey::p256("e"), &SigningKey::p256("f")]);
        assert_eq!(id(set.pick(None, Algorithm::Rs256)), Ok(Some("r".into())));
        assert_eq!(id(set.pick(None, Algorithm::Es256)), Err(NotPicked::Several(2)));
        assert_eq!(id(keys(&[&SigningKey::rsa("r")]).pick(None, Algorithm::Es256)), Err(NotPicked::Unknown));
    }

    #[test]
    fn two_keys_may_share_an_id_only_if_their_types_differ() {
        let twice = keys(&[&SigningKey::rsa("k"), &SigningKey::p256("k")]);
        assert_eq!(id(twice.pick(Some("k"), Algorithm::Es256)), Ok(Some("k".into())));
        let twice = keys(&[&SigningKey::p256("k"), &SigningKey::p256("k")]);
        assert_eq!(id(twice.pick(Some("k"), Algorithm::Es256)), Err(NotPicked::Several(2)));
    }

    #[test]
    fn keys_that_cannot_be_used_are_left_out() {
        let set = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}, null, SigningKey::p256("e").jwk()]});
        let set = Keys::parse(set.to_string().as_bytes()).unwrap();
        assert_eq!(set.keys.len(), 1);
    }

    #[test]
    fn a_set_without_a_usable_key_is_an_error_that_says_why() {
        let error =
            |text: &str| Keys::parse(text.as_bytes()).map(drop).as_ref().map_err(ToString::to_string).unwrap_err();
        assert!(error("{\"keys\": []}").starts_with("none of the 0 keys"));
        assert!(error("{\"keys\": [{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}]}").contains("key 0 is neither an RSA key"));
        for text in ["", "{}", "[]", "<html>", "{\"keys\": {}}", "{\"keys\": null}"] {
            assert!(error(text).starts_with("this is no JWKS"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes in vec(any::<u8>(), 0..200)) {
            prop_assert!(Keys::parse(&bytes).is_err());
        }
    }
}
