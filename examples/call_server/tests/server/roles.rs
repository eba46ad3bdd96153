//! Roles: given by the options or at the join, refused where the call has none.

use serde_json::Value;
use str0m::media::Direction;

use crate::{
    caller::{Caller, Offer},
    people::{Desk, state},
    rig::{Server, client},
    tones,
};

#[tokio::test]
async fn who_comes_with_a_role_hears_and_is_heard_by_the_table() {
    let directory = tempfile::tempdir().unwrap();
    let tone = tones::source(directory.path(), "tone", 300.0);
    let server = Server::start(&["--source", &tone, "--role", "tone=agent", "--hears", "customer=agent"]);
    let customer = Caller::join(&server, "anna?role=customer", 500.0).await;
    let _agent = Caller::join(&server, "ben?role=agent", 1100.0).await;
    let _other = Caller::join(&server, "cleo", 1700.0).await;
    customer.until_hears(&[(300.0, 1.0), (1100.0, 1.0), (1700.0, 0.0)]).await;
    for unhearing in ["ben", "cleo"] {
        let mut desk = Desk::listen(&server, unhearing).await;
        desk.until_hears(&[(300.0, 0.0), (500.0, 0.0), (1700.0, 0.0)]).await;
    }
    assert_eq!(state(&server, "anna").await.unwrap()["routing"]["role"], "customer");
}

#[tokio::test]
async fn a_role_that_the_call_does_not_have_is_refused_with_a_message() {
    let offer = Offer::new(Direction::SendRecv).sdp;
    let with = Server::start(&["--hears", "customer=agent"]);
    let without = Server::start(&[]);
    for (server, path, wanted) in [
        (&without, "/whip/anna?role=agent", "the call has no roles, so nobody can come with the role \"agent\""),
        (&without, "/rtp?role=agent", "the call has no roles"),
        (&with, "/whip?role=boss", "the call has no role \"boss\": its roles are agent, customer"),
        (&with, "/rtp/anna?role=boss", "the call has no role \"boss\""),
        (&with, "/whip/anna?rolle=agent", "the query can have one role, such as ?role=agent"),
    ] {
        let body = if path.starts_with("/rtp") { TELEPHONE } else { &offer };
        let post = client().post(format!("{}{path}", server.url)).header("content-type", "application/sdp");
        let refused = server.authorized(post.body(body.to_owned())).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{path}");
        let message = refused.json::<Value>().await.unwrap()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(wanted), "{path}: {message}");
        assert_eq!(state(server, "anna").await, None);
    }
}

const TELEPHONE: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n";
