//! How a service works: [`ServiceOptions`].

use std::time::Duration;

use url::Url;

use super::{Limits, NotificationOptions};

/// How a service works.
///
/// ```
/// use mixminus::http::{OperationOptions, ServiceOptions};
/// use std::time::Duration;
///
/// let options = ServiceOptions {
///     public_url: Some("https://media.example/mixer".parse()?), // behind a proxy that ends TLS
///     operations: OperationOptions { time_limit: Duration::from_secs(2), ..OperationOptions::default() },
///     ..ServiceOptions::default()
/// };
/// assert_eq!(options.permissions[0], "Calls.MeetingJoin");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceOptions {
    /// Where clients reach the service, as far as the path that it is mounted at by whatever stands before it. The URLs in answers begin with it; if `None`, with the scheme and host
    /// that the client has asked, which behind a proxy can be wrong.
    pub public_url: Option<Url>,
    /// Whether clients come by https: for the URLs in answers where there is no `public_url`, as HTTP/1.1 does not tell.
    pub https: bool,
    /// Whether `/openapi.json` is among the routes; not where a host has one of its own.
    pub openapi: bool,
    /// The permissions any of which a token needs.
    pub permissions: Vec<String>,
    /// What clients may ask for at most.
    pub limits: Limits,
    /// How long operations run and are kept.
    pub operations: OperationOptions,
    /// How notifications are delivered.
    pub notifications: NotificationOptions,
}

impl Default for ServiceOptions {
    /// URLs by what clients ask, by http, with `/openapi.json`, the API's permissions, and the defaults of the rest.
    fn default() -> Self {
        let permissions = ["MeetingJoin", "JoinGroupCalls.All", "JoinGroupCallsasGuest.All", "InitiateGroupCalls.All"];
        Self {
            public_url: None,
            https: false,
            openapi: true,
            permissions: permissions.map(|name| format!("Calls.{name}")).into(),
            limits: Limits::default(),
            operations: OperationOptions::default(),
            notifications: NotificationOptions::default(),
        }
    }
}

/// How long operations run and are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOptions {
    /// How long one may wait to be mixed; after that it has failed.
    pub time_limit: Duration,
    /// How long one that has ended can be read; and those of a call that has ended, from the end of the call on.
    pub kept_for: Duration,
    /// How many that have ended are kept for each call, the newest.
    pub kept: usize,
    /// How many calls that have ended are kept, the newest.
    pub kept_calls: usize,
}

impl Default for OperationOptions {
    /// 10 s to be mixed, and readable for 10 minutes, 1,000 a call, of 1,000 calls.
    fn default() -> Self {
        Self { time_limit: Duration::from_secs(10), kept_for: Duration::from_secs(600), kept: 1000, kept_calls: 1000 }
    }
}
