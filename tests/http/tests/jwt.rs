//! Tokens that are checked with keys from an issuer's server over real sockets, which rotates its
//! keys, goes down, hangs, sends too much, and redirects.

#[path = "../../../src/http/auth/jwt/issuer.rs"]
mod issuer;
#[path = "jwt/served.rs"]
mod served;

use std::{
    fs,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};

use axum::http::StatusCode;
use issuer::{SigningKey, jwks};
use mixminus::http::{
    Authorizer, Grant, JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions, Refusal, Service, ServiceOptions,
};
use serde_json::{Value, json};
use served::{Answer, MOVED, Served, endless};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

/// Short times, for fast tests: keys are fresh for 300 ms and kept for 700 ms more, with 50 ms
/// between fetches.
fn refresh() -> JwksRefresh {
    let ms = Duration::from_millis;
    JwksRefresh { after: ms(300), keep_for: ms(700), pause: ms(50), fetch_time: ms(2000), ..JwksRefresh::default() }
}

fn authorizer(url: &str, refresh: JwksRefresh) -> JwtAuthorizer {
    let (issuers, audiences) = (vec!["issuer".into()], vec!["mixer".into()]);
    let options = JwtOptions { issuers, audiences, refresh, ..JwtOptions::default() };
    JwtAuthorizer::new(JwksSource::Url(url.parse().unwrap()), options).unwrap()
}

fn claims() -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    json!({"iss": "issuer", "aud": ["mixer"], "sub": "anna", "exp": now + 600, "scp": "Calls.MeetingJoin"})
}

fn text(keys: &[&SigningKey]) -> Answer {
    Answer::Text(jwks(keys))
}

/// Asks the authorizer to check a valid token that this key has signed.
async fn ask(authorizer: &JwtAuthorizer, key: &SigningKey) -> Result<Grant, Refusal> {
    authorizer.authorize(Some(&key.token(&claims()))).await
}

/// Why the keys cannot be fetched from a URL.
async fn problem(url: &str, refresh: JwksRefresh) -> String {
    let authorizer = authorizer(url, refresh);
    let answer = ask(&authorizer, &SigningKey::p256("a")).await;
    assert_eq!(answer, Err(Refusal::Unavailable { retry_after: Duration::from_secs(1) }));
    authorizer.ready().await.unwrap_err().to_string()
}

