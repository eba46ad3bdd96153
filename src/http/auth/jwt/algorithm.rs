//! The signature algorithms of tokens: [`Algorithm`]. All others, "none" and the symmetric ones
//! included, have no value in this type.

/// Asymmetric algorithms only: a key that checks tokens cannot sign them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA, PKCS #1 v1.5, with SHA-256.
    Rs256,
    /// ECDSA on P-256, with SHA-256.
    Es256,
}

impl Algorithm {
    /// Finds an algorithm by its exact name in tokens and keys.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    pub fn of_library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_exact_names_are_known() {
        assert_eq!(Algorithm::named("RS256"), Some(Algorithm::Rs256));
        assert_eq!(Algorithm::named("ES256"), Some(Algorithm::Es256));
        for name in ["none", "None", "", "HS256", "HS512", "rs256", "RS256 ", "RS384", "PS256", "ES384", "EdDSA"] {
            assert_eq!(Algorithm::named(name), None, "{name:?}");
        }
    }
}
