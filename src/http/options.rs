//! The options of a service: [`ServiceOptions`].

use std::time::Duration;

use axum::http::Uri;

use super::Limits;
#[cfg(feature = "http-notify")]
use super::NotificationOptions;

/// The options of a service. A feature may add a field: end a literal with
/// `..ServiceOptions::default()`.
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
    /// The URL of the service as its clients see it, `http` or `https`, up to the path where a host
    /// or a proxy has mounted it. The URLs in answers begin with it. If `None`, they begin with the scheme of
    /// [`https`](Self::https) and the host of the client's request, which can be wrong behind a
    /// proxy.
    pub public_url: Option<Uri>,
    /// Whether clients connect over https. The URLs in answers use it where there is no
    /// `public_url`, because an HTTP/1.1 request does not say its scheme.
    pub https: bool,
    /// Whether `/openapi.json` is one of the routes. Switch it off in a host that has an
    /// `/openapi.json` of its own.
    pub openapi: bool,
    /// The permissions of which a token needs at least one.
    pub permissions: Vec<String>,
    /// What clients may ask for at most.
    pub limits: Limits,
    /// How long operations may run, and how long they can be read.
    pub operations: OperationOptions,
    /// How notifications are delivered. With the feature `http-notify`.
    #[cfg(feature = "http-notify")]
    pub notifications: NotificationOptions,
}

impl Default for ServiceOptions {
    /// No public URL, http, `/openapi.json` on, the permissions that the API names, and the
    /// defaults of the other types.
    fn default() -> Self {
        let permissions = ["MeetingJoin", "JoinGroupCalls.All", "JoinGroupCallsasGuest.All", "InitiateGroupCalls.All"];
        Self {
            public_url: None,
            https: false,
            openapi: true,
            permissions: permissions.map(|name| format!("Calls.{name}")).into(),
            limits: Limits::default(),
            operations: OperationOptions::default(),
            #[cfg(feature = "http-notify")]
            notifications: NotificationOptions::default(),
        }
    }
}

/// How long operations may run, and how long they can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOptions {
    /// How long an operation may wait for the audio thread; after that it has failed.
    pub time_limit: Duration,
    /// How long an ended operation can be read. The operations of an ended call can be read for
    /// this long after the call's end.
    pub kept_for: Duration,
    /// How many ended operations are kept for each call: the newest.
    pub kept: usize,
    /// How many ended calls are kept: the newest.
    pub kept_calls: usize,
}

impl Default for OperationOptions {
    /// Operations fail after 10 s and can be read for 10 minutes; 1,000 operations of each call and
    /// 1,000 calls are kept.
    fn default() -> Self {
        Self { time_limit: Duration::from_secs(10), kept_for: Duration::from_secs(600), kept: 1000, kept_calls: 1000 }
    }
}