#[tokio::test]
async fn keys_of_both_types_are_fetched_once_when_they_are_needed() {
    let keys = [SigningKey::rsa("r"), SigningKey::p256("e")];
    let server = Served::start(text(&[&keys[0], &keys[1]])).await;
    let authorizer = authorizer(&server.url, JwksRefresh::default());
    assert_eq!(server.asked(), 0);
    for key in &keys {
        assert_eq!(ask(&authorizer, key).await.unwrap().subject.as_deref(), Some("anna"));
    }
    authorizer.ready().await.unwrap();
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn a_new_key_is_fetched_and_a_removed_one_is_refused() {
    let [old, new] = [SigningKey::p256("old"), SigningKey::p256("new")];
    let server = Served::start(text(&[&old])).await;
    let authorizer = authorizer(&server.url, JwksRefresh { after: Duration::from_secs(600), ..refresh() });
    assert!(ask(&authorizer, &old).await.is_ok());
    server.answer(text(&[&new]));
    sleep(Duration::from_millis(60)).await;
    assert!(ask(&authorizer, &old).await.is_ok(), "nothing has made the authorizer fetch the keys again");
    assert!(ask(&authorizer, &new).await.is_ok());
    assert!(matches!(ask(&authorizer, &old).await, Err(Refusal::Invalid { .. })));
}

#[tokio::test]
async fn a_withdrawn_key_is_accepted_until_the_keys_are_fetched_again() {
    let [old, new] = [SigningKey::p256("old"), SigningKey::p256("new")];
    let server = Served::start(text(&[&old])).await;
    let authorizer = authorizer(&server.url, refresh());
    assert!(ask(&authorizer, &old).await.is_ok());
    server.answer(text(&[&new]));
    sleep(refresh().after).await;
    assert!(matches!(ask(&authorizer, &old).await, Err(Refusal::Invalid { .. })));
    assert!(ask(&authorizer, &new).await.is_ok());
}

#[tokio::test]
async fn keys_are_kept_for_a_while_after_their_server_goes_down() {
    let key = SigningKey::p256("a");
    let server = Served::start(text(&[&key])).await;
    let authorizer = authorizer(&server.url, refresh());
    let begin = Instant::now();
    assert!(ask(&authorizer, &key).await.is_ok());
    drop(server);
    sleep(Duration::from_millis(350)).await;
    let answer = ask(&authorizer, &key).await;
    // On a very slow machine the keys may be too old by now.
    assert!(answer.is_ok() || begin.elapsed() > Duration::from_secs(1));
    sleep(Duration::from_millis(700)).await;
    assert!(matches!(ask(&authorizer, &key).await, Err(Refusal::Unavailable { .. })));
}

#[tokio::test]
async fn many_forged_key_ids_cause_few_fetches() {
    let key = SigningKey::p256("a");
    let server = Served::start(text(&[&key])).await;
    let pause = Duration::from_millis(500);
    let authorizer = Arc::new(authorizer(&server.url, JwksRefresh { pause, ..JwksRefresh::default() }));
    assert!(ask(&authorizer, &key).await.is_ok());
    sleep(pause).await;
    let begin = Instant::now();
    let mut asking = JoinSet::new();
    for n in 0..2000 {
        let authorizer = authorizer.clone();
        let header = json!({"alg": "ES256", "kid": format!("forged {n}")});
        let token = format!("{}.AAAA", issuer::message(&header, &claims()));
        asking.spawn(async move { authorizer.authorize(Some(&token)).await });
    }
    for answer in asking.join_all().await {
        assert!(matches!(answer, Err(Refusal::Invalid { reason }) if reason.contains("that is not known")));
    }
    let most = 2 + begin.elapsed().as_millis() / pause.as_millis();
    assert!((2..=most).contains(&(server.asked() as u128)), "{} fetches, {most} at most", server.asked());
    assert!(ask(&authorizer, &key).await.is_ok());
}

#[tokio::test]
async fn simultaneous_requests_share_one_fetch() {
    let key = SigningKey::p256("a");
    let server = Served::start(text(&[&key])).await;
    let authorizer = Arc::new(authorizer(&server.url, JwksRefresh::default()));
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let (authorizer, token) = (authorizer.clone(), key.token(&claims()));
        asking.spawn(async move { authorizer.authorize(Some(&token)).await.is_ok() });
    }
    assert!(asking.join_all().await.into_iter().all(|ok| ok));
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn a_fetch_from_a_server_that_hangs_times_out() {
    let server = Served::start(Answer::Hang).await;
    let time = Duration::from_millis(200);
    let begin = Instant::now();
    let problem = problem(&server.url, JwksRefresh { fetch_time: time, ..refresh() }).await;
    assert!(problem.ends_with("no answer in 200ms"), "{problem}");
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_fetch_from_a_server_that_drips_times_out() {
    let (url, _) = endless("HTTP/1.1 200 OK\r\n\r\n", b" ".into(), Duration::from_millis(20)).await;
    let time = Duration::from_millis(200);
    let problem = problem(&url, JwksRefresh { fetch_time: time, ..refresh() }).await;
    assert!(problem.ends_with("no answer in 200ms"), "{problem}");
}

#[tokio::test]
async fn ten_megabytes_are_refused_though_the_keys_are_in_them() {
    let key = SigningKey::p256("a");
    let padded = |bytes: usize| Answer::Text(format!("{}{}", " ".repeat(bytes), jwks(&[&key])));
    let server = Served::start(padded(10 << 20)).await;
    assert!(problem(&server.url, refresh()).await.ends_with("longer than 262144 bytes"));
    // A JWKS within the limit is accepted.
    server.answer(padded(200_000));
    assert!(ask(&authorizer(&server.url, refresh()), &key).await.is_ok());
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let (url, sent) = endless("HTTP/1.1 200 OK\r\n\r\n", vec![b' '; 1 << 12], Duration::from_millis(1)).await;
    let problem = problem(&url, JwksRefresh { fetch_time: Duration::from_secs(10), ..refresh() }).await;
    assert!(problem.ends_with("longer than 262144 bytes"), "{problem}");
    sleep(Duration::from_millis(100)).await;
    let sent_by_then = sent.load(Relaxed);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(sent.load(Relaxed), sent_by_then, "the connection is still open");
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let key = SigningKey::p256("a");
    let other = Served::start(text(&[&key])).await;
    let server = Served::start(Answer::Redirect(other.url.clone())).await;
    let problem = problem(&server.url, refresh()).await;
    assert!(problem.contains("redirect to another host"), "{problem}");
    assert_eq!(other.asked(), 0);
    // Another name of the same address counts as another host.
    server.answer(Answer::Redirect(server.url.replace("127.0.0.1", "localhost")));
    assert!(ask(&authorizer(&server.url, refresh()), &key).await.is_err());
}

#[tokio::test]
async fn a_few_redirects_on_the_same_host_are_followed() {
    let key = SigningKey::p256("a");
    let server = Served::start(Answer::Hang).await;
    server.move_to(text(&[&key]));
    assert!(ask(&authorizer(&server.url, refresh()), &key).await.is_ok());
    let asked = server.asked();
    server.move_to(Answer::Redirect(MOVED.into()));
    assert!(problem(&server.url, refresh()).await.contains("too many redirects"));
    assert!(server.asked() - asked <= 8, "{}", server.asked());
}

#[tokio::test]
async fn answers_without_keys_are_errors_that_say_so() {
    let key = SigningKey::p256("a");
    let server = Served::start(Answer::Status(StatusCode::INTERNAL_SERVER_ERROR, jwks(&[&key]))).await;
    assert!(problem(&server.url, refresh()).await.contains("500 Internal Server Error and not 200"));
    for (answer, words) in [("<html>", "this is no JWKS"), ("{\"keys\": []}", "none of the 0 keys")] {
        server.answer(Answer::Text(answer.into()));
        let problem = problem(&server.url, refresh()).await;
        assert!(problem.contains(words), "{problem}");
    }
}

#[tokio::test]
async fn keys_can_come_from_a_file() {
    let key = SigningKey::p256("a");
    let path = std::env::temp_dir().join(format!("mixminus-jwks-{}.json", std::process::id()));
    fs::write(&path, jwks(&[&key])).unwrap();
    let (issuers, audiences) = (vec!["issuer".into()], vec!["mixer".into()]);
    let options = JwtOptions { issuers, audiences, ..JwtOptions::default() };
    let made = JwtAuthorizer::new(JwksSource::File(path.clone()), options.clone());
    fs::remove_file(&path).unwrap();
    assert!(ask(&made.unwrap(), &key).await.is_ok());
    let gone = JwtAuthorizer::new(JwksSource::File(path), options).unwrap_err();
    assert!(matches!(gone, JwtError::File { .. }));
}

#[tokio::test]
async fn clients_see_401_403_and_503() {
    let key = SigningKey::p256("a");
    let server = Served::start(Answer::Status(StatusCode::BAD_GATEWAY, String::new())).await;
    let service = Service::new(ServiceOptions::default(), authorizer(&server.url, refresh())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/communications/calls/none/participants", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, service.router()).into_future());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |claims: &Value| client.get(&url).bearer_auth(key.token(claims)).send().await.unwrap();

    let unavailable = get(&claims()).await;
    assert_eq!((unavailable.status().as_u16(), &unavailable.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    server.answer(text(&[&key]));
    sleep(Duration::from_millis(60)).await;
    assert_eq!(get(&claims()).await.status(), 404, "the token is accepted, but there is no such call");

    let mut without = claims();
    without["scp"] = Value::Null;
    assert_eq!(get(&without).await.status(), 403);

    let mut expired = claims();
    expired["exp"] = json!(7);
    let answer = get(&expired).await;
    assert_eq!(answer.status(), 401);
    let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("error_description=\"the token has expired"), "{challenge}");
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert!(body["error"]["message"].as_str().unwrap().starts_with("the token has expired"), "{body}");
}
