//! A fixed list of tokens: [`StaticTokens`]. It stores the digests of the tokens, not the tokens.

use std::fmt;

use hmac_sha256::Hash;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Authorization, Authorizer, Grant, Refusal};

/// Accepts a fixed list of tokens, each with a [`Grant`] of its own.
///
/// Each check compares the SHA-256 digest of the token with all digests of the list, so that the
/// time it takes tells nothing about them. Only the digests are stored. A digest does not protect a
/// token that can be guessed: generate tokens at random, with 32 characters or more.
///
/// ```
/// use mixminus::http::{Authorizer, Grant, StaticTokens};
///
/// let desk = "Zk3vQ9xW2mT7rB5nL8cY4dH6sJ1fG0pA"; // from the host's own configuration
/// let tokens = StaticTokens::new([(desk, Grant { subject: Some("the desk".into()), ..Grant::default() })])?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(tokens.authorize(Some(desk)).await?.subject.as_deref(), Some("the desk"));
/// assert!(tokens.authorize(Some("a guess")).await.is_err());
/// assert!(tokens.authorize(None).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StaticTokens {
    entries: Vec<(Fingerprint, Grant)>,
}

/// The digest of a token.
type Fingerprint = [u8; 32];

/// Why a list of tokens was refused. Errors name a token by its place in the list, counted from 0,
/// and never show it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StaticTokensError {
    /// The list is empty, so no client could ever be accepted.
    #[error("the list of tokens is empty: nobody could be let in; one token at least is needed")]
    NoTokens,
    /// A token is empty.
    #[error("token {place} is empty: everybody could guess it")]
    Empty {
        /// The place of the token.
        place: usize,
    },
    /// A token has a character that RFC 6750 does not allow in a header.
    #[error(
        "token {place} has a space, or a character that is not visible ASCII: no Authorization header can carry it"
    )]
    Unsendable {
        /// The place of the token.
        place: usize,
    },
    /// Two tokens are the same, so that it is open which grant applies.
    #[error("token {place} is the same as token {first}: each may be in the list once")]
    Duplicate {
        /// The place of the first one.
        first: usize,
        /// The place of the second one.
        place: usize,
    },
}

impl StaticTokens {
    /// Makes a list of tokens, each with its grant.
    ///
    /// # Errors
    /// [`StaticTokensError`] if the list is empty, or if a token is empty, cannot be sent in a
    /// header, or is in the list twice.
    pub fn new<T: AsRef<str>>(tokens: impl IntoIterator<Item = (T, Grant)>) -> Result<Self, StaticTokensError> {
        let mut entries: Vec<(Fingerprint, Grant)> = Vec::new();
        for (place, (token, grant)) in tokens.into_iter().enumerate() {
            let fingerprint = check(place, token.as_ref())?;
            if let Some(first) = entries.iter().position(|(known, _)| *known == fingerprint) {
                return Err(StaticTokensError::Duplicate { first, place });
            }
            entries.push((fingerprint, grant));
        }
        if entries.is_empty() {
            return Err(StaticTokensError::NoTokens);
        }
        Ok(Self { entries })
    }

    /// Compares with every entry, also after a match, so that the time does not depend on the place.
    fn find(&self, token: &str) -> Option<&Grant> {
        let asked = fingerprint(token);
        let mut found = Choice::from(0);
        let mut at = 0_u64;
        for (place, (known, _)) in (0_u64..).zip(&self.entries) {
            let same = known.ct_eq(&asked);
            at.conditional_assign(&place, same);
            found |= same;
        }
        let place = usize::try_from(at).ok().filter(|_| bool::from(found))?;
        self.entries.get(place).map(|(_, grant)| grant)
    }
}

fn check(place: usize, token: &str) -> Result<Fingerprint, StaticTokensError> {
    if token.is_empty() {
        return Err(StaticTokensError::Empty { place });
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(StaticTokensError::Unsendable { place });
    }
    Ok(fingerprint(token))
}

/// A digest has a fixed length, so that comparing does not reveal the length of the token.
fn fingerprint(token: &str) -> Fingerprint {
    Hash::hash(token.as_bytes())
}

impl Authorizer for StaticTokens {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        let answer = match token.map(|token| self.find(token)) {
            None => Err(Refusal::Missing),
            Some(None) => Err(Refusal::Invalid { reason: "is none of those that are known here".into() }),
            Some(Some(grant)) => Ok(grant.clone()),
        };
        Box::pin(async { answer })
    }
}

/// Shows the grants only. A weak token could be guessed even from its digest.
impl fmt::Debug for StaticTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grants = self.entries.iter().map(|(_, grant)| grant);
        f.debug_list().entries(grants).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, proptest};

    fn named(name: &str) -> Grant {
        Grant { subject: Some(name.into()), ..Grant::default() }
    }

    fn three() -> StaticTokens {
        StaticTokens::new([("token-a", named("a")), ("token-b", named("b")), ("token-c", named("c"))]).unwrap()
    }

    fn subject(tokens: &StaticTokens, token: &str) -> Option<String> {
        tokens.find(token).and_then(|grant| grant.subject.clone())
    }

    #[test]
    fn every_token_has_its_own_grant() {
        let tokens = three();
        for name in ["a", "b", "c"] {
            assert_eq!(subject(&tokens, &format!("token-{name}")).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_near_miss_is_refused() {
        let tokens = three();
        for near in ["", "token-", "token-a ", " token-a", "token-aa", "TOKEN-A", "token-a\0", "token-d"] {
            assert_eq!(tokens.find(near), None, "{near:?}");
        }
    }

    #[tokio::test]
    async fn a_request_without_a_token_is_missing_and_a_wrong_token_invalid() {
        let tokens = three();
        assert_eq!(tokens.authorize(None).await, Err(Refusal::Missing));
        assert!(matches!(tokens.authorize(Some("")).await, Err(Refusal::Invalid { .. })));
        assert_eq!(tokens.authorize(Some("token-b")).await, Ok(named("b")));
    }

    #[test]
    fn empty_lists_and_unusable_tokens_are_refused() {
        let error = |tokens: &[&str]| StaticTokens::new(tokens.iter().map(|t| (*t, Grant::default()))).unwrap_err();
        assert_eq!(error(&[]), StaticTokensError::NoTokens);
        assert_eq!(error(&["a", ""]), StaticTokensError::Empty { place: 1 });
        assert_eq!(error(&["a", "b", "c", "b"]), StaticTokensError::Duplicate { first: 1, place: 3 });
        for unsendable in [" ", "a b", "a\n", "tökén", "a\u{7f}"] {
            assert_eq!(error(&[unsendable]), StaticTokensError::Unsendable { place: 0 });
        }
    }

    #[test]
    fn neither_debug_nor_errors_show_a_token() {
        let debug = format!("{:?} {:#?}", three(), three());
        assert!(debug.contains("subject") && !debug.contains("token-"), "{debug}");
        let fingerprint = format!("{:?}", fingerprint("token-a"));
        assert!(!debug.contains(fingerprint.trim_matches(['[', ']'])));
        let error = StaticTokens::new([("secret", Grant::default()), ("secret", Grant::default())]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn no_other_token_is_accepted(token in ".{0,40}") {
            prop_assert!(three().find(&token).is_none() || ["token-a", "token-b", "token-c"].contains(&&*token));
        }
    }
}
