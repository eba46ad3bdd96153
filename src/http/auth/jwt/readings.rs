//! How the fetching of keys goes: [`JwksReadings`].

/// How the fetching of keys goes: see [`JwtAuthorizer::readings`](super::JwtAuthorizer::readings).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct JwksReadings {
    /// How often the keys were fetched, or their file read, since the authorizer was made.
    pub fetches: u64,
    /// How many of those have failed, as the source could not be reached, was longer than
    /// [`JwksRefresh::bytes`](super::JwksRefresh::bytes), or was no JWKS.
    pub failures: u64,
    /// Why the last one has failed, if it has. Known keys are used meanwhile, for as long as
    /// [`JwksRefresh::keep_for`](super::JwksRefresh::keep_for) says.
    pub failure: Option<String>,
}
