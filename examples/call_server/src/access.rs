//! Who may use the server, as the options say: everybody, who has one token, or who has one that an issuer has signed.

use std::{path::PathBuf, sync::Arc};

use mixminus::http::{AllowEverybody, Authorizer, Grant, JwksSource, JwtAuthorizer, JwtOptions, StaticTokens};
use uuid::Uuid;

use crate::{cli::Options, error::Error};

/// What lets clients in, and the token that it takes if that is one and the same for all.
pub struct Access {
    pub authorizer: Arc<dyn Authorizer>,
    pub token: Option<String>,
}

/// What the options ask for; a token of its own if they ask for nothing.
pub async fn of(options: &Options) -> Result<Access, Error> {
    if options.anonymous {
        return Ok(Access { authorizer: Arc::new(AllowEverybody), token: None });
    }
    if let Some(keys) = &options.jwks {
        return Ok(Access { authorizer: Arc::new(signed(keys, options).await?), token: None });
    }
    let token = options.token.clone().unwrap_or_else(|| Uuid::new_v4().simple().to_string());
    let tokens = StaticTokens::new([(&token, Grant::default())]).map_err(|error| Error::Usage(error.to_string()))?;
    Ok(Access { authorizer: Arc::new(tokens), token: Some(token) })
}

/// Keys that cannot be had are told of now, and not to the first client.
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
