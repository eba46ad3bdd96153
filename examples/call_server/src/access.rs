//! Who may use the server, by its options: everybody, clients with one fixed token, or clients with
//! a token that an issuer has signed.

use std::{path::PathBuf, sync::Arc};

use mixminus::http::{AllowEverybody, Authorizer, Grant, JwksSource, JwtAuthorizer, JwtOptions, StaticTokens};
use uuid::Uuid;

use crate::{cli::Options, error::Error};

/// The authorizer, and the token if all clients use the same one.
pub struct Access {
    pub authorizer: Arc<dyn Authorizer>,
    pub token: Option<String>,
    /// The authorizer once more, if it fetches keys.
    pub signed: Option<Arc<JwtAuthorizer>>,
}

/// The access that the options ask for; by default a random token.
pub async fn of(options: &Options) -> Result<Access, Error> {
    if options.anonymous {
        return Ok(Access { authorizer: Arc::new(AllowEverybody), token: None, signed: None });
    }
    if let Some(keys) = &options.jwks {
        let signed = Arc::new(signed(keys, options).await?);
        return Ok(Access {
            authorizer: Arc::clone(&signed) as Arc<dyn Authorizer>,
            token: None,
            signed: Some(signed),
        });
    }
    let token = options.token.clone().unwrap_or_else(|| Uuid::new_v4().simple().to_string());
    let tokens = StaticTokens::new([(&token, Grant::default())]).map_err(|error| Error::Usage(error.to_string()))?;
    Ok(Access { authorizer: Arc::new(tokens), token: Some(token), signed: None })
}

/// Fetches the keys now, so that wrong ones are an error at the start, and not at the first
/// client's request.
async fn signed(keys: &str, options: &Options) -> Result<JwtAuthorizer, Error> {
    let source = match keys.parse() {
        Ok(url) if keys.contains("://") => JwksSource::Url(url),
        _ => JwksSource::File(PathBuf::from(keys)),
    };
    let jwt =
        JwtOptions { issuers: options.issuer.clone(), audiences: options.audience.clone(), ..JwtOptions::default() };
    let authorizer = JwtAuthorizer::new(source, jwt)?;
    authorizer.ready().await?;
    Ok(authorizer)
}
