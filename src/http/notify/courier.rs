//! One attempt to deliver a notification, over HTTP: [`Courier`]. What follows on its [`Answer`] is
//! decided in `sender`.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use axum::http::header;
use reqwest::{Client, Error, Response, redirect::Policy};
use url::Url;

use super::{
    Callback, Letter,
    answer::Answer,
    redirect::{self, redirect},
    sender::Transport,
};
use crate::http::outgoing::Names;

const USER_AGENT: &str = concat!("mixminus/", env!("CARGO_PKG_VERSION"));
/// The same in every attempt.
const REQUEST_ID: &str = "client-request-id";

/// How often a connection of HTTP/2 is tried while an answer is awaited, and for how long: without
/// that, every attempt would use a dead connection again.
const PING: Duration = Duration::from_secs(5);

/// The client of all calls. It follows no redirect by itself, as it would turn a POST into a GET;
/// and it uses no proxy of the environment, which would see the tokens.
pub(super) fn client() -> Result<Client, Error> {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(Names::default())
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(PING)
        .build()
}

/// Brings the notifications of one call to its callback.
#[derive(Debug)]
pub(super) struct Courier {
    client: Client,
    /// Loaded anew at each attempt.
    callback: Arc<ArcSwap<Callback>>,
}

impl Courier {
    pub fn new(client: Client, callback: Arc<ArcSwap<Callback>>) -> Self {
        Self { client, callback }
    }

    async fn post(&self, callback: &Callback, url: &Url, letter: &Letter) -> Result<Response, Error> {
        let request = self.client.post(url.clone());
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, callback.authorization())
            .header(REQUEST_ID, &letter.request_id);
        request.body(letter.body.clone()).send().await
    }
}

impl Transport for Courier {
    async fn send(&self, letter: &Letter) -> Answer {
        // One callback for the whole attempt: its token must not follow the redirect of another
        // host.
        let callback = self.callback.load_full();
        let mut url = callback.url().clone();
        let mut last = None;
        for _ in 0..=redirect::MOST {
            let response = match self.post(&callback, &url, letter).await {
                Ok(response) => response,
                Err(error) => return Answer::without(error),
            };
            let status = response.status();
            last = Some(status.as_u16());
            match redirect(&url, status, response.headers()) {
                // The body is not read: only the status counts. A connection whose body has not
                // come yet is closed.
                None => return Answer::by(status, response.headers()),
                Some(Ok(next)) => url = next,
                Some(Err(error)) => return Answer::Refused { status: last, error },
            }
        }
        Answer::Refused { status: last, error: format!("more than {} redirects", redirect::MOST) }
    }
}
